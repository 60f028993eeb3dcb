"""What the package imports is what pyproject.toml asks for, and the other way round."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest
from source_tree import outside_imports, read_modules

#: Where the name of a distribution is not that of its module.
MODULE_OF = {"pyyaml": "yaml", "vl-convert-python": "vl_convert", "mkdocstrings-python": "mkdocstrings_handlers",
             "python-dateutil": "dateutil", "fonttools": "fontTools"}  # fmt: skip
#: Used through another library: pandas writes .xlsx with openpyxl, and Parquet with pyarrow.
THROUGH_ANOTHER = {"openpyxl", "pyarrow"}


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, list[str]]:
    table = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = table["optional-dependencies"]
    return {"": table["dependencies"], **extras}


def modules_of(requirements: list[str]) -> set[str]:
    names = [re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements]
    return {MODULE_OF.get(name, name.replace("-", "_")) for name in names}


def imported(root: Path) -> set[str]:
    return {name for module in read_modules(root / "src").values() for name in outside_imports(module)}


def test_every_import_is_asked_for(root: Path, project: dict[str, list[str]]) -> None:
    optional = {name for extra in set(project) - {"", "dev", "docs"} for name in modules_of(project[extra])}
    assert imported(root) - set(sys.stdlib_module_names) - modules_of(project[""]) - optional == set()


def test_every_requirement_is_used(root: Path, project: dict[str, list[str]]) -> None:
    assert modules_of(project[""]) - imported(root) - THROUGH_ANOTHER == set()


def test_every_requirement_has_a_lower_bound(project: dict[str, list[str]]) -> None:
    assert [r for requirements in project.values() for r in requirements if ">=" not in r] == []


def test_every_requirement_has_its_reason(root: Path, project: dict[str, list[str]]) -> None:
    page = (root / "docs/decisions/0003-libraries.md").read_text("utf-8").lower()
    names = [re.split(r"[<>=]", r)[0].lower() for requirements in project.values() for r in requirements]
    assert [name for name in names if name not in page] == []
