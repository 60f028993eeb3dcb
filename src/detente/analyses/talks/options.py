"""Options of `detente talks`."""

from __future__ import annotations

from math import isfinite
from typing import Self

from pydantic import field_validator, model_validator

from detente.analyses.options import NO_DEAL, NO_DEALS, SEED, Disagreement, Power, SidesOptions, option


class TalksOptions(SidesOptions):
    """Options of negotiations: the disagreement point, the demands on the table, and bargaining power."""

    no_deal: Disagreement | None = option(
        None, f"the state without a deal: {NO_DEALS}", "State without a deal", words=NO_DEAL,
        empty="threats are carried out and answered, where there are any",
    )  # fmt: skip
    only: tuple[str, ...] | None = option(
        None, "ids of the demands on the table; by default all", "Demands on the table", metavar="ID,...",
        python="Sequence[str] | None",
    )  # fmt: skip
    weights: tuple[Power, Power] = option(
        (0.5, 0.5), "bargaining power of the two sides, such as 0.7,0.3", "Bargaining power of the two sides",
        python="Sequence[float]",
    )  # fmt: skip
    mfn: bool = option(
        False, "tariff cuts apply to all partners (most-favoured nation); demands for amounts of trade are left out",
        "Tariff cuts apply to all partners (MFN)",
    )  # fmt: skip
    robust: bool = option(
        False, "repeat the analysis with all sets of elasticities and all closures of deficits; takes minutes",
        "Repeat with all elasticities and closures (takes minutes)",
    )  # fmt: skip
    tariffs: bool = option(
        False, "also bargain over the duties on each other's goods; takes a minute",
        "Also bargain over duties (takes a minute)",
    )  # fmt: skip
    met: tuple[str, ...] = option(
        (), "ids of demands that are met while duties are bargained over; needs the option tariffs",
        "Demands met while duties are bargained over", metavar="ID,...", python="Sequence[str]",
    )  # fmt: skip
    seed: int = option(0, "seed of the random starts of searches", "Seed of the random searches", ge=0, lt=SEED)

    @field_validator("weights")
    @classmethod
    def _as_shares(cls, weights: tuple[float, float]) -> tuple[float, float]:
        """Only the shares of the two weights count."""
        first, second = weights if isfinite(sum(weights)) else (weights[0] / 2, weights[1] / 2)
        return first / (first + second), second / (first + second)

    @model_validator(mode="after")
    def _met_beside_duties(self) -> Self:
        if self.met and not self.tariffs:
            raise ValueError("met lists demands that are met while duties are bargained over: add tariffs, or omit met")
        return self
