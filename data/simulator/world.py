"""A whole world: drawn in memory, or written as the files that a provider and its payers would exchange."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.schema import ClaimTables, RemitTables
from data.simulator.adjudicate import Verdicts, adjudicate, answered
from data.simulator.calendar import Calendar
from data.simulator.care import draw_care
from data.simulator.cast import FAR, Cast, draw_cast
from data.simulator.catalogue import Flags, Floats, Numbers
from data.simulator.ceilings import p_from_claims
from data.simulator.changes import change_table
from data.simulator.claims import NONE, Claims, in_order, join_claims
from data.simulator.columns import join, take
from data.simulator.corrections import TakenBack, draw_replacements, draw_taken_back, repriced
from data.simulator.damage import Damage
from data.simulator.draw import Streams, chance
from data.simulator.files import TRUTH_FILE, Step, write_world
from data.simulator.forms import draw_forms, repeat_studies, send_again
from data.simulator.lines import draw_lines
from data.simulator.money import Money, price
from data.simulator.orders import draw_visits
from data.simulator.policies import Policies, draw_policies
from data.simulator.policy_book import policy_book
from data.simulator.presets import USUAL, load_settings
from data.simulator.remits import Answers, payer_controls, remit_tables
from data.simulator.settings import WorldSettings
from data.simulator.sights import draw_sights
from data.simulator.statuses import status_table
from data.simulator.tables import claim_tables, context_table, only_where
from data.simulator.telling import Telling
from data.simulator.truth import truth_table
from data.simulator.turned_away import answered_on, draw_turned_away, with_faults

CORRECTED = 1 << 30
"""Added to the number of a claim for the payer's number of its second answer."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happened, before it becomes files."""

    settings: WorldSettings
    seed: int
    calendar: Calendar
    cast: Cast
    policies: Policies
    claims: Claims
    """All claims, the upcoming ones too, in the order in which they went out."""
    fault: Numbers
    """[claims]: why it was turned away (a fault of `turned_away`), 0 where it was taken in."""
    verdicts: Verdicts
    money: Money
    weak: Flags
    p_alone: Floats | None
    """[lines]: the chance of denial given the claim alone"""
    taken_back: TakenBack

    @property
    def answered(self) -> Flags:
        """[claims]: the first answer is written."""
        return answered(self.claims, self.verdicts, self.calendar)

    @property
    def submitted(self) -> Numbers:
        """[claims]: days, in order."""
        return self.claims.visits.submitted

    @property
    def told_on(self) -> Numbers:
        """Days of all answers that are written: the first ones, and those taken back."""
        return np.concatenate([self.verdicts.known[self.answered], self.taken_back.known])

    def claim_tables(self, rows: Numbers | None = None) -> ClaimTables:
        """Claims as a reader would give them: all, or those of these rows."""
        claims = self.claims if rows is None else self.claims.take(rows)
        forms = claims.forms
        controls = payer_controls(np.maximum(forms.replaces, 0), seed=self.seed)
        named = only_where(forms.names_original, controls)
        tables = claim_tables(self.settings, self.cast, claims, seed=self.seed, controls=named)
        return with_faults(tables, self.fault if rows is None else self.fault[rows])

    @property
    def status_on(self) -> Numbers:
        """[claims]: the day on which it was taken in or turned away."""
        return answered_on(self.claims.visits.submitted, self.claims.visits.number)

    def status_table(self, rows: Numbers) -> pa.Table:
        """What came back at once: of these claims."""
        tables = self.claim_tables(rows)
        return status_table(self.settings, tables, self.fault[rows], self.status_on[rows], seed=self.seed)

    def context_table(self, rows: Numbers | None = None) -> pa.Table:
        """What stands beside the claims: all, or those of these rows."""
        claims = self.claims if rows is None else self.claims.take(rows)
        return context_table(self.cast, claims, seed=self.seed)

    def remit_tables(self, since: int = 0, until: int = FAR) -> list[RemitTables]:
        """First answers, then those taken back (negated), then those told instead; of the days `since` to `until`."""
        known, back = self.verdicts.known, self.taken_back
        rows = np.flatnonzero(self.answered & (known >= since) & (known < until))
        chosen = (back.known >= since) & (back.known < until)
        undone, days, overturned = back.rows[chosen], back.known[chosen], back.overturned[chosen]
        said = self.verdicts.told[self.claims.line_rows(undone)]
        spared = np.repeat(overturned, self.claims.n_lines[undone])
        anew = self._answers(undone, days, repriced(self.money), CORRECTED)
        parts = [
            (self._answers(rows, known[rows], self.money, 0), False),
            (self._answers(undone, days, self.money, 0), True),
            (replace(anew, told=np.where(spared, NONE, said)), False),
        ]
        return [
            remit_tables(self.settings, self.cast, part, seed=self.seed, reversal=reversal)
            for part, reversal in parts
        ]

    def telling(self) -> Telling:
        """How payers write their answers."""
        return Telling.of(self.settings, seed=self.seed)

    def policy_book(self) -> dict[str, pa.Table]:
        """What the billing office knows of the payers' lists, each list by its name."""
        return policy_book(self.settings, self.cast, self.policies, Streams(self.seed))

    def changes(self) -> pa.Table:
        """What changes on the way, and when (schema `CHANGES`)."""
        return change_table(self.settings, self.cast, self.policies, self.calendar)

    def truth(self, rows: Numbers | None = None) -> pa.Table:
        """One row a line, with its exact chance of denial (schema `TRUTH`): of all claims, or those of these rows."""
        rows, back = np.arange(len(self.claims)) if rows is None else rows, self.taken_back
        n, at = len(self.claims), self.claims.line_rows(rows)
        when, overturned = np.full(n, NONE), np.zeros(n, np.bool_)
        when[back.rows], overturned[back.rows] = back.known, back.overturned
        return truth_table(
            self.settings,
            self.claims.take(rows),
            replace(take_lines(self.verdicts, at), known=self.verdicts.known[rows]),
            self.calendar,
            seed=self.seed,
            weak=self.weak[at],
            answered=self.answered[rows],
            alone=None if self.p_alone is None else self.p_alone[at],
            taken_back=when[rows],
            overturned=overturned[rows],
            rejected=np.where(self.fault > 0, self.status_on, NONE)[rows],
        )

    def _answers(self, rows: Numbers, known: Numbers, money: Money, shift: int) -> Answers:
        """Answers to the claims of these rows."""
        chosen = self.claims.take(rows)
        at = self.claims.line_rows(rows)
        control = chosen.visits.number + shift
        return Answers(chosen, take(money, at), self.verdicts.told[at], self.weak[at], known, control)


