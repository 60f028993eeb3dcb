"""Exit codes, and what happens to an error: one message on stderr, and a traceback only when asked for."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import typer

from detente.errors import CannotWrite, DetenteError, NotSolved

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
