"""The provider's policy book: what the billing office knows of the payers' hidden lists. Incomplete, and here and there old.

One CSV a list. All have `payer_id`, `valid_from`, `valid_to` (days, both included; empty: always, or still) and
`source` (where the office has it from); beside these

- `authorization.csv`: `procedure`, `place_of_service` (codes with blanks between them): to be asked for before;
- `attachment.csv`: `procedure`: wants papers with the claim;
- `excluded.csv`: `procedure`: never paid, or until a day: a new code that the payer didn't know before;
- `coverage.csv`: `procedure`, `diagnoses` (without the point, blanks between them): the diagnoses that it is paid for;
- `frequency_limits.csv`: `procedure`, `days` that must lie between two studies of its kind for one member;
- `filing_limits.csv`: `days` from the service to the claim;
- `contracts.csv`: `facility_npi`, `billing` (global, 26 or TC): what the facility may bill;
- `enrollment.csv`: `rendering_npi`: enrolled with the payer since `valid_from`;
- `ncci_pairs.csv`: `column_1` is paid, `column_2` beside it isn't; `modifier_indicator` 1: modifier 59 parts them. A
  payer's pairs are known all together or not at all: where the book has some, what isn't among them is no pair.

A list without an entry says nothing: nobody knows it, or nothing is wanted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from data.schema import CODE, DAY
from data.simulator.cast import FAR, PLACES, Cast
from data.simulator.catalogue import Flags, Names, Numbers, catalogue
from data.simulator.draw import Streams, chance
from data.simulator.orders import is_acute
from data.simulator.pairs import all_pairs
from data.simulator.policies import COMPONENTS, Policies, payer_ids
from data.simulator.settings import WorldSettings

SOURCES = np.array(["payer portal", "provider manual", "newsletter", "billing notes"])
ASKED_AT = " ".join(PLACES[~is_acute(np.arange(len(PLACES)))].tolist())
"""Places of service where payers want to be asked first: all but inpatients and the emergency room."""
EARLIER = 45
"""Days by which an outdated book takes somebody for enrolled too early."""
OLD_LIMITS = np.array([90, 180, 365])

Column: TypeAlias = pa.Array | Names | Numbers


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of a list that is drawn: what the payer and the other thing are, and which entries are no longer so."""

    payer: Numbers
    other: Numbers
    is_old: Flags

    def followed_by(self, more: "_Entries") -> "_Entries":
        """These entries, then the others."""
        return _Entries(
            np.concatenate([self.payer, more.payer]),
            np.concatenate([self.other, more.other]),
            np.concatenate([self.is_old, more.is_old]),
        )


def policy_book(
    settings: WorldSettings, cast: Cast, policies: Policies, streams: Streams
) -> dict[str, pa.Table]:
    """The lists by their names; each entry of the payers' own is in it with the chance `known_share`."""
    return _Book(settings, cast, policies, streams).lists()


def write_book(lists: Mapping[str, pa.Table], folder: Path) -> None:
    """One CSV a list."""
    folder.mkdir(exist_ok=True)
    for name, entries in lists.items():
        csv.write_csv(entries, folder / f"{name}.csv", csv.WriteOptions(quoting_style="needed"))


