"""The command of each question, made from its entry of the registry when it is first asked for.

Help of all commands takes nothing but the entries; the options of a question, and pydantic with them, are loaded when
its command is called or its own help is read. The options that several commands share are here too; they load typer
alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY, beside_a_run
from detente.cli.screen import guarded

if TYPE_CHECKING:
    from detente.analyses.options import Option

Case = Annotated[str, typer.Argument(metavar="CASE|FILE", help="A bundled case (`detente cases`) or a dispute file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the Python traceback of an error.")]
World = Annotated[
    str | None,
    typer.Option("--world", metavar="NAME", help="The world, one of `detente worlds`; by default that of the dispute."),
]
Force = Annotated[bool, typer.Option("--force", help="Let --out write to a folder that contains other files.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Write a report, tables, charts and all numbers to this folder."),
]


def read_case(case: str, world: str | None) -> Any:
    """The dispute, its names checked against the world it will be run on."""
    from detente.data.bundled import load_world
    from detente.dispute.schema import Dispute

    return Dispute.read(case, world=None if world is None else load_world(world))


SETTINGS: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}
"""How every command is asked for help."""
TYPES: Final[dict[str, Any]] = {"flag": bool, "number": float, "whole": int}
"""Kind of option → the type that typer reads; the others are text, which the model of the question reads."""


class Commands(TyperGroup):
    """The questions of the registry, in its order, then the other commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name."""
        return [*REGISTRY, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; that of a question is made now."""
        return command_of(REGISTRY[cmd_name]) if cmd_name in REGISTRY else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One line for each, from the registry or from the first paragraph of its help; none is cut."""
        summaries = {name: entry.summary for name, entry in REGISTRY.items()}
        for name in super().list_commands(ctx):
            summaries[name] = (self.commands[name].help or "").partition("\n\n")[0].replace("\n", " ")
        with formatter.section("Commands"):
            formatter.write_dl(list(summaries.items()))


@cache
def command_of(entry: Analysis) -> Any:
    """The command of a question."""
    alone = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    alone.command(entry.name, context_settings=SETTINGS)(guarded(_asking(entry)))
    return typer.main.get_command(alone)


def _asking(entry: Analysis) -> Callable[..., None]:
    """The function behind a command: the case, every option of the question, and what all commands have."""

    def ask(**given: Any) -> None:
        _ask(entry, **given)

    every = {each.name: parameter_of(each) for each in entry.options.every() if each.kind != "object"}
    beside = BESIDE_A_RUN if entry.name == "run" else {}
    last = {"out": (Out, None), "force": (Force, False), "as_json": (Json, False), "debug": (Debug, False)}
    made = [inspect.Parameter("case", inspect.Parameter.KEYWORD_ONLY, annotation=Case)]
    for name, (annotation, default) in (every | beside | last).items():
        made.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
    ask.__name__ = entry.name
    ask.__doc__ = f"{entry.summary}\n\n{entry.description}"
    ask.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    ask.__annotations__ = {each.name: each.annotation for each in made}
    return ask


def parameter_of(asked: Option) -> tuple[Any, Any]:
    """The annotation of an option, from which typer makes its flags and its help, and its default."""
    once = TYPES.get(asked.kind, str)
    help = asked.meaning
    if asked.kind == "flag":
        return Annotated[bool, typer.Option(*asked.flags, help=help)], asked.default
    given: dict[str, Any] = {"metavar": asked.metavar}
    if asked.kind == "choice":
        spelled = "|".join(name.replace(" ", "-") for name in asked.choices)
        given = {"metavar": f"[{spelled}]", "parser": _chosen(asked.choices)}
    if asked.kind == "question":
        help += f" One of {', '.join(name for name, other in REGISTRY.items() if not other.draws)}."
    kind = list[once] if asked.repeated else once  # type: ignore[valid-type]
    return Annotated[kind | None, typer.Option(*asked.flags, help=help, **given)], None


def _chosen(choices: tuple[str, ...]) -> Callable[[str], str]:
    """Reads a choice, in any case and with hyphens for spaces."""

    def read(text: str) -> str:
        written = text.strip().lower()
        spelled = written if written in choices else written.replace("-", " ")
        if spelled not in choices:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(choices)}")
        return spelled

    return read


BESIDE_A_RUN: Final[dict[str, tuple[Any, Any]]] = {
    "beside": (
        Annotated[
            str | None,
            typer.Option(
                "--with",
                metavar="QUESTION,...",
                help=f"Add chapters on these questions to the report in --out: {', '.join(beside_a_run())}, or all "
                "that the file allows. Each takes half a minute to a minute.",
            ),
        ],
        None,
    ),
    "bands": (
        Annotated[
            int | None,
            typer.Option(
                "--bands", metavar="N", min=2, help="Add bands over N draws of the assumptions, see `detente bands`."
            ),
        ],
        None,
    ),
}
"""What `detente run` can put beside its own answer."""


def _ask(
    entry: Analysis, case: str, out: Any, force: bool, as_json: bool, debug: bool, beside: str | None = None,
    bands: int | None = None, **given: Any,
) -> None:  # fmt: skip
    """Check everything that can be checked, answer the question, and deliver the answer."""
    from detente.errors import BadInput

    left_out = (None, False)  # compared by identity: zero equals False, and is a value
    said = {name: value for name, value in given.items() if not any(value is each for each in left_out) and value != []}
    options = entry.options.read(said)
    from detente.analyses.doors import settled
    from detente.cli.answers import Request, answer
    from detente.dispute.result_folders import check_folder

    dispute = read_case(case, options.world)
    if out is not None:
        check_folder(out, dispute.dispute, entry.kind, force=force)
    options = settled(options, dispute.parties)
    names = [name.strip() for name in (beside or "").split(",") if name.strip()]
    if names and out is None:
        raise BadInput(f"--with {beside} needs --out FOLDER: it goes into the report there")
    answer(Request(entry, dispute, options, out, as_json, force, tuple(names), bands))
