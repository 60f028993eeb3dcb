"""What institutes published on the tariffs of 2025 and 2026, beside what the bundled law gives.

Run with `make papers`. Needs the reference folder (`DETENTE_SHARED`).
"""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

import detente as dt
from detente.data.persons import known_households
from detente.errors import DetenteWarning

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replication import digits, published_from_reference, shared, table
from states import LAST, TODAY, State, law_of_the_day, raised, threats_of_2018

HERE = Path(__file__).resolve().parent
LAB, CEPII, KIEL = "Budget Lab at Yale", "CEPII (MIRAGE)", "Kiel Institute (KITE)"
RCUV = "Rodríguez-Clare, Ulate & Vásquez (2025)"
GROWTH = 0.04
"""Nominal growth a year from the year of the world on: an assumption."""
CHANGES = {"2024": ("share: usmca-2025", "share: usmca-2024"),
           "none": ("claims: {preference: USMCA, share: usmca-2025}", "")}  # fmt: skip
"""Claims of USMCA in place of those of 2025, each one change of the text of the case."""
KAPPA, FLOOR = 0.5, 0.99


@cache
def published() -> pd.DataFrame:
    """What was published: source, scenario, quantity, economy, value, unit."""
    return pd.read_csv(shared() / "truth" / "published-2025.csv")


def printed(source: str, quantity: str) -> float:
    """One published value. Raises ValueError where there is not exactly one."""
    rows = published()
    return float(rows[(rows["source"] == source) & (rows["quantity"] == quantity)]["value"].item())


# Effective rates by day


def case(claims: str | None = None) -> dt.Dispute:
    """The bundled case, or its text with other claims of USMCA. Raises ValueError where the text has changed."""
    if claims is None:
        return dt.Dispute.read("us-2025")
    old, new = CHANGES[claims]
    text = (files("detente.dispute") / "cases" / "us-2025.yaml").read_text("utf-8")
    if old not in text:
        raise ValueError(f"the case has no {old!r}")
    with warnings.catch_warnings():  # the members of the Union on each day, which the bundled case says in its notes
        warnings.simplefilter("ignore", DetenteWarning)
        return dt.Dispute.parse(text.replace(old, new))


@cache
def rates() -> pd.DataFrame:
    """Average US tariffs by day, per cent: the law's in two ways, others', and points of the law with other claims."""
    days = pd.read_csv(HERE / "rates.csv", dtype={"day": str})
    law, others = case(), {name: case(name) for name in CHANGES}
    rows: list[dict[str, Any]] = []
    for day in [*days["day"], LAST]:
        its = dt.schedule(law, on=day)
        row: dict[str, Any] = {"day": day, "law": 100 * its.total("USA")}
        row["after"] = 100 * its.total("USA", after_substitution=True)
        row |= {name: 100 * dt.schedule(other, on=day).total("USA") - row["law"] for name, other in others.items()}
        rows.append(row)
    return pd.DataFrame(rows).merge(days, on="day", how="left")


# The numbers that are asked for first


@cache
def states() -> dict[str, State]:
    """The states of the columns."""
    return {
        "law": law_of_the_day(),
        "unanswered": law_of_the_day(answered=False),
        "2018": threats_of_2018(),
    }


@cache
def solved(name: str) -> dt.Solution:
    """The equilibrium of a column: elasticities U4, deficits held, the long run."""
    return states()[name].solved()


@cache
def deciles(name: str) -> pd.DataFrame:
    """Losses by decile of the first round, by group."""
    s = solved(name)
    groups = dt.us_deciles(tuple(s.base.sectors))
    assert groups is not None
    losses = dt.household_losses(s, None, groups)
    return losses[losses["prices"] == "first_round"].set_index("group")


