"""Imports go one way, hidden ones included, and no file or function outgrows its reader."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import (
    LAYERS,
    PACKAGE,
    Module,
    classes_of,
    cycles,
    functions_of,
    imports_of,
    lazy_table,
    leaves_of,
    outside_imports,
    read_modules,
    shadowed,
    upward,
    waiting,
)

MOST_LINES = 500
MOST_FUNCTION_LINES = 60

#: Heavy or one-purpose libraries, and the layers that may know them.
KNOWN_ONLY_TO = {
    "jax": {"solver", "ensemble"},
    "altair": {"report", "analyses"},
    "vl_convert": {"report"},
    "fontTools": {"report"},
    "typer": {"cli"},
    "rich": {"report", "cli"},
    "fastapi": {"web"},
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


def test_an_import_waits_only_where_it_may(modules: dict[str, Module]) -> None:
    assert waiting(modules) == []


def test_no_import_cycle(modules: dict[str, Module]) -> None:
    assert cycles(modules) == []


def test_a_class_name_is_used_once(modules: dict[str, Module]) -> None:
    assert {name: homes for name, homes in classes_of(modules).items() if len(homes) > 1} == {}


def test_a_module_name_is_used_once_in_a_layer(modules: dict[str, Module]) -> None:
    assert {name: homes for name, homes in leaves_of(modules).items() if len(homes) > 1} == {}


def test_no_public_name_is_a_module_too(modules: dict[str, Module]) -> None:
    assert shadowed(modules) == []


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


def test_article_is_imported_only_by_the_shells(modules: dict[str, Module]) -> None:
    users = {
        m.name
        for m in modules.values()
        for i in imports_of(m, modules)
        if i.target.startswith(f"{PACKAGE}.article") and m.layer not in {"article", "cli", "web"}
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
        "from detente import solver",
        "from ..solver import fixed",
        "from ..solver.fixed import run",
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
        "solver/__init__.py": "",
        "solver/fixed.py": "run = 1",
    }
    assert len(upward(package(tmp_path, files))) == 1


def test_a_downward_import_is_allowed(tmp_path: Path) -> None:
    files = {
        "solver/__init__.py": "",
        "solver/a.py": "from detente.model import b",
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
        "web/__init__.py": "def f():\n    import numpy",
    }
    assert waiting(package(tmp_path, files)) == ["detente.model.a:2 imports inside a function"]


def test_a_cycle_is_seen(tmp_path: Path) -> None:
    files = {
        "model/__init__.py": "from . import a",
        "model/a.py": "from detente.model import THING\nfrom . import b",
        "model/b.py": "",
    }
    assert cycles(package(tmp_path, files)) == [("detente.model", "detente.model.a")]


BACK = "from detente.model.a import A"


@pytest.mark.parametrize(
    "back",
    {
        "plain": BACK,
        "for types alone": f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {BACK}",
        "in a function": f"def f():\n    {BACK}",
        "by name": "import importlib\ndef f():\n    importlib.import_module('detente.model.a')",
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_cycle_is_seen_however_the_way_back_is_written(tmp_path: Path, back: tuple[str, str]) -> None:
    files = {"model/__init__.py": "", "model/a.py": "from detente.model import b", "model/b.py": back[1]}
    assert cycles(package(tmp_path, files)) == [("detente.model.a", "detente.model.b")]


HOMES = "_HOMES = {'talks': 'detente.dispute.talks'}\n"
LAZY = (f"{HOMES}def __getattr__(name):\n    import importlib", f"{HOMES}__getattr__ = lazily(__name__, _HOMES)")


@pytest.mark.parametrize("lazy", LAZY, ids=["written out", "by lazily"])
def test_a_cycle_through_the_table_of_a_lazy_package_is_seen(tmp_path: Path, lazy: str) -> None:
    files = {
        "dispute/__init__.py": "",
        "dispute/searches/__init__.py": lazy,
        "dispute/ground.py": "from detente.dispute import searches",
        "dispute/talks.py": "from detente.dispute import ground",
    }
    circle = ("detente.dispute.ground", "detente.dispute.searches", "detente.dispute.talks")
    assert cycles(package(tmp_path, files)) == [circle]


def test_a_cycle_through_the_modules_of_an_analysis_is_seen(tmp_path: Path) -> None:
    files = {
        "analyses/__init__.py": "",
        "analyses/war/__init__.py": "",
        "analyses/war/result.py": "from detente.analyses import registry",
        "analyses/registry.py": "from detente.analyses import war",
    }
    circle = ("detente.analyses.registry", "detente.analyses.war", "detente.analyses.war.result")
    assert cycles(package(tmp_path, files)) == [circle]


def test_layers_of_one_floor_are_independent(tmp_path: Path) -> None:
    files = {
        "timing/__init__.py": "",
        "timing/a.py": "from detente.markets import b",
        "markets/__init__.py": "",
        "markets/b.py": "",
    }
    assert upward(package(tmp_path, files)) == ["detente.timing.a:1 imports detente.markets.b, beside timing"]


@pytest.mark.parametrize(
    "init",
    [
        "_HOMES = {'find': 'detente.model.find'}\n__getattr__ = lazily(__name__, _HOMES)",
        "from detente.model.find import find",
        "from .find import find",
        "from detente.model.find import other as find",
        "def find(): pass",
        "find = 3",
    ],
)
def test_a_name_that_a_submodule_shadows_is_seen(tmp_path: Path, init: str) -> None:
    files = {"model/__init__.py": init, "model/find.py": "def find(): pass"}
    assert shadowed(package(tmp_path, files)) == ["detente.model.find is a module too"]


def test_a_public_name_from_a_module_of_its_own_name_is_seen(tmp_path: Path) -> None:
    files = {
        "__init__.py": "_HOMES = {'find': 'detente.model.find', 'seek': 'detente.model.searching'}",
        "model/__init__.py": "from detente.model import find",
        "model/find.py": "",
        "model/searching.py": "",
    }
    assert shadowed(package(tmp_path, files)) == [
        "find is loaded from a module of its own name, detente.model.find",
    ]


def test_a_name_given_twice_is_seen(tmp_path: Path) -> None:
    text = "class Found:\n    pass"
    files = {"model/__init__.py": "", "model/a.py": text, "model/deep/__init__.py": "", "model/deep/a.py": text}
    modules = package(tmp_path, files)
    assert (
        classes_of(modules)["Found"] == leaves_of(modules)["model", "a"] == ["detente.model.a", "detente.model.deep.a"]
    )


def test_a_long_function_is_measured_without_its_docstring() -> None:
    text = 'def f():\n    """One\n    two\n    three."""\n    a = 1\n    return a\n'
    assert list(functions_of(ast.parse(text))) == [("f", 1, 2)]
