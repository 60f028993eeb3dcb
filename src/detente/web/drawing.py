"""The drawings of a result, by name. Runs in a worker process, which keeps the results that it read last.

| name | is |
|---|---|
| `tab/ID.json`, `tab/ID@STATE.json` | the sections of a part, as plain values |
| `chart/NAME.svg`, `.png`, `.json`, `chart/NAME@STATE.svg` … | a picture, or its Vega-Lite |
| `table/NAME.csv`, `.parquet`, `.json`, `.tex`, `.xlsx` | a table |
| `tables.xlsx`, `names.json` | every table, a sheet each; their names |
| `charts.json` | the names of the charts, and what they show |
| `report.html`, `report.md` | the whole report |
| `brief.html` | of a run: two pages |
| `compared.json` | this run and another, side by side |
"""

from __future__ import annotations

import io
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from detente.analyses.analysis import Analysis
from detente.analyses.run import views as tabs
from detente.data.exported import Exported
from detente.errors import BadInput, nearest
from detente.report.blocks import Figure, Section, plain

REMEMBERED: Final = 6
"""Results that a process keeps; each takes some 20 MB with its charts."""


MEDIA: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "tex": "application/x-tex; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
"""Ending → media type."""


TABLES: Final = ("csv", "parquet", "json", "tex", "xlsx")


CHARTS: Final = ("svg", "png", "json")


class Views(Protocol):
    """Parts of a result: their titles, what is known before anything is drawn, and the sections of one."""

    @property
    def TABS(self) -> Mapping[str, Any]:
        """Id → title, with whatever else."""

    def first(self, result: Any) -> dict[str, Any]:
        """Plain values: headline, caveats, about, title, states, tabs, figures, tables."""

    def tab(self, result: Any, id: str, state: str | None = None) -> tuple[Section, ...]:
        """The sections of a part."""


@dataclass(frozen=True)
class Reported:
    """The report of a result as its one part, called as its question."""

    entry: Analysis

    @property
    def TABS(self) -> dict[str, str]:
        """Id → title."""
        return {self.entry.name: self.entry.tab}

    def first(self, result: Any) -> dict[str, Any]:
        """The content before anything is drawn, as plain values."""
        report = self.entry.document(result)
        return {
            "id": report.id,
            "title": report.title,
            "headline": report.headline,
            "caveats": list(report.caveats),
            "about": report.about,
            "table": None,
            "states": [],
            "state": None,
            "tabs": [{"id": id, "title": title} for id, title in self.TABS.items()],
            "figures": [],
            "tables": list(result.tables()),
        }

    def tab(self, result: Any, id: str, state: str | None = None) -> tuple[Section, ...]:
        """The sections of the report. Raises BadInput for a part or a state that is not there."""
        if id not in self.TABS or state is not None:
            raise BadInput(f"there is the part {', '.join(self.TABS)} alone, and no other state")
        sections: tuple[Section, ...] = self.entry.document(result).sections
        return sections


def views_of(entry: Analysis) -> Views:
    """The parts of a result: a run has several; the report of any other question is its one part."""
    return tabs if entry.name == "run" else Reported(entry)


@dataclass
class ResultTables(Exported):
    """The tables of any result."""

    found: dict[str, Any]

    def tables(self) -> dict[str, Any]:
        """Every table by name."""
        return self.found


@dataclass
class OpenedResult:
    """A result with the parts that have been made of it."""

    entry: Analysis
    result: Any
    made: dict[tuple[str, str | None], tuple[Section, ...]] = field(default_factory=dict)
    pictures: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def picture(self, figure: Figure, state: str | None) -> str:
        """A figure of a state as SVG, drawn once."""
        from detente.report.render import svg

        if (figure.name, state) not in self.pictures:
            self.pictures[figure.name, state] = svg(figure.chart)
        return self.pictures[figure.name, state]

    @property
    def tables(self) -> Exported:
        """Its tables, to be written."""
        return ResultTables(self.result.tables())

    def tab(self, id: str, state: str | None) -> tuple[Section, ...]:
        """The sections of a part."""
        if (id, state) not in self.made:
            self.made[id, state] = views_of(self.entry).tab(self.result, id, state)
        return self.made[id, state]

    def figure(self, name: str, state: str | None) -> Figure:
        """A figure, looked for in one part after the other; raises BadInput where none has it."""
        known: list[str] = []
        for id in views_of(self.entry).TABS:
            figures = figures_of(self.tab(id, state))
            if name in figures:
                return figures[name]
            known += figures
        near = nearest(name, known)
        raise BadInput(
            f"there is no chart {name!r}" + (f"; did you mean {near!r}?" if near else f"; there are: {known}")
        )


_OPENED: Final[OrderedDict[str, OpenedResult]] = OrderedDict()


