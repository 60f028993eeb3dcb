"""The command as a process: pipes, colours, broken pipes, the cache, and how fast help comes."""

from __future__ import annotations

import json
import os
import pty
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.cli.screen import guarded
from detente.errors import warn

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEAVY = {"jax", "numpy", "pandas", "pydantic", "altair", "yaml", "rich", "detente.data", "detente.report"}


def test_help_comes_at_once(detente_command: Run) -> None:
    def seconds() -> float:
        start = time.process_time_ns(), os.times().children_user + os.times().children_system
        assert detente_command("--help").returncode == 0
        return os.times().children_user + os.times().children_system - start[1]

    # the processor's own time, since a busy machine says nothing about the command
    assert statistics.median(seconds() for _ in range(5)) < 0.3


def test_the_command_line_loads_only_typer() -> None:
    code = "import sys; import detente.cli.main; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}])
def test_what_is_piped_has_no_colour(detente_command: Run, small_case: Path, environ: dict[str, str]) -> None:
    done = detente_command("run", small_case, **environ)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def on_a_terminal(words: list[str], **environ: str) -> str:
    """What the command writes where stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environ}
    env = {name: value for name, value in env.items() if value != "unset"}
    process = subprocess.Popen(
        [sys.executable, "-c", "from detente.cli.main import main; main()", *words],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=env,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other side has gone
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return seen.decode("utf-8")


def test_a_terminal_has_colour_unless_told_not_to(small_case: Path) -> None:
    coloured = on_a_terminal(["run", str(small_case)], NO_COLOR="unset", FORCE_COLOR="unset")
    assert "\x1b[3" in coloured  # a colour
    plain = on_a_terminal(["run", str(small_case)], NO_COLOR="1", FORCE_COLOR="unset")
    assert "\x1b[32m" not in plain
    assert "\x1b[31m" not in plain


def test_json_is_all_there_is_on_stdout(detente_command: Run, small_case: Path) -> None:
    done = detente_command("run", small_case, "--json")
    assert json.loads(done.stdout)["schema"].startswith("detente findings")
    assert done.stderr == ""


def test_json_is_utf8_whatever_the_terminal_speaks(detente_command: Run) -> None:
    done = detente_command("check", "us-china-2018", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert json.loads(done.stdout)["ok"] is True
    done = detente_command("elasticities", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["worlds", "--json"], ["worlds"]])
def test_a_reader_that_goes_away_is_no_error(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        done = subprocess.run(
            [sys.executable, "-c", "from detente.cli.main import main; main()", *words],
            stdout=gone, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_message(small_case: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from detente.cli.main import main; main()", "worlds", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr == "detente: cannot write: No space left on device\n"


def test_a_folder_that_cannot_be_made_is_refused_at_once(detente_command: Run, small_case: Path) -> None:
    done = detente_command("run", small_case, "--out", small_case / "below")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert "name another folder" in done.stderr


@pytest.mark.slow  # the cache itself: tests/solver/test_solver_cache.py
def test_what_is_compiled_is_kept_for_the_next_run(detente_command: Run, small_case: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    def bands() -> tuple[str, dict[Path, int]]:
        done = detente_command("bands", small_case, "--draws", 2, "--json", DETENTE_CACHE_DIR=str(kept))
        return done.stdout, {path: path.stat().st_mtime_ns for path in kept.rglob("*-cache")}

    first = bands()
    assert any("compiled" in path.name for path in first[1])
    assert bands() == first


def test_a_cache_that_cannot_be_written_changes_nothing(detente_command: Run, small_case: Path) -> None:
    done = detente_command("run", small_case, DETENTE_CACHE_DIR=str(small_case / "below"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_without_a_folder_draws_nothing(small_case: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from detente.cli.main import app; "
        f"done = CliRunner().invoke(app, ['run', {str(small_case)!r}]); "
        "print(done.exit_code, sorted({'altair', 'vl_convert', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "0 []"


def test_a_warning_is_a_note_on_stderr_and_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    @guarded
    def command() -> int:
        for sentence in ("a.csv: 1 column is not read: 'unit'",) * 2:
            warn(sentence)
        return 7

    assert command() == 7
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "note: a.csv: 1 column is not read: 'unit'\n")
