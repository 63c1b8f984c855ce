"""Where each segment stands: its claim (or remit), its line (or service), its loop, its slot.

A small state machine, compiled. It never fails: a segment that fits nowhere is left unread, and listed later.
Loops of other payers (2320, 2330, 2430) are kept apart from those of the payer that the claim goes to.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.readers.x12 import codes as c
from data.readers.x12.access import packed, part
from data.readers.x12.compiled import compiled
from data.readers.x12.rules import (
    BILLING_LEVEL,
    CONTEXT,
    GS_LEVEL,
    ISA_LEVEL,
    LINE,
    MANY,
    OWN,
    PATIENT_LEVEL,
    SUBSCRIBER_LEVEL,
    TRANSACTION_LEVEL,
    Layout,
    Rules,
)
from data.readers.x12.tokenize import Bytes, Ints, Longs, Segments

# What the state machine remembers.
KIND, GUIDE, LOOP, OWNER, ROW_OF_OWNER, LINE_NOW, IS_FRESH, N_OWNERS, N_LINES, ST_ROW, ISA_ROW = range(11)

Q_20, Q_22, Q_23 = c.pack("20"), c.pack("22"), c.pack("23")
Q_85, Q_87, Q_IL, Q_PR, Q_QC, Q_82, Q_PE = (c.pack(q) for q in ("85", "87", "IL", "PR", "QC", "82", "PE"))
Q_837, Q_835, Q_HC, Q_HP = (c.pack(q) for q in ("837", "835", "HC", "HP"))
REMIT_CODES = (c.BPR, c.CLP, c.SVC, c.PLB)

BREAK_NO_SE = 1
BREAK_NO_IEA = 2


class Places(NamedTuple):
    """What placing found, written by compiled code. Rows are segments; -1 is none."""

    owner: Ints  # [segments] which claim or remit
    line: Ints  # [segments] which line or service
    mark: Bytes  # [segments] what became of it: codes.USED, ...
    many: Bytes  # [segments] 1 + the slot of a repeating thing
    broken: Bytes  # [segments] an envelope that begins here and never ends
    context: Ints  # [context slots, owners] segment rows
    own: Ints  # [slots, owners] segment rows
    by_line: Ints  # [slots, lines] segment rows
    kind: Bytes  # [owners]
    guide: Bytes  # [owners]
    line_owner: Ints  # [lines]


@compiled
def _reset(now: Ints, rules: Rules, level: int) -> None:
    """Forget what was said for all that follows, from this level down."""
    for slot in range(now.shape[0]):
        for kind in range(2):
            if rules.level[slot, kind] >= level:
                now[slot, kind] = -1


@compiled
def _close(state: Longs, loop: int) -> None:
    state[OWNER], state[LINE_NOW], state[IS_FRESH], state[LOOP] = -1, -1, 0, loop


@compiled
def _guide(table: Segments, row: int, element: int) -> int:
    """Professional, institutional or dental, told by the guide's number in a version like 005010X222A1."""
    begin, end = part(table, row, element, 0)
    for i in range(begin, end - 3):
        if table.content[i] == 88:  # X
            number = (
                (table.content[i + 1] - 48) * 100 + (table.content[i + 2] - 48) * 10 + table.content[i + 3] - 48
            )
            if number in (222, 98):
                return c.GUIDE_PROFESSIONAL
            if number in (223, 96):
                return c.GUIDE_INSTITUTIONAL
            if number in (224, 97):
                return c.GUIDE_DENTAL
    return c.GUIDE_NONE


@compiled
def _begin_transaction(table: Segments, state: Longs, now: Ints, row: int) -> None:
    kind = packed(table, row, 1, 0)
    state[ST_ROW] = row
    if kind == Q_837:
        state[KIND], state[LOOP] = c.KIND_CLAIMS, c.HEADER
    elif kind == Q_835:
        state[KIND], state[LOOP] = c.KIND_REMITS, c.REMIT_HEADER
    else:
        state[KIND] = c.KIND_OTHER
    state[GUIDE] = _guide(table, row, 3)
    if state[GUIDE] == c.GUIDE_NONE and now[1, 0] >= 0:
        state[GUIDE] = _guide(table, now[1, 0], 8)