def draw_world(
    *, n_claims: int, months: int, seed: int, settings: WorldSettings | None = None, claim_alone: bool = True
) -> World:
    """A world in memory: about `n_claims` claims in `months` months, and those of the week after.

    Claims sent again and corrections come on top. The same arguments give the same world.
    Without `claim_alone` the chances given the claim alone are left out.
    """
    settings = settings or WorldSettings.load()
    streams, calendar = Streams(seed), Calendar.of(settings.start, months=months)
    cast = draw_cast(settings, streams, n_claims=n_claims, start=calendar.start, end=calendar.end)
    policies = draw_policies(settings, cast, streams, start=calendar.start, end=calendar.end)
    went_out = _sent(settings, cast, policies, calendar, streams, n_claims)
    parted = draw_turned_away(settings, went_out, streams, last=calendar.last)
    sent, turned = parted.taken_in, parted.turned_away
    verdicts = adjudicate(settings, policies, sent, streams, stage="payers")
    mended = draw_replacements(settings, policies, sent, verdicts, calendar, streams)
    anew = adjudicate(settings, policies, mended, streams, stage="payers again", past=sent)
    # What a payer would have said of those turned away; nobody asked it.
    unasked = adjudicate(settings, policies, turned, streams, stage="payers not asked")
    unasked = replace(unasked, known=np.full(len(turned), FAR))
    both, all_verdicts = join_claims([sent, mended, turned]), join([verdicts, anew, unasked])
    fault = np.concatenate([np.zeros(len(sent) + len(mended), np.int64), parted.fault])
    known = ((sent, None), (mended, sent), (turned, None)) if claim_alone else ()
    alone = [p_from_claims(settings, cast, policies, part, past=past) for part, past in known]
    order = in_order(both)
    claims = both.take(order)
    all_verdicts = replace(take_lines(all_verdicts, both.line_rows(order)), known=all_verdicts.known[order])
    weak = all_verdicts.denied & chance(
        streams.stream("weak"), settings.answers.weak, len(claims.lines.claim)
    )
    return World(
        settings=settings,
        seed=seed,
        calendar=calendar,
        cast=cast,
        policies=policies,
        claims=claims,
        fault=fault[order],
        verdicts=all_verdicts,
        money=price(settings, claims, streams, stage="money"),
        weak=weak,
        p_alone=np.concatenate(alone)[both.line_rows(order)] if claim_alone else None,
        taken_back=draw_taken_back(settings, claims, all_verdicts, calendar, streams),
    )


