"""Talks as sentences, tables, the frontier and a folder with a report.

Duties that both sides of talks would agree on, beside packages of demands.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

from detente.analyses.obligation_section import obligation_sections
from detente.analyses.talks.deal_sentences import (
    CONCEPTS,
    NO_DEALS,
    of_demands,
    of_opening,
    of_points,
    of_reasons,
    of_settings,
    of_targets,
    of_the_truce,
    of_thirds,
    of_trades,
    of_unpriced,
    of_war,
    package_words,
    stamp,
    what,
)
from detente.analyses.talks.deal_sentences import brief as brief
from detente.analyses.talks.deal_sentences import headline as headline
from detente.analyses.talks.frontier_chart import frontier_chart, frontier_words
from detente.analyses.talks.result import Talks
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.numbers import MISSING, level_percent, listed, names_of, signed_percent, signed_usd, usd

SETS: Final = {
    "no deal": "beats no deal",
    "truce": "beats no deal and the truce",
    "red lines": "beats no deal, red lines met",
    "all": "beats both, red lines met",
}
"""Sets of packages as a table names them."""

THIRDS: Final = 3
"""Third countries named at each end of a list."""


def board(talks: Talks) -> Table:
    """Every demand: where it stands, what it is worth to who asks and costs who gives, by itself."""
    names = names_of(talks)
    prices = {(row["demand"], row["who"]): row for row in rows_of(talks.prices)}
    failed = talks.no_deal in ("threat", "answered")
    rows: list[Row] = []
    for side in talks.players:
        mine = talks.demands[talks.demands["by"] == side]
        if mine.empty:
            continue
        rows.append(Row((f"{names.economy(side)} asks",), heading=True))
        for row in rows_of(mine):
            money = [prices[row["demand"], who]["alone"] for who in (row["by"], row["of"], "third countries", "world")]
            later = (
                ""
                if not row["deadline"]
                else " (at once)"
                if row["deadline"] == "immediate"
                else f" (by {row['deadline']})"
            )
            cells = (*map(signed_usd, money), *([_in_no_deal(talks, row, prices)] if failed else []))
            rows.append(Row((f"{row['what']}{later}", row["board"], *cells)))
    more = ("Asker, giver in no deal",) if failed else ()
    head = ("", "Stands", "To who asks", "To who gives", "Third countries", "World", *more)
    caption = "Demand by demand: change of real income a year if it alone were met, from the truce"
    return Table(caption, head, tuple(rows), stamp(talks))


def _in_no_deal(talks: Talks, demand: dict[str, Any], prices: dict[tuple[str, str], dict[str, Any]]) -> str:
    """The effect of a demand on both sides' real income after talks have failed, the asking side first."""
    both = [prices[demand["demand"], demand[side]][f"at_{talks.no_deal}"] for side in ("by", "of")]
    return MISSING if math.isnan(both[0]) else " ".join(map(signed_usd, both))


def price_table(talks: Talks) -> Table:
    """Demands with a price: alone, last, the range and the mean over orders, and where talks have failed."""
    names = names_of(talks)
    rows: list[Row] = []
    for demand in rows_of(talks.demands):
        if not demand["priced"]:
            continue
        rows.append(Row((demand["what"],), heading=True))
        mine = talks.prices[(talks.prices["demand"] == demand["demand"]) & talks.prices["who"].isin(talks.players)]
        for row in rows_of(mine):
            span = f"{signed_usd(row['lowest'])} … {signed_usd(row['highest'])}"
            cells = (signed_usd(row["alone"]), signed_percent(row["alone_share"]), signed_usd(row["last"]), span)
            failed = (signed_usd(row["at_threat"]), signed_usd(row["at_answered"]))
            rows.append(Row((names.economy(row["who"]), *cells, signed_usd(row["shapley"]), *failed)))
    head = ("", "Alone", "Of income", "Last", "Range over orders", "Shapley", "In the threat", "In the answered threat")
    return Table("What demands cost (−) and are worth (+) a year", head, tuple(rows), stamp(talks), detail=True)


