"""The server as it is started: one process or several, on loopback only, and without what it must not load."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

SERVE = (sys.executable, "-m", "cleanclaim", "serve")


@contextmanager
def serving(*arguments: object) -> Iterator[str]:
    """A server on a free port, and its address; stopped at the end as Ctrl-C would."""
    command = [*SERVE, "--port", "0", "--json", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        told = ""
        while not told.rstrip().endswith("}"):
            read = server.stdout.readline()
            assert read, server.stderr.read()
            told += read
        try:
            yield json.loads(told)["address"]
        finally:
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=60)
            assert "Traceback" not in errors


def ready(address: str) -> None:
    for _ in range(400):
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the server never got ready")


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_real_server_scores_a_real_file(world, tmp_path, workers) -> None:
    url = f"sqlite:///{tmp_path}/scores.db"
    (tmp_path / "settings.toml").write_text("[monitor]\nunreviewed_share = 0.4\n")
    given = ("--database", url, "--workers", workers, "--settings", tmp_path / "settings.toml")
    with serving("--model", world.model, "--store", world.store, *given) as address:
        ready(address)
        response = httpx.post(
            f"{address}/v1/score/x12",
            content=world.upcoming[0].read_bytes(),
            headers={"content-type": "application/edi-x12"},
            timeout=60,
        )
        assert response.status_code == 200
        first = response.json()["results"][0]
        assert first["claim_id"] in httpx.get(f"{address}/review/{first['score_id']}").text
        assert "left unreviewed on purpose" in httpx.get(f"{address}/review/").text


def test_another_host_is_refused_at_once() -> None:
    done = subprocess.run(
        [*SERVE, "--model", "model", "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert re.search(r"host\n.*found:  0\.0\.0\.0\n.*wanted: 127\.0\.0\.1.*no API keys", done.stderr)
    assert "Traceback" not in done.stderr
