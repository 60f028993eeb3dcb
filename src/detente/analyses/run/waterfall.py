"""The waterfall of who pays: what sellers, consumers and firms bear, and what becomes of it, down to zero."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pandas as pd

from detente.analyses.run.figures import Figures
from detente.analyses.run.result import Scenario
from detente.report import altair as alt
from detente.report.blocks import Figure, rows_of
from detente.report.charts import GAIN, INK, LOSS, NEUTRAL, PLOT, SIZE, label_axis, room, tall, themed
from detente.report.numbers import Names, level_usd, listed, usd

PAYERS: Final = {"foreign_sellers": "Foreign sellers pay", "consumers": "Consumers pay", "firms": "Firms pay on inputs"}
"""Bars that add up to the whole, by name."""
USES: Final = {"treasury": "The treasury\nreceives", "trade_costs": "Trade costs", "lost_trade": "Lost with trade"}
"""Bars that take the whole down to zero, by name."""


def steps(bars: dict[str, float]) -> pd.DataFrame:
    """One row a bar, in order: bar, label, start and end (USD million); the last one ends at zero.

    `bars` are the columns of a row of `detente.who_pays`. Trade costs are left out where there are none.
    """
    rows, at = [], 0.0
    for names, sign in ((PAYERS, 1.0), (USES, -1.0)):
        for name, label in names.items():
            if name == "trade_costs" and bars[name] == 0:
                continue
            end = at + sign * bars[name]
            rows.append((name, label, at, end))
            at = end
    return pd.DataFrame(rows, columns=["bar", "label", "start", "end"])


def waterfall(bars: dict[str, float], economy: str, names: Names, stamp: list[str]) -> Any:
    """Floating bars, each beginning where the one above ends: payers to the right, uses back to zero."""
    frame = steps(bars)
    texts = [level_usd(bars[bar]) for bar in frame["bar"]]
    far = frame[["start", "end"]].max(axis=1)
    low = min(0.0, float(frame[["start", "end"]].min().min()))
    _, high = room([*far, low], [*texts, ""], PLOT)
    frame = frame.assign(
        text=texts,
        far=far,
        colour=[LOSS if bar in PAYERS else GAIN if bar == "treasury" else NEUTRAL for bar in frame["bar"]],
    )
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    y = alt.Y("label:N", sort=list(frame["label"]), axis=label_axis())
    base = alt.Chart(frame).encode(y)
    drawn = base.mark_bar().encode(
        alt.X("start:Q", scale=scale, axis=None), x2="end:Q", color=alt.Color("colour:N", scale=None, legend=None)
    )
    words = base.mark_text(align="left", dx=6, fontSize=SIZE - 1, color=INK).encode(
        alt.X("far:Q", scale=scale, axis=None), text="text:N"
    )
    zero = (
        alt.Chart(pd.DataFrame({"start": [0.0]}))
        .mark_rule(color=NEUTRAL)
        .encode(alt.X("start:Q", scale=scale, axis=None))
    )
    layers = alt.layer(drawn, words, zero).properties(width=PLOT, height=tall(list(frame["label"]), 30) * len(frame))
    about = (
        "USD a year at base prices, relative to own wages: what is paid is what the treasury receives and what is lost"
    )
    return themed(layers, f"Who bears the changed duties of {names.the(economy)}", [about, *stamp])


def _said(bars: Mapping[str, float]) -> list[str]:
    """The bars in words: who pays less than before gains or saves, and what is nothing is left out."""
    parts = {
        "foreign_sellers": ("foreign sellers pay {}", "foreign sellers gain {}"),
        "consumers": ("consumers pay {}", "consumers save {}"),
        "firms": ("firms pay {} on inputs", "firms save {} on inputs"),
        "treasury": ("the treasury receives {}", "the treasury receives {} less"),
        "trade_costs": ("{} goes into costs of trade", "{} of costs of trade is saved"),
        "lost_trade": ("{} is lost with trade", "{} is gained with trade"),
    }
    return [words[bars[name] < 0].format(usd(bars[name])) for name, words in parts.items() if bars.get(name)]


def payers(bars: Mapping[str, float]) -> str:
    """What foreign sellers, consumers and firms pay or gain, USD million."""
    return listed(_said({name: bars[name] for name in PAYERS})) or "nobody pays more"


def received(treasury: float, lost: float, rents: bool) -> str:
    """What becomes of what is paid, USD million: duties, with rents of quotas where there are any, and what is lost.

    Both may be negative: duties that fall bring less, and trade comes back that they had kept away.
    """
    who, verb = ("the treasury and licence holders of quotas", "receive") if rents else ("the treasury", "receives")
    takes = f"{who} {verb} {usd(treasury)} {'less' if treasury < 0 else 'of it'}"
    if lost < 0:
        return f"{takes}, and {usd(lost)} is gained with trade that duties no longer keep away"
    return f"{takes}, and {level_usd(lost)} is lost with trade, which nobody receives"


def quota_rents(scenario: Scenario) -> bool:
    """Whether duties of the state include rents of tariff-rate quotas."""
    table = scenario.tables.get("instruments")
    return table is not None and bool((table["kind"] == "quota").any())


def waterfall_figure(drawn: Figures, party: str) -> Figure:
    """The waterfall of a party with its words."""
    row = next(row for row in rows_of(drawn.scenario.tables["who_pays"]) if row["importer"] == party)
    bars = {name: float(row[name]) for name in PAYERS | USES}
    words = f"A waterfall for {drawn.names.the(party)}, a year: {listed(_said(bars))}."
    return Figure(f"waterfall-{party.lower()}", partial(waterfall, bars, party, drawn.names, drawn.stamp), words)
