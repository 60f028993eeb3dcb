"""Whether deals would hold, in words: which are kept, which are ratified, where the conflict can rest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from detente.analyses.hold.result import ASSUMED_GROUPS, Hold
from detente.enforcement.self_enforcing import NO_THREAT
from detente.report.blocks import rows_of
from detente.report.numbers import (
    MISSING,
    capital,
    level_percent,
    level_usd,
    listed,
    names_of,
    signed_usd,
    stamp_of,
    usd,
)

DEALS: Final = {
    "truce": "the truce",
    "withdrawal": "withdrawal",
    "halves": "halved duties",
    "match": "matched duties",
    "free trade": "free trade between them",
    "cooperative": "cooperative duties",
}
"""Deals as a sentence names them."""
NO_DEAL: Final = {
    "status quo": "what is in force",
    "threat": "the threat carried out",
    "answered": "the answered threat",
    "nash": "Nash tariffs",
}
"""No-deal states as a sentence names them."""
TURNS: Final = {
    "charge its best tariffs": "charging its best tariffs",
    "carry out the threat": "carrying out its threat",
    "retaliate": "retaliating",
    "give way": "giving way",
    "nothing new": "going back to what is in force",
}
"""Moves of the conflict as what a side turns to."""
NOTIONS: Final = {"nash": "Nash", "gmr": "GMR", "smr": "SMR", "seq": "SEQ"}


def deal_words(deal: object) -> str:
    """A deal as a sentence names it; a package by its own name."""
    return DEALS.get(str(deal), str(deal))


def packages(hold: Hold) -> tuple[str, ...]:
    """The demands of each package, and the value that the file adds to it."""
    names, said = names_of(hold), []
    deals = hold.deals[hold.deals["kind"] == "deal"]
    for deal, rows in deals[~deals["deal"].isin(list(DEALS))].groupby("deal", sort=False):
        value = dict(zip(rows["economy"], rows["value_usd"], strict=True))
        added = [f"{signed_usd(value[side])} a year to {names.the(side)}" for side in hold.players if value[side]]
        worth = f"; by the values of the file {listed(added)}" if added else ""
        said.append(f"{capital(str(deal))}: {rows['title'].iloc[0]}{worth}.")
    return tuple(said)


def stamp(hold: Hold) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(hold, hold.residual, "long run", f"governments want {hold.objective}")


def terms(hold: Hold) -> str:
    """The detection period and the annual rate at which deals are judged."""
    return (
        f"cheating is found out after {years(hold.period)}, and a year's delay costs {level_percent(hold.annual_rate)}"
    )


def years(time: float) -> str:
    """A time in years as a person says it."""
    if time < 1:
        months = time * 12
        return f"{months:.2g} month{'' if f'{months:.2g}' == '1' else 's'}"
    return f"{time:.3g} year{'' if f'{time:.3g}' == '1' else 's'}"


def headline(hold: Hold) -> str:
    """The deals that both sides keep, whether the war would be renegotiated, and the obstacles to ratification."""
    return " ".join([brief(hold), *renegotiated(hold), *paid_by_war(hold), ratified(hold)]).strip()


def renegotiated(hold: Hold) -> list[str]:
    """A sentence on deals that both keep for fear of a war which both would rather call off."""
    war = hold.enforcement[hold.enforcement["punishment"] == "war"]
    off = set(war.loc[war["renegotiated"], "deal"])
    deals = [deal_words(deal) for deal, yes in hold.holds.items() if yes and deal in off]
    if not deals:
        return []
    return [
        f"That war would leave both with less than {listed(deals)}, and both would rather return to the deal than "
        "carry it on."
    ]


def brief(hold: Hold) -> str:
    """The deals that both sides keep, with the period and the rate."""
    held = [deal_words(deal) for deal, yes in hold.holds.items() if yes]
    if not held:
        return f"If {terms(hold)}, fear of a war at Nash tariffs does not make both sides keep any of these deals."
    off = ", a threat that may be renegotiated away" if renegotiated(hold) else ""
    return f"If {terms(hold)}, both sides keep {listed(held)} for fear of a war at Nash tariffs{off}."


def paid_by_war(hold: Hold) -> list[str]:
    """A sentence on deals that no threat of war supports."""
    names = names_of(hold)
    war = hold.enforcement[hold.enforcement["punishment"] == "war"]
    said = []
    for side in hold.players:
        unsupported = war[(war["side"] == side) & (war["loss_usd"] <= 0)]["deal"]
        if len(unsupported):
            deals = listed([deal_words(deal) for deal in unsupported])
            those = "those" if len(unsupported) > 1 else "that"
            said.append(f"War leaves {names.the(side)} no worse off than {deals}: no threat of it supports {those}.")
    return said


def clause(hold: Hold) -> str:
    """Whether a snap-back clause leads back to something that holds."""
    back = hold.enforcement[hold.enforcement["punishment"] == "snap-back"]
    lasting = "for good" if hold.lasting is None else f"for {years(hold.lasting)}"
    said = f"A snap-back clause takes back what was conceded {years(hold.lag)} after cheating began, {lasting}"
    if bool(back["credible"].all()):
        return f"{said}; war keeps both sides to the truce that this leads back to."
    return (
        f"{said}, and leads back to the truce. War does not keep both sides to that, so that the rates with a "
        "snap-back hold only if something else does."
    )


def caveats(hold: Hold) -> tuple[str, ...]:
    """The assumptions without a source behind the headline, in a sentence."""
    if not hold.assumed:
        return ()
    return ("Which sectors the groups at home stand for, their weights and vetoes are assumed: no source has them.",)


def ratified(hold: Hold) -> str:
    """The deals that both sides ratify, or the least payment that gets one ratified."""
    names = names_of(hold)
    asked = [side for side in hold.players if (hold.ballots["side"] == side).any()]
    if not asked:
        return ""
    both = [deal for deal in dict.fromkeys(hold.ballots["deal"]) if all(deal in hold.win_set[side] for side in asked)]
    at_home = "at home on both sides" if len(asked) == 2 else f"at home in {names.the(asked[0])}"
    at_home += ASSUMED_GROUPS if hold.assumed else ""
    if both:
        return (
            f"Over {NO_DEAL[hold.no_deal]}, {listed([deal_words(deal) for deal in both])} would be ratified {at_home}."
        )
    costs = hold.ballots.groupby("deal", sort=False)["payment_usd"].sum()
    deal = str(costs.idxmin())
    to = [str(row["payment_to"]) for row in rows_of(hold.ballots) if row["deal"] == deal and row["payment_to"]]
    return (
        f"None would be ratified {at_home} over {NO_DEAL[hold.no_deal]}; the least payment that gets one ratified is "
        f"{level_usd(float(costs.min()))} a year, for {deal_words(deal)}, to {listed(to)}."
    )


def number(value: float) -> str:
    """A worth between 0 and 1; a dash where there is none."""
    return MISSING if value != value else f"{value:.3f}"


def rate(row: dict[str, Any]) -> str:
    """The highest annual rate at which a side keeps a deal: a dash where no threat supports it, `any` without need of
    one."""
    if row["patience"] != row["patience"]:
        return MISSING
    if row["highest_rate"] != row["highest_rate"]:
        return "any" if row["holds"] else MISSING
    return level_percent(row["highest_rate"]) if row["highest_rate"] <= 1 else f"over {level_percent(1.0, 0)}"


def kept_words(row: dict[str, Any]) -> str:
    """Whether a side keeps a deal under a punishment, in a few words."""
    if row["patience"] != row["patience"]:
        return NO_THREAT
    return "kept" if row["holds"] else "not kept"


def with_names(hold: Hold, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts with the names of both sides for their codes."""
    return tuple(names_of(hold).within(text, hold.players) for text in texts)