def no_deal_table(talks: Talks) -> Table:
    """Every place that failed talks can lead to."""
    names = names_of(talks)
    rows = tuple(
        Row(
            (
                row["title"] + (" (no deal here)" if row["no_deal"] == talks.no_deal else ""),
                *(signed_usd(row[key]) for key in ("first", "second", "third", "world")),
            )
        )
        for row in rows_of(talks.no_deals)
    )
    head = ("", *map(names.economy, talks.players), "Third countries", "World")
    return Table("Where failed talks can lead: change of real income a year since the truce", head, rows, stamp(talks))


def zone_table(talks: Talks) -> Table:
    """The number of packages and the distance between the sides, for every disagreement point."""
    names = names_of(talks)
    rows: list[Row] = []
    for point, words in NO_DEALS.items():
        mine = talks.zones[talks.zones["no_deal"] == point]
        if mine.empty:
            continue
        rows.append(Row((f"No deal is {words}",), heading=True))
        for row in rows_of(mine):
            number = f"{row['packages']}" if row["complete"] else f"{row['packages']} or more"
            gap = MISSING if math.isnan(row["apart"]) else usd(row["apart"]) if row["apart"] else "0"
            paid = MISSING
            if row["payer"] and not math.isnan(row["payment"]):
                paid = f"{names.economy(row['payer'])} pays {usd(row['payment'])}"
                paid += "" if row["closes"] else ", too much for it"
            lump = usd(row["lump_sum"]) if row["payer"] else MISSING
            short = MISSING if math.isnan(row["short_of_payments"]) else usd(row["short_of_payments"])
            rows.append(Row((SETS[row["among"]], number, gap, paid, lump, short)))
    head = ("", "Packages", "Apart by", "A payment that closes it", "If it moved no prices", "Missing with payments")
    return Table("Deals there are, and the distance where there is none, a year", head, tuple(rows), stamp(talks))


def deal_table(talks: Talks) -> Table:
    """The truce and every pick, with what third countries and the world get."""
    names = names_of(talks)
    rows: list[Row] = []
    last = ""
    for row in rows_of(talks.deals):
        if row["among"] != last:
            rows.append(Row((f"Among what {SETS[row['among']]}",), heading=True))
        last = row["among"]
        odds = f" ({level_percent(row['chance'], 0)} of the time)" if row["over"] == "lotteries" else ""
        title = f"{CONCEPTS[row['concept']]}{', mixed' if row['over'] == 'lotteries' else ''}"
        deal = (
            "no concession"
            if not row["demands"]
            else package_words(talks, row["demands"]).removeprefix("the package of ")
        )
        money = (signed_usd(row[key]) for key in ("first", "second", "gain_first", "gain_second", "third", "world"))
        rows.append(Row((title, deal + odds, *money), detail=row["over"] == "lotteries" or row["tie"] > 0))
    first, second = (names.economy(code) for code in talks.players)
    head = ("", "Deal", first, second, f"{first} over no deal", f"{second} over no deal", "Third countries", "World")
    return Table("Deals that concepts pick, a year since the truce", head, tuple(rows), stamp(talks))


def target_table(talks: Talks) -> Table:
    """Trade by amount: what it is in whose figures, by which instrument it is reached, and who pays."""
    rows: list[Row] = []
    last = ""
    whole = {row["demand"]: row for row in rows_of(talks.targets)}
    for row in rows_of(talks.targets):
        if row["demand"] != last:
            asked = _in_figures(talks, whole[row["demand"]])
            rows.append(Row((f"{what(talks, row['demand'])}: {asked}",), heading=True))
        last = row["demand"]
        reached = signed_usd(row["reached"]) + ("" if row["met"] else ", out of reach")
        money = (signed_usd(row[key]) for key in ("asker", "giver", "third", "world"))
        title = f"{row['instrument']}, until {row['until']}" if row["until"] else row["instrument"]
        rows.append(Row((title, _rates(row), reached, usd(row["treasury"]), *money)))
    head = ("", "Rate", "Reached", "Treasury pays", "To who asks", "To who gives", "Third countries", "World")
    return Table("Trade by amount, by instrument, a year", head, tuple(rows), stamp(talks))


