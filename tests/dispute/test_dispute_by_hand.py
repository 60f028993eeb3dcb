"""Law beyond a percentage against a shock made by hand: the duties of a file are those that its words say.

The rows are counted from the world's own numbers, and the equilibrium is audited on them by `oracle.audit`, which has
nothing of the package's solver.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

import detente as dt
from detente.data.world import World
from detente.dispute.promises import Cover, Duties
from detente.dispute.schema import Dispute
from detente.policy.schedule import Schedules, TariffBook
from detente.solver.equilibrium import equilibrium
from oracle.rows import Limit, Row
from wedge_lab import CLOSES, EVERY, apart, shock_of, worst

HEAD = """\
dispute: by-hand
title: Law against a shock made by hand
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
"""
IN_FORCE = "status: in-force, from: 2018-04-02, goods: {sectors: [C26]}"
USA_ON_CHN = f"by: USA, on: CHN, {IN_FORCE}"
CHN_ON_USA = f"by: CHN, on: USA, {IN_FORCE}"
ByHand = tuple[list[Row], list[Limit]]


@pytest.fixture(scope="module")
def world(small_world: World) -> World:
    """The small world with six sectors: four of goods, the other goods together, and services together."""
    kept = {"C24A", "C26", "C28", "A01"}
    goods = [name for name in small_world.goods if name not in kept]
    services = [name for name in small_world.sectors if name not in set(small_world.goods)]
    return small_world.aggregate(economies={"REST": ["OTH", "VNM"]}, sectors={goods[0]: goods, services[0]: services})


class Cells:
    """Rows of cells of one sector, by the codes of a world."""

    def __init__(self, world: World, sector: str = "C26") -> None:
        self.world, self.j = world, world.sector_index(sector)

    def base(self, importer: str, exporter: str) -> float:
        """The base tariff."""
        return float(self.world.tariffs[self.world.index(importer), self.world.index(exporter), self.j])

    def flow(self, importer: str, exporter: str) -> float:
        """Imports of the base year, USD million."""
        return float(self.world.flows[self.world.index(importer), self.world.index(exporter), self.j])

    def row(self, importer: str, exporter: str, share: float = 1.0, add: float = 0.0, **more: float) -> Row:
        """One part, with `add` on top of its base tariff."""
        base = self.base(importer, exporter)
        n, i = self.world.index(importer), self.world.index(exporter)
        return Row(n, i, self.j, share, base, base + add, **more)

    def others(self, economy: str) -> list[str]:
        """All economies but one."""
        return [name for name in self.world.economies if name != economy]


def _claims(its: Cells) -> ByHand:
    shares = {"CHN": 0.38, "MEX": 0.6}
    return [
        row
        for name, claimed in shares.items()
        for row in (its.row("USA", name, 1 - claimed, 0.25), its.row("USA", name, claimed))
    ], []


def _quota(share: float, high: float, holder: str | None = None) -> Callable[[Cells], ByHand]:
    def made(its: Cells) -> ByHand:
        place = None if holder is None else its.world.index(holder)
        return [its.row("USA", "CHN")], [Limit((0,), share * its.flow("USA", "CHN"), 0.0, high, holder=place)]

    return made


def _limit(its: Cells) -> ByHand:
    return [its.row("USA", "CHN")], [Limit((0,), 0.5 * its.flow("USA", "CHN"), 0.0, np.inf, tariff=False)]


def _pooled(its: Cells) -> ByHand:
    rows = [its.row(name, "CHN") for name in its.others("CHN")]
    total = sum(its.flow(name, "CHN") for name in its.others("CHN"))
    return rows, [Limit(tuple(range(len(rows))), 0.7 * total, 0.0, np.inf, tariff=False)]


def _total(its: Cells) -> ByHand:
    return [its.row("USA", name, 1.0, max(0.15 - its.base("USA", name), 0.0)) for name in ("CHN", "MEX")], []


LAW: dict[str, tuple[str, Callable[[Cells], ByHand]]] = {
    "claims": (
        f"by: USA, on: [CHN, MEX], {IN_FORCE}, add: 25%, claims: {{preference: USMCA, share: {{CHN: 38%, MEX: 60%}}}}",
        _claims,
    ),
    "quota below": (f"{USA_ON_CHN}, quota: {{share: 120%, in: 0%, over: 50%}}", _quota(1.2, 0.5)),
    "quota at": (f"{USA_ON_CHN}, quota: {{share: 60%, in: 0%, over: 50%}}", _quota(0.6, 0.5)),
    "quota above": (
        f"{USA_ON_CHN}, quota: {{share: 5%, in: 0%, over: 20%, holder: exporter}}",
        _quota(0.05, 0.2, "CHN"),
    ),
    "export limit": (f"{CHN_ON_USA}, export: {{limit: 50%}}", _limit),
    "export limit on all": (f"by: CHN, on: all, {IN_FORCE}, export: {{limit: 70%}}", _pooled),
    "export ban": (f"{CHN_ON_USA}, export: {{ban: true}}", lambda its: ([its.row("USA", "CHN", closed=True)], [])),
    "export tax": (
        f"by: CHN, on: all, {IN_FORCE}, export: {{tax: 25%}}",
        lambda its: ([its.row(name, "CHN", e_cf=0.25) for name in its.others("CHN")], []),
    ),
    "specific": (
        f"{USA_ON_CHN}, specific: 93 EUR/t, unit_value: 0.75 EUR/kg",
        lambda its: ([its.row("USA", "CHN", specific=93 / 750)], []),
    ),
    "compound": (
        f"{USA_ON_CHN}, specific: 93 EUR/t, unit_value: 750 EUR/t, add: 5%",
        lambda its: ([its.row("USA", "CHN", 1.0, 0.05, specific=93 / 750)], []),
    ),
    "carbon": (
        f"{USA_ON_CHN}, carbon: {{price: 80 EUR/t, intensity: 1.9 kg/USD, exchange: 1.08 USD/EUR, free: 25%, "
        "deduct: {CHN: 8 EUR/t}}",
        lambda its: ([its.row("USA", "CHN", specific=(80 - 8) * 1.08 * 0.75 * 1.9e-3)], []),
    ),
    "total": (f"by: USA, on: [CHN, MEX], {IN_FORCE}, total: 15%", _total),
}


@pytest.fixture(scope="module")
def economies(world: World) -> Callable[[str], dt.Economy]:
    @cache
    def of(deficits: str) -> dt.Economy:
        return dt.calibrate(world, deficits=deficits)

    return of


@pytest.mark.parametrize(("deficits", "horizon"), EVERY)
@pytest.mark.parametrize("kind", LAW)
def test_the_state_of_a_file_is_the_shock_made_by_hand(world, economies, kind, deficits, horizon):
    line, by_hand = LAW[kind]
    dispute = Dispute.parse(f"{HEAD}  - {{id: m, {line}}}\n", world=world)
    economy = economies(deficits)
    rows, limits = by_hand(Cells(world))
    found = dt.solve(economy, TariffBook(world, dispute.measures).shock(("m",)), horizon=horizon)
    made = dt.solve(economy, shock_of(rows, limits), horizon=horizon)
    assert apart(found, made) <= 1e-9
    gap, account = worst(economy, found, rows, limits)
    assert gap <= CLOSES, account
    regime = {"quota below": "below", "quota above": "above"}
    assert list(found.quotas()["regime"] if limits else []) == [regime.get(kind, "at")] * len(limits)


@pytest.mark.parametrize("covered", [None, 0.4])
@pytest.mark.parametrize("kind", LAW)
def test_talks_lose_nothing_of_a_state(world, economies, kind, covered):
    line, by_hand = LAW[kind]
    dispute = Dispute.parse(f"{HEAD}  - {{id: m, {line}}}\n", world=world)
    economy, its = economies("fixed"), Cells(world)
    place = [np.array([k]) for k in (world.index("USA"), world.index("CHN"), its.j)]
    bought = {} if covered is None else {"some": Cover(*place, np.array([covered]), "some")}
    duties = Duties(Schedules(world), economy, dispute.measures, bought=bought)
    for ids in (("m",), ()):
        rows, limits = by_hand(its) if ids else ([], [])
        made = dt.solve(economy, shock_of(rows, limits) if rows else dt.Shock())
        found = equilibrium(economy, duties.wedges(duties.of(ids)), "long", True, None)
        assert apart(found, made) <= 1e-9


ACTS = (
    f"id: quota, {USA_ON_CHN}, quota: {{share: 60%, in: 0%, over: 50%}}",
    f"id: limit, by: CHN, on: MEX, {IN_FORCE}, export: {{limit: 50%}}",
    f"id: first, by: USA, on: MEX, {IN_FORCE}, add: 25%, authority: one, stacking: max",
    f"id: second, by: USA, on: [CHN, MEX], {IN_FORCE.replace('C26', 'C28')}, add: 10%, authority: two",
    f"id: third, by: USA, on: [CHN, MEX], {IN_FORCE.replace('C26', 'C28')}, total: 15%, authority: three",
)
RULES = ("{authority: two, displaces: three}", "{authority: one, stacks_with: two}")


@pytest.mark.parametrize("order", [(4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_the_order_of_acts_and_rules_changes_nothing(world, economies, order):
    found = []
    for acts, rules in ((range(5), RULES), (order, RULES[::-1])):
        lines = "".join(f"  - {{{ACTS[k]}}}\n" for k in acts)
        dispute = Dispute.parse(f"{HEAD}{lines}stacking: [{', '.join(rules)}]\n", world=world)
        book = TariffBook(world, dispute.measures, dispute.stacking)
        found.append(dt.solve(economies("fixed"), book.shock(book.ids)))
    assert apart(*found) <= 1e-12
    assert all(set(its.quotas()["regime"]) == {"at"} for its in found)