def draw(
    entry: Analysis, key: str, body: bytes, name: str, other: tuple[str, bytes] | None = None
) -> tuple[str, bytes]:
    """Media type and content. Raises BadInput for what cannot be drawn of the result."""
    opened = _open(entry, key, body)
    stem, _, ending = name.rpartition(".")
    what, _, rest = stem.partition("/")
    label, _, its = rest.partition("@")
    state = its or None
    drawers: dict[str, Callable[[], bytes]] = {
        "tab": lambda: _json([_section(opened, section, state) for section in opened.tab(label, state)]),
        "chart": lambda: _chart(opened, opened.figure(label, state), state, ending),
        "table": lambda: _table(opened.tables, label, ending),
        "tables": lambda: _workbook(opened.tables),
        "names": lambda: _json([{"name": name, "rows": len(t)} for name, t in opened.result.tables().items()]),
        "charts": lambda: _json(_charts(opened)),
        "report": lambda: _report(opened, ending),
        "brief": lambda: _brief(opened, ending),
        "compared": lambda: _compared(opened, other),
    }
    if what not in drawers or ending not in MEDIA:
        raise BadInput(f"nothing is called {name!r} here")
    return MEDIA[ending], drawers[what]()


def _compared(opened: OpenedResult, other: tuple[str, bytes] | None) -> bytes:
    from detente.analyses.run.views import compared

    if other is None or opened.entry.name != "run":
        raise BadInput("two runs are compared, and nothing else")
    second = _open(opened.entry, *other)
    return _json([_section(opened, section, None) for section in compared(opened.result, second.result)])


def figures_of(sections: tuple[Section, ...]) -> dict[str, Figure]:
    """The figures of a part by name."""
    return {block.name: block for section in sections for block in section.blocks if isinstance(block, Figure)}


def _open(entry: Analysis, key: str, body: bytes) -> OpenedResult:
    if key not in _OPENED:
        _OPENED[key] = OpenedResult(entry, entry.result.from_json(body.decode()))
        while len(_OPENED) > REMEMBERED:
            _OPENED.popitem(last=False)
    _OPENED.move_to_end(key)
    return _OPENED[key]


def _section(opened: OpenedResult, section: Section, state: str | None) -> dict[str, Any]:
    """The section as plain values; charts are drawn for it, so that a page leaves each of them its room."""
    return {"title": section.title, "anchor": section.anchor, "box": section.box, "blocks": [
        plain(block) | (_size(opened.picture(block, state)) if isinstance(block, Figure) else {})
        for block in section.blocks
    ]}  # fmt: skip


def _size(picture: str) -> dict[str, int]:
    """Width and height of an SVG, in px."""
    found = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"', picture)
    assert found is not None  # vl-convert writes both
    return {"width": round(float(found[1])), "height": round(float(found[2]))}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _charts(opened: OpenedResult) -> list[dict[str, str]]:
    """Every chart of the state of the headline: its name, and what it shows in words."""
    found: dict[str, Figure] = {}
    for id in views_of(opened.entry).TABS:
        found |= figures_of(opened.tab(id, None))
    return [{"name": figure.name, "alt": figure.alt} for figure in found.values()]


def _chart(opened: OpenedResult, figure: Figure, state: str | None, ending: str) -> bytes:
    from detente.report.render import png, standalone

    if ending == "json":
        return _json(figure.chart.to_dict(validate=False))
    if ending not in CHARTS:
        raise BadInput(f"a chart is written as {', '.join(CHARTS)}, not {ending!r}")
    picture = opened.picture(figure, state)
    return standalone(picture).encode() if ending == "svg" else png(picture)


def _table(result: Exported, name: str, ending: str) -> bytes:
    table, target = result.table(name), io.BytesIO()
    if ending == "csv":
        return result.to_csv(name).encode()
    if ending == "tex":
        return bytes(result.to_latex(name).encode())
    if ending == "json":
        from detente.dispute.results import frame_to_json

        return _json(frame_to_json(table))
    if ending == "parquet":
        result.to_parquet(name, target)
    elif ending == "xlsx":
        ResultTables({name: table}).to_excel(target)
    else:
        raise BadInput(f"a table is written as {', '.join(TABLES)}, not {ending!r}")
    return target.getvalue()


def _workbook(result: Exported) -> bytes:
    target = io.BytesIO()
    result.to_excel(target)
    return target.getvalue()


def _brief(opened: OpenedResult, ending: str) -> bytes:
    from detente.analyses.run.policy_brief import policy_brief
    from detente.report.briefs import PolicyBrief

    if opened.entry.name != "run" or ending != "html":
        raise BadInput("a brief is of a run, and is written as html")
    return PolicyBrief.of(policy_brief(opened.result)).html.encode()


def _report(opened: OpenedResult, ending: str) -> bytes:
    from detente.report.render import markdown, page

    report = opened.entry.document(opened.result)
    if ending == "md":
        return markdown(report).encode()
    if ending != "html":
        raise BadInput(f"a report is written as html or md, not {ending!r}")
    return page(report, {figure.name: opened.picture(figure, None) for figure in report.figures}).encode()
