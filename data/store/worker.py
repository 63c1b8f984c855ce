"""What a worker process does: read a job from standard input, do it, write the answer to standard output."""

import json
import os
import sys
from dataclasses import asdict
from typing import TextIO

import pyarrow as pa

from data.errors import CleanclaimError
from data.store.batch import ReadBatch
from data.store.compact import MergeParts
from data.store.derived import DeriveSlice, MergeDerived

JOBS = {job.__name__: job for job in (ReadBatch, DeriveSlice, MergeDerived, MergeParts)}


def main() -> None:
    """Work until the parent closes its end, or ends."""
    # What a library prints must not get between the answers.
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        pa.set_cpu_count(1)  # the other cores have workers of their own
        for line in sys.stdin:
            _answer(line, answers)
            pa.default_memory_pool().release_unused()


def _answer(line: str, answers: TextIO) -> None:
    asked = json.loads(line)
    try:
        job = JOBS[asked["job"]](**asked["with"])
        said = {"answer": asdict(job.run())}
    except CleanclaimError as error:
        said = {"error": _told(error.thing, error.found, error.wanted)}
    except OSError as error:
        said = {"error": _told("the store", error.strerror or error, "room, and leave to write")}
    answers.write(json.dumps(said) + "\n")
    answers.flush()


def _told(thing: str, found: object, wanted: object) -> dict[str, str]:
    return {"thing": thing, "found": str(found), "wanted": str(wanted)}
