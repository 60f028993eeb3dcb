"""The result of a trade war between two parties: moves and their payoffs, concessions, Nash tariffs, curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from detente.dispute.results import Record
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in

TABLES: Final = ("moves", "payoffs", "blinks", "sectors", "curves", "crossing", "games", "split")
"""The tables of a war, in the order in which they are written."""


@dataclass(frozen=True, eq=False)
class War(Record):
    """A war of two parties from the measures in force on the day of the dispute.

    Where labour supply is elastic real_income is welfare, (U′ − U)/I, which governments maximise (a note says so).
    Changes are since that state, as fractions; payoffs are in logs of the objective since then (of real income, about
    its change); money is USD million a year.

    Attributes
    ----------
    objective, rates
        The objective of governments, in words; `sector` or `one`: whether best and Nash tariffs differ by sector.
    moves
        One row a move of a side: side, move, title, measures (ids), average_tariff on the other's goods.
    payoffs
        One row a pair of moves and economy: first_move, second_move (of the first and the second player), equilibrium
        (no player would gain by another move of the table), economy, real_income, real_income_usd, payoff (players
        only).
    blinks
        One row a player: clash_first, clash_second and back_first, back_second (pairs of moves), clash and back (its
        payoff in each), gain (back − clash), both_back and both_gain (the same where both back down, as where an
        answer falls with the threat that it answers) and blinks (gain > 0). Backing down is giving up its own move
        while the other's stays. Where nobody threatens, the clash is what is in force, and backing down is to withdraw.
    sectors
        One row a player and sector of the other: player, partner, sector, imports, before, best, nash (duties),
        determined (whether trade is left that depends on the Nash duty).
    curves
        One rate each: player, partner_rate, best_rate (duties on all goods), gain (payoff over not moving).
    crossing
        Where the curves cross, as a Nash equilibrium of one rate each: player, rate, real_income.
    liberalise, games
        Whether both sides may also lower duties in force, in all the above. One row a game, rule of the base tariffs
        and player: game (``floored``: no duty below the one in force; ``free``; ``weighted``: that of the headline with
        political weights, real income still without them), base_tariffs, player, in_force and
        average (import-weighted duties on the other's goods, in force and at Nash), lowered (the number of duties
        below those in force), real_income, level (slopes promise nobody more than a certificate allows).
    split
        The free game in parts, one row a part and economy: part (``cuts``: the duties that it lowers, and nothing else;
        ``raises``: those that it raises; ``together``: its Nash equilibrium), by (a player, or ``both``), duties (their
        number), economy, real_income, real_income_usd. Parts do not sum: duties that meet in one market interact.
    verdict, certificate, certified
        Who blinks, and why the Nash tariffs are an equilibrium, in words; whether the certificates hold.
    """

    KIND: ClassVar[str] = "war"
    SCHEMA: ClassVar[int] = 2
    TABLES: ClassVar[tuple[str, ...]] = TABLES

    objective: str
    rates: str
    verdict: str
    certificate: str
    certified: bool
    notes: tuple[str, ...]
    residual: float
    moves: pd.DataFrame
    payoffs: pd.DataFrame
    blinks: pd.DataFrame
    sectors: pd.DataFrame
    curves: pd.DataFrame
    crossing: pd.DataFrame
    liberalise: bool
    games: pd.DataFrame
    split: pd.DataFrame

    def __repr__(self) -> str:
        return f"<War of {' and '.join(self.players)} in {self.dispute}: {self.verdict}>"

    def _repr_html_(self) -> str:
        return "".join(self.matrix(player).to_html(float_format="{:.6g}".format) for player in self.players)

    def matrix(self, economy: str, column: str = "real_income") -> pd.DataFrame:
        """One economy's outcomes: moves of the first player down, of the second across.

        Raises KeyError for an economy that is not there.
        """
        rows = self.payoffs[self.payoffs["economy"] == economy]
        if rows.empty:
            raise KeyError(economy)
        orders = [list(dict.fromkeys(rows[name])) for name in ("first_move", "second_move")]
        table = rows.pivot(index="first_move", columns="second_move", values=column)
        return table.loc[orders[0], orders[1]]


NUMBERS: Final = (
    TableNumbers("payoffs", ("real_income", "real_income_usd"), ("first_move", "second_move"), "economy"),
    TableNumbers("crossing", ("rate",), (), "player"),
    TableNumbers("sectors", ("best", "nash"), ("sector",), "player", "partner"),
)
"""The numbers of a war: payoffs of every pair of moves, one Nash duty each, and the duties of every sector."""


def numbers(result: War) -> dict[NumberKey, float]:
    """The numbers of a war that an ensemble draws, by key."""
    return numbers_in(result, NUMBERS)
