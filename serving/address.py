"""Where a server may listen, and whether it can; light to import, so that a wrong address is told at once."""

import ipaddress
import socket

from data.errors import CleanclaimError


def check_loopback(host: str) -> None:
    """Raise `CleanclaimError` for a host that others could reach: nobody would be asked for a key."""
    try:
        inside = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise CleanclaimError(
            "host",
            found=host,
            wanted="127.0.0.1: this version has no API keys yet, so it serves this machine only",
        )


def in_memory(database: str) -> bool:
    """Whether a database address names one that lives in this process alone."""
    return database.startswith("sqlite") and (database.rstrip("/").endswith(":") or ":memory:" in database)


def take_port(host: str, port: int) -> socket.socket:
    """The port, taken; raises `CleanclaimError` where it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        found = error.strerror or "an error"
        raise CleanclaimError(
            f"port {port}", found=found, wanted="a free port; choose one with --port"
        ) from None
    taken.set_inheritable(True)
    return taken
