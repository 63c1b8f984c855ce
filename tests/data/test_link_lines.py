"""Which line each service answers, with the paragraph of the implementation guide that each case comes from.

RFI: X12's published answers to requests for interpretation of 005010X221 (835).
"""

import datetime as dt

import pytest

from data.link import link

SAME_DAY, NEXT_DAY = dt.date(2026, 1, 5), dt.date(2026, 1, 6)


def lines_of(made, lines, services):
    """The line of each service, None where it fits none."""
    ours = made.claims([made.claim(lines=[made.line(**line) for line in lines])])
    theirs = made.remits([made.Remit(services=[made.Svc(**service) for service in services])])
    found = link(ours, theirs).lines
    line_of = dict(zip(found["service"].to_pylist(), found["line"].to_pylist(), strict=True))
    return [line_of.get(n) for n in range(1, len(services) + 1)]


def sent(n=1, procedure="72148", charge=10_000, **more):
    return {"n": n, "procedure": procedure, "charge": charge, **more}


def answered(procedure="72148", charge=10_000, **more):
    return {"procedure": procedure, "charge": charge, **more}


ONE = [sent()]
TWO = [sent(), sent(2, "70551", 30_000)]
CONTROLLED = [sent(line_control="X1"), sent(2, line_control="X2")]
EQUAL = [sent(), sent(2)]

