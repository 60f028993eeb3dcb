"""Templates: escaped by default, and every one knows the version and the import map."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from detente import __version__
from detente.analyses.options import Option
from detente.analyses.registry import REGISTRY
from detente.data.bundled import list_elasticities, list_worlds
from detente.data.codes import economy_table, sector_table
from detente.report.blocks import rows_of
from detente.report.numbers import day
from detente.report.render import bodies, linked
from detente.web.forms import OF_THE_RUN
from detente.web.security import IMPORTS


def said(text: str) -> Markup:
    """Escaped text in which an address is a link and what stands between backticks is code."""
    return Markup(re.sub(r"`([^`<>]+)`", r"<code>\1</code>", str(linked(text))))


_WORDS: Final = {"text", "bullets"}


def laid(blocks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The blocks of a section in rows: words with the chart that follows them, two charts, else one block."""
    rows: list[list[dict[str, Any]]] = []
    kinds = [block["kind"] for block in blocks]
    for place, block in enumerate(blocks):
        before = [each["kind"] for each in rows[-1]] if rows else []
        words = bool(before) and set(before) <= _WORDS
        lone = kinds[place : place + 2] != ["figure", "figure"]
        joins = (
            (words and lone) or before == ["figure"] if kinds[place] == "figure" else words and kinds[place] in _WORDS
        )
        if joins:
            rows[-1].append(block)
        else:
            rows.append([block])
    return rows


ENVIRONMENT: Final = Environment(
    loader=PackageLoader("detente.web"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
ENVIRONMENT.globals.update(version=__version__, imports=Markup(IMPORTS))

ANSWERS: Final = (
    ("value", "the same value of goods, at the same rate"),
    ("duty", "goods on which the same duty is collected"),
    ("rate", "the same rate on all comparable goods"),
    ("harm", "a tariff that does the same harm"),
    ("best", "the tariff that maximises its own income"),
    ("", "no response"),
)
"""The responses of the other side, with their labels."""


def render(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page."""
    text = ENVIRONMENT.get_template(f"{name}.html.j2").render(path=request.url.path, **values)
    return HTMLResponse(text, status, headers={"cache-control": "no-store"})


@cache
def choices() -> dict[str, Any]:
    """The choices of the fields of a form."""
    economies = sorted(rows_of(economy_table()), key=lambda row: str(row["name"]))
    return {
        "economies": [(row["code"], row["name"]) for row in economies if row["code"] != "ROW"],
        "sectors": [(row["code"], row["name"]) for row in rows_of(sector_table()) if row["kind"] == "goods"],
        "worlds": [(row["name"], f"{row['name']} ({row['economies']} economies)") for row in rows_of(list_worlds())],
        "elasticities": [(row["name"], f"{row['name']}: {row['paper']}") for row in rows_of(list_elasticities())],
        "answers": ANSWERS,
        "of_the_run": OF_THE_RUN,
    }


def offers(asked: Option, sides: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The values of an option that a page lets a reader choose from, each with its words; none where it is typed."""
    words = dict(asked.asked.words)
    known = {"world": "worlds", "elasticities": "elasticities"}
    if asked.kind == "economy":
        return sides
    if asked.kind in known:
        found: list[tuple[str, str]] = choices()[known[asked.kind]]
        return found
    if asked.kind == "question":
        return [(entry.name, entry.title) for entry in REGISTRY.values() if not entry.draws]
    return [(choice, words.get(choice, choice)) for choice in asked.choices or words]


ENVIRONMENT.filters.update(said=said, bodies=bodies, day=day, laid=laid, offers=offers)
