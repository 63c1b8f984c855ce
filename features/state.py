"""What features need to know beyond the claim: vocabularies, past answers and submissions, the policy book, as of a day."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.codes import FAMILIES
from data.errors import BundleRefused
from data.policy import PolicyBook
from data.rejection import TURNED_AWAY_ON
from features import categories, history, sequence, strengths
from features.bank import Bank
from features.book import BookIndex
from features.categories import Vocabularies
from features.checks import evidence
from features.checks.record import EvidenceBank
from features.columns import Bools, Floats, Ints, Lines
from features.compiled import compiled
from features.formula import Word
from features.keys import Secret
from features.recall import Past, Recalled, Values, columns_of, recalled
from features.shrinkage import Shrinkage

EPOCH = date(1970, 1, 1)
FORMAT = 6
PAYER = Word("payer_id")


@dataclass(frozen=True, slots=True)
class FeatureState:
    """The fitted state of the features: the same for training and serving, saved as Arrow, Parquet and JSON files.

    Members stand in it as hashes under `secret`, which is saved beside them: who holds a saved state can't read a
    member id, but can test one. Keep it like the claims themselves.
    """

    as_of: date
    vocabularies: Vocabularies
    past: Past
    evidence: EvidenceBank | None = None
    """What payers did with lines that tripped each check."""
    policy: PolicyBook = field(default_factory=PolicyBook.empty)
    """The payers' policy book that `past` looks things up in."""

    @classmethod
    def empty(cls, policy: PolicyBook | None = None) -> "FeatureState":
        """Nothing is known of any past: what checks look at when they are asked alone."""
        words = dict.fromkeys(categories.NAMES, ())
        return cls(EPOCH, words, Past(Secret(b"no past"))).with_policy(policy)

    @classmethod
    def fit(
        cls,
        labelled: pa.Table,
        *,
        as_of: date,
        secret: bytes | None = None,
        policy: PolicyBook | None = None,
    ) -> "FeatureState":
        """Learn from a labelled table (schema `LABELLED`) what was sent and known by the end of `as_of`.

        With `turned_away_on` beside it (`data.rejection.with_turned_away`), claims that never got in don't count as
        sent before.

        `secret` keys the hashes of member ids; without one it is derived from the table, so that the same table
        gives the same state to the byte.
        """
        until = float((as_of - EPOCH).days)
        sent = labelled.filter(pa.array(_sent_by(labelled, until)))
        blank = cls(as_of, {}, Past(Secret(secret or _derived(labelled, as_of)))).with_policy(policy)
        lines = recalled(sent, blank.past)
        keys = history.line_keys(lines.parts)
        past = replace(blank.past, shrinkage=strengths.learn(Lines(sent), keys, until=until))
        state = replace(blank, vocabularies=categories.learn(lines.encoded), past=past)
        return state._learnt(sent, lines, until)

    def with_history(self, labelled: pa.Table, *, as_of: date | None = None) -> "FeatureState":
        """The same vocabularies and strengths with the history of another (newer) labelled table, up to `as_of` or all of it."""
        latest = as_of or max(self.as_of, EPOCH + timedelta(days=_last_day(Lines(labelled))))
        until = float((latest - EPOCH).days)
        sent = labelled.filter(pa.array(_sent_by(labelled, until)))
        blank = replace(self.past, sent=None, answers=None)
        return replace(self, as_of=latest)._learnt(sent, recalled(sent, blank), until)

    def updated(self, labelled: pa.Table, *, as_of: date) -> "FeatureState":
        """With what was sent and answered after this state's day, up to `as_of`: a day's remits, not the years before.

        `labelled` holds the whole claims of the lines that were sent or answered since; others in it don't matter.
        The same as `with_history` of all lines, as long as no answer was changed that was known before: after
        corrections of old answers learn anew. Raises `ValueError` for a day before the state's own.
        """
        if self.past.sent is None or self.past.answers is None or self.evidence is None or as_of < self.as_of:
            raise ValueError(
                f"a state of {self.as_of} with a past can be updated to that day or later, not {as_of}"
            )
        until = float((as_of - EPOCH).days)
        lines, is_sent, is_away, is_answered = _since(labelled, float((self.as_of - EPOCH).days), until)
        on, answered = recalled(lines, self.past), Lines(lines.filter(pa.array(is_answered)))
        sent = sequence.learn_ledgers(
            sequence.line_keys(on.parts),
            np.where(is_sent, on.days, np.nan),
            Lines(lines).number("charge_cents"),
            on.encoded.number("service_from"),
            np.where(is_away, _turned_away(lines, until), np.nan),
        )
        answers = history.learn_ledgers(
            answered, np.ascontiguousarray(history.line_keys(on.parts)[:, is_answered]), until=until
        )
        past = replace(
            self.past, sent=self.past.sent.updated(sent), answers=self.past.answers.updated(answers)
        )
        tripped = columns_of(compiled().checks, replace(on, past=past))[is_answered]
        payers = on.encoded.hash_of(PAYER)[is_answered]
        evidence = self.evidence.updated(tripped, payers, *_outcomes(answered, until))
        return replace(self, as_of=as_of, past=past, evidence=evidence)

    def with_policy(self, policy: PolicyBook | None) -> "FeatureState":
        """The same past with another policy book, or none."""
        book = policy or PolicyBook.empty()
        index = BookIndex.of(book) if book.n_entries else None
        return replace(self, policy=book, past=replace(self.past, book=index))

    def _learnt(self, sent: pa.Table, lines: Recalled, until: float) -> "FeatureState":
        """With what these lines tell of submissions and answers, and then of the checks that they tripped."""
        answered = Lines(sent)
        past = replace(
            self.past,
            sent=sequence.learn(
                sequence.line_keys(lines.parts),
                lines.days,
                answered.number("charge_cents"),
                lines.encoded.number("service_from"),
                _turned_away(sent, until),
            ),
            answers=history.learn(answered, history.line_keys(lines.parts), until=until),
        )
        tripped = columns_of(compiled().checks, replace(lines, past=past))
        payers = lines.encoded.hash_of(PAYER)
        return replace(
            self, past=past, evidence=EvidenceBank.learn(tripped, payers, *_outcomes(answered, until))
        )

    def evidence_of(self, tripped: Values, on: Recalled) -> Floats:
        """What the payer did with lines that tripped the same checks (`features.checks.evidence`). Shape (n, outputs)."""
        if self.evidence is None:
            return np.full((on.encoded.n, len(evidence.OUTPUTS)), np.nan)
        return evidence.recall(self.evidence, tripped, on.encoded.hash_of(PAYER), on.days)

    def save(self, folder: Path) -> None:
        """Write state.json and the arrays of the banks, one file each, into the folder, which is made where it isn't."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "member_key": self.past.secret.key.hex(),
            "since": list(self.past.shrinkage.since),
            "strengths": self.past.shrinkage.told(),
            "vocabularies": {name: list(words) for name, words in self.vocabularies.items()},
        }
        (folder / "state.json").write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
        if self.past.answers is None or self.past.sent is None or self.evidence is None:
            raise ValueError("a state without a past is not saved: there is nothing in it")
        self.past.answers.save(folder, "answers")
        self.past.sent.save(folder, "sent")
        self.evidence.save(folder)
        if self.policy.n_entries:
            self.policy.save(folder / "policy")

    @classmethod
    def load(cls, folder: Path) -> "FeatureState":
        """Read what `save` wrote. Raises `BundleRefused` where it isn't that."""
        try:
            said = json.loads((folder / "state.json").read_text())
            if said["format"] != FORMAT:
                raise BundleRefused("feature state", field="format", found=said["format"], wanted=FORMAT)
            answers = Bank.load(folder, "answers", history.LAYOUTS)
            sent = Bank.load(folder, "sent", sequence.LAYOUTS)
            vocabularies = {
                category.name: tuple(said["vocabularies"][category.name])
                for category in categories.CATEGORIES
            }
            secret, shrinkage = (
                Secret(bytes.fromhex(said["member_key"])),
                Shrinkage.read(said["since"], said["strengths"]),
            )
            past = Past(secret, sent, answers, shrinkage=shrinkage)
            as_of = date.fromisoformat(said["as_of"])
            state = cls(as_of, vocabularies, past, EvidenceBank.load(folder))
            book = folder / "policy"
            return state.with_policy(PolicyBook.load(book)) if book.is_dir() else state
        except (OSError, KeyError, ValueError, TypeError, pa.ArrowException) as problem:
            raise BundleRefused(
                "feature state",
                found=f"{type(problem).__name__} in {folder.name}",
                wanted="what `save` wrote",
            ) from problem


