import socket
from pathlib import Path

import pytest

from data.errors import CleanclaimError
from serving.address import check_loopback, in_memory, take_port
from serving.run import serve


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_this_machine_is_served(host) -> None:
    check_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "example.org", "", "127.0.0.1.example.org"])
def test_no_other_host_is_served_without_keys(host) -> None:
    with pytest.raises(CleanclaimError, match="no API keys"):
        check_loopback(host)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CleanclaimError, match=f"port {port}.*--port"):
            take_port("127.0.0.1", port)


def test_port_0_takes_a_free_one() -> None:
    with take_port("127.0.0.1", 0) as taken:
        assert taken.getsockname()[1] > 0


@pytest.mark.parametrize(
    ("url", "is_so"),
    [
        ("sqlite://", True),
        ("sqlite:///:memory:", True),
        ("sqlite:///scores.db", False),
        ("postgresql://h/d", False),
    ],
)
def test_a_database_in_memory_is_known(url, is_so) -> None:
    assert in_memory(url) is is_so


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"host": "0.0.0.0"}, "no API keys"),
        ({"database": "nonsense"}, "database"),
        ({"database": "sqlite://", "workers": 2}, "one in memory"),
        ({"model": "/no/such/folder"}, "no such folder"),
        ({"own_texts": [Path("/no/such/file.csv")]}, "No such file"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is_served(world, changes, told) -> None:
    asked = {"model": world.model, "database": "sqlite://", "host": "127.0.0.1", "workers": 1} | changes
    with pytest.raises(CleanclaimError, match=told):
        serve(**{**asked, "model": Path(asked["model"])}, store=None, port=0, tell=pytest.fail)
