"""Starting the server: loopback only while there are no keys, one process or several."""

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess

from data.errors import CleanclaimError
from data.public.code_texts import code_texts
from serving.address import check_loopback, in_memory, take_port
from serving.app import create_app
from serving.journal import Journal
from serving.scorer import Scorer
from serving.settings import Settings
from serving.warm import warm

QUIET = "warning"
"""Access logs would be kept by someone; what is asked for is in the journal."""


def serve(
    *,
    model: Path,
    store: Path | None,
    database: str,
    host: str,
    port: int,
    workers: int,
    tell: Callable[[str], None],
    own_texts: Sequence[Path] = (),
    signed_by: Path | None = None,
    settings: Settings = Settings(),
) -> None:
    """Serve until stopped; `tell` is given the address once it is taken.

    `own_texts` are the operator's files of official texts of reasons, shown on the reviewer's pages. With `signed_by`,
    a file with a public key, only a model that this key signed is served.

    Raises `CleanclaimError` for a host other than this machine, a port that is taken, a model that must not be
    loaded, a store or a database that can't be used, texts that can't be read.
    """
    check_loopback(host)
    if workers > 1 and in_memory(database):
        raise CleanclaimError(
            "database", found="one in memory, and several workers", wanted="a file for all workers"
        )
    texts = code_texts(own_texts)
    scorer = Scorer.load(model, store, signed_by=signed_by)
    journal = Journal(database)
    taken = take_port(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{taken.getsockname()[1]}"
    if workers == 1:
        warm(scorer)
        tell(address)
        app = create_app(scorer, journal, settings=settings, texts=texts)
        _run_one(uvicorn.Config(app, log_level=QUIET, access_log=False), taken)
        return
    journal.close()
    os.environ |= {"CLEANCLAIM_MODEL": str(model), "CLEANCLAIM_DATABASE": database}
    os.environ |= _environment(store, own_texts, signed_by, settings)
    tell(address)
    config = uvicorn.Config(
        "serving.app:from_environment", factory=True, workers=workers, log_level=QUIET, access_log=False
    )
    Multiprocess(config, [taken]).run()


def _environment(
    store: Path | None, own_texts: Sequence[Path], signed_by: Path | None, settings: Settings
) -> dict[str, str]:
    """What a worker is told beside its model and database."""
    told = {"CLEANCLAIM_UNREVIEWED_SHARE": str(settings.unreviewed_share)}
    told |= {"CLEANCLAIM_STORE": str(store)} if store else {}
    told |= {"CLEANCLAIM_CODE_TEXTS": os.pathsep.join(map(str, own_texts))} if own_texts else {}
    return told | ({"CLEANCLAIM_REQUIRE_SIGNATURE": str(signed_by)} if signed_by else {})


def _run_one(config: uvicorn.Config, taken: socket.socket) -> None:
    uvicorn.Server(config).run(sockets=[taken])
