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


def open_named_door(package: str) -> None:
    """Make a package callable whose front door is in a layer above it: calling it calls the public name it bears.

    The name is looked up in the root's table of public names when it is called, so that nothing is imported upwards;
    the root has the function by then, since its table is where every caller finds it.
    """
    root, _, name = package.rpartition(".")
    module = sys.modules[package]

    def call(*args: Any, **kwargs: Any) -> Any:
        return sys.modules[root].load(name)(*args, **kwargs)

    module.__class__ = type(
        "Door",
        (ModuleType,),
        {
            "__call__": staticmethod(call),
            "__signature__": property(lambda _: inspect.signature(sys.modules[root].load(name))),
        },
    )
