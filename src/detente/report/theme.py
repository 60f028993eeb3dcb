"""How every chart looks: colours that the colour-blind can tell, type of a reader's size, a width that fits a phone.

Charts are drawn about 440 px wide, so that their 13 px type is still legible where a phone shrinks them to its own
width. The colours are those of Okabe and Ito (2008), "Color Universal Design".
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt

GAIN: Final = "#0072B2"
LOSS: Final = "#D55E00"
GAIN_LIGHT: Final = "#8FC1DE"
LOSS_LIGHT: Final = "#EDB48C"
NEUTRAL: Final = "#6B6B6B"
INK: Final = "#1F2328"
FAINT: Final = "#C9CDD2"
QUIET: Final = "#59606A"
SERIES: Final = ("#0072B2", "#D55E00", "#007A5A", "#A8487F", "#1F2328", "#9A6A00", "#3F8FC0", "#6B6B6B")
"""Lines that stand side by side: Okabe and Ito's, darkened where white paper would swallow them."""

FONT: Final = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
SIZE: Final = 13
LABELS: Final = 160
"""px for the names on the left."""
PLOT: Final = 280
"""px for the marks on the right."""
LINE: Final = 13
"""px from one line of a name to the next."""
ROW: Final = 24
"""px from one bar to the next."""
CHARACTER: Final = 6.9
"""px of an average character of the labels, to leave room for them."""


def themed(chart: Any, title: str, subtitle: list[str]) -> Any:
    """The chart with its title, what it measures and where it is from, on the common theme."""
    heading = alt.TitleParams(
        text=wrap(title, 50),
        subtitle=[line for text in subtitle for line in wrap(text, 74)],
        anchor="start",
        frame="bounds",
        offset=12,
    )
    return (
        chart.properties(title=heading, background="white", padding=10)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_title(
            fontSize=16, fontWeight=600, color=INK, subtitleFontSize=12, subtitleColor=QUIET, subtitlePadding=6
        )
        .configure_axis(labelFontSize=SIZE, labelColor=INK, grid=False, domain=False, ticks=False, title=None)
        .configure_axisY(labelLimit=LABELS, labelPadding=8, minExtent=LABELS, maxExtent=LABELS)
        .configure_concat(spacing=18)
    )


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters, cut at blanks."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def tone(change: float, strong: bool = True) -> str:
    """The colour of a change: blue for a gain, vermilion for a loss, paler where it is not what the chart is about."""
    if change == 0:
        return NEUTRAL
    if change > 0:
        return GAIN if strong else GAIN_LIGHT
    return LOSS if strong else LOSS_LIGHT
