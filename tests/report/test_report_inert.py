"""One list of hostile names through every format that detente writes: each shows them and none obeys them."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from rich.console import Console

import detente as dt
from detente.analyses.registry import analysis_of
from detente.data.exported import Exported
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadDispute
from detente.report.render import markdown, page, plain_in_markdown, png, svg
from detente.report.terminal import show

HOSTILE = (
    "=1+1",
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "@SUM(1+1)",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "[link](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "`rm -rf`",
    "| a | b |",
    "# heading",
    "\\input{/etc/passwd} $x^2$ %",
    "{{ 7*7 }} {% raw %}",
    "${jndi:ldap://example.org}",
    "[red]bold[/red]",
)  # fmt: skip
COMPUTED = re.compile(r"[=@]|[+-](?![\d.]+%?$)")
CONTROLS = ("\x1b[2J", "\x07", "\x00", "\u202eabc", "\x9b31m")


def text(names: tuple[str, ...]) -> str:
    """A dispute whose title, sides, measures, groups and dates have these names."""
    measures = [
        {"id": f"m{k}", "title": name, "by": "USA", "on": "CHN", "status": "in-force", "from": "2018-05-01",
         "goods": {"sectors": [sector]}, "add": "1%"}
        for k, (name, sector) in enumerate(zip(names, ("A01", "C13T15", "C16", "C25") * 8, strict=False))
    ]  # fmt: skip
    threat = {**measures[0], "id": "threat", "status": "threatened", "goods": {"sectors": ["C24A"]}, "add": "25%"}
    threat.pop("from")
    groups = [{"name": name, "sectors": ["A01"], "weight": 1.5} for name in names]
    made = {
        "dispute": "hostile",
        "title": names[0],
        "as_of": "2018-05-04",
        "world": "icio-2017",
        "parties": {"USA": {"name": names[-1]}, "CHN": {"name": names[1]}},
        "measures": [*measures, threat],
        "factions": {"USA": groups},
    }
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="module")
def small() -> World:
    world = dt.load_world("icio-2017")
    return world.aggregate(economies={"OTH": [code for code in world.economies if code not in ("USA", "CHN")]})


@pytest.fixture(scope="module", params=range(4))
def found(request: pytest.FixtureRequest, small: World) -> dt.Findings:
    names = HOSTILE[request.param * 4 : request.param * 4 + 4]
    return dt.run(Dispute.parse(text(names), world=small), world=small)


class Named(Exported):
    """A record whose one table has hostile names in its cells and in its head."""

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"names": pd.DataFrame({"name": HOSTILE, "number": -1.5, **dict.fromkeys(HOSTILE, "+0.5%")})}


def test_a_workbook_has_no_formula(tmp_path: Path) -> None:
    Named().to_excel(tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert {cell.value for cell in cells} >= set(HOSTILE)


def test_no_cell_of_a_csv_is_computed() -> None:
    rows = list(csv.reader(io.StringIO(Named().to_csv("names"))))
    assert not [cell for row in rows for cell in row if COMPUTED.match(cell)]
    assert {cell.removeprefix("'") for row in rows for cell in row} == {*HOSTILE, "name", "number", "-1.5", "+0.5%"}


class Seen(HTMLParser):
    """The elements of a page, and the attributes that a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag} | {name for name, _ in attrs if name.startswith("on")}
        self.found |= {str(value) for name, value in attrs if name in ("href", "src") and "javascript" in str(value)}


def test_a_page_and_its_charts_have_no_element_of_a_name(found: dt.Findings) -> None:
    document = analysis_of("run").document(found)
    drawn = {figure.name: svg(figure.chart) for figure in document.figures[:2]}
    missing = {figure.name: "<svg/>" for figure in document.figures[2:]}
    for content in (page(document, drawn | missing), found._repr_html_(), *drawn.values()):
        seen = Seen()
        seen.feed(content)
        assert not seen.found & {"script", "img", "iframe", "object"}
        assert not [name for name in seen.found if name.startswith("on") or "javascript" in name]


def test_a_picture_holds_no_text_beside_its_points() -> None:
    lines = "".join(f'<text y="{20 * k}">{html.escape(name)}</text>' for k, name in enumerate(HOSTILE))
    content = png(f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="400">{lines}</svg>')
    place, kinds = 8, set()
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        kinds.add(kind)
        place += 12 + length
    assert kinds <= {b"IHDR", b"pHYs", b"sRGB", b"gAMA", b"IDAT", b"IEND"}


def test_markdown_has_no_mark_of_a_name(found: dt.Findings) -> None:
    written = markdown(analysis_of("run").document(found))
    assert not re.search(r"(?<!\\)\[link\]\(javascript", written)
    assert not re.search(r"(?<!\\)!?\[x\]\(http", written)
    assert "<script" not in written.replace("\\<script", "")
    assert "\n# heading" not in written


@pytest.mark.parametrize("mark", ["#", "##", "######", "-", "+", "1.", "12)", "---"])
def test_no_text_opens_a_heading_a_list_or_a_rule(mark: str) -> None:
    assert plain_in_markdown(f"{mark} x").startswith((f"\\{mark}", f"{mark[:-1]}\\{mark[-1]}"))
    assert plain_in_markdown(f"x {mark} y") == f"x {mark} y"
    assert plain_in_markdown(f"{mark}x") == f"{mark}x"


def test_a_terminal_shows_names_as_they_are(found: dt.Findings) -> None:
    target = io.StringIO()
    show(analysis_of("run").document(found), Console(file=target, width=200))
    written = target.getvalue()
    assert ("[red]bold[/red]" in written) == ("[red]bold[/red]" in found.to_json())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", written)


def test_latex_has_no_command_of_a_name() -> None:
    written = Named().to_latex("names")
    assert "\\input" not in written.replace("\\textbackslash input", "")
    assert not re.search(r"(?<!\\)[%$]", written)


def test_json_and_parquet_give_names_back(found: dt.Findings) -> None:
    again = dt.Findings.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    json.loads(found.to_json())
    target = io.BytesIO()
    Named().to_parquet("names", target)
    assert pd.read_parquet(io.BytesIO(target.getvalue())).equals(Named().table("names"))


@pytest.mark.parametrize("control", CONTROLS)
def test_control_characters_are_refused_with_their_place(control: str, small: World) -> None:
    with pytest.raises(BadDispute, match=r"control character U\+") as told:
        Dispute.parse(json.dumps(yaml.safe_load(text(("a", "b", f"x{control}", "d")))), world=small)
    assert control[0] not in str(told.value)
    values = yaml.safe_load(text(("a", f"x{control}", "c", "d")))
    with pytest.raises(BadDispute, match=r"parties\.CHN\.name"):
        Dispute.from_values(values, world=small)