def _rates(row: dict[str, Any]) -> str:
    """The rate, or the lowest and the highest of several, which talks of earlier versions do not have."""
    if row["rate"] == row["rate"] or "lowest" not in row:
        return level_percent(row["rate"])
    return f"{level_percent(row['lowest'])} to {level_percent(row['highest'])}"


def _in_figures(talks: Talks, row: dict[str, Any]) -> str:
    """An amount in the figures that it was asked in, and in those of the world."""
    here = f"{signed_usd(row['asked_here'])} in {talks.settings.world}"
    whose = {"customs": "by customs figures", "file": "by the figures of the file"}.get(row["basis"])
    return f"{signed_usd(row['asked'])} {whose} are {here} (ratio {row['ratio']:.3f})" if whose else here


def category_table(talks: Talks) -> Table:
    """Purchases category by category: what is asked for until when, and the part of the price that the buyer pays."""
    rows: list[Row] = []
    last = ("", "")
    for row in rows_of(talks.categories):
        if (row["demand"], row["until"]) != last:
            rows.append(Row((f"{what(talks, row['demand'])}, until {row['until']}",), heading=True))
        last = (row["demand"], row["until"])
        amounts = (signed_usd(row["asked"]), signed_usd(row["asked_here"]), signed_usd(row["reached"]))
        rows.append(Row((row["category"], *amounts, level_percent(row["rate"]))))
    head = ("", "Asked", f"In {talks.settings.world}", "Reached", "Treasury pays of the price")
    return Table("Purchases by category, a year over the base year", head, tuple(rows), stamp(talks))


def implied_table(talks: Talks) -> Table:
    """Demands that the model does not price: what they would have to be worth, and what refusals leave."""
    names = names_of(talks)
    found = list(rows_of(talks.implied))
    told = {
        title: cells
        for title, key in (("Worth by refusals", "value"), ("Cost by refusals", "cost"))
        if any(cells := [_bounds(row[f"{key}_low"], row[f"{key}_high"], row["contradicted"]) for row in found])
    }
    rows = tuple(
        Row(
            (
                what(talks, row["demand"]),
                names.economy(row["asker"]),
                usd(row["least_value"]) if row["makes_deal"] else "no value is enough",
                *(cells[k] or MISSING for cells in told.values()),
                *(signed_usd(row[key]).lstrip("+") for key in ("norm_value", "norm_cost")),
            )
        )
        for k, row in enumerate(found)
    )
    head = ("", "Asked by", "Least worth", *told, "Smallest worth", "Smallest cost")
    caption = "What demands without a price would have to be worth a year, for a deal with every red line met"
    return Table(caption, head, rows, stamp(talks), detail=True)


def _bounds(low: float, high: float, contradicted: bool) -> str:
    """The range that refusals leave; empty where they leave every amount."""
    if contradicted:
        return "refusals contradict each other"
    least = "$0" if math.isnan(low) else usd(low)
    if math.isnan(high):
        return "" if least == "$0" else f"{least} or more"
    return f"{least} to {usd(high)}"


def third_table(talks: Talks) -> Table:
    """Gains and losses of third countries from deals, demands and failed talks."""
    names = names_of(talks)
    rows: list[Row] = []
    for state in dict.fromkeys(talks.economies["state"]):
        mine = talks.economies[(talks.economies["state"] == state) & ~talks.economies["economy"].isin(talks.players)]
        order = mine.sort_values("real_income_usd", ascending=False, kind="stable")
        if float(order["real_income_usd"].abs().max()) < 1.0:
            continue
        ends = [
            ", ".join(f"{names.economy(row['economy'])} {signed_usd(row['real_income_usd'])}" for row in rows_of(part))
            for part in (order.head(THIRDS), order.tail(THIRDS)[::-1])
        ]
        rows.append(Row((_state(talks, state), *ends, signed_usd(float(mine["real_income_usd"].sum())))))
    head = ("", "Gain most", "Lose most", "All third countries")
    return Table("Third countries beside every deal, real income a year", head, tuple(rows), stamp(talks), words=True)


def _state(talks: Talks, state: str) -> str:
    kind, _, rest = state.partition(": ")
    if kind == "no deal":
        return f"No deal: {NO_DEALS[rest]}"
    return f"{kind.capitalize()}: {package_words(talks, rest).removeprefix('the package of ')}"


