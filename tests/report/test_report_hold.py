"""The report on whether deals hold: sentences true to the numbers, tables whole, a chart that draws, a folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.analyses.hold.compliance import verdict
from detente.analyses.hold.compliance_sentences import (
    brief,
    clause,
    headline,
    packages,
    paid_by_war,
    rate,
    ratified,
    routes,
    wishes,
    with_names,
    years,
)
from detente.analyses.hold.report import (
    ballot_table,
    document,
    enforcement_table,
    enough_table,
    group_table,
    patience_chart,
    state_table,
)
from detente.analyses.hold.result import Hold
from detente.enforcement.self_enforcing import NO_THREAT
from detente.report.numbers import level_usd, signed_usd
from detente.report.render import markdown, page, svg, write_report
from hold_lab import FACTIONS, TEXT, small_hold
from stored import stored


@pytest.fixture(scope="module")
def hold() -> Hold:
    return stored("held-hold", Hold, small_hold, TEXT + FACTIONS)


def with_war(hold: Hold, **changed: object) -> Hold:
    """The same hold with other values in every row about war."""
    frame = hold.enforcement.copy()
    for column, value in changed.items():
        frame.loc[frame["punishment"] == "war", column] = value
    return replace(hold, enforcement=frame)


def test_which_deals_are_kept_is_said_with_period_and_rate(hold: Hold) -> None:
    text = brief(hold)
    assert text.startswith("If cheating is found out after 1 year, and a year's delay costs 5.0")
    for deal, words in (("match", "matched duties"), ("cooperative", "cooperative duties"), ("truce", "the truce")):
        assert (words in text) == hold.holds[deal]
    none = with_war(hold, holds=False)
    none = replace(none, enforcement=none.enforcement.assign(credible=False))
    assert "does not make both sides keep any of these deals" in brief(none)


def test_a_threat_that_may_be_renegotiated_is_said_to_be_wherever_the_deal_stands(hold: Hold) -> None:
    """The line under the headline of a run has it too, not the headline of the question alone."""
    for off in (True, False):
        its = with_war(hold, renegotiated=off)
        assert ("a threat that may be renegotiated away" in brief(its)) == (off and bool(hold.holds.any()))


def test_where_war_pays_no_threat_supports_the_deal(hold: Hold) -> None:
    said = paid_by_war(with_war(hold, loss_usd=-1.0))
    assert [text.split(" no worse")[0] for text in said] == ["War leaves the United States", "War leaves China"]
    assert paid_by_war(with_war(hold, loss_usd=1.0)) == []
    for row in hold.enforcement[hold.enforcement["punishment"] == "war"].itertuples():
        assert (row.loss_usd <= 0) == np.isnan(row.patience)


def test_what_is_ratified_or_what_that_would_cost(hold: Hold) -> None:
    costs = hold.ballots.groupby("deal", sort=False)["payment_usd"].sum()
    text = ratified(hold)
    if (costs == 0).any():
        assert "would be ratified at home on both sides" in text
    none = replace(hold, ballots=hold.ballots.assign(ratified=False, payment_usd=5.0, payment_to="farms"))
    assert f"is {level_usd(10.0)} a year, for the truce, to farms and farms" in ratified(none)
    every = replace(hold, ballots=hold.ballots.assign(ratified=True))
    assert "and buying would be ratified at home on both sides" in ratified(every)
    alone = replace(hold, ballots=every.ballots[every.ballots["side"] == "USA"])
    assert "at home in the United States" in ratified(alone)
    assert ratified(replace(hold, ballots=hold.ballots.head(0))) == ""


def test_a_ballot_of_assumed_groups_is_said_to_be_one(hold: Hold) -> None:
    """Sentence, table and verdict: with groups that no source has, and without."""
    guessed = replace(hold, assumed=("farms of CHN: sectors, weight assumed; no source states it",))
    sourced = replace(hold, assumed=())
    for ballots in (hold.ballots.assign(ratified=True), hold.ballots.assign(ratified=False, payment_to="farms")):
        assert "(groups at home assumed)" in ratified(replace(guessed, ballots=ballots))
        assert "assumed" not in ratified(replace(sourced, ballots=ballots))
    assert "assumed" in ballot_table(guessed).caption
    assert "assumed" not in ballot_table(sourced).caption
    kept, pair = hold.enforcement[hold.enforcement["punishment"] == "war"].assign(holds=True), hold.players
    assert verdict(kept, hold.ballots, pair, assumed=True).endswith("USA and CHN (groups at home assumed)")
    assert verdict(kept, hold.ballots, pair, assumed=False).endswith("USA and CHN")


def test_a_clause_is_said_to_rest_on_the_truce(hold: Hold) -> None:
    assert "3 months after cheating began, for good" in clause(hold)
    held = hold.enforcement.assign(credible=True)
    assert "war keeps both sides to the truce" in clause(replace(hold, enforcement=held, lasting=2.0))
    assert "for 2 years" in clause(replace(hold, enforcement=held, lasting=2.0))
    assert "hold only if something else does" in clause(replace(hold, enforcement=held.assign(credible=False)))


def test_times_and_rates_are_written_as_a_person_does() -> None:
    assert [years(t) for t in (1 / 12, 0.25, 1, 1.5, 12)] == ["1 month", "3 months", "1 year", "1.5 years", "12 years"]
    nan = float("nan")
    assert rate({"patience": nan, "highest_rate": nan, "holds": False}) == "–"
    assert rate({"patience": 0.0, "highest_rate": nan, "holds": True}) == "any"
    assert rate({"patience": 0.5, "highest_rate": nan, "holds": False}) == "–"
    assert rate({"patience": 0.5, "highest_rate": 0.125, "holds": True}).startswith("12.5")
    assert rate({"patience": 0.1, "highest_rate": 9.0, "holds": True}).startswith("over 100")


def test_tables_hold_every_row(hold: Hold) -> None:
    enforcement, ballots = enforcement_table(hold), ballot_table(hold)
    assert [row.heading for row in enforcement.rows].count(True) == len(hold.holds)
    assert len(enforcement.rows) == 3 * len(hold.holds)
    assert len(ballots.rows) == len(hold.ballots) + 2
    first = hold.enforcement[hold.enforcement["punishment"] == "war"].iloc[0]
    assert enforcement.rows[1].cells[1] == signed_usd(first["temptation_usd"])
    assert enforcement.rows[1].cells[2] == signed_usd(-first["loss_usd"])
    groups = {row.cells[0]: row.cells for row in group_table(hold).rows}
    assert groups["hardliners"][1] == "+$1.00bn*"
    states = state_table(hold).rows
    assert states[0].cells[0] == "1. United States: nothing new; China: nothing new"
    enough = enough_table(hold)
    assert len(enough.rows) == len(enforcement.rows)
    for row, mine, its in zip(
        hold.enforcement[hold.enforcement["punishment"] == "war"].itertuples(),
        [row for row in enough.rows if not row.heading],
        [row for row in enforcement.rows if not row.heading],
        strict=True,
    ):
        assert mine.cells[2] == ("–" if np.isnan(row.truce) else years(row.truce))
        assert its.cells[-2] == (NO_THREAT if np.isnan(row.patience) else "kept" if row.holds else "not kept")
        assert its.cells[-1] == ("yes" if row.renegotiated else "no")
    for table in (enforcement, enough, ballots, group_table(hold), state_table(hold)):
        assert all(len(row.cells) == len(table.head) for row in table.rows if not row.heading)


def test_packages_are_told_with_what_they_hold_and_are_worth(hold: Hold) -> None:
    opening, buying = packages(hold)
    assert opening.startswith("Opening: open, stop, probe; by the values of the file −$2")
    assert "to the United States and +$4" in opening
    assert buying == "Buying: buy."
    assert opening in markdown(document(hold))
    assert packages(replace(hold, deals=hold.deals[~hold.deals["deal"].isin(["opening", "buying"])])) == ()


def test_routes_and_wishes_name_states_and_amounts(hold: Hold) -> None:
    rests, kept = hold.states[hold.states["nash"]], hold.states[hold.states["seq"] & ~hold.states["nash"]]
    texts = routes(hold)
    assert len(texts) == max(len(rests), 1) + len(kept)
    assert sum("is a Nash equilibrium: no side has a better move" in text for text in texts) == len(rests)
    for row in kept.itertuples():
        (text,) = [text for text in texts if text.startswith(f"State {row.state} ")]
        assert "is no Nash equilibrium" in text
        assert "Only fear of a credible answer (SEQ) would keep it." in text
    without = replace(hold, routes=hold.routes[hold.routes["concept"] != "nash"])
    assert routes(without)[0] == "There is no Nash equilibrium: in every state a side has a better move."
    alone = hold.states.assign(seq=hold.states["nash"])
    one = hold.routes[hold.routes["concept"] == "nash"].head(1)
    one = one.assign(improving_steps=2.0, improving_path="1 USA→ 4 CHN→ 9")
    (text,) = routes(replace(hold, routes=one, states=alone))
    assert text.endswith("It is reached if the United States moves to 4 and China moves to 9.")
    (text,) = routes(replace(hold, routes=one.assign(improving_path="", path=""), states=alone))
    assert text.endswith("It is out of reach.")
    for text in wishes(hold):
        assert text.startswith("For nobody to gain by leaving state")
    assert wishes(replace(hold, wishes=hold.wishes.head(0))) == ()


def test_the_chart_draws_what_no_threat_supports_apart(hold: Hold) -> None:
    drawn = svg(patience_chart(with_war(hold, patience=np.nan)))
    assert "no threat supports it" in drawn
    assert "no threat supports it" not in svg(patience_chart(with_war(hold, patience=0.4)))


def test_codes_of_both_sides_become_names(hold: Hold) -> None:
    assert with_names(hold, ["farms of USA: sectors assumed", "CHN and CHNX"]) == (
        "farms of the United States: sectors assumed",
        "China and CHNX",
    )


def test_a_report_without_groups_says_so(hold: Hold) -> None:
    empty = replace(hold, ballots=hold.ballots.head(0), groups=hold.groups.head(0), members=pd.DataFrame(), assumed=())
    text = markdown(document(empty))
    assert "The file names no groups at home." in text
    assert document(empty).caveats == ()


def test_the_folder_is_whole(hold: Hold, tmp_path: Path) -> None:
    written = write_report(hold, tmp_path / "out")
    there = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert written == there
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == entry["sha256"]
    text = (tmp_path / "out/report.md").read_text("utf-8")
    assert headline(hold) in text
    assert "weights and vetoes are assumed" in text
    assert "<script" not in page(document(hold), {"patience": "<svg/>"})
