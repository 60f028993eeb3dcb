"""The style of every chart: colours for the colour-blind, readable type, and a width that fits a phone.

Charts are drawn about 440 px wide, so that their 13 px type is still legible where a phone shrinks them to its own
width. The colours are those of Okabe and Ito (2008), "Color Universal Design". Two kinds of picture serve most charts:
bars from zero, and pairs of dots for before and after. They become SVG and PNG here, without the network; altair is
loaded when the first one is drawn.

The map shows who gains and who loses. Its shapes are Natural Earth's (public domain), as world-atlas packs them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pandas as pd

from detente.report import altair as alt
from detente.report.blocks import rows_of
from detente.report.lettering import BOLD, FONT, wrap
from detente.report.lettering import width as lettered
from detente.report.numbers import Names, signed_percent, signed_usd

GAIN: Final = "#0072B2"
LOSS: Final = "#D55E00"
GAIN_LIGHT: Final = "#8FC1DE"
LOSS_LIGHT: Final = "#EDB48C"
NEUTRAL: Final = "#6B6B6B"
INK: Final = "#1F2328"
FAINT: Final = "#C9CDD2"
QUIET: Final = "#59606A"
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
        .configure_axis(labelFontSize=SIZE, labelColor=INK, grid=False, domain=False, ticks=False, title=None)
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


SHAPES: Final = files("detente.report") / "shapes"
REST: Final = "ROW"
"""The economy of every country that has no row of its own."""
PAPER: Final = "#F1EEE8"
EDGE: Final = "#FFFFFF"
HEIGHT: Final = 226
FAINTEST: Final = 0.12
"""How much of the full colour the smallest change has, so that its sign can be told."""


_STEPS: Final = 8
"""Shades of the key on either side of nothing."""


def income_map(economies: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The change in real income of every economy: blue gains, vermilion loses, darker is more.

    `economies` has economy (code), real_income (fraction) and real_income_usd (USD million). The shade is linear
    in the change, as the key under the map shows.
    """
    order = economies.sort_values("real_income", kind="stable")
    most = max(abs(float(value)) for value in order["real_income"])
    by_code = {
        str(row["economy"]): {
            "economy": names.economy(str(row["economy"])),
            "change": f"{signed_percent(row['real_income'])} ({signed_usd(row['real_income_usd'])})",
            "colour": shade(row["real_income"], most),
        }
        for row in rows_of(order)
    }
    here = [place for place in places() if place["economy"] in by_code]
    of_shape = {place["shape"]: by_code[place["economy"]] for place in here if place["shape"]}
    dots = [
        {**by_code[place["economy"]], "longitude": float(place["longitude"]), "latitude": float(place["latitude"])}
        for place in here
        if not place["shape"]
    ]
    told = list(by_code.values())
    ends = [f"{row['economy']} {row['change'].partition(' (')[0]}" for row in (told[0], told[-1])]
    about = f"Change in real income; orange loses, blue gains, darker is more: from {ends[0]} to {ends[1]}"
    drawn = alt.vconcat(_drawn(of_shape, by_code.get(REST), dots), _key(most))
    return themed(drawn, "Real income around the world", [about, *stamp])


def _key(most: float) -> Any:
    """The shades of the map from the largest loss to the largest gain, with the ends and nothing named."""
    steps = [k / _STEPS for k in range(-_STEPS, _STEPS + 1)]
    boxes = pd.DataFrame({"at": steps, "colour": [shade(step * most, most) for step in steps]})
    boxes = boxes.assign(start=boxes["at"] - 0.5 / _STEPS, end=boxes["at"] + 0.5 / _STEPS)
    ends = pd.DataFrame({"at": [-1.0, 0.0, 1.0], "text": [signed_percent(-most), "0", signed_percent(most)]})
    scale = alt.Scale(domain=[-1.3, 1.3], nice=False)
    x = alt.X("start:Q", scale=scale, axis=None)
    shades = alt.Chart(boxes).mark_bar(height=10).encode(x, x2="end:Q", color=alt.Color("colour:N", scale=None))
    words = alt.Chart(ends).mark_text(dy=15, fontSize=SIZE - 2, color=INK)
    named = words.encode(alt.X("at:Q", scale=scale, axis=None), text="text:N")
    return alt.layer(shades, named).properties(width=LABELS + PLOT, height=34)


