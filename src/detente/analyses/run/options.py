"""Options of `detente run`."""

from __future__ import annotations

from detente.analyses.options import HORIZONS, Horizon, Options, option


class RunOptions(Options):
    """Options of a run: the horizon, whether the law is split by act, and the options of every question."""

    horizon: Horizon | None = option(
        None, "workers move between sectors (long) or stay in theirs (short); by default long", "Horizon", page=None,
        words=HORIZONS, empty="default: workers move between sectors",
    )  # fmt: skip
    acts: bool = option(
        False, "split each state of the law by authority: duties, real income and revenue of its acts", "Split by act"
    )
