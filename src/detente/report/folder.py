"""The report as files in a folder: report.md, report.html and charts as SVG and PNG.

A result of its own with its report, as files in a folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detente.dispute.results import MANIFEST, Result
from detente.dispute.session import Progress
from detente.report.blocks import Document
from detente.report.charts import png, svg
from detente.report.render import markdown, page

if TYPE_CHECKING:
    pass


def write_result(
    result: Result, report: Document, folder: str | Path, *, progress: Progress | None = None
) -> list[str]:
    """JSON, tables, report.md, report.html and charts with a manifest, all or nothing; the names of the files.

    Raises BadInput where the folder is a file or cannot be made.
    """
    drawn: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    for done, figure in enumerate(report.figures):
        if progress is not None:
            progress(done, len(report.figures), f"chart {figure.name}")
        drawn[figure.name] = svg(figure.chart)
        pictures[f"charts/{figure.name}.svg"] = drawn[figure.name].encode()
        pictures[f"charts/{figure.name}.png"] = png(drawn[figure.name])
    texts = {"report.md": markdown(report), "report.html": page(report, drawn)}
    result.write(folder, texts, pictures)
    if progress is not None:
        progress(len(report.figures), len(report.figures), "")
    tables = [f"tables/{name}.{kind}" for name in result.written() for kind in ("csv", "parquet")]
    return sorted([f"{result.KIND}.json", *texts, *pictures, *tables, MANIFEST])
