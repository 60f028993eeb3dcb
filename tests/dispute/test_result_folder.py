"""A folder of results: whole or not at all, and never over what is not ours."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from detente.dispute.result_folders import MANIFEST, check_folder, write_folder
from detente.errors import CannotWrite

ABOUT = {"id": "1", "dispute": "d", "kind": "war", "version": "0"}


def tree(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def put(folder: Path, *names: str, force: bool = False) -> None:
    write_folder(folder, dict.fromkeys(names, b"new"), ABOUT, force=force)


def refuse(folder: Path, force: bool) -> None:
    check_folder(folder, "d", "war", force=force)


def test_a_new_or_empty_folder_appears_whole(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new", "deep/er"):
        refuse(tmp_path / name, force=False)
        put(tmp_path / name, "a", "t/b")
        assert set(tree(tmp_path / name)) == {"a", "t/b", "manifest.json"}
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o755
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "empty", "new"]


def test_an_earlier_run_is_replaced_and_the_user_s_files_stay(tmp_path: Path) -> None:
    put(tmp_path / "out", "a", "old")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    refuse(tmp_path / "out", force=False)
    put(tmp_path / "out", "a", "b", "war/tables/c", "talks/d")
    (tmp_path / "out" / "talks" / "mine.txt").write_text("mine")
    put(tmp_path / "out", "a", "b")
    assert tree(tmp_path / "out").keys() == {"a", "b", "mine.txt", "talks/mine.txt", "manifest.json"}
    assert not (tmp_path / "out" / "war").exists(), "a folder that becomes empty goes too"
    assert tree(tmp_path / "out")["mine.txt"] == "mine"


def test_a_folder_of_others_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CannotWrite, match=r"is not empty .* --force"):
        refuse(tmp_path, force=False)
    refuse(tmp_path, force=True)
    put(tmp_path, "a", force=True)
    assert tree(tmp_path)["mine.txt"] == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"id": 1, "dispute": 1, "version": 1, "files": {"../x": {}}}',
        '{"id": 1, "dispute": "d", "version": 1, "kind": "war", "files": {"../x": {}}}',
        '{"id": 1, "dispute": "d", "version": 1, "kind": "war", "files": {"/etc/x": {}}}',
    ],
)
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


def test_another_dispute_and_another_kind_are_not_replaced(tmp_path: Path) -> None:
    put(tmp_path / "out", "a")
    with pytest.raises(CannotWrite, match=r"holds war of d: name another folder, .*--force"):
        check_folder(tmp_path / "out", "cars", "war")
    with pytest.raises(CannotWrite, match="holds war of d"):
        write_folder(tmp_path / "out", {"a": b""}, {**ABOUT, "kind": "talks"})
    assert tree(tmp_path / "out")["a"] == "new"
    write_folder(tmp_path / "out", {"b": b""}, {**ABOUT, "dispute": "cars"}, force=True)
    assert set(tree(tmp_path / "out")) == {"b", MANIFEST}


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "out", "a")
    before = tree(tmp_path / "out")
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "b":
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("new", "out"):
        with pytest.raises(CannotWrite, match="No space left"):
            put(tmp_path / name, "a", "b")
    assert tree(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_a_manifest_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "out", "a")
    replace = os.replace

    def stopped(here: Path, there: Path) -> None:
        if there.name == "b":
            raise OSError(5, "Input/output error")
        replace(here, there)

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(CannotWrite, match="Input/output error"):
        put(tmp_path / "out", "a", "b")
    assert MANIFEST not in tree(tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