@cache
def first_numbers(name: str) -> dict[str, float]:
    """Numbers of the United States in a column: fractions, and USD a household."""
    s, first, households = solved(name), deciles(name), known_households()["USA"].households
    n = s.base.index("USA")
    prices = dt.prices(s).set_index(["economy", "sector"]).loc[("USA", "all")]
    row = s.economies().set_index("economy").loc["USA"]
    sticky = states()[name].solved(wages=dt.Sticky(FLOOR, anchor="factor-income"))
    elastic = states()[name].solved(labour=dt.Elastic(KAPPA))
    return {
        "prices": prices["first_round"],
        "prices_after": prices["first_round_substituted"],
        "prices_own": first["consumption_cost"].sum() / first["consumption"].sum(),
        "household": -1e6 * first["cost"].sum() / households,
        "household_own": -1e6 * first["consumption_cost"].sum() / households,
        "household_income": 1e6 * row["real_income_usd"] / households,
        "gdp": row["real_gdp"],
        "income": row["real_income"],
        "moving": row["workers_moving"],
        "work": float(elastic.L_hat[n] - 1),
        "unemployment": float(sticky.unemployment[n]),
        "revenue": float(s.R_cf[n] / s.w_hat[n] - s.base.R[n]),
        "poorest": -first["cost_share"].iloc[0],
        "richest": -first["cost_share"].iloc[-1],
    }


@cache
def revenue(growth: float) -> dict[str, float]:
    """US revenue of ten years from 2026 by item, USD billion."""
    sums = dt.path(dt.Dispute.parse(TODAY), years=10, first=2026, growth=growth).sums
    mine = sums[sums["economy"] == "USA"].set_index("item")["total"]
    return {str(item): float(total) / 1e3 for item, total in mine.items()}


# Shocks that others computed


@cache
def shocks() -> dict[str, State]:
    """The scenarios of other institutes, on base tariffs of 2022."""
    world = dt.load_world("icio-2022")
    answers = [(code, "USA", 0.6 if code == "CHN" else 0.1) for code in world.economies if code != "USA"]
    laid = {
        "60/10": raised(world, ("USA", "CHN", 0.6), ("USA", "*", 0.1), *answers),
        "145/125": raised(world, ("USA", "CHN", 1.45), ("USA", "*", 0.1), ("CHN", "USA", 1.25)),
        "cars": raised(world, ("USA", "*", 0.25), goods=("C29",)),
    }
    return {name: State(world, dt.Shock(t_cf=t)) for name, t in laid.items()}


@cache
def effects(name: str, way: str = "") -> pd.DataFrame:
    """Real income, real GDP and trade by economy in a shock, per cent; `world` is the sum."""
    how: dict[str, Any] = {"": {}, "elastic": {"labour": dt.Elastic(KAPPA)}, "CP": {"elasticities": "CP"},
                           "short": {"horizon": "short"}}[way]  # fmt: skip
    state = shocks().get(name) or states()[name]
    s = state.solved(**how)
    base, table_ = s.base, s.economies().set_index("economy")
    gdp = base.I - base.D
    own = np.eye(len(gdp), dtype=bool)[:, :, None]
    before, after = np.where(own, 0.0, base.M), np.where(own, 0.0, s.M_cf / s.c_hat[None])
    traded = after.sum() / before.sum() - 1  # at base prices: a volume
    frame = table_[["real_income", "real_gdp"]].assign(trade=np.nan)
    frame.loc["world"] = [
        float(table_["real_income"] @ base.I) / base.I.sum(), float(table_["real_gdp"] @ gdp) / gdp.sum(), traded,
    ]  # fmt: skip
    return 100 * frame


ROWS = (
    (CEPII, "60/10", "GDP", "USA", "real_gdp"), (CEPII, "60/10", "GDP", "CHN", "real_gdp"),
    (CEPII, "60/10", "GDP", "world", "real_gdp"), (CEPII, "60/10", "world trade", "world", "trade"),
    (KIEL, "145/125", "real income", "USA", "real_income"), (KIEL, "145/125", "real income", "CHN", "real_income"),
    (KIEL, "cars", "real income", "MEX", "real_income"), (KIEL, "cars", "real income", "CAN", "real_income"),
    (KIEL, "cars", "real income", "DEU", "real_income"), (RCUV, "law", "real income", "USA", "real_income"),
)  # fmt: skip
"""Published rows: source, shock, quantity, economy, and what is computed."""
SCENARIO = {"60/10": "60 % on China", "145/125": "145 on China", "cars": "25 % on cars", "law": "tariffs of 2025"}


