"""The style of every chart: colours for the colour-blind, readable type, and a width that fits a phone.

Charts are drawn about 440 px wide, so that their 13 px type is still legible where a phone shrinks them to its own
width. The colours are those of Okabe and Ito (2008), "Color Universal Design". Two kinds of picture serve most charts:
bars from zero, and pairs of dots for before and after. They become SVG and PNG here, without the network; altair is
loaded when the first one is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from detente.report import altair as alt
from detente.report.lettering import BOLD, FONT, wrap
from detente.report.lettering import width as lettered

GAIN: Final = "#0072B2"
LOSS: Final = "#D55E00"
GAIN_LIGHT: Final = "#8FC1DE"
LOSS_LIGHT: Final = "#EDB48C"
NEUTRAL: Final = "#6B6B6B"
INK: Final = "#1F2328"
FAINT: Final = "#C9CDD2"
QUIET: Final = "#59606A"
PAPER: Final = "#F1EEE8"
GRID: Final = "#DDDDDD"
SERIES: Final[tuple[str, ...]] = (
    "#0072B2",
    "#D55E00",
    "#007A5A",
    "#A8487F",
    "#1F2328",
    "#9A6A00",
    "#3F8FC0",
    "#6B6B6B",
)
"""Lines that stand side by side: Okabe and Ito's, darkened where white paper would swallow them."""

SIZE: Final = 13
LABELS: Final = 160
"""px for the names on the left."""
PLOT: Final = 280
"""px for the marks on the right."""
WHOLE: Final = LABELS + 8 + PLOT
"""px that a heading may be wide: names, the gap beside them, and marks."""
LINE: Final = 13
"""px from one line of a name to the next."""
ROW: Final = 24
"""px from one bar to the next."""


def themed(chart: Any, title: str, subtitle: list[str]) -> Any:
    """The chart with its title, what it measures and where it is from, on the common theme."""
    heading = alt.TitleParams(
        text=wrap(title, WHOLE, 16, BOLD),
        subtitle=[line for text in subtitle for line in wrap(text, WHOLE, 12)],
        anchor="start",
        frame="bounds",
        offset=12,
    )
    return (
        chart.properties(title=heading, background="white", padding=10)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_title(
            fontSize=16, fontWeight=BOLD, color=INK, subtitleFontSize=12, subtitleColor=QUIET, subtitlePadding=6
        )
        .configure_axis(
            labelFontSize=SIZE, labelColor=INK, grid=False, gridColor=GRID, domain=False, ticks=False, title=None
        )
        .configure_axisY(labelLimit=LABELS, labelPadding=8, minExtent=LABELS, maxExtent=LABELS)
        .configure_concat(spacing=18)
    )


def fitted(label: str) -> str:
    """The label with line breaks where it would be wider than the room for names; those that it has stay."""
    return "\n".join(line for part in label.split("\n") for line in wrap(part, LABELS, SIZE, BOLD))


def tone(change: float, strong: bool = True) -> str:
    """The colour of a change: blue for a gain, vermilion for a loss, paler where it is not what the chart is about."""
    if change == 0:
        return NEUTRAL
    if change > 0:
        return GAIN if strong else GAIN_LIGHT
    return LOSS if strong else LOSS_LIGHT


_MOST: Final = 0.65
"""Share of the plot that a label may take."""


def room(values: Sequence[float], texts: Sequence[str], width: int = PLOT) -> tuple[float, float]:
    """The ends of an axis, in the units of the values, on which each label has room right of its bar, or of zero.

    A label of the share r of the plot that begins at x fits where (high − x) ≥ r·(high − low).
    """
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if low == high:
        return 0.0, 1.0
    for value, text in zip(values, texts, strict=True):
        r = min((lettered(text, SIZE - 1) + 8) / width, _MOST)
        high = max(high, (max(value, 0.0) - r * low) / (1 - r))
    return low, high


