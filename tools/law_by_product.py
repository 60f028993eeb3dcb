"""What products do to the answer: the law of `us-2025`, and the same law with one rate a partner. A part of a page.

    python tools/law_by_product.py

Writes the part of docs/us-2025-law.md between its two marks. In the second state every pair of economies has the same
duty on top of the base tariff on all goods: the average of the law's over its goods, weighted by the world's imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

import detente as dt
from detente.data.bundled import list_elasticities
from detente.dispute.session import Session
from detente.inputs import FloatArray
from detente.model.shock import Shock
from detente.report.numbers import signed_percent
from detente.solver.equilibrium import solve

CASE: Final = "us-2025"
PAGE: Final = Path(__file__).resolve().parents[1] / "docs/us-2025-law.md"
MARKS: Final = ("<!-- Made by tools/law_by_product.py -->", "<!-- End of what is made -->")
WHO: Final = ("USA", "CAN", "CHN", "MEX")
SECTORS: Final = {"B06": "crude oil and gas", "C21": "medicines", "C24A": "iron and steel", "C29": "motor vehicles"}
"""Sectors of icio-2022 whose duties differ most."""


@dataclass(frozen=True)
class State:
    """The changes of real income (n,) in a state, by product and with one rate a pair."""

    name: str
    by_product: FloatArray
    averaged: FloatArray


def averaged(world: dt.World, tariffs: FloatArray) -> FloatArray:
    """Tariffs (n, i, j) with the average of what they add, over the goods of a pair, on each of its goods."""
    goods = np.isin(world.sectors, world.goods)
    weight = np.where(goods, world.flows, 0.0)
    added = np.where(goods, tariffs - world.tariffs, 0.0)
    total = weight.sum(axis=2)
    mean = (weight * added).sum(axis=2) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(goods, world.tariffs + mean[:, :, None], tariffs))


def states(session: Session) -> Iterator[State]:
    """The law of the last day with its answers and without, in the sets of elasticities that the world can take."""
    plan = session.prepared.plans[0]
    book = session.schedules.having(plan.all_measures)
    own = [measure.id for measure in plan.measures if measure.by == "USA"]
    names = [str(name) for name in list_elasticities()["name"]]
    for elasticities in names:
        try:
            other = session.under(elasticities=elasticities)
        except dt.DetenteError:  # a set of another list of sectors
            continue
        for ids, said in ((plan.ids, "answered"), (tuple(own), "unanswered")):
            law = solve(other.economy, book.shock(ids, on=plan.on), horizon="long")
            even = averaged(session.world, book.tariffs(ids, on=plan.on))
            one = solve(other.economy, Shock(t_cf=even), horizon="long")
            yield State(f"{elasticities}, {said}", law.W_hat - 1, one.W_hat - 1)


def rates() -> Iterator[str]:
    """Rows on the statutory duty of some sectors of US imports, with the ordinary duty and without."""
    day = dt.Dispute.read(CASE).as_of
    table = dt.schedule(CASE, on=day).sectors("USA")
    for code, name in SECTORS.items():
        row = table.loc[code]
        yield f"| {name} ({code}) | {100 * row['ordinary']:.1f} % | {100 * row['total']:.1f} % |"


def part() -> str:
    """The part of the page."""
    session = Session.of(dt.Dispute.read(CASE))
    place = [session.world.economies.index(code) for code in WHO]
    found = list(states(session))
    turned = [state.name for state in found if state.by_product[place[0]] * state.averaged[place[0]] < 0]
    lines = [
        "| US imports of | ordinary duty | with the acts |",
        "|---|---:|---:|",
        *rates(),
        "",
        "| elasticities, answers | " + " | ".join(f"{code} by product | at one rate" for code in WHO) + " |",
        "|---|" + "---:|" * (2 * len(WHO)),
    ]
    for state in found:
        cells = [signed_percent(float(values[n])) for n in place for values in (state.by_product, state.averaged)]
        lines.append(f"| {state.name} | " + " | ".join(cells) + " |")
    lines += ["", f"The sign of the United States turns in {len(turned)} of {len(found)} rows."]
    return "\n".join(lines)


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{part()}\n\n{MARKS[1]}{after}", encoding="utf-8")
    print(PAGE.name)
