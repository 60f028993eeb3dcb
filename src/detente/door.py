"""A layer that bears the name of its front door: `detente.solve` is a package, and calling it solves."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def open_door(package: str, function: Callable[..., Any]) -> None:
    """Make a package callable: calling it calls the function.

    Importing a subpackage binds its name in the parent, so that `detente.solve` cannot be only a function. A module's
    class may be replaced (Python data model, "Customizing module attribute access"), and this one adds a call.
    """
    module = sys.modules[package]
    module.__class__ = type("Door", (ModuleType,), {"__call__": staticmethod(function)})
    vars(module)["__signature__"] = inspect.signature(function)
