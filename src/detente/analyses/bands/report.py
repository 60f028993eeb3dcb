"""The uncertainty of numbers, as sentences and as a report, and its effect on the findings of a run.

A share of draws is never called a probability. Beside findings, bands say how sure each number of their report is and
what drives it; where the draws are the sets of elasticities alone, how far the findings depend on the set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from detente.analyses.bands.band_tables import READ, band_table, bands_chart, driver_table
from detente.analyses.bands.by_closure import closure_table, closure_words
from detente.analyses.bands.result import Bands
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import MOST_PARTIES, columns, groups, incomes
from detente.data.bundled import first_year_level, list_worlds, load_world
from detente.ensemble.draws import Over
from detente.errors import BadInput
from detente.report.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Qualification,
    Row,
    Section,
    Table,
    Text,
    number,
    rows_of,
)
from detente.report.numbers import (
    ASSUMPTIONS,
    MISSING,
    Names,
    direction,
    listed,
    names_of,
    of_draws,
    points,
    signed_percent,
)
from detente.solver.fixed_point import HORIZONS


def headline(bands: Bands) -> str:
    """The last scenario of the parties: their bands, and in how many draws each loses."""
    if not bands.parties:
        return f"{bands.title}: {len(bands.bands)} numbers over {bands.solved} draws."
    names, rows = Names(bands.names), list(rows_of(bands.of_parties()))
    if not rows:
        return f"{bands.title}: no scenario changes anything."
    if bands.result != "run":
        return f"{bands.title}: {bands.result} over {bands.solved} draws of what nobody knows for sure."
    scenario = main_scenario(bands)
    said = [f"{names.the(row['economy'])} {_between(row)}" for row in rows if row["scenario"] == scenario]
    return f"{scenario}: real income of {listed(said)}."


def main_scenario(bands: Bands) -> str:
    """The answered threat that comes last, else the last scenario."""
    scenarios = list(dict.fromkeys(bands.of_parties()["scenario"]))
    answered = [name for name in scenarios if name.endswith("-answered")]
    return str((answered or scenarios)[-1])


def _between(row: dict[str, Any]) -> str:
    falls, rises = float(row["negative"]), float(row["positive"])
    word, share = ("falls", falls) if falls >= rises else ("rises", rises)
    ends = f"{signed_percent(row['low'])} to {signed_percent(row['high'])}"
    return f"{word} in {of_draws(share)} of draws (median {signed_percent(row['median'])}, {ends})"


def figures(bands: Bands) -> tuple[Figure, ...]:
    """The chart of bands, with its words; none where no state changes anything."""
    if bands.of_parties().empty:
        return ()
    return (Figure("bands", partial(bands_chart, bands), f"Bands: {headline(bands)}"),)


def sections(bands: Bands) -> tuple[Section, ...]:
    """The sections of a report on bands."""
    held = [f"{its}." for its in bands.holds]
    if bands.of_parties().empty:
        parts = [Section("How sure it is", (Text(headline(bands)),))]
    else:
        parts = [Section("How sure it is", (Text(READ), *figures(bands), band_table(bands)))]
        if (third := closure_table(bands, main_scenario(bands))) is not None:
            words = Text(closure_words(bands, main_scenario(bands)))
            parts.append(Section("Third economies by closure", (words, third)))
    if held:
        parts.append(Section("What holds in how many draws", (Bullets(tuple(held)),)))
    if not bands.drivers.empty:
        parts.append(Section("Which assumption drives it", (Text(_DRIVES, detail=True), driver_table(bands))))
    if bands.parties and len(bands.quantities) > 1:
        more = [band_table(bands, name) for name in bands.quantities[1:]]
        parts.append(Section("Bands of other numbers", tuple(more), detail=True))
    lost = [
        f"draw {row['draw']} ({row['elasticities']}, {row['deficits']}, {row['base_tariffs']}): {row['outcome']}"
        for row in rows_of(bands.failures)
    ]
    said = (*bands.assumed, *(lost or ["Every draw solved to the bound of the audit."]))
    return (*parts, Section("What the draws assume", (Bullets(said),)))


def document(bands: Bands) -> Document:
    """The whole report on bands."""
    version = bands.settings.version
    return Document(
        f"{bands.title}: how sure", bands.stamp, headline(bands), (), sections(bands), bands.id, version
    )  # fmt: skip


_DRIVES: Final = (
    "How much of the variance over draws each assumption makes by itself, what several make only together, and what "
    "the draws of elasticities within a set make. A dash is a number that does not vary."
)


SAME: Final = 1e-7
"""A change (a fraction) of the run itself by which bands and findings may differ: both close accounts to 1e-9."""


def check_bands(findings: Findings, bands: Bands) -> None:
    """Raise BadInput where bands are not those of the findings: other settings, or other numbers of the run itself."""
    settings = {name: getattr(findings.settings, name) for name in ("world_sha256", "deficits", "horizon")}
    own = {
        (scenario.id, party): number(incomes(scenario), party, "real_income")
        for scenario in findings.states
        for party in findings.dispute.parties
    }
    rows = rows_of(bands.of_parties())
    same = all(abs(row["run"] - own.get((row["scenario"], row["economy"]), math.inf)) <= SAME for row in rows)
    if not same or any(getattr(bands.settings, name) != value for name, value in settings.items()):
        raise BadInput(
            f"the bands of {bands.title!r} are not those of these findings: make them with dt.bands(findings)"
        )


def drawn_by_command(bands: Bands) -> bool:
    """Whether `detente run --bands` draws the same: all that it varies, its seed, and no statements."""
    over, world = bands.over, bands.settings.world
    every = set(load_world(world).tariff_sources) if world in set(list_worlds()["name"]) else set(over.rules)
    level = (first_year_level(), 1.0)
    usual = Over(worlds=over.worlds, horizons=HORIZONS, base_tariffs=over.base_tariffs, level=level)
    return over == usual and set(over.rules) == every and bands.seed == 0 and not bands.holds


def python_of_bands(bands: Bands) -> str:
    """The Python that makes the same bands of findings; a world of the user's own is his to give."""
    given = f"over=dt.{bands.over!r}, draws={bands.count}, seed={bands.seed}"
    asked = f", holds={[its.statement for its in bands.holds]!r}" if bands.holds else ""
    return f"bands = dt.bands(findings, {given}{asked})\nassert bands.id == {bands.id!r}"


