"""The output of a result: a folder, JSON alone on stdout, or a terminal; and progress on stderr.

Exit codes are here too, and what happens to an error: one message on stderr, and a traceback only when asked for.
Nothing that draws is loaded before it is asked for: help and JSON come without rich.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Protocol, TypeVar

import typer

from detente.errors import CannotWrite, DetenteError, DetenteWarning, NotSolved

if TYPE_CHECKING:
    from detente.dispute.results import Result

PATIENCE: Final = 1.0
"""Seconds after which a bar is shown."""


class Tell(Protocol):
    """Told how many pieces are done, how many there are, and what comes next."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Move the bar."""


def print_json(value: object) -> None:
    """One JSON document on stdout and nothing else."""
    print_text(json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False))


def print_text(text: str) -> None:
    """Text on stdout as UTF-8."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text + "\n")


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """A bar on stderr for what takes over a second; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    look: list[Any] = [TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn()]
    bar = Progress(*look, console=Console(file=sys.stderr), transient=True)
    task = bar.add_task(title, total=None)
    start = Timer(PATIENCE, bar.start)
    start.daemon = True
    start.start()

    def tell(done: int, total: int, what: str) -> None:
        bar.update(task, completed=done, total=total, description=(what or title)[:60])

    try:
        yield tell
    finally:
        start.cancel()
        start.join()
        bar.stop()


def deliver(
    found: Result,
    out: Path | None,
    as_json: bool,
    *,
    beside: Sequence[Result] = (),
    written: Sequence[Result] = (),
    force: bool = False,
) -> None:
    """Into the folder where one is named; then JSON and nothing else on stdout, or what a person reads.

    `beside` are results of other questions, which stand in the same report; those `written` stand in the folder alone.
    """
    from detente.report.blocks import json_together

    names: list[str] = []
    if out is not None:
        from detente.report.render import write_report

        with progress(f"Writing {out}") as tell:
            names = write_report(found, out, beside=(*beside, *written), force=force, progress=tell)
    if as_json:
        print_text(json_together(found, beside))
        return
    from detente.report.terminal import console, say, show

    screen = console()
    document = found.presenter.document
    show(document(found, beside) if beside else document(found), screen)
    if out is not None:
        say(f"Wrote {len(names)} files to {out}; begin with {out / 'report.html'}", screen)


def say_lists(sentences: Iterable[str]) -> None:
    """What is said of the product lists of a dispute, a line each; lists alike are told together."""
    from detente.report.alike import told_together

    for sentence in told_together(sentences):
        typer.echo(f"List: {sentence}")


P = ParamSpec("P")


R = TypeVar("R")


FAULTY_INPUT: Final = 1


NOT_SOLVED: Final = 3


CANNOT_WRITE: Final = 4


OWN_FAULT: Final = 70


INTERRUPTED: Final = 130


CLOSED_PIPE: Final = 141


CODES: Final = """\b
Exit codes:
  0    done
  1    the input has faults: an unknown name, a file that cannot be read,
       a measure that cannot be applied
  2    wrong use of the command
  3    no solution: the audit of an equilibrium failed
  4    a file or folder cannot be written
  70   an internal error of detente
  130  interrupted
  141  the output was closed"""


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """The command, with every error as one message and an exit code; its option `debug` adds a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with _notes():
                result = command(*args, **kwargs)
            sys.stdout.flush()
            return result
        except typer.Exit:
            raise
        except BrokenPipeError:
            _drop_stdout()
            raise typer.Exit(CLOSED_PIPE) from None
        except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - a person at a terminal gets one message
            if kwargs.get("debug"):
                traceback.print_exc()
            code, message = _told(problem)
            typer.echo(f"detente: {message}", err=True)
            if isinstance(problem, OSError):
                _drop_stdout()
            raise typer.Exit(code) from None

    return run


@contextmanager
def _notes() -> Iterator[None]:
    """Every warning of detente as a line on stderr, once; others as Python shows them."""
    said: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("always", DetenteWarning)
        plain = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, DetenteWarning):
                plain(message, category, *place, **more)
            elif str(message) not in said:
                said.add(str(message))
                typer.echo(f"note: {message}", err=True)

        warnings.showwarning = show
        yield


def _told(problem: BaseException) -> tuple[int, str]:
    """The exit code of an error and what is said of it."""
    if isinstance(problem, NotSolved):
        return NOT_SOLVED, f"not solved: {problem}"
    if isinstance(problem, CannotWrite):
        return CANNOT_WRITE, str(problem)
    if isinstance(problem, DetenteError):
        return FAULTY_INPUT, str(problem)
    if isinstance(problem, KeyboardInterrupt):
        return INTERRUPTED, "interrupted"
    if isinstance(problem, OSError):
        return CANNOT_WRITE, f"cannot write: {problem.strerror or problem}"
    what = f"{type(problem).__name__}: {problem}".splitlines()[0]
    remedy = "please report it with the command, the file, and what --debug shows"
    return OWN_FAULT, f"this is a fault of detente: {what}; {remedy}"


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter does not complain while it flushes at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file, as under a test runner: there is nothing to flush
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
