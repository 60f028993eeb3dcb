"""A result and its report in one folder, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from detente.dispute.result import Result
from detente.dispute.store import write_folder
from detente.report.blocks import Document
from detente.report.picture import png, svg
from detente.report.render import markdown, page

Progress = Callable[[int, int, str], None]


def write_result(result: Result, report: Document, folder: str | Path, progress: Progress | None = None) -> list[str]:
    """The result as JSON, its tables, report.md, report.html and charts with a manifest; the names of the files.

    Raises BadInput where the folder is a file or cannot be made.
    """
    tell = progress or (lambda done, total, what: None)
    drawn: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    for done, figure in enumerate(report.figures):
        tell(done, len(report.figures), f"chart {figure.name}")
        drawn[figure.name] = svg(figure.chart)
        pictures[f"charts/{figure.name}.svg"] = drawn[figure.name].encode()
        pictures[f"charts/{figure.name}.png"] = png(drawn[figure.name])
    texts = {result.FILE: result.to_json(), "report.md": markdown(report), "report.html": page(report, drawn)}
    about = {"id": result.id, "dispute": result.dispute, "version": result.settings.version}
    write_folder(Path(folder), texts, result.tables(), about, pictures)
    tell(len(report.figures), len(report.figures), "")
    tables = [f"tables/{name}.{kind}" for name in result.tables() for kind in ("csv", "parquet")]
    return sorted([*texts, *pictures, *tables, "manifest.json"])
