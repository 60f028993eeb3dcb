"""Bands beside findings: how sure each number of a report is, and what drives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from detente.analyses.bands.report import READ, chart, stamp
from detente.analyses.bands.result import Bands
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import (
    by_sets,
    columns,
    groups,
    how_sure,
    incomes,
    main_scenario,
    names_of,
    nine_in_ten,
    ranges,
    row_range,
)
from detente.dispute.results import to_text
from detente.ensemble.draws import Over
from detente.errors import BadInput
from detente.report.blocks import Block, Bullets, Figure, Row, Section, Table, Text, number, rows_of
from detente.report.numbers import ASSUMPTIONS, MISSING, listed, of_draws, points, signed_percent

SAME: Final = 1e-7
"""A change (a fraction) of the run itself by which bands and findings may differ: both close accounts to 1e-9."""


def beside(findings: Findings, bands: Bands) -> None:
    """Raise BadInput where bands are not those of the findings: other settings, or other numbers of the run itself."""
    settings = {name: getattr(findings.settings, name) for name in ("world_sha256", "deficits", "horizon")}
    own = {
        (scenario.id, party): number(incomes(scenario), party, "real_income")
        for scenario in (findings.baseline, *findings.scenarios)
        for party in findings.dispute.parties
    }
    rows = rows_of(bands.of_parties())
    same = all(abs(row["run"] - own.get((row["scenario"], row["economy"]), math.inf)) <= SAME for row in rows)
    if not same or any(getattr(bands.settings, name) != value for name, value in settings.items()):
        raise BadInput(
            f"the bands of {bands.title!r} are not those of these findings: make them with dt.bands(findings)"
        )


def to_json(findings: Findings, bands: Bands) -> str:
    """The findings as JSON with their bands under `bands`: `Findings.from_json` reads the one, `Bands` the other.

    Raises BadInput where the bands are of something else.
    """
    beside(findings, bands)
    return to_text({**findings.as_dict(), "bands": bands.as_dict()})


def by_command(bands: Bands) -> bool:
    """Whether `detente run --bands` draws the same: all sets and closures, its seed, and no statements."""
    usual = Over(worlds=bands.over.worlds, horizons=bands.over.horizons)
    return bands.over == usual and bands.seed == 0 and not bands.holds


def python_lines(bands: Bands) -> str:
    """The Python that makes the same bands of findings; a world of the user's own is his to give."""
    given = f"over=dt.{bands.over!r}, draws={bands.count}, seed={bands.seed}"
    asked = f", holds={[its.statement for its in bands.holds]!r}" if bands.holds else ""
    return f"bands = dt.bands(findings, {given}{asked})\nassert bands.id == {bands.id!r}"


def sure_table(findings: Findings, bands: Bands, scenarios: Sequence[Scenario] | None = None) -> Table:
    """Scenarios (by default all) and parties, and for that of the headline third economies too: the run, the band, the
    shares of draws in which each loses and gains, and the assumption that drives it most, if that can be told."""
    main, names = main_scenario(findings), names_of(findings)
    known = set(bands.bands["scenario"])
    rows: list[Row] = []
    every = [s for group in groups(findings) for s in group.scenarios] if scenarios is None else scenarios
    for scenario in (s for s in every if s.id in known):
        rows.append(Row((scenario.title,), heading=True))
        shown = columns(findings, scenario) if scenario is main else list(findings.dispute.parties)
        for code in shown:
            band, driver = bands.band(scenario.id, code), bands.driver(scenario.id, code)
            most = MISSING if driver is None else ASSUMPTIONS.get(driver["assumption"], driver["assumption"])
            most += "" if driver is None else f", {of_draws(driver['share'])}"
            run = points(number(incomes(scenario), code, "real_income"))
            shares = (of_draws(band["negative"]), of_draws(band["positive"]))
            rows.append(Row((names.economy(code), run, nine_in_ten(band["low"], band["high"]), *shares, most)))
    head = ("", "The run", "Nine draws in ten", "Loses in", "Gains in", "What drives it most")
    caption = (
        "Change in real income, in per cent: the run itself, the band of nine draws in ten, the shares of draws in "
        "which it falls and rises, and the assumption that makes most of the variance over draws (a dash: too few "
        "draws to tell, or it does not vary)"
    )
    return Table(caption, head, tuple(rows), stamp(bands))


def section(findings: Findings, bands: Bands) -> Section:
    """How sure the findings are. Raises BadInput where the bands are of something else."""
    beside(findings, bands)
    if by_sets(bands):
        return _of_sets(findings, bands)
    if bands.of_parties().empty:
        return Section("How sure it is", (Text("No scenario changes anything, in any draw."),))
    said = how_sure(findings, bands) or "What the headline tells of changes nothing, in any draw."
    held = tuple(f"{its}." for its in bands.holds)
    titles = {scenario.id: scenario.title for scenario in (findings.baseline, *findings.scenarios)}
    drawn = Figure("bands", chart(bands, titles), f"Bands of real income: {said}")
    blocks: list[Block] = [Text(said), Text(READ), drawn]
    blocks.append(sure_table(findings, bands))
    blocks += [Text("Statements:"), Bullets(held)] if held else []
    lost = f"{bands.count - bands.solved} of {bands.count} draws did not solve, and are in no band."
    assumed = (*bands.assumed, *((lost,) if bands.solved < bands.count else ()))
    blocks += [Text("What the draws assume:"), Bullets(assumed)] if assumed else []
    return Section("How sure it is", tuple(blocks))


_SETS: Final = (
    "Trade elasticities say how readily buyers turn to goods from elsewhere, and published estimates differ. Every "
    "state is solved again with each set as published; data, closure and model stay. The table has the state of the "
    "headline, bands.json all of them. With --bands N, detente run varies elasticities within their standard errors "
    "and the closure of deficits, too."
)


def _of_sets(findings: Findings, bands: Bands) -> Section:
    """How far the findings depend on the set of elasticities."""
    said, names = ranges(findings, bands) or "No scenario changes anything, under any set.", names_of(findings)
    main, rows = main_scenario(findings), []
    for code in columns(findings, main) if (bands.bands["scenario"] == main.id).any() else ():
        band = bands.band(main.id, code)
        counts = (f"{round(band[turn] * bands.solved)} of {bands.solved}" for turn in ("negative", "positive"))
        run = signed_percent(number(incomes(main), code, "real_income"))
        rows.append(Row((names.economy(code), run, row_range(band["least"], band["most"]), *counts)))
    head = ("", "The run", "Over the sets", "Loses under", "Gains under")
    caption = f"Change in real income under {listed(list(bands.over.elasticities))}: {main.title}"
    blocks: list[Block] = [Text(said), Text(_SETS), Table(caption, head, tuple(rows), stamp(bands))]
    if bands.solved < bands.count:
        blocks.append(Text(f"{bands.count - bands.solved} of {bands.count} sets did not solve, and are in no range."))
    return Section("How sure it is", tuple(blocks))
