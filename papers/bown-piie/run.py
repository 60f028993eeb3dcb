"""Average tariffs of the US on China and of China on the US, 2018-2024, beside those of C. Bown (PIIE).

Run with `make papers`, or `python papers/bown-piie/run.py`. The published averages are read from the reference folder
at run time (environment variable DETENTE_SHARED, by default `../shared` beside the repository) and are never an input.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt
from detente.data.products.concordance import section_301_lists
from detente.data.products.weights import code_weights, industry_imports
from detente.policy.reach import history, levels, mended
from detente.policy.schedule import TariffBook, average_tariffs

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import publish
from replication import table as drawn

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DETENTE_SHARED") or HERE.parents[2] / "shared").resolve()

COLUMNS = {"USA": "US tariffs on Chinese exports", "CHN": "Chinese tariffs on US exports"}
PARTNER = {"USA": "CHN", "CHN": "USA"}
TABLES = {"USA": "us-on-china-2018-2020", "CHN": "china-on-us-2018-2020"}
SERIES = {"USA": "us-imports-naics3-monthly.csv", "CHN": "us-exports-naics3-monthly.csv"}
LAST = date(2024, 6, 26)
"""The last published date before measures that the schedules, which end in February 2020, do not hold."""
LEVEL, CHANGE, EXPLAINED = 4.0, 3.0, 1.5
"""Points that a level and a change may differ by, and above which a gap needs a reason."""

LISTS = {
    "2018-07-06": {"1": 25.0},
    "2018-08-23": {"1": 25.0, "2": 25.0},
    "2018-09-24": {"1": 25.0, "2": 25.0, "3": 10.0},
    "2019-06-01": {"1": 25.0, "2": 25.0, "3": 25.0},
    "2019-09-01": {"1": 25.0, "2": 25.0, "3": 25.0, "4A": 15.0},
    "2020-02-14": {"1": 25.0, "2": 25.0, "3": 25.0, "4A": 7.5},
}
"""Duty of each list of Section 301 by date, percentage points."""
WORTH = {"2018-07-06": 34.0, "2018-08-23": 50.0, "2018-09-24": 250.0}
"""USD billion of imports that the lists in force on a date are worth by their own titles."""


def published(shared: Path = SHARED) -> pd.DataFrame:
    """date, USA, CHN: the published averages up to LAST, percent."""
    raw = pd.read_csv(shared / "truth/piie-us-china-average-tariffs.csv")
    days = pd.to_datetime(raw["Date"], format="%d-%b-%y").dt.date
    table = pd.DataFrame({"date": days, **{name: raw[column] for name, column in COLUMNS.items()}})
    return table[table["date"] <= LAST].reset_index(drop=True)


def comparison(shared: Path = SHARED) -> pd.DataFrame:
    """Every published date beside ours, percent: importer, date, published, imports, equal, gap, change_gap, why.

    imports and equal are the two weightings; gap is imports − published; change_gap is that of the change since the
    date before; why is the reason's number in the README where either is over EXPLAINED.
    """
    book = TariffBook(dt.load_world("icio-2017"), [*history(TABLES["USA"]), *history(TABLES["CHN"])])
    both, rows = published(shared), []
    for importer in COLUMNS:
        last = None
        for day, theirs in zip(both["date"], both[importer], strict=True):
            ours = average_tariffs(book, day).set_index(["importer", "weights"])["after"] * 100
            gap = ours[importer, "imports"] - theirs
            moved = 0.0 if last is None else gap - last
            why = reason(importer, day) if max(abs(gap), abs(moved)) > EXPLAINED else ""
            rows.append((importer, day, theirs, ours[importer, "imports"], ours[importer, "equal"], gap, moved, why))
            last = gap
    columns = ["importer", "date", "published", "imports", "equal", "gap", "change_gap", "why"]
    return pd.DataFrame(rows, columns=columns)


def reason(importer: str, day: date) -> str:
    """The numbers of the README's reasons for a gap on a day."""
    if importer == "USA":
        return "1"
    if day == date(2019, 1, 1):
        return "2, 3"
    return "2"


def evidence(shared: Path = SHARED) -> pd.DataFrame:
    """What each reason is worth on our weights: reason, importer, date, number, unit."""
    rows: list[tuple[str, str, str, float, str]] = []
    total = float(industry_imports("USA", "CHN").sum()) / 1e3
    for day, worth in WORTH.items():
        hit = average("USA", (levels(TABLES["USA"])[day] > levels(TABLES["USA"])["2018-01-01"]) * 1.0)
        rows.append((f"1: lists worth USD {worth:g}bn weigh here", "USA", day, hit * total, "bn"))
    for day in LISTS:
        rows.append(("1: lines of a code weigh the same", "USA", day, against("USA", day, by_lines(day)), "points"))
    for importer, day, month in (("CHN", "2018-01-01", "2018-01"), ("CHN", "2019-09-01", "2019-09")):
        change = census(importer, month, shared) - average(importer, percent(importer, day))
        rows.append(("2: trade weighs the codes of an industry", importer, day, change, "points"))
    late = against("CHN", "2018-11-01", percent("CHN", "2019-01-02"))
    rows.append(("3: suspension on cars, here a day later", "CHN", "2019-01-01", late, "points"))
    halved = against("CHN", "2019-12-26", percent("CHN", "2020-02-14"))
    rows.append(("halving, computed from the additions", "CHN", "2020-02-14", halved, "points"))
    for day in LISTS:
        rows.append(("65 codes at one addition instead of none", "USA", day, against("USA", day, kept(day)), "points"))
    return pd.DataFrame(rows, columns=["reason", "importer", "date", "number", "unit"])


