"""Exit codes, and what happens to an error: one message on stderr, and a traceback only when asked for.

`detente` at a terminal. Loading this module loads typer and nothing heavier, so that help comes at once.
"""

from __future__ import annotations

import gc
from typing import Annotated, Final

import typer

from detente.cli.commands import bands, clock, files, hold, lists, markets, read, run, serve, talks, tariffs, war
from detente.cli.exit_codes import (
    CODES,
    guarded,
)

app = typer.Typer(
    name="detente",
    help="What each step of a trade dispute does to whom.",
    epilog=CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: Final = (
    run.run,
    war.war,
    bands.bands,
    talks.talks,
    hold.hold,
    clock.clock,
    markets.markets,
    read.read,
    files.check,
    files.new,
    lists.worlds,
    lists.cases,
    lists.elasticities,
    tariffs.tariffs,
    serve.serve,
)
"""The commands, in the order in which help lists them."""


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="The version.", is_eager=True)] = False,
) -> None:
    """What each step of a trade dispute does to whom: real income, prices, output, trade, revenue, third countries."""
    if version:
        from detente import __version__

        typer.echo(f"detente {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


OBJECTS_BETWEEN_COLLECTIONS: Final = 1_000_000
"""Loading libraries makes many objects and no garbage; looking for it at the usual 700 took a tenth of a run."""

for command in COMMANDS:
    app.command()(guarded(command))


def main() -> None:
    """The entry point of the command."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        app()
    finally:
        gc.freeze()  # the last collection would walk through every library once more: a seventh of a run, to no end
