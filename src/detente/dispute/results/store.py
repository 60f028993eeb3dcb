"""Writing results into a folder so that nothing is ever written half."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from detente.errors import BadInput

MANIFEST: Final = "manifest.json"


def write_folder(
    folder: Path,
    texts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    about: Mapping[str, str],
    pictures: Mapping[str, bytes] | None = None,
) -> Path:
    """Write texts and pictures by path, and tables as `tables/NAME.csv` and `tables/NAME.parquet`, with a manifest.

    Everything is written beside `folder` first. Into a folder that exists the files are moved one by one; its manifest
    goes first and the new one comes last, so a folder with a manifest is complete. Other files there stay as they are.
    Raises BadInput where `folder` is a file or cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: name a folder to write into")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise BadInput(f"{folder} cannot be written: {problem.strerror}: name another folder") from problem
    try:
        _fill(made, texts, tables, pictures or {})
        _write_manifest(made, about)
        _move(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def table_files(table: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    """A table as files: the ending of each, and what is in it."""
    yield "csv", table.to_csv(index=False, lineterminator="\n").encode()
    yield "parquet", table.to_parquet(index=False)


def _fill(
    made: Path, texts: Mapping[str, str], tables: Mapping[str, pd.DataFrame], pictures: Mapping[str, bytes]
) -> None:
    for name, text in texts.items():
        (made / name).write_text(text, encoding="utf-8", newline="\n")
    for name, picture in pictures.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_bytes(picture)
    (made / "tables").mkdir()
    for name, table in tables.items():
        for ending, content in table_files(table):
            (made / "tables" / f"{name}.{ending}").write_bytes(content)


def _write_manifest(made: Path, about: Mapping[str, str]) -> None:
    written = sorted(path for path in made.rglob("*") if path.is_file())
    entries = {
        path.relative_to(made).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in written
    }
    text = json.dumps({**about, "files": entries}, indent=2, ensure_ascii=False)
    (made / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _move(made: Path, folder: Path) -> None:
    made.chmod(0o755)  # a temporary folder is its owner's alone, a folder of results is not
    if not folder.exists():
        made.rename(folder)
        return
    (folder / MANIFEST).unlink(missing_ok=True)
    moved = sorted((path for path in made.rglob("*") if path.is_file()), key=lambda path: path.name == MANIFEST)
    for path in moved:
        target = folder / path.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
