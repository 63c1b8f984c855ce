"""What each feature adds to a forest's score, exactly: path-dependent Shapley values, many times faster than usual."""

from models.treeshap.shares import Shares

__all__ = ["Shares"]
