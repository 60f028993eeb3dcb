"""The pages made from the package are what the package makes now."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

PAGES = ["python.md", "cli.md", "dispute-file.md", "notation.md", "worlds.md"]


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    return runpy.run_path(str(root / "tools/docs.py"))


@pytest.fixture(scope="module")
def made(tool: dict[str, Any]) -> dict[str, str]:
    return {name: text.rstrip() + "\n" for name, text in tool["pages"]().items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_current(root: Path, made: dict[str, str], name: str) -> None:
    assert (root / "docs/reference" / name).read_text("utf-8") == made[name], "run `make docs`"


def test_every_made_page_is_listed(made: dict[str, str]) -> None:
    assert sorted(made) == sorted(PAGES)


def test_the_site_leads_to_every_page(root: Path) -> None:
    named = set(re.findall(r'"([\w/-]+\.md)"', (root / "zensical.toml").read_text("utf-8")))
    pages = {path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*.md")}
    assert {page for page in pages - named if not page.startswith("decisions/")} == set()
    assert named <= pages


def test_every_option_and_key_has_a_meaning(made: dict[str, str]) -> None:
    rows = [line for line in made["cli.md"].splitlines() if line.startswith("| `")]
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