def of_others() -> pd.DataFrame:
    """The published rows beside the computed ones, per cent."""
    rows = published()
    found = []
    for source, shock, quantity, economy, column in ROWS:
        its = rows[(rows["source"] == source) & (rows["quantity"] == quantity) & (rows["economy"] == economy)]
        value = float(its[its["scenario"].str.startswith(SCENARIO[shock])]["value"].item())
        row = {"source": source, "shock": shock, "quantity": quantity, "economy": economy, "published": value}
        row |= {way or "U4": effects(shock, way).loc[economy, column] for way in ("", "CP", "short", "elastic")}
        found.append(row)
    return pd.DataFrame(found)


@cache
def best_uniform() -> float:
    """The uniform tariff, added to base tariffs on all goods and not answered, at which US real income is highest."""
    world = dt.load_world("icio-2022")
    economy, n = dt.calibrate(world), world.index("USA")

    def loss(rate: float) -> float:
        return -float(dt.solve(economy, dt.Shock(t_cf=raised(world, ("USA", "*", rate)))).W_hat[n])

    found = minimize_scalar(loss, bounds=(0.0, 0.5), method="bounded", options={"xatol": 1e-4})
    return 100 * float(found.x)


# The page


def made() -> dict[str, str]:
    """The tables of the README."""
    return {
        "rates": table(
            ["day", "law, before substitution", "law, after it", LAB, "Treasury, collected", "law less Budget Lab",
             "law less Treasury", "after substitution less Treasury", "claims of 2024 would add",
             "no claims would add"], rate_rows()),
        "first": table(["", "us-2025 on its last day", "the same, unanswered", "us-china-2018", LAB], first_rows()),
        "deciles": table(["decile", "cost, USD a household", "of own consumption", "us-china-2018"], decile_rows()),
        "revenue": table(
            ["USD bn, 2026 to 2035", "at the size of 2022", "with growth of 4 % a year", LAB], revenue_rows()),
        "others": table(
            ["source, shock, quantity", "published", "computed", "elasticities CP", "workers stay in sectors",
             "labour supply 0.5"],
            other_rows()),
    }  # fmt: skip


def rate_rows() -> list[list[str]]:
    """Rates by day in per cent, gaps in points; a dash where nothing was published."""
    found = rates()
    gaps = (("law", "budget_lab"), ("law", "treasury"), ("after", "treasury"))
    rows = []
    for r in found.to_dict("records"):
        levels = [r[name] for name in ("law", "after", "budget_lab", "treasury")]
        between = [r[one] - r[other] for one, other in gaps]
        rows.append([
            str(r["day"]), *("–" if np.isnan(level) else f"{level:.1f}" for level in levels),
            *("–" if np.isnan(gap) else f"{gap:+.1f}" for gap in between), f"{r['2024']:+.2f}", f"{r['none']:+.2f}",
        ])  # fmt: skip
    return rows


def other_rows() -> list[list[str]]:
    """What others computed, per cent, and what is computed here under one assumption after the other."""
    rows = []
    for r in of_others().to_dict("records"):
        values = (f"{r[name]:+.2f}" for name in ("published", "U4", "CP", "short", "elastic"))
        rows.append([f"{r['source']}, {r['shock']}: {r['quantity']}, {r['economy']}", *values])
    return rows


