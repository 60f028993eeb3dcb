"""A result with its report as files in a folder: numbers, report.md, report.html, and charts as SVG and PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.dispute.results import MANIFEST, Result, write_folder
from detente.dispute.session import Progress
from detente.report.blocks import Document
from detente.report.render import markdown, page, png, svg


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

    Raises CannotWrite as `Result.write` does, and BadInput where results do not go together.
    """
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
        files[f"charts/{figure.name}.svg"] = drawn[figure.name].encode()
        files[f"charts/{figure.name}.png"] = png(drawn[figure.name])
    files |= {"report.md": markdown(report).encode(), "report.html": page(report, drawn).encode()}
    if progress is not None:
        progress(steps, steps, "")
    return files
