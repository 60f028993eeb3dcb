"""One cache of compiled programs for every door, and JAX's own settings and cache as they were outside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detente.solver.cache import CompiledStore, cache_folder, processor

HOME = Path("/home/ada")

PREAMBLE = """
import json, sys, threading, warnings
warnings.simplefilter("error")
import jax, numpy as np
import jax._src.compilation_cache as pins
from detente.solver.jax_context import compiled

events = []
jax.monitoring.register_event_listener(lambda name, **kw: events.append(name.rsplit("/", 1)[-1]))

def solved(n):
    with compiled():
        return jax.jit(total)(np.arange(n) + 0.5).item()

def total(x):
    return (x / 3).sum()

def settings():
    return {name: getattr(jax.config, name) for name in sorted(jax.config.values) if hasattr(jax.config, name)}

def pinned():
    return [getattr(pins, name) for name in ("_cache", "_cache_initialized", "_cache_checked", "_cache_used")]

def mine(power):
    return jax.jit(lambda x: (x ** power).sum())(np.arange(3.0)).item()

def report(**found):
    print(json.dumps(found))
"""
REAL = """
import detente as dt
from detente.solver.adjoint import log_real_income
flows = np.full((2, 2, 1), 10.0) + 100 * np.eye(2)[:, :, None]
world = dt.World(flows=flows, tariffs=np.zeros((2, 2, 1)), economies=["USA", "CHN"], sectors=["A"])
economy = dt.calibrate(world, elasticities=np.array([4.0]), deficits="balanced")
shock = dt.Shock()
found = dt.gradient(economy, shock, log_real_income(economy, "USA")).tolist(), dt.solve(economy, shock).w_hat.tolist()
report(found=found, hits=events.count("cache_hits"), misses=events.count("cache_misses"), same=settings() == before)
"""
"""The entry into JAX that slopes make, on the smallest world there is."""
Program = Callable[..., dict[str, Any]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs lines after PREAMBLE in a process of their own whose cache is `ours`; returns what they report."""

    def run(lines: str, *, limit: int | None = None, **environ: str) -> dict[str, Any]:
        limits = "" if limit is None else f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({limit}, {limit}))"
        jax_free = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
        done = subprocess.run(
            [sys.executable, "-c", f"{limits}{PREAMBLE}{lines}"],
            capture_output=True, text=True, timeout=120, cwd=tmp_path,
            env={**jax_free, "DETENTE_CACHE_DIR": str(tmp_path / "ours"), **environ},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


def entries(folder: Path) -> set[str]:
    """The names of everything kept in a folder and below, without their digests; JAX names an entry by its function."""
    return {path.name.rsplit("-", 2)[0] for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({}, "linux", HOME / ".cache" / "detente"),
        ({"XDG_CACHE_HOME": "/var/ada"}, "linux", Path("/var/ada/detente")),
        ({"XDG_CACHE_HOME": "relative"}, "linux", HOME / ".cache" / "detente"),
        ({}, "darwin", HOME / "Library" / "Caches" / "detente"),
        ({"LOCALAPPDATA": "/local"}, "win32", Path("/local/detente/Cache")),
        ({}, "win32", HOME / "AppData" / "Local" / "detente" / "Cache"),
        ({"DETENTE_CACHE_DIR": "/fast"}, "linux", Path("/fast")),
        ({"DETENTE_CACHE_DIR": ""}, "darwin", None),
    ],
)
def test_the_folder_follows_the_platform(environ: dict[str, str], platform: str, folder: Path | None) -> None:
    assert cache_folder(environ, platform, HOME) == folder


def test_a_second_process_compiles_nothing_and_finds_the_same(program: Program, tmp_path: Path) -> None:
    first, second = (program(f"before = settings(){REAL}") for _ in range(2))
    assert first["misses"] > 0
    assert second["misses"] == 0
    assert second["hits"] >= first["misses"]
    assert first["found"] == second["found"]
    assert first["same"]
    (folder,) = (tmp_path / "ours").iterdir()
    assert folder.name.endswith(processor())
    assert folder.stat().st_mode & 0o077 == 0


def test_settings_and_pins_are_as_they_were(program: Program) -> None:
    found = program("""
before = settings(), pinned()
with compiled():
    inside = settings()
    with compiled():
        solved(3)
    asum = settings()
try:
    with compiled():
        raise KeyError
except KeyError:
    pass
report(same=(settings(), pinned()) == before, nested=asum == inside,
       moved=sorted(name for name, value in inside.items() if before[0][name] != value))
""")
    assert found["same"]
    assert found["nested"]
    assert "jax_enable_x64" in found["moved"]
    assert "jax_compilation_cache_dir" in found["moved"]


SET = 'jax.config.update("jax_compilation_cache_dir", "theirs"); '
ALL = 'jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0); '


