"""A piece of work that any process can do."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Job(ABC, Generic[A]):
    """Work whose fields are JSON values, and so are those of its answer `A`, a dataclass."""

    @abstractmethod
    def run(self) -> A:
        """Do it here."""

    @abstractmethod
    def parse(self, record: Mapping[str, object]) -> A:
        """The answer again, from what another process wrote."""


@dataclass(frozen=True, slots=True)
class Done:
    """The parts that a job wrote."""

    paths: list[str]

    @staticmethod
    def parse(record: Mapping[str, object]) -> "Done":
        """The answer again, from JSON values."""
        return Done(**record)  # type: ignore[arg-type]  # values of our own making, from another process
