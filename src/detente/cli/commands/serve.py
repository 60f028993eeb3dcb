"""`detente serve`: the web page and the API."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from detente.cli.options import Debug
from detente.errors import CannotWrite


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port.", min=0, max=65535)] = 8000,
    token: Annotated[
        list[str] | None,
        typer.Option("--token", help="A token that admits a client; DETENTE_TOKEN does the same. Can be repeated."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FOLDER", help="The folder that stores the runs.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", help="Number of computing processes.", min=1)] = 2,
    most_runs: Annotated[
        int, typer.Option("--most-runs", help="Largest number of unfinished runs of one client.", min=1)
    ] = 4,
    most_waiting: Annotated[
        int, typer.Option("--most-waiting", help="Largest number of waiting runs of all clients.", min=1)
    ] = 200,
    most_seconds: Annotated[
        float, typer.Option("--most-seconds", help="Longest time of a run, in seconds.", min=1)
    ] = 600.0,
    most_bytes: Annotated[int, typer.Option("--most-bytes", help="Longest request, in bytes.", min=1000)] = 5_000_000,
    debug: Debug = False,
) -> None:
    """Serve the web page and the API on this machine.

    The command prints the address. Runs are stored in a folder and outlive the server. An address that other machines
    can reach needs a token. The command needs the extra `web`: pip install 'detente[web]'.
    """
    try:
        from detente.web.security import TOKENS, ServerSettings, own_folder
        from detente.web.server import serve as run_server
    except ModuleNotFoundError as problem:
        raise CannotWrite(f"{problem.name} is missing: pip install 'detente[web]'") from problem
    given = [*(token or ()), *filter(None, [os.environ.get(TOKENS)])]
    settings = ServerSettings(
        folder=data or own_folder(),
        host=host,
        port=port,
        tokens=tuple(given),
        workers=workers,
        most_runs=most_runs,
        most_waiting=most_waiting,
        most_seconds=most_seconds,
        most_bytes=most_bytes,
    )
    run_server(settings)
