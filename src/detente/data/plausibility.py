"""Worlds nobody lives in: what cannot be is refused, and what is unlikely is warned of with its usual range.

One function a rule. A rule takes the accounts of a world and returns one sentence: the figure, the range of the
bundled worlds (81 economies × 28 sectors, 2014 to 2022; each range stands at its rule), and what to try. Most rules
ask what only a world of real economies can answer, so they need ISO codes, and some need a year; a toy world is free.

Three faults cannot be seen and are not looked for. Without value added, exchanged importers and exporters give accounts
that close as well. Flows gross of tariffs differ from flows net of them by what value added may be. An elasticity of
substitution in place of theta is a possible theta.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from detente.data.accounts import Labelled
from detente.errors import BadInput, BadWorld, warn
from detente.inputs import BoolArray, FloatArray, shown
from detente.usual_names import economy_called

_REST: Final = "ROW"
_MOST_OUTPUT: Final = 1e9
"""USD million a year. The bundled worlds sell 1.55e8 to 2.00e8 in all."""
_LARGE: Final = ("USA", "CHN", "JPN", "DEU", "GBR", "FRA", "IND", "ITA")
_LEAST_LARGE: Final = 1e5
"""USD million a year, the output of the largest of three or more economies of `_LARGE` since 1990. Bundled: each
of them has 3.7e6 (Italy, 2017) or more."""
_LEAST_OPEN: Final = 0.01
"""Imports, or exports, over what they would be if the economy bought from all in proportion to their sales. Bundled:
0.071 (Brazil, 2017) to 0.571 (Ireland, 2022) for imports, 0.049 (Pakistan, 2018) to 0.657 (Ireland) for exports."""
_LEAST_OWN: Final = 0.05
"""Own sales over purchases. Bundled: 0.43 (Ireland, 2022) to 0.94 (China)."""
_MOST_OF_WORLD: Final = 0.995
"""One economy's part of the output of three or more. Bundled: at most 0.227 (United States, 2022)."""
_VALUE_ADDED: Final = (0.05, 0.98)
"""An economy's value added over its output, where firms buy inputs. Bundled: 0.26 (Viet Nam) to 0.73 (Cameroon)."""
_TRANSFER: Final = (-1.5, 0.6)
"""Deficit over income, which is value added, tariff revenue and the deficit. Bundled: −0.66 (Ireland, 2022) to 0.30
(São Tomé, 2014)."""
_TURNED: Final = 2.0
"""Spread of goods tariffs over the sellers to a buyer, by their spread over the buyers from a seller; most duties
depend on the buyer alone. Bundled: 0.33 to 0.38, and 2.6 to 3.0 with the two axes exchanged."""
_BALANCES: Final = {"USA": 1, "GBR": 1, "CHN": -1, "DEU": -1}
"""Sign of the balance of goods, imports less exports, in every year since 2002 and in every bundled world."""
_WHOLE: Final = 5
"""Economies from which tariffs are looked at: with fewer a rate may be on everything, to try it out."""
_FREE: Final = 0.01
"""Mean tariff on the services of a world. Bundled: 0."""
_THETA: Final = (0.2, 100.0)
"""Trade elasticities. Bundled sets: 0.636 (LL) to 64.85 (CP, refined petroleum)."""


def believed_year(year: object) -> int | None:
    """The year of a world as a whole number; raises BadWorld for anything else."""
    if year is None:
        return None
    if isinstance(year, bool) or not isinstance(year, int | np.integer):
        raise BadWorld(f"year is {shown(year)}: give a whole number such as 2017, or None")
    return int(year)


def refuse_no_own_sales(own: FloatArray, sales: FloatArray, error: type[BadInput]) -> None:
    """own, sales (n,): what each economy sells to itself, and in all. Raises the error where nobody buys at home.

    Tables of international trade hold no sales at home, and an economy that exports all it makes does not exist.
    """
    if len(own) > 1 and sales.any() and not own.any():
        raise error(
            "no economy sells anything to itself, so that each exports all it makes; bundled worlds buy 43 % to 94 % "
            "at home: put own sales, output less exports, on the diagonal (trade statistics such as Comtrade lack them)"
        )