def first_rows() -> list[list[str]]:
    """The numbers that are asked for first, with the Budget Lab's where it has one."""
    each = [first_numbers(name) for name in ("law", "unanswered", "2018")]
    rows = [
        ("consumer prices, first round before substitution, all final spending", "prices", "%", ""),
        ("the same after substitution", "prices_after", "%", ""),
        ("the same before substitution, households' own consumption alone", "prices_own", "%",
         f"{printed(LAB, 'consumer prices'):+.1f} %"),
        ("USD a household a year, all final spending", "household", "$", ""),
        ("USD a household a year, own consumption alone", "household_own", "$",
         f"{printed(LAB, 'USD per household'):,.0f}"),
        ("USD a household a year, real income in the equilibrium", "household_income", "$", ""),
        ("real GDP at base prices", "gdp", "%", ""),
        ("real income", "income", "%", ""),
        ("workers who change sector", "moving", "%", ""),
        (f"work, labour supply with elasticity {KAPPA:g}", "work", "%", ""),
        (f"unemployment, wages that fall by at most {1 - FLOOR:.0%} against world factor income", "unemployment", "%",
         ""),
        ("tariff revenue a year, equilibrium, USD bn", "revenue", "bn", ""),
        ("poorest decile, first round, share of spending", "poorest", "%", ""),
        ("richest decile, first round, share of spending", "richest", "%", ""),
    ]  # fmt: skip
    show = {"%": lambda x: f"{100 * x:+.3f} %", "$": lambda x: f"{x:,.0f}", "bn": lambda x: f"{x / 1e3:,.1f}"}
    return [[what, *(show[unit](its[key]) for its in each), lab or "–"] for what, key, unit, lab in rows]


def decile_rows() -> list[list[str]]:
    """Deciles of the law, own consumption alone, and of 2018."""
    law, before = deciles("law"), deciles("2018")
    each = known_households()["USA"].households / len(law)
    rows = []
    for group, row in law.iterrows():
        cost, share = row["consumption_cost"], row["consumption_cost"] / row["consumption"]
        old = before.loc[group, "consumption_cost"]
        rows.append([group, f"{-1e6 * cost / each:,.0f}", f"{-100 * share:+.2f} %", f"{-1e6 * old / each:,.0f}"])
    return rows


def revenue_rows() -> list[list[str]]:
    """Ten years of revenue, by definition."""
    flat, grown = revenue(0.0), revenue(GROWTH)
    said = published().query("source == @LAB and quantity == 'revenue'")["note"].item()
    dynamic = re.search(r"([\d,]+) dynamic", str(said))
    assert dynamic is not None
    lab = {"conventional_net": f"{printed(LAB, 'revenue'):,.0f}", "dynamic_net": dynamic[1]}
    names = ("static", "conventional", "conventional_net", "equilibrium", "dynamic_net")
    return [[name, f"{flat[name]:,.0f}", f"{grown[name]:,.0f}", lab.get(name, "–")] for name in names]


def results() -> pd.DataFrame:
    """Published percentages beside computed ones."""
    found = [
        ("effective rate", f"{name} {r.day}", value, r.law)
        for r in rates().itertuples(index=False)
        for name, value in ((LAB, r.budget_lab), ("Treasury", r.treasury))
        if not np.isnan(value)
    ]
    last = rates().set_index("day").loc[LAST, "law"]
    found.append(("effective rate", f"{LAB} 2026-11-09, law of {LAST}", printed(LAB, "effective rate"), last))
    own = 100 * first_numbers("law")["prices_own"]
    found.append(("first numbers", "consumer prices, own consumption", printed(LAB, "consumer prices"), own))
    found += [("others", f"{r.source}, {r.shock}: {r.quantity} {r.economy}", r.published, r.U4)
              for r in of_others().itertuples(index=False)]  # fmt: skip
    uniform = published().query("quantity == 'tariff'")["value"].item()
    found.append(("others", "best uniform US tariff with inputs", float(uniform), best_uniform()))
    frame = pd.DataFrame(found, columns=["table", "what", "published", "computed"])
    return frame.assign(unit="percent", digits=frame["published"].map(lambda x: max(digits(x), 1)))


def main() -> int:
    """Write the page and print it; 1 where the reference folder is absent."""
    return published_from_reference(HERE, made, results)


if __name__ == "__main__":
    sys.exit(main())
