"""A model's numbers as JSON and back; what comes back is checked value by value."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from data.errors import BundleRefused
from models.calibration import METHODS, Calibrator, Curve
from models.interval import Interval
from models.money import Allowed
from models.papers import Facts
from models.profile import Profile, Spread
from models.reason import Reasons


def text_of(value: Mapping[str, object]) -> str:
    """JSON in the one form that is saved: sorted keys, one value a line, no NaN."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, slots=True)
class Reader:
    """A JSON object of a bundle whose values are asked for by kind; anything else is refused by name."""

    file: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, file: str, content: bytes) -> "Reader":
        """The object in this file; a file in another form than `text_of` writes is refused."""
        try:
            values = json.loads(content)
            same = isinstance(values, dict) and text_of(values).encode() == content
        except (ValueError, RecursionError):
            raise BundleRefused(file, found="no JSON", wanted="a JSON object") from None
        if not same:
            raise BundleRefused(file, found="JSON in another form", wanted="the form this version writes")
        return cls(file, values)

    def get(self, key: str) -> object:
        """Any value; refused where it is missing."""
        if key not in self.values:
            raise BundleRefused(self.file, field=key, found="nothing", wanted="a value")
        return self.values[key]

    def inside(self, key: str) -> "Reader":
        """An object within this one."""
        value = self.get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return Reader(f"{self.file}, {key}", value)

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def whole(self, key: str) -> int:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, "a whole number")
        return value

    def number(self, key: str) -> float:
        return _number(self.get(key), self, key)

    def numbers(self, key: str) -> tuple[float, ...]:
        return tuple(_number(value, self, key) for value in self.items(key))

    def wholes(self, key: str) -> tuple[int, ...]:
        values = self.items(key)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self._wrong(key, "whole numbers")
        return tuple(value for value in values if isinstance(value, int))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(key, "texts")
        return tuple(value for value in values if isinstance(value, str))

    def items(self, key: str) -> list[object]:
        value = self.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def day(self, key: str) -> date | None:
        value = self.get(key)
        try:
            return None if value is None else date.fromisoformat(str(value))
        except ValueError:
            raise self._wrong(key, "a date") from None

    def table(self, key: str) -> MappingProxyType[str, float]:
        """Numbers by name."""
        within = self.inside(key)
        return MappingProxyType({name: within.number(name) for name in within.values})

    def tables(self, key: str) -> MappingProxyType[str, tuple[float, ...]]:
        """Rows of numbers by name."""
        within = self.inside(key)
        return MappingProxyType({name: within.numbers(name) for name in within.values})

    def want(self, key: str, *, holds: bool, wanted: str) -> None:
        """Refuse a value that breaks a rule."""
        if not holds:
            raise self._wrong(key, wanted)

    def _wrong(self, key: str, wanted: str) -> BundleRefused:
        return BundleRefused(self.file, field=key, found="something else", wanted=wanted)