def doubts(world: Labelled, year: int | None) -> list[str]:
    """What is unlikely about the accounts of a world, one sentence a rule. Raises BadWorld for what cannot be."""
    accounts = _Accounts(world, year)
    refuse_no_own_sales(accounts.own, accounts.sales, BadWorld)
    return [sentence for rule in _RULES if (sentence := rule(accounts))]


def warned(sentences: Sequence[str], told: Sequence[str] = ()) -> tuple[str, ...]:
    """Warn of each sentence that is not told yet, and return these."""
    new = tuple(sentence for sentence in sentences if sentence not in told)
    for sentence in new:
        warn(sentence)
    return new


def doubted_elasticities(theta: FloatArray, sectors: Sequence[str]) -> str | None:
    """theta (j,): values that no estimate has."""
    low, high = _THETA
    odd = (theta < low) | (theta > high)
    if not odd.any():
        return None
    j = int(odd.argmax())
    return (
        f"theta of {sectors[j]} is {theta[j]:.4g} ({odd.sum()} such sectors), outside {low:g} to {high:g}; bundled "
        "sets have 0.64 to 64.85: give elasticities of trade, positive and in no per cent; theta is sigma − 1"
    )


class _Accounts:
    """A world with the sums that several rules ask for; each is taken once, when a rule asks."""

    def __init__(self, world: Labelled, year: int | None) -> None:
        self.world, self.year, self.economies = world, year, world.economies
        self.size = len(world.economies)

    @cached_property
    def iso(self) -> BoolArray:
        """(n,) true for ISO 3166 alpha-3 codes and ROW."""
        return np.array([economy_called(code) == code for code in self.economies])

    @cached_property
    def real(self) -> bool:
        """Whether the world claims to be of real economies: at least half of its codes, three or more, are theirs."""
        return bool(self.iso.sum() >= max(3, self.size / 2))

    @cached_property
    def own_cells(self) -> FloatArray:
        """Own sales (n, j)."""
        return np.asarray(self.world.flows[np.arange(self.size), np.arange(self.size)])

    @cached_property
    def own(self) -> FloatArray:
        """Own sales (n,)."""
        return np.asarray(self.own_cells.sum(1))

    @cached_property
    def sales(self) -> FloatArray:
        """Sales (n,), own sales in them, USD million."""
        return np.asarray(self.world.output.sum(1))

    @cached_property
    def purchases(self) -> FloatArray:
        """Purchases (n,), net of tariffs, own sales in them."""
        return np.asarray(self.world.flows.sum((1, 2)))

    @cached_property
    def goods(self) -> BoolArray:
        """(j,) true for goods."""
        return ~np.isin(self.world.sectors, self.world.services)


def _year(a: _Accounts) -> str | None:
    today = date.today().year
    if a.year is None or 1900 <= a.year <= today:
        return None
    return f"the year of the world is {a.year}, which is not in 1900 to {today}: give the year of its accounts"


def _too_much_money(a: _Accounts) -> str | None:
    total = a.sales.sum()
    if not a.real or total <= _MOST_OUTPUT:
        return None
    return (
        f"output sums to {total:,.4g} USD mn a year; bundled worlds have 1.6e8 to 2.0e8: give flows in USD million "
        "(divide USD by 1e6, thousands by 1e3)"
    )


def _too_little_money(a: _Accounts) -> str | None:
    large = [n for n, code in enumerate(a.economies) if code in _LARGE]
    if a.year is None or a.year < 1990 or not a.real or len(large) < 3:
        return None
    n = max(large, key=lambda each: float(a.sales[each]))
    if a.sales[n] >= _LEAST_LARGE:
        return None
    return (
        f"output of {a.economies[n]} in {a.year} is {a.sales[n]:,.4g} USD mn a year, under {_LEAST_LARGE:,.0f}; "
        f"bundled worlds have 3.7e6 and more for {', '.join(_LARGE)}: give flows in USD million "
        "(multiply USD billion by 1e3)"
    )


