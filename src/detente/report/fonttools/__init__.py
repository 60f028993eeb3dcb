"""fontTools, loaded when a text is measured (PEP 562): no word of a report needs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    return getattr(import_module("fontTools.ttLib"), name)