def take_lines(verdicts: Verdicts, rows: Numbers) -> Verdicts:
    """The verdicts of these lines; what is known by claim stays."""
    whole = replace(verdicts, known=np.zeros(len(verdicts.told), np.int64))
    return replace(take(whole, rows), known=verdicts.known)


def _sent(
    settings: WorldSettings,
    cast: Cast,
    policies: Policies,
    calendar: Calendar,
    streams: Streams,
    n_claims: int,
) -> Claims:
    """First submissions, and those that are sent a second time as new ones."""
    visits = draw_visits(settings, cast, calendar, streams, n=n_claims)
    care = draw_care(settings, cast, visits, streams)
    visits, lines = draw_lines(settings, cast, policies, visits, care, streams)
    forms = draw_forms(settings, cast, policies, visits, lines, care, streams)
    sights = draw_sights(settings, cast, visits, forms, lines, care, streams)
    first = Claims(visits, forms, sights, lines)
    resent = send_again(settings, first, streams, last=calendar.last)
    number = int(max(first.visits.number.max(), resent.visits.number.max(initial=0))) + 1
    repeated = repeat_studies(settings, first, streams, last=calendar.last, first=number)
    both = join_claims([first, resent, repeated])
    return both.take(in_order(both))


def simulate(
    *,
    n_claims: int,
    months: int,
    seed: int,
    out: Path,
    settings: WorldSettings | None = None,
    preset: str | Path = USUAL,
    corrupt: float = 0.0,
    claim_alone: bool = True,
    step: Step = lambda _done, _total: None,
) -> pa.Table:
    """Write a world under `out`, and give its truth (schema `TRUTH`, one row a line).

    `claims/*.837` one file a week, `statuses/*.277` and `remits/*.835` one file a week up to the end of the world, `upcoming/*.837` the
    claims of the week after it, `context.csv`, `policy/*.csv`, `changes.csv`, `truth.parquet`; a share `corrupt` of the weeks'
    files is damaged, and `corrupted.csv` says how. Same arguments, same bytes. The world is that of `settings`, or
    else of a preset (a shipped name, or a TOML file). Without `claim_alone` the truth says nothing of
    `p_denied_837`, which saves time. `step` is told of each file written.
    Raises CleanclaimError where `out` holds files of something else.
    """
    settings = settings or load_settings(preset)
    damage = Damage(corrupt, seed)
    world = draw_world(
        n_claims=n_claims, months=months, seed=seed, settings=settings, claim_alone=claim_alone
    )
    write_world(out, world, damage, step=step)
    del world  # as large as what is read now
    return pq.read_table(out / TRUTH_FILE)
