"""What every test has: the reference folder, a guard on the user's JAX session, and hypothesis profiles."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import pytest
import vl_convert
from beartype import beartype
from hypothesis import settings
from jaxtyping import Bool, Float, jaxtyped

from detente.model import equations

ROOT = Path(__file__).resolve().parents[1]
# What the tests compile, in this process and in those that they start, is kept for the next run of this checkout.
os.environ.setdefault("DETENTE_CACHE_DIR", str(ROOT / ".cache" / "compiled"))
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Processes of pytest-xdist are told of a terminal of 80 columns; what the tests read is as wide as in a pipe.
os.environ.pop("COLUMNS", None)


def checked_once(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the axes in its signature checked, once for each combination of kinds, shapes and dtypes.

    The check reads nothing else, so a second one of the same combination could say nothing new, and it costs
    as much as the equation itself.
    """
    checked = jaxtyped(function, typechecker=beartype)
    passed: set[tuple[Any, ...]] = set()

    def kind(value: Any) -> tuple[Any, ...]:
        return type(value), getattr(value, "shape", None), getattr(value, "dtype", None)

    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        key = (*map(kind, args), *((name, *kind(value)) for name, value in named.items()))
        if key in passed:
            return function(*args, **named)
        result = checked(*args, **named)
        passed.add(key)
        return result

    return call


# A transposed argument of an equation fails its first test. The package leaves the names of the annotations to type
# checkers; here they are put in.
vars(equations).update(Bool=Bool, Float=Float)
for name, function in inspect.getmembers(equations, inspect.isfunction):
    if function.__module__ == equations.__name__:
        setattr(equations, name, checked_once(function))

# A solve compiles on first use, so a deadline would only measure which example came first.
settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=25, derandomize=True, print_blob=True)
settings.load_profile("ci" if IN_CI else "local")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository root."""
    return ROOT


@pytest.fixture(scope="session")
def tool() -> Iterator[Callable[[str], ModuleType]]:
    """A module of the folder of tools by its name."""
    sys.path.insert(0, str(ROOT / "tools"))
    yield import_module
    sys.path.remove(str(ROOT / "tools"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data: DETENTE_SHARED, by default `../shared` beside the repository.

    Absent, the test is skipped with the reason; in CI that is a failure, since a skipped reference proves nothing.
    """
    folder = Path(os.environ.get("DETENTE_SHARED") or ROOT.parent / "shared").resolve()
    if folder.is_dir():
        return folder
    reason = f"the reference folder {folder} is absent: set DETENTE_SHARED to it"
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def charts_are_drawn_once() -> Iterator[None]:
    """Many tests write the same report: the picture of a chart is drawn once in a session."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("vegalite_to_svg", "svg_to_png"):
            patch.setattr(vl_convert, name, drawn_once(getattr(vl_convert, name)))
        yield


def drawn_once(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A function of vl_convert that remembers what it drew of a text."""
    remembered = cache(draw)

    @wraps(draw)
    def drawn(chart: Any, **how: Any) -> Any:
        return (remembered if isinstance(chart, str) else draw)(chart, **how)

    return drawn


def jax_settings() -> dict[str, object]:
    """Every setting of JAX as code sees it now, contexts included."""
    return {name: getattr(jax.config, name) for name in sorted(jax.config.values) if hasattr(jax.config, name)}


@pytest.fixture(autouse=True)
def jax_session_is_left_alone() -> Iterator[None]:
    """A user's JAX session is as it was after each test."""
    before = jax_settings()
    yield
    moved = {name: (before[name], now) for name, now in jax_settings().items() if now != before[name]}
    for name, (old, _) in moved.items():
        jax.config.update(name, old)
    assert not moved, f"jax.config was left changed (before, after): {moved}"
