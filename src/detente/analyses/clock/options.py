"""Options of `detente clock`."""

from __future__ import annotations

from datetime import date

from detente.analyses.options import SEED, Given, SidesOptions, option


class ClockOptions(SidesOptions):
    """Options of the clock: the prior, the last day, and the score."""

    prior: Given = option(
        None, "the prior on the resolve of both sides: median in USD a year and standard deviation of its logarithm, "
        "such as 'resolves=20bn:1,30bn:0.8 patience=4' (patience in years); by default from the file",
        "Prior on the resolve of both sides", kind="prior", python="Prior | str | None",
    )  # fmt: skip
    until: date | None = option(
        None, "the last day that is computed; by default the last deadline in the file", "Last day",
        python="date | str | None",
    )  # fmt: skip
    score: bool = option(
        False, "score the probabilities against the later outcomes in the file",
        "Score the probabilities against the outcomes in the file",
    )  # fmt: skip
    seed: int = option(
        0, "seed of the simulated disputes", "Seed of the simulated disputes", ge=0,
        lt=SEED,
    )  # fmt: skip
