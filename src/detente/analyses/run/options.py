"""Options of `detente run`."""

from __future__ import annotations

from detente.analyses.options import HORIZONS, Horizon, Options, option


class RunOptions(Options):
    """Options of a run: the horizon, and the options of every question."""

    horizon: Horizon | None = option(
        None, "workers move between sectors (long) or stay in theirs (short); by default long", "Horizon", page=None,
        words=HORIZONS, empty="default: workers move between sectors",
    )  # fmt: skip
