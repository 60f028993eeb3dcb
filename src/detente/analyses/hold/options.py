"""Options of `detente hold`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, field_validator

from detente.analyses.options import NO_DEAL, SEED, Disagreement, GovernmentOptions, option


def _package(given: Any) -> tuple[str, tuple[str, ...]]:
    """A name and the ids of demands; of text the ids have commas between, and it is the name too."""
    if isinstance(given, str):
        return given, tuple(name.strip() for name in given.split(",") if name.strip())
    name, demands = given
    if isinstance(demands, str) or not all(isinstance(each, str) for each in demands):
        raise ValueError(f"packages: {name!r} is {demands!r}: give a list of ids of demands")
    return str(name), tuple(demands)


Package = Annotated[Any, BeforeValidator(_package), WithJsonSchema({"type": "string"})]
"""A further deal: its name, and the demands that are met."""


class HoldOptions(GovernmentOptions):
    """Options of deals after signature: patience, clauses, the disagreement point of groups at home, further deals."""

    period: float = option(
        1.0, "years until cheating is found out and war begins", "Years until cheating is found out", gt=0, le=100,
        metavar="YEARS",
    )  # fmt: skip
    annual_rate: float = option(
        0.05, "the annual discount rate at which deals are judged", "Discount rate a year", kind="share", gt=0, le=10,
    )  # fmt: skip
    lag: float | None = option(
        None, "years until a snap-back clause acts; by default the file's review, else a quarter",
        "Years until a snap-back clause acts", ge=0, le=100, metavar="YEARS",
    )  # fmt: skip
    lasting: float | None = option(
        None, "years that a snap-back lasts; by default permanently", "Years that a snap-back lasts", gt=0, le=100,
        metavar="YEARS",
    )  # fmt: skip
    no_deal: Disagreement | None = option(
        None, "the disagreement point of groups at home; by default the answered threat", "If there is no deal",
        words=NO_DEAL, empty="threats are carried out and answered, where there are any",
    )  # fmt: skip
    quota: float = option(
        0.5, "the share of weight that consent must exceed", "Share of weight that more than must consent",
        kind="share", ge=0, lt=1,
    )  # fmt: skip
    packages: tuple[Package, ...] = option(
        (), "further deals, one a line, each as the ids of its demands with commas between", "Further deals",
        kind="packages", flags=("--package",), max_length=20,
        python="Mapping[str, Sequence[str]] | Sequence[str]",
    )  # fmt: skip
    picks: bool = option(
        False, "also test the packages that `detente talks` picks", "The packages that the talks pick, too"
    )
    seed: int = option(0, "seed of the random starts of searches", "Seed of searches", ge=0, lt=SEED)

    @field_validator("packages", mode="before")
    @classmethod
    def _by_name(cls, packages: Any) -> Any:
        return () if packages is None else tuple(packages.items()) if isinstance(packages, Mapping) else packages
