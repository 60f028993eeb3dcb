"""The report on findings as files in a folder: report.md, report.html and charts as SVG and PNG."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detente.analyses.bands.result import Bands
from detente.analyses.run.report import document
from detente.analyses.run.result import Findings
from detente.dispute.results import MANIFEST, Record, table_files
from detente.dispute.session import Progress
from detente.errors import BadInput
from detente.report.charts import png, svg
from detente.report.render import markdown, page


def write(
    findings: Findings,
    folder: str | Path,
    *,
    parts: Sequence[Record] = (),
    bands: Bands | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the report into a folder, beside what `findings.write` wrote there.

    report.md, report.html (self-contained), charts/NAME.svg and charts/NAME.png; with bands also bands.json and their
    tables. `parts` are results of other kinds on the same dispute, such as a war and talks: the report has their
    sections too, and each is written with its tables into a folder KIND of its own. The files are made beside the
    folder and moved into it when all are there. Where the folder has the manifest of the same findings, the files are
    entered in it with their SHA-256; without one, nothing else is touched. Returns the folder. Raises BadInput where
    the folder is a file, cannot be made, or holds other findings, and where bands or a part do not go with the
    findings.
    """
    target = Path(folder)
    _refuse_others(findings, target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".report-", dir=target))
    except OSError as problem:
        raise BadInput(f"{target} cannot be written: {problem.strerror}: name another folder") from problem
    try:
        for path, content in _files(findings, parts, bands, progress):
            (made / path).parent.mkdir(exist_ok=True)
            (made / path).write_bytes(content)
        for part in parts:
            part.write(made / part.KIND)
        _move(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _refuse_others(findings: Findings, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: name a folder to write into")
    manifest = _manifest(folder)
    if manifest is not None and manifest.get("id") != findings.id:
        raise BadInput(
            f"{folder} holds other findings ({str(manifest.get('id'))[:12]}, not {findings.id[:12]}): "
            "write these with findings.write first, or name another folder"
        )


def _files(
    findings: Findings, parts: Sequence[Record], bands: Bands | None, progress: Progress | None
) -> Iterator[tuple[str, bytes]]:
    """Path inside the folder and content of every file but those of the parts."""
    report = document(findings, parts, bands)
    pictures = {}
    steps = len(report.figures) + 1
    for done, figure in enumerate(report.figures):
        if progress is not None:
            progress(done, steps, f"chart {figure.name}")
        pictures[figure.name] = svg(figure.chart)
        yield f"charts/{figure.name}.svg", pictures[figure.name].encode()
        yield f"charts/{figure.name}.png", png(pictures[figure.name])
    if progress is not None:
        progress(steps - 1, steps, "report")
    yield "report.md", markdown(report).encode()
    yield "report.html", page(report, pictures).encode()
    if bands is not None:
        yield "bands.json", bands.to_json().encode()
        for name, table in bands.written().items():
            path = f"tables/{name if name == 'bands' else f'bands_{name}'}"
            for ending, content in table_files(table):
                yield f"{path}.{ending}", content
    if progress is not None:
        progress(steps, steps, "")


def _move(made: Path, folder: Path) -> None:
    """Move every file into the folder, then enter them in its manifest."""
    manifest = _manifest(folder)
    entries = {}
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        name = path.relative_to(made).as_posix()
        content = path.read_bytes()
        entries[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, folder / name)
    if manifest is not None:
        text = json.dumps({**manifest, "files": {**manifest["files"], **entries}}, indent=2, ensure_ascii=False)
        fresh = made / MANIFEST
        fresh.write_text(text + "\n", encoding="utf-8", newline="\n")
        os.replace(fresh, folder / MANIFEST)


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest that findings.write left in the folder, or None."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise BadInput(f"{path} is not a manifest of findings: {problem}: name another folder") from problem
    if not isinstance(found, dict) or "files" not in found:
        raise BadInput(f"{path} is not a manifest of findings: name another folder")
    return found
