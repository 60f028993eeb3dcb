"""The colours of charts on a dark page, as CSS that names each colour of a drawing and what stands in its place.

A picture follows the page that shows it, never the paper it is printed on.
"""

from __future__ import annotations

from typing import Final

from detente.report import charts

BACKGROUND: Final = "#1A1D21"
DARK: Final = {
    charts.INK: "#E8EAED",
    charts.QUIET: "#AEB5BE",
    charts.NEUTRAL: "#A0A4A9",
    charts.FAINT: "#4A5058",
    charts.GAIN: "#56ABE0",
    charts.LOSS: "#F0894A",
    charts.GAIN_LIGHT: "#2F6688",
    charts.LOSS_LIGHT: "#8C5330",
    charts.PAPER: "#34383E",
    charts.GRID: "#34383E",
    **dict(zip(charts.SERIES[2:], ("#3CB995", "#DD8DB9", "#E8EAED", "#D9A441", "#9CCBE6", "#A0A4A9"), strict=True)),
}
"""Colour on paper → colour on a dark page: each at least three times as bright as the page or as dark."""


def _rules() -> str:
    shades = "".join(
        f'svg [fill="{light}"]{{fill:{dark}}}svg [stroke="{light}"]{{stroke:{dark}}}' for light, dark in DARK.items()
    )
    paper = (
        f'svg rect[fill="white"],svg path[fill="white"]{{fill:{BACKGROUND}}}svg [stroke="white"]{{stroke:{BACKGROUND}}}'
    )
    return f"@media screen and (prefers-color-scheme:dark){{{paper}{shades}}}"


DARK_RULES: Final = _rules()