def _no_own_sales(a: _Accounts) -> str | None:
    sold = a.world.output > 0
    lacking = sold & (a.own_cells == 0)
    part = float(lacking.sum() / max(sold.sum(), 1))
    if not a.real or part <= 0.5:
        return None
    n, j = (int(at) for at in np.argwhere(lacking)[0])
    return (
        f"{part:.0%} of the economy-sectors that sell, {a.economies[n]} in {a.world.sectors[j]} first, sell nothing at "
        "home; in bundled worlds none: put own sales, output less exports, on the diagonal"
    )


def _little_at_home(a: _Accounts) -> str | None:
    share = np.divide(a.own, a.purchases, out=np.ones(a.size), where=a.purchases > 0)
    n = int(share.argmin())
    if not a.real or share[n] >= _LEAST_OWN:
        return None
    return (
        f"{a.economies[n]} buys {share[n]:.2%} of its purchases at home ({(share < _LEAST_OWN).sum()} such economies); "
        "in bundled worlds 43 % to 94 %: check that its own sales are there and in the unit of its trade"
    )


def _closed_to_trade(a: _Accounts) -> str | None:
    rest = 1.0 - a.sales / a.sales.sum()
    if not a.real or (rest <= 0).any():
        return None
    sides = {}
    for word, total in (("buys", a.purchases), ("sells", a.sales)):
        abroad = np.divide(total - a.own, total, out=np.ones(a.size), where=total > 0)
        n = int((abroad / rest).argmin())
        sides[float((abroad / rest)[n])] = (a.economies[n], word, abroad[n])
    openness = min(sides)
    if openness >= _LEAST_OPEN:
        return None
    code, word, share = sides[openness]
    return (
        f"{code} {word} {share:.2%} abroad, {openness:.2g} of its part if it traded with all in proportion to their "
        "sales; in bundled worlds 0.05 to 0.66: check that its trade is there and in the unit of its own sales"
    )


def _all_of_the_world(a: _Accounts) -> str | None:
    share = a.sales / a.sales.sum() if a.sales.any() else np.zeros(a.size)
    n = int(share.argmax())
    if not a.real or share[n] <= _MOST_OF_WORLD or a.economies[n] == _REST:
        return None
    return (
        f"{a.economies[n]} has {share[n]:.2%} of the output of {a.size} economies; in bundled worlds at most 23 %: "
        "check that its flows are in the unit of the others'"
    )


def _value_added(a: _Accounts) -> str | None:
    if not a.real or not a.world.io.any():
        return None
    low, high = _VALUE_ADDED
    share = np.divide(a.world.value_added.sum(1), a.sales, out=np.full(a.size, 0.5), where=a.sales > 0)
    odd = (share < low) | (share > high)
    if not odd.any():
        return None
    n = int(odd.argmax())
    return (
        f"value added of {a.economies[n]} is {share[n]:.1%} of its output ({odd.sum()} such economies); in bundled "
        "worlds 26 % to 73 %: check the unit of io and value added, and that both axes of io are (input, user)"
    )


def _transfers(a: _Accounts) -> str | None:
    deficit = a.purchases - a.sales
    revenue = (a.world.flows * a.world.tariffs).sum((1, 2))
    income = a.world.value_added.sum(1) + revenue + deficit
    share = np.divide(deficit, income, out=np.zeros(a.size), where=income > 0)
    low, high = _TRANSFER
    odd = (share < low) | (share > high)
    if not a.real or not odd.any():
        return None
    n = int(odd.argmax())
    return (
        f"{a.economies[n]} has a trade deficit of {share[n]:.0%} of its income ({odd.sum()} such economies); in "
        "bundled worlds −66 % to 30 %: check that no flow is missing, own sales among them, and that all have one unit"
    )


def _exchanged_flows(a: _Accounts) -> str | None:
    if a.year is None or a.year < 2002 or not set(_BALANCES) <= set(a.economies):
        return None
    flows = a.world.flows[:, :, a.goods]
    gap = flows.sum((1, 2)) - flows.sum((0, 2))
    if not all(gap[a.world.index(code)] * sign < 0 for code, sign in _BALANCES.items()):
        return None
    return (
        f"in {a.year} USA and GBR sell more goods than they buy, and CHN and DEU buy more than they sell; since 2002 "
        "it was the other way round: the axes are importer, exporter, sector; exchange the first two of flows"
    )


