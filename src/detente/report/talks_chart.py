"""The frontier of packages with the walk-away point, drawn in the money of both sides."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from detente.dispute import Talks
from detente.report.charts import apart
from detente.report.numbers import signed_usd
from detente.report.talks_words import NO_DEALS, names_of, stamp, told
from detente.report.theme import FAINT, GAIN, INK, LABELS, LOSS, NEUTRAL, PLOT, QUIET, SIZE, themed

_SIDE: Final = LABELS + PLOT - 90
"""px of each side of the plane."""


def frontier_chart(talks: Talks) -> Any:
    """Every package in the plane of both sides' money: the frontier, the truce, and where failed talks lead.

    What both prefer to no deal lies up and right of the walk-away point, where two dotted lines meet.
    """
    packages, points = _packages(talks), _points(talks)
    ends = [*packages["y"], *points["y"]]
    points["beside"] = apart(list(points["y"]), 1.6 * (max(ends) - min(ends) or 1.0) * SIZE / _SIDE)
    scales = [_scale([*packages[axis], *points[axis]]) for axis in ("x", "y")]
    names = names_of(talks)
    axis = alt.Axis(tickCount=5, grid=True, titleFontSize=SIZE, titleColor=QUIET, minExtent=34, maxExtent=52)
    x, y = (
        alt.X("x:Q", scale=scales[0], axis=axis, title=f"{names.economy(talks.players[0])}, USD bn a year"),
        alt.Y("y:Q", scale=scales[1], axis=axis, title=f"{names.economy(talks.players[1])}, USD bn a year"),
    )
    edge = packages[packages["frontier"]].sort_values("x")
    line = alt.Chart(edge).mark_line(color=GAIN, strokeWidth=1.6, interpolate="step-before").encode(x, y)
    dots = (
        alt.Chart(packages)
        .mark_point(filled=True, size=42, opacity=0.9)
        .encode(x, y, alt.Color("colour:N", scale=None, legend=None), tooltip=["demands:N", "worth:N"])
    )
    walk = points[points["chosen"]]
    floor = alt.Chart(walk).mark_rule(strokeDash=[3, 3], color=LOSS)
    rules = floor.encode(alt.X("x:Q", scale=scales[0])) + floor.encode(alt.Y("y:Q", scale=scales[1]))
    marks = (
        alt.Chart(points)
        .mark_point(size=80, filled=True, opacity=1, shape="diamond")
        .encode(x, y, alt.Color("colour:N", scale=None, legend=None))
    )
    labels = alt.Chart(points).encode(x, alt.Y("beside:Q", scale=scales[1]), text="label:N")
    place: dict[str, Any] = {"align": "left", "dx": 9, "dy": -9, "fontSize": SIZE - 1}
    halo = labels.mark_text(**place, color="white", stroke="white", strokeWidth=5, strokeJoin="round")
    words = labels.mark_text(**place).encode(alt.Color("colour:N", scale=None, legend=None))
    drawn = alt.layer(rules, line, halo, dots, marks, words).properties(width=_SIDE, height=_SIDE)
    about = "Change of real income since the truce, with the file's values. Blue: red lines met; grey: not"
    return themed(drawn, "Packages and where failed talks lead", [about, stamp(talks)])


def _packages(talks: Talks) -> pd.DataFrame:
    rows = talks.packages
    met = rows["keeps_first"] & rows["keeps_second"]
    return pd.DataFrame(
        {
            "x": rows["first"] / 1e3,
            "y": rows["second"] / 1e3,
            "frontier": rows["frontier"],
            "colour": [GAIN if kept else FAINT for kept in met],
            "demands": [told(talks, text) for text in rows["demands"]],
            "worth": [
                f"{signed_usd(a)} and {signed_usd(b)}" for a, b in zip(rows["first"], rows["second"], strict=True)
            ],
        }
    )


def _points(talks: Talks) -> pd.DataFrame:
    """Where failed talks lead; the status quo is where the truce is."""
    rows = talks.no_deals
    chosen = rows["no_deal"] == talks.no_deal
    labels = [
        "truce" if name == "status quo" else f"{NO_DEALS[name].removeprefix('the ')}{' (no deal)' if picked else ''}"
        for name, picked in zip(rows["no_deal"], chosen, strict=True)
    ]
    colours = [
        LOSS if picked else INK if name == "status quo" else NEUTRAL
        for name, picked in zip(rows["no_deal"], chosen, strict=True)
    ]
    up = rows["second"] / 1e3
    return pd.DataFrame({"x": rows["first"] / 1e3, "y": up, "label": labels, "colour": colours, "chosen": chosen})


def _scale(values: list[float]) -> alt.Scale:
    """Room on the right for labels, and a little all round."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = high - low or 1.0
    return alt.Scale(domain=[low - 0.06 * span, high + 0.24 * span], nice=False)


def frontier_words(talks: Talks) -> str:
    """The chart in words."""
    point = talks.no_deals[talks.no_deals["no_deal"] == talks.no_deal].iloc[0]
    best = talks.frontier
    ends = [best.iloc[0], best.iloc[-1]]
    names = names_of(talks)
    worth = [f"{signed_usd(float(row['first']))} and {signed_usd(float(row['second']))}" for row in ends]
    return (
        f"A plane of what packages are worth to {names.the(talks.players[0])} and {names.the(talks.players[1])} a "
        f"year. The frontier runs from {worth[0]} to {worth[1]}; {NO_DEALS[talks.no_deal]} is at "
        f"{signed_usd(float(point['first']))} and {signed_usd(float(point['second']))}."
    )
