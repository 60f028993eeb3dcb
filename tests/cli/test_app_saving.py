"""`--out`: whole or not at all, and never over what is not ours."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import detente.report
from detente.cli.exit_codes import CannotWrite
from detente.cli.saving import refuse, save


class Pretender:
    """Stands for findings: writes what it is told, so that a test of folders need not solve anything."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def write(self, folder: Path) -> None:
        folder.mkdir()
        for name in self.names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("new")
        manifest = {"id": "1", "dispute": "d", "version": "0", "files": {name: {} for name in self.names}}
        (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(autouse=True)
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detente.report, "write", lambda findings, folder, parts, bands, progress: None)


def quiet(done: int, total: int, what: str) -> None:
    """Tell nobody."""


def tree(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def put(findings: Pretender, folder: Path) -> list[str]:
    return save(findings, folder, progress=quiet)  # type: ignore[arg-type]


def test_a_new_or_empty_folder_appears_whole(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new", "deep/er"):
        refuse(tmp_path / name, force=False)
        assert put(Pretender("a", "t/b"), tmp_path / name) == ["a", "manifest.json", "t/b"]
        assert set(tree(tmp_path / name)) == {"a", "t/b", "manifest.json"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "empty", "new"]


def test_an_earlier_run_is_replaced_and_the_user_s_files_stay(tmp_path: Path) -> None:
    put(Pretender("a", "old"), tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    refuse(tmp_path / "out", force=False)
    put(Pretender("a", "b"), tmp_path / "out")
    assert tree(tmp_path / "out").keys() == {"a", "b", "mine.txt", "manifest.json"}
    assert tree(tmp_path / "out")["mine.txt"] == "mine"


def test_a_folder_of_others_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CannotWrite, match=r"is not empty .* --force"):
        refuse(tmp_path, force=False)
    refuse(tmp_path, force=True)
    put(Pretender("a"), tmp_path)
    assert tree(tmp_path)["mine.txt"] == "mine"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"id": 1, "dispute": 1, "version": 1, "files": {"../x": {}}}'])
def test_a_manifest_that_is_not_ours_does_not_open_the_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(CannotWrite):
        refuse(tmp_path, force=False)


def test_a_file_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file", "file/below"):
        with pytest.raises(CannotWrite, match=r"cannot be made|is a file"):
            refuse(tmp_path / name, force=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(CannotWrite, match="cannot be written"):
        refuse(tmp_path / "shut" / "out", force=False)


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    class Full(Pretender):
        def write(self, folder: Path) -> None:
            super().write(folder)
            raise OSError(28, "No space left on device")

    put(Pretender("a"), tmp_path / "out")
    before = tree(tmp_path / "out")
    for name in ("new", "out"):
        with pytest.raises(CannotWrite, match="No space left"):
            put(Full("a", "b"), tmp_path / name)
    assert tree(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
