"""The same finding in other settings: sets of elasticities, closures of deficits, and the ends of the file's values.

The tables of talks that need more than one part of them: where each demand stands, states by name, the finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.analyses.talks.commitments import Commitment, commitments, with_commitments
from detente.analyses.talks.deals import AMONG, Deals, Ends, refusals_of, values_of
from detente.analyses.talks.demand_prices import TradeTable, sums, trade_table
from detente.data.bundled import list_elasticities
from detente.dispute.negotiation import DisagreementPoint, Negotiation, NoDeal, disagreement_points
from detente.dispute.promises import demand_of
from detente.dispute.session import Session
from detente.errors import NotSolved, UnknownSector
from detente.inputs import FloatArray
from detente.model.benchmark import CLOSURES, Deficits
from detente.solver.noise import without_noise

SOME: Final = ("CP", "LL")
"""Sets of elasticities that are tried beside that of the run unless all are: one with high ones, one with low ones."""

COLUMNS: Final = (
    "elasticities", "deficits", "values", "run", "solved", "said",
    "threat_first", "threat_second", "answered_first", "answered_second", "no_deal_first", "no_deal_second",
    *(f"packages_{among.replace(' ', '_')}" for among in AMONG), "apart_red_lines", "apart_all", "same",
)  # fmt: skip
"""Of the table of settings; see `Talks.stability`."""


def stability_frame(
    negotiation: Negotiation, deals: Deals, chosen: NoDeal, *, mfn: bool, robust: bool, seed: int
) -> pd.DataFrame:
    """One row a setting, that of the run first.

    The finding is whether any package that keeps every red line beats no deal for both, and the truce too; ``same``
    says whether a setting agrees with the run's. A setting without an equilibrium is a row that says so.
    """
    own = negotiation.session.settings
    rows = [_row(deals, chosen, own.elasticities, own.deficits, "middle", run=True)]
    for ends in ("cautious", "generous"):
        if _has_ranges(negotiation):
            others = _revalued(deals, ends)
            rows.append(_row(others, chosen, own.elasticities, own.deficits, ends, run=False))
    for name, theta, deficits in _settings(negotiation.session, robust):
        found = _again(negotiation, chosen, theta, deficits, mfn=mfn, seed=seed)
        if isinstance(found, str):
            unsolved = dict.fromkeys(COLUMNS, np.nan) | {
                "run": False,
                "solved": False,
                "said": found,
                "values": "middle",
            }
            rows.append(unsolved | {"elasticities": name, "deficits": deficits})
        else:
            rows.append(_row(found, chosen, name, deficits, "middle", run=False))
    for row in rows:
        row["same"] = bool(row["solved"]) and _finding(row) == _finding(rows[0])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _finding(row: dict[str, Any]) -> tuple[bool, bool]:
    return bool(row["packages_red_lines"] > 0), bool(row["packages_all"] > 0)


def _settings(session: Session, robust: bool) -> Iterator[tuple[str, str | None, Deficits]]:
    """Elasticities by name (and the set where it is not the run's), and closure, of every setting but the run's."""
    own = session.settings
    names = [str(name) for name in list_elasticities()["name"]] if robust else list(SOME)
    thetas: dict[str, str | None] = {own.elasticities: None}
    thetas |= {name: name for name in names if name != own.elasticities}
    for name, theta in thetas.items():
        for deficits in CLOSURES:
            here = (name == own.elasticities, deficits == own.deficits)
            if here != (True, True) and (robust or any(here)):
                yield name, theta, deficits


def _again(
    negotiation: Negotiation, chosen: NoDeal, theta: str | None, deficits: Deficits, *, mfn: bool, seed: int
) -> Deals | str:
    """The deals in another setting, or why there are none."""
    try:
        other = negotiation.session.under(elasticities=theta, deficits=deficits)
        only = [demand.id for demand in negotiation.demands]
        there = Negotiation.of(other, negotiation.pair, only=only, mfn=mfn)
        there = with_commitments(there, commitments(there))
        failed = list(disagreement_points(there, seed=seed, with_nash=chosen == "nash"))
        return Deals.of(there, trade_table(there), failed, values_of(there))
    except (NotSolved, UnknownSector) as problem:
        return str(problem)


def _has_ranges(negotiation: Negotiation) -> bool:
    written = negotiation.session.known.values
    return any(low < high for side in negotiation.pair for low, high in written.get(side, {}).values())


def _revalued(deals: Deals, ends: Ends) -> Deals:
    """The same states with other ends of the file's values."""
    worth = values_of(deals.negotiation, ends)
    return Deals.priced(deals.negotiation, deals.table, deals.failures, worth)


def _row(deals: Deals, chosen: NoDeal, elasticities: str, deficits: str, ends: str, *, run: bool) -> dict[str, Any]:
    points, bargain = deals.failures, deals.bargains[chosen]
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"elasticities": elasticities, "deficits": deficits, "values": ends, "run": run, "solved": True, "said": ""}
    for name, label in (("threat", "threat"), ("answered", "answered"), (chosen, "no_deal")):
        if name in points:
            row |= {f"{label}_first": float(points[name][0]), f"{label}_second": float(points[name][1])}
    for among, (truce, lines) in AMONG.items():
        row[f"packages_{among.replace(' ', '_')}"] = float(len(bargain.zone(truce=truce, red_lines=lines)))
    for among in ("red lines", "all"):
        truce, lines = AMONG[among]
        gap = bargain.gap(truce=truce, red_lines=lines)
        row[f"apart_{among.replace(' ', '_')}"] = np.nan if gap is None else gap.apart
    return row