def _exchanged_tariffs(a: _Accounts) -> str | None:
    if not a.real or a.size < _WHOLE or not a.goods.any():
        return None
    abroad = ~np.eye(a.size, dtype=bool)
    rates = a.world.tariffs[:, :, a.goods] * abroad[:, :, None]
    if (rates > 0).sum() < 0.5 * abroad.sum() * a.goods.sum():  # one measure against one seller varies over sellers
        return None
    over_sellers, over_buyers = (_spread(rates, axis) for axis in (1, 0))
    if over_sellers <= _TURNED * over_buyers or len(np.unique(rates)) < 20:
        return None
    return (
        f"tariffs differ by {over_sellers:.2%} over the sellers to a buyer and {over_buyers:.2%} over the buyers from "
        "a seller (standard deviations); in bundled worlds the first is 0.3 to 0.4 of the second, as most duties are "
        "the buyer's for all: the axes are importer, exporter, sector; exchange the first two of tariffs"
    )


def _spread(rates: FloatArray, axis: int) -> float:
    """Mean standard deviation along an axis of rates between different economies; those at home, 0, do not count."""
    others = len(rates) - 1
    mean = rates.sum(axis) / others
    return float(np.sqrt(np.maximum((rates**2).sum(axis) / others - mean**2, 0.0)).mean())


def _tariffs_at_home(a: _Accounts) -> str | None:
    home = a.world.tariffs[np.arange(a.size), np.arange(a.size)]
    abroad = np.where(np.eye(a.size, dtype=bool)[:, :, None], 0.0, a.world.tariffs).max(1)
    levied = ((home > 0) & (home >= abroad / 2)).any(1)  # where members are merged, untaxed sales at home dilute theirs
    if not a.real or a.size < _WHOLE or levied.sum() <= a.size / 2:
        return None
    return (
        f"{levied.sum()} of {a.size} economies, {a.economies[int(levied.argmax())]} first, levy tariffs on own sales, "
        "half of those on imports or more; in bundled worlds none does: set the diagonal of tariffs to 0"
    )


def _tariffs_on_services(a: _Accounts) -> str | None:
    services = ~a.goods
    if not a.real or a.size < _WHOLE or not services.any():
        return None
    flows = a.world.flows[:, :, services] * ~np.eye(a.size, dtype=bool)[:, :, None]
    mean = float((flows * a.world.tariffs[:, :, services]).sum() / flows.sum()) if flows.any() else 0.0
    if mean <= _FREE:
        return None
    return (
        f"services ({', '.join(a.world.services[:3])}) bear a mean tariff of {mean:.1%}; in bundled worlds 0 %, as no "
        "customs office sees them: set it to 0, or name the sectors that are services with services=[...]"
    )


def _twins(a: _Accounts) -> str | None:
    if not a.real:
        return None
    flows = a.world.flows
    for axis, codes, what in ((0, a.economies, "buy"), (1, a.economies, "sell"), (2, a.world.sectors, "have")):
        found = _equal(np.moveaxis(flows, axis, 0))
        if found is not None:
            n, m = found
            return (
                f"{codes[n]} and {codes[m]} {what} the same to the last digit in every one of their flows; in bundled "
                "worlds no two do: check that no block of the table was copied twice"
            )
    return None


def _equal(rows: FloatArray) -> tuple[int, int] | None:
    """Two rows with the same numbers, at least five of them different; a flat row of a made-up world is no sign."""
    by_sum: dict[float, int] = {}
    for n, row in enumerate(rows):
        m = by_sum.setdefault(float(row.sum()), n)
        if m != n and np.array_equal(rows[m], row) and len(np.unique(row)) >= 5:
            return m, n
    return None


_RULES: Final[tuple[Callable[[_Accounts], str | None], ...]] = (
    _year,
    _too_much_money,
    _too_little_money,
    _no_own_sales,
    _little_at_home,
    _closed_to_trade,
    _all_of_the_world,
    _value_added,
    _transfers,
    _exchanged_flows,
    _exchanged_tariffs,
    _tariffs_at_home,
    _tariffs_on_services,
    _twins,
)
