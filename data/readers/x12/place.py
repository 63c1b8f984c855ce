"""Where each segment stands: its claim (remit, status), its line (service), its loop, its slot.

A small state machine, compiled. It never fails: a segment that fits nowhere is left unread, and listed later.
Loops of other payers (2320, 2330, 2430) are kept apart from those of the payer that the claim goes to.

Each segment first moves the state (functions of the state alone), then what changed is written down. As the state is
all that is remembered, a file may be placed window by window: `walk` says where a window can be cut, and what the
state was there.
"""

from typing import NamedTuple

from data.readers.x12 import codes as c
from data.readers.x12.compiled import compiled
from data.readers.x12.keys import CODE, EXTRA, QUALIFIER
from data.readers.x12.rules import (
    BILLING_LEVEL,
    CONTEXT,
    GS_LEVEL,
    ISA_LEVEL,
    LINE,
    MANY,
    NO_LEVEL,
    OWN,
    PATIENT_LEVEL,
    SUBSCRIBER_LEVEL,
    TRANSACTION_LEVEL,
    Rules,
)
from data.readers.x12.tokenize import Bytes, Ints, Longs

# What the state machine remembers: the transaction, where it is in it, and the rows of what is open (-1 is nothing).
KIND, GUIDE, LOOP, OWNER, LINE_NOW, IS_FRESH, N_OWNERS, N_LINES = range(8)
ROW_OF_OWNER, ST_ROW, GS_ROW, ISA_ROW, GS_GUIDE = range(8, 13)
# What the last segment did: the level from which context is forgotten, and what it opened.
FORGET, OPENED = range(13, 15)
# Segments since the ST (with it), transactions since the GS, groups since the ISA; events so far; the next row.
N_SEGMENTS, N_TRANSACTIONS, N_GROUPS, N_EVENTS, NEXT_ROW = range(15, 20)
N_STATE = 20
ROWS = (ROW_OF_OWNER, ST_ROW, GS_ROW, ISA_ROW)
"""Where the state holds rows."""
NOTHING, AN_OWNER, A_LINE = range(3)

# Rows of `Places.segment`: which owner and line (-1 is none); what became of it; 1 + the slot of a repeating thing;
# which loop it stands in.
OF_OWNER, OF_LINE, MARK, OF_MANY, OF_LOOP = range(5)
# Rows of `Places.event`, of which each is an end of an envelope, or the lack of one: the row where it is noticed, the
# row where the envelope began (-1: nowhere), what happened, how many things the envelope held.
NOTICED, BEGUN, EVENT, COUNT = range(4)
ENDS, NO_SE, NO_GE, NO_IEA = range(4)
MOST_EVENTS = 3
"""As many as one segment can make: an ISA while all is open."""
UNKNOWN_COUNT = -(1 << 40)
"""So low that it stays below 0: part of the envelope was not read."""
# Rows of `Places.owner`.
OWNER_KIND, OWNER_GUIDE = range(2)
# Columns of `Rules.rule`.
RULE_QUALIFIER, RULE_SCOPE, RULE_SLOT = range(3)

Q_20, Q_22, Q_23 = c.pack("20"), c.pack("22"), c.pack("23")
Q_85, Q_IL, Q_PR, Q_QC, Q_82 = (c.pack(q) for q in ("85", "IL", "PR", "QC", "82"))
Q_19, Q_21 = c.pack("19"), c.pack("21")
Q_837, Q_835, Q_277, Q_999, Q_997 = (c.pack(q) for q in ("837", "835", "277", "999", "997"))


class Places(NamedTuple):
    """What placing found, written by compiled code. Rows of segments; -1 is none."""

    segment: Ints  # [5, segments]
    event: Longs  # [4, events]
    context: Ints  # [context slots, owners] segments
    own: Ints  # [slots, owners] segments
    by_line: Ints  # [slots, lines] segments
    owner: Ints  # [2, owners]
    line_owner: Ints  # [lines]


@compiled
def _close(state: Longs, loop: int, forget: int) -> None:
    """No claim (remit) and line is open any more, and context from a level down is forgotten."""
    state[OWNER], state[LINE_NOW], state[IS_FRESH] = -1, -1, 0
    state[LOOP], state[FORGET] = loop, forget


