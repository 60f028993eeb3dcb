"""The frontier of packages with the walk-away point, drawn in the money of both sides."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from detente.analyses.talks.deal_sentences import NO_DEALS, package_words, stamp
from detente.analyses.talks.result import Talks
from detente.report import altair as alt
from detente.report.charts import FAINT, GAIN, INK, LABELS, LOSS, NEUTRAL, PLOT, QUIET, SIZE, themed
from detente.report.lettering import width
from detente.report.numbers import names_of, signed_usd

SIDE: Final = LABELS + PLOT - 90
"""px of each side of the plane."""


def frontier_chart(talks: Talks) -> Any:
    """Every package in the plane of both sides' money: the frontier, the truce, and where failed talks lead.

    What both prefer to no deal lies up and right of the walk-away point, where two dotted lines meet.
    """
    packages, points = _packages(talks), _points(talks)
    ends = [_ends([*packages[axis], *points[axis]]) for axis in ("x", "y")]
    scales = [alt.Scale(domain=list(pair), nice=False) for pair in ends]
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
    floor = alt.Chart(points[points["chosen"]]).mark_rule(strokeDash=[3, 3], color=LOSS)
    rules = floor.encode(alt.X("x:Q", scale=scales[0])) + floor.encode(alt.Y("y:Q", scale=scales[1]))
    marks = (
        alt.Chart(points)
        .mark_point(size=80, filled=True, opacity=1, shape="diamond")
        .encode(x, y, alt.Color("colour:N", scale=None, legend=None))
    )
    halo, words = [], []
    for row, place in zip(points.index, places(points, *ends), strict=True):
        label = alt.Chart(points.loc[[row]]).encode(x, y, text="label:N")
        halo.append(label.mark_text(**place, color="white", stroke="white", strokeWidth=5, strokeJoin="round"))
        words.append(label.mark_text(**place).encode(alt.Color("colour:N", scale=None, legend=None)))
    drawn = alt.layer(rules, line, *halo, dots, marks, *words).properties(width=SIDE, height=SIDE)
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
            "demands": [package_words(talks, text) for text in rows["demands"]],
            "worth": [
                f"{signed_usd(a)} and {signed_usd(b)}" for a, b in zip(rows["first"], rows["second"], strict=True)
            ],
        }
    )


def _points(talks: Talks) -> pd.DataFrame:
    """The disagreement points; the status quo coincides with the truce."""
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


def _ends(values: list[float]) -> tuple[float, float]:
    """The ends of an axis with room on the right for labels, and a little all round."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = high - low or 1.0
    return low - 0.06 * span, high + 0.24 * span


_BESIDE: Final = (
    ("left", 9, 0), ("right", -9, 0), ("center", 0, -15), ("center", 0, 15),
    ("left", 9, -13), ("left", 9, 13), ("right", -9, -13), ("right", -9, 13),
    ("left", 9, -26), ("left", 9, 26), ("right", -9, -26), ("right", -9, 26),
)  # fmt: skip
"""Where a label may stand, best first: which end of it is at the mark, and px from there."""


def places(points: pd.DataFrame, x: tuple[float, float], y: tuple[float, float]) -> list[dict[str, Any]]:
    """For each point the place right at its mark where its label covers least of other points and labels.

    `points` has x, y and label; `x` and `y` are the ends of the axes in the same units.
    """
    across = [(value - x[0]) / (x[1] - x[0]) * SIDE for value in points["x"]]
    down = [(y[1] - value) / (y[1] - y[0]) * SIDE for value in points["y"]]
    taken = [(a - 6, a + 6, d - 6, d + 6) for a, d in zip(across, down, strict=True)]
    found = []
    for label, a, d in zip(points["label"], across, down, strict=True):
        wide = width(label, SIZE - 1)
        boxes = []
        for align, right, below in _BESIDE:
            start = a + right - {"left": 0.0, "center": wide / 2, "right": wide}[align]
            boxes.append((start, start + wide, d + below - 7, d + below + 7))
        best = min(range(len(boxes)), key=lambda k: sum(_common(boxes[k], other) for other in taken) + _out(boxes[k]))
        taken.append(boxes[best])
        align, right, below = _BESIDE[best]
        found.append({"align": align, "dx": right, "dy": below, "baseline": "middle", "fontSize": SIZE - 1})
    return found


Box = tuple[float, float, float, float]
"""Left, right, top and bottom in px."""


def _common(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[1], other[1]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[2], other[2])
    return wide * high if wide > 0 and high > 0 else 0.0


def _out(box: Box) -> float:
    """The area of a box outside the plane."""
    return (box[1] - box[0]) * (box[3] - box[2]) - _common(box, (0.0, SIDE, 0.0, SIDE))


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
