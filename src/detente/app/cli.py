"""`detente` at a terminal. Loading this module loads typer and nothing heavier, so that help comes at once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.app.cache import keep_compiled
from detente.app.codes import CODES, FAULTY_INPUT, CannotWrite, guarded
from detente.app.saving import refuse, save
from detente.app.screen import print_json, print_text, progress

app = typer.Typer(
    name="detente",
    help="What each step of a trade dispute does to whom.",
    epilog=CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Deficits(StrEnum):
    """What happens to trade deficits."""

    FIXED = "fixed"
    BALANCED = "balanced"
    PROPORTIONAL = "proportional"


class Horizon(StrEnum):
    """Whether workers move between sectors."""

    LONG = "long"
    SHORT = "short"


Case = Annotated[str, typer.Argument(metavar="CASE|FILE", help="A bundled case (`detente cases`) or a dispute file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, and nothing else there.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
World = Annotated[
    str | None, typer.Option("--world", metavar="NAME", help="A world of `detente worlds`; by default the file's.")
]
Elasticities = Annotated[
    str | None, typer.Option("--elasticities", metavar="NAME", help="A set of `detente elasticities`.")
]
Closure = Annotated[Deficits | None, typer.Option("--deficits", help="What happens to trade deficits.")]
Force = Annotated[bool, typer.Option("--force", help="Let --out write into a folder with other files.")]
Accept = Annotated[
    bool, typer.Option("--accept-defaults", help="Answer open questions with their defaults, and list them.")
]


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


@app.command()
@guarded
def run(
    case: Case,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write findings, tables and a report here.")
    ] = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    horizon: Annotated[Horizon | None, typer.Option("--horizon", help="Workers move (long) or stay (short).")] = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute what each step of a dispute does to whom.

    Every threat alone and answered, every dated step, and the removal of what is in force.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.dispute import run as run_dispute

    dispute = _read(case, world)
    with progress(f"Solving {dispute.dispute}") as tell:
        findings = run_dispute(
            dispute,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            horizon=horizon.value if horizon else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    written: list[str] = []
    if out is not None:
        with progress(f"Writing {out}") as tell:
            written = save(findings, out, tell)
    if as_json:
        print_text(findings.to_json())
        return
    from detente.app.tables import console, say
    from detente.app.views import show_findings

    screen = console()
    show_findings(findings, screen)
    if out is not None:
        say(f"Wrote {len(written)} files to {out}; begin with {out / 'report.html'}", screen)


@app.command()
@guarded
def war(
    case: Case,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="The two that choose; by default the parties.")
    ] = None,
    objective: Annotated[
        str, typer.Option("--objective", metavar="TEXT", help="What both want, such as 'real income + 0.5 revenue'.")
    ] = "real income",
    one_rate: Annotated[bool, typer.Option("--one-rate", help="One duty on all goods, not one a sector.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write numbers, tables, charts and a report here.")
    ] = None,
    world: World = None,
    elasticities: Elasticities = None,
    deficits: Closure = None,
    accept_defaults: Accept = False,
    force: Force = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute where a dispute leads if two sides choose tariffs and nobody gives way.

    Payoffs of every pair of moves for both sides and for others, who blinks, Nash tariffs by sector, and best answers
    where each side has one duty. Takes about half a minute.
    """
    if out is not None:
        refuse(out, force)
    keep_compiled()
    from detente.dispute import run_war
    from detente.dispute.wanted import wanted

    dispute = _read(case, world)
    named = None if players is None else [name.strip() for name in players.split(",") if name.strip()]
    with progress(f"Solving {dispute.dispute}") as tell:
        found = run_war(
            dispute,
            players=named,
            objective=wanted(objective, tuple(dispute.parties) if named is None else named),
            one_rate=one_rate,
            world=world,
            elasticities=elasticities,
            deficits=deficits.value if deficits else None,
            progress=tell,
            accept_defaults=accept_defaults,
        )
    written: list[str] = []
    if out is not None:
        from detente.report.war import write_war

        with progress(f"Writing {out}") as tell:
            written = write_war(found, out, progress=tell)
    if as_json:
        print_text(found.to_json())
        return
    from detente.app.tables import console, say
    from detente.app.war import show_war

    screen = console()
    show_war(found, screen)
    if out is not None:
        say(f"Wrote {len(written)} files to {out}; begin with {out / 'report.html'}", screen)


