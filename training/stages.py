"""What each stage of a training run may be told: a frozen value a stage, each a table of `cleanclaim.toml`.

Numbers, words and yes/no only, each with a range that is checked when the value is made. The trees' own settings are
`models.settings.ModelSettings`; what a feature is has no setting: there is one definition, for training and serving.
"""

from dataclasses import dataclass

from data.setting_tables import within

HALF_THE_ANSWERS = -1


@dataclass(frozen=True, slots=True)
class Cohorting:
    """[cohort]: which lines may teach."""

    months: int = 0
    """Learn from claims of this many months before the as-of date; 0: from all."""
    most_weight: float = 2.0
    """An early answer stands for at most this many lines."""
    least_lines: int = 500
    """Fewer labelled lines than this are too few to learn from."""
    least_denied: int = 50

    def __post_init__(self) -> None:
        """Each setting within its range."""
        within("settings, cohort", "months", self.months, low=0, high=1200)
        within("settings, cohort", "most_weight", self.most_weight, low=1, high=100)
        within("settings, cohort", "least_lines", self.least_lines, low=2, high=10**9)
        within("settings, cohort", "least_denied", self.least_denied, low=1, high=10**9)


@dataclass(frozen=True, slots=True)
class Splitting:
    """[split]: how time is cut into what the first trees learn from and what calibrates them."""

    calibrate_share: float = 0.2
    """Share of the newest labelled lines that set the number of trees and the calibration."""
    gap_days: int = HALF_THE_ANSWERS
    """Days between the two slices; -1: as long as half of the answers take."""

    def __post_init__(self) -> None:
        """Each setting within its range."""
        within("settings, split", "calibrate_share", self.calibrate_share, low=0.05, high=0.5)
        within("settings, split", "gap_days", self.gap_days, low=HALF_THE_ANSWERS, high=365)


@dataclass(frozen=True, slots=True)
class Tuning:
    """[tune]: how settings of the trees are looked for. Nothing is looked for unless trials or minutes are given."""

    trials: int = 0
    """Settings to try, the given ones first among them; 0: as many as the minutes allow."""
    minutes: float = 0.0
    """Begin no further try after this long; 0: no limit but the trials."""
    folds: int = 3
    """Days in the past on which each try is learnt anew, and judged on the claims sent after."""
    fold_days: int = 30
    """Claims of this many days after a fold's day judge it; the next fold begins where they end."""
    most_lines: int = 40_000
    """A fold learns from the lines of so many, drawn claim by claim, where there are more."""
    seed: int = 7

    def __post_init__(self) -> None:
        """Each setting within its range."""
        within("settings, tune", "trials", self.trials, low=0, high=100_000)
        within("settings, tune", "minutes", self.minutes, low=0, high=100_000)
        within("settings, tune", "folds", self.folds, low=2, high=24)
        within("settings, tune", "fold_days", self.fold_days, low=7, high=365)
        within("settings, tune", "most_lines", self.most_lines, low=500, high=10**9)
        within("settings, tune", "seed", self.seed, low=0, high=2**31)

    @property
    def wanted(self) -> bool:
        """Whether anything is to be looked for."""
        return self.trials > 0 or self.minutes > 0


@dataclass(frozen=True, slots=True)
class Evaluating:
    """[evaluate]: how models are judged."""

    capacity: float = 0.1
    """Share of the lines that people have time to look at: alarms, and dollars caught, are counted among so many."""

    def __post_init__(self) -> None:
        """Each setting within its range."""
        within("settings, evaluate", "capacity", self.capacity, low=0.001, high=1)


@dataclass(frozen=True, slots=True)
class Gates:
    """[gates]: what a model must show before it may serve in another's place."""

    window_days: int = 90
    """Claims of so many days, the newest that are ripe and that neither model has seen, judge."""
    window_lines: int = 2_000
    """Claims of earlier days judge too where those days hold fewer lines: few lines judge by chance."""
    least_lines: int = 500
    """Fewer ripe lines than this judge nobody."""
    least_denied: int = 50
    most_off: float = 0.02
    """How far the mean probability may clearly be from the share denied: 0.02 is two points."""
    most_off_of_a_tenth: float = 0.05
    """The same for each tenth of the lines, from the safest to the riskiest."""
    draws: int = 400
    """How often the claims are drawn anew for an interval."""
    seed: int = 7

    def __post_init__(self) -> None:
        """Each setting within its range."""
        within("settings, gates", "window_days", self.window_days, low=7, high=3650)
        within("settings, gates", "window_lines", self.window_lines, low=2, high=10**9)
        within("settings, gates", "least_lines", self.least_lines, low=2, high=10**9)
        within("settings, gates", "least_denied", self.least_denied, low=1, high=10**9)
        within("settings, gates", "most_off", self.most_off, low=0, high=1)
        within("settings, gates", "most_off_of_a_tenth", self.most_off_of_a_tenth, low=0, high=1)
        within("settings, gates", "draws", self.draws, low=100, high=100_000)
        within("settings, gates", "seed", self.seed, low=0, high=2**31)
