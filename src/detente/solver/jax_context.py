"""The one way into JAX: 64 bits and detente's own cache of compiled programs inside, the user's session outside."""

from __future__ import annotations

import sys
import threading
from contextlib import AbstractContextManager
from types import ModuleType, TracebackType
from typing import Any, Final

import jax

from detente.solver.cache import CompiledStore, store

# JAX has no public way to use a cache for a call: a folder that is set stays open for the process, and half-written or
# damaged files warn. These are the places where it keeps the open cache and what it decided about it.
_PINS: Final = ("_cache", "_cache_initialized", "_cache_checked", "_cache_used")
_KEEP_ALL: Final = (("persistent_cache_min_compile_time_secs", 0.0), ("persistent_cache_min_entry_size_bytes", -1))
_FOLDER: Final = "compilation_cache_dir"
_ENABLED: Final = "enable_compilation_cache"

_Contexts = tuple[AbstractContextManager[Any], ...]


def _found(name: str, wanted: tuple[str, ...]) -> ModuleType | None:
    """A module of JAX that has everything wanted of it, or None: a later JAX without it compiles in every process."""
    module = sys.modules.get(name)
    return module if module is not None and all(hasattr(module, each) for each in wanted) else None


_cache: Final = _found("jax._src.compilation_cache", _PINS)
_states: Final = _found("jax._src.config", (*(name for name, _ in _KEEP_ALL), _FOLDER, _ENABLED))


class _Thread(threading.local):
    """How deep a thread is inside, where its programs are kept, and the settings to leave."""

    depth: int = 0
    store: CompiledStore | None = None
    settings: _Contexts = ()


_thread: Final = _Thread()


class _Router:
    """JAX's open cache while threads are inside: their programs go to their store, all others to the user's cache."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._before = [getattr(module, name) for name in _PINS]
        self._path = "detente"  # JAX logs it where it forgets a cache
        self.threads = 0
        for name, value in zip(_PINS, (self, True, True, True), strict=True):
            setattr(module, name, value)

    def restore(self) -> None:
        """Put back what was there, unless somebody has made JAX forget its cache in the meantime."""
        if getattr(self._module, _PINS[0]) is self:
            for name, value in zip(_PINS, self._before, strict=True):
                setattr(self._module, name, value)

    def get(self, key: str) -> bytes | None:
        cache = _thread.store if _thread.depth else self._before[0]
        return None if cache is None else cache.get(key)

    def put(self, key: str, value: bytes) -> None:
        cache = _thread.store if _thread.depth else self._before[0]
        if cache is not None:
            cache.put(key, value)


_lock: Final = threading.Lock()
_router: _Router | None = None


class _Compiled:
    """The context of `compiled`."""

    __slots__ = ("_wide",)

    def __enter__(self) -> None:
        self._wide = jax.enable_x64(True)
        self._wide.__enter__()
        if _thread.depth == 0:
            _enter()
        _thread.depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _thread.depth -= 1
        if _thread.depth == 0:
            _leave()
        self._wide.__exit__(kind, error, trace)


def compiled() -> AbstractContextManager[None]:
    """The context of every call into JAX.

    Inside it numbers have 64 bits, and what is compiled comes from and goes to the folder of `detente.solver.cache`.
    Where JAX's own cache is switched off (`jax_enable_compilation_cache`), there is none. On leaving, every setting and
    the cache that JAX holds open are as they were; other threads keep theirs throughout. It may be nested.
    """
    return _Compiled()


def _enter() -> None:
    global _router
    if _cache is None or _states is None or not getattr(_states, _ENABLED).value:
        return
    kept = _thread.store = store()
    told = (*_KEEP_ALL, (_FOLDER, None if kept is None else str(kept.folder)))
    _thread.settings = tuple(getattr(_states, name)(value) for name, value in told)  # the thread's alone
    for setting in _thread.settings:
        setting.__enter__()
    with _lock:
        if _router is None:
            _router = _Router(_cache)
        _router.threads += 1


def _leave() -> None:
    global _router
    if not _thread.settings:
        return
    with _lock:
        assert _router is not None  # this thread is counted in it
        _router.threads -= 1
        if _router.threads == 0:
            _router.restore()
            _router = None
    for setting in reversed(_thread.settings):
        setting.__exit__(None, None, None)
    _thread.settings = ()
