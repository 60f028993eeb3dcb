"""The names a user sees: the lazy table, the stub for type checkers and the reference say the same."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from source_tree import PACKAGE, lazy_table, read_modules

import detente
from detente.analyses.registry import REGISTRY


@pytest.fixture(scope="module")
def stub(root: Path) -> ast.Module:
    return ast.parse((root / "src" / PACKAGE / "__init__.pyi").read_text("utf-8"))


@pytest.fixture(scope="module")
def table(root: Path) -> dict[str, str]:
    return lazy_table(read_modules(root / "src")[PACKAGE])


def test_the_stub_imports_each_lazy_name_from_where_it_is_loaded(stub: ast.Module, table: dict[str, str]) -> None:
    stated = {
        alias.asname or alias.name: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {name: stated.get(name) for name in table} == table


def test_the_stub_has_the_public_names_and_no_other(stub: ast.Module) -> None:
    """What `import X as X` exports again, and what is defined: type checkers hide every other import of a stub."""
    imported = [
        alias.name
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    ]
    defined = [node.name for node in stub.body if isinstance(node, ast.FunctionDef)]
    stated = [
        node.target.id for node in stub.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert sorted([*imported, *defined]) == sorted(detente.__all__)
    assert sorted(stated) == ["__all__", "__version__"]


def test_every_type_that_the_stub_names_is_there(stub: ast.Module) -> None:
    for node in stub.body:
        if isinstance(node, ast.ImportFrom):
            module = import_module(str(node.module))
            assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == [], node.module


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=REGISTRY)
def test_the_stub_types_a_question_by_its_parameters(stub: ast.Module, entry: Any) -> None:
    (typed,) = [node for node in stub.body if isinstance(node, ast.FunctionDef) and node.name == entry.door]
    made = inspect.signature(getattr(detente, entry.door)).parameters.values()
    arguments = typed.args
    assert [each.arg for each in arguments.args] == [p.name for p in made if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [each.arg for each in arguments.kwonlyargs] == [p.name for p in made if p.kind is p.KEYWORD_ONLY]
    required = len(arguments.args) - len(arguments.defaults)
    assert required == sum(p.default is p.empty for p in made)
    assert typed.returns is not None


def test_every_public_name_loads_and_says_what_it_is() -> None:
    missing = [
        name for name in detente.__all__ if name != "__version__" and not (getattr(detente, name).__doc__ or "").strip()
    ]
    assert missing == []


def test_all_and_dir_agree() -> None:
    assert set(detente.__all__) <= set(dir(detente))
    assert len(detente.__all__) == len(set(detente.__all__))


def test_a_name_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        detente.no_such_name  # noqa: B018


def test_the_version_is_stated_once_and_cited(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "detente.__version__"}
    cited = re.search(r"^version: (.+)$", (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert cited is not None
    assert detente.__version__ == cited[1]


def test_the_pythons_claimed_are_those_of_the_matrix(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    claimed = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(project["project"]["classifiers"]))
    assert claimed == [name for name in project["tool"]["tox"]["env_list"] if name != "minimum"]
    assert project["project"]["requires-python"] == f">={claimed[0]}"


def test_every_public_name_is_in_the_reference(root: Path, table: dict[str, str]) -> None:
    page = (root / "docs/reference/python.md").read_text("utf-8")
    shown = re.findall(r"^::: (\S+)$", page, re.MULTILINE)
    doors = {entry.door for entry in REGISTRY.values()}
    assert doors == {name for name in detente.__all__ if f"### {name}" in page.splitlines()}
    public = [getattr(import_module(table[name]), name) for name in detente.__all__ if name not in doors]
    assert sorted(shown) == sorted(f"{thing.__module__}.{thing.__qualname__}" for thing in public)
