"""A map of who gains and who loses. The shapes are Natural Earth's (public domain), as world-atlas packs them."""

from __future__ import annotations

import csv
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pandas as pd

from detente.report import altair as alt
from detente.report.blocks import rows_of
from detente.report.charts import GAIN, LABELS, LOSS, PLOT, themed
from detente.report.numbers import Names, signed_percent, signed_usd

SHAPES: Final = files("detente.report") / "shapes"
REST: Final = "ROW"
"""The economy of every country that has no row of its own."""
PAPER: Final = "#F1EEE8"
EDGE: Final = "#FFFFFF"
HEIGHT: Final = 226
FAINTEST: Final = 0.12
"""How much of the full colour the smallest change has, so that its sign can be told."""


def income_map(economies: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The change in real income of every economy: blue gains, vermilion loses, darker is more.

    `economies` has economy (code), real_income (fraction) and real_income_usd (USD million). The shade follows the
    square root of the change, since the parties of a dispute often lose ten times what others do.
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
    drawn = _drawn(of_shape, by_code.get(REST), dots)
    return themed(drawn, "Real income around the world", [about, *stamp])


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
    """The colour of a change: paper at nothing, full at `most`, by the square root between."""
    if change == 0 or most == 0:
        return PAPER
    part = FAINTEST + (1 - FAINTEST) * (abs(change) / most) ** 0.5
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
