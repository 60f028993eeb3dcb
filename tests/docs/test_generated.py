"""The pages made from the package are what the package makes now."""

from __future__ import annotations

import json
import re
import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import detente

REFERENCE = [
    "python.md",
    "modules.md",
    "cli.md",
    "options.md",
    "dispute-file.md",
    "schemas.md",
    "notation.md",
    "worlds.md",
]
PAPERS = [path.parent.name for path in sorted((Path(__file__).parents[2] / "papers").glob("*/README.md"))]
PAGES = [f"reference/{name}" for name in REFERENCE] + ["replications.md"] + [f"replications/{p}.md" for p in PAPERS]


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    return runpy.run_path(str(root / "tools/docs.py"))


@pytest.fixture(scope="module")
def made(tool: dict[str, Any]) -> dict[str, str]:
    return {name: text.rstrip() + "\n" for name, text in tool["pages"]().items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_current(root: Path, made: dict[str, str], name: str) -> None:
    assert (root / "docs" / name).read_text("utf-8") == made[name], "run `make docs`"


@pytest.mark.slow
def test_the_page_on_base_tariffs_is_current(root: Path) -> None:
    made = runpy.run_path(str(root / "tools/rules.py"))["page"]()
    assert (root / "docs/base-tariffs.md").read_text("utf-8") == made, "run `python tools/rules.py`"


def test_the_published_schemas_are_current(root: Path, tool: dict[str, Any]) -> None:
    for name, schema in tool["schemas"]().items():
        assert json.loads((root / "docs" / name).read_text("utf-8")) == schema, f"{name}: run `make docs`"


def test_the_stub_is_current(root: Path, tool: dict[str, Any]) -> None:
    assert (root / "src/detente/__init__.pyi").read_text("utf-8") == tool["stub"]().rstrip() + "\n", "run `make docs`"


def test_every_made_page_is_listed(made: dict[str, str]) -> None:
    assert sorted(made) == sorted(PAGES)


def test_the_site_leads_to_every_page(root: Path) -> None:
    named = re.findall(r'"([\w/-]+\.md)"', (root / "zensical.toml").read_text("utf-8"))
    assert sorted(named) == sorted(path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*.md"))


def test_every_name_that_is_public_is_on_a_page(tool: dict[str, Any], made: dict[str, str]) -> None:
    """Read another way than the pages are made: by importing each package and asking what it calls public."""
    entries = {
        line.removeprefix("::: ").rpartition(".")[2]
        for name in ("python", "modules")
        for line in made[f"reference/{name}.md"].splitlines()
        if line.startswith("::: ")
    }
    questions = set(re.findall(r"^### (\w+)\n(?:.+\n|\n)+?```text\n\1\(", made["reference/python.md"], re.M))
    assert len(questions) >= 7, "the functions of the questions are shown by their signatures"
    entries |= questions
    for package in ("detente", *(f"detente.{name}" for name in tool["PACKAGES"])):
        assert set(import_module(package).__all__) - entries == set(), package


def test_every_package_with_public_names_is_on_a_page_or_for_the_package_s_own_use(tool: dict[str, Any]) -> None:
    inner = {"optimal_tariffs.retaliation"}
    found = set()
    for path in (Path(detente.__file__).parent).rglob("__init__.py"):
        name = ".".join(path.parent.relative_to(Path(detente.__file__).parent).parts)
        if name and "__all__" in path.read_text("utf-8"):
            found.add(name)
    assert found - inner == set(tool["PACKAGES"]) & found


def test_what_the_pages_import_is_in_the_reference(tool: dict[str, Any], made: dict[str, str]) -> None:
    assert ("detente.data.readers", "read_tidy") in tool["imported"]()
    missing = [
        name
        for _, name in tool["imported"]()
        if not re.search(rf"^::: .*\.{name}$", made["reference/modules.md"] + made["reference/python.md"], re.M)
    ]
    assert missing == []


def test_the_page_of_benchmarks_is_made_of_the_results(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    more = import_module("more")
    assert more.PAGE.read_text("utf-8") == more.page(), "run benchmarks/packages.py, talks.py or ensemble.py"
    shocks = import_module("shocks")
    assert shocks.PAGE.read_text("utf-8") == shocks.page(), "run benchmarks/shocks.py"
    peers = import_module("peers")
    assert peers.PAGE.read_text("utf-8") == peers.page(), "run benchmarks/peers.py"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_replication_s_results_are_those_of_its_page(root: Path, paper: str) -> None:
    results = pd.read_csv(root / "papers" / paper / "results.csv")
    assert len(results)
    assert results.notna().all().all()
    page = (root / "papers" / paper / "README.md").read_text("utf-8")
    assert f"{results['published'].iloc[0]:g}" in page


def test_every_option_and_key_has_a_meaning(made: dict[str, str]) -> None:
    rows = [line for line in made["reference/cli.md"].splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if row.endswith("|  |")] == []


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, "date"),
        ({"$ref": "#/$defs/Goods"}, "[Goods](#goods)"),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"additionalProperties": {"type": "integer"}}, "name: whole number"),
        ({"type": ["string", "number"], "description": "a percentage such as 25%"}, "rate"),
    ],
)
def test_kinds_are_in_words(tool: dict[str, Any], field: dict[str, Any], kind: str) -> None:
    assert tool["_kind"](field) == kind


@pytest.mark.slow
def test_the_page_on_the_lists_of_section_301_is_current(root: Path) -> None:
    made = runpy.run_path(str(root / "tools/section_301.py"))["page"]()
    assert (root / "docs/section-301.md").read_text("utf-8") == made, "run `python tools/section_301.py`"