@compiled
def _reach(code: int) -> int:
    """The level from which an envelope segment makes all context void."""
    if code in (c.ISA, c.IEA):
        return ISA_LEVEL
    return GS_LEVEL if code in (c.GS, c.GE) else TRANSACTION_LEVEL


@compiled
def _envelope(table: Segments, rules: Rules, state: Longs, now: Ints, places: Places, row: int) -> bool:
    """ISA, GS, ST and their ends; says whether the segment was one of them."""
    code = table.code[row]
    if not (c.ISA <= code <= c.IEA):
        return False
    if state[ST_ROW] >= 0 and code != c.SE:
        places.broken[state[ST_ROW]] = BREAK_NO_SE
    if code == c.ISA and state[ISA_ROW] >= 0:
        places.broken[state[ISA_ROW]] = BREAK_NO_IEA
    is_other = state[KIND] == c.KIND_OTHER
    _close(state, c.NOWHERE)
    state[KIND], state[ST_ROW] = c.KIND_NONE, -1
    _reset(now, rules, _reach(code))
    if code in (c.ISA, c.GS, c.ST):
        now[0 if code == c.ISA else (1 if code == c.GS else 2), :] = row
    if code in (c.ISA, c.IEA):
        state[ISA_ROW] = row if code == c.ISA else -1
    if code == c.ST:
        _begin_transaction(table, state, now, row)
        is_other = state[KIND] == c.KIND_OTHER
    places.mark[row] = c.OTHER_TRANSACTION if is_other and code in (c.ST, c.SE) else c.USED
    return True


@compiled
def _open_owner(state: Longs, now: Ints, places: Places, row: int, kind: int) -> None:
    """A CLM or CLP begins, whatever came before it."""
    if state[KIND] != kind:
        state[KIND], state[GUIDE] = kind, c.GUIDE_NONE
    _close(state, c.CLAIM if kind == c.KIND_CLAIMS else c.REMIT)
    owner = state[N_OWNERS]
    state[OWNER], state[ROW_OF_OWNER] = owner, row
    state[N_OWNERS] = owner + 1
    places.kind[owner], places.guide[owner] = kind, state[GUIDE]
    for slot in range(places.context.shape[0]):
        places.context[slot, owner] = now[slot, kind - 1]


@compiled
def _open_line(state: Longs, places: Places, is_fresh: int) -> None:
    line = state[N_LINES]
    state[LINE_NOW], state[IS_FRESH], state[N_LINES] = line, is_fresh, line + 1
    places.line_owner[line] = state[OWNER]


@compiled
def _name_before_claim(state: Longs, qualifier: int) -> int:
    if qualifier == Q_85:
        return c.BILLING
    if qualifier == Q_IL:
        return c.SUBSCRIBER
    if qualifier == Q_PR:
        return c.PAYER
    if qualifier == Q_QC:
        return c.PATIENT
    return c.OTHER_NAME


@compiled
def _name_in_claim(state: Longs, qualifier: int) -> int:
    if state[LINE_NOW] >= 0:
        return c.LINE_OTHER_PAYER if qualifier == Q_PR else c.LINE_PROVIDER
    if state[LOOP] in (c.OTHER_PAYER, c.OTHER_PAYER_NAME):
        return c.OTHER_PAYER_NAME
    return c.RENDERING if qualifier == Q_82 else c.CLAIM_PROVIDER


@compiled
def _level(table: Segments, rules: Rules, state: Longs, now: Ints, row: int) -> None:
    """An HL begins: billing provider, subscriber or patient."""
    level = packed(table, row, 3, 0)
    if level == Q_20:
        _close(state, c.BILLING)
        _reset(now, rules, BILLING_LEVEL)
    elif level == Q_22:
        _close(state, c.SUBSCRIBER)
        _reset(now, rules, SUBSCRIBER_LEVEL)
    elif level == Q_23:
        _close(state, c.PATIENT)
        _reset(now, rules, PATIENT_LEVEL)
    else:
        _close(state, c.OTHER_NAME)


@compiled
def _claim_name(rules: Rules, state: Longs, now: Ints, qualifier: int) -> None:
    in_claim = state[OWNER] >= 0
    # A claim has no billing provider or, within its lines, subscriber: an HL is missing.
    if in_claim and (qualifier == Q_85 or (qualifier == Q_IL and state[LINE_NOW] >= 0)):
        _close(state, c.NOWHERE)
        _reset(now, rules, BILLING_LEVEL if qualifier == Q_85 else SUBSCRIBER_LEVEL)
        in_claim = False
    state[LOOP] = _name_in_claim(state, qualifier) if in_claim else _name_before_claim(state, qualifier)


