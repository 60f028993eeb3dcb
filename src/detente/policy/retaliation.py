"""Answers in kind: from one side's measure the measure of the other that equals it in rate, value or duty.

All three count on base-year trade, in customs figures where both directions have them, else in the world's flows.

- rate: the same rate on the same goods, and on the same share of their value; on the same share of imports where the
  measure is by value. What claims a preference is left out of the original's figures, and not of the answer's goods.
- value: the same rate on goods worth the same. Who buys less than that covers all it buys.
- duty: goods worth the same, or all, at the rate that collects the same duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from detente.data.quantities import HIGHEST_RATE, format_money, format_rate, stated
from detente.data.world import World
from detente.errors import BadMeasure
from detente.inputs import number, require
from detente.policy.instruments import SHARED_DIGITS, WHOLE, in_words, instruments_of
from detente.policy.measure import Goods, Measure, TariffLine
from detente.policy.periods import Exempt
from detente.policy.reach import BaseImports, added_by_code, added_by_partner, find_table, partners, purchases
from detente.policy.schedule import Schedules

Match = Literal["rate", "value", "duty"]
IN_KIND: Final[tuple[Match, ...]] = ("rate", "value", "duty")

_TINY: Final = 1e-9
"""Share of what was asked below which a shortfall is rounding."""


@dataclass(frozen=True)
class Retaliation:
    """An answer in kind: the measure, or None where nothing is left to cover, and how it compares with the original.

    asked, covered: value of the goods of the original and of the answer; shortfall: what the answer lacks under the
    rules value and duty; duty: what the answer collects. All USD million of base-year trade, in figures of `basis`.
    rate: what the answer adds on average to the goods it covers, a fraction. notes: sentences for the reader.
    """

    measure: Measure | None
    match: Match
    asked: float
    covered: float
    shortfall: float
    rate: float
    duty: float
    basis: str
    notes: tuple[str, ...] = ()

    @property
    def taken(self) -> float:
        """What it leaves no more for other answers, USD million."""
        return self.covered


def retaliate(
    world: World,
    measure: Measure,
    *,
    by: str,
    match: Match,
    taken: float = 0.0,
    name: str | None = None,
    schedules: Schedules | None = None,
) -> Retaliation:
    """The answer of `by` to a measure on its goods.

    `taken` is what earlier answers of `by` cover already, USD million; `name` is the id of the answer, by default that
    of the measure with `-answered`; `schedules` are books of the world that are laid already. Raises BadMeasure where
    the measure is not on `by`, adds no duty, lists lines that only its own schedule has (match rate), or would be
    answered by a rate over 1000 %.
    """
    require(World, world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
    require(Measure, measure, "measure", "give a measure, dt.Measure(...)")
    taken = number(taken, "taken")
    schedules = schedules or Schedules(world)
    if by not in partners(world, measure):
        raise BadMeasure(f"measure {measure.id!r} is not on the goods of {by}, so {by} has nothing to answer")
    _refuse_no_duty(measure, match)
    sold, bought = trade_both_ways(world, measure, by)
    asked, duty = trade_hit(schedules, measure, by, sold)
    if duty <= 0:
        raise BadMeasure(
            f"measure {measure.id!r} adds no duty to the goods of {by}: there is nothing to answer in kind"
        )
    left = max(bought.total - taken, 0.0)
    name = name or f"{measure.id}-answered"
    if match == "rate":
        made = _same_rate(world, measure, by, sold, bought, left, name)
    else:
        goods = _by_value(min(asked, left), bought)
        rate = duty / asked if match == "value" or left <= 0 else duty / min(asked, left)
        _refuse_rate(rate, by, duty, left)
        made = None if goods is None else _answer(measure, by, goods, name, add=rate)
    covered, collected = trade_hit(schedules, made, measure.by, bought) if made is not None else (0.0, 0.0)
    notes = [note for note in (sold.note, bought.note) if note is not None]
    shortfall = asked - covered if match != "rate" and asked - covered > _TINY * asked else 0.0
    if shortfall > 0:
        notes.insert(0, _shortfall(measure, by, match, asked, bought, taken, made))
    rate = collected / covered if covered else 0.0
    return Retaliation(made, match, asked, covered, shortfall, rate, collected, sold.basis, tuple(notes))


def _refuse_no_duty(measure: Measure, match: Match) -> None:
    """Raise BadMeasure where a measure has no rate, value or duty that an answer could equal."""
    found = instruments_of(measure)
    if set(found) & set(WHOLE):
        raise BadMeasure(
            f"measure {measure.id!r} is {in_words(measure)}, which has no {match} that an answer could equal: answer "
            "by harm or best, or write the answer as a measure of its own (rule: listed)"
        )
    if found and match == "rate":
        raise BadMeasure(
            f"measure {measure.id!r} charges {in_words(measure)}, and other goods have other unit values: answer by "
            "value or duty"
        )


def trade_both_ways(world: World, measure: Measure, by: str) -> tuple[BaseImports, BaseImports]:
    """The purchases of the measure's side from `by`, and of `by` from it, in figures of one basis."""
    basis = measure.goods.basis or "customs"
    sold = purchases(world, measure.by, by, basis)
    bought = purchases(world, by, measure.by, basis)
    if sold.basis == bought.basis:
        return sold, bought
    return purchases(world, measure.by, by, "world"), purchases(world, by, measure.by, "world")


