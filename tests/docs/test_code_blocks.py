"""Every code block of README and docs runs, and prints what the page shows."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pages import Block, blocks, matches, page_paths

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"python", "text", "console", "yaml", "", "bash"}
#: What a reader types before detente is there; the Makefile's targets are looked up instead of run.
NOT_RUN = {"git", "cd", "pip", "make"}


def pages_with(language: str) -> list[str]:
    paths = [path for path in page_paths(ROOT) if any(b.language == language for b in blocks(path.read_text("utf-8")))]
    return [str(path.relative_to(ROOT)) for path in paths]


def page_blocks(root: Path, page: str) -> list[Block]:
    return blocks((root / page).read_text("utf-8"))


@pytest.mark.parametrize("page", pages_with("python"))
def test_python_blocks_run_and_print_what_is_shown(
    root: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {"__name__": "page"}
    found = page_blocks(root, page)
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block.language != "python":
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile("\n" * (block.line - 1) + block.text, page, "exec"), space)
        if after is not None and after.language == "text":
            assert matches(after.text, out.getvalue()), f"{page}, line {block.line} prints:\n{out.getvalue()}"


@pytest.mark.parametrize("page", pages_with("console"))
def test_console_blocks_run_and_print_what_is_shown(root: Path, page: str, tmp_path: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    for block in page_blocks(root, page):
        if block.language == "console":
            for command, expected in commands(block):
                words = shlex.split(command.removeprefix(".venv/bin/"), comments=True)
                if words[0] == "make":
                    assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), f"{page} names {command!r}"
                elif words[0] not in NOT_RUN:
                    printed = run(words, tmp_path)
                    assert not expected or matches(expected, printed), f"{page}: {command} prints:\n{printed}"


def commands(block: Block) -> list[tuple[str, str]]:
    """Command and expected output of each `$ ` line of a console block."""
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def run(words: list[str], folder: Path) -> str:
    """What a command prints; `detente` and `python` are those of this environment."""
    here = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{shlex.join(words)} exits with {done.returncode}:\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in page_paths(ROOT)])
def test_a_block_says_its_language(root: Path, page: str) -> None:
    assert {b.language for b in page_blocks(root, page)} <= LANGUAGES


def test_a_block_is_found_with_its_line_and_without_its_indent() -> None:
    page = "one\n\n- item\n\n  ```python\n  a = 1\n\n  b = 2\n  ```\n\n```text\nx\n```\n"
    assert blocks(page) == [Block("python", "a = 1\n\nb = 2\n", 6), Block("text", "x\n", 12)]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\n...\nz", "a\nb\nc\nz\n", True),
        ("a", "b", False),
        ("a\n...", "b\na", False),
        ("1.0", "110", False),
    ],
)
def test_printed_text_is_compared(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same
