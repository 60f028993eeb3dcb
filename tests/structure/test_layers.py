"""Imports go one way, hidden ones included, and no file or function outgrows its reader."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import (
    LAYERS,
    PACKAGE,
    Module,
    cycles,
    functions_of,
    imports_of,
    lazy_table,
    outside_imports,
    read_modules,
    upward,
    waiting,
)

MOST_LINES = 500
MOST_FUNCTION_LINES = 60

#: Heavy or one-purpose libraries, and the layers that may know them.
KNOWN_ONLY_TO = {
    "jax": set(LAYERS) - {"errors", "inputs", "data"},
    "altair": {"report", "app"},
    "vl_convert": {"report", "app"},
    "typer": {"app"},
    "rich": {"app"},
    "fastapi": {"app"},
    "spacy": {"article"},
    "dask": {"ensemble"},
    "statsmodels": {"markets"},
    "distributed": {"ensemble"},
}


@pytest.fixture(scope="module")
def modules(root: Path) -> dict[str, Module]:
    return read_modules(root / "src")


def test_every_module_belongs_to_a_layer(modules: dict[str, Module]) -> None:
    assert {m.layer for m in modules.values() if m.layer} <= set(LAYERS)


def test_imports_go_one_way(modules: dict[str, Module]) -> None:
    assert upward(modules) == []


def test_only_the_app_and_the_package_let_an_import_wait(modules: dict[str, Module]) -> None:
    assert waiting(modules) == []


def test_no_import_cycle(modules: dict[str, Module]) -> None:
    assert cycles(modules) == []


def test_every_lazy_name_comes_from_a_module_that_exists(modules: dict[str, Module]) -> None:
    table = lazy_table(modules[PACKAGE])
    assert table, "the package's table of lazy names was not found"
    assert {name: target for name, target in table.items() if target not in modules} == {}


@pytest.mark.parametrize("library", KNOWN_ONLY_TO)
def test_a_library_stays_in_its_layers(modules: dict[str, Module], library: str) -> None:
    users = {
        m.name for m in modules.values() if library in outside_imports(m) and m.layer not in KNOWN_ONLY_TO[library]
    }
    assert users == set()


def test_article_is_imported_only_by_the_app(modules: dict[str, Module]) -> None:
    users = {
        m.name
        for m in modules.values()
        for i in imports_of(m, modules)
        if i.target.startswith(f"{PACKAGE}.article") and m.layer not in {"article", "app"}
    }
    assert users == set()


def test_no_file_is_over_500_lines(root: Path) -> None:
    sizes = {str(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in python_files(root)}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_no_function_is_over_60_lines(root: Path) -> None:
    long = [
        f"{path.relative_to(root)}:{line} {name}: {length} lines"
        for path in python_files(root)
        for name, line, length in functions_of(ast.parse(path.read_text("utf-8")))
        if length > MOST_FUNCTION_LINES
    ]
    assert long == []


def python_files(root: Path) -> list[Path]:
    return [
        p for folder in ("src", "tests", "tools", "benchmarks", "papers") for p in sorted((root / folder).rglob("*.py"))
    ]


# The checks themselves, on a package built to be wrong.


def package(folder: Path, files: dict[str, str]) -> dict[str, Module]:
    for name, text in {"__init__.py": "", **files}.items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return read_modules(folder)


@pytest.mark.parametrize(
    "line",
    [
        "import detente.solver.fixed",
        "from detente.solver import fixed",
        "from detente.solver.fixed import run",
        "from detente import solve",
        "from ..solve import fixed",
        "from ..solve.fixed import run",
        "def f():\n    from detente.solver import fixed",
        "class C:\n    def f(self):\n        if True:\n            import detente.solver.fixed",
        "import importlib\nimportlib.import_module('detente.solver.fixed')",
        "from detente import later",
        "import detente",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from detente.solver.fixed import run",
    ],
)
def test_an_upward_import_is_seen_however_it_is_written(tmp_path: Path, line: str) -> None:
    files = {
        "__init__.py": "_NAMES = {'later': 'detente.solver.fixed'}",
        "model/__init__.py": "",
        "model/a.py": line,
        "solve/__init__.py": "",
        "solve/fixed.py": "run = 1",
    }
    assert len(upward(package(tmp_path, files))) == 1


def test_a_downward_import_is_allowed(tmp_path: Path) -> None:
    files = {
        "solve/__init__.py": "",
        "solve/a.py": "from detente.model import b",
        "model/__init__.py": "",
        "model/b.py": "",
    }
    modules = package(tmp_path, files)
    assert upward(modules) == []
    assert waiting(modules) == []
    assert cycles(modules) == []


def test_an_import_that_waits_is_seen(tmp_path: Path) -> None:
    files = {
        "model/__init__.py": "",
        "model/a.py": "def f():\n    import numpy",
        "app/__init__.py": "def f():\n    import numpy",
    }
    assert waiting(package(tmp_path, files)) == ["detente.model.a:2 imports inside a function"]


def test_a_cycle_is_seen(tmp_path: Path) -> None:
    files = {
        "model/__init__.py": "from . import a",
        "model/a.py": "from detente.model import THING\nfrom . import b",
        "model/b.py": "",
    }
    assert cycles(package(tmp_path, files)) == [("detente.model", "detente.model.a", "detente.model")]


def test_an_import_for_types_alone_closes_no_cycle(tmp_path: Path) -> None:
    back = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from detente.model.a import A"
    files = {"model/__init__.py": "", "model/a.py": "from detente.model import b", "model/b.py": back}
    assert cycles(package(tmp_path, files)) == []


def test_a_long_function_is_measured_without_its_docstring() -> None:
    text = 'def f():\n    """One\n    two\n    three."""\n    a = 1\n    return a\n'
    assert list(functions_of(ast.parse(text))) == [("f", 1, 2)]