def percent(importer: str, day: str) -> pd.Series:
    """The schedule of a date by code, percent."""
    return levels(TABLES[importer])[day] * 100


def average(importer: str, rates: pd.Series) -> float:
    """Rates by code averaged by the import weights at hand."""
    values = code_weights(importer, PARTNER[importer])
    return float(np.average(values["hs6"].map(rates), weights=values["value"]))


def against(importer: str, day: str, rates: pd.Series) -> float:
    """What the average would move by, were these the rates of a date."""
    return average(importer, rates) - average(importer, percent(importer, day))


def by_lines(day: str) -> pd.Series:
    """The US schedule where a code pays what its eight-digit lines on the lists pay on average, percent."""
    lists = section_301_lists()
    added = lists["list"].map(LISTS[day]).fillna(0.0).groupby(lists["hs8"].str[:6]).mean()
    base = percent("USA", "2018-01-01")
    return base + added.reindex(base.index).fillna(0.0)


def kept(day: str) -> pd.Series:
    """The US schedule where the codes that were counted twice keep half of what the source adds to them, percent."""
    twice = mended(TABLES["USA"])
    twice = twice[(twice["what"] == "double count") & (twice["date"] == day)].set_index("hs6")
    return percent("USA", day).add((twice["published"] - twice["used"]) / 2, fill_value=0.0)


def census(importer: str, month: str, shared: Path = SHARED) -> float:
    """The trade-weighted Census series by industry, industries weighed by the trade of 2017, percent."""
    monthly = pd.read_csv(shared / "data/policy" / SERIES[importer], dtype={"time": str, "naics3": str})
    rates = monthly[monthly["time"] == f"{month}-01"].set_index("naics3")["tariff_trd_w_avg"].dropna()
    trade = monthly[monthly["time"].str.startswith("2017")].groupby("naics3")["china_trade"].sum()
    return float(np.average(rates, weights=trade.reindex(rates.index).fillna(0.0)))


def made(found: pd.DataFrame, shared: Path = SHARED) -> dict[str, str]:
    """The tables of the README: the largest gaps, the dates at which a number moves, what each reason is worth."""
    worst = found.groupby("importer")[["gap", "change_gap"]].agg(lambda gaps: gaps.abs().max())
    largest = [
        [f"largest gap of {what}, points", *(f"{worst.loc[name, column]:.2f}" for name in COLUMNS), f"{most:g}"]
        for what, column, most in (("a level", "gap", LEVEL), ("a change between dates", "change_gap", CHANGE))
    ]
    reasons = [
        [
            row.reason,
            row.importer,
            row.date,
            (f"{row.number:.0f}" if row.unit == "bn" else f"{row.number:+.2f}") + f" {row.unit}",
        ]
        for row in evidence(shared).itertuples()
    ]
    head = ["date", "PIIE", "imports", "equal", "gap", "gap of change", "why"]
    return {
        "largest": drawn(["", "USA on China", "China on USA", "allowed"], largest),
        **{f"dates {importer}": drawn(head, moves(found[found["importer"] == importer])) for importer in COLUMNS},
        "reasons": drawn(["reason", "by", "date", "worth"], reasons),
    }


def moves(side: pd.DataFrame) -> list[list[object]]:
    """A row a date at which a published or a computed average of one side differs from that of the date before."""
    rows: list[list[object]] = []
    last: list[str] = []
    for row in side.to_dict("records"):
        levels_now = [f"{row['published']:.1f}", *(f"{row[name]:.2f}" for name in ("imports", "equal"))]
        if levels_now != last:
            rows.append([row["date"], *levels_now, *(f"{row[name]:.2f}" for name in ("gap", "change_gap")), row["why"]])
        last = levels_now
    return rows


def results(found: pd.DataFrame) -> pd.DataFrame:
    """Every published average beside the computed one."""
    return pd.DataFrame(
        {
            "table": "average tariffs",
            "what": [f"{row.importer} {row.date}" for row in found.itertuples()],
            "unit": "percent",
            "published": found["published"],
            "digits": 1,
            "computed": found["imports"],
        }
    )


def main() -> int:
    """Write the page and print it; 1 where the reference folder is absent."""
    if not SHARED.is_dir():
        print(f"{SHARED} is absent: set DETENTE_SHARED to the reference folder", file=sys.stderr)
        return 1
    found = comparison(SHARED)
    publish(HERE, made(found, SHARED), results(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