def stability_table(talks: Talks) -> Table:
    """The same finding in other settings."""
    names = names_of(talks)
    rows = tuple(
        Row(
            (
                _setting(row),
                *(signed_usd(row[f"{point}_{k}"]) for point in ("threat", "answered") for k in ("first", "second")),
                f"{row['packages_red_lines']:.0f}" if row["solved"] else MISSING,
                MISSING if math.isnan(row["apart_red_lines"]) else usd(row["apart_red_lines"]),
                MISSING if math.isnan(row["apart_all"]) else usd(row["apart_all"]),
                ("this run" if row["run"] else "same" if row["same"] else "other") if row["solved"] else row["said"],
            )
        )
        for row in rows_of(talks.stability)
    )
    first, second = (names.economy(code) for code in talks.players)
    head = (
        "", f"Threat, {first}", second, f"Answered, {first}", second, "Deals, red lines met", "Apart",
        "Apart, truce too", "Finding",
    )  # fmt: skip
    return Table("Other elasticities, closures and values", head, rows, stamp(talks), detail=True)


def _setting(row: dict[str, Any]) -> str:
    ends = "" if row["values"] == "middle" else f", values {row['values']}"
    return f"{row['elasticities']}, {row['deficits']}{ends}"


def figures(talks: Talks) -> tuple[Figure, ...]:
    """The frontier of packages, with its words."""
    return (Figure("frontier", partial(frontier_chart, talks), frontier_words(talks)),)


def sections(talks: Talks) -> tuple[Section, ...]:
    """The sections of a report on talks."""
    why = Section("Why the sides gain and lose", (Text(_WHY), Bullets(of_reasons(talks))), detail=True)
    parts = [
        Section(
            "Is there a deal",
            (Text(of_the_truce(talks)), Bullets(of_points(talks)), *figures(talks), zone_table(talks)),
        ),
        Section(
            "Demand by demand",
            (
                Text(_BOARD, detail=True),
                board(talks),
                Bullets(of_demands(talks), detail=True),
                Text(_PRICES, detail=True),
                price_table(talks),
            ),
        ),
        why,
        Section("Where failed talks lead", (Bullets(of_war(talks)), no_deal_table(talks))),
        Section("Deals that are fair in some sense", (Text(_DEALS, detail=True), deal_table(talks))),
    ]
    if len(talks.implied):
        parts.append(
            Section(
                "What would have to be worth what",
                (Text(_IMPLIED, detail=True), Bullets(of_unpriced(talks)), implied_table(talks)),
            )
        )
    if len(talks.trades) or len(talks.concessions):
        parts.append(Section("Your demand for mine", (Bullets(of_trades(talks)),)))
    if len(talks.targets):
        tables = (target_table(talks), *([category_table(talks)] if len(talks.categories) else []))
        parts.append(
            Section("Trade by amount", (Text(_TARGETS, detail=True), Bullets(of_targets(talks), detail=True), *tables))
        )
    parts += obligation_sections(talks.obligations, names_of(talks))
    if len(talks.duties):
        parts.append(duty_section(talks))
    if len(talks.opening):
        parts.append(Section("Opening to one and to all", (Bullets(of_opening(talks)),), detail=True))
    parts.append(Section("Third countries in every deal", (Bullets(of_thirds(talks)), third_table(talks)), detail=True))
    parts.append(
        Section(
            "How sure the talks are",
            (Text(of_settings(talks)), stability_table(talks), Bullets(told_together(talks.notes))),
        )
    )
    return tuple(parts)


def document(talks: Talks) -> Document:
    """The whole report on talks."""
    s = talks.settings
    about = f"World {s.on}. No deal is {NO_DEALS[talks.no_deal]}. detente {s.version}, talks {talks.id[:12]}."
    return Document(f"{talks.title}: the talks", about, headline(talks), (), sections(talks), talks.id, s.version)