def uncertainty_table(findings: Findings, bands: Bands, scenarios: Sequence[Scenario] | None = None) -> Table:
    """Scenarios (by default all) and parties, and for that of the headline third economies too: the run, the band, the
    shares of draws in which each loses and gains, and the assumption that drives it most, if that can be told."""
    main, names = findings.main, names_of(findings)
    known = set(bands.bands["scenario"])
    rows: list[Row] = []
    every = [s for group in groups(findings) for s in group.scenarios] if scenarios is None else scenarios
    for scenario in (s for s in every if s.id in known):
        later = scenario is not main
        rows.append(Row((scenario.title,), heading=True, detail=later))
        shown = columns(findings, scenario) if scenario is main else list(findings.dispute.parties)
        for code in shown:
            band, driver = bands.band(scenario.id, code), bands.driver(scenario.id, code)
            most = MISSING if driver is None else ASSUMPTIONS.get(driver["assumption"], driver["assumption"])
            most += "" if driver is None else f", {of_draws(driver['share'])}"
            run = points(number(incomes(scenario), code, "real_income"))
            shares = (of_draws(band["negative"]), of_draws(band["positive"]))
            rows.append(
                Row((names.economy(code), run, nine_in_ten(band["low"], band["high"]), *shares, most), detail=later)
            )
    head = ("", "The run", "Nine draws in ten", "Loses in", "Gains in", "What drives it most")
    caption = (
        "Change in real income, in per cent: the run itself, the band of nine draws in ten, the shares of draws in "
        "which it falls and rises, and the assumption that makes most of the variance over draws (a dash: too few "
        "draws to tell, or it does not vary)"
    )
    return Table(caption, head, tuple(rows), bands.stamp)


def qualify(bands: Bands, findings: Findings) -> Qualification | None:
    """The statement of bands on findings: a sentence after their headline, a section, and the way to draw the same.

    None where the bands are of another question. Raises BadInput where they are of other findings.
    """
    if bands.result != "run":
        return None
    check_bands(findings, bands)
    said = ranges(findings, bands) or how_sure(findings, bands)
    if by_sets(bands):
        return Qualification(said, _of_sets(findings, bands))
    words = ("--bands", str(bands.count)) if drawn_by_command(bands) else ()
    return Qualification(said, uncertainty(findings, bands), words, python_of_bands(bands))


def uncertainty(findings: Findings, bands: Bands) -> Section:
    """The uncertainty of the findings over draws."""
    if bands.of_parties().empty:
        return Section("How sure it is", (Text("No scenario changes anything, in any draw."),))
    said = how_sure(findings, bands) or "What the headline tells of changes nothing, in any draw."
    held = tuple(f"{its}." for its in bands.holds)
    titles = {scenario.id: scenario.title for scenario in findings.states}
    drawn = Figure("bands", partial(bands_chart, bands, titles), f"Bands of real income: {said}")
    blocks: list[Block] = [Text(said, detail=True), Text(READ), drawn]
    if (third := closure_table(bands, findings.main.id)) is not None:
        blocks += [Text(closure_words(bands, findings.main.id)), third]
    blocks.append(uncertainty_table(findings, bands))
    blocks += [Text("Statements:"), Bullets(held)] if held else []
    lost = f"{bands.count - bands.solved} of {bands.count} draws did not solve, and are in no band."
    assumed = (*bands.assumed, *((lost,) if bands.solved < bands.count else ()))
    blocks += [Text("What the draws assume:"), Bullets(assumed)] if assumed else []
    return Section("How sure it is", tuple(blocks))