@pytest.mark.parametrize(
    ("lines", "theirs"),
    [
        # set after detente has used its own, and used asum in between
        (f"solved(3); {SET}{ALL} mine(2); solved(4); mine(3)", 2),
        # set before, not yet used; and used before
        (f"{SET}{ALL} solved(3); mine(2); solved(4)", 1),
        (f"{SET}{ALL} mine(2); solved(3); mine(3); solved(4)", 2),
        # set, used and reset by its owner
        (f"{SET}{ALL} mine(2); solved(3); pins.reset_cache(); mine(3); solved(4)", 2),
        # without a cache of detente's the user's is not filled either
        (f'import os; os.environ["DETENTE_CACHE_DIR"] = ""; {SET}{ALL} mine(2); solved(3)', 1),
    ],
)
def test_a_users_cache_gets_the_users_entries_and_none_of_ours(
    program: Program, tmp_path: Path, lines: str, theirs: int
) -> None:
    program(f"{lines}; report()")
    kept = [path.name for path in (tmp_path / "theirs").iterdir() if path.name.endswith("-cache")]
    assert len([name for name in kept if name.startswith("jit__lambda")]) == theirs
    others = {name.split("-")[0] for name in kept} - {"jit__lambda", "jit__lambda_", "jit_convert_element_type"}
    assert not others
    assert not {name for name in entries(tmp_path / "ours") if "lambda" in name}


def test_another_thread_keeps_its_cache_and_its_settings_meanwhile(program: Program, tmp_path: Path) -> None:
    found = program(f"""
{SET}{ALL}
mine(2)
def theirs():
    seen.append((jax.config.jax_compilation_cache_dir, jax.config.jax_enable_x64, mine(3)))
seen = []
with compiled():
    thread = threading.Thread(target=theirs)
    thread.start()
    thread.join()
    jax.jit(lambda x: x - 1)(np.arange(3.0))
report(seen=seen)
""")
    assert found["seen"] == [["theirs", False, 9.0]]
    assert len([name for name in entries(tmp_path / "theirs") if "lambda" in name]) == 1  # equal but for the digest
    assert len(list((tmp_path / "theirs").glob("jit__lambda*-cache"))) == 2
    assert len(list((tmp_path / "ours").rglob("jit__lambda*-cache"))) == 1


def test_two_threads_inside_leave_nothing_behind(program: Program) -> None:
    found = program("""
before = settings(), pinned()
sums = []
threads = [threading.Thread(target=lambda n=n: sums.append(solved(n))) for n in (2, 3, 4, 3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
report(same=(settings(), pinned()) == before, sums=len(sums))
""")
    assert found == {"same": True, "sums": 4}


def test_a_cache_that_its_user_has_switched_off_stays_off(program: Program, tmp_path: Path) -> None:
    program("solved(3); report()", JAX_ENABLE_COMPILATION_CACHE="0")
    assert not entries(tmp_path / "ours")


def test_a_folder_that_cannot_be_made_changes_nothing(program: Program, tmp_path: Path) -> None:
    (tmp_path / "ours").write_text("a file")
    without = program("report(sum=solved(3))", DETENTE_CACHE_DIR="")
    assert program("report(sum=solved(3))") == without


def test_a_full_disk_changes_nothing_and_leaves_no_pieces(program: Program, tmp_path: Path) -> None:
    without = program("report(sum=solved(3))", DETENTE_CACHE_DIR="")
    assert program("report(sum=solved(3))", limit=100) == without
    assert not entries(tmp_path / "ours")


def test_damaged_files_are_replaced(program: Program, tmp_path: Path) -> None:
    lines = 'report(sum=solved(3), misses=events.count("cache_misses"))'
    first = program(lines)
    files = sorted((tmp_path / "ours").rglob("*-cache"))
    damages: list[Callable[[bytes], bytes]] = [
        lambda content: b"",
        lambda content: content[:20],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: bytes(len(content)),
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: bytes([content[0] ^ 128]) + content[1:],
        lambda content: content[32:],  # as JAX itself would have written it
    ]
    for number, file in enumerate(files):
        file.write_bytes(damages[number % len(damages)](file.read_bytes()))
    second = program(lines)
    assert second["sum"] == first["sum"]
    assert second["misses"] == len(files)
    assert program(lines) == {"sum": first["sum"], "misses": 0}


def test_a_folder_in_the_place_of_a_file_is_left(tmp_path: Path) -> None:
    store = CompiledStore(tmp_path)
    (tmp_path / "key-cache").mkdir()
    store.put("key", b"value")
    assert store.get("key") is None
    assert [path.name for path in tmp_path.iterdir()] == ["key-cache"]
    store.put("other", b"value")
    assert store.get("other") == b"value"
