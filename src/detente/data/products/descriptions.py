"""What products are called, and the search for them by words.

5,191 codes of six digits have a description, in words of the US tariff schedule or of US export statistics; those of
services, of a few woods and chemicals have none.
"""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from detente.data.products.concordance import NO_SECTOR, code_table
from detente.data.products.editions import EDITIONS, carried
from detente.data.products.editions import HERE as _TABLES
from detente.data.products.lines import all_imports, product_lines
from detente.errors import BadInput
from detente.inputs import require


def find_products(text: str) -> pd.DataFrame:
    """The products whose description has every word of `text`, in singular or plural.

    One row a code of six digits: hs6, description, sector (the main one, or `none`), imports_usd_mn (US imports of
    2024, all partners), the most traded first. Raises BadInput where the text has no word.
    """
    require(str, text, "text", "give words, 'soybeans'")
    words = [_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]
    if not words:
        raise BadInput("text has no word to search for: give one, 'soybeans'")
    table = _descriptions()
    stems = _stems()
    found = [code for code in table.index if all(any(its.startswith(word) for its in stems[code]) for word in words)]
    rows = pd.DataFrame({"hs6": found, "description": table[found].to_numpy()})
    rows["sector"] = [_sector(code) for code in found]
    rows["imports_usd_mn"] = _imports().reindex(found).fillna(0.0).to_numpy()
    return rows.sort_values(["imports_usd_mn", "hs6"], ascending=[False, True], ignore_index=True)


def description_of(code: str) -> str | None:
    """The description of a code of six digits, or of the six that a longer one begins with; None without one."""
    found = _descriptions().get(code[:6]) if len(code) >= 6 else None
    return None if found is None else str(found)


@cache
def _descriptions() -> pd.Series[str]:
    return pd.read_parquet(_TABLES / "descriptions.parquet").astype(object).set_index("hs6")["description"]


@cache
def _stems() -> dict[str, frozenset[str]]:
    """The words of each description without their plural."""
    texts = _descriptions().items()
    return {str(code): frozenset(map(_stem, re.findall(r"[a-z0-9]+", text.lower()))) for code, text in texts}


def _stem(word: str) -> str:
    """A word in the singular, as far as its ending tells."""
    if word.endswith("ies") and len(word) > 4:
        return word.removesuffix("ies") + "y"
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word


@cache
def _main_sectors() -> dict[str, str]:
    table = code_table().sort_values("weight", kind="stable", ascending=False).drop_duplicates("hs6")
    return dict(zip(table["hs6"], table["sector"], strict=True))


def _sector(code: str) -> str:
    covers = next((its for edition in EDITIONS if (its := carried(code, edition))), ())
    return _main_sectors().get(covers[0], NO_SECTOR) if covers else NO_SECTOR


@cache
def _imports() -> pd.Series[float]:
    """US imports of 2024 by code of six digits, under its number of HS 2022 and of HS 2017."""
    lines = product_lines("USA")
    sums = [pd.Series(all_imports()).groupby(number).sum() for number in (lines.hs2022, lines.hs2017)]
    return sums[0].combine_first(sums[1])
