"""Claims turned away at the door, before anybody adjudicates them: what was wrong on the form, and what is sent instead."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import ClaimTables
from data.simulator.catalogue import Flags, Numbers
from data.simulator.claims import Claims, in_order, join_claims
from data.simulator.draw import Streams, chance, pick, scramble
from data.simulator.remit_rows import with_column
from data.simulator.settings import WorldSettings

TAKEN_IN, MEMBER, RENDERING, DIAGNOSIS = range(4)
"""What is wrong: nothing; nobody has this member number; an NPI that is none; a diagnosis that is cut short."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out, in two: what the payers took in, in order, and what they turned away."""

    taken_in: Claims
    turned_away: Claims
    fault: Numbers
    """Of each claim turned away: MEMBER, RENDERING or DIAGNOSIS."""


def draw_turned_away(settings: WorldSettings, claims: Claims, streams: Streams, *, last: int) -> Sent:
    """Some claims are turned away, corrected, and sent again under another number after some days."""
    rng, rates = streams.stream("turned away"), settings.rejections
    shares = np.array([rates.member_unknown, rates.npi_invalid, rates.diagnosis_invalid])
    chosen = chance(rng, float(shares.sum()), len(claims))
    # The highest number stays among the claims taken in: later ones are counted from it.
    chosen &= claims.visits.number != claims.visits.number.max()
    rows = np.flatnonzero(chosen)
    turned = claims.take(rows)
    n = len(rows)
    fault = 1 + pick(rng, shares, n) if n else np.zeros(0, np.int64)
    later = answered_on(turned.visits.submitted, turned.visits.number) + rng.integers(*rates.resent_after, n)
    number = claims.visits.number.max() + 1 + np.arange(n)
    anew = replace(turned, visits=replace(turned.visits, number=number, submitted=later))
    anew = anew.take(np.flatnonzero(chance(rng, rates.resent, n) & (later < last)))
    both = join_claims([claims.take(np.flatnonzero(~chosen)), anew])
    return Sent(both.take(in_order(both)), turned, fault)


def answered_on(submitted: Numbers, number: Numbers) -> Numbers:
    """The day of the 277CA: the next one, or that after it."""
    return np.asarray(submitted + 1 + scramble(number, salt=21, bits=40) % 2)


def with_faults(tables: ClaimTables, fault: Numbers) -> ClaimTables:
    """The claims as they went out, faults and all; `fault`: of each claim."""
    claims, lines = tables.claims, tables.lines
    claims = with_column(claims, "member_id", _changed(claims["member_id"], fault == MEMBER, _mistyped))
    claims = with_column(claims, "diagnosis_1", _changed(claims["diagnosis_1"], fault == DIAGNOSIS, _cut))
    wrong = fault == RENDERING
    claims = with_column(claims, "rendering_npi", _changed(claims["rendering_npi"], wrong, _mistyped))
    counts = claims["n_lines"].to_numpy()
    of_line = np.repeat(wrong, counts)
    lines = with_column(lines, "rendering_npi", _changed(lines["rendering_npi"], of_line, _mistyped))
    return replace(tables, claims=claims, lines=lines)


def _changed(column: pa.ChunkedArray, where: Flags, change: Callable[[str], str]) -> pa.Array:
    """Some of the texts changed."""
    rows = np.flatnonzero(where)
    others = pa.array([change(text) for text in column.take(pa.array(rows)).to_pylist()], pa.string())
    return pc.replace_with_mask(column.combine_chunks(), pa.array(where), others)


def _mistyped(text: str) -> str:
    """The last digit is another one."""
    return text[:-1] + str((int(text[-1]) + 4) % 10)


def _cut(code: str) -> str:
    """Without its last sign; of three there is nothing to cut, and the first is repeated."""
    return code[:-1] if len(code) > 3 else code[0] + code[0] + code[1:]
