"""Decisions become the answers that payers write: in their own ways, payment by payment."""

from dataclasses import dataclass

from data.schema import RemitTables
from data.simulator.draw import Streams
from data.simulator.habits import Habits, draw_habits
from data.simulator.ledger import Ledger
from data.simulator.oddities import with_oddities
from data.simulator.settings import WorldSettings


@dataclass(frozen=True, slots=True)
class Telling:
    """Goes once through the answers of a world, piece by piece in the order of their payments."""

    settings: WorldSettings
    seed: int
    habits: Habits
    ledger: Ledger

    @classmethod
    def of(cls, settings: WorldSettings, *, seed: int) -> "Telling":
        """From the first payment on."""
        habits = draw_habits(settings, Streams(seed))
        return cls(settings, seed, habits, Ledger(settings, habits, seed))

    def tell(self, tables: RemitTables) -> RemitTables:
        """The next answers as they are written."""
        return self.ledger.settle(with_oddities(self.settings, self.habits, tables, seed=self.seed))
