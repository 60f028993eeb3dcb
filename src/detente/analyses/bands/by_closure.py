"""Third economies by closure of deficits, which often decides whether they gain or lose."""

from __future__ import annotations

from typing import Final

import pandas as pd

from detente.analyses.bands.result import Bands
from detente.report.blocks import Row, Table, rows_of
from detente.report.numbers import Names, listed, points, signed_percent

SHOWN: Final = 12
"""The most third economies of a table."""
NAMED: Final = 3
"""The most third economies of a sentence."""


def closure_table(bands: Bands, scenario: str) -> Table | None:
    """The third economies of a scenario by closure; first those whose sign turns, then the largest changes.

    None where one closure alone is drawn, or there are no third economies.
    """
    medians = _medians(bands, scenario)
    if medians.empty:
        return None
    names = Names(bands.names)
    of = bands.closures[bands.closures["scenario"] == scenario]
    cells = {
        (row["economy"], row["deficits"]): f"{points(row['median'])} ({points(row['low'])} to {points(row['high'])})"
        for row in rows_of(of)
    }
    rows = [Row((names.economy(code), *(cells[code, name] for name in medians))) for code in medians.index[:SHOWN]]
    caption = (
        f"Change in real income of third economies in {scenario} by closure of deficits, in per cent: the median over "
        "the draws of that closure, and the band of nine draws in ten; first the economies whose median changes sign"
    )
    return Table(caption, ("", *(str(name).capitalize() for name in medians)), tuple(rows), bands.stamp)


def closure_words(bands: Bands, scenario: str) -> str:
    """How many third economies gain under one closure and lose under another, with the largest of them.

    Empty where one closure alone is drawn, or there are no third economies.
    """
    medians = _medians(bands, scenario)
    if medians.empty:
        return ""
    turned = medians[_turns(medians)]
    if turned.empty:
        return "For third economies the closure of deficits comes first, but the median of none changes sign with it."
    names = Names(bands.names)
    said = [f"{names.the(code)} {_by_closure(turned.loc[code])}" for code in turned.index[:NAMED]]
    return (
        f"For third economies the closure of deficits comes first: the median of {len(turned)} of {len(medians)} "
        f"changes sign with it, among them {listed(said)}."
    )


def _by_closure(medians: pd.Series) -> str:
    return "(" + ", ".join(f"{signed_percent(value)} {name}" for name, value in medians.items()) + ")"


def _medians(bands: Bands, scenario: str) -> pd.DataFrame:
    """Economies by closure, those whose sign turns first, then by size."""
    of = bands.closures[bands.closures["scenario"] == scenario]
    names = list(dict.fromkeys(of["deficits"]))
    wide = of.pivot(index="economy", columns="deficits", values="median")[names]
    order = pd.DataFrame({"turns": _turns(wide), "size": wide.abs().max(axis=1)})
    return wide.loc[order.sort_values(["turns", "size"], ascending=False, kind="stable").index]


def _turns(medians: pd.DataFrame) -> pd.Series:
    return (medians.min(axis=1) < 0) & (medians.max(axis=1) > 0)
