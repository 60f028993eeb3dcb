"""The findings of talks, in sentences made from the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from detente.analyses.talks.result import Talks
from detente.dispute.promises import PART
from detente.report.blocks import rows_of
from detente.report.numbers import (
    Names,
    capital,
    level_percent,
    listed,
    names_of,
    signed_percent,
    signed_usd,
    stamp_of,
    typeset,
    usd,
)

NO_DEALS: Final = {
    "status quo": "the status quo",
    "threat": "the unanswered threat",
    "answered": "the answered threat",
    "nash": "Nash tariffs",
}
"""No-deal points inside a sentence."""

CONCEPTS: Final = {
    "truce": "Truce",
    "nash": "Nash",
    "kalai-smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "Equal gains",
    "utilitarian": "Largest sum",
}
"""Concepts of a fair deal as a table names them."""

NOTHING: Final = 0.5
"""USD million a year under which an amount is told as nothing."""


def stamp(talks: Talks) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(talks, talks.residual, "long run", *(["tariffs cut for all"] if talks.mfn else []))


def what(talks: Talks, demand: str) -> str:
    """A demand in the words of the file, and how much of it where that is a part."""
    words = dict(zip(talks.demands["demand"], talks.demands["what"], strict=True))
    name, _, part = demand.partition(PART)
    return f"{part} of: {words[name]}" if part else str(words.get(name, name))


def package_words(talks: Talks, demands: str) -> str:
    """A package in words: the truce, its one demand, or the ids of its demands."""
    met = demands.split(" + ") if demands else []
    if len(met) < 2:
        return f"“{what(talks, met[0])}”" if met else "the truce"
    return f"the package of {listed(met)}"


def headline(talks: Talks) -> str:
    """Whether there is a deal, how far apart the sides are, and what would close it."""
    return " ".join([brief(talks), *without_lines(talks), *closes(talks)])


def brief(talks: Talks) -> str:
    """Whether any package beats no deal for both, and the truce, with every red line met; in a sentence."""
    point = NO_DEALS[talks.no_deal]
    best, lines = (talks.zone(among) for among in ("all", "red lines"))
    kept = f" that meets {_lines(talks)}" if talks.red_lines else ""
    more = kept.replace(" meets ", " meet ", 1)
    if best["packages"]:
        deal = package_words(talks, best["nash"])
        return (
            f"{capital(_count(best))}{_verb(best['packages'], kept, more)} "
            f"{_verb(best['packages'], 'beats', 'beat')} {point} for both, at no loss "
            f"to either against the truce; the Nash bargain among them is {deal}."
        )
    if lines["packages"]:
        those = f"{capital(_count(lines))}{_verb(lines['packages'], kept, more)}"
        text = f"{those} {_verb(lines['packages'], 'beats', 'beat')} {point} for both"
        return f"{text}, but none is as good for both as the truce: from that they are {_apart(best)} apart."
    if math.isnan(lines["apart"]):
        return f"No package{kept} can be priced: give the file values for it."
    text = f"No package{kept} beats {point} for both; the sides are {_apart(lines)} apart"
    if not math.isclose(best["apart"], lines["apart"], rel_tol=1e-6):
        text += f", and {_apart(best)} from a deal that both prefer to the truce as well"
    return f"{text}."


def without_lines(talks: Talks) -> Iterator[str]:
    """The number of packages without red lines; empty if some packages meet them."""
    lines, plain = talks.zone("red lines"), talks.zone("no deal")
    if talks.red_lines and plain["packages"] and not lines["packages"] and not math.isnan(lines["apart"]):
        number = int(plain["packages"])
        line = "red line" if len(talks.red_lines) == 1 else "red lines"
        yield f"Without the {line} {number} {_verb(number, 'package does', 'packages do')}."


def _lines(talks: Talks) -> str:
    names = names_of(talks)
    asks = dict(zip(talks.demands["demand"], talks.demands["by"], strict=True))
    who = listed([names.the(code) for code in dict.fromkeys(asks[name] for name in talks.red_lines)])
    lines = "red line" if len(talks.red_lines) == 1 else "red lines"
    return f"the {lines} of {who}"


def _count(row: Any) -> str:
    """The number of packages of a row of `Talks.zones`; a lower bound if not all are listed."""
    number = int(row["packages"])
    least = "" if row["complete"] else "at least "
    return f"{least}{number} {_verb(number, 'package', 'packages')}"


def _verb(number: float, one: str, more: str) -> str:
    return one if int(number) == 1 else more


def _apart(row: Any) -> str:
    return f"{usd(float(row['apart']))} a year"


def closes(talks: Talks) -> Iterator[str]:
    """The ways to close the gap between the sides; empty if there is no gap."""
    names = names_of(talks)
    row = talks.zone("red lines")
    if row["packages"] or math.isnan(row["apart"]):
        return
    if row["payer"]:
        yield _payment(talks, names, row)
    else:
        yield (
            "No payment between them closes it: even then "
            f"{usd(float(row['short_of_payments']))} a year would be missing."
        )
    for part in rows_of(talks.closing):
        if part["no_deal"] == talks.no_deal and part["demand"] in talks.red_lines:
            yield _part(talks, names, part)


def _payment(talks: Talks, names: Names, row: Any) -> str:
    """The payment that closes the gap, its effect on prices, and what each side then has."""
    payer = str(row["payer"])
    payee = next(code for code in talks.players if code != payer)
    point, deal = NO_DEALS[talks.no_deal], package_words(talks, row["paid_for"])
    lump = usd(float(row["lump_sum"]))
    if math.isnan(row["payment"]):
        return f"No payment of {names.the(payer)} for {deal} leaves {names.the(payee)} as well off as {point}."
    then = dict(zip(talks.players, (float(row["first_then"]), float(row["second_then"])), strict=True))
    floor = dict(zip(talks.players, (float(row["first"]), float(row["second"])), strict=True))
    paid = f"{names.the(payer)} pays {names.the(payee)} {usd(float(row['payment']))} a year for {deal}"
    has = listed([f"{signed_usd(then[code])} a year for {names.the(code)}" for code in talks.players])
    moved = f"prices move with a payment: if they did not, it would be {lump}"
    if row["closes"]:
        return f"It closes if {paid} ({moved}). Over the truce that is {has}."
    below = usd(floor[payer] - then[payer])
    return f"No payment closes it: if {paid} ({moved}), {names.the(payer)} has {below} a year less than with {point}."


def _part(talks: Talks, names: Names, row: dict[str, Any]) -> str:
    point, giver = NO_DEALS[talks.no_deal], names.the(row["giver"])
    if row["part"] <= 0:
        return f"No part of “{what(talks, row['demand'])}” leaves {giver} as well off as {point}."
    if row["part"] >= 1:
        return f"All of “{what(talks, row['demand'])}” by itself leaves {giver} no worse off than {point}."
    return (
        f"{capital(giver)} alone would be as well off as with {point} if {usd(row['amount'])} were asked, "
        f"{level_percent(row['part'], 0)} of “{what(talks, row['demand'])}”."
    )


def of_the_truce(talks: Talks) -> str:
    """The definition of the truce, and a reminder that it beats war by construction."""
    names = names_of(talks)
    point = next(row for row in rows_of(talks.no_deals) if row["no_deal"] == talks.no_deal)
    text = "The truce, no new measure and no concession, is always on the table"
    if talks.no_deal == "status quo":
        return f"{text}; here no deal is the same state."
    sides = [
        f"{names.the(code)} {usd(-point[key])} a year {'better' if point[key] < 0 else 'worse'}"
        for code, key in zip(talks.players, ("first", "second"), strict=True)
    ]
    both = point["first"] < 0 and point["second"] < 0
    more = ", which holds by construction, since the duties of a war cost both" if both else ""
    return f"{text}: it leaves {listed(sides)} off than {NO_DEALS[talks.no_deal]}{more}."


SIDES: Final = ("first", "second")
_DISARMED: Final = (
    "No fight is won there: the truce keeps the duties in force, and these cost both sides more than duties that each "
    "would choose for itself. A deal must give each as much as that first."
)


def of_war(talks: Talks) -> tuple[str, ...]:
    """For whom war pays, at any no-deal point, and what that does to the talks."""
    names = names_of(talks)
    found = []
    for row in rows_of(talks.no_deals):
        if row["no_deal"] == "nash" and row["pays_first"] and row["pays_second"]:
            each = [f"{names.the(code)} {usd(row[key])}" for code, key in zip(talks.players, SIDES, strict=True)]
            found.append(f"Nash tariffs would leave {listed(each)} a year better off than the truce. {_DISARMED}")
            continue
        for code, key in zip(talks.players, SIDES, strict=True):
            if row[f"pays_{key}"]:
                found.append(
                    f"{capital(NO_DEALS[row['no_deal']])} would leave {names.the(code)} {usd(row[key])} a year better "
                    "off than the truce: war pays it, a truce is against its interest, and a deal must give it that "
                    "much first."
                )
    return tuple(found) or (
        "War pays neither side: each is worse off than under the truce wherever failed talks lead.",
    )


def of_points(talks: Talks) -> tuple[str, ...]:
    """The dependence of the finding on the disagreement point."""
    found = []
    for name, words in NO_DEALS.items():
        if name == talks.no_deal or name not in set(talks.no_deals["no_deal"]):
            continue
        lines, best = talks.zone("red lines", name), talks.zone("all", name)
        if best["packages"]:
            said = f"{_count(best)} would beat it and the truce for both with every red line met"
        elif lines["packages"]:
            said = f"{_count(lines)} would beat it for both with every red line met, none of them the truce"
        elif math.isnan(lines["apart"]):
            said = "no package with every red line met can be priced"
        else:
            said = f"they would be {_apart(lines)} apart"
        found.append(f"If no deal led to {words}, {said}.")
    return tuple(found)


def of_demands(talks: Talks) -> tuple[str, ...]:
    """Each demand that moves trade: what it costs and is worth by itself."""
    names, found = names_of(talks), []
    prices = {(row["demand"], row["who"]): row for row in rows_of(talks.prices)}
    for demand in rows_of(talks.demands):
        if not demand["trade"]:
            continue
        asker, giver, world = (
            float(prices[demand["demand"], who]["alone"]) for who in (demand["by"], demand["of"], "world")
        )
        words = f"“{demand['what']}”"
        if max(map(abs, (asker, giver, world))) < NOTHING:
            found.append(
                f"{words} changes nothing while what is threatened is on hold.{_averted(talks, demand, names)}"
            )
            continue
        found.append(
            f"{words}: {names.the(demand['by'])} {signed_usd(asker)}, {names.the(demand['of'])} {signed_usd(giver)}, "
            f"the world {signed_usd(world)} a year.{_why(demand, asker, giver, world, names)}"
        )
    return tuple(found)


def of_reasons(talks: Talks) -> tuple[str, ...]:
    """Why each demand, and each failure with measures, changes real income: terms of trade and volume of trade."""
    names, found = names_of(talks), []
    for state in dict.fromkeys(talks.reasons["state"]):
        kind, _, name = state.partition(": ")
        title = capital(NO_DEALS[name]) if kind == "no deal" else f"“{what(talks, name)}”"
        parts = [
            f"{names.the(row['economy'])} {signed_percent(row['total'])}, of it {signed_percent(row['terms'])} by "
            f"terms of trade and {signed_percent(row['volume'])} by volume"
            for row in rows_of(talks.reasons[talks.reasons["state"] == state])
        ]
        found.append(f"{title}: {'; '.join(parts)}.")
    return tuple(found)


def _averted(talks: Talks, demand: dict[str, Any], names: Names) -> str:
    """The loss that a withdrawn threat averts, if threats have been carried out."""
    if talks.no_deal not in ("threat", "answered"):
        return ""
    column = f"at_{talks.no_deal}"
    prices = {(row["demand"], row["who"]): float(row[column]) for row in rows_of(talks.prices)}
    worth = [f"{names.the(code)} {signed_usd(prices[demand['demand'], code])}" for code in talks.players]
    return f" Met in {NO_DEALS[talks.no_deal]} it would change {listed(worth)} a year."


def _why(demand: dict[str, Any], asker: float, giver: float, world: float, names: Names) -> str:
    """Why it pays whom, where the signs are those of the textbook."""
    who, other = names.the(demand["of"]), names.the(demand["by"])
    if demand["kind"] in ("balance", "purchases") and giver < 0 < asker:
        more = "more than" if asker < -giver else "no more than"
        loss = " and the world loses, since goods are bought that are worth less than they cost" if world < 0 else ""
        bids = f" {capital(who)} pays for what it would not buy and bids up its price"
        return f"{bids}: it loses {more} {other} gains{loss}."
    if demand["kind"] in ("cut", "restriction", "withdrawal") and giver < 0 < asker:
        good = ", though the world gains" if world > 0 else ""
        return f" {capital(who)} gives up terms of trade that its duties win from {other}{good}."
    if demand["kind"] in ("cut", "restriction", "withdrawal") and giver > 0:
        own = "its duties cost it more in trade than they win in terms of trade"
        return f" {capital(who)} gains from its own concession: {own}."
    return ""


def of_unpriced(talks: Talks) -> tuple[str, ...]:
    """The implied values of demands without a price, those with the same figure together."""
    names, found = names_of(talks), []
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows_of(talks.implied):
        least = usd(row["least_value"]) if row["makes_deal"] else ""
        groups.setdefault((row["asker"], least), []).append(row["demand"])
    for (asker, least), demands in groups.items():
        what_of = listed(demands)
        one = len(demands) == 1
        if not least:
            found.append(
                f"No value that {names.the(asker)} could put on {what_of} makes a deal: the other side "
                "lacks a reason to sign."
            )
        elif least == "$0":
            found.append(f"There is a deal without {what_of}.")
        else:
            any_one = what_of if one else f"any one of {what_of}"
            found.append(
                f"If {names.the(asker)} valued {any_one} at {least} a year or more, and it cost the other side "
                "nothing, there would be a deal with every red line met that both prefer to the truce as well."
            )
    found += unbounded(talks)
    norm = talks.implied[talks.implied["norm_value"].fillna(0) + talks.implied["norm_cost"].fillna(0) > NOTHING]
    if len(norm):
        sums = norm.groupby("asker", sort=False)[["norm_value", "norm_cost"]].sum()
        parts = [
            f"{usd(float(row['norm_value']))} to {names.the(str(code))} in all, at a cost of "
            f"{usd(float(row['norm_cost']))} to the other"
            for code, row in sums.iterrows()
        ]
        found.append(f"The smallest values and costs that together make a deal and fit the refusals: {listed(parts)}.")
    return tuple(found)


def unbounded(talks: Talks) -> list[str]:
    """A sentence on the demands whose value or cost no refusal bounds."""
    ends = talks.implied[["value_low", "value_high", "cost_low", "cost_high"]]
    free = (ends[["value_high", "cost_high"]].isna() & ~(ends[["value_low", "cost_low"]].to_numpy() > 0)).all(axis=1)
    count, every = int((free & ~talks.implied["contradicted"].astype(bool)).sum()), len(talks.implied)
    if not count:
        return []
    of = "any demand" if count == every else f"{count} of the {every} demands"
    return [f"Refusals say nothing about the worth and the cost of {of} without a price."]


def of_trades(talks: Talks) -> tuple[str, ...]:
    """Exchanges that both gain by, and what each side would have to give up."""
    names = names_of(talks)
    found = [
        f"{capital(names.the(talks.players[0]))} gets {package_words(talks, row['first_gets'])} for "
        f"{package_words(talks, row['second_gets'])}: {signed_usd(row['first_gain'])} and "
        f"{signed_usd(row['second_gain'])} a year, where granting the other's alone would cost "
        f"{usd(row['first_pays'])} and {usd(row['second_pays'])}."
        for row in rows_of(talks.trades)
    ]
    for row in rows_of(talks.concessions):
        if row["by"] == "moves":
            acts = [("grants", row["gives"]), ("drops", row["takes"])]
            said = listed([f"{act} {listed(ids.split(' + '))}" for act, ids in acts if ids]) or "gives up nothing"
            found.append(
                f"{capital(names.the(row['side']))} {said}, at {usd(row['cost'])} a year, for there to be a deal."
            )
    return tuple(found)


def of_opening(talks: Talks) -> tuple[str, ...]:
    """A tariff cut for the other side, and for everybody."""
    names, found = names_of(talks), []
    rows = {(row["demand"], row["to"]): row for row in rows_of(talks.opening)}
    for demand in dict.fromkeys(talks.opening["demand"]):
        one, everybody = rows[demand, "the side that asks"], rows[demand, "everybody"]
        better = "more" if everybody["world"] > one["world"] else "less"
        sides = [
            f"{names.the(code)} {signed_usd(everybody[key])}"
            for code, key in zip(talks.players, ("first", "second"), strict=True)
        ]
        found.append(
            f"“{what(talks, demand)}” for everybody brings the world {signed_usd(everybody['world'])} a year, {better} "
            f"than for one ({signed_usd(one['world'])}): {listed(sides)}, third countries "
            f"{signed_usd(everybody['third'])}."
        )
    return tuple(found)


def of_thirds(talks: Talks) -> tuple[str, ...]:
    """Whom else trade by amount hurts: those who sold what is now bought from one side."""
    names, found = names_of(talks), []
    for demand in rows_of(talks.demands):
        if demand["kind"] not in ("balance", "purchases"):
            continue
        mine = talks.economies[talks.economies["state"] == f"demand: {demand['demand']}"]
        others = mine[~mine["economy"].isin(talks.players)].sort_values("real_income_usd", kind="stable")
        if others.empty:
            continue
        losers, total = int((others["real_income_usd"] < -NOTHING).sum()), float(others["real_income_usd"].sum())
        worst = [
            f"{names.the(row['economy'])} {signed_usd(row['real_income_usd'])}"
            for row in rows_of(others.head(2))
            if row["real_income_usd"] < -NOTHING
        ]
        most = f", most of all {listed(worst)}" if worst else ""
        asker = names.the(demand["by"])
        text = f"“{demand['what']}” costs {losers} of {len(others)} third countries real income{most}"
        if total > 0:
            text += (
                f": buyers turn from them to {asker}. All third countries together gain {usd(total)} a year, since "
                f"what {asker} no longer sells elsewhere, and its dearer goods, leave them room."
            )
        else:
            text += f", and all of them together {usd(total)} a year: buyers turn from them to {asker}."
        found.append(text)
    return tuple(found)


def of_targets(talks: Talks) -> tuple[str, ...]:
    """The instrument that each side prefers for an amount, among those that reach it, and what binds or turns."""
    names, found = names_of(talks), []
    sides = dict(zip(talks.demands["demand"], zip(talks.demands["by"], talks.demands["of"], strict=True), strict=True))
    for demand in dict.fromkeys(talks.targets["demand"]):
        rows = talks.targets[talks.targets["demand"] == demand]
        found += [_preferred(talks, demand, sides[demand], rows[rows["met"]])] if rows["met"].sum() > 1 else []
        for row in rows_of(rows):
            instrument, said = row["instrument"], row.get("warnings", "")  # not in talks of earlier versions
            found += [capital(typeset(f"{names.within(f'{instrument}: {said}', talks.players)}."))] if said else []
    return tuple(dict.fromkeys(found))  # a demand of several levels has a row for each, and what binds may be the same


def _preferred(talks: Talks, demand: str, sides: tuple[str, str], met: pd.DataFrame) -> str:
    """The best and the worst instrument of each side; of several levels the last counts, which every instrument has."""
    names, said = names_of(talks), []
    rows = met[met["until"] == met["until"].max()]
    for key, code in zip(("asker", "giver"), sides, strict=True):
        best, worst = (rows.loc[row] for row in (rows[key].idxmax(), rows[key].idxmin()))
        said.append(
            f"best for {names.the(code)} by {best['instrument']} ({signed_usd(float(best[key]))}) and worst by "
            f"{worst['instrument']} ({signed_usd(float(worst[key]))})"
        )
    rents = rows["instrument"].str.startswith("export restraint").any()
    why = " Who restrains its own exports keeps the higher price; who taxes them takes it." if rents else ""
    return f"“{what(talks, demand)}” is reached {listed(said)}.{why}"


def of_settings(talks: Talks) -> str:
    """In how many settings the finding is the same."""
    rows = talks.stability
    same, tried = int(rows["same"].sum()), len(rows)
    gaps = rows.loc[rows["solved"], "apart_red_lines"].dropna()
    text = f"The finding holds in {same} of {tried} settings"
    unsolved = int((~rows["solved"]).sum())
    if unsolved:
        text += f" ({unsolved} without an equilibrium)"
    if len(gaps):
        text += f"; the sides are between {usd(float(gaps.min()))} and {usd(float(gaps.max()))} a year apart in them"
    return f"{text}."