def _sent_by(labelled: pa.Table, until: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    with np.errstate(invalid="ignore"):
        return Lines(labelled).number("submitted_on") <= until


def _turned_away(sent: pa.Table, until: float) -> Floats:
    """The day on which it was known that a line's claim never got in, by the day `until`; NaN for all others."""
    if TURNED_AWAY_ON not in sent.column_names:
        return np.full(sent.num_rows, np.nan)
    days = Lines(sent).number(TURNED_AWAY_ON)
    with np.errstate(invalid="ignore"):
        return np.where(days <= until, days, np.nan)


def _derived(labelled: pa.Table, as_of: date) -> bytes:
    digest = hashlib.blake2b(as_of.isoformat().encode(), digest_size=32)
    digest.update(labelled.column("claim_key").to_numpy().tobytes())
    return digest.digest()


def _since(labelled: pa.Table, since: float, until: float) -> tuple[pa.Table, Bools, Bools, Bools]:
    """Claims with something new in these days; which of their lines were sent, turned away and answered in them."""
    lines = Lines(labelled)
    sent, known = lines.number("submitted_on"), lines.number("known_on")
    away = _turned_away(labelled, until)
    with np.errstate(invalid="ignore"):
        is_in = sent <= until
        is_sent = is_in & (sent > since)
        is_away = is_in & (away <= until) & (is_sent | (away > since))
        is_answered = is_in & (known <= until) & (is_sent | (known > since))
    claims = labelled.column("claim_key").to_numpy()
    is_touched = np.isin(claims, claims[is_sent | is_away | is_answered]) & is_in
    touched = labelled.filter(pa.array(is_touched))
    return touched, is_sent[is_touched], is_away[is_touched], is_answered[is_touched]


def _outcomes(answered: Lines, until: float) -> tuple[Floats, Floats, Ints]:
    """When each line's answer became known (NaN: not by the day `until`), its label, the place of its family."""
    known = answered.number("known_on")
    with np.errstate(invalid="ignore"):
        days = np.where(known <= until, known, np.nan)
    family = answered.text("family").number(lambda name: float(FAMILIES.index(name)), missing=-1.0)
    return days, answered.number("label"), family.astype(np.int64)


def _last_day(lines: Lines) -> int:
    days = np.concatenate((lines.number("submitted_on"), lines.number("known_on"), [0.0]))
    return int(np.nanmax(days))
