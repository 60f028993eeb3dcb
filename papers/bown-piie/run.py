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
from detente.data.products.weights import code_weights
from detente.policy.averages import average_tariffs
from detente.policy.reach import levels
from detente.policy.schedule import TariffBook

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import publish
from replication import table as drawn

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("DETENTE_SHARED") or HERE.parents[2] / "shared").resolve()

COLUMNS = {"USA": "US tariffs on Chinese exports", "CHN": "Chinese tariffs on US exports"}
PARTNER = {"USA": "CHN", "CHN": "USA"}
CASE, US, CHINA = "us-china-2018-2020", "us-on-china-2018-2020", "china-on-us-2018-2020"
SERIES = {"USA": "us-imports-naics3-monthly.csv", "CHN": "us-exports-naics3-monthly.csv"}
LAST = date(2024, 6, 26)
"""The last published date before measures that the schedules, which end in February 2020, do not hold."""
LEVEL, CHANGE, EXPLAINED = 4.0, 3.0, 1.5
"""Points that a level and a change may differ by, and above which a gap needs a reason."""


def published(shared: Path = SHARED) -> pd.DataFrame:
    """date, USA, CHN: the published averages up to LAST, percent."""
    raw = pd.read_csv(shared / "truth/piie-us-china-average-tariffs.csv")
    days = pd.to_datetime(raw["Date"], format="%d-%b-%y").dt.date
    table = pd.DataFrame({"date": days, **{name: raw[column] for name, column in COLUMNS.items()}})
    return table[table["date"] <= LAST].reset_index(drop=True)


def comparison(shared: Path = SHARED) -> pd.DataFrame:
    """Every published date beside ours, percent: importer, date, published, imports, equal, exports and the gaps.

    imports and equal are the two weightings of the package, exports is the published one as near as the world knows it;
    gap is imports − published, exports_gap is exports − published; change_gap is that of the change since the date
    before; why is the reason's number in the README where gap or change_gap is over EXPLAINED.
    """
    book = case_book()
    both, rows = published(shared), []
    for importer in COLUMNS:
        last = None
        for day, theirs in zip(both["date"], both[importer], strict=True):
            ours = average_tariffs(book, day).set_index(["importer", "exporter", "weights"])["after"] * 100
            imports, equal = (ours[importer, PARTNER[importer], name] for name in ("imports", "equal"))
            exports = by_exports(book, importer, day)
            gap = imports - theirs
            moved = 0.0 if last is None else gap - last
            why = reason(importer, day) if max(abs(gap), abs(moved)) > EXPLAINED else ""
            rows.append((importer, day, theirs, imports, equal, exports, gap, moved, exports - theirs, why))
            last = gap
    columns = [
        "importer",
        "date",
        "published",
        "imports",
        "equal",
        "exports",
        "gap",
        "change_gap",
        "exports_gap",
        "why",
    ]
    return pd.DataFrame(rows, columns=columns)


def case_book() -> TariffBook:
    """The tariffs of the bundled case, Section 232 included."""
    return TariffBook(dt.load_world("icio-2017"), dt.Dispute.read(CASE).measures)


