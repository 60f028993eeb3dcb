"""Words of options: of their choices on the page, and of kinds of values in help and in Python."""

from __future__ import annotations

from typing import Final

DEFICITS: Final = {
    "fixed": "stay at their size",
    "balanced": "are zero before and after",
    "proportional": "stay in proportion to income",
}
"""Closure of deficits → the words of the page."""
BASE_TARIFFS: Final = {
    "collected": "duties collected at customs",
    "scaled": "averages scaled to the mean of each importer",
    "simple": "simple averages within a sector",
}
"""Rule of the base tariffs of bundled worlds → the words of the page."""
REVENUE_USES: Final = {"lump-sum": "it is handed out", "income-tax": "it lowers the income tax"}
"""Use of revenue → the words of the page."""
WAGE_UNITS: Final = {"factor-income": "world factor income", "usd": "dollars, US factor income held"}
"""Unit of the floor of wages → the words of the page."""
LABOUR: Final = ("labour", "revenue", "income_tax", "mobility", "wage_floor", "wage_unit")
"""The options that say what labour does."""
HORIZONS: Final = {"long": "workers move between sectors", "short": "workers stay in their sectors"}
"""Horizon → the words of the page."""

BOUNDS: Final = {"gt": "over", "ge": "at least", "lt": "under", "le": "at most"}
NOUNS: Final = {
    "pair": "two numbers separated by a comma",
    "number": "a number", "share": "a share such as 5% or 0.05", "whole": "a whole number", "day": "a day such as "
    "2018-05-22", "days": "days such as 2018-03-22,2018-04-03", "names": "names separated by commas", "numbers":
    "numbers separated by commas", "flag": "true or false", "text": "text", "economy": "a code such as USA",
    "sets": "names separated by commas", "worlds": "names separated by commas",
}  # fmt: skip
PYTHON: Final = {
    "flag": "bool", "number": "float", "share": "float", "whole": "int", "day": "date", "names": "Sequence[str]",
    "numbers": "Sequence[float]", "pair": "Sequence[float]", "days": "Sequence[date]",
}  # fmt: skip
METAVARS: Final = {
    "number": "NUMBER", "share": "FRACTION", "whole": "N", "day": "DATE", "days": "DATE", "names": "NAME,...",
    "numbers": "A,B,...", "pair": "A,B", "world": "NAME", "worlds": "NAME,...", "elasticities": "NAME",
    "sets": "NAME,...", "economy": "CODE", "prices": "FILE.csv", "path": "FOLDER", "packages": "ID,...",
    "question": "QUESTION",
}  # fmt: skip
