"""Which line each service of a remit answers: by control number, by what was done, by order."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Bools, Ints, add, codes_of, grouped, ints, rank_in, row_of
from data.schema import KEY, MODIFIERS, RemitTables

LINE_LINKS = pa.schema(
    [("remit_key", KEY), ("service", pa.int32()), ("claim_key", KEY), ("line", pa.int32())]
)

NEVER = 2**30


def link_lines(lines: pa.Table, remits: RemitTables, linked: pa.Table) -> pa.Table:
    """Services of linked remits to lines (`LINE_LINKS`), sorted by remit and service.

    By line control number, which all parts of a split line repeat (LX01 where the line was sent without one); else
    procedure as submitted, modifiers, date and charge; else several services whose charges add up to one line's (a split
    line; an unbundled one, whose further services have no charge); else without the modifiers, where that leaves no
    doubt; else order, where counts and charges are the same (005010X221 1.10.2.6, 1.10.2.11, 1.10.2.14).
    """
    services = _of_linked(remits, linked)
    if services.num_rows == 0 or lines.num_rows == 0:
        return LINE_LINKS.empty_table()
    line_of = by_control(services, lines)
    _by_what_was_done(services, lines, line_of)
    found = line_of >= 0
    rows = {
        "remit_key": ints(services["remit_key"])[found],
        "service": ints(services["service"])[found].astype(np.int32),
        "claim_key": ints(services["claim_key"])[found],
        "line": ints(lines["line"])[line_of[found]].astype(np.int32),
    }
    return pa.table(rows, schema=LINE_LINKS).sort_by([("remit_key", "ascending"), ("service", "ascending")])


def by_control(services: pa.Table, lines: pa.Table) -> Ints:
    """The row of the line that each service's control number names, -1 where none does."""
    mine, theirs = codes_of(services["line_control"], lines["line_control"])
    claims = np.concatenate([ints(services["claim_key"]), ints(lines["claim_key"])])
    keys, of_line = _split(grouped(claims, np.concatenate([mine, theirs])), len(mine))
    usable = np.flatnonzero(_alone(of_line) & (theirs >= 0))
    row = row_of(keys, of_line[usable])
    return np.where((row < 0) | (mine < 0), -1, usable[row] if len(usable) else -1)


def _by_what_was_done(services: pa.Table, lines: pa.Table, line_of: Ints) -> None:
    """Fill in the lines of services that no control number tells; only their remits and claims are looked at."""
    remit, claim = ints(services["remit_key"]), ints(services["claim_key"])
    mine = np.flatnonzero(np.isin(remit, remit[line_of < 0]))
    theirs = np.flatnonzero(np.isin(ints(lines["claim_key"]), claim[mine]))
    if not (len(mine) and len(theirs)):
        return
    both = _Both(services.take(pa.array(mine)), lines.take(pa.array(theirs)))
    place = np.full(lines.num_rows + 1, -1, np.int64)
    place[theirs] = np.arange(len(theirs))
    found = place[line_of[mine]]
    for step in (
        both.by_same_number,
        both.by_content,
        both.by_sum,
        both.by_number,
        both.by_procedure,
        both.by_order,
    ):
        if (found < 0).any():
            found = step(found)
    line_of[mine] = np.where(found < 0, -1, theirs[found])


def _of_linked(remits: RemitTables, linked: pa.Table) -> pa.Table:
    """Services of linked remits with their claim, sorted by remit and service, charges and date as on the claim."""
    services = remits.services
    row = row_of(ints(services["remit_key"]), ints(linked["remit_key"]))
    mine = services.append_column("claim_key", linked["claim_key"].take(pa.array(row, mask=row < 0)))
    at = row_of(ints(services["remit_key"]), ints(remits.remits["remit_key"]))
    day = pc.coalesce(services["service_on"], remits.remits["service_from"].take(pa.array(at, mask=at < 0)))
    mine = mine.append_column("day", day).filter(pa.array(row >= 0))
    return mine.sort_by([("remit_key", "ascending"), ("service", "ascending")])


