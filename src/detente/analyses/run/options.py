"""Options of `detente run`."""

from __future__ import annotations

from typing import Any

from detente.analyses.options import HORIZONS, Horizon, Options, option


class RunOptions(Options):
    """Options of a run: the horizon, what it shows beside the tables of every run, and options of every question."""

    horizon: Horizon | None = option(
        None, "workers move between sectors (long) or stay in theirs (short); by default long", "Horizon", page=None,
        words=HORIZONS, empty="default: workers move between sectors",
    )  # fmt: skip
    acts: bool = option(
        False, "split each state of the law by authority: duties, real income and revenue of its acts", "Split by act"
    )
    third_markets: bool = option(
        False, "who faces the goods that lose a market, by sector and product, and who depends on them", "Third markets"
    )
    signs: bool = option(
        False, "solve the state of the headline under every bundled set of elasticities, closure and rule of base "
        "tariffs, and say where a gain turns into a loss; bundled cases have it unasked", "Signs over assumptions",
    )  # fmt: skip
    households: Any = option(
        None, "a table of groups of households with the columns sector, group and share, a fraction of what households "
        "buy of the sector; of the first party, unless a column economy names others; by default US income deciles",
        "Groups of households", kind="path", metavar="FILE", local=True, python="pd.DataFrame | str | Path | None",
    )  # fmt: skip
    employment: Any = option(
        None, "a table of heads in work with the columns economy, heads and, where they are divided, sector",
        "Employment", kind="path", metavar="FILE", local=True, python="pd.DataFrame | str | Path | None",
    )  # fmt: skip
