"""How a server is set up: where it listens, where it keeps runs, and its limits."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from detente.errors import BadInput

VARIABLE: Final = "DETENTE_DATA_DIR"
"""Names the folder in which runs are kept."""
TOKENS: Final = "DETENTE_TOKEN"
"""Holds a token, where the list of processes of a shared machine should not show it."""
SHORTEST_TOKEN: Final = 16


@dataclass(frozen=True)
class ServerSettings:
    """A server.

    Attributes
    ----------
    folder
        Where the store lies; one server at a time uses it.
    host, port
        The address. Any but a loopback one needs a token.
    tokens
        Whoever brings one of them may use the server; none means that everybody who reaches it may.
    workers
        Processes that compute. One more draws charts and tables.
    most_bytes
        Longest body of a request, in bytes; over it 413.
    most_seconds
        Longest time that a run may compute; then it is stopped.
    most_runs
        Runs of one client that wait or compute; over it 429.
    most_waiting
        Runs of all clients together that wait; over it 429.
    most_drawings
        Charts and tables that wait to be drawn; over it 429.
    keep
        Finished runs whose numbers are kept; of older ones the dispute stays, so that a link can compute them again.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8000
    tokens: tuple[str, ...] = ()
    workers: int = 2
    most_bytes: int = 5_000_000
    most_seconds: float = 600.0
    most_runs: int = 4
    most_waiting: int = 200
    most_drawings: int = 100
    keep: int = 1000

    def __post_init__(self) -> None:
        if not self.tokens and not is_loopback(self.host):
            raise BadInput(
                f"{self.host} can be reached from other machines, and no token is set: give --token, or listen on "
                "127.0.0.1"
            )
        for token in self.tokens:
            if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
                raise BadInput(
                    f"a token has {len(token)} characters: give at least {SHORTEST_TOKEN} letters, digits or signs "
                    "without blanks, such as `openssl rand -hex 16` prints"
                )
        for name in ("workers", "most_bytes", "most_seconds", "most_runs", "most_waiting", "most_drawings", "keep"):
            if getattr(self, name) <= 0:
                raise BadInput(f"{name.replace('_', ' ')} is {getattr(self, name)}: give a number over zero")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def data_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """Where runs are kept: DETENTE_DATA_DIR, or the user's data folder by the platform's rules."""
    given = environ.get(VARIABLE)
    if given:
        return Path(given)
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "detente" / "Data"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "detente"
    xdg = environ.get("XDG_DATA_HOME", "")
    return (Path(xdg) if os.path.isabs(xdg) else home / ".local" / "share") / "detente"


def own_folder() -> Path:
    """The folder of whoever runs this process."""
    return data_folder(os.environ, sys.platform, Path.home())