def _number(value: object, reader: Reader, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BundleRefused(reader.file, field=key, found="something else", wanted="finite numbers")
    return float(value)


def curve_json(calibrator: Calibrator) -> dict[str, object]:
    """A calibrator: its curve, and the payers' shifts."""
    return {
        "method": calibrator.curve.method,
        "numbers": list(calibrator.curve.numbers),
        "payers": dict(calibrator.shifts),
    }


def read_curve(reader: Reader) -> Calibrator:
    """The calibrator, checked."""
    method = next((m for m in METHODS if m == reader.get("method")), None)
    numbers = reader.numbers("numbers")
    if method is None:
        raise BundleRefused(reader.file, field="method", found="another method", wanted=" or ".join(METHODS))
    sizes = {"none": 0, "platt": 2, "beta": 3, "isotonic": len(numbers) // 2 * 2}
    reader.want("numbers", holds=len(numbers) == sizes[method], wanted=f"the numbers of {method}")
    if method == "isotonic":
        half = len(numbers) // 2
        rising = half > 0 and all(a < b for a, b in pairwise(numbers[:half]))
        reader.want("numbers", holds=rising, wanted="rising knots")
    return Calibrator(Curve(method, numbers), reader.table("payers"))


def calibration_json(calibrator: Calibrator, interval: Interval) -> dict[str, object]:
    """What lies between log-odds and probability."""
    ends = {"edges": list(interval.edges), "low": list(interval.low), "high": list(interval.high)}
    return curve_json(calibrator) | {"interval": ends}


def read_calibration(reader: Reader) -> tuple[Calibrator, Interval]:
    """The calibrator and the interval, checked."""
    within = reader.inside("interval")
    interval = Interval(within.numbers("edges"), within.numbers("low"), within.numbers("high"))
    n = len(interval.edges) + 1
    reader.want(
        "interval", holds=len(interval.low) == len(interval.high) == n, wanted="an end for each group"
    )
    return read_curve(reader), interval


def reasons_json(reasons: Reasons) -> dict[str, object]:
    """Codes within hazards, and the payers' own spelling of them."""
    return {
        "families": list(reasons.families),
        "codes": list(reasons.codes),
        "places": list(reasons.places),
        "everyone": list(reasons.everyone),
        "payers": {payer: list(row) for payer, row in reasons.payers.items()},
    }


def read_reasons(reader: Reader) -> Reasons:
    """The reasons, checked."""
    reasons = Reasons(
        families=reader.texts("families"),
        codes=reader.texts("codes"),
        places=reader.wholes("places"),
        everyone=reader.numbers("everyone"),
        payers=reader.tables("payers"),
    )
    n = len(reasons.codes)
    fits = len(reasons.places) == len(reasons.everyone) == n and all(
        len(r) == n for r in reasons.payers.values()
    )
    reader.want("codes", holds=n > 0 and fits, wanted="a probability for each code")
    reader.want(
        "places", holds=all(0 <= p < len(reasons.families) for p in reasons.places), wanted="families"
    )
    return reasons


def allowed_json(allowed: Allowed) -> dict[str, object]:
    """Allowed over charged."""
    return {
        "everyone": allowed.everyone,
        "payers": dict(allowed.payers),
        "procedures": dict(allowed.procedures),
    }


def read_allowed(reader: Reader) -> Allowed:
    """The ratios, checked."""
    return Allowed(reader.number("everyone"), reader.table("payers"), reader.table("procedures"))


def profile_json(profile: Profile) -> dict[str, object]:
    """Quantiles of features and scores."""
    return {
        "shares": list(profile.shares),
        "features": {name: list(row) for name, row in profile.features.items()},
        "unknown": dict(profile.unknown),
        "scores": list(profile.scores),
        "n_lines": profile.n_lines,
        "spreads": {
            name: {"edges": list(one.edges), "words": list(one.words), "shares": list(one.shares)}
            for name, one in profile.spreads.items()
        },
    }


def read_profile(reader: Reader) -> Profile:
    """The profile, checked; one of before spreads were kept has none."""
    has_spreads = "spreads" in reader.values
    return Profile(
        reader.numbers("shares"),
        reader.tables("features"),
        reader.table("unknown"),
        reader.numbers("scores"),
        _read_spreads(reader.inside("spreads")) if has_spreads else MappingProxyType({}),
        reader.whole("n_lines") if has_spreads else 0,
    )


def _read_spreads(reader: Reader) -> MappingProxyType[str, Spread]:
    return MappingProxyType({name: _read_spread(reader.inside(name)) for name in reader.values})


def _read_spread(reader: Reader) -> Spread:
    """Bins in order, and a share for each."""
    read = Spread(reader.numbers("edges"), reader.numbers("words"), reader.numbers("shares"))
    cuts = read.words or read.edges
    n_bins = len(cuts) + 2
    fits = len(read.shares) == n_bins and all(0 <= share <= 1 for share in read.shares)
    reader.want("shares", holds=fits, wanted=f"{n_bins} shares, each between 0 and 1")
    reader.want("edges", holds=all(a < b for a, b in pairwise(cuts)), wanted="bins in order")
    return read


def facts_json(facts: Facts) -> dict[str, object]:
    """Where the model comes from."""
    return {
        "policy": facts.policy,
        "learnt_from": _day(facts.learnt_from),
        "learnt_to": _day(facts.learnt_to),
        "as_of": _day(facts.as_of),
        "n_lines": facts.n_lines,
        "n_denied": facts.n_denied,
    }


def read_facts(reader: Reader, version: str) -> Facts:
    """The facts, checked."""
    return Facts(
        policy=reader.text("policy"),
        learnt_from=reader.day("learnt_from"),
        learnt_to=reader.day("learnt_to"),
        as_of=reader.day("as_of"),
        n_lines=reader.whole("n_lines"),
        n_denied=reader.whole("n_denied"),
        version=version,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
