"""How long each stage of a run took."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Watch:
    """Seconds by stage, in the order of the stages; the clock is given, as all time is."""

    clock: Callable[[], float]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block; a stage entered again adds up."""
        began = self.clock()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + self.clock() - began

    def rounded(self) -> Mapping[str, float]:
        """Seconds to two digits, for people."""
        return {name: round(spent, 2) for name, spent in self.seconds.items()}