CASES = {
    # id: (lines as sent, services as answered, the line of each service)
    # 2110 REF*6R: returned whenever it was sent (RFI 1917); unique within the claim (837: 2400 REF*6R note 1)
    "by control number, in any order": (
        CONTROLLED,
        [answered(control="X2"), answered(control="X1")],
        [2, 1],
    ),
    "a control number outweighs what was done": (CONTROLLED, [answered("99999", 7, control="X2")], [2]),
    "a control number that nobody sent: by what was done": (TWO, [answered(control="ZZ")], [1]),
    "a control number on two lines says nothing": (
        [sent(line_control="X1"), sent(2, "70551", line_control="X1")],
        [answered("70551", control="X1"), answered(control="X1")],
        [2, 1],
    ),
    # 1.10.2.14.1 and 1.10.2.11: on all parts of a split line, and LX01 where none was sent (RFI 1684, 2224, 498)
    "a split line repeats its control number": (
        CONTROLLED,
        [answered(charge=4_000, control="X1"), answered(charge=6_000, control="X1"), answered(control="X2")],
        [1, 1, 2],
    ),
    "LX01 for a control number": (EQUAL, [answered(control="2"), answered(control="1")], [2, 1]),
    "LX01 on the parts of a split line": (
        EQUAL,
        [
            answered(charge=4_000, control="2"),
            answered(charge=6_000, control="2"),
            answered(control="1"),
        ],
        [2, 2, 1],
    ),
    "LX01 though another procedure was paid": (TWO, [answered("99999", 5, control="2"), answered()], [2, 1]),
    "the payer's own numbers don't outweigh what was done": (
        TWO,
        [answered("70551", 30_000, control="1"), answered(control="2")],
        [2, 1],
    ),
    # SVC01, or SVC06 where the adjudicated procedure is another (SVC06 situational rule, RFI 2320)
    "by procedure and charge": (TWO, [answered("70551", 30_000), answered()], [2, 1]),
    "by the procedure as submitted": (
        TWO,
        [answered("99213", 30_000, submitted="70551"), answered()],
        [2, 1],
    ),
    "by modifiers": (
        [sent(modifiers=("26",)), sent(2, modifiers=("TC",))],
        [answered(modifiers=["TC"]), answered(modifiers=["26"])],
        [2, 1],
    ),
    "modifiers that the payer leaves out": (
        [sent(modifiers=("RT",)), sent(2, "70551", modifiers=("26",))],
        [answered("70551")],
        [2],
    ),
    "modifiers left out where two lines may be meant": (
        [sent(modifiers=("RT",)), sent(2, modifiers=("LT",))],
        [answered()],
        [None],
    ),
    "by day": (
        [sent(), sent(2, service_from=NEXT_DAY)],
        [answered(day=NEXT_DAY), answered(day=SAME_DAY)],
        [2, 1],
    ),
    "a day that only the claim's answer has": (TWO, [answered(day=None)], [1]),
    "equal lines in their order": (EQUAL, [answered(), answered()], [1, 2]),
    "a line without a charge": ([sent(charge=0), sent(2)], [answered()], [2]),
    "a revenue code where no procedure was sent": (
        [sent(procedure=None, revenue_code="0610"), sent(2, "70551", 30_000)],
        [answered("70551", 30_000), answered("0610")],
        [2, 1],
    ),
    # 1.10.2.14: a line split into several; their charges add up to the line's
    "split, told by the sum": (
        TWO,
        [answered(charge=6_000), answered(charge=4_000), answered("70551", 30_000)],
        [1, 1, 2],
    ),
    "split in three, one part under another code": (
        ONE,
        [answered(charge=6_000), answered(charge=3_000), answered("X", 1_000, submitted="72148")],
        [1, 1, 1],
    ),
    "parts that don't add up": (TWO, [answered(charge=6_000), answered(charge=3_000)], [None, None]),
    "parts that fit two lines": (EQUAL, [answered(charge=6_000), answered(charge=4_000)], [None, None]),
    # 1.10.2.6 unbundling: the first service keeps the submitted charge, the others have none (RFI 2283)
    "unbundled: further services without a charge": (
        ONE,
        [answered("82947"), answered("84443", 0, submitted="72148"), answered("84450", 0, submitted="72148")],
        [None, None, None],
    ),
    "unbundled, the submitted code on each": (
        ONE,
        [
            answered("82947", submitted="72148"),
            answered("84443", 0, submitted="72148"),
            answered("84450", 0, submitted="72148"),
        ],
        [1, 1, 1],
    ),
    "unbundled in part, told by control number": (
        [sent(line_control="X1")],
        [answered(control="X1"), answered("84443", 0, submitted="72148", control="X1")],
        [1, 1],
    ),
    "split, the control number on one part alone": (
        [sent(line_control="X1"), sent(2, "70551", 30_000)],
        [answered(charge=6_000, control="X1"), answered(charge=4_000)],
        [1, 1],
    ),
    # 1.10.2.6 bundling: all procedures under the code paid, each with its own submitted code (RFI 2278)
    "bundled into the first": (
        [sent(), sent(2, "70551", 30_000), sent(3, "70552", 0)],
        [
            answered("72148", 10_000),
            answered("72148", 30_000, submitted="70551"),
            answered("72148", 0, submitted="70552"),
        ],
        [1, 2, 3],
    ),
    # our own rule: order, where counts are equal and all charges match
    "by order": (TWO, [answered("A0001", 10_000), answered("A0002", 30_000)], [1, 2]),
    "no order where a charge differs": (
        TWO,
        [answered("A0001", 10_000), answered("A0002", 29_999)],
        [None, None],
    ),
    "no order where the counts differ": (TWO, [answered("A0001", 10_000)], [None]),
    # 1.10.2.8: a reversal repeats the charge with its sign turned
    "a reversal": (TWO, [answered("70551", -30_000), answered("72148", -10_000)], [2, 1]),
}


@pytest.mark.parametrize(("lines", "services", "expected"), CASES.values(), ids=CASES)
def test_services_find_their_lines(made, lines, services, expected):
    assert lines_of(made, lines, services) == expected


def test_equal_lines_are_told_apart_by_their_number_not_by_where_they_stand(made):
    ours = made.claims([made.claim(lines=[made.line(1), made.line(2)])])
    backwards = type(ours)(ours.claims, ours.lines.take([1, 0]))
    theirs = made.remits([made.Remit(services=[made.Svc(paid=1), made.Svc(paid=2)])])
    assert link(backwards, theirs).lines.equals(link(ours, theirs).lines)