@compiled
def _claim_subscriber(rules: Rules, state: Longs, now: Ints) -> None:
    """SBR: another payer of this claim (2320); before a claim, or after lines with its HL missing, a subscriber."""
    if state[OWNER] >= 0 and state[LINE_NOW] < 0:
        state[LOOP] = c.OTHER_PAYER
        return
    if state[OWNER] >= 0:
        _reset(now, rules, SUBSCRIBER_LEVEL)
    _close(state, c.SUBSCRIBER)


@compiled
def _claim_line(state: Longs, places: Places, code: int) -> None:
    """LX opens a line; a service does too, unless an LX has just done so."""
    if state[OWNER] < 0:
        return
    if code == c.LX:
        _open_line(state, places, 1)
    elif state[IS_FRESH]:
        state[IS_FRESH] = 0
    else:
        _open_line(state, places, 0)
    state[LOOP] = c.LINE


@compiled
def _in_claims(
    table: Segments, rules: Rules, state: Longs, now: Ints, places: Places, row: int, qualifier: int
) -> None:
    """Move the loop of an 837 on."""
    code = table.code[row]
    if code == c.HL:
        _level(table, rules, state, now, row)
        places.mark[row] = c.USED
    elif code == c.NM1:
        _claim_name(rules, state, now, qualifier)
    elif code == c.SBR:
        _claim_subscriber(rules, state, now)
    elif code == c.LX or c.SV1 <= code <= c.SV7:
        _claim_line(state, places, code)
    elif code == c.SVD and state[LINE_NOW] >= 0:
        state[LOOP] = c.LINE_ADJUDICATION


@compiled
def _in_remits(state: Longs, places: Places, code: int, qualifier: int) -> None:
    """Move the loop of an 835 on."""
    if code == c.N1:
        _close(state, c.REMIT_PAYER if qualifier == Q_PR else c.REMIT_PAYEE)
    elif code in (c.LX, c.TS3):
        _close(state, c.REMIT_HEADER)
    elif code == c.PLB:
        _close(state, c.REMIT_TRAILER)
    elif code == c.BPR:
        _close(state, c.REMIT_HEADER)
    elif code == c.SVC and state[OWNER] >= 0:
        _open_line(state, places, 0)
        state[LOOP] = c.SERVICE


@compiled
def _once(values: Ints, slot: int, where: int, row: int, stale: int) -> int:
    """Put a row into a slot unless it is taken (by a row after `stale`); says what became of the segment."""
    if values[slot, where] > stale:
        return c.REPEATED
    values[slot, where] = row
    return c.USED


@compiled
def _fill(state: Longs, now: Ints, places: Places, rules: Rules, rule: int, row: int) -> int:
    scope, slot = rules.scope[rule], rules.slot[rule]
    if scope == CONTEXT:
        kind = 1 if state[KIND] == c.KIND_REMITS else 0
        # What was said before the last claim may be said anew where an HL is missing.
        return _once(now, slot, kind, row, state[ROW_OF_OWNER])
    if scope == MANY and state[OWNER] >= 0:
        places.many[row] = slot + 1
        return c.USED
    if scope == OWN and state[OWNER] >= 0:
        return _once(places.own, slot, state[OWNER], row, -1)
    if scope == LINE and state[LINE_NOW] >= 0:
        return _once(places.by_line, slot, state[LINE_NOW], row, -1)
    return c.UNREAD


@compiled
def _slot(table: Segments, rules: Rules, state: Longs, now: Ints, places: Places, row: int, qualifier: int) -> None:
    """Put the segment where its rule says."""
    code, loop = table.code[row], state[LOOP]
    # REF04 of an 837 names the payer that a number belongs to, where that is another one.
    if code == c.REF and loop <= c.LINE_ADJUDICATION and packed(table, row, 4, 0) != 0:
        places.mark[row] = c.OTHERS
        return
    for rule in range(rules.first[code, loop], rules.last[code, loop]):
        if rules.qualifier[rule] == 0 or rules.qualifier[rule] == qualifier:
            places.mark[row] = _fill(state, now, places, rules, rule, row)
            return
    if loop in (c.OTHER_PAYER, c.OTHER_PAYER_NAME, c.LINE_OTHER_PAYER, c.LINE_ADJUDICATION):
        places.mark[row] = c.OTHERS


