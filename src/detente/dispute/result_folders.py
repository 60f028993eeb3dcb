"""Folders of results: all of their files or none, with a manifest of digests by which a changed file is found."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from detente.errors import BadTable, CannotWrite, enumerate_names

MANIFEST: Final = "manifest.json"
"""The list of the files of a folder: written last, so that a folder with a manifest is complete."""


def check_folder(folder: Path, dispute: str, kind: str, *, force: bool = False) -> None:
    """Raise CannotWrite where results of a dispute must not or cannot be written into a folder.

    It must not be a file. Without `force` it must be new, empty, or hold the same kind of result of the same dispute.
    """
    if folder.exists() and not folder.is_dir():
        raise CannotWrite(f"{folder} is a file: name a folder to write into")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        before = _manifest(folder)
        other = "name another folder, or say that it may be replaced: --force, or force=True in Python"
        if before is None:
            raise CannotWrite(f"{folder} is not empty and holds no results of detente: {other} (other files stay)")
        if (before["dispute"], before.get("kind", kind)) != (dispute, kind):
            raise CannotWrite(f"{folder} holds {before.get('kind', 'results')} of {before['dispute']}: {other}")
    above = folder.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise CannotWrite(f"{folder} cannot be made: {above} cannot be written; name another folder")


def write_folder(folder: Path, files: Mapping[str, bytes], about: Mapping[str, str], *, force: bool = False) -> Path:
    """Write files, by path inside the folder, with a manifest: all of them or none.

    Everything is written beside `folder` first. A new or empty folder is put in place in one step. Into one that holds
    results, files are moved one by one; its manifest goes first and the new one comes last, and what only the old
    manifest lists is removed. Files in neither stay.

    Parameters
    ----------
    about
        What the manifest says beside the files and their SHA-256: id, dispute, kind and version.
    force
        Write among files that are not of the same dispute and kind.

    Raises CannotWrite as `check_folder` does, and where the disk does not take the files.
    """
    check_folder(folder, about["dispute"], about["kind"], force=force)
    entries = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    manifest = json.dumps({**about, "files": entries}, indent=2, ensure_ascii=False) + "\n"
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, content in {**files, MANIFEST: manifest.encode()}.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        _move(made, folder, [*files, MANIFEST])
    except OSError as problem:
        raise CannotWrite(
            f"{folder} cannot be written: {problem.strerror or problem}; name another folder"
        ) from problem
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return folder


def _move(made: Path, folder: Path, names: list[str]) -> None:
    """Put the files in place; the manifest is the last of `names`."""
    made.chmod(0o755)  # a temporary folder is its owner's alone, a folder of results is not
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    if not folder.exists():
        made.rename(folder)
        return
    before = _manifest(folder) or {"files": {}}
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made / name, folder / name)
    for name in set(before["files"]) - set(names):
        (folder / name).unlink(missing_ok=True)
        for above in list((folder / name).relative_to(folder).parents)[:-1]:
            if (folder / above).is_dir() and not any((folder / above).iterdir()):
                (folder / above).rmdir()


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest that an earlier run left, or None where there is none that is ours."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(found, dict) and {"id", "dispute", "version", "files"} <= found.keys()
    return found if ours and isinstance(found["files"], dict) and all(map(_is_inside, found["files"])) else None


def refuse_changed(folder: Path) -> None:
    """Raise BadTable where files of a folder are not those of its manifest."""
    manifest = _manifest(folder)
    if manifest is None:
        raise BadTable(f"{folder} has no {MANIFEST} of detente: name a folder that --out or write made")
    wrong = []
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry.get("sha256"):
            wrong.append(f"{name} was changed")
    if wrong:
        raise BadTable(f"{folder} is not as it was written: {enumerate_names(wrong)}: compute the result again")


def _is_inside(name: str) -> bool:
    """Whether a listed file lies in the folder: a manifest may have been edited by anybody."""
    return not Path(name).is_absolute() and ".." not in Path(name).parts
