"""The split of the law by act, in a table and in words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import MOST_PARTIES, scenario_stamp
from detente.policy.instruments import instruments_of
from detente.report.blocks import Row, Section, Table, Text
from detente.report.numbers import MISSING, capital, level_usd, listed, names_of, signed_percent

METHOD: Final = (
    "Each line is what the duties of one authority do, on top of those that are older and again on top of those that "
    "are younger; the mean of the two is shown, and the lines sum to the whole. What an authority adds to a duty is "
    "what is left of it where others displace it. Revenue is of one year on the trade of the state; “laid so far” "
    "counts the days of each state up to the day of the dispute, on the long-run trade of that state. Refunds of "
    "duties that a court voided are not counted."
)
NONE: Final = (
    "No state of the law can be split by authority: nothing is law, or every state has quotas, duties by the unit or "
    "measures on exports, whose rates are found with the equilibrium."
)

MOST_NAMED: Final = 3
"""Measures that the sentence on what is left out names."""


def sections(findings: Findings) -> tuple[Section, ...]:
    """The section on acts, of the last state of the law that is split; none where the split was not asked for."""
    if findings.acts is None:
        return ()
    if findings.acts.empty:
        return (Section("What each act does", (Text(NONE),)),)
    last = findings.acts[findings.acts["scenario"] == findings.acts["scenario"].iloc[-1]]
    missing = left_out(findings)
    blocks = (_table(findings, last), *((Text(missing),) if missing else ()), Text(METHOD))
    return (Section("What each act does", blocks),)


def left_out(findings: Findings) -> str:
    """Which states of the law the split leaves out, with the measures that do it; empty where it leaves out none."""
    by_id = {measure.id: measure for measure in findings.dispute.measures}
    split = set() if findings.acts is None else set(findings.acts["scenario"])
    days, because = [], []
    for state in findings.states:
        whole = [name for name in state.measures if name in by_id and instruments_of(by_id[name])]
        if state.kind == "step" and state.id not in split and whole:
            days.append(str(state.on))
            because += whole
    if not days:
        return ""
    names = listed([f"“{name}”" for name in dict.fromkeys(because)][:MOST_NAMED])
    more = len(dict.fromkeys(because)) - MOST_NAMED
    others = f" and {more} more" if more > 0 else ""
    span = f"The state of {days[0]} is" if len(days) == 1 else f"{len(days)} states, {days[0]} to {days[-1]}, are"
    return (
        f"{span} not split: rates of quotas, duties by the unit and measures on exports are found with the equilibrium "
        f"({names}{others}). “Laid so far” leaves out what was laid on those days."
    )


def _table(findings: Findings, acts: pd.DataFrame) -> Table:
    """One row an authority of the whole time: those of the last state first, then those that have ended."""
    names, parties, every = names_of(findings), list(findings.dispute.parties)[:MOST_PARTIES], findings.acts
    assert every is not None
    head = ["", "since", *(capital(names.economy(party)) for party in parties), "revenue a year", "laid so far"]
    rows = []
    for authority in dict.fromkeys([*acts["authority"], *every["authority"]]):
        its, ever = acts[acts["authority"] == authority], every[every["authority"] == authority]
        # the law of another case underneath has no days of its own before that of the file
        laid = float(ever.groupby("economy")["laid_usd_mn"].max().sum()) if ever["days"].any() else float("nan")
        income = its.set_index("economy")["real_income"]
        cells = [signed_percent(float(income[party])) if len(its) else "ended" for party in parties]
        revenue = level_usd(float(its["revenue_usd_mn"].sum())) if len(its) else MISSING
        rows.append(Row((authority, str(ever["since"].iloc[0]), *cells, revenue, level_usd(laid))))
    whole = acts.groupby("economy")[["real_income", "revenue_usd_mn"]].sum()
    cells = [signed_percent(float(whole["real_income"][party])) for party in parties]
    revenue = level_usd(float(whole["revenue_usd_mn"].sum()))
    rows.append(Row(("all together", "", *cells, revenue, MISSING), strong=True))
    caption = (
        f"Real income by authority under the law of {acts['on'].iloc[0]}, against the world without it; revenue of the "
        "parties that lay the duties"
    )
    return Table(caption, tuple(head), tuple(rows), scenario_stamp(findings, findings[str(acts["scenario"].iloc[0])]))
