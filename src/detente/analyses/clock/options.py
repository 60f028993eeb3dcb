"""Options of `detente clock`."""

from __future__ import annotations

from datetime import date

from detente.analyses.options import SEED, Given, SidesOptions, option


class ClockOptions(SidesOptions):
    """Options of the clock: the prior, the last day, and the score."""

    prior: Given = option(
        None, "the prior on both sides: the median that each would pay a year, and its spread, "
        "such as 'resolves=20bn:1,30bn:0.8 patience=4'; by default from the file",
        "Beliefs about both sides", kind="prior", python="Prior | str | None",
    )  # fmt: skip
    until: date | None = option(
        None, "the last day of the clock; by default the file's last deadline", "The last day",
        python="date | str | None",
    )  # fmt: skip
    score: bool = option(
        False, "score the probabilities against later outcomes in the file",
        "Score it against what happened, as far as the file says",
    )  # fmt: skip
    seed: int = option(
        0, "seed of the simulated disputes", "Seed of the disputes that are played out", ge=0,
        lt=SEED,
    )  # fmt: skip
