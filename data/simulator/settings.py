"""The world's settings: one frozen, checked object, read from one TOML file."""

import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path

from data.errors import InvalidPolicy
from data.simulator.settings_files import BookSettings, HabitSettings, RejectionSettings

WORLD = Path(__file__).with_name("world.toml")
KINDS = ("commercial", "medicare", "medicare_advantage", "medicaid")


@dataclass(frozen=True, slots=True)
class CastSettings:
    """How many of whom, and how unlike they are."""

    n_facilities: int
    kinds: tuple[float, float, float, float]
    n_radiologists: int
    n_newcomers: int
    n_referring: int
    claims_per_member: float
    facility_spread: float
    openings: tuple[float, ...]
    rough: float
    rough_days: int
    upsets: tuple[float, float]
    upset: float


@dataclass(frozen=True, slots=True)
class VolumeSettings:
    """How many claims when, with how many lines, and how many of them twice."""

    growth: float
    season: float
    extra_lines: tuple[float, ...]
    resent: float
    repeated: float
    repeat_marked: float
    follow_up: float


@dataclass(frozen=True, slots=True)
class FilingSettings:
    """Days from service to submission."""

    median_days: float
    spread: float
    held: float
    held_from: int
    held_to: int


@dataclass(frozen=True, slots=True)
class FaultSettings:
    """How often the provider's side gets something wrong."""

    auth_missing: float
    auth_missing_new: float
    auth_not_needed: float
    auth_other_procedure: float
    auth_expired: float
    attachment_missing: float
    attachment_missing_new: float
    attachment_not_needed: float
    referring_missing: float
    referring_invalid: float
    modifier_wrong: float
    side_missing: float
    diagnosis_elsewhere: float
    diagnosis_unspecific: float
    indication_missing: float
    report_unsigned: float
    report_late: float
    images_unlinked: float
    coverage_lost: float
    coverage_noticed: float
    unverified: float
    other_primary: float
    secondary: float
    secondary_unpriced: float
    bundled_pair: float
    bundled_marked: float
    original_unnamed: float
    no_context: float
    learning_days: int


@dataclass(frozen=True, slots=True)
class EffectSettings:
    """The chance that a payer strikes once the fact is there."""

    auth_missing: float
    auth_expired: float
    auth_other_procedure: float
    off_coverage: float
    off_coverage_no_indication: float
    diagnosis_elsewhere_necessity: float
    attachment_missing: float
    report_unsigned: float
    images_unlinked: float
    referring_missing: float
    referring_invalid: float
    secondary_unpriced: float
    original_unnamed: float
    coverage_inactive: float
    coverage_over: float
    unverified: float
    no_context: float
    other_primary: float
    second_payer: float
    modifier_wrong: float
    side_missing: float
    diagnosis_elsewhere: float
    bundled: float
    bundled_marked: float
    bundled_marked_ignored: float
    resent: float
    repeat_unmarked: float
    repeat_marked: float
    past_limit: float
    limit_softness_days: float
    not_covered: float
    not_enrolled: float
    too_soon: float


