"""A process that must not outlive the one that started it; loaded before anything that takes a while."""

import ctypes
import os
import signal
import sys

DIE_WITH_PARENT = 1
"""Linux's PR_SET_PDEATHSIG."""


def die_with(parent: int) -> None:
    """Ask the kernel for an end when the parent (a process id) ends, by kill -9 too.

    Other systems than Linux have no such wish: there the next read of the parent's pipe tells.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended before the kernel was asked
