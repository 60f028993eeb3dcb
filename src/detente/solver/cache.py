"""Compiled solvers are kept between runs of the command line; a library user's JAX is never touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "DETENTE_CACHE_DIR"
"""Names the folder; empty means no cache."""


def cache_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path | None:
    """The folder of compiled solvers: DETENTE_CACHE_DIR, or the user's cache folder by the platform's rules."""
    given = environ.get(VARIABLE)
    if given is not None:
        return Path(given) if given else None
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "detente" / "Cache"
    if platform == "darwin":
        return home / "Library" / "Caches" / "detente"
    xdg = environ.get("XDG_CACHE_HOME", "")
    return (Path(xdg) if os.path.isabs(xdg) else home / ".cache") / "detente"


def keep_compiled() -> Path | None:
    """Tell JAX, before it is loaded, where to keep what it compiles; returns the folder, or None where there is none.

    Where JAX is loaded already, or a cache is set by the user's own JAX variables, nothing is changed. A folder that
    cannot be written means no cache: the run is slower and its numbers are the same.
    """
    if "jax" in sys.modules or "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return None
    folder = cache_folder(os.environ, sys.platform, Path.home())
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
    return folder
