"""A label does not depend on the order in which anything came: files, transactions, claims in them, or how they are cut.

What a store takes in bit by bit, it knows as if it had come at once.
"""

import datetime as dt

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.claim import claim_tables
from data.denial_policy import DenialPolicy
from data.schema import REJECTIONS, STATUSES, ClaimTables, RemitTables
from data.store import Store
from data.store.derive import DERIVED, derive
from data.writers.claim837 import write_claims
from data.writers.remit835 import write_remits
from tests.data.made import Remit, Svc, claim, line, remit_tables

POLICY = DenialPolicy.load()
FIRST = dt.date(2026, 1, 1)
CHARGES = (10_000, 30_000)
ANSWERS = (
    (0, (("CO", "197", 1.0),), ()),
    (0, (("PR", "1", 1.0),), ()),
    (0, (("CO", "16", 0.5), ("CO", "50", 0.5)), ("N40",)),
    (0, (("CO", "16", 1.0),), ("MA01", "M127")),
    (0, (("CO", "45", 1.0),), ("N130",)),
    (0, (("OA", "133", 1.0),), ()),
    (0, (("CR", "97", 1.0),), ()),
    (0, (), ()),
    (0.5, (("CO", "151", 0.5),), ()),
    (0.75, (("CO", "45", 0.25),), ()),
    (1.0, (), ()),
)
"""Shares of the charge that are paid and taken off, and remarks."""


def days(first, last):
    return st.integers(first, last).map(lambda n: FIRST + dt.timedelta(days=n))


@st.composite
def sent(draw):
    """A claim of one or two lines under one of few numbers; sent once, again, replaced or voided."""
    charges = draw(st.lists(st.sampled_from(CHARGES), min_size=1, max_size=2))
    controls = draw(st.booleans())
    lines = [
        line(n, charge=charge, line_control=f"L{n}" if controls else None)
        for n, charge in enumerate(charges, start=1)
    ]
    frequency = draw(st.sampled_from(["1", "1", "1", "7", "8"]))
    return claim(
        draw(st.sampled_from(["A1", "A2"])),
        lines,
        submitted_on=draw(days(0, 12)),
        frequency=frequency,
        original_control="ICN1" if frequency != "1" else None,
        payer_sequence=draw(st.sampled_from(["P", "P", "S"])),
    )


@st.composite
def answered(draw):
    """A remit of one of those numbers: given, taken back, split, foretold, or of the claim as a whole."""
    sign = draw(st.sampled_from([1, 1, 1, -1]))
    services, cas = [], []
    for n, charge in enumerate(draw(st.lists(st.sampled_from(CHARGES), min_size=1, max_size=2)), start=1):
        paid, taken, remarks = draw(st.sampled_from(ANSWERS))
        parts = draw(st.sampled_from([(1.0,), (1.0,), (0.25, 0.75)]))
        for part in parts:
            own = round(charge * part) * sign
            services.append(
                Svc(
                    charge=own,
                    paid=round(own * paid),
                    cas=[(group, carc, round(own * share)) for group, carc, share in taken],
                    remarks=remarks,
                    control=f"L{n}" if draw(st.booleans()) else None,
                )
            )
            cas += services[-1].cas
    known_on = draw(days(5, 14))
    totals = {"charge": sum(s.charge for s in services), "paid": sum(s.paid for s in services)}
    is_whole = draw(st.sampled_from([False, False, False, True]))
    return Remit(
        draw(st.sampled_from(["A1", "A2"])),
        [] if is_whole else services,
        cas=cas if is_whole else (),
        known_on=known_on,
        status=draw(st.sampled_from(["22", "22", "1"]))
        if sign < 0
        else draw(st.sampled_from(["1", "4", "25"])),
        more={
            "payer_control": draw(st.sampled_from([None, "ICN1", "ICN2"])),
            "trace": draw(st.sampled_from(["T1", "T2"])),
        },
        **totals,
    )


@st.composite
def spoken(draw):
    """A status of a 277CA under one of those numbers."""
    return {
        "claim_id": draw(st.sampled_from(["A1", "A2"])),
        "category": draw(st.sampled_from(["A1", "A2", "A3", "A7"])),
        "status": draw(st.sampled_from(["20", "33"])),
        "charge_cents": draw(st.sampled_from(CHARGES)),
        "billing_npi": "1234567893",
        "line_control": draw(st.sampled_from([None, "L1"])),
        "known_on": draw(days(0, 14)),
    }


WORLD = st.tuples(
    st.lists(sent(), max_size=4), st.lists(answered(), max_size=6), st.lists(spoken(), max_size=3)
)


