"""The map of who gains and who loses: shapes, the strength of their colour, its key, and the residual in hatching.

The shapes are Natural Earth's (public domain), as world-atlas packs them. A colour lies in part over the colour of the
land, so that a page that is dark changes both and more colour still means more.
"""

from __future__ import annotations

import csv
import json
import math
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from detente.report import altair as alt
from detente.report.blocks import rows_of
from detente.report.charts import INK, LABELS, PAPER, PLOT, QUIET, SIZE, themed, tone
from detente.report.lettering import width as lettered
from detente.report.numbers import Names, signed_percent, signed_usd

SHAPES: Final = files("detente.report") / "shapes"
REST: Final = "ROW"
"""The economy of every country that has no row of its own."""
EDGE: Final = "white"
WIDTH: Final = LABELS + PLOT
HEIGHT: Final = 226
FAINTEST: Final = 0.12
"""How much of the full colour the smallest change has, so that its sign can be told."""
HATCH: Final = 3.0
"""Degrees between two lines of the hatching."""
_BEND: Final = 4.0
"""Degrees of the longest straight piece of a line: a map bends what it draws between two points."""
_STEPS: Final = 8
"""Shades of the key on either side of nothing."""


def income_map(economies: pd.DataFrame, names: Names, stamp: list[str]) -> Any:
    """The change in real income of every economy: blue gains, vermilion loses, more colour is more.

    `economies` has economy (code), real_income (fraction) and real_income_usd (USD million). The strength of a colour
    is linear in the change, as the key under the map shows. Countries without a row of their own are hatched in the
    colour of the rest of the world, which is one economy, and named in the key.
    """
    order = economies.sort_values("real_income", kind="stable")
    most = max(abs(float(value)) for value in order["real_income"])
    by_code: dict[str, dict[str, Any]] = {
        str(row["economy"]): {
            "economy": names.economy(str(row["economy"])),
            "change": f"{signed_percent(row['real_income'])} ({signed_usd(row['real_income_usd'])})",
            "colour": tone(row["real_income"]),
            "strength": strength(row["real_income"], most),
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
    about = f"Change in real income; orange loses, blue gains, more colour is more: from {ends[0]} to {ends[1]}"
    rest = by_code.get(REST)
    parts = [_drawn(of_shape, rest, dots), _key(most), *([] if rest is None else [_rest_key(rest)])]
    return themed(alt.vconcat(*parts, spacing=8), "Real income around the world", [about, *stamp])


def _key(most: float) -> Any:
    """The colours of the map from the largest loss to the largest gain, with the ends and nothing named."""
    steps = [k / _STEPS for k in range(-_STEPS, _STEPS + 1)]
    boxes = pd.DataFrame(
        {"at": steps, "colour": [tone(step) for step in steps], "strength": [strength(step, 1.0) for step in steps]}
    )
    boxes = boxes.assign(start=boxes["at"] - 0.5 / _STEPS, end=boxes["at"] + 0.5 / _STEPS)
    ends = pd.DataFrame({"at": [-1.0, 0.0, 1.0], "text": [signed_percent(-most), "0", signed_percent(most)]})
    scale = alt.Scale(domain=[-1.3, 1.3], nice=False)
    base = alt.Chart(boxes).encode(alt.X("start:Q", scale=scale, axis=None), x2="end:Q")
    land = base.mark_bar(height=10, color=PAPER)
    over = base.mark_bar(height=10).encode(alt.Color("colour:N", scale=None), _strength("strength"))
    words = alt.Chart(ends).mark_text(dy=15, fontSize=SIZE - 2, color=INK)
    named = words.encode(alt.X("at:Q", scale=scale, axis=None), text="text:N")
    return alt.layer(land, over, named).properties(width=WIDTH, height=34)


def _rest_key(rest: dict[str, Any]) -> Any:
    """A hatched box and the name of the economy that stands for every country without a row."""
    wide, high = 22.0, 12.0
    text = f"{rest['economy']}, one economy: {rest['change'].partition(' (')[0]}"
    start = (WIDTH - wide - 8 - lettered(text, SIZE - 2)) / 2
    scales = alt.Scale(domain=[0, WIDTH], nice=False), alt.Scale(domain=[high, 0], nice=False)
    x, y = alt.X("x:Q", scale=scales[0], axis=None), alt.Y("y:Q", scale=scales[1], axis=None)
    box = pd.DataFrame({"x": [start], "x2": [start + wide], "y": [0.0], "y2": [high]})
    lines = pd.DataFrame(
        [{"x": start + at, "x2": start + at + high / 2, "y": high, "y2": 0.0} for at in range(1, 17, 4)]
    )
    middle = pd.DataFrame({"x": [start + wide + 8], "y": [high / 2], "text": [text]})
    base = alt.Chart(box).encode(x, y, x2="x2:Q", y2="y2:Q")
    return alt.layer(
        base.mark_rect(color=PAPER),
        base.mark_rect(color=rest["colour"], fillOpacity=rest["strength"]),
        alt.Chart(lines).mark_rule(color=QUIET, strokeWidth=0.8).encode(x, y, x2="x2:Q", y2="y2:Q"),
        alt.Chart(middle)
        .mark_text(align="left", baseline="middle", fontSize=SIZE - 2, color=INK)
        .encode(x, y, text="text:N"),
    ).properties(width=WIDTH, height=high)


def _strength(column: str) -> Any:
    return alt.FillOpacity(f"{column}:Q", scale=None, legend=None)


def _drawn(of_shape: dict[str, dict[str, Any]], rest: dict[str, Any] | None, dots: list[dict[str, Any]]) -> Any:
    nobody = {"colour": PAPER, "strength": 0.0, "economy": "", "change": ""}
    features = [{**feature, "properties": of_shape.get(feature["id"], rest) or nobody} for feature in shapes()]
    tips = [alt.Tooltip("properties.economy:N", title="Economy"), alt.Tooltip("properties.change:N", title="Change")]
    world = alt.Chart(alt.InlineData(values=features))
    land = world.mark_geoshape(color=PAPER, stroke=EDGE, strokeWidth=0.4)
    over = world.mark_geoshape(stroke=EDGE, strokeWidth=0.4).encode(
        alt.Color("properties.colour:N", scale=None, legend=None), _strength("properties.strength"), tooltip=tips
    )
    small = alt.Chart(alt.InlineData(values=dots))
    ground = small.mark_circle(size=26, color=PAPER, opacity=1).encode(longitude="longitude:Q", latitude="latitude:Q")
    points = small.mark_circle(size=26, stroke=EDGE, strokeWidth=0.6, opacity=1).encode(
        alt.Color("colour:N", scale=None, legend=None),
        _strength("strength"),
        longitude="longitude:Q",
        latitude="latitude:Q",
        tooltip=[alt.Tooltip("economy:N", title="Economy"), alt.Tooltip("change:N", title="Change")],
    )
    layers = [land, over]
    if rest is not None:
        lines = [hatching(feature) for feature in shapes() if feature["id"] not in of_shape]
        hatched = alt.Chart(alt.InlineData(values=lines))
        layers.append(hatched.mark_geoshape(filled=False, stroke=QUIET, strokeWidth=0.5))
    return alt.layer(*layers, ground, points).project("equalEarth").properties(width=WIDTH, height=HEIGHT)


def strength(change: float, most: float) -> float:
    """How much of the full colour a change has: none at nothing, `FAINTEST` next to it, all at `most`, linear."""
    return 0.0 if change == 0 or most == 0 else FAINTEST + (1 - FAINTEST) * abs(change) / most


def hatching(feature: dict[str, Any]) -> dict[str, Any]:
    """Lines that rise to the right, `HATCH` degrees apart, over the parts of them that lie inside a shape.

    A line is latitude − longitude = constant. Where it crosses the rings of the shape, sorted along it, its parts
    inside begin and end by turns. A polygon with an edge round the world, on both sides of the day line, is an island
    too small to hatch.
    """
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    lines = []
    for polygon in polygons:
        edges = [(a, b) for ring in polygon for a, b in pairwise(ring)]
        if max(b[0] - a[0] for a, b in edges) > 180:
            continue
        across = [y - x for ring in polygon for x, y in ring]
        for k in range(math.ceil(min(across) / HATCH), math.floor(max(across) / HATCH) + 1):
            met = sorted(_crossings(edges, k * HATCH))
            lines += [_bent(start, end, k * HATCH) for start, end in zip(met[::2], met[1::2], strict=True)]
    return {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}, "properties": {}}


Point = tuple[float, float]


def _crossings(edges: list[tuple[Point, Point]], constant: float) -> list[float]:
    """The longitudes at which edges cross the line latitude − longitude = `constant`; an end counts for one edge."""
    found = []
    for (x, y), (to_x, to_y) in edges:
        before, after = y - x - constant, to_y - to_x - constant
        if (before < 0) != (after < 0):
            found.append(x + (to_x - x) * before / (before - after))
    return found


def _bent(start: float, end: float, constant: float) -> list[list[float]]:
    """The points of a line between two longitudes, at most `_BEND` degrees apart."""
    count = max(math.ceil((end - start) / _BEND), 1)
    at = [start + (end - start) * k / count for k in range(count + 1)]
    return [[round(x, 2), round(x + constant, 2)] for x in at]


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