def by_exports(book: TariffBook, importer: str, day: date) -> float:
    """The average where sectors weigh by the partner's exports to all economies, percent.

    Within a sector products weigh as they do by imports: the exports of an economy by product are not at hand.
    """
    world, partner = book.world, PARTNER[importer]
    n, i = world.index(importer), world.index(partner)
    goods = np.isin(world.sectors, world.goods)
    sold = np.where(goods, world.flows[:, i].sum(axis=0) - world.flows[i, i], 0.0)
    if importer == "USA":
        return float(np.average(book.tariffs(book.in_force(day))[n, i], weights=sold)) * 100
    starts = [law.from_ for law in book.measures if law.goods.table == CHINA and law.from_ is not None]
    since = max((start for start in starts if start <= day), default=date(2018, 1, 1))
    values = code_weights(importer, partner)
    values = values[values["sector"].isin(world.goods)]
    rates = values["hs6"].map(percent(since.isoformat())) * values["value"]
    sums = pd.DataFrame({"rates": rates, "value": values["value"]}).groupby(values["sector"]).sum()
    mean = (sums["rates"] / sums["value"]).reindex(list(world.sectors)).to_numpy(dtype=np.float64)
    known = ~np.isnan(mean)
    return float(np.average(mean[known], weights=sold[known]))


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
    book = case_book()
    for its in book.scalings:
        rows.append((f"list {its.part}: imports by trade", "USA", "2017", its.traded / 1e3, "bn"))
    for law in book.measures:
        if law.goods.table == US:
            ours = average_tariffs(book, law.from_).set_index(["importer", "exporter", "weights"])["after"] * 100
            change = by_exports(book, "USA", law.from_) - ours["USA", "CHN", "imports"]
            rows.append(("1: sectors weigh by exports to all", "USA", str(law.from_), change, "points"))
    for day, month in (("2018-01-01", "2018-01"), ("2019-09-01", "2019-09")):
        change = census("CHN", month, shared) - average(percent(day))
        rows.append(("2: trade weighs the codes of an industry", "CHN", day, change, "points"))
    late = average(percent("2019-01-02")) - average(percent("2018-11-01"))
    rows.append(("3: suspension on cars, here a day later", "CHN", "2019-01-01", late, "points"))
    halved = average(percent("2020-02-14")) - average(percent("2019-12-26"))
    rows.append(("halving, computed from the additions", "CHN", "2020-02-14", halved, "points"))
    return pd.DataFrame(rows, columns=["reason", "importer", "date", "number", "unit"])


def percent(day: str) -> pd.Series:
    """China's schedule of a date by code, percent."""
    return levels(CHINA)[day] * 100


def average(rates: pd.Series) -> float:
    """Rates of China by code averaged by the import weights at hand."""
    values = code_weights("CHN", "USA")
    return float(np.average(values["hs6"].map(rates), weights=values["value"]))


def census(importer: str, month: str, shared: Path = SHARED) -> float:
    """The trade-weighted Census series by industry, industries weighed by the trade of 2017, percent."""
    monthly = pd.read_csv(shared / "data/policy" / SERIES[importer], dtype={"time": str, "naics3": str})
    rates = monthly[monthly["time"] == f"{month}-01"].set_index("naics3")["tariff_trd_w_avg"].dropna()
    trade = monthly[monthly["time"].str.startswith("2017")].groupby("naics3")["china_trade"].sum()
    return float(np.average(rates, weights=trade.reindex(rates.index).fillna(0.0)))


def made(found: pd.DataFrame, shared: Path = SHARED) -> dict[str, str]:
    """The tables of the README: the largest gaps, the dates at which a number moves, what each reason is worth."""
    worst = found.groupby("importer")[["gap", "change_gap", "exports_gap"]].agg(lambda gaps: gaps.abs().max())
    largest = [
        [f"largest gap of {what}, points", *(f"{worst.loc[name, column]:.2f}" for name in COLUMNS), most]
        for what, column, most in (
            ("a level", "gap", f"{LEVEL:g}"),
            ("a change between dates", "change_gap", f"{CHANGE:g}"),
            ("a level, sectors weighed by exports", "exports_gap", ""),
        )
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
    head = ["date", "PIIE", "imports", "equal", "exports", "gap", "gap of change", "gap by exports", "why"]
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
        levels_now = [f"{row['published']:.1f}", *(f"{row[name]:.2f}" for name in ("imports", "equal", "exports"))]
        if levels_now != last:
            gaps = (f"{row[name]:.2f}" for name in ("gap", "change_gap", "exports_gap"))
            rows.append([row["date"], *levels_now, *gaps, row["why"]])
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
