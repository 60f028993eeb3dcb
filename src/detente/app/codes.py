"""Exit codes, and what happens to an error: one message on stderr, and a traceback only when asked for."""

from __future__ import annotations

import errno
import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import typer

from detente.errors import DetenteError, NotSolved

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
  1    the input has faults: a name nobody knows, a file that cannot be read,
       a measure that cannot be applied
  2    the command was used wrongly
  3    no solution: the audit of an equilibrium failed
  4    a file or folder cannot be written
  70   a fault of detente itself
  130  interrupted
  141  the reader of the output went away"""

REPORT_AT: Final = "https://github.com/detente-model/detente/issues"


class CannotWrite(Exception):
    """A file or folder that cannot be written, or must not be. The message says which, why, and what to try."""


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """The command, with every error as one message and an exit code; its option `debug` adds a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
        except NotSolved as problem:
            code, message = NOT_SOLVED, f"not solved: {problem}"
        except DetenteError as problem:
            code, message = FAULTY_INPUT, str(problem)
        except CannotWrite as problem:
            code, message = CANNOT_WRITE, str(problem)
        except KeyboardInterrupt:
            code, message = INTERRUPTED, "interrupted: nothing was written"
        except OSError as problem:
            if problem.errno == errno.EPIPE:
                _drop_stdout()
                raise typer.Exit(CLOSED_PIPE) from None
            code, message = CANNOT_WRITE, f"cannot write: {problem.strerror or problem}"
            _drop_stdout()
        except typer.Exit:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, a person at a terminal gets one line
            what = f"{type(problem).__name__}: {problem}".splitlines()[0]
            remedy = f"please report it with the command and the file: {REPORT_AT} (--debug shows where)"
            code, message = OWN_FAULT, f"this is a fault of detente: {what}; {remedy}"
        else:
            return result
        if kwargs.get("debug"):
            traceback.print_exc()
        typer.echo(f"detente: {message}", err=True)
        raise typer.Exit(code)

    return run


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter does not complain while it flushes at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file, as under a test runner: there is nothing to flush
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
