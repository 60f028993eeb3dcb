"""The dispute that a command is about."""

from __future__ import annotations

from typing import Any


def read_case(case: str, world: str | None) -> Any:
    """The dispute, its names checked against the world it will be run on."""
    from detente.data import load_world
    from detente.dispute import Dispute

    return Dispute.read(case, world=None if world is None else load_world(world))
