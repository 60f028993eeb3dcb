"""Where compiled solvers are kept between processes, and how a file of the folder is read and written."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

VARIABLE: Final = "DETENTE_CACHE_DIR"
"""Names the folder; empty means no cache."""
_SUFFIX: Final = "-cache"
_DIGEST: Final = sha256().digest_size


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


class CompiledStore:
    """A folder of compiled programs, with the methods that JAX asks of a cache.

    It neither raises nor warns. A file that is absent, damaged or unreadable counts as none: the program is compiled
    anew and replaces it. Where the folder cannot be written or the disk is full, the next process compiles again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""
        try:
            content = (self.folder / f"{key}{_SUFFIX}").read_bytes()
        except OSError:
            return None
        value = content[_DIGEST:]
        return value if content[:_DIGEST] == sha256(value).digest() else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under a key. Another process sees all of it or nothing."""
        with suppress(OSError):
            # Whoever can write here can run code in the user's name, so a new folder is the user's alone.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(sha256(value).digest() + value)
                os.replace(name, self.folder / f"{key}{_SUFFIX}")
            except OSError:
                os.unlink(name)


def store() -> CompiledStore | None:
    """The store of this process by its environment; None where no cache is wanted."""
    told = tuple(os.environ.get(name) for name in (VARIABLE, "XDG_CACHE_HOME", "HOME"))
    return _store(told)


@lru_cache(maxsize=8)
def _store(told: tuple[str | None, ...]) -> CompiledStore | None:
    """The store, looked up once for what the environment tells."""
    try:
        folder = cache_folder(os.environ, sys.platform, Path.home())
    except RuntimeError:  # an account without a home
        return None
    return None if folder is None else CompiledStore(folder / f"jaxlib-{version('jaxlib')}-{processor()}")


@lru_cache(maxsize=1)
def processor() -> str:
    """Eight letters that differ between processors that do not know the same instructions.

    A program compiled for one may stop with an illegal instruction on the other, and home folders are shared.
    """
    instructions = ""
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        instructions = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    told = "\n".join((platform.machine(), instructions or platform.processor()))
    return sha256(told.encode()).hexdigest()[:8]
