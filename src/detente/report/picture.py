"""Charts as SVG and PNG, drawn on this machine alone."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import vl_convert

PNG_SCALE: Final = 2.0
"""Pixels of the PNG for one of the chart, for screens with fine dots and for print."""


def svg(chart: Any) -> str:
    """The chart as one SVG element that takes the width it is given."""
    # the check against the schema of Vega-Lite takes as long as drawing does; the tests make it for every chart
    text = str(vl_convert.vegalite_to_svg(json.dumps(chart.to_dict(validate=False), allow_nan=False)))
    return re.sub(r"^<svg ", '<svg preserveAspectRatio="xMinYMin meet" ', text)


def png(drawn: str) -> bytes:
    """What `svg` drew as PNG."""
    return bytes(vl_convert.svg_to_png(drawn, scale=PNG_SCALE))
