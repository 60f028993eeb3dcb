"""The split of the law by act, in a table and in words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from detente.analyses.run.result import Findings
from detente.analyses.run.sentences import MOST_PARTIES, scenario_stamp
from detente.report.blocks import Row, Section, Table, Text
from detente.report.numbers import MISSING, capital, level_usd, names_of, signed_percent

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


def sections(findings: Findings) -> tuple[Section, ...]:
    """The section on acts, of the last state of the law that is split; none where the split was not asked for."""
    if findings.acts is None:
        return ()
    if findings.acts.empty:
        return (Section("What each act does", (Text(NONE),)),)
    last = findings.acts[findings.acts["scenario"] == findings.acts["scenario"].iloc[-1]]
    return (Section("What each act does", (_table(findings, last), Text(METHOD))),)


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