#: USD million a year that count as nothing: what the audit of two equilibria leaves open is less.
_NOTHING: Final = 0.1


ECONOMIES: Final = ("economy", "deal", "values", "gain")
DUTIES: Final = ("by", "on", "sector", "bought", "before", "agreed")
"""Columns of the tables of a `TariffDeal`."""


@dataclass(frozen=True, eq=False)
class AgreedDuties:
    """The tables of a `TariffDeal`, empty where there is none, and what there is to say about it."""

    economies: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ECONOMIES)))
    duties: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DUTIES)))
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TalksParts:
    """The findings of the parts of talks."""

    negotiation: Negotiation
    found: Mapping[str, Commitment]
    failed: Sequence[DisagreementPoint]
    table: TradeTable
    deals: Deals
    prices: pd.DataFrame
    closing: pd.DataFrame
    opening: pd.DataFrame
    stability: pd.DataFrame
    duties: AgreedDuties


def notes_of(parts: TalksParts) -> Iterator[str]:
    """The notes that concern every number, each once."""
    negotiation, deals = parts.negotiation, parts.deals
    yield from negotiation.left_out
    for promise in negotiation.promises.values():
        yield from promise.notes
    for commitment in parts.found.values():
        yield from commitment.notes
    for failure in parts.failed:
        yield from failure.notes
    yield from parts.duties.notes
    for refusal in refusals_of(deals):
        yield (
            f"{negotiation.pair[refusal.side]} refused the whole list of the other: no deal has come of the talks, so "
            "that list is worth no more to it than no deal"
        )
    for name in deals.red_lines:
        if name not in deals.packages.demands:
            yield f"{name} is a red line without a price: no package can meet it until the file gives it values"
    for name, value in deals.worth.items():
        silent = [side for side, amount in zip(negotiation.pair, value, strict=True) if amount == 0]
        if silent and name not in parts.table.demands:
            yield f"{name} has no value for {silent[0]}: it counts as nothing there"
        if name in parts.table.demands and len(negotiation.parts[name]) > 1:
            yield f"{name} has levels: of its value in the file a part of it counts that part"


def demands_frame(deals: Deals, picks: pd.DataFrame) -> pd.DataFrame:
    """One row a demand and where it stands; see `Talks.demands`."""
    known = deals.negotiation.session.known
    signed = picks[(picks["among"] == "all") & (picks["concept"] == "nash") & (picks["over"] == "packages")]
    agreed = set(map(demand_of, signed["demands"].iloc[0].split(" + "))) if len(signed) else set()
    rows = []
    for demand in deals.negotiation.demands:
        promise, priced = deals.negotiation.promises[demand.id], demand.id in deals.packages.demands
        row: dict[str, Any] = {
            "demand": demand.id,
            "by": demand.by,
            "of": demand.of,
            "what": demand.what or demand.ask.kind.replace("_", " "),
            "kind": promise.kind,
            "stance": demand.stance,
            "deadline": "" if demand.deadline is None else str(demand.deadline),
            "sourcing": demand.sourcing,
            "trade": promise.trade,
            "priced": priced,
            "board": _board(
                demand.id in agreed, demand.stance, priced, deals.money_alone(demand.id) if priced else None
            ),
        }
        for role, side in (("asker", demand.by), ("giver", demand.of)):
            ends = known.values.get(side, {}).get(demand.id, (np.nan, np.nan))
            row |= {f"{role}_least": ends[0], f"{role}_most": ends[1]}
        rows.append(row)
    return pd.DataFrame(rows)


def _board(agreed: bool, stance: str, priced: bool, worth: tuple[float, float] | None) -> str:
    """The position of a demand on the list of both sides."""
    if agreed:
        return "agreed"
    if stance == "red-line":
        return "red line"
    if worth is None or not priced:
        return "implied price"
    if max(map(abs, worth)) < _NOTHING:
        return "costs nothing"
    if stance == "tradable":
        return "tradable"
    return "worth its cost" if sum(worth) > 0 else "costs more than it is worth"


