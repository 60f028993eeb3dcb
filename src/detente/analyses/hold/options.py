"""Options of `detente hold`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, field_validator

from detente.analyses.options import NO_DEAL, NO_DEALS, SEED, Disagreement, GovernmentOptions, option


def _package(given: Any) -> tuple[str, tuple[str, ...]]:
    """A name and the ids of demands; in a text the ids are separated by commas, and the text is the name."""
    if isinstance(given, str):
        return given, tuple(name.strip() for name in given.split(",") if name.strip())
    try:
        name, demands = given
        ids = () if isinstance(demands, str) else tuple(demands)
    except (TypeError, ValueError):
        raise ValueError(f"packages holds {given!r}: give the ids of demands, or a mapping of names to them") from None
    if isinstance(demands, str) or not all(isinstance(each, str) for each in ids):
        raise ValueError(f"packages: {name!r} is {demands!r}: give a list of ids of demands")
    return str(name), ids


Package = Annotated[Any, BeforeValidator(_package), WithJsonSchema({"type": "string"})]
"""A further deal: its name, and the demands that are met."""


class HoldOptions(GovernmentOptions):
    """Options of deals after signature: patience, clauses, the disagreement point of groups at home, further deals."""

    period: float = option(
        1.0, "years until cheating is detected and the tariff war begins", "Years until cheating is detected", gt=0,
        le=100, metavar="YEARS",
    )  # fmt: skip
    annual_rate: float = option(
        0.05, "the annual discount rate of both governments", "Annual discount rate", kind="share", gt=0, le=10,
    )  # fmt: skip
    lag: float | None = option(
        None, "years until a snap-back clause takes effect; by default the interval of reviews in the file, or 0.25",
        "Years until a snap-back clause takes effect", ge=0, le=100, metavar="YEARS",
    )  # fmt: skip
    lasting: float | None = option(
        None, "years that a snap-back lasts; by default it is permanent", "Years that a snap-back lasts", gt=0, le=100,
        metavar="YEARS",
    )  # fmt: skip
    no_deal: Disagreement | None = option(
        None, f"the state with which groups at home compare a deal: {NO_DEALS}", "State without a deal", words=NO_DEAL,
        empty="threats are carried out and answered, where there are any",
    )  # fmt: skip
    quota: float = option(
        0.5, "the share of political weight that groups in favour must exceed for ratification",
        "Quota for ratification", kind="share", ge=0, lt=1,
    )  # fmt: skip
    packages: tuple[Package, ...] = option(
        (), "further deals to test, each a list of ids of demands separated by commas; one deal a line, or repeat the "
        "option", "Further deals",
        kind="packages", flags=("--package",), max_length=20,
        python="Mapping[str, Sequence[str]] | Sequence[str]",
    )  # fmt: skip
    picks: bool = option(
        False, "also test the bargaining solutions of `detente talks`", "Also test the bargaining solutions"
    )
    seed: int = option(0, "seed of the random starts of searches", "Seed of the random searches", ge=0, lt=SEED)

    @field_validator("packages", mode="before")
    @classmethod
    def _by_name(cls, packages: Any) -> Any:
        return () if packages is None else tuple(packages.items()) if isinstance(packages, Mapping) else packages
