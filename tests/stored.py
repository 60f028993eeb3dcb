"""Results that are computed once and kept, for tests of what is written about a result.

`make stored` computes them anew; `make acceptance` computes them too, compares them with what is kept as goldens are
compared, and runs their tests on what it computed.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import lzma
import os
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pytest

from detente.dispute.results import Result

MODE = "DETENTE_STORED"
"""`record` computes and keeps, `compare` computes and compares; else what is kept is read."""
HERE = Path(__file__).resolve().parent
KEPT = HERE / "kept"

R = TypeVar("R", bound=Result)


def stored(name: str, kind: type[R], compute: Callable[[], R], of: str) -> R:
    """The result of `compute` from `tests/kept/NAME.json.xz`.

    `of` is the text of its dispute. It and the code of `compute` tell whether what is kept is still what is asked for.
    """
    mode = os.environ.get(MODE, "")
    path = KEPT / f"{name}.json.xz"
    asked = sha256("".join((of + inspect.getsource(compute)).split()).encode()).hexdigest()
    if mode == "record":
        result = compute()
        text = json.dumps({"asked": asked, "result": result.as_dict()}, ensure_ascii=False, separators=(",", ":"))
        KEPT.mkdir(exist_ok=True)
        path.write_bytes(lzma.compress(text.encode(), check=lzma.CHECK_CRC64, preset=9))
    plain = json.loads(lzma.decompress(path.read_bytes())) if path.is_file() else {}
    if plain.get("asked") != asked:
        pytest.fail(f"{path.name} is not of what this test asks for: type `make stored`")
    if mode == "compare":
        result = compute()
        found = json.loads(result.to_json())
        told = list(goldens().Comparison(kind.KIND).differences(plain["result"], found))
        assert not told, "\n".join(told)
        return result
    return kind.from_dict(plain["result"])


@cache
def goldens() -> Any:
    """The tool that compares kept results with computed ones, number by number."""
    spec = importlib.util.spec_from_file_location("goldens", HERE.parent / "tools" / "goldens.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["goldens"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