_BOARD: Final = (
    "A demand is agreed where the Nash bargain among the deals that both would sign holds it; a red line is one "
    "without which its side signs nothing; a tradable one is one that its side says it may give up; of the others a "
    "price says whether they are worth their cost. Where neither the model nor the "
    "file gives a price, it is left open."
)
_WHY: Final = (
    "Terms of trade are what a side sells becoming dearer, or what it buys cheaper, transfers included; volume is the "
    "gain from trade that duties held back, or the loss from trade that a subsidy forces. Both add up to the change of "
    "real income, in log points × 100, along the path from one state to the other."
)
_PRICES: Final = (
    "Alone is from the truce, last is after all others; the range is over all orders in which demands can be met, and "
    "the Shapley value is the mean over them. In a deal what is threatened is on hold, so that giving up a threat "
    "costs no trade; what it averts stands in the last two columns."
)
_DEALS: Final = (
    "Gains are counted from no deal. The Nash bargain has the largest product of gains, Kalai-Smorodinsky gives each "
    "the same part of the most it could get, equal gains have the largest smaller gain, and the largest sum asks for "
    "the most in all. A mixed deal alternates between two packages."
)
_IMPLIED: Final = (
    "Demands that no trade data prices are worth something to who asks and cost who gives. Least worth: the others as "
    "the file has them, and those it says nothing of at nothing. By refusals: who turned down a list with no deal at "
    "hand finds it worth no more than no deal. Smallest: the smallest values and costs of all of them together that "
    "make a deal and fit the refusals."
)
_TARGETS: Final = (
    "A balance or a purchase is an amount in somebody's statistics: the customs figure is turned into the world's by "
    "the ratio of the two. In packages the buyer's treasury pays part of the price until the amount is there, and less "
    "of it where tariffs are cut too. Dates are the file's own; the model's numbers are long-run levels."
)


_ABOUT: Final = (
    "Packages are steps and duties are not: here both sides bargain over every sector's duty on each other's goods, "
    "none under zero, and nobody else's duties move. What is agreed has the largest product of gains over no deal."
)


def average(talks: Talks, side: str, column: str) -> float:
    """The average duty of a side on the other's goods, weighed by what it buys in the benchmark; a fraction."""
    mine = talks.duties[talks.duties["by"] == side]
    return float((mine["bought"] * mine[column]).sum() / mine["bought"].sum())


def of_duties(talks: Talks) -> tuple[str, ...]:
    """The agreed duties, and their effect on both sides and on third countries."""
    if talks.duties.empty:
        return ()
    names, rows = names_of(talks), {row["economy"]: row for row in rows_of(talks.tariff_deal)}
    gains = [f"{usd(rows[code]['gain'])} a year to {names.the(code)}" for code in talks.players]
    found = [
        f"{listed(_moves(talks))}: these are the duties on each other's goods that both would agree on, on average.",
        f"Over {NO_DEALS[talks.no_deal]} they are worth {listed(gains)}.",
    ]
    third = sum(row["deal"] for code, row in rows.items() if code not in talks.players)
    found.append(f"To third countries together they are {signed_usd(third)} a year since the truce.")
    return tuple(found)


def _moves(talks: Talks) -> list[str]:
    names = names_of(talks)
    return [
        f"{names.economy(code)} {level_percent(average(talks, code, 'agreed'))} in place of "
        f"{level_percent(average(talks, code, 'before'))}"
        for code in talks.players
    ]


def duty_table(talks: Talks) -> Table:
    """The duty in force and the one agreed on, sector by sector."""
    names = names_of(talks)
    rows: list[Row] = []
    for side in talks.players:
        rows.append(Row((f"{names.economy(side)} charges",), heading=True))
        for row in rows_of(talks.duties[talks.duties["by"] == side]):
            cells = (usd(row["bought"]), level_percent(row["before"]), level_percent(row["agreed"]))
            rows.append(Row((names.sector(row["sector"]), *cells)))
    head = ("", "Bought a year", "In force", "Agreed")
    return Table("Duties on each other's goods", head, tuple(rows), stamp(talks), detail=True)


def duty_section(talks: Talks) -> Section:
    """The section of a report on bargaining over duties."""
    return Section(
        "Duties that both would agree on", (Text(_ABOUT, detail=True), Bullets(of_duties(talks)), duty_table(talks))
    )
