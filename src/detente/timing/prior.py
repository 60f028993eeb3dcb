"""The prior on the resolve of each side, and its variants."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr, ndtri

from detente.data.quantities import parse_money
from detente.errors import BadInput
from detente.inputs import FloatArray


@dataclass(frozen=True)
class Resolve:
    """A lognormal belief about a side's resolve: what it would pay a year rather than give way.

    `median` is in USD million a year, `sigma` the standard deviation of its logarithm.

    Raises BadInput where either is not a positive number.
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        for name in ("median", "sigma"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise BadInput(f"the {name} of a resolve is {value!r}: give a positive number")

    def below(self, amount: ArrayLike) -> FloatArray:
        """The probability that the resolve is at most an amount, 0 for an amount of 0 or less."""
        return np.asarray(ndtr(self.score(amount)))

    def above(self, amount: ArrayLike) -> FloatArray:
        """The probability that the resolve is over an amount."""
        return np.asarray(ndtr(-self.score(amount)))

    def hazard(self, amount: ArrayLike) -> FloatArray:
        """Density over the probability of more, per log point, at a positive amount: dF / ((1 − F) d ln z)."""
        score = self.score(amount)
        return np.asarray(np.exp(-(score**2) / 2 - log_ndtr(-score)) / (math.sqrt(2 * math.pi) * self.sigma))

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """The amount that the resolve is at most with a probability."""
        return self.at(ndtri(np.asarray(probability, dtype=np.float64)))

    def draw(self, generator: np.random.Generator, count: int) -> FloatArray:
        """Independent draws (count,)."""
        return self.at(generator.standard_normal(count))

    def at(self, score: ArrayLike) -> FloatArray:
        """The amount at some standard deviations of the logarithm from the median."""
        return np.asarray(self.median * np.exp(self.sigma * np.asarray(score, dtype=np.float64)))

    def slope(self, amount: ArrayLike) -> FloatArray:
        """Standard deviations a log point, at an amount."""
        return np.full(np.shape(amount), 1 / self.sigma)

    def score(self, amount: ArrayLike) -> FloatArray:
        """Standard deviations of the logarithm from the median, −∞ for an amount of 0 or less."""
        positive = np.maximum(np.asarray(amount, dtype=np.float64), 0.0)
        with np.errstate(divide="ignore"):  # the logarithm of nothing is −∞, whose probability is 0
            return np.asarray((np.log(positive) - math.log(self.median)) / self.sigma)


@dataclass(frozen=True)
class Prior:
    """Everything a clock assumes beside payoffs.

    Attributes
    ----------
    resolves
        Belief about the resolve of the first and of the second side, independent of each other.
    patience
        Years over which a side counts what it wins; its rate of impatience is 1/patience a year.
    audience
        What backing down from a threat costs at home, as a part of the own resolve.
    breakdown
        The probability, after each refused offer, that no more offers are made before the next decision.
    round_days, review_days
        Days between offers; days after which a threat held back is decided on again.

    Raises BadInput where a number is out of its range.
    """

    resolves: tuple[Resolve, Resolve]
    patience: float = 4.0
    audience: float = 1 / 3
    breakdown: float = 0.1
    round_days: int = 14
    review_days: int = 90

    def __post_init__(self) -> None:
        for name in ("patience", "audience", "round_days", "review_days"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise BadInput(f"{name} of the prior is {value!r}: give a positive number")
        if not 0 <= self.breakdown < 1:
            raise BadInput(f"breakdown of the prior is {self.breakdown!r}: give a probability under 1")
        if self.round_days < 1 or self.review_days < self.round_days:
            raise BadInput(
                f"offers every {self.round_days} days and a review after {self.review_days}: "
                "give at least a day, and a review no sooner than an offer"
            )

    @classmethod
    def parse(cls, text: str) -> Prior:
        """A prior in words: `resolves=20bn:1,30bn:0.8 patience=4`, each resolve its median and its sigma.

        What is not named is as by default. Raises BadInput for words that are not understood.
        """
        form = "write resolves=20bn:1,30bn:0.8, and what else differs, such as patience=4 or review_days=60"
        given: dict[str, Any] = {}
        for word in text.split():
            name, _, value = word.partition("=")
            if name not in cls.__annotations__:
                raise BadInput(f"the prior has no {name!r}: {form}")
            try:
                if name == "resolves":
                    pairs = [each.split(":") for each in value.split(",")]
                    given[name] = tuple(Resolve(parse_money(median), float(sigma)) for median, sigma in pairs)
                else:
                    given[name] = (int if name.endswith("days") else float)(value)
            except ValueError as problem:
                raise BadInput(f"the prior is not understood at {word!r}: {form}") from problem
        if len(given.get("resolves", ())) != 2:
            raise BadInput(f"the prior {text!r} does not have two resolves: {form}")
        return cls(**given)

    @property
    def rate(self) -> float:
        """Impatience, a year."""
        return 1 / self.patience

    def variants(self) -> Iterator[tuple[str, Prior]]:
        """Other priors that a reader might hold, each with its name: one thing is moved at a time."""
        for name, factor in (("half", 0.5), ("double", 2.0)):
            for k, side in enumerate(("first", "second")):
                yield f"{side} side's resolve {name}", self.with_resolve(k, median=factor)
            yield f"both resolves {name}", self.with_resolve(0, median=factor).with_resolve(1, median=factor)
            yield f"spread of resolves {name}", self.with_resolve(0, sigma=factor).with_resolve(1, sigma=factor)
            yield f"patience {name}", replace(self, patience=self.patience * factor)
            yield f"cost of backing down {name}", replace(self, audience=self.audience * factor)
            yield f"risk of breakdown {name}", replace(self, breakdown=min(self.breakdown * factor, 0.99))
            yield f"review period {name}", replace(self, review_days=round(self.review_days * factor))

    def with_resolve(self, side: int, *, median: float = 1.0, sigma: float = 1.0) -> Prior:
        """The prior with the median and the spread of one side's resolve (0 or 1) multiplied."""
        moved = list(self.resolves)
        moved[side] = Resolve(moved[side].median * median, moved[side].sigma * sigma)
        return replace(self, resolves=(moved[0], moved[1]))
