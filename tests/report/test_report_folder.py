"""The report as files: all of them or none, and entered in the manifest of the findings they are on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import detente as dt
import detente.report
from detente.errors import BadInput
from detente.report import folder as folder_module
from detente.report.blocks import Document
from detente.report.render import markdown, page


def test_the_files_are_there_and_in_the_manifest(findings: dt.Findings, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    target = tmp_path / "out"
    findings.write(target)
    before = set(json.loads((target / "manifest.json").read_text())["files"])
    assert detente.report.folder.write(findings, target, progress=lambda *news: told.append(news)) == target
    manifest = json.loads((target / "manifest.json").read_text())
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == there > before
    assert {"report.md", "report.html"} <= there
    svgs = {name for name in there if name.endswith(".svg")}
    assert {name.replace(".svg", ".png") for name in svgs} <= there
    for name, entry in manifest["files"].items():
        content = (target / name).read_bytes()
        assert entry == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert all(
        f"](charts/{name.removeprefix('charts/')})" in (target / "report.md").read_text("utf-8") for name in svgs
    )
    assert told[-1][0] == told[-1][1]
    assert told[-1][2] == ""


def test_findings_read_back_give_the_same_report_and_no_manifest_of_their_own(
    findings: dt.Findings, report: Document, pictures: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "new" / "deep"
    detente.report.folder.write(dt.Findings.from_json(findings.to_json()), target)
    assert (target / "report.html").read_text("utf-8") == page(report, pictures)
    assert (target / "report.md").read_text("utf-8") == markdown(report)
    assert not (target / "manifest.json").exists()


def test_nothing_is_left_half(findings: dt.Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(folder_module, "png", broken)
    with pytest.raises(MemoryError):
        detente.report.folder.write(findings, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_findings_is_refused(findings: dt.Findings, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"id": "another", "files": {}}')
    with pytest.raises(BadInput, match="holds other findings"):
        detente.report.folder.write(findings, tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_broken_manifest_is_refused(findings: dt.Findings, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadInput, match="is not a manifest"):
        detente.report.folder.write(findings, tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(findings: dt.Findings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is a file"):
        detente.report.folder.write(findings, tmp_path / "file")
    with pytest.raises(BadInput, match="cannot be written"):
        detente.report.folder.write(findings, tmp_path / "file" / "below")
