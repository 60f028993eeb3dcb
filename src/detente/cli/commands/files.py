"""`detente check` and `detente new`: dispute files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli.exit_codes import FAULTY_INPUT
from detente.cli.options import Case, Debug, Json, World, read_case
from detente.cli.screen import print_json
from detente.errors import CannotWrite


def check(case: Case, world: World = None, as_json: Json = False, debug: Debug = False) -> None:
    """Check a dispute file and report all its faults.

    The check maps its measures to the world and plans its scenarios. It solves no equilibrium.
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


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The dispute file to write, such as dispute.yaml.")],
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a template of a dispute file.

    A name without an ending gets the ending .yaml. The command does not replace an existing file.
    """
    from detente.dispute.schema import template

    if file.is_dir():
        raise CannotWrite(f"{file} is a folder: name a file in it, such as {file / 'dispute.yaml'}")
    if file.suffix not in ("", ".yaml", ".yml"):
        raise CannotWrite(f"{file} does not end in .yaml, as a dispute file does: name it {file}.yaml")
    file = file if file.suffix else file.with_name(f"{file.name}.yaml")
    try:
        with file.open("x", encoding="utf-8") as fresh:
            fresh.write(template())
    except FileExistsError as problem:
        raise CannotWrite(f"{file} exists already: name another file") from problem
    except OSError as problem:
        raise CannotWrite(f"{file} cannot be written: {problem.strerror}; name another file") from problem
    if as_json:
        print_json({"written": str(file)})
    else:
        typer.echo(f"Wrote {file}. Edit it, then: detente check {file}")


def _checked(case: str, world: str | None) -> dict[str, Any]:
    """The contents of a dispute without faults: its measures are mapped to the world and its scenarios planned."""
    from detente.data.bundled import load_world
    from detente.data.world import with_blocs
    from detente.dispute.scenarios import prepare
    from detente.errors import BadDispute

    dispute = read_case(case, world)
    settled = with_blocs(load_world(world or dispute.world), dispute.parties)
    states: int | None = None
    notes: list[str] = []
    if not dispute.questions:
        prepared = prepare(dispute, settled)
        states, notes = len(prepared.plans), list(prepared.notes)
    elif faults := dispute.feasibility_faults(settled):
        raise BadDispute(dispute.dispute, faults)
    asked = [{"id": q.id, "path": q.path, "ask": q.ask, "default": q.default} for q in dispute.questions]
    counts = {"measures": len(dispute.measures), "demands": len(dispute.demands), "states": states}
    return {"dispute": dispute.dispute, "world": settled.name, **counts, "questions": asked, "notes": notes}