@compiled
def _begin_transaction(state: Longs, kind: int, guide: int, row: int) -> None:
    state[KIND], state[ST_ROW] = c.KIND_OTHER, row
    if kind == Q_837:
        state[KIND], state[LOOP] = c.KIND_CLAIMS, c.HEADER
    elif kind == Q_835:
        state[KIND], state[LOOP] = c.KIND_REMITS, c.REMIT_HEADER
    state[GUIDE] = state[GS_GUIDE] if guide == c.GUIDE_NONE else guide
    if kind == Q_277 and state[GUIDE] == c.GUIDE_CLAIM_STATUS:
        state[KIND], state[LOOP] = c.KIND_STATUSES, c.STATUS_HEADER
    elif kind in (Q_999, Q_997):
        state[KIND] = c.KIND_ANSWERS


@compiled
def _envelope(state: Longs, code: int, qualifier: int, extra: int, row: int) -> None:
    """ISA, GS, ST and their ends."""
    _close(state, c.NOWHERE, TRANSACTION_LEVEL)
    state[KIND], state[ST_ROW] = c.KIND_NONE, -1
    if code == c.ST:
        _begin_transaction(state, qualifier, extra, row)
        state[N_TRANSACTIONS], state[N_SEGMENTS] = state[N_TRANSACTIONS] + 1, 1
    elif code in (c.GS, c.GE):
        state[FORGET] = GS_LEVEL
        state[GS_GUIDE] = extra
        state[GS_ROW], state[N_TRANSACTIONS] = (row if code == c.GS else -1), 0
        state[N_GROUPS] += code == c.GS
    elif code in (c.ISA, c.IEA):
        state[FORGET] = ISA_LEVEL
        state[GS_GUIDE] = c.GUIDE_NONE
        state[ISA_ROW], state[GS_ROW], state[N_GROUPS] = (row if code == c.ISA else -1), -1, 0


@compiled
def _open_owner(state: Longs, row: int, kind: int, loop: int) -> None:
    """A CLM or CLP begins, whatever came before it."""
    if state[KIND] != kind:
        state[KIND], state[GUIDE] = kind, c.GUIDE_NONE
    _close(state, loop, NO_LEVEL)
    state[OWNER] = state[N_OWNERS]
    state[N_OWNERS] += 1
    state[ROW_OF_OWNER], state[OPENED] = row, AN_OWNER


@compiled
def _open_line(state: Longs, loop: int) -> None:
    state[LINE_NOW] = state[N_LINES]
    state[N_LINES] += 1
    state[LOOP], state[IS_FRESH], state[OPENED] = loop, 0, A_LINE


@compiled
def _name_before_claim(qualifier: int) -> int:
    if qualifier == Q_85:
        return c.BILLING
    if qualifier == Q_IL:
        return c.SUBSCRIBER
    if qualifier == Q_PR:
        return c.PAYER
    return c.PATIENT if qualifier == Q_QC else c.OTHER_NAME


@compiled
def _name_in_claim(loop: int, line: int, qualifier: int) -> int:
    if line >= 0:
        return c.LINE_OTHER_PAYER if qualifier == Q_PR else c.LINE_PROVIDER
    if loop in (c.OTHER_PAYER, c.OTHER_PAYER_NAME):
        return c.OTHER_PAYER_NAME
    return c.RENDERING if qualifier == Q_82 else c.CLAIM_PROVIDER


@compiled
def _level(state: Longs, level: int) -> None:
    """An HL begins: billing provider, subscriber or patient."""
    if level == Q_20:
        _close(state, c.BILLING, BILLING_LEVEL)
    elif level == Q_22:
        _close(state, c.SUBSCRIBER, SUBSCRIBER_LEVEL)
    elif level == Q_23:
        _close(state, c.PATIENT, PATIENT_LEVEL)
    else:
        _close(state, c.OTHER_NAME, NO_LEVEL)


