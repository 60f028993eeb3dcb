"""Measure what the lists of Section 301 come to, and the first $50bn in two bundled cases; write docs/section-301.md.

`python tools/section_301.py` takes some seconds. Run it when weights, base tariffs, cases or the economics change.
`tests/docs` compares the page with what the package gives.

The two cases answer one question, a duty of 25 % on $50bn each way, in two ways: us-china-2018 by value, in proportion
over all goods, before any list was known; us-china-2018-2020 by the lists. The difference is split in steps, each of
which changes one thing of the first case until the second is reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import jinja2

from detente.data.quantities import format_money
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.policy.listed_tables import rated_lists
from detente.policy.measure import Measure, in_force
from detente.policy.reach import purchases
from detente.policy.schedule import TariffBook
from detente.report.numbers import signed_percent, signed_usd

PAGE = Path(__file__).resolve().parents[1] / "docs/section-301.md"
TEMPLATE = Path(__file__).with_name("section_301.md.j2")
TABLE = "us-on-china-2018-2020"
BY_VALUE, BY_LIST = "us-china-2018", "us-china-2018-2020"
BEFORE, AFTER = date(2018, 7, 1), date(2018, 8, 23)
"""The last change before lists 1 and 2, and the day on which both were in force."""
RATE = 0.25
SIDES = ("USA", "CHN")


class Step(NamedTuple):
    """A state of the split: what it is, the law before and after the $50bn."""

    title: str
    before: tuple[Measure, ...]
    after: tuple[Measure, ...]


class Effect(NamedTuple):
    """What the $50bn did to a side: real income, a fraction, and USD million a year."""

    real: float
    usd: float


def rates() -> Iterator[list[str]]:
    """Of each list: its official total and its duty on each date."""
    table = rated_lists(TABLE)
    for name, official, by_date in zip(table.lists, table.official, table.rates, strict=True):
        yield [name, f"{official / 1e3:.0f}bn", *(f"{rate * 100:g} %" if rate else "–" for rate in by_date)]


def doses() -> Iterator[list[str]]:
    """Of each list: by product trade, by its title, the factor, and both in the points that its first duty adds."""
    session = Session.of(Dispute.read(BY_LIST))
    book = TariffBook(session.world, [law for law in session.known.measures if law.goods.table == TABLE])
    total = float(purchases(session.world, "USA", "CHN", "customs").by_sector.sum())
    for its in book.scalings:
        shares = (f"{its.traded / total:.1%}", f"{its.official / total:.1%}")
        yield [
            its.part,
            *(f"{amount / 1e3:.1f}" for amount in (its.traded, its.official)),
            f"{its.factor:.2f}",
            *(share.replace("%", " %") for share in shares),
        ]


def states() -> tuple[Session, Session, list[Step]]:
    """The sessions of the two cases, and the steps from the first to the second."""
    first, second = (Session.of(Dispute.read(name)) for name in (BY_VALUE, BY_LIST))
    threat = first.known.measure("us-301")
    (answer,), _ = first.answers([threat])
    law, lists = (in_force(second.known.measures, day) for day in (BEFORE, AFTER))
    theirs = tuple(measure for measure in law if measure.by == "CHN")
    ours = tuple(measure for measure in lists if measure.by == "USA")
    whole, part = (added(second, "CHN", law, laws)[0] for laws in ((*law, answer), lists))
    value = (answer.goods.value or 0.0) * part / whole
    goods = {"value": format_money(round(value, 3)), "basis": "customs"}
    smaller = Measure.model_validate(answer.model_dump(by_alias=True, exclude={"goods"}) | {"goods": goods})
    steps = [
        Step(f"{BY_VALUE}: in proportion over all goods", first.standing, (*first.standing, threat, answer)),
        Step("the law of 1 July 2018 underneath", law, (*law, threat, answer)),
        Step("China's answer as large as its lists", law, (*law, threat, smaller)),
        Step("lists 1 and 2 instead of all goods", law, (*ours, *theirs, smaller)),
        Step(f"{BY_LIST}: China's lists too", law, lists),
    ]
    return first, second, steps


def added(session: Session, by: str, before: Sequence[Measure], after: Sequence[Measure]) -> tuple[float, float]:
    """Imports on which `by` adds as much duty at RATE as between two states of the law, USD million.

    By customs figures of goods with a sector, and by the world's flows.
    """
    (other,) = (side for side in SIDES if side != by)
    book = TariffBook(session.world, [law for law in dict.fromkeys((*before, *after)) if law.by == by])
    ids = [[law.id for law in laws if law.by == by] for laws in (before, after)]
    pair = session.world.index(by), session.world.index(other)
    rise = (book.tariffs(ids[1])[pair] - book.tariffs(ids[0])[pair]) / RATE
    customs = purchases(session.world, by, other, "customs").by_sector
    return float(rise @ customs), float(rise @ session.world.flows[pair])


def effects(session: Session, step: Step) -> dict[str, Effect]:
    """What a step's $50bn does to each side."""
    frames = [session.solution(law).economies().set_index("economy") for law in (step.before, step.after)]
    found = {}
    for side in SIDES:
        before, after = (frame.loc[side] for frame in frames)
        real = (1 + after["real_income"]) / (1 + before["real_income"]) - 1
        found[side] = Effect(float(real), float(after["real_income_usd"] - before["real_income_usd"]))
    return found


def split() -> tuple[list[list[str]], dict[str, str]]:
    """A row a step with the effect on each side, and what each step is worth to the United States, USD billion."""
    first, second, steps = states()
    found = [effects(first if place == 0 else second, step) for place, step in enumerate(steps)]
    rows = [
        [what, step.title, *(f"{signed_percent(its.real)} ({signed_usd(its.usd)})" for its in each.values())]
        for what, step, each in zip(("", "base", "dose", "products", "products"), steps, found, strict=True)
    ]
    usd = [each["USA"].usd / 1e3 for each in found]
    moves = dict(zip(("base", "dose", "ours", "theirs"), (b - a for a, b in pairwise(usd)), strict=True))
    return rows, {name: signed_usd(move * 1e3) for name, move in moves.items()} | {"total": f"{usd[-1] - usd[0]:.2f}"}


def hit() -> list[list[str]]:
    """What the first $50bn hits, by case and side: USD billion of imports at customs figures and of the world's."""
    _, second, steps = states()
    return [
        [title, by, *(f"{amount / 1e3:.1f}" for amount in added(second, by, step.before, step.after))]
        for title, step in (("in proportion", steps[1]), ("by lists", steps[4]))
        for by in SIDES
    ]


def page() -> str:
    """The page."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    rows, gap = split()
    return template.render(rates=list(rates()), doses=list(doses()), hit=hit(), split=rows, gap=gap)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.name)
