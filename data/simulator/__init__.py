"""A radiology world with known truth: claims and remits as real files, and each line's exact chance of denial."""

from data.simulator.world import simulate

__all__ = ["simulate"]