@compiled
def _claim_name(state: Longs, qualifier: int) -> None:
    # A claim has no billing provider (but another payer's, 2330G) or, within its lines, subscriber: an HL is missing.
    in_other_payer = state[LOOP] in (c.OTHER_PAYER, c.OTHER_PAYER_NAME)
    if state[OWNER] >= 0 and qualifier == Q_85 and not in_other_payer:
        _close(state, c.BILLING, BILLING_LEVEL)
    elif state[LINE_NOW] >= 0 and qualifier == Q_IL:
        _close(state, c.SUBSCRIBER, SUBSCRIBER_LEVEL)
    elif state[OWNER] >= 0:
        state[LOOP] = _name_in_claim(state[LOOP], state[LINE_NOW], qualifier)
    else:
        state[LOOP] = _name_before_claim(qualifier)


@compiled
def _in_claims(state: Longs, code: int, qualifier: int, extra: int) -> None:
    """Move the loop of an 837 on."""
    if code == c.HL:
        _level(state, extra)
    elif code == c.NM1:
        _claim_name(state, qualifier)
    elif code == c.SBR:
        # Another payer of this claim (2320); after lines, with its HL missing, or before a claim: a subscriber.
        if state[LINE_NOW] >= 0:
            _close(state, c.SUBSCRIBER, SUBSCRIBER_LEVEL)
        state[LOOP] = c.OTHER_PAYER if state[OWNER] >= 0 else c.SUBSCRIBER
    elif state[OWNER] >= 0 and (code == c.LX or c.SV1 <= code <= c.SV7):
        # LX opens a line; a service does too, unless an LX has just done so.
        if code == c.LX or not state[IS_FRESH]:
            _open_line(state, c.LINE)
        state[LOOP], state[IS_FRESH] = c.LINE, code == c.LX
    elif code == c.SVD and state[LINE_NOW] >= 0:
        state[LOOP] = c.LINE_ADJUDICATION


@compiled
def _in_remits(state: Longs, code: int, qualifier: int) -> None:
    """Move the loop of an 835 on."""
    if code == c.N1:
        _close(state, c.REMIT_PAYER if qualifier == Q_PR else c.REMIT_PAYEE, NO_LEVEL)
    elif code in (c.LX, c.TS3, c.BPR):
        _close(state, c.REMIT_HEADER, NO_LEVEL)
    elif code == c.PLB:
        _close(state, c.REMIT_TRAILER, NO_LEVEL)
    elif code == c.SVC and state[OWNER] >= 0:
        _open_line(state, c.SERVICE)


@compiled
def _in_statuses(state: Longs, code: int, qualifier: int, extra: int, row: int) -> None:
    """Move the loop of a 277CA on."""
    loop = state[LOOP]
    if code == c.HL and extra == Q_20:
        _close(state, c.STATUS_SOURCE, BILLING_LEVEL)
    elif code == c.HL and extra == Q_21:
        _close(state, c.STATUS_RECEIVER, SUBSCRIBER_LEVEL)
    elif code == c.HL and extra == Q_19:
        _close(state, c.STATUS_PROVIDER, SUBSCRIBER_LEVEL)
    elif code == c.HL or (code == c.NM1 and qualifier in (Q_QC, Q_IL) and loop != c.STATUS_PATIENT):
        # Any other level is a patient's; a patient's name begins one whose HL is missing.
        _close(state, c.STATUS_PATIENT, PATIENT_LEVEL)
    elif code == c.TRN and loop in (c.STATUS_PATIENT, c.STATUS, c.STATUS_SERVICE):
        _open_owner(state, row, c.KIND_STATUSES, c.STATUS)
    elif code == c.SVC and state[OWNER] >= 0:
        _open_line(state, c.STATUS_SERVICE)


@compiled
def _in_answers(state: Longs, code: int, row: int) -> None:
    """Move the loop of a 999 or 997 on."""
    if code == c.AK1:
        _open_owner(state, row, c.KIND_ANSWERS, c.ANSWER)
    elif code == c.AK2 and state[OWNER] >= 0:
        _open_line(state, c.ANSWER_PART)


