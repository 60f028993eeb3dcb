"""What products weigh in the imports of one economy from another: the rule for lists that give no values.

Imports of the United States: by line of ten digits and partner, as customs recorded them in 2024. The European Union is
one partner there, so its members share its lines; partners without a row weigh as all partners do. For a year from 2014
to 2019 the lines of each chapter are scaled to what that chapter came to in that year, from the partner if it is one of
the 20 with figures by chapter, else as the chapter grew for all partners.

Other importers: across industries (NAICS3) by imports from the partner in `WEIGHT_YEAR` where customs figures of the
pair are bundled, within an industry every HS 2017 code the same; otherwise every code of a sector the same. Codes of
HS 2022 share their code of HS 2017 equally.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from detente.data.codes import economy_table, read_packaged
from detente.data.products.concordance import code_table
from detente.data.products.editions import HERE
from detente.data.products.lines import LINES_YEAR, has_lines, line_imports, product_lines
from detente.inputs import FloatArray, IntArray
from detente.usual_names import as_known, members_of

WEIGHT_YEAR: Final = 2017
"""The year whose imports weigh industries: the last one before any measure of 2018."""
EU: Final = "EUN"
"""What the European Union is called in trade statistics and in tables of rates; worlds have its members."""
_ALL: Final = "ALL"
_REST: Final = "ROW"


def line_weights(importer: str, exporter: str, year: int | None) -> FloatArray | None:
    """Imports of an economy from a partner by product line (in the order of `product_lines`), USD million.

    None for an importer whose trade is not known by line.
    """
    return _of_year(exporter, year if year in chapter_years() else None) if has_lines(importer) else None


@cache
def code_weights(importer: str, exporter: str, year: int | None = WEIGHT_YEAR) -> pd.DataFrame:
    """hs6, naics3, sector, value: what an HS 2017 code weighs in a sector among the purchases from a partner.

    `value` is USD million where trade by line or by industry is bundled; else the code's weight alone, which compares
    codes of one sector and no others.
    """
    table = code_table().drop(columns="how")
    lines = line_weights(importer, exporter, year)
    if lines is not None:
        by_code = pd.Series(lines).groupby(product_lines(importer).hs2017).sum()
        return table.assign(value=table["weight"] * table["hs6"].map(by_code).fillna(0.0)).drop(columns="weight")
    imports = industry_imports(importer, exporter)
    if imports is None:
        return table.rename(columns={"weight": "value"})
    count = table.groupby("naics3")["weight"].sum()
    each = (imports.reindex(count.index).fillna(0.0) / count).rename("each")
    return table.assign(value=table["weight"] * table["naics3"].map(each)).drop(columns="weight")


def industry_imports(importer: str, exporter: str) -> pd.Series[float] | None:
    """USD million of `WEIGHT_YEAR` by NAICS3, or None where no customs figures of the pair are bundled."""
    return _customs().get((importer, exporter))


def weight_note(importer: str, exporter: str, year: int | None) -> str:
    """How products without values are weighed for a pair, as a sentence for the reader."""
    if has_lines(importer):
        row = _row(exporter)
        whose = {
            exporter: f"imports of {importer} from {exporter}",
            EU: f"imports of {importer} from the European Union (one partner in customs records, for all its members)",
            _REST: f"imports of {importer} from partners that no world has",
        }.get(row, f"imports of {importer} from all partners (customs records by line have no row for {exporter})")
        scaled = year in chapter_years()
        of_year = f", each chapter scaled to its imports of {year}" if scaled else ""
        return f"products weigh by {whose} in {LINES_YEAR} by line of ten digits{of_year}"
    if industry_imports(importer, exporter) is not None:
        return (
            f"no trade values by product code: imports of {importer} from {exporter} of {WEIGHT_YEAR} weigh industries "
            "(NAICS3), within an industry every HS6 code weighs the same"
        )
    return (
        "no trade values by product code: where an importer has no customs figures by product or industry, "
        "every HS6 code of a sector weighs the same"
    )


def depends_on_exporter(importer: str, exporter: str) -> bool:
    """Whether the weights of a pair are the partner's own, so that those of another partner differ."""
    return has_lines(importer) or industry_imports(importer, exporter) is not None


@cache
def chapter_years() -> tuple[int, ...]:
    """The years whose imports by chapter are bundled."""
    return tuple(int(year) for year in sorted(_chapters().index.unique("year")))


def _row(exporter: str) -> str:
    """The partner whose lines stand for those of an economy: its own, the EU's, those of no world's, or all."""
    recorded = as_known(exporter, line_imports().columns)
    if exporter == _REST or recorded in line_imports().columns:
        return recorded
    return EU if exporter in _union() else _ALL


@cache
def _union() -> frozenset[str]:
    """The members of the European Union in the year of the lines."""
    return frozenset(members_of(EU, f"{LINES_YEAR}-12-31"))


@cache
def _of_2024(row: str) -> FloatArray:
    table = line_imports()
    if row == _REST:
        known = {*economy_table()["code"], EU}
        return np.asarray(table[[name for name in table.columns if name not in known]].sum(axis=1), dtype=np.float64)
    return np.asarray(table.sum(axis=1) if row == _ALL else table[row], dtype=np.float64)


@cache
def _of_year(exporter: str, year: int | None) -> FloatArray:
    """The lines of a partner, each chapter scaled to that of a year; a chapter without lines takes those of all."""
    lines, every = _of_2024(_row(exporter)), _of_2024(_ALL)
    if year is None:
        return lines
    place, imports = _places()[1], _imports_by_chapter(year)
    own = exporter in imports
    target = imports[exporter if own else _ALL]
    there, all_there = (np.bincount(place, weights=sold, minlength=len(target)) for sold in (lines, every))
    with np.errstate(divide="ignore", invalid="ignore"):
        of_own, of_all = np.nan_to_num(target / there, posinf=0.0), np.nan_to_num(target / all_there, posinf=0.0)
    if not own:
        return np.asarray(lines * of_all[place])
    return np.asarray(np.where((there > 0)[place], lines * of_own[place], every * of_all[place]), dtype=np.float64)


@cache
def _places() -> tuple[list[str], IntArray]:
    """The chapters of the product lines, and the position of each line's among them."""
    names, place = np.unique(product_lines("USA").line.astype("U2"), return_inverse=True)
    return names.tolist(), place.astype(np.int64)


@cache
def _imports_by_chapter(year: int) -> dict[str, FloatArray]:
    """US imports of a year by partner: one entry a chapter of `_places`, USD million."""
    table = _chapters().xs(year, level="year").unstack("chapter").reindex(columns=_places()[0]).fillna(0.0)
    return {str(partner): row for partner, row in zip(table.index, table.to_numpy(), strict=True)}


@cache
def _chapters() -> pd.Series[float]:
    """US imports, USD million, by partner, year and chapter."""
    table = pd.read_parquet(HERE / "us-chapters-2014-2019.parquet")
    return table.set_index(["partner", "year", "chapter"])["imports"] / 1e3


@cache
def _customs() -> dict[tuple[str, str], pd.Series[float]]:
    """Imports of `WEIGHT_YEAR` by NAICS3 of every pair whose customs figures are bundled."""
    annual = read_packaged("tables/us-china-naics3-annual.csv", numbers=("value",))
    pairs = annual[annual["year"] == str(WEIGHT_YEAR)].groupby(["importer", "exporter"])
    return {(str(n), str(i)): its.set_index("naics3")["value"] for (n, i), its in pairs}
