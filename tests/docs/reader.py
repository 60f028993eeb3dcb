"""A reader who follows a page from top to bottom: saves its files, types its commands, runs its Python."""

from __future__ import annotations

import code
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
from pages import Block, blocks, matches

from detente.cli.main import app

#: What a reader types before detente is there, or that asks the network; a target of make is looked up instead of run.
NOT_RUN = {"git", "pip", "make", "source", "python3", ".venv/bin/pip", "curl"}


def follow(root: Path, page: str, folder: Path) -> None:
    """Do what a page says, in one folder; AssertionError names the page, the line, and what came instead."""
    reader = Reader(root, page, folder)
    found = blocks((root / page).read_text("utf-8"))
    with contextlib.chdir(folder):
        for block, after in zip(found, [*found[1:], None], strict=True):
            reader.take(block, after)


class Reader:
    """Where a reader stands: the folder, the Python session, and how the last command ended."""

    def __init__(self, root: Path, page: str, folder: Path) -> None:
        self.root, self.page, self.folder = root, page, folder
        self.session: dict[str, object] = {"__name__": "page"}
        self.ended = 0

    def take(self, block: Block, after: Block | None) -> None:
        """One block: a file to save, commands to type, or Python to run, whose output the next block may show."""
        if block.title is not None:
            (Path.cwd() / block.title).write_text(block.text, "utf-8")
        elif block.language == "console":
            self._type(block)
        elif block.language == "python":
            printed = self._run(block)
            if after is not None and after.language == "text":
                assert matches(after.text, printed), f"{self.page}, line {block.line} prints:\n{printed}"

    def _run(self, block: Block) -> str:
        """What Python prints; in a tutorial line by line, as one who pastes into a terminal sees it."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            if "tutorials" in self.page:
                Prompt(self.session).type(block, self.page)
            else:
                exec(compile("\n" * (block.line - 1) + block.text, self.page, "exec"), self.session)
        return out.getvalue()

    def _type(self, block: Block) -> None:
        typed = commands(block)
        for (command, expected), (then, _) in zip(typed, [*typed[1:], ("", "")], strict=True):
            where, word = f"{self.page}, line {block.line}: {command}", command.split()[0]
            if word == "make":
                target = re.escape(command.split()[1])
                assert re.search(rf"^{target}:", (self.root / "Makefile").read_text("utf-8"), re.M), where
            elif command == "echo $?":
                assert expected.strip() == str(self.ended), f"{where} prints {self.ended}"
            elif word == "cd":
                os.chdir(command.split()[1])
            elif word not in NOT_RUN:
                printed = self._shell(command)
                assert self.ended == 0 or then == "echo $?", f"{where} ends with {self.ended}:\n{printed}"
                assert not expected or matches(expected, printed), f"{where} prints:\n{printed}"

    def _shell(self, command: str) -> str:
        """What a command prints, errors too; `detente` and `python` are those of this environment."""
        paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": paths, "COLUMNS": "100", "NO_COLOR": "1"}
        done = subprocess.run(
            ["sh", "-c", command.removeprefix(".venv/bin/")],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        self.ended = done.returncode
        return done.stdout


class Prompt(code.InteractiveConsole):
    """Python's prompt: an empty line ends a loop, a bare value is shown, and an error stops the page."""

    def type(self, block: Block, page: str) -> None:
        """Every line of a block."""
        waits = False
        for number, line in enumerate([*block.text.splitlines(), ""], block.line):
            self.where = f"{page}, line {number}"
            waits = self.push(line)
        assert not waits, f"{self.where}: Python waits for more"

    def showsyntaxerror(self, *_: object, **__: object) -> None:
        """Stop: the page would not run as it is typed."""
        raise AssertionError(f"{self.where} is no Python when typed line by line")

    def showtraceback(self) -> None:
        """Stop with what the page raised."""
        raise AssertionError(f"{self.where} raises") from sys.exc_info()[1]


def commands(block: Block) -> list[tuple[str, str]]:
    """Command and expected output of each `$ ` line; a line that ends in a backslash goes on in the next."""
    found: list[tuple[str, str]] = []
    goes_on = False
    for line in block.text.splitlines(keepends=True):
        if goes_on:
            found[-1] = (found[-1][0] + " " + line.strip().removesuffix("\\").rstrip(), "")
        elif line.startswith("$ "):
            found.append((line[2:].strip().removesuffix("\\").rstrip(), ""))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + line)
        goes_on = line.rstrip().endswith("\\") and (goes_on or line.startswith("$ "))
    return found


def understood(command: str) -> None:
    """Whether the command line takes a `detente` command, without running it; typer's error says what it does not."""
    words = shlex.split(command, comments=True)
    words = words[: min([words.index(sign) for sign in (">", "|", "&&") if sign in words], default=len(words))]
    if len(words) > 1 and words[1] in ("--help", "--version"):
        return
    group: Any = typer.main.get_command(app)
    known = group.get_command(typer.Context(group), words[1])
    assert known is not None, f"no command detente {words[1]}"
    known.make_context(f"detente {words[1]}", words[2:])