@compiled
def _move(state: Longs, code: int, qualifier: int, extra: int, row: int) -> None:
    """What one segment does to the state."""
    if c.ISA <= code <= c.IEA:
        _envelope(state, code, qualifier, extra, row)
    elif code == c.CLM:
        _open_owner(state, row, c.KIND_CLAIMS, c.CLAIM)
    elif code == c.CLP:
        _open_owner(state, row, c.KIND_REMITS, c.REMIT)
    elif state[KIND] == c.KIND_NONE:
        # The ST is missing: told by what only an 835 has.
        state[KIND] = c.KIND_REMITS if code in (c.BPR, c.SVC, c.PLB) else c.KIND_CLAIMS
    if state[KIND] == c.KIND_CLAIMS:
        _in_claims(state, code, qualifier, extra)
    elif state[KIND] == c.KIND_REMITS:
        _in_remits(state, code, qualifier)
    elif state[KIND] == c.KIND_STATUSES:
        _in_statuses(state, code, qualifier, extra, row)
    elif state[KIND] == c.KIND_ANSWERS:
        _in_answers(state, code, row)


@compiled
def _forget(now: Ints, level: Bytes, from_level: int) -> None:
    """Forget what was said for all that follows, from a level down."""
    for slot in range(now.shape[0]):
        for kind in range(now.shape[1]):
            if level[slot, kind] >= from_level:
                now[slot, kind] = -1


@compiled
def _note_opened(state: Longs, now: Ints, owners: Ints, context: Ints, line_owner: Ints) -> None:
    """A new line; or a new claim or remit, with what was said for all of them."""
    if state[OPENED] == A_LINE:
        line_owner[state[LINE_NOW]] = state[OWNER]
        return
    owner, kind = state[OWNER], state[KIND]
    owners[OWNER_KIND, owner], owners[OWNER_GUIDE, owner] = kind, state[GUIDE]
    for slot in range(now.shape[0]):
        context[slot, owner] = now[slot, kind - 1]


@compiled
def _once(values: Ints, slot: int, where: int, row: int, stale: int) -> int:
    """Put a row into a slot unless it is taken (by a row after `stale`); says what became of the segment."""
    if where < 0:
        return c.UNREAD
    if values[slot, where] > stale:
        return c.REPEATED
    values[slot, where] = row
    return c.USED


@compiled
def _fill(
    state: Longs, now: Ints, own: Ints, by_line: Ints, segment: Ints, scope: int, slot: int, row: int
) -> int:
    """Put a segment into its slot; what became of it."""
    if scope == CONTEXT:
        # What was said before the last claim may be said anew where an HL is missing.
        return _once(now, slot, state[KIND] - 1, row, state[ROW_OF_OWNER])
    if scope == OWN:
        return _once(own, slot, state[OWNER], row, -1)
    if scope == LINE:
        return _once(by_line, slot, state[LINE_NOW], row, -1)
    if scope == MANY and state[OWNER] >= 0:
        segment[OF_MANY, row] = slot + 1
        return c.USED
    return c.UNREAD


@compiled
def _rule(first: Ints, last: Ints, rule: Longs, code: int, loop: int, qualifier: int) -> int:
    """The rule for a segment in a loop, -1 if there is none."""
    for at in range(first[code, loop], last[code, loop]):
        wanted = rule[at, RULE_QUALIFIER]
        if wanted in (0, qualifier):
            return at
    return -1


@compiled
def _verdict(state: Longs, code: int, extra: int) -> int:
    """What becomes of a segment that has no rule, or whose rule does not count (then above UNREAD)."""
    if code == 0:
        return c.UNREAD
    if state[KIND] == c.KIND_OTHER or code == c.TA1:
        return c.OTHER_TRANSACTION
    if c.ISA <= code <= c.IEA or code == c.HL:
        return c.USED
    # REF04 of an 837 names the payer that a number belongs to, where that is another one.
    if code == c.REF and state[KIND] == c.KIND_CLAIMS and extra != 0:
        return c.OTHERS
    return c.UNREAD


