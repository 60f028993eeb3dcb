"""What the toy question finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Toy:
    """The share by party, and the first elasticity."""

    shares: dict[str, float]
    theta: float


def numbers(result: Toy) -> dict[tuple[str, str, str, str], float]:
    """Its numbers by key."""
    shares = {("own goods", "share", code, ""): share for code, share in result.shares.items()}
    return shares | {("own goods", "elasticity", "", ""): result.theta}
