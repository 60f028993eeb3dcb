"""The sections of a report, in the order in which a reader asks: what, why, who else, who pays, on what it rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from detente.analyses.obligation_section import obligation_sections
from detente.analyses.product_lists import lists_table
from detente.analyses.run import act_sentences, stand_ins, third_market_sentences, who_replaces
from detente.analyses.run.base_sentences import base_section
from detente.analyses.run.figures import NO_PATH, Figures, averaging, balance, covered, explanation, published, who_pays
from detente.analyses.run.gdp_table import gdp_table
from detente.analyses.run.headlines import facts as facts
from detente.analyses.run.headlines import headline as headline
from detente.analyses.run.headlines import not_tried
from detente.analyses.run.instrument_sentences import instruments_section
from detente.analyses.run.measure_words import what_of, when_of
from detente.analyses.run.people_sentences import people_section
from detente.analyses.run.policy_brief import policy_brief
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import (
    MOST_PARTIES,
    against,
    assumed,
    cannot,
    changed_pairs,
    columns,
    command_line,
    group_title,
    groups,
    incomes,
    is_bundled,
    method,
    notes_by_scenario,
    python_lines,
    scenario_stamp,
    third_countries,
)
from detente.data.world import Source
from detente.dispute.blocks import SourceDocument
from detente.dispute.results import Result
from detente.policy.list_readings import list_readings
from detente.report.alike import told_together
from detente.report.blocks import (
    Block,
    Bullets,
    Code,
    Document,
    Figure,
    Qualification,
    Row,
    Section,
    Table,
    Text,
    caveats_of,
    check_together,
    number,
    pair_of,
    qualifications,
    rows_of,
    sections_of,
    story_of,
)
from detente.report.maps import shapes_source
from detente.report.numbers import capital, day, level_percent, level_usd, names_of, points, signed_usd
from detente.report.once import told_once


def document(findings: Findings, beside: Sequence[Result] = ()) -> Document:
    """The whole report on findings, and on results of other questions `beside` them.

    Bands of the findings qualify the headline and say how sure it is; others are chapters. Raises BadInput where a
    result does not go with the findings.
    """
    qualified, others = qualifications(findings, beside)
    check_together(findings, others)
    drawn = Figures(findings, findings.main)
    briefs, reconciled = story_of(findings, others)
    first = " ".join([headline(findings), *(its.said for its in qualified if its.said)])
    under = (
        *(() if qualified else not_tried(findings)),
        *assumed(findings),
        *stand_ins.caveats(findings),
        *caveats_of(others),
    )
    annex = (
        in_brief(findings),
        replace(who_gains(findings, drawn), detail=True),
        *(its.section for its in qualified),
        replace(why(findings, drawn), detail=True),
        Section("What each step does", (steps_table(findings, findings.main), *drawn.of_steps())),
        *(Section("Real income and GDP", (table,)) for table in gdp_table(findings, drawn)),
        *people_section(findings, drawn),
        replace(by_sector(findings, drawn), detail=True),
        *(replace(make(findings, drawn), detail=True) for make in (payers, substitution, tariffs)),
        *instruments_section(findings, findings.main),
        *act_sentences.sections(findings),
        *third_market_sentences.sections(findings),
        *stand_ins.products_section(findings),
        *base_section(findings),
        *obligation_sections(findings.obligations, names_of(findings)),
        *sections_of(others),
        *published(findings),
        limits(findings),
        rests_on(findings),
        replace(said(findings, priced=any(result.KIND == "talks" for result in others)), detail=True),
        replace(made_how(findings), detail=True),
        reproduce(findings, others, qualified),
    )
    return Document(
        findings.dispute.title,
        about(findings),
        first,
        under,
        told_once(annex, (first, *(brief.text for brief in briefs), *reconciled, *under)),
        findings.id,
        findings.settings.version,
        briefs,
        reconciled,
    )


def in_brief(findings: Findings) -> Section:
    """The brief at the head of a report: assumptions, gaps, what would change it, costs, the range, and caveats."""
    brief = policy_brief(findings)
    tables = (replace(table, stamp=brief.stamp) for _, _, table in brief.parts if table is not None)
    lead = Bullets(tuple(f"{label}: {text}" for label, text in brief.lead))
    return Section("In brief", (lead, *tables, Bullets(brief.caveats)), detail=True)


def sections(findings: Findings) -> tuple[Section, ...]:
    """The sections of a report on findings."""
    return document(findings).sections


def figures(findings: Findings) -> tuple[Figure, ...]:
    """Every chart of the scenario of the headline, with its words, that of all scenarios first."""
    return tuple(sorted(document(findings).figures, key=lambda figure: figure.name not in ("steps", "path")))


def about(findings: Findings) -> str:
    """The day, the world, the version and the id, on one line."""
    s = findings.settings
    return f"As of {day(findings.dispute.as_of)}. World {s.on}. detente {s.version}, findings {findings.id[:12]}."


def who_gains(findings: Findings, drawn: Figures) -> Section:
    """Real income of everybody, on a map and as bars."""
    return Section(
        "Who gains and who loses",
        (
            Text(_about(findings, drawn.scenario)),
            drawn.of_map(),
            Text(third_countries(drawn.scenario, drawn.parties, drawn.names)),
            drawn.of_incomes(),
        ),
    )


_PRICES = (
    "What buyers pay, tariffs included, relative to the wage of their own country, and what is produced, in volume. A "
    "sector that uses taxed inputs can shrink although it is protected."
)


def by_sector(findings: Findings, drawn: Figures) -> Section:
    """Prices and output by sector, grey where a value stands in for a list of products."""
    said = stand_ins.stands_in(findings, drawn.scenario)
    first = (Text(said),) if said is not None else ()
    return Section("Prices and output by sector", (*first, Text(_PRICES), *drawn.of_sectors()))


def steps_table(findings: Findings, scenario: Scenario) -> Table:
    """Every scenario, grouped by what it is measured against, for parties and the third economies of `columns`."""
    names, shown = names_of(findings), columns(findings, scenario)
    rows: list[Row] = []
    every = groups(findings)
    for group in every:
        rows.append(Row((group_title(findings, group),), heading=True))
        for each in group.scenarios:
            changes = incomes(each)["real_income"]
            cells = (points(changes[code]) for code in shown)
            rows.append(Row((each.title, *cells), strong=each is scenario))
    worst = max((s for group in every for s in group.scenarios), key=lambda s: s.residual)
    caption = "Change in real income, in per cent; a level that lasts as long as the measures do"
    return Table(caption, ("", *map(names.economy, shown)), tuple(rows), scenario_stamp(findings, worst))


def why(findings: Findings, drawn: Figures) -> Section:
    """The explanation of the change for each party, and the result with an average tariff."""
    scenario, names = drawn.scenario, drawn.names
    if scenario.tables["decomposition"]["total"].isna().any():
        return Section("Why", (Text(capital(NO_PATH)),))
    blocks: list[Block] = [Text(explanation(scenario, party, names)) for party in drawn.parties[:MOST_PARTIES]]
    blocks += [drawn.of_reasons(), _terms(findings, drawn)]
    hidden = averaging(scenario, drawn.parties, names)
    blocks += [Text(hidden), drawn.of_averaging()] if hidden is not None else []
    return Section("Why", tuple(blocks))


def _about(findings: Findings, scenario: Scenario) -> str:
    return f"{scenario.title}, {against(findings, scenario)}. The sections that name no other state are about this one."


def _terms(findings: Findings, drawn: Figures) -> Table:
    table = drawn.scenario.tables["decomposition"].set_index("economy")
    work = ("labour",) if findings.settings.labour is not None else ()
    names = (
        "terms_of_trade", "transfers", "terms_of_trade_and_transfers", "volume_of_trade", *work, "trade_costs", "total",
    )  # fmt: skip
    cells = {party: [points(number(table, party, name)) for name in names] for party in drawn.parties}
    rows = tuple(Row((drawn.names.economy(party), *texts)) for party, texts in cells.items())
    head = (
        "", "terms of trade", "transfers", "both together", "volume of trade", *work, "trade costs", "real income",
    )  # fmt: skip
    caption = (
        "The split of real income, in log points × 100. Terms of trade and transfers each depend on the unit of "
        "account, their sum does not; the sum, volume and trade costs add up to real income"
        f"{', with what more or less labour earns' if work else ''}"
    )
    return Table(caption, head, rows, scenario_stamp(findings, drawn.scenario))


def substitution(findings: Findings, drawn: Figures) -> Section:
    """Who replaces the covered goods, trade diversion, and balances."""
    blocks = (*who_replaces.blocks(drawn), *drawn.of_diversion(), *balances(findings, drawn))
    return Section("Who replaces whom, and trade balances", blocks)


def balances(findings: Findings, drawn: Figures) -> tuple[Block, ...]:
    """The balances of pairs of parties between which a tariff changes, and those of each party with everybody."""
    moved = _pairs(drawn)
    said = " ".join(balance(drawn.scenario, n, i, drawn.names) for n, i in moved[:MOST_PARTIES])
    return (*([Text(said)] if said else []), _balances(findings, drawn, moved))


def _pairs(drawn: Figures) -> list[tuple[str, str]]:
    """Pairs of parties between which a tariff changes, each once."""
    changed = changed_pairs(drawn.scenario, drawn.parties)
    every = ((n, i) for k, n in enumerate(drawn.parties) for i in drawn.parties[k + 1 :])
    return [(n, i) for n, i in every if (n, i) in changed or (i, n) in changed]


def _collectors(drawn: Figures) -> list[str]:
    """The parties whose payers have a paragraph: all, or where they are many the first to collect changed tariffs."""
    if len(drawn.parties) <= MOST_PARTIES:
        return drawn.parties
    collectors = list(dict.fromkeys(n for n, _ in changed_pairs(drawn.scenario, drawn.parties)))
    return (collectors or drawn.parties)[:MOST_PARTIES]


def _balances(findings: Findings, drawn: Figures, moved: Sequence[tuple[str, str]]) -> Table:
    """Balances of the pairs between which a tariff changes, seen from one side, and of each party with everybody."""
    table = drawn.scenario.tables["balances"].set_index(["economy", "partner", "scope"])
    rows = []
    for party, partner in (*moved, *((party, "all") for party in drawn.parties)):
        cells: list[str] = []
        for scope in ("goods", "all"):
            before, after = (float(table[f"balance_{when}"][party, partner, scope]) for when in ("before", "after"))
            cells += [level_usd(before), level_usd(after), signed_usd(after - before)]
        who = "everybody" if partner == "all" else drawn.names.economy(partner)
        rows.append(Row((f"{drawn.names.economy(party)} with {who}", *cells)))
    caption = (
        f"Exports − imports before tariffs, a year, in the figures of {findings.settings.world}; other pairs of "
        "parties are in tables/balances.csv"
        if len(moved) < len(drawn.parties) * (len(drawn.parties) - 1) // 2
        else f"Exports − imports before tariffs, a year, in the figures of {findings.settings.world}"
    )
    head = ("", "goods before", "goods after", "goods change", "goods and services before", "all after", "all change")
    return Table(caption, head, tuple(rows), scenario_stamp(findings, drawn.scenario))


def payers(findings: Findings, drawn: Figures) -> Section:
    """Revenue against what consumers and firms pay."""
    texts = [Text(who_pays(drawn.scenario, party, drawn.names)) for party in _collectors(drawn)]
    ledger = drawn.scenario.tables["ledger"]
    parties = drawn.parties
    amounts = {p: ledger[ledger["economy"] == p].set_index("item")["usd"] for p in parties}
    items = list(amounts[parties[0]].index)
    rows = tuple(Row((item, *(_ledger_cell(item, float(amounts[p][item])) for p in parties))) for item in items)
    head = ("", *map(drawn.names.economy, parties))
    caption = "Who pays and who receives, USD a year relative to wages; the lines overlap and are not to be added"
    table = Table(caption, head, rows, scenario_stamp(findings, drawn.scenario))
    return Section("Who pays", (*texts, *drawn.of_ledgers(), table))


def _ledger_cell(item: str, amount: float) -> str:
    return signed_usd(amount) if item.startswith(("change", "extra")) else level_usd(amount)


def tariffs(findings: Findings, drawn: Figures) -> Section:
    """Average tariffs before and after, and how much of each sector is covered."""
    scenario, names = drawn.scenario, drawn.names
    pairs = changed_pairs(scenario, drawn.parties)
    texts = [text for n, i in pairs if (text := covered(scenario, n, i, names)) is not None]
    many = len(texts) > MOST_PARTIES
    said: list[Block] = [Bullets(tuple(texts))] if many else [Text(text) for text in texts]
    said += [Text(_OTHER_WEIGHTS)] if said else []
    parts = [block for n, i in pairs for block in _partly_covered(findings, drawn, n, i)]
    said += [block for block in parts if isinstance(block, Text)] or ([] if said else [Text(_NONE)])
    tables = [block for block in parts if isinstance(block, Table)]
    return Section("Tariffs before and after", (*said, *drawn.of_tariffs(), *tables))


_NONE = "No tariff between parties changes."
_OTHER_WEIGHTS = (
    "`detente tariffs` takes all goods sectors and weighs them by customs imports where it has them: those of the "
    "United States and China from each other, and product lists of US imports line by line on records of 2024. Its "
    "averages of the same tariffs are therefore others."
)


def _partly_covered(findings: Findings, drawn: Figures, importer: str, exporter: str) -> list[Block]:
    """The sectors of which a measure covers a part: a sentence where it is the same part of all, else a table."""
    names, table = drawn.names, pair_of(drawn.scenario.tables["coverage"], importer, exporter)
    rows = [row for row in rows_of(table) if level_percent(row["covered"]) != level_percent(1.0)]
    shares = {level_percent(row["covered"]) for row in rows}
    who = f"{names.the(importer)} on goods from {names.the(exporter)}"
    if len(rows) > 1 and len(shares) == 1:
        return [Text(f"The changed tariff of {who} covers {shares.pop()} of each of {len(rows)} sectors.")]
    rates = ("covered", "before", "after", "average_before", "average_after")
    head = ("", "covered", "before", "after", "whole sector before", "whole sector after")
    caption = (
        f"Sectors covered in part, {names.economy(importer)} on {names.economy(exporter)}: the share whose tariff "
        "changes, the tariff on that share, and the average over the whole sector"
    )
    cells = tuple(Row((names.sector(row["sector"]), *(level_percent(row[rate]) for rate in rates))) for row in rows)
    return [Table(caption, head, cells, scenario_stamp(findings, drawn.scenario))] if cells else []


def limits(findings: Findings) -> Section:
    """The limits of the model."""
    return Section("What this cannot tell you", (Bullets(tuple(cannot(findings))),), box=True, detail=True)


def rests_on(findings: Findings) -> Section:
    """Assumptions, ratios between statistics, shortfalls, and facts that were not read."""
    blocks: list[Block] = []
    of_states = notes_by_scenario(findings)
    given = (
        ("Assumed:", assumed(findings)),
        ("Notes:", findings.notes),
        ("Notes on single states:", of_states),
        (f"Dated after {day(findings.dispute.as_of)}, so not read:", findings.ignored),
    )
    for title, items in given:
        known = items is not of_states
        blocks += [Text(title, detail=True), Bullets(told_together(items), detail=known)] if items else []
    return Section("What is assumed, and what to know", tuple(blocks) or (Text("Nothing is assumed."),))


def said(findings: Findings, priced: bool = False) -> Section:
    """The measures and demands of the file, with their sources; `priced` where the report has talks."""
    dispute, names = findings.dispute, names_of(findings)
    rows = tuple(
        Row((m.title or m.id, what_of(m, names), m.status.replace("-", " "), when_of(m), _source(m.source)))
        for m in dispute.measures
    )
    blocks: list[Block] = [
        Table("The measures of the dispute", ("", "what", "status", "when", "source"), rows, words=True)
    ]
    if lists := list_readings(dispute.measures):
        blocks.append(lists_table(lists))
    if dispute.demands:
        asked = tuple(
            Row((names.economy(d.by), d.what or d.id, _deadline(d.deadline), _source(d.source)))
            for d in dispute.demands
        )
        if not priced:
            blocks.append(Text("What the sides ask of each other is part of the file; this report does not price it."))
        blocks.append(Table("The demands of the dispute", ("by", "what", "deadline", "source"), asked, words=True))
    if dispute.documents:
        listed = tuple(": ".join((name, _document(document))) for name, document in dispute.documents.items())
        blocks += [Text("The documents that these are taken from:"), Bullets(listed)]
    return Section("What the sides said", tuple(blocks))


def _document(document: SourceDocument) -> str:
    """A document as a reader looks it up."""
    when = day(document.date) if document.date is not None else None
    return ", ".join(part for part in (document.title, document.publisher, when, document.url) if part)


def _deadline(deadline: date | str | None) -> str:
    return day(deadline) if isinstance(deadline, date) else deadline or "–"


def _source(source: Source | None) -> str:
    if source is None:
        return "none given"
    quote = f"“{source.quote}”" if source.quote else ""
    return ", ".join(part for part in (quote, source.document or source.url or "") if part)


def made_how(findings: Findings) -> Section:
    """Method, data, licence and known defects."""
    provenance = findings.settings.provenance
    blocks: list[Block] = [Text(text) for text in method(findings)]
    facts = [
        f"{name}: {provenance[name]}."
        for name in ("source", "vintage", "licence", "attribution")
        if provenance.get(name)
    ]
    facts = [*map(capital, facts), f"Shapes of the map: {shapes_source()}."]
    blocks += [Text("Data:"), Bullets(tuple(facts))]
    for title, key in (
        ("Known defects of the data:", "known_defects"),
        ("Replaced when the world was built:", "replaced"),
        ("Notes on the data:", "notes"),
    ):
        items = tuple(str(item) for item in provenance.get(key, ()))
        blocks += [Text(title), Bullets(items)] if items else []
    every: Sequence[Scenario] = findings.states
    rows = tuple(Row((s.title, s.outcome.lower().replace("_", " "), f"{s.residual:.1e}", str(s.passes))) for s in every)
    caption = "The audit: the largest relative gap of any account of any economy, at most 1e-9 for a solution to count"
    blocks.append(Table(caption, ("", "outcome", "largest gap", "passes"), rows))
    return Section("How it was made", tuple(blocks))


def reproduce(findings: Findings, beside: Sequence[Result] = (), qualified: Sequence[Qualification] = ()) -> Section:
    """The steps that reproduce the numbers."""
    more = [word for its in qualified for word in its.command]
    line = Code("console", f"$ {command_line(findings, [result.KIND for result in beside], more)}")
    first: list[Block] = [Text("At a terminal:"), line, Text("In Python:")]
    if not is_bundled(findings):
        first = [Text("World or elasticities are not bundled, so Python it is, with them as `world` and `theta`:")]
    made = [(result.presenter.door, result.KIND, result.id) for result in beside]
    lines = [python_lines(findings, made), *(its.python for its in qualified if its.python)]
    return Section(
        "The same numbers again",
        (
            Text(
                f"The findings have the id {findings.id}, computed from the dispute, the world, the settings and the "
                "version. dispute.yaml lies beside findings.json."
            ),
            *first,
            *(Code("python", text) for text in lines),
        ),
        detail=True,
    )