_SETS: Final = (
    "Trade elasticities say how readily buyers turn to goods from elsewhere, and published estimates differ. Every "
    "state is solved again with each set as published; data, closure and model stay. The table has the state of the "
    "headline, bands/bands.json all of them. With --bands N, detente run varies elasticities within their standard "
    "errors, the closure of deficits and the rule of the base tariffs, too."
)


def _of_sets(findings: Findings, bands: Bands) -> Section:
    """The dependence of the findings on the set of elasticities."""
    said, names = ranges(findings, bands) or "No scenario changes anything, under any set.", names_of(findings)
    main, rows = findings.main, []
    for code in columns(findings, main) if (bands.bands["scenario"] == main.id).any() else ():
        band = bands.band(main.id, code)
        counts = (f"{round(band[turn] * bands.solved)} of {bands.solved}" for turn in ("negative", "positive"))
        run = signed_percent(number(incomes(main), code, "real_income"))
        rows.append(Row((names.economy(code), run, row_range(band["least"], band["most"]), *counts)))
    head = ("", "The run", "Over the sets", "Loses under", "Gains under")
    caption = f"Change in real income under {listed(list(bands.over.elasticities))}: {main.title}"
    blocks: list[Block] = [Text(said), Text(_SETS, detail=True), Table(caption, head, tuple(rows), bands.stamp)]
    if bands.solved < bands.count:
        blocks.append(Text(f"{bands.count - bands.solved} of {bands.count} sets did not solve, and are in no range."))
    return Section("How sure it is", tuple(blocks))


def how_sure(findings: Findings, bands: Bands) -> str:
    """In how many draws each party gains or loses as the headline says, its band, and what drives it most.

    Empty where the scenario of the headline changes nothing, in any draw.
    """
    scenario, names = findings.main, names_of(findings)
    parties = list(findings.dispute.parties)[:MOST_PARTIES]
    if not (bands.bands["scenario"] == scenario.id).any():
        return ""
    changes = {p: number(incomes(scenario), p, "real_income") for p in parties}
    rows = {p: bands.band(scenario.id, p) for p in parties}
    said = [
        f"{names.the(p)} {in_draws(changes[p], row['negative'], row['positive'])}, {signed_percent(changes[p])} "
        f"({nine_in_ten(row['low'], row['high'])} in nine draws of ten)"
        for p, row in rows.items()
    ]
    drivers = {p: bands.driver(scenario.id, p) for p in parties}
    most = [
        f"the {ASSUMPTIONS.get(row['assumption'], row['assumption'])} for {names.the(p)} "
        f"({of_draws(row['share'])} of the variance)"
        for p, row in drivers.items()
        if row is not None
    ]
    driven = f"What drives it most: {listed(most)}." if most else "What drives it takes more draws to say."
    return f"How sure, by {bands.solved} draws: {'; '.join(said)}. {driven}"


def by_sets(bands: Bands) -> bool:
    """Whether the draws are the sets of elasticities as published, each once, and nothing else is varied."""
    over = bands.over
    axes = (over.worlds, over.deficits, over.horizons)
    alone = all(len(axis) == 1 for axis in axes) and len(over.rules) < 2 and not over.ranges and over.level is None
    return alone and over.spread == 0 and bands.count == len(over.elasticities)


def ranges(findings: Findings, bands: Bands) -> str:
    """The range of each party's change over sets of elasticities, and the number of sets that agree with the headline.

    Empty where more than sets is varied, or the scenario of the headline changes nothing.
    """
    scenario, names = findings.main, names_of(findings)
    if not by_sets(bands) or not (bands.bands["scenario"] == scenario.id).any():
        return ""
    said = []
    for party in list(findings.dispute.parties)[:MOST_PARTIES]:
        row = bands.band(scenario.id, party)
        losing = _sets(bands, row["negative"])
        said.append(f"{names.the(party)} {row_range(row['least'], row['most'])}, a loss under {losing}")
    rest = "with the closure and base tariffs of this run"
    return f"Over the {bands.solved} sets of elasticities, {rest}: {'; '.join(said)}."


def row_range(least: float, most: float) -> str:
    """The smallest and the largest change: `−0.067 % to −0.057 %`."""
    return f"{signed_percent(least)} to {signed_percent(most)}"


def _sets(bands: Bands, share: float) -> str:
    """The number of sets that a share stands for: `all`, `none`, or `5 of them`."""
    number = round(share * bands.solved)
    return {0: "none", bands.solved: "all"}.get(number, f"{number} of them")


def in_draws(change: float, negative: float, positive: float) -> str:
    """In how many draws a change goes the way it goes in the run: `loses in 97 % of draws`."""
    turn = direction(change)
    if turn == "none":
        return f"loses in {of_draws(negative)} and gains in {of_draws(positive)} of draws"
    return f"{'gains' if turn == 'gain' else 'loses'} in {of_draws(positive if turn == 'gain' else negative)} of draws"


def nine_in_ten(low: float, high: float) -> str:
    """The ends of a band of changes, without the sign of per cent: `−0.092 to −0.036`."""
    return f"{points(low)} to {points(high)}"
