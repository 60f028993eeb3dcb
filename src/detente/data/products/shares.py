"""Shares by product: trade that enters under a preference, and metals in the value of goods.

Claims of USMCA are shares of US imports from Canada and Mexico by line of ten digits in a year; a line or a partner
that the table does not have claims nothing. Contents are those of the industry of a product (accounts of inputs and
outputs), the same for every partner. Where the source has more metal in a good than the good is worth, the largest
metal is clipped at 1, and the others at what it leaves.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import read_packaged
from detente.data.products.editions import HERE
from detente.data.products.lines import LINES_OF, all_imports, has_lines, product_lines
from detente.inputs import FloatArray

CLAIMS: Final = {"usmca-2024": "2024", "usmca-2025": "2025"}
"""Bundled tables of claims → the column of the year. All are of US imports."""
METALS: Final = ("steel", "aluminium", "copper")
ALL_METALS: Final = "metal-content"
CONTENTS: Final = (ALL_METALS, *(f"{metal}-content" for metal in METALS))
"""Bundled tables of contents: all three metals together, and each of them."""


def claimed_shares(table: str, exporter: str) -> FloatArray:
    """The share of each US product line (in the order of `product_lines`) from a partner that claims the preference."""
    shares = _claims()
    if exporter not in shares.index.unique("partner"):
        return np.zeros(len(product_lines(LINES_OF).line))
    own = shares.xs(exporter, level="partner")[CLAIMS[table]]
    return np.asarray(own.reindex(product_lines(LINES_OF).line).fillna(0.0), dtype=np.float64)


def partners_of(table: str) -> tuple[str, ...]:
    """The partners that a table of claims has shares of."""
    shares = _claims()[CLAIMS[table]]
    return tuple(sorted(shares[shares > 0].index.unique("partner")))


@cache
def content_shares(name: str, importer: str) -> FloatArray:
    """The share of a content in the value of each product of an importer, in the order of `product_lines`.

    US lines have their own industry; codes of six digits the average of their lines, weighted by US imports.
    """
    metals = _contents()
    own = metals.sum(axis=1) if name == ALL_METALS else metals[name.removesuffix("-content")]
    if has_lines(importer):
        return np.asarray(own.reindex(product_lines(importer).line).fillna(0.0), dtype=np.float64)
    lines = product_lines(LINES_OF)
    weights = pd.Series(all_imports(), index=lines.line).reindex(own.index).fillna(0.0)
    six = own.index.str[:6]
    worth = weights.groupby(six).sum()
    plain = own.groupby(six).mean()
    average = ((own * weights).groupby(six).sum() / worth.where(worth > 0)).fillna(plain)
    products = product_lines(importer)
    number = np.where(products.hs2022 != "", products.hs2022, products.hs2017)
    return np.asarray(average.reindex(number).fillna(0.0), dtype=np.float64)


@cache
def clipped(name: str) -> int:
    """The number of product lines of which the source has more of a content than there can be."""
    raw, used = _raw_contents(), _contents()
    if name == ALL_METALS:
        return int((raw.sum(axis=1) > 1).sum())
    metal = name.removesuffix("-content")
    return int((raw[metal] > used[metal]).sum())


@cache
def _claims() -> pd.DataFrame:
    """Shares by line and partner, a column a year."""
    table = pd.read_parquet(HERE / "usmca-claims.parquet").astype({"hts10": str, "partner": str})
    return table.set_index(["hts10", "partner"]) / 1e3


@cache
def _raw_contents() -> pd.DataFrame:
    """The shares of the source by line, a column a metal."""
    lines = pd.read_parquet(HERE / "metal-content.parquet").astype({"hts10": str})
    shares = read_packaged("products/metal-content.csv", numbers=METALS)
    by_industry = shares.set_index(shares["industry"].astype("int16"))[list(METALS)]
    return by_industry.loc[lines["industry"]].set_index(pd.Index(lines["hts10"]))


@cache
def _contents() -> pd.DataFrame:
    """The same, of which the metals of no line come to more than its value; the largest has it first."""
    raw = _raw_contents().to_numpy()
    order = np.argsort(-raw, axis=1, kind="stable")
    falling = np.take_along_axis(raw, order, axis=1)
    before = np.cumsum(falling, axis=1) - falling
    fitted = np.empty_like(raw)
    np.put_along_axis(fitted, order, np.clip(falling, 0.0, np.maximum(1.0 - before, 0.0)), axis=1)
    return pd.DataFrame(fitted, index=_raw_contents().index, columns=list(METALS))
