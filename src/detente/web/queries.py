"""The options of every kind as parameters of an address: the options of the commands, under the same names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from detente.cli.options import as_pair, names_in
from detente.web.options import NoDeal

Words = Annotated[str | None, Query(description="names, with commas between", max_length=2000)]
Pair = Annotated[str | None, Query(description="two numbers with a comma between", max_length=80)]


def of_models(
    world: str | None = None,
    elasticities: str | None = None,
    deficits: Literal["fixed", "balanced", "proportional"] | None = None,
    horizon: Literal["long", "short"] | None = None,
    accept_defaults: bool | None = None,
) -> dict[str, Any]:
    """How anything is computed."""
    return dict(locals())


def of_sides(
    players: Annotated[str | None, Query(description="two economies, such as USA,CHN", max_length=40)] = None,
    objective: Annotated[str | None, Query(max_length=200)] = None,
    one_rate: bool | None = None,
    no_deal: NoDeal | None = None,
    only: Annotated[str | None, Query(description="ids of demands, with commas between", max_length=2000)] = None,
    mfn: bool | None = None,
    robust: bool | None = None,
    tariffs: Annotated[str | None, Query(description="ids of demands met beside duties", max_length=2000)] = None,
    period: float | None = None,
    annual_rate: float | None = None,
    lag: float | None = None,
    lasting: float | None = None,
    quota: float | None = None,
    weights: Pair = None,
    until: date | None = None,
    score: bool | None = None,
) -> dict[str, Any]:
    """War, talks, hold and clock."""
    given = {**locals(), "weights": _pair(weights, "weights", "0.7,0.3")}
    return {**given, "players": names_in(players), "only": names_in(only), "tariffs": names_in(tariffs)}


def of_bands(
    draws: int | None = None,
    seed: int | None = None,
    sets: Words = None,
    closures: Words = None,
    worlds: Words = None,
    spread: float | None = None,
    holds: Annotated[list[str] | None, Query(description="a statement, again for more")] = None,
) -> dict[str, Any]:
    """Bands."""
    return {**locals(), "sets": names_in(sets), "closures": names_in(closures), "worlds": names_in(worlds)}


def of_markets(
    event: Annotated[list[date] | None, Query(description="a day to study, again for more")] = None,
    economy: str | None = None,
    asset: str | None = None,
    market: str | None = None,
    window: Pair = None,
    estimation: int | None = None,
    level: float | None = None,
    multiplier: float | None = None,
    values: Pair = None,
    probability: float | None = None,
) -> dict[str, Any]:
    """Markets; prices are sent in the body. Raises BadInput where a pair is none."""
    return {**locals(), "window": _pair(window, "window", "-1,1"), "values": _pair(values, "values", "0.9,1")}


def _pair(given: str | None, name: str, example: str) -> tuple[float, float] | None:
    return None if given is None else as_pair(given, name, example)


def options_in(
    models: Annotated[dict[str, Any], Depends(of_models)],
    sides: Annotated[dict[str, Any], Depends(of_sides)],
    bands: Annotated[dict[str, Any], Depends(of_bands)],
    markets: Annotated[dict[str, Any], Depends(of_markets)],
) -> dict[str, Any]:
    """The options that are given; which of them a kind has, its own model knows."""
    given = {**models, **sides, **bands, **markets}
    return {name: value for name, value in given.items() if value is not None}


Options = Annotated[dict[str, Any], Depends(options_in)]