def keyed(n, place):
    """A key for each of `n` things: which file it stands in, and where; and the order of the keys."""
    keys = [((place(number) * 7919) % 10_007) << 22 | number for number in range(n)]
    return keys, sorted(range(n), key=lambda number: place(number))


def laid_out(world, place):
    """The world's tables, as if each thing stood where `place` puts it."""
    claims, remits, statuses = world
    ours, order = keyed(len(claims), place)
    of_claim = claim_tables(claims)
    theirs, remit_order = keyed(len(remits), place)
    of_remit = remit_tables(remits)
    said, status_order = keyed(len(statuses), place)
    rows = [{**statuses[n], "status_key": said[n], "position": 1} for n in status_order]
    return (
        ClaimTables(
            *(_moved(getattr(of_claim, name), "claim_key", ours, order) for name in ("claims", "lines"))
        ),
        RemitTables(
            *(
                _moved(getattr(of_remit, name), "remit_key", theirs, remit_order)
                for name in ("remits", "services", "adjustments", "remarks")
            )
        ),
        pa.Table.from_pylist(rows, STATUSES),
        dict(zip(ours, map(repr, claims), strict=True)),
        dict(zip(theirs, map(repr, remits), strict=True)),
        dict(zip(said, map(repr, statuses), strict=True)),
    )


def _moved(table, key, keys, order):
    """Rows in the order of their things, under new keys; things are numbered from 1."""
    rows = table.to_pylist()
    moved = [{**row, key: keys[n]} for n in order for row in rows if row[key] == n + 1]
    return pa.Table.from_pylist(moved, table.schema)


def known(world, place):
    """All that is derived, told by content instead of by keys."""
    claims, remits, statuses, *names = laid_out(world, place)
    derived = derive(claims, remits, statuses, POLICY)
    told = dict(zip(("claim_key", "remit_key", "status_key"), names, strict=True))
    return {
        name: sorted(
            repr({k: told[k][v] if k in told else v for k, v in row.items()}) for row in table.to_pylist()
        )
        for name, table in derived.items()
    }


@given(WORLD, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_files_and_of_what_stands_in_them_changes_nothing(world, random):
    places = list(range(20))
    random.shuffle(places)
    expected = known(world, lambda number: number)
    assert known(world, places.__getitem__) == expected
    assert known(world, lambda number: places[number] // 5) == expected


@given(WORLD, st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_comes_bit_by_bit_is_known_as_if_it_had_come_at_once(tmp_path_factory, world, cut, first):
    claims, remits, _ = world
    folder = tmp_path_factory.mktemp("files")
    files = _written(folder, "837", [claim_tables([c]) for c in claims], write_claims)
    files += _written(folder, "835", [remit_tables([r]) for r in remits], write_remits)
    if not files:
        return
    one, two = Store(folder / "one"), Store(folder / "two")
    one.ingest(files)
    turned = files[first:] + files[:first]
    two.ingest(turned[:cut] or turned)
    two.ingest(turned)
    for name in DERIVED:
        assert two.table(name).equals(one.table(name)), name


def _written(folder, ending, tables, write):
    paths = []
    for number, table in enumerate(tables):
        paths.append(folder / f"{number}.{ending}")
        paths[-1].write_bytes(write(table, control=number + 1))
    return paths


def test_claims_with_different_numbers_can_be_derived_apart():
    claims = claim_tables([claim("A1"), claim("A2"), claim("a1 ", frequency="7")])
    remits = remit_tables([Remit("A1", [Svc(paid=1)]), Remit("A2", [Svc(cas=[("CO", "197", 10_000)])])])
    nothing = STATUSES.empty_table()
    whole = derive(claims, remits, nothing, POLICY)
    parts = []
    for numbers in (["A1", "a1 "], ["A2"]):
        keep = pa.array(numbers)
        ours = claims.claims.filter(pa.compute.is_in(claims.claims["claim_id"], keep))
        lines = claims.lines.filter(
            pa.compute.is_in(claims.lines["claim_key"], ours["claim_key"].combine_chunks())
        )
        theirs = remits.remits.filter(pa.compute.is_in(remits.remits["claim_id"], keep))
        rest = [
            table.filter(pa.compute.is_in(table["remit_key"], theirs["remit_key"].combine_chunks()))
            for table in (remits.services, remits.adjustments, remits.remarks)
        ]
        parts.append(derive(ClaimTables(ours, lines), RemitTables(theirs, *rest), nothing, POLICY))
    for name, table in whole.items():
        together = pa.concat_tables([part[name] for part in parts])
        assert sorted(map(repr, together.to_pylist())) == sorted(map(repr, table.to_pylist())), name
    assert whole["rejections"].schema == REJECTIONS
