"""The names a user sees: the lazy table, the stub for type checkers and the reference say the same."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

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


def test_the_version_is_the_package_s(root: Path) -> None:
    stated = re.search(r'^version = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    cited = re.search(r"^version: (.+)$", (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert stated is not None
    assert cited is not None
    assert detente.__version__ == stated[1] == cited[1]


def test_every_public_name_is_in_the_reference(root: Path, table: dict[str, str]) -> None:
    page = (root / "docs/reference/python.md").read_text("utf-8")
    shown = re.findall(r"^::: (\S+)$", page, re.MULTILINE)
    doors = {entry.door for entry in REGISTRY.values()}
    assert doors == {name for name in detente.__all__ if f"### {name}" in page.splitlines()}
    public = [getattr(import_module(table[name]), name) for name in detente.__all__ if name not in doors]
    assert sorted(shown) == sorted(f"{thing.__module__}.{thing.__qualname__}" for thing in public)
