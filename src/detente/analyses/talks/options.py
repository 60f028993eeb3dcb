"""Options of `detente talks`."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator

from detente.analyses.options import NO_DEAL, SEED, Disagreement, Power, SidesOptions, option


class TalksOptions(SidesOptions):
    """Options of negotiations: the disagreement point, the demands on the table, and bargaining power."""

    no_deal: Disagreement | None = option(
        None, "the disagreement point; by default the threats are carried out and answered", "If there is no deal",
        words=NO_DEAL, empty="threats are carried out and answered, where there are any",
    )  # fmt: skip
    only: tuple[str, ...] | None = option(
        None, "ids of the demands on the table; by default all", "The demands that are taken up", metavar="ID,...",
        python="Sequence[str] | None",
    )  # fmt: skip
    weights: tuple[Power, Power] = option(
        (0.5, 0.5), "bargaining power of the two sides, such as 0.7,0.3", "Bargaining power of the two sides",
        python="Sequence[float]",
    )  # fmt: skip
    mfn: bool = option(
        False, "tariff cuts apply to all partners (MFN); no demands for amounts of trade",
        "What one cuts for the other it cuts for all",
    )  # fmt: skip
    robust: bool = option(
        False, "repeat the finding under all elasticities and closures; takes minutes",
        "Under all elasticities and closures as well; takes minutes",
    )  # fmt: skip
    tariffs: bool = option(
        False, "also bargain over the duties on each other's goods; takes a minute",
        "Bargain over duties as well; takes a minute",
    )  # fmt: skip
    met: tuple[str, ...] = option(
        (), "ids of the demands that are met in addition to the duties; needs tariffs",
        "Demands that are met beside the duties", metavar="ID,...", python="Sequence[str]",
    )  # fmt: skip
    seed: int = option(0, "seed of the random starts of searches", "Seed of searches", ge=0, lt=SEED)

    @field_validator("weights")
    @classmethod
    def _as_shares(cls, weights: tuple[float, float]) -> tuple[float, float]:
        """Only the shares of the two weights count."""
        first, second = weights
        return first / (first + second), second / (first + second)

    @model_validator(mode="after")
    def _met_beside_duties(self) -> Self:
        if self.met and not self.tariffs:
            raise ValueError("met says what is met beside duties that are bargained over: add tariffs, or leave it out")
        return self
