"""Commands that share their first word."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """What is said of them together, and the commands: functions named as their second word."""

    text: str
    commands: tuple[Callable[..., None], ...]
