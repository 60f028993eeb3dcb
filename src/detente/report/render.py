"""A document as Markdown, as one HTML page that works offline, and as files in a folder.

A result with its report is a folder: numbers, report.md, report.html, and charts as SVG and PNG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from detente.dispute.result_folders import MANIFEST, check_folder, write_folder
from detente.dispute.results import Result
from detente.dispute.session import Progress
from detente.report.blocks import Block, Document, Figure, Row, Table
from detente.report.dark import DARK_RULES
from detente.report.lettering import FONTS, face_rules
from detente.report.once import common_stamp

LONG: Final = 14
"""Rows up to which a table stands open."""
ABREAST: Final = 2
"""Charts of one kind that stand open."""
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:)]")
_MARKED: Final = re.compile(r"([\\`*_\[\]<>])")
_OPENS: Final = re.compile(r"^(\s*\d*)(?=[#+.)-]+(?:\s|$))")
"""The beginning of a heading or of an item of a list."""


def markdown(document: Document) -> str:
    """The document as Markdown; figures are links to `charts/NAME.svg`."""
    return (
        _environment(html=False)
        .get_template("report.md.j2")
        .render(document=document, stamp=common_stamp(document.sections))
        .rstrip()
        + "\n"
    )


def page(document: Document, pictures: Mapping[str, str]) -> str:
    """The document as one HTML page. `pictures` holds the SVG of each figure by name."""
    stamp = common_stamp(document.sections)
    return html_template("report.html.j2", "report.css").render(document=document, pictures=pictures, stamp=stamp)


def html_template(name: str, style: str) -> Template:
    """A template of an HTML page, with a sheet of style as `css`."""
    environment = _environment(html=True)
    css = environment.loader.get_source(environment, style)[0] if environment.loader else ""
    return environment.get_template(name, globals={"css": Markup(face_rules() + css + DARK_RULES)})


def _environment(html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("detente.report"),
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=unbroken if html else None,
    )
    environment.filters.update(md=plain_in_markdown, cell=cell_in_markdown, linked=linked, bodies=bodies, folds=folds)
    return environment


def unbroken(value: Any) -> Any:
    """Text in which no line ends between a minus and its dollars; pictures break their own lines."""
    if not isinstance(value, str) or value.startswith("<svg"):
        return value
    return value.replace("−$", "−\N{WORD JOINER}$")


def plain_in_markdown(text: str) -> str:
    """Text in which Markdown sees no mark of its own."""
    return _OPENS.sub(r"\1\\", _MARKED.sub(r"\\\1", " ".join(text.split(" "))))


def cell_in_markdown(text: str) -> str:
    """The same for a cell of a table."""
    return plain_in_markdown(text).replace("|", "\\|").replace("\n", " ")


def linked(text: str) -> Markup:
    """Escaped text in which an address is a link: the reader may follow it, the page itself never does."""
    parts, last = [], 0
    for found in _ADDRESS.finditer(text):
        parts.append(escape(text[last : found.start()]))
        parts.append(Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(found.group()))
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def bodies(table: Table) -> list[list[Row]]:
    """The rows of a table, a new body at each heading, as HTML groups rows."""
    found: list[list[Row]] = [[]]
    for row in table.rows:
        if row.heading and found[-1]:
            found.append([])
        found[-1].append(row)
    return found


def folds(blocks: Sequence[Block]) -> list[tuple[str, list[Block]]]:
    """The blocks in order, each group under the words that open it, or under none where it stands open.

    A table of more than `LONG` rows is folded, and so are the charts that follow `ABREAST` others without a word
    between: nothing is left out, and a reader sees what there is before what it holds.
    """
    found: list[tuple[str, list[Block]]] = []
    for figures, group in groupby(blocks, lambda block: isinstance(block, Figure)):
        members = list(group)
        more = len(members) - ABREAST
        if figures and more > 1:  # one alone is seen as soon as the words that would open it are read
            found += [("", [block]) for block in members[:ABREAST]]
            found.append((f"{more} more charts of the same kind", members[ABREAST:]))
        else:
            found += [(_long(block), [block]) for block in members]
    return found


def _long(block: Block) -> str:
    """The words that open a long table; none for what is short."""
    rows = sum(not row.heading for row in block.rows) if isinstance(block, Table) else 0
    return f"{block.caption} ({rows} rows)" if isinstance(block, Table) and rows > LONG else ""


PNG_SCALE: Final = 2.0
"""Pixels of the PNG for one of the chart, for screens with fine dots and for print."""


def svg(chart: Any) -> str:
    """The chart as one SVG element that takes the width it is given."""
    # the check against the schema of Vega-Lite takes as long as drawing does; the tests make it for every chart
    _register_fonts()
    text = str(vl_convert.vegalite_to_svg(json.dumps(chart.to_dict(validate=False), allow_nan=False)))
    return re.sub(r"^<svg ", '<svg preserveAspectRatio="xMinYMin meet" ', text)


def standalone(drawn: str) -> str:
    """The drawing of `svg` as a file of its own, which brings its font along and turns dark where its reader's page is.

    A page that holds several drawings says both once, for all of them.
    """
    return re.sub(r"^(<svg [^>]*>)", lambda opening: f"{opening[1]}<style>{face_rules()}{DARK_RULES}</style>", drawn)


@cache
def _register_fonts() -> None:
    """Make the font that ships known to the library that draws, once in a process."""
    with as_file(FONTS) as folder:
        vl_convert.register_font_directory(str(folder))


def png(drawn: str) -> bytes:
    """The drawing of `svg` as PNG."""
    _register_fonts()
    return bytes(vl_convert.svg_to_png(drawn, scale=PNG_SCALE))


def write_report(
    result: Result,
    folder: str | Path,
    *,
    beside: Sequence[Result] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> list[str]:
    """Write a result, its tables, and the report on it; returns the paths of the files inside the folder, sorted.

    Parameters
    ----------
    beside
        Of findings: answers to other questions about the same dispute. The report has their sections too, and the files
        of each are in a folder KIND of its own.
    force
        Write into a folder that holds something else than the same kind of result of the same dispute.
    progress
        Told of every chart before it is drawn.

    Raises
    ------
    CannotWrite
        As `Result.write` does.
    BadInput
        Where results do not go together.
    """
    check_folder(Path(folder), result.about["dispute"], result.about["kind"], force=force)  # before anything is drawn
    document = result.presenter.document
    files = result.files() | report_files(document(result, beside) if beside else document(result), progress)
    for other in beside:
        files |= {f"{other.KIND}/{name}": content for name, content in other.files().items()}
    write_folder(Path(folder), files, result.about, force=force)
    return sorted([*files, MANIFEST])


def report_files(report: Document, progress: Progress | None = None) -> dict[str, bytes]:
    """report.md, report.html (self-contained), charts/NAME.svg and charts/NAME.png, by path."""
    drawn: dict[str, str] = {}
    files: dict[str, bytes] = {}
    steps = len(report.figures)
    for done, figure in enumerate(report.figures):
        if progress is not None:
            progress(done, steps, f"chart {figure.name}")
        drawn[figure.name] = svg(figure.chart)
        files[f"charts/{figure.name}.svg"] = standalone(drawn[figure.name]).encode()
        files[f"charts/{figure.name}.png"] = png(drawn[figure.name])
    files |= {"report.md": markdown(report).encode(), "report.html": page(report, drawn).encode()}
    if progress is not None:
        progress(steps, steps, "")
    return files
