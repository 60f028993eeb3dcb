"""What others wrote lies here unmodified, with its licence, its version and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

FOLDERS = ("src/detente/web/static/vendor", "src/detente/report/shapes", "src/detente/report/fonts", "tests/vendor")
#: What may be shipped, and what tests alone may use.
SHIPPED = ("0BSD", "BSD-3-Clause", "MIT", "ISC", "OFL-1.1")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_the_one_that_the_manifest_names(root: Path, folder: str) -> None:
    entries = json.loads((root / folder / "manifest.json").read_text("utf-8"))
    for entry in entries:
        assert hashlib.sha256((root / folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry
        assert {"package", "version", "path", "licence"} <= set(entry)
        licence = (root / folder / entry["licence_file"]).read_text("utf-8")
        assert len(licence) > 300
        assert folder.startswith("tests") or entry["licence"].startswith(SHIPPED)
    named = {entry[key] for entry in entries for key in ("file", "licence_file")} | {"manifest.json", "places.csv"}
    assert {path.name for path in (root / folder).iterdir()} - named == set()