def no_deals_frame(parts: TalksParts) -> pd.DataFrame:
    """One row a no-deal point; see `Talks.no_deals`."""
    negotiation, before = parts.negotiation, parts.failed[0].solution
    rows = []
    for failure in parts.failed:
        changes = (failure.solution.welfare_hat - before.welfare_hat) * negotiation.session.economy.I
        first, second, third, world = sums(changes, negotiation.seats).tolist()
        rows.append(
            {
                "no_deal": failure.name,
                "title": failure.title,
                "first": first,
                "second": second,
                "third": third,
                "world": world,
                "pays_first": failure.name != "status quo" and first > 0,
                "pays_second": failure.name != "status quo" and second > 0,
            }
        )
    return pd.DataFrame(rows)


_State = tuple[str, FloatArray, FloatArray, FloatArray]
"""Name, welfare_hat (n,), what the sides buy from each other (p, p, j), total balances (n,)."""


def named_states(parts: TalksParts, picks: pd.DataFrame, zones: pd.DataFrame, chosen: NoDeal) -> Iterator[_State]:
    """Every state that has a name: no-deal points, each demand met alone, deals that are picked or nearest."""
    negotiation, table = parts.negotiation, parts.table
    seats = list(negotiation.seats)
    for failure in parts.failed:
        solution = failure.solution
        yield (
            f"no deal: {failure.name}",
            solution.welfare_hat,
            solution.M_cf[np.ix_(seats, seats)],
            -solution.net_imports_cf,
        )
    rows = {f"demand: {name}": table.row((name,)) for name in table.demands}
    of_point = zones[zones["no_deal"] == chosen]
    for text in dict.fromkeys([*picks["demands"], *of_point["nearest"], *of_point["paid_for"]]):
        if text:
            rows[f"deal: {text}"] = table.row(text.split(" + "))
    for name, row in rows.items():
        found = table.outcomes
        yield name, found.welfare_hat[row], found.bought[row], found.balance[row]


def economies_frame(
    parts: TalksParts, state: str, welfare_hat: FloatArray, bought: FloatArray, balance: FloatArray
) -> pd.DataFrame:
    """The change of real income of everybody in one state; see `Talks.economies`."""
    before, economy = parts.failed[0].solution.welfare_hat, parts.negotiation.session.economy
    return pd.DataFrame(
        {
            "state": state,
            "economy": economy.economies,
            "real_income": without_noise(welfare_hat / before - 1),
            "real_income_usd": without_noise((welfare_hat - before) * economy.I, of=economy.I),
        }
    )


def balances_frame(
    parts: TalksParts, state: str, welfare_hat: FloatArray, bought: FloatArray, balance: FloatArray
) -> pd.DataFrame:
    """Balances of both sides in one state; see `Talks.balances`."""
    negotiation, before = parts.negotiation, parts.failed[0].solution
    world, seats = negotiation.session.world, list(negotiation.seats)
    goods = [world.sector_index(code) for code in world.goods]
    start = before.M_cf[np.ix_(seats, seats)]
    held = negotiation.session.economy.deficits != "proportional"
    rows = []
    for k, side in enumerate(negotiation.pair):
        own = [float((M[1 - k, k, goods] - M[k, 1 - k, goods]).sum()) for M in (start, bought)]
        rows.append(
            {
                "state": state,
                "economy": side,
                "partner": negotiation.pair[1 - k],
                "goods_before": own[0],
                "goods_after": own[1],
                "total_before": -float(before.net_imports_cf[seats[k]]),
                "total_after": float(balance[seats[k]]),
                "how": "held by assumption" if held else "computed",
            }
        )
    return pd.DataFrame(rows)


def verdict(zones: pd.DataFrame, chosen: NoDeal) -> str:
    """The finding in a sentence, with codes for names."""
    found: list[dict[Any, Any]] = zones[zones["no_deal"] == chosen].to_dict("records")
    rows = {row["among"]: row for row in found}
    lines, best = rows["red lines"], rows["all"]
    if best["packages"]:
        return f"{best['packages']} packages beat {chosen} and the truce for both and keep every red line"
    if lines["packages"]:
        return (
            f"{lines['packages']} packages that keep every red line beat {chosen} for both, and none of them the truce"
        )
    if np.isnan(best["apart"]):
        return "no package keeps every red line"
    return (
        f"no package that keeps every red line beats {chosen} for both: they are {lines['apart'] / 1e3:.1f}bn apart, "
        f"and {best['apart'] / 1e3:.1f}bn from what both prefer to the truce"
    )