@app.command()
@guarded
def check(case: Case, world: World = None, as_json: Json = False, debug: Debug = False) -> None:
    """Name every fault of a dispute at once.

    Its measures are laid on the world and its states planned; nothing is solved.
    """
    from dataclasses import asdict

    from detente.errors import BadDispute

    try:
        found = _checked(case, world)
    except BadDispute as problem:
        if not as_json:
            raise
        print_json({"case": case, "ok": False, "faults": [asdict(fault) for fault in problem.faults]})
        raise typer.Exit(FAULTY_INPUT) from None
    if as_json:
        print_json({"case": case, "ok": True, "faults": [], **found})
        return
    counts = ", ".join(
        f"{name}: {found[name]}" for name in ("measures", "demands", "states") if found[name] is not None
    )
    typer.echo(f"{case}: no faults; {counts}")
    for question in found["questions"]:
        typer.echo(f"Open question {question['id']}: {question['ask']} ({question['path']})")
    for note in found["notes"]:
        typer.echo(f"Note: {note}")


@app.command()
@guarded
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The dispute file to write, such as dispute.yaml.")],
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a dispute file to start from.

    Its name ends in .yaml, which is added to a name without an ending. A file that is there already is left alone.
    """
    from detente.dispute import template

    if file.is_dir():
        raise CannotWrite(f"{file} is a folder: name a file in it, such as {file / 'dispute.yaml'}")
    if file.suffix not in ("", ".yaml", ".yml"):
        raise CannotWrite(f"{file} does not end in .yaml, as a dispute file does: name it {file}.yaml")
    file = file if file.suffix else file.with_name(f"{file.name}.yaml")
    try:
        with file.open("x", encoding="utf-8") as fresh:
            fresh.write(template())
    except FileExistsError as problem:
        raise CannotWrite(f"{file} is there already: name a file that is not") from problem
    except OSError as problem:
        raise CannotWrite(f"{file} cannot be written: {problem.strerror}; name another file") from problem
    if as_json:
        print_json({"written": str(file)})
    else:
        typer.echo(f"Wrote {file}. Edit it, then: detente check {file}")


@app.command()
@guarded
def worlds(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled worlds."""
    from detente.data import list_worlds

    _show_list(list_worlds(), ["name", "year", "economies", "sectors", "megabytes", "source"], as_json)


@app.command()
@guarded
def cases(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled disputes."""
    import pandas as pd

    from detente.dispute import Dispute, list_cases

    read = [Dispute.read(name) for name in list_cases()]
    rows = [{"name": d.dispute, "as_of": d.as_of.isoformat(), "world": d.world, "title": d.title} for d in read]
    _show_list(pd.DataFrame(rows), ["name", "as_of", "world", "title"], as_json)


@app.command()
@guarded
def elasticities(as_json: Json = False, debug: Debug = False) -> None:
    """List the sets of trade elasticities."""
    from detente.data import list_elasticities

    _show_list(list_elasticities(), ["name", "paper", "lowest", "median", "highest"], as_json)


@app.command()
@guarded
def tariffs(
    case: Case,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day, such as 2018-09-24.")],
    world: World = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Average tariffs on a day, beside those before.

    Before is with no measure of the dispute, the day is with those in force. By partner under two
    weightings (imports, and every product code alike), and by sector weighted by imports. A threat is never in force.
    """
    keep_compiled()
    from detente.app.tariffs import tariffs_on

    dispute = _read(case, world)
    found = tariffs_on(dispute, on, world)
    if as_json:
        print_json(found.as_dict())
        return
    from detente.app.tables import console, say
    from detente.app.views import show_tariffs

    screen = console()
    say(f"Average tariffs on {found.day}, {found.world}; measures in force: {len(found.in_force)}", screen)
    show_tariffs(found.averages, found.sectors, found.names, screen)
    for note in found.shown_notes:
        say(f"Note: {note}", screen)


def _read(case: str, world: str | None) -> Any:
    """The dispute, its names checked against the world it will be run on."""
    from detente.data import load_world
    from detente.dispute import Dispute

    return Dispute.read(case, world=None if world is None else load_world(world))


def _checked(case: str, world: str | None) -> dict[str, Any]:
    """What is in a dispute without faults: its measures are laid on the world and its states planned."""
    from detente.data import load_world
    from detente.dispute import prepare
    from detente.errors import BadDispute

    dispute = _read(case, world)
    settled = load_world(world or dispute.world)
    states: int | None = None
    notes: list[str] = []
    if not dispute.questions:
        prepared = prepare(dispute, settled)
        states, notes = len(prepared.plans), list(prepared.notes)
    elif faults := dispute.faults_of_laying(settled):
        raise BadDispute(dispute.dispute, faults)
    asked = [{"id": q.id, "path": q.path, "ask": q.ask, "default": q.default} for q in dispute.questions]
    counts = {"measures": len(dispute.measures), "demands": len(dispute.demands), "states": states}
    return {"dispute": dispute.dispute, "world": settled.name, **counts, "questions": asked, "notes": notes}


def _show_list(frame: Any, names: list[str], as_json: bool) -> None:
    """A list of things: a table for people, every field for programs."""
    if as_json:
        print_json(frame.to_dict("records"))
        return
    from detente.app.tables import console, show_rows

    show_rows(frame, names, console())


def main() -> None:
    """The entry point of the command."""
    app()
