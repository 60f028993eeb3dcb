"""Who faces the goods that lose a market in the state of the headline, and how far a buyer depends on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from detente.analyses.run.result import Scenario
from detente.data.products.lines import LINES_YEAR, all_imports, has_lines, product_lines
from detente.data.products.weights import EU, chapter_years
from detente.dispute.after_substitution import MovedTrade, with_new_imports
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.policy.line_duties import LineLaw, record_of, recorded_partners
from detente.policy.measure import Measure
from detente.policy.reach import partners
from detente.report.blocks import rows_of
from detente.solver.third_markets import COLUMNS as BY_SECTOR
from detente.solver.third_markets import LOST, THIRD, third_markets
from detente.usual_names import members_of

COLUMNS: Final = ("importer", *BY_SECTOR)
PRODUCTS: Final = (
    "importer", "exporter", "product", "sector", "before", "after", "change", "redirected", "share_of_imports",
)  # fmt: skip
"""product: a line of ten digits. before: customs imports of 2024; after: those that are left under the duties of the
state; redirected: the part of the loss that goes to third markets at the rate of its sector; USD million a year.
share_of_imports: what the exporter had of all imports of the line, a fraction: how far the buyer depends on it."""
MOST: Final = 200
"""Product lines of a pair that are kept, those that lose most first."""


def pairs_of(plan: Plan, session: Session) -> list[tuple[str, str]]:
    """Importer and exporter of the duties that change in a state, where one of the two is a party, each once."""
    moved = [law for law in plan.all_measures if (law in plan.measures) != (law in plan.start) and law.export is None]
    found = ((law.by, exporter) for law in moved for exporter in partners(session.world, law))
    return list(dict.fromkeys(pair for pair in found if set(pair) & set(session.parties)))


def third_market_tables(session: Session, plan: Plan, scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of `solver.third_markets` of each pair of the state's changed duties, and the product lines that lose.

    See `COLUMNS` and `PRODUCTS`. Lines are there for importers whose trade by line is bundled.
    """
    solution = scenario.solution
    assert solution is not None, "a state of this session has its solution"
    frames, lines = [], []
    moved = MovedTrade(session.world, np.asarray(solution.base.M), np.asarray(solution.M_cf), solution.base.theta)
    laws = {importer: _laws(session, plan, importer) for importer in {law.by for law in plan.all_measures}}
    for importer, exporter in pairs_of(plan, session):
        frame = third_markets(solution, importer, exporter)
        if frame.empty:
            continue
        frame.insert(0, "importer", importer)
        frames.append(frame)
        its = laws[importer]
        lines += [] if its is None else list(_lines(its, importer, exporter, frame, moved))
    return (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS)),
        pd.DataFrame(lines, columns=list(PRODUCTS)),
    )


def _laws(session: Session, plan: Plan, importer: str) -> tuple[LineLaw, LineLaw] | None:
    """The law of an importer in a state and in the one it is measured against; None where trade by line is unknown."""
    world, on = session.world, plan.on or session.known.as_of
    by_value = any(law.by == importer and law.goods.by_value for law in plan.all_measures)
    if not has_lines(importer) or world.year in (None, *chapter_years()) or by_value:
        return None

    def laid(measures: tuple[Measure, ...]) -> LineLaw:
        return LineLaw(world, importer, [law for law in measures if law.by == importer], session.known.stacking, on)

    # what the base tariffs hold has moved the trade of the base year already
    start = plan.start or tuple(law for law in plan.measures if law.in_base)
    return laid(plan.measures), laid(start)


def _lines(
    laws: tuple[LineLaw, LineLaw], importer: str, exporter: str, frame: pd.DataFrame, moved: MovedTrade
) -> Iterator[tuple[object, ...]]:
    """The product lines of a pair that lose most; laws: of the state, and of the one it is measured against."""
    partner = record_of(exporter)
    if partner not in recorded_partners() or exporter in members_of(EU, f"{LINES_YEAR}-12-31"):
        return  # records hold the European Union as one
    after, before = (law.duties(partner) for law in laws)
    (left,) = with_new_imports(importer, [after], [before], moved)
    table = pd.DataFrame({"product": after.product, "sector": after.sector, "before": after.imports})
    sums = table.assign(after=left.imports).groupby(["product", "sector"], sort=False).sum()
    sums["change"] = sums["after"] - sums["before"]
    rates = _redirected(frame)
    whole = dict(zip(product_lines(importer).line, all_imports().tolist(), strict=True))
    for row in rows_of(sums.nsmallest(MOST, "change").reset_index()):
        product, sector, change = str(row["product"]), str(row["sector"]), float(row["change"])
        if change < 0 and sector in rates:
            share = float(row["before"]) / whole[product] if whole.get(product, 0.0) > 0 else np.nan
            about = (importer, exporter, product, sector)
            yield *about, row["before"], row["after"], change, -change * rates[sector], share


def _redirected(frame: pd.DataFrame) -> dict[str, float]:
    """The part of the loss of each sector that goes to third markets, a fraction; it may exceed one."""
    sums = frame.groupby(["sector", "who"])["change"].sum().unstack().fillna(0.0)
    lost = sums[LOST].where(sums[LOST] < 0)
    third = sums.reindex(columns=[THIRD], fill_value=0.0)[THIRD]
    return {str(sector): float(rate) for sector, rate in (-(third / lost)).dropna().items()}