@dataclass(frozen=True, slots=True)
class BaseSettings:
    """What payers strike without a cause that shows, by reason family."""

    authorization: float
    medical_necessity: float
    documentation: float
    missing_information: float
    eligibility: float
    coordination: float
    coding: float
    bundling: float
    duplicate: float
    timely_filing: float
    not_covered: float
    provider_enrollment: float
    benefit_limit: float


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """How the hidden policies are drawn."""

    listed: float
    off_coverage_shared: float
    off_coverage_own: float
    symptom_weight: float
    spaced: float
    contract_global: float
    contract_professional: float
    late_enrolment: float
    late_enrolment_days: tuple[int, int]
    unready: float
    unknown_codes: float
    unknown_codes_days: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How payers answer, and what the provider does about it."""

    never: float
    reversed: float
    appealed: float
    appealed_errors: float
    overturned: float
    partly: float
    weak: float
    slow: float
    slow_days: tuple[int, int]
    review_days: float
    replaced: float
    repaired: float
    replaced_after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class PayerSettings:
    """One payer: what it wants, how fast and how strictly it answers."""

    payer_id: str
    name: str
    kind: str
    plan_type: str
    share: float
    arrives: float
    filing_limit: int
    delay_median: float
    delay_spread: float
    delay_min: int
    strictness: float
    errors: float
    overturns: float
    rate_cents: int
    authorization: tuple[str, ...]
    attachment: tuple[str, ...]
    not_covered: tuple[str, ...]
    spacing: tuple[str, ...]
    spacing_days: int
    screening_days: int
    documentation_reason: str
    not_covered_reason: str
    bundling_reason: str
    says_denied: bool
    splits_denials: bool
    honours_59: bool

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidPolicy(
                f"payer {self.payer_id}", field="kind", found=self.kind, wanted=" | ".join(KINDS)
            )


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """One change of a payer's policy; `at` is the share of the world's time gone by."""

    kind: str
    payer_id: str
    modality: str
    at: float

    def __post_init__(self) -> None:
        if self.kind not in {"authorization", "attachment"}:
            raise InvalidPolicy("change", field="kind", found=self.kind, wanted="authorization | attachment")


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """Everything that is set in a world, and nothing that is drawn."""

    start: date
    cast: CastSettings
    volume: VolumeSettings
    filing: FilingSettings
    faults: FaultSettings
    effects: EffectSettings
    base: BaseSettings
    policies: PolicySettings
    answers: AnswerSettings
    book: BookSettings
    habits: HabitSettings
    rejections: RejectionSettings
    payers: tuple[PayerSettings, ...]
    changes: tuple[ChangeSettings, ...]

    def __post_init__(self) -> None:
        known = [payer.payer_id for payer in self.payers]
        for change in self.changes:
            if change.payer_id not in known:
                raise InvalidPolicy(
                    "change", field="payer_id", found=change.payer_id, wanted=" | ".join(known)
                )

    @classmethod
    def load(cls, path: Path | None = None) -> "WorldSettings":
        """The usual world, or another one from a TOML file. Raises InvalidPolicy on unknown, missing or wrong keys."""
        path = path or WORLD
        return cls.of(tomllib.loads(path.read_text("utf-8")), path.name)

    @classmethod
    def of(cls, found: Mapping[str, object], where: str) -> "WorldSettings":
        """Settings from a table that says everything; `where` it is from stands in errors."""
        return typing.cast(WorldSettings, _record(cls, found, where))


def _record(cls: type, found: object, where: str) -> object:
    """A settings record from a TOML table, checked key by key."""
    if not isinstance(found, Mapping):
        raise InvalidPolicy(where, found=type(found).__name__, wanted="a table")
    hints = typing.get_type_hints(cls)
    names = [f.name for f in fields(cls)]
    for key in found:
        if key not in names:
            near = difflib.get_close_matches(str(key), names, n=1)
            raise InvalidPolicy(
                where, field=str(key), found="an unknown key", wanted=near[0] if near else names
            )
    missing = [name for name in names if name not in found]
    if missing:
        raise InvalidPolicy(where, field=missing[0], found="nothing", wanted="a value")
    return cls(**{name: _value(hints[name], found[name], f"{where}, {name}") for name in names})


def _value(hint: object, found: object, where: str) -> object:
    """A value of the type that its field wants."""
    if isinstance(hint, types.GenericAlias):
        if not isinstance(found, list):
            raise InvalidPolicy(where, found=found, wanted="a list")
        kind, *more = typing.get_args(hint)
        if more != [...] and len(found) != 1 + len(more):
            raise InvalidPolicy(where, found=f"{len(found)} values", wanted=1 + len(more))
        return tuple(_value(kind, one, where) for one in found)
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint, found, where)
    if hint is float:
        return _number(found, where)
    if not isinstance(hint, type) or type(found) is not hint:
        raise InvalidPolicy(where, found=found, wanted=getattr(hint, "__name__", str(hint)))
    return found


def _number(found: object, where: str) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or found < 0:
        raise InvalidPolicy(where, found=found, wanted="a number of 0 or more")
    return float(found)
