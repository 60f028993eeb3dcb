"""`--out`: a folder that appears as a whole, and never over something that is not ours."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from detente.cli.exit_codes import CannotWrite

if TYPE_CHECKING:
    from detente.analyses.bands.result import Bands
    from detente.analyses.run.result import Findings
    from detente.cli.screen import Tell
    from detente.dispute.results import Record

MANIFEST: Final = "manifest.json"


def refuse(folder: Path, force: bool) -> None:
    """Raise CannotWrite, before anything is computed, where the folder is a file or holds what others wrote."""
    if folder.exists() and not folder.is_dir():
        raise CannotWrite(f"{folder} is a file: name a folder with --out")
    if folder.is_dir() and any(folder.iterdir()) and _manifest(folder) is None and not force:
        raise CannotWrite(
            f"{folder} is not empty and has no findings of detente: name another folder, or give --force to write "
            "among its files (those of other names stay)"
        )
    above = folder.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise CannotWrite(f"{folder} cannot be made: {above} cannot be written; name another folder with --out")


def save(
    findings: Findings,
    folder: Path,
    *,
    parts: Sequence[Record] = (),
    bands: Bands | None = None,
    progress: Tell | None = None,
) -> list[str]:
    """Findings, tables and the report on them and on what was found beside them in the folder; the names of the files.

    All is made beside the folder first. A new or empty folder is put in place in one step. In one that detente wrote
    before, files are replaced one by one, the manifest goes first and comes last, and what the old manifest lists and
    the new one does not is removed; files that are in neither stay.
    """
    from detente.analyses.run.files import write

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise CannotWrite(f"{folder} cannot be made: {problem.strerror}; name another folder with --out") from problem
    try:
        made = beside / "made"
        findings.write(made)
        write(findings, made, parts=parts, bands=bands, progress=progress)
        names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
        _put(made, folder, names)
    except OSError as problem:
        raise CannotWrite(f"{folder} cannot be written: {problem.strerror or problem}") from problem
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return names


def _put(made: Path, folder: Path, names: list[str]) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    if not folder.exists():
        made.rename(folder)
        return
    before = _manifest(folder) or {"files": {}}
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in sorted(names, key=lambda name: name == MANIFEST):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made / name, folder / name)
    for name in set(before["files"]) - set(names):
        (folder / name).unlink(missing_ok=True)


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest that an earlier run left, or None where there is none that is ours."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(found, dict) and {"id", "dispute", "version", "files"} <= found.keys()
    return found if ours and isinstance(found["files"], dict) and all(map(_inside, found["files"])) else None


def _inside(name: str) -> bool:
    """Whether a listed file lies in the folder: a manifest may have been edited by anybody."""
    return not Path(name).is_absolute() and ".." not in Path(name).parts
