"""Where compiled solvers are kept, by the rules of each platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.solver.cache import cache_folder

HOME = Path("/home/ada")


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({}, "linux", HOME / ".cache" / "detente"),
        ({"XDG_CACHE_HOME": "/var/ada"}, "linux", Path("/var/ada/detente")),
        ({"XDG_CACHE_HOME": "relative"}, "linux", HOME / ".cache" / "detente"),
        ({}, "darwin", HOME / "Library" / "Caches" / "detente"),
        ({"LOCALAPPDATA": "/local"}, "win32", Path("/local/detente/Cache")),
        ({}, "win32", HOME / "AppData" / "Local" / "detente" / "Cache"),
        ({"DETENTE_CACHE_DIR": "/fast"}, "linux", Path("/fast")),
        ({"DETENTE_CACHE_DIR": ""}, "darwin", None),
    ],
)
def test_the_folder_follows_the_platform(environ: dict[str, str], platform: str, folder: Path | None) -> None:
    assert cache_folder(environ, platform, HOME) == folder