@compiled
def _step(table: Segments, rules: Rules, state: Longs, now: Ints, places: Places, row: int) -> None:
    code = table.code[row]
    if code == c.TA1:
        places.mark[row] = c.OTHER_TRANSACTION
        return
    qualifier = packed(table, row, 1, 0)
    if code == c.CLM:
        _open_owner(state, now, places, row, c.KIND_CLAIMS)
    elif code == c.CLP:
        _open_owner(state, now, places, row, c.KIND_REMITS)
    elif state[KIND] == c.KIND_NONE:
        # The ST is missing: told by what only an 835 has.
        state[KIND] = c.KIND_REMITS if code in REMIT_CODES else c.KIND_CLAIMS
    if state[KIND] == c.KIND_OTHER:
        places.mark[row] = c.OTHER_TRANSACTION
    elif state[KIND] == c.KIND_CLAIMS:
        _in_claims(table, rules, state, now, places, row, qualifier)
        _slot(table, rules, state, now, places, row, qualifier)
    else:
        _in_remits(state, places, code, qualifier)
        _slot(table, rules, state, now, places, row, qualifier)


@compiled
def walk(table: Segments, rules: Rules, places: Places) -> tuple[int, int, int, int]:
    """Place every segment; returns how many owners and lines there are, and the rows of an open ST and ISA."""
    state = np.zeros(11, np.int64)
    state[OWNER] = state[LINE_NOW] = state[ST_ROW] = state[ISA_ROW] = state[ROW_OF_OWNER] = -1
    now = np.full(rules.level.shape, -1, np.int32)
    for row in range(table.code.size):
        if table.code[row] == 0:
            places.owner[row], places.line[row] = state[OWNER], state[LINE_NOW]
            continue
        if not _envelope(table, rules, state, now, places, row):
            _step(table, rules, state, now, places, row)
            places.owner[row], places.line[row] = state[OWNER], state[LINE_NOW]
    return int(state[N_OWNERS]), int(state[N_LINES]), int(state[ST_ROW]), int(state[ISA_ROW])


@dataclass(frozen=True, slots=True)
class Placed:
    """A block's segments, each in its place."""

    table: Segments
    places: Places
    open_st: int
    """The row of a transaction that the block's end cuts off, or -1."""
    open_isa: int

    def owners(self, kind: int) -> Ints:
        """The claims (or remits) of this block, in order."""
        return np.flatnonzero(self.places.kind == kind).astype(np.int32)

    def all_of(self, layout: Layout, name: str, kind: int) -> Ints:
        """The segments of a repeating slot, in order."""
        rows = np.flatnonzero(self.places.many == layout.number(name) + 1).astype(np.int32)
        return rows[self.places.kind[self.places.owner[rows]] == kind]


def place(table: Segments, rules: Rules) -> Placed:
    """Put every segment of a block in its place."""
    n = table.code.size
    n_owners = int(np.isin(table.code, (c.CLM, c.CLP)).sum())
    n_lines = int(np.isin(table.code, (c.LX, c.SVC, *range(c.SV1, c.SV7 + 1))).sum())
    n_context, n_own, n_line = (int(k) for k in rules.n_slots)
    places = Places(
        owner=np.full(n, -1, np.int32),
        line=np.full(n, -1, np.int32),
        mark=np.zeros(n, np.uint8),
        many=np.zeros(n, np.uint8),
        broken=np.zeros(n, np.uint8),
        context=np.full((n_context, n_owners), -1, np.int32),
        own=np.full((n_own, n_owners), -1, np.int32),
        by_line=np.full((n_line, n_lines), -1, np.int32),
        kind=np.zeros(n_owners, np.uint8),
        guide=np.zeros(n_owners, np.uint8),
        line_owner=np.full(n_lines, -1, np.int32),
    )
    _, used_lines, open_st, open_isa = walk(table, rules, places)
    places = places._replace(by_line=places.by_line[:, :used_lines], line_owner=places.line_owner[:used_lines])
    return Placed(table, places, open_st, open_isa)
