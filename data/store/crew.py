"""Work side by side: jobs go to processes of their own where there is enough to do, and come back in their order.

A worker is this program started anew (`data.store.worker`), not a copy of the caller: nothing of a
notebook or script runs twice. It holds the store's lock as long as it lives and dies with its parent, so that nothing
is ever written behind the back of the next ingest.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TextIO, cast

import data
from data.errors import StoreError
from data.store.job import A, Job

ROOT = Path(data.__file__).parents[1]
WORKER = """
import sys
from data.leash import die_with
die_with(int(sys.argv[1]))
from data.store.worker import main
main()
"""


class Crew:
    """Up to `n_workers` processes, started when first needed; with one, jobs are done here."""

    def __init__(self, n_workers: int, lock: int) -> None:
        self._n = n_workers
        self._lock = lock
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []

    def map(self, jobs: Iterable[Job[A]], *, aside: bool) -> Iterator[A]:
        """The jobs' answers in the order of the jobs; `aside`: by the workers, if there are to be any.

        Raises `StoreError` for a worker that failed or was killed.
        """
        if self._n < 2 or not aside:
            yield from (job.run() for job in jobs)
            return
        if not self._workers:
            self._workers = [_Worker(self._lock) for _ in range(self._n)]
        idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            idle.put(worker)
        with ThreadPoolExecutor(self._n) as pool:
            asked = [pool.submit(_ask, idle, job) for job in jobs]
            try:
                for answer in asked:
                    yield answer.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.__exit__(None, None, None)
                raise


def _ask(idle: "SimpleQueue[_Worker]", job: Job[A]) -> A:
    worker = idle.get()
    try:
        return worker.ask(job)
    finally:
        idle.put(worker)  # a dead one too: who waits for it must learn so


class _Worker:
    """One process that does one job after the other."""

    def __init__(self, lock: int) -> None:
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-c", WORKER, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(lock,),
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        )
        self._asks, self._answers = (
            cast("TextIO", pipe) for pipe in (self._process.stdin, self._process.stdout)
        )

    def ask(self, job: Job[A]) -> A:
        asked = {"job": type(job).__name__, "with": asdict(job)}
        try:
            self._asks.write(json.dumps(asked) + "\n")
            self._asks.flush()
            said = self._answers.readline()
        except OSError:
            said = ""
        if not said:
            raise StoreError(
                "an ingest's worker process",
                found=f"its end (exit code {self._process.wait()})",
                wanted="an answer; nothing is lost: the same command again goes on",
            )
        record = json.loads(said)
        if "error" in record:
            raise StoreError(**record["error"])
        return job.parse(record["answer"])

    def end(self) -> None:
        """Stop it, whatever it does."""
        self._process.kill()
        self._process.communicate()


def on_all_cores() -> int:
    """How many processes work side by side if nobody says otherwise."""
    count: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(count(0)) if count else os.cpu_count() or 1