def trade_hit(schedules: Schedules, measure: Measure, on: str, trade: BaseImports) -> tuple[float, float]:
    """Value of the goods of `on` that a measure covers, and the duty it adds, USD million of base-year trade."""
    sector, share, added = schedules.book([measure]).added(on)
    worth = share * trade.by_sector[sector]
    value, duty = float(worth.sum()), float((worth * added).sum())
    if measure.goods.all or (measure.goods.by_value and measure.goods.sectors is None):
        scale = trade.total / float(trade.by_sector[np.unique(sector)].sum())
        value, duty = value * scale, duty * scale  # goods of no sector are among all goods
    return value, duty


def _same_rate(
    world: World, measure: Measure, by: str, sold: BaseImports, bought: BaseImports, left: float, name: str
) -> Measure | None:
    """The original's rates on the same goods of the other side; None where nothing is left of them."""
    goods: Goods | None = measure.goods
    if measure.goods.by_value:
        where = np.isin(world.sectors, measure.goods.sectors or world.goods)
        whole = measure.goods.sectors is None
        base = sold.total if whole else float(sold.by_sector[where].sum())
        pool = bought.total if whole else float(bought.by_sector[where].sum())
        goods = _by_value(min(pool * (measure.goods.value or 0.0) / base, left), bought, measure.goods.sectors)
    elif measure.goods.codes is not None:
        if any(len(code.hs) > SHARED_DIGITS for code in measure.goods.codes):
            raise _own_lines(measure)
        lines = tuple(
            TariffLine(hs=c.hs, add=stated(c.add), set=stated(c.set), total=stated(c.total), of=stated(c.of))
            for c in measure.goods.codes
        )
        goods = Goods(codes=lines, hs=measure.goods.hs)
    elif measure.goods.table is not None and find_table(measure.goods.table).kind == "codes":
        added = added_by_code(measure)
        goods = Goods(codes=tuple(TariffLine(hs=str(hs6), add=stated(float(rate))) for hs6, rate in added.items()))
    elif measure.goods.table is not None and find_table(measure.goods.table).kind == "lists":
        raise _own_lines(measure)
    elif measure.goods.table is not None:
        rate = added_by_partner(measure)[by]
        return _answer(measure, by, Goods(all=True), name, add=rate)
    if goods is None:
        return None
    exempt = measure.exempted
    if exempt is not None and (exempt.sectors or exempt.codes):
        exempt = Exempt(sectors=exempt.sectors, codes=exempt.codes, hs=exempt.hs if exempt.codes else None)
    else:
        exempt = None
    add, put, total = measure.add, measure.set, measure.total
    return _answer(measure, by, goods, name, add=add, put=put, total=total, of=measure.of, exempt=exempt)


def _own_lines(measure: Measure) -> BadMeasure:
    return BadMeasure(
        f"measure {measure.id!r} lists lines of more than six digits, which only the schedule of {measure.by} has: "
        "answer by value or duty"
    )


def _by_value(covered: float, bought: BaseImports, sectors: tuple[str, ...] | None = None) -> Goods | None:
    """Goods worth so much of what is bought, to the dollar; all goods where that is everything."""
    if covered <= 0:
        return None
    if sectors is None and covered >= bought.total:
        return Goods(all=True)
    return Goods.model_validate({"value": format_money(round(covered, 6)), "basis": bought.basis, "sectors": sectors})


def _answer(
    original: Measure,
    by: str,
    goods: Goods,
    name: str,
    *,
    add: float | None = None,
    put: float | None = None,
    total: float | None = None,
    of: float | str | None = None,
    exempt: Exempt | None = None,
) -> Measure:
    """A measure of the other side with the original's status and dates."""
    return Measure(
        id=name,
        title=f"{by} answers {original.id}",
        by=by,
        on=(original.by,),
        status=original.status,
        goods=goods,
        add=stated(add),
        set=stated(put),
        total=stated(total),
        of=stated(of) if isinstance(of, float) else of,
        from_=original.from_,
        until=original.until,
        earliest=original.earliest,
        exempt=exempt,
        suspended=original.suspended,
    )


def _refuse_rate(rate: float, by: str, duty: float, left: float) -> None:
    if rate > HIGHEST_RATE:
        raise BadMeasure(
            f"to collect {said(duty)} on {said(left)} of goods {by} would need a "
            f"rate of {rate:.0%}, over {HIGHEST_RATE:.0%}: match value or harm"
        )


def _shortfall(
    measure: Measure, by: str, match: Match, asked: float, bought: BaseImports, taken: float, made: Measure | None
) -> str:
    """The sentence about goods that cannot be hit, with what is still open."""
    left = max(bought.total - taken, 0.0)
    held = f", {said(taken)} of it covered by other answers" if taken > 0 else ""
    rate = format_rate(round(made.add, 4)) if made is not None and made.add is not None else "nothing"
    end = (
        "rules still open: duty, harm, or a higher rate"
        if match == "value"
        else f"the same duty is collected at {rate}; rules still open: value, harm"
    )
    return (
        f"{by} cannot answer {measure.id!r} on {said(asked)} of goods: it bought "
        f"{said(bought.total)} from {measure.by} ({bought.basis} figures){held}; the answer covers "
        f"all of the {said(left)} and is {said(asked - left)} short; {end}"
    )


def said(amount: float) -> str:
    """An amount of USD million as a person says it, to four digits."""
    return format_money(float(f"{amount:.4g}"))