class _Both:
    """Services and lines under codes that can be compared; each step gives every service its line's row, or -1."""

    def __init__(self, services: pa.Table, lines: pa.Table) -> None:
        self.remit, self.claim = ints(services["remit_key"]), ints(services["claim_key"])
        self._line_claim, self._line = ints(lines["claim_key"]), ints(lines["line"])
        unnumbered = pc.is_null(lines["line_control"])
        numbers = lines.filter(unnumbered)["line"]
        self._number = codes_of(services["line_control"], numbers.cast(pa.string()))
        self._numbered = np.flatnonzero(unnumbered.to_numpy())
        submitted = pc.coalesce(services["submitted_procedure"], services["procedure"])
        # An institutional line may have a revenue code alone.
        self._procedure = codes_of(submitted, pc.coalesce(lines["procedure"], lines["revenue_code"]))
        self._modifiers = [codes_of(services[name], lines[name]) for name in MODIFIERS]
        self._day = ints(services["day"], null=NEVER), ints(lines["service_from"], null=-NEVER)
        # A reversal repeats the charge with its sign turned.
        self._charge = np.abs(ints(services["charge_cents"])), np.abs(ints(lines["charge_cents"]))
        self._content = self._codes()

    def _codes(self) -> tuple[Ints, Ints]:
        """One code for claim, procedure, modifiers and day, on both sides."""
        pairs = [(self.claim, self._line_claim), self._procedure, *self._modifiers, self._day]
        return _split(grouped(*(np.concatenate(pair) for pair in pairs)), len(self.remit))

    def by_same_number(self, line_of: Ints) -> Ints:
        """LX01 for a control number, where what was done is the same too."""
        return self._by_number(line_of, same_content=True)

    def by_number(self, line_of: Ints) -> Ints:
        """LX01 for a control number."""
        return self._by_number(line_of, same_content=False)

    def _by_number(self, line_of: Ints, *, same_content: bool) -> Ints:
        open_ = np.flatnonzero((line_of < 0) & (self._number[0] >= 0))
        if not len(open_):
            return line_of
        mine, theirs = _split(
            grouped(
                np.concatenate([self.claim[open_], self._line_claim[self._numbered]]),
                np.concatenate([self._number[0][open_], self._number[1]]),
            ),
            len(open_),
        )
        row = row_of(mine, theirs)
        at = np.where(row < 0, -1, self._numbered[row] if len(self._numbered) else -1)
        if same_content:
            at = np.where((at >= 0) & (self._content[0][open_] == self._content[1][at]), at, -1)
        return self._give(line_of, open_, at)

    def by_content(self, line_of: Ints) -> Ints:
        """The same procedure, modifiers, day and charge; the second of equal services takes the second equal line."""
        open_ = np.flatnonzero(line_of < 0)
        mine, theirs = _split(
            grouped(np.concatenate(self._content), np.concatenate(self._charge)), len(self.remit)
        )
        lines = np.arange(len(theirs))
        rank_mine, rank_theirs = rank_in(self.remit[open_], mine[open_]), np.empty_like(theirs)
        by_line = np.argsort(self._line, kind="stable")
        rank_theirs[by_line] = rank_in(theirs[by_line])
        keys_mine, keys_theirs = _split(
            grouped(np.concatenate([mine[open_], theirs]), np.concatenate([rank_mine, rank_theirs])),
            len(open_),
        )
        row = row_of(keys_mine, keys_theirs)
        return self._give(line_of, open_, np.where(row < 0, -1, lines[row]))

    def by_sum(self, line_of: Ints) -> Ints:
        """Services of one submitted procedure whose charges add up to the one line that has it."""
        mine, theirs = self._content
        part = grouped(self.remit, mine)
        total = add(part, self._charge[0], int(part.max(initial=-1)) + 1)[part]
        usable = np.flatnonzero(_alone(theirs))
        row = row_of(mine, theirs[usable])
        at = np.where(row < 0, -1, usable[row] if len(usable) else -1)
        at = np.where((at >= 0) & (self._charge[1][at] == total), at, -1)
        open_ = np.flatnonzero(line_of < 0)
        # A part that an earlier step has given its line shares it with the others.
        strangers = np.where((line_of >= 0) & (line_of != at), line_of, -1)
        return self._give(line_of, open_, at[open_], taken=strangers)

    def by_procedure(self, line_of: Ints) -> Ints:
        """The same procedure, day and charge, modifiers apart, where one service and one line have them."""
        open_ = np.flatnonzero(line_of < 0)
        pairs = (self.claim, self._line_claim), self._procedure, self._day, self._charge
        mine, theirs = _split(
            grouped(*(np.concatenate([ours[open_], lines]) for ours, lines in pairs)), len(open_)
        )
        usable = np.flatnonzero(_alone(theirs))
        row = row_of(mine, theirs[usable])
        alone = _alone(grouped(self.remit[open_], mine)) & (row >= 0)
        return self._give(line_of, open_, np.where(alone, usable[row] if len(usable) else -1, -1))

    def by_order(self, line_of: Ints) -> Ints:
        """The same place in the remit as in the claim, where all charges are the same one by one."""
        group = grouped(self.remit)
        place, count = rank_in(group), np.bincount(group)
        order = np.lexsort((self._line, self._line_claim))
        claims = self._line_claim[order]
        first, end = np.searchsorted(claims, self.claim), np.searchsorted(claims, self.claim, side="right")
        at = order[np.minimum(first + place, len(order) - 1)]
        same = (end - first == count[group]) & (self._charge[1][at] == self._charge[0])
        all_same = np.bincount(group, weights=same) == count
        open_ = np.flatnonzero((line_of < 0) & all_same[group])
        return self._give(line_of, open_, at[open_])

    def _give(self, line_of: Ints, services: Ints, rows: Ints, taken: Ints | None = None) -> Ints:
        """Write the rows found, but for lines that an earlier step gave to another service of the same remit."""
        n = len(self._line_claim)
        remit, taken = grouped(self.remit), line_of if taken is None else taken
        has = (remit * n + taken)[taken >= 0]
        free = (rows >= 0) & (row_of(remit[services] * n + rows, has) < 0)
        found = line_of.copy()
        found[services[free]] = rows[free]
        return found


def _split(codes: Ints, n: int) -> tuple[Ints, Ints]:
    return codes[:n], codes[n:]


def _alone(codes: Ints) -> Bools:
    """Codes that occur once."""
    alone: Bools = np.bincount(codes)[codes] == 1
    return alone