def _drawn(of_shape: dict[str, dict[str, Any]], rest: dict[str, Any] | None, dots: list[dict[str, Any]]) -> Any:
    features = [
        {**feature, "properties": of_shape.get(feature["id"], rest) or {"colour": PAPER, "economy": "", "change": ""}}
        for feature in shapes()
    ]
    tips = [alt.Tooltip("properties.economy:N", title="Economy"), alt.Tooltip("properties.change:N", title="Change")]
    land = (
        alt.Chart(alt.InlineData(values=features))
        .mark_geoshape(stroke=EDGE, strokeWidth=0.4)
        .encode(color=alt.Color("properties.colour:N", scale=None, legend=None), tooltip=tips)
    )
    points = (
        alt.Chart(alt.InlineData(values=dots))
        .mark_circle(size=26, stroke=EDGE, strokeWidth=0.6, opacity=1)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            color=alt.Color("colour:N", scale=None, legend=None),
            tooltip=[alt.Tooltip("economy:N", title="Economy"), alt.Tooltip("change:N", title="Change")],
        )
    )
    return alt.layer(land, points).project("equalEarth").properties(width=LABELS + PLOT, height=HEIGHT)


def shade(change: float, most: float) -> str:
    """The colour of a change: paper at nothing, full at `most`, linear between."""
    if change == 0 or most == 0:
        return PAPER
    part = FAINTEST + (1 - FAINTEST) * abs(change) / most
    full = GAIN if change > 0 else LOSS
    mixed = (round((1 - part) * int(PAPER[k : k + 2], 16) + part * int(full[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{value:02X}" for value in mixed)


@cache
def places() -> tuple[dict[str, str], ...]:
    """The places of economies: economy, shape (the id of its shape), or longitude and latitude if it is too small."""
    return tuple(csv.DictReader((SHAPES / "places.csv").read_text("utf-8").splitlines()))


@cache
def shapes() -> tuple[dict[str, Any], ...]:
    """The countries as GeoJSON features with their ids, without Antarctica."""
    topology = json.loads((SHAPES / "countries-110m.json").read_text("utf-8"))
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    return tuple(
        {
            "type": "Feature",
            "id": shape.get("id", ""),
            "geometry": {"type": shape["type"], "coordinates": _coordinates(shape["arcs"], arcs)},
        }
        for shape in topology["objects"]["countries"]["geometries"]
        if shape.get("id") != "010"
    )


def shapes_source() -> str:
    """The source of the shapes, with their licence."""
    (entry,) = json.loads((SHAPES / "manifest.json").read_text("utf-8"))
    return f"{entry['package']} {entry['version']}; licence: {entry['licence']}"


def _arc(arc: list[list[int]], transform: dict[str, list[float]]) -> list[tuple[float, float]]:
    """Longitudes and latitudes of an arc, which TopoJSON keeps as steps on a grid."""
    x = y = 0
    found = []
    for right, up in arc:
        x, y = x + right, y + up
        found.append(
            (
                round(x * transform["scale"][0] + transform["translate"][0], 2),
                round(y * transform["scale"][1] + transform["translate"][1], 2),
            )
        )
    return found


def _coordinates(nested: list[Any], arcs: list[list[tuple[float, float]]]) -> list[Any]:
    """Rings of coordinates in place of rings of arcs; ~k is arc k backwards, and neighbours share their end."""
    if isinstance(nested[0], list):
        return [_coordinates(inner, arcs) for inner in nested]
    ring: list[tuple[float, float]] = []
    for number in nested:
        piece = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += piece[1:] if ring else piece
    return ring