@compiled
def _note_event(state: Longs, events: Longs, row: int, begun: int, what: int, count: int) -> None:
    at = state[N_EVENTS]
    events[NOTICED, at], events[BEGUN, at], events[EVENT, at], events[COUNT, at] = row, begun, what, count
    state[N_EVENTS] = at + 1


@compiled
def _note_ends(state: Longs, events: Longs, code: int, row: int) -> None:
    """Note an envelope that ends here, and those that are still open when the next one begins."""
    if code != c.SE and state[ST_ROW] >= 0:
        _note_event(state, events, row, state[ST_ROW], NO_SE, 0)
    if code in (c.ISA, c.IEA, c.GS) and state[GS_ROW] >= 0:
        _note_event(state, events, row, state[GS_ROW], NO_GE, 0)
    if code == c.ISA and state[ISA_ROW] >= 0:
        _note_event(state, events, row, state[ISA_ROW], NO_IEA, 0)
    if code == c.SE:
        _note_event(state, events, row, state[ST_ROW], ENDS, state[N_SEGMENTS])
    elif code == c.GE:
        _note_event(state, events, row, state[GS_ROW], ENDS, state[N_TRANSACTIONS])
    elif code == c.IEA:
        _note_event(state, events, row, state[ISA_ROW], ENDS, state[N_GROUPS])


@compiled
def _keep(state: Longs, now: Ints, row: int, kept: Longs, kept_now: Ints) -> None:
    """Keep the state as it is before a row that belongs to nothing before it."""
    for i in range(N_STATE):
        kept[i] = state[i]
    kept[NEXT_ROW] = row
    for slot in range(now.shape[0]):
        for kind in range(now.shape[1]):
            kept_now[slot, kind] = now[slot, kind]


@compiled
def walk(
    keys: Longs, rules: Rules, places: Places, state: Longs, now: Ints, kept: Longs, kept_now: Ints, late: int
) -> None:
    """Place every segment from `state[NEXT_ROW]` on.

    `kept` and `kept_now` become the state at the last place where the segments may be cut in two, so that a claim
    (remit) is on one side whole; only such places from row `late` on count.
    """
    first, last, rule, level, _ = rules
    segment, events, context, own, by_line, owners, line_owner = places
    for row in range(state[NEXT_ROW], keys.shape[1]):
        code, qualifier, extra = keys[CODE, row], keys[QUALIFIER, row], keys[EXTRA, row]
        if row >= late and (state[OWNER] < 0 or code == c.CLM or code == c.CLP):
            _keep(state, now, row, kept, kept_now)
        ends_other = code == c.SE and state[KIND] == c.KIND_OTHER
        state[N_SEGMENTS] += 1
        if code != 0 and code != c.TA1:
            if c.ISA <= code <= c.IEA:
                _note_ends(state, events, code, row)
            _move(state, code, qualifier, extra, row)
        if state[FORGET] != NO_LEVEL:
            _forget(now, level, state[FORGET])
        if state[OPENED] != NOTHING:
            _note_opened(state, now, owners, context, line_owner)
        if c.ISA <= code <= c.ST:
            # The first context slots, of every kind, are those of rules.ENVELOPE: ISA, GS, ST.
            now[code - c.ISA, :] = row
        mark = c.OTHER_TRANSACTION if ends_other else _verdict(state, code, extra)
        if mark == c.UNREAD and code != 0:
            at = _rule(first, last, rule, code, state[LOOP], qualifier)
            if at >= 0:
                mark = _fill(
                    state, now, own, by_line, segment, rule[at, RULE_SCOPE], rule[at, RULE_SLOT], row
                )
            elif state[LOOP] in (c.OTHER_PAYER, c.OTHER_PAYER_NAME, c.LINE_OTHER_PAYER, c.LINE_ADJUDICATION):
                mark = c.OTHERS
        state[FORGET], state[OPENED] = NO_LEVEL, NOTHING
        segment[OF_LOOP, row] = state[LOOP]
        segment[MARK, row], segment[OF_OWNER, row], segment[OF_LINE, row] = (
            mark,
            state[OWNER],
            state[LINE_NOW],
        )
    if state[OWNER] < 0:
        _keep(state, now, keys.shape[1], kept, kept_now)
