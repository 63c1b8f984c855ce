"""Named worlds: each says only what is different from the usual one (`world.toml`)."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from data.errors import InvalidPolicy, UnreadableFile
from data.simulator.settings import WORLD, WorldSettings

FOLDER = Path(__file__).with_name("presets")
USUAL = "usual"

Toml: TypeAlias = Mapping[str, object]


def presets() -> tuple[str, ...]:
    """The names of the shipped presets."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_settings(preset: str | Path = USUAL) -> WorldSettings:
    """The settings of a shipped preset, or of a TOML file (a path that ends in .toml) that says what is different.

    Keys are laid over those of the usual world, table by table; a payer that is known is changed, a new one is added;
    a list in place of a list. Raises InvalidPolicy on a name, key or value that isn't there or doesn't fit, and
    UnreadableFile where there is no such file or it is no TOML.
    """
    path = _path(preset)
    return WorldSettings.of(_over(_read(WORLD), _read(path), path.name), path.name)


def _path(preset: str | Path) -> Path:
    if str(preset).endswith(".toml"):
        return Path(preset)
    if preset not in presets():
        near = difflib.get_close_matches(str(preset), presets(), n=1)
        raise InvalidPolicy("preset", found=str(preset), wanted=near[0] if near else " | ".join(presets()))
    return FOLDER / f"{preset}.toml"


def _read(path: Path) -> Toml:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(path.name, found=str(error), wanted="a TOML file") from error


def _over(usual: Toml, other: Toml, where: str) -> dict[str, object]:
    """The usual table with what the other one says in its place."""
    laid = dict(usual)
    for key, value in other.items():
        before = usual.get(key)
        if key == "payers":
            laid[key] = _payers(before, value, where)
        elif isinstance(before, Mapping) and isinstance(value, Mapping):
            laid[key] = _over(before, value, where)
        else:
            laid[key] = value
    return laid


def _payers(usual: object, other: object, where: str) -> list[Toml]:
    """Payers by their ids, in the usual order; new ones last."""
    laid: dict[str, Toml] = {}
    for tables in (usual, other):
        for payer in tables if isinstance(tables, list) else [tables]:
            if not isinstance(payer, Mapping) or not isinstance(payer.get("payer_id"), str):
                raise InvalidPolicy(where, field="payers", found=payer, wanted="tables with a payer_id")
            payer_id = str(payer["payer_id"])
            laid[payer_id] = {**laid.get(payer_id, {}), **payer}
    return list(laid.values())
