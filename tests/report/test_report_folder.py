"""The report as files: all of them or none, entered in one manifest, and never over what is not ours."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import vl_convert

import detente as dt
from detente.errors import BadInput, BadTable, CannotWrite
from detente.report import render as render_module
from detente.report.blocks import Document
from detente.report.render import markdown, page, write_report


def test_the_files_are_there_and_in_the_manifest(findings: dt.Findings, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    target = tmp_path / "out"
    names = write_report(findings, target, progress=lambda *news: told.append(news))
    manifest = json.loads((target / "manifest.json").read_text())
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert names == sorted(there)
    assert set(manifest["files"]) == there - {"manifest.json"}
    assert (manifest["id"], manifest["dispute"], manifest["kind"]) == (findings.id, "small", "findings")
    assert {"report.md", "report.html", "findings.json", "dispute.yaml", "tables/economies.parquet"} <= there
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


def test_findings_read_back_give_the_same_report(
    findings: dt.Findings,
    report: Document,
    pictures: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "new" / "deep"
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", vl_convert.vegalite_to_svg.__wrapped__)  # drawn, not remembered
    write_report(dt.Findings.from_json(findings.to_json()), target)
    assert (target / "report.html").read_text("utf-8") == page(report, pictures)
    assert (target / "report.md").read_text("utf-8") == markdown(report)


def test_a_changed_number_of_a_folder_is_refused(findings: dt.Findings, tmp_path: Path) -> None:
    folder = findings.write(tmp_path / "out")
    assert dt.Findings.from_folder(folder) == findings
    json_file, table = folder / "findings.json", folder / "tables" / "economies.csv"
    before = json_file.read_text("utf-8")
    number = re.search(r"0\.00\d{5,}", before)
    assert number is not None
    json_file.write_text(before.replace(number[0], number[0].replace("0.00", "0.01"), 1), "utf-8")
    table.unlink()
    with pytest.raises(BadTable, match=r"findings\.json was changed, tables/economies\.csv is missing: compute"):
        dt.Findings.from_folder(folder)
    with pytest.raises(BadTable, match=r"has no manifest\.json"):
        dt.Findings.from_folder(tmp_path)


def test_a_report_takes_the_place_of_numbers_alone(findings: dt.Findings, tmp_path: Path) -> None:
    findings.write(tmp_path / "out")
    before = (tmp_path / "out" / "findings.json").read_bytes()
    write_report(findings, tmp_path / "out")
    assert (tmp_path / "out" / "findings.json").read_bytes() == before
    findings.write(tmp_path / "out")  # a report that the new manifest does not list must not stay
    assert not (tmp_path / "out" / "report.html").exists()


def test_nothing_is_left_half(findings: dt.Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(render_module, "png", broken)
    with pytest.raises(MemoryError):
        write_report(findings, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_dispute_or_kind_is_refused_unless_forced(findings: dt.Findings, tmp_path: Path) -> None:
    cars = replace(findings, dispute=findings.dispute.model_copy(update={"dispute": "cars"}))
    cars.write(tmp_path / "out")
    with pytest.raises(CannotWrite, match=r"holds findings of cars: .*--force"):
        write_report(findings, tmp_path / "out")
    other = {"id": "1", "dispute": "small", "kind": "war", "version": "0", "files": {}}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(other))
    with pytest.raises(CannotWrite, match="holds war of small"):
        write_report(findings, tmp_path / "out")
    write_report(findings, tmp_path / "out", force=True)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["id"] == findings.id


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_broken_manifest_is_refused(findings: dt.Findings, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(CannotWrite, match="holds no results of detente"):
        write_report(findings, tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(
    findings: dt.Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(*_: object) -> str:
        raise AssertionError("a folder is refused before anything is drawn")

    monkeypatch.setattr(render_module, "svg", drawn)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is a file"):
        write_report(findings, tmp_path / "file")
    with pytest.raises(BadInput, match="cannot be made"):
        write_report(findings, tmp_path / "file" / "below")