class _Book:
    """Draws what is known list by list, each from a stream of its own."""

    def __init__(self, settings: WorldSettings, cast: Cast, policies: Policies, streams: Streams) -> None:
        self.settings, self.cast, self.policies, self.streams = settings, cast, policies, streams
        self.payers = payer_ids(settings)

    def lists(self) -> dict[str, pa.Table]:
        """All lists by their names."""
        made: tuple[Callable[[], tuple[str, pa.Table]], ...] = (
            self._authorization,
            self._attachment,
            self._excluded,
            self._coverage,
            self._frequency,
            self._filing,
            self._contracts,
            self._enrollment,
            self._pairs,
        )
        return dict(make() for make in made)

    def _authorization(self) -> tuple[str, pa.Table]:
        where = {"place_of_service": ASKED_AT}
        return self._since("authorization", self.policies.wants_auth_from, where)

    def _attachment(self) -> tuple[str, pa.Table]:
        return self._since("attachment", self.policies.wants_attachment_from, {})

    def _since(self, name: str, since: Numbers, more: Mapping[str, str]) -> tuple[str, pa.Table]:
        """A list of procedures, each since a day."""
        entries = self._known(name, since < FAR)
        began = since[entries.payer, entries.other]
        began = np.where(entries.is_old, -FAR, began)
        same = {key: pa.array([value] * len(began), CODE) for key, value in more.items()}
        return name, self._table(name, entries, {**self._procedures(entries), **same}, began)

    def _excluded(self) -> tuple[str, pa.Table]:
        """What is never paid, and what is not paid until a day: codes that the payer did not know yet."""
        never, learnt = self.policies.excludes, self.policies.knows_from
        entries = self._known("excluded", never)
        late = self._known("codes not known yet", (learnt > -FAR) & ~never, invents=False)
        # An old entry says that the payer learnt the code earlier than it did.
        last = learnt[late.payer, late.other] - 1 - EARLIER * late.is_old
        ended = np.concatenate([np.full(len(entries.payer), FAR), last])
        both = entries.followed_by(late)
        return "excluded", self._table("excluded", both, self._procedures(both), ended=ended)

    def _coverage(self) -> tuple[str, pa.Table]:
        """Where some fitting diagnosis is not covered; an old entry lacks that: it lists all that fit."""
        shown, covers = catalogue(), self.policies.covers
        fits = shown.fits[shown.region]
        entries = self._known("coverage", np.asarray((fits[None] & ~covers).any(axis=2)), invents=False)
        listed = np.where(entries.is_old[:, None], fits[entries.other], covers[entries.payer, entries.other])
        texts = [" ".join(shown.diagnosis[row].tolist()) for row in listed]
        columns = {**self._procedures(entries), "diagnoses": pa.array(texts, CODE)}
        return "coverage", self._table("coverage", entries, columns)

    def _frequency(self) -> tuple[str, pa.Table]:
        entries = self._known("frequency_limits", self.policies.spacing_days > 0)
        days = self.policies.spacing_days[entries.payer, entries.other]
        days = np.where(days == 0, OLD_LIMITS[0], days)
        return "frequency_limits", self._table(
            "frequency_limits", entries, {**self._procedures(entries), "days": days}
        )

    def _filing(self) -> tuple[str, pa.Table]:
        """An old entry has a limit that it isn't."""
        limit = self.policies.filing_limit
        entries = self._known("filing_limits", np.ones((len(limit), 1), np.bool_), invents=False)
        days = limit[entries.payer]
        other = np.where(OLD_LIMITS[entries.payer % 3] == days, days // 2, OLD_LIMITS[entries.payer % 3])
        return "filing_limits", self._table(
            "filing_limits", entries, {"days": np.where(entries.is_old, other, days)}
        )

    def _contracts(self) -> tuple[str, pa.Table]:
        component = self.policies.component.T
        entries = self._known("contracts", np.ones(component.shape, np.bool_), invents=False)
        agreed = component[entries.payer, entries.other]
        agreed = np.where(entries.is_old, (agreed + 1) % len(COMPONENTS), agreed)
        columns = {
            "facility_npi": self.cast.facilities.npi[entries.other],
            "billing": np.where(COMPONENTS == "", "global", COMPONENTS)[agreed],
        }
        return "contracts", self._table("contracts", entries, columns)

    def _enrollment(self) -> tuple[str, pa.Table]:
        since = self.policies.enrolled_from.T
        entries = self._known("enrollment", np.ones(since.shape, np.bool_), invents=False)
        began = since[entries.payer, entries.other] - EARLIER * entries.is_old
        columns = {"rendering_npi": self.cast.radiologist_npi[entries.other]}
        return "enrollment", self._table("enrollment", entries, columns, began)

    def _pairs(self) -> tuple[str, pa.Table]:
        """An old entry says of modifier 59 what isn't so."""
        pairs, shown = all_pairs(), catalogue()
        payers = self._known("pairs", np.ones((len(self.payers), 1), np.bool_), invents=False)
        honours = self.policies.honours_59[payers.payer] ^ payers.is_old
        each = np.repeat(np.arange(len(payers.payer)), len(pairs))
        entries = _Entries(payers.payer[each], payers.other[each], payers.is_old[each])
        columns = {
            "column_1": np.tile(shown.procedure[pairs[:, 0]], len(payers.payer)),
            "column_2": np.tile(shown.procedure[pairs[:, 1]], len(payers.payer)),
            "modifier_indicator": np.where(honours, "1", "0")[each],
        }
        return "ncci_pairs", self._table("pairs", entries, columns)

    def _known(self, name: str, listed: Flags, *, invents: bool = True) -> _Entries:
        """Which entries [payers, things] the book has, and which of them are old: listed once and no longer, if it `invents`."""
        rng, rates = self.streams.stream(f"book: {name}"), self.settings.book
        known = listed & chance(rng, rates.known_share, listed.size).reshape(listed.shape)
        if not invents:
            payer, other = np.nonzero(known)
            return _Entries(payer, other, chance(rng, rates.outdated, len(payer)))
        # As many old ones as their share of all entries asks for, among things that the payer wants nothing for.
        rate = rates.outdated * known.sum() / max(int((~listed).sum()), 1)
        old = (
            ~listed
            & self._advanced
            & chance(rng, rate / max(self._advanced.mean(), 0.01), listed.size).reshape(listed.shape)
        )
        payer, other = np.nonzero(known | old)
        return _Entries(payer, other, old[payer, other])

    @property
    def _advanced(self) -> Flags:
        """[P]: procedures of which one would believe it."""
        return catalogue().advanced

    def _procedures(self, entries: _Entries) -> dict[str, Column]:
        return {"procedure": catalogue().procedure[entries.other]}

    def _table(
        self,
        name: str,
        entries: _Entries,
        columns: Mapping[str, Column],
        began: Numbers | None = None,
        ended: Numbers | None = None,
    ) -> pa.Table:
        """The entries with their payer, their days and where they are from; old ones are seldom from the portal."""
        n = len(entries.payer)
        source = self.streams.stream(f"book: source of {name}").integers(0, len(SOURCES) - 1, n)
        since = np.full(n, -FAR) if began is None else began
        until = np.full(n, FAR) if ended is None else ended
        shown = {
            "payer_id": self.payers[entries.payer],
            **columns,
            "valid_from": pa.array(since.astype(np.int32), mask=since <= -FAR // 2).cast(DAY),
            "valid_to": pa.array(until.astype(np.int32), mask=until >= FAR // 2).cast(DAY),
            "source": SOURCES[np.where(entries.is_old, source + 1, source)],
        }
        return pa.table(
            {key: value if isinstance(value, pa.Array) else pa.array(value) for key, value in shown.items()}
        )