def label_axis(bold: Sequence[str] = ()) -> alt.Axis:
    """Names on the left; a line break starts a new line, and several lines stand centred beside their mark."""
    lines = [
        {"test": f"length(split(datum.label, '\\n')) == {count}", "value": -(count - 1) * LINE / 2}
        for count in (2, 3, 4)
    ]
    test = f"indexof({json.dumps(list(bold))}, datum.label) >= 0"
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelLineHeight=LINE,
        labelOffset={"condition": lines, "value": 0},
        labelFontWeight={"condition": {"test": test, "value": BOLD}, "value": 400},
    )


def tall(labels: Sequence[str], row: int) -> int:
    """px from one name to the next: `row`, or what the name with the most lines needs to stand clear of the next."""
    return max(row, (max((label.count("\n") for label in labels), default=0) + 1) * LINE + 4)


def bars(
    frame: pd.DataFrame,
    *,
    domain: tuple[float, float] | None = None,
    group: bool = False,
    row: int = ROW,
    width: int = PLOT,
    axis: bool = True,
    bold: Sequence[str] = (),
) -> Any:
    """Bars from zero in the order of the rows, each with its value on the right of it, or of zero.

    `frame` has label (a line break starts a new line), value, text and colour; with `group` also `member`, the bars
    that share a label. Labels in `bold` stand out. Nothing is left to a legend.
    """
    frame = frame.assign(label=frame["label"].map(fitted))
    labels = list(dict.fromkeys(frame["label"]))
    ends = domain or room(list(frame["value"]), list(frame["text"]), width)
    y = alt.Y(
        "label:N",
        sort=labels,
        axis=label_axis([fitted(label) for label in bold]) if axis else None,
        scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14),
    )
    members = list(dict.fromkeys(frame["member"])) if group else [""]
    offset = [alt.YOffset("member:N", sort=members, scale=alt.Scale(paddingInner=0.1))] if group else []
    scale = alt.Scale(domain=list(ends), nice=False, zero=False)
    x = alt.X("value:Q", scale=scale, axis=None)
    base = alt.Chart(frame.assign(beside=frame["value"].clip(lower=0.0))).encode(y, *offset)
    body = base.mark_bar().encode(x, x2=alt.datum(0), color=alt.Color("colour:N", scale=None, legend=None))
    beside = alt.X("beside:Q", scale=scale, axis=None)
    words = base.mark_text(align="left", dx=6, fontSize=SIZE - 1, color=INK).encode(beside, text="text:N")
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=NEUTRAL).encode(x)
    height = tall(labels, row * len(members)) * len(labels)
    return alt.layer(body, words, zero).properties(width=width, height=height)


def dumbbells(frame: pd.DataFrame, *, row: int = ROW, width: int = PLOT) -> Any:
    """A hollow dot for before, a full one for after, a line between, and both values in words on the right.

    `frame` has label, before, after, text and colour.
    """
    frame = frame.assign(label=frame["label"].map(fitted))
    labels = list(dict.fromkeys(frame["label"]))
    farthest = frame[["before", "after"]].max(axis=1)
    low = min(0.0, float(frame[["before", "after"]].min().min()))
    _, high = room(list(farthest.clip(lower=0)), list(frame["text"]), width)
    y = alt.Y("label:N", sort=labels, axis=label_axis())
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    colour = alt.Color("colour:N", scale=None, legend=None)
    base = alt.Chart(frame.assign(farthest=farthest, start=low)).encode(y)
    track = base.mark_rule(color=FAINT, strokeDash=[1, 3])
    line = base.mark_rule(strokeWidth=3).encode(alt.X("before:Q", scale=scale, axis=None), x2="after:Q", color=colour)
    hollow = base.mark_point(size=60, filled=True, fill="white", stroke=QUIET, strokeWidth=1.6, opacity=1)
    full = base.mark_point(size=70, filled=True, opacity=1)
    words = base.mark_text(align="left", dx=9, fontSize=SIZE - 1, color=INK)
    return alt.layer(
        track.encode(alt.X("start:Q", scale=scale, axis=None), x2="before:Q"),
        line,
        hollow.encode(alt.X("before:Q", scale=scale, axis=None)),
        full.encode(alt.X("after:Q", scale=scale, axis=None), color=colour),
        words.encode(alt.X("farthest:Q", scale=scale, axis=None), text="text:N"),
    ).properties(width=width, height=tall(labels, row) * len(labels))