def state_words(hold: Hold, title: str) -> str:
    """The title of a state with the names of both sides for their codes."""
    names = names_of(hold)
    for side in hold.players:
        title = title.replace(f"{side}:", f"{names.economy(side)}:")
    return title


def routes(hold: Hold) -> tuple[str, ...]:
    """The equilibria with the paths that lead there, and the states that only fear of an answer would keep."""
    states = {row["state"]: row for row in rows_of(hold.states)}
    found = {row["state"]: row for row in rows_of(hold.routes[hold.routes["concept"] == "nash"])}
    said = [] if found else ["There is no Nash equilibrium: in every state a side has a better move."]
    for state, row in found.items():
        said.append(
            f"{_state(hold, states[state])} is a Nash equilibrium: no side has a better move. {_reached(hold, row)}"
        )
    for state, row in states.items():
        if row["seq"] and state not in found:
            why = f"is no Nash equilibrium: {_leaving(hold, row, states)}"
            said.append(f"{_state(hold, row)} {why}. Only fear of a credible answer (SEQ) would keep it.")
    return tuple(said)


def _state(hold: Hold, row: dict[str, Any]) -> str:
    return f"State {row['state']} ({state_words(hold, row['title'])})"


def _leaving(hold: Hold, row: dict[str, Any], states: dict[Any, dict[str, Any]]) -> str:
    """The better moves of both sides out of a state."""
    names, said = names_of(hold), []
    for side in hold.players:
        to = row[f"better of {side}"]
        if to:
            move = dict(part.split(": ", 1) for part in states[to]["title"].split("; "))[side]
            said.append(f"{names.the(side)} would gain {usd(row[f'better_usd of {side}'])} a year by {TURNS[move]}")
    return listed(said)


def _reached(hold: Hold, row: dict[str, Any]) -> str:
    """The way to a state from the law in force."""
    if row["improving_path"]:
        return (
            "It is where the conflict stands."
            if not row["improving_steps"]
            else (f"It is reached if {_way(hold, row['improving_path'])}.")
        )
    if row["path"]:
        return f"It is reached only if somebody acts against its interest: if {_way(hold, row['path'])}."
    return "It is out of reach."


def _way(hold: Hold, path: str) -> str:
    """The moves of a path such as `1 USA→ 3` in words."""
    names = names_of(hold)
    moves = re.findall(r" (\w+)→ (\d+)", path)
    return listed([f"{names.the(side)} moves to {state}" for side, state in moves])


def wishes(hold: Hold) -> tuple[str, ...]:
    """The values at which the law in force, and concessions by both sides, would be Nash equilibria."""
    names = names_of(hold)
    last = hold.states["state"].max()
    said = []
    for state in (1, int(last)):
        changes = hold.wishes[(hold.wishes["wished"] == state) & (hold.wishes["concept"] == "nash")]
        if changes.empty:
            continue
        needs = [
            f"state {row['state']} would have to be worth {level_usd(abs(row['usd']))} a year "
            f"{'more' if row['usd'] > 0 else 'less'} to {names.the(row['player'])}"
            for row in rows_of(changes)
        ]
        said.append(f"For nobody to gain by leaving state {state}, {listed(needs)}.")
    return tuple(said)
