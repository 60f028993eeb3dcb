"""What packages.py, talks.py and ensemble.py measured → docs/benchmarks-talks.md."""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
from clock import in_words

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/benchmarks-talks.md"
RESULTS = Path(__file__).with_name("results")
TEMPLATE = Path(__file__).with_name("more.md.j2")
SCRIPTS = ("packages", "talks", "ensemble")


def page() -> str:
    """The page, from the results that are kept; a script that has not run yet has no section."""
    found = {
        name: json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
        for name in SCRIPTS
        if (RESULTS / f"{name}.json").exists()
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(found=found, words=in_words)


def write() -> Path:
    """Write the page; gives its path from the root of the repository."""
    PAGE.write_text(page(), encoding="utf-8")
    return PAGE.relative_to(ROOT)
