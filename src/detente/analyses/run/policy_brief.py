"""The two pages on a run: who loses, how much, what is assumed, what is missing, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from detente.analyses.run import stand_ins
from detente.analyses.run.figures import Figures
from detente.analyses.run.headlines import (
    changes_unanswered,
    finding,
    leading_parties,
    missing,
    span,
    turns,
)
from detente.analyses.run.result import Findings, Scenario
from detente.analyses.run.sentences import (
    CLOSURES,
    HORIZONS,
    incomes,
    is_bundled,
    most_affected,
    scenario_stamp,
    third_economies,
)
from detente.analyses.run.signs import signs_of
from detente.report.blocks import Row, Table, number
from detente.report.brief_content import BriefContent
from detente.report.numbers import (
    BASIS_POINT,
    BILLION,
    day,
    direction,
    listed,
    names_of,
    on_one_scale,
    signed_percent,
)

OTHERS: Final = 6
"""Third economies in the table."""
CAVEATS: Final = 3
LIMITS: Final = (
    "The model compares two long-run equilibria with full employment: it says nothing of the years between, or of jobs "
    "lost on the way.",
    "Investment, growth and the cost of uncertainty are not in it, so true losses are likely larger.",
    "Sectors are wide: one crop, chip or firm can gain or lose far more than its sector.",
)
"""What holds of every run."""


def policy_brief(findings: Findings) -> BriefContent:
    """The brief on the state of the headline."""
    main, drawn = findings.main, Figures(findings, findings.main)
    s = findings.settings
    path = [figure for figure in drawn.of_steps() if figure.name == "path"]
    law = main.kind in ("baseline", "step") and bool(path)
    command = f"detente brief {findings.dispute.dispute if _bundled(findings) else 'dispute.yaml'}"
    return BriefContent(
        title=findings.dispute.title,
        about=f"Brief as of {day(findings.dispute.as_of)}. World {s.on}.",
        message=finding(findings),
        assumed=_assumed(findings),
        missing=" ".join(missing(findings, main)) or "No answer, list or law of the file is left out.",
        turns=_turns(findings),
        figure=path[0] if law else drawn.of_incomes(),
        costs=_costs(findings, main),
        others=_others(findings, main),
        ranges=_ranges(findings),
        caveats=_caveats(findings),
        method=(
            "Computed with a general-equilibrium model of trade with input-output links (Caliendo and Parro 2015), "
            "solved for all economies together and audited to 1e-9. Changes last as long as the measures do."
        ),
        stamp=scenario_stamp(findings, main),
        again=command + _flags(findings),
        version=s.version,
    )


def _bundled(findings: Findings) -> bool:
    return signs_of(findings) is not None and findings.signs is None


def _flags(findings: Findings) -> str:
    """The options without which the command would make other numbers."""
    s = findings.settings
    given = {"world": s.world, "elasticities": s.elasticities} if is_bundled(findings) else {}
    given |= {"deficits": s.deficits, "horizon": s.horizon}
    if s.base_tariffs is not None:
        given["base-tariffs"] = s.base_tariffs
    usual = {"world": findings.dispute.world, "elasticities": "U4", "deficits": "fixed", "horizon": "long"}
    return "".join(f" --{name} {value}" for name, value in given.items() if usual.get(name) != value)


def _assumed(findings: Findings) -> str:
    """Elasticities, closure and horizon; and that tariffs stay."""
    s = findings.settings
    return (
        f"Elasticities of the set {s.elasticities}; {CLOSURES[s.deficits]}; the {HORIZONS[s.horizon]}, in which the "
        "measures last."
    )


def _turns(findings: Findings) -> str:
    """What turns a sign or, where nothing does, how far the size moves; and the result without answers."""
    signs, names, parties = signs_of(findings), names_of(findings), leading_parties(findings)
    if signs is None or any(signs.turns(party) for party in parties):
        said = list(turns(findings))
    else:
        spans = [(names.the(party), found) for party in parties if (found := span(findings, party)) is not None]
        ends = [f"{signed_percent(low)} to {signed_percent(high)} for {who}" for who, (low, high, _) in spans]
        said = [
            f"Other elasticities, closures of deficits or base tariffs ({signs.size} combinations) change sizes, not "
            f"signs: {listed(ends)}."
        ]
    alone = changes_unanswered(findings)
    if alone and not any(text.startswith("Without the answers") for text in said):
        each = [f"{names.the(code)} {signed_percent(alone[code])}" for code in parties if code in alone]
        said.append(f"Without the answers: {listed(each)}.")
    if signs is None:
        said.append("Other elasticities and closures were not tried (--signs).")
    return " ".join(said)


def _costs(findings: Findings, scenario: Scenario) -> tuple[str, Table | None]:
    """USD a year by person and household: real income in the equilibrium, and the old basket in the first round."""
    persons = scenario.tables["persons"].set_index("economy")
    names, parties = names_of(findings), leading_parties(findings)
    columns = [f"{what}_usd_per_{unit}" for what in ("real_income", "first_round") for unit in ("person", "household")]
    known = [column for column in columns if persons.loc[parties, column].notna().any()]
    if not known:
        return "", None
    cells = iter(on_one_scale([number(persons, party, column) for party in parties for column in known]))
    rows = tuple(Row((names.economy(party), *(next(cells) for _ in known))) for party in parties)
    heads = {
        "real_income_usd_per_person": "real income, a person",
        "real_income_usd_per_household": "real income, a household",
        "first_round_usd_per_person": "dearer basket, a person",
        "first_round_usd_per_household": "dearer basket, a household",
    }
    caption = (
        "USD a year. Real income: in the equilibrium, tariff revenue paid out to households. Dearer basket: what all "
        "final buyers bought before costs more at first, before substitution and without revenue. A dash: not counted"
    )
    return "", Table(caption, ("", *(heads[column] for column in known)), rows)


def _others(findings: Findings, scenario: Scenario) -> tuple[str, Table | None]:
    """The number of third economies that gain and lose, and those that are affected most."""
    parties = list(findings.dispute.parties)
    thirds = third_economies(scenario, parties)
    if thirds.empty:
        return "The world has no other economies.", None
    names, changes = names_of(findings), incomes(scenario)
    found = [direction(change) for change in thirds["real_income"]]
    text = (
        f"Of {len(thirds)} other economies {found.count('gain')} gain and {found.count('loss')} lose. "
        "Under another closure of deficits, third economies may gain where they lose here."
    )
    shown = most_affected(scenario, parties, each=OTHERS // 2)
    return text, _incomes(changes, shown, names.economy, "Third economies that are affected most")


def _incomes(changes: pd.DataFrame, codes: Sequence[str], name: Callable[[str], str], what: str) -> Table | None:
    if not codes:
        return None
    points = on_one_scale([number(changes, code, "real_income") for code in codes], BASIS_POINT)
    money = on_one_scale([number(changes, code, "real_income_usd") for code in codes], BILLION)
    rows = tuple(Row((name(code), *cells)) for code, *cells in zip(codes, points, money, strict=True))
    return Table(f"{what}: change in real income", ("", "basis points", "USD bn a year"), rows)


def _ranges(findings: Findings) -> tuple[str, Table | None]:
    """The least and the greatest change of each party, and the assumptions at each end."""
    signs = signs_of(findings)
    parties = [party for party in leading_parties(findings) if span(findings, party) is not None]
    if signs is None or not parties:
        return (
            "Only one set of elasticities, closure and rule of base tariffs was computed. `detente brief --signs` "
            "solves all of them; `detente bands` draws elasticities within their standard errors.",
            None,
        )
    names, own = names_of(findings), incomes(findings.main)
    ends, numbers = [], []
    for party in parties:
        changes = signs.of(party)
        ends.append((_where(changes.idxmin()), _where(changes.idxmax())))
        numbers += [float(changes.min()), number(own, party, "real_income"), float(changes.max())]
    cells = on_one_scale(numbers, BASIS_POINT)
    rows = tuple(
        Row((names.economy(party), cells[3 * k], ends[k][0], cells[3 * k + 1], cells[3 * k + 2], ends[k][1]))
        for k, party in enumerate(parties)
    )
    text = (
        f"Eight published sets of elasticities, three closures of deficits and the rules of base tariffs make "
        f"{signs.size} combinations; each was solved and audited."
    )
    head = ("", "lowest", "with", "this brief", "highest", "with")
    return text, Table("Change in real income, in basis points (0.01 %)", head, rows)


def _where(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _caveats(findings: Findings) -> tuple[str, ...]:
    """Three: what an answer in kind or a stand-in comes to where there is any, then the limits of the model."""
    own = stand_ins.in_kind(findings, findings.main)[:1]
    if findings.main.in_proportion:
        own.append("Changes by sector are no results here: measures by value are spread over all goods in proportion.")
    return (*own[: CAVEATS - 1], *LIMITS)[:CAVEATS]
