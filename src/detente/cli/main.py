"""`detente` at a terminal. Loading this module loads typer and nothing heavier, so that help comes at once."""

from __future__ import annotations

import gc
from typing import Annotated, Final

import typer

from detente.cli import other_commands as others
from detente.cli.questions import SETTINGS, Commands
from detente.cli.screen import CODES, guarded

app = typer.Typer(
    name="detente",
    cls=Commands,
    help="Who gains and who loses from each step of a trade dispute.\n\nTo begin, type `detente run us-china-2018`. "
    "The command `detente cases` lists the bundled disputes.",
    epilog=CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)

COMMANDS: Final = (
    others.read,
    others.check,
    others.new,
    others.worlds,
    others.cases,
    others.elasticities,
    others.tariffs,
    others.serve,
)
"""The commands beside those of the questions, in the order in which help lists them."""


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Who gains and who loses from each step of a trade dispute: real income, prices, output, trade."""
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
