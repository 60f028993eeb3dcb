"""From a dispute to its clock: nothing of later is read, the prior is stated, what happened is scored, not fitted."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from detente import run_clock
from detente.analyses.clock.compute import game_of, prior_of
from detente.analyses.clock.outlook import OLD_THRESHOLDS, REDRAWN, SOLVED_AGAIN
from detente.analyses.clock.result import Clock
from detente.analyses.clock.stages import solve_stages, steps_of
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadInput, BadTable, UnknownEconomy
from detente.timing.calibration import calibrate
from detente.timing.equilibrium import run_game
from detente.timing.escalation import Course
from detente.timing.prior import Prior, Resolve
from detente.timing.redrawn import run_redrawn

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     earliest: 2018-05-23}
  - {id: us-more, title: More, by: USA, on: CHN, status: threatened, goods: {value: 100bn, basis: customs}, add: 25%}
  - {id: us-later, title: Later, by: USA, on: CHN, status: threatened, goods: {sectors: [C29]}, add: 25%,
     announced: 2018-06-01}
responses:
  - {by: CHN, to: us-steel, rule: in-kind, match: value}
demands:
  - {id: d1, by: USA, of: CHN, ask: {structural: {topic: industrial-subsidies, what: fewer}}, deadline: 2018-12-01}
  - {id: d2, by: CHN, of: USA, ask: {withdraw: us-steel}}
dates: [{id: comments, date: 2018-05-22, what: comments end}]
forecasts:
  - {who: A, date: 2018-05-04, outcome: truce, probability: 60%}
  - {who: B, date: 2018-05-04, outcome: deal, probability: 30%}
  - {who: C, date: 2018-05-04, outcome: truce, quote: Unlikely to last}
  - {who: D, date: 2018-06-04, outcome: escalation, probability: 90%}
outcomes:
  - {date: 2018-05-20, outcome: truce}
  - {date: 2018-07-06, outcome: escalation}
"""


@pytest.fixture(scope="module")
def small() -> Dispute:
    return Dispute.parse(TEXT)


@pytest.fixture(scope="module")
def clock(small: Dispute, small_world: World) -> Clock:
    return run_clock(small, world=small_world, score=True)


def test_probabilities_are_of_the_file_s_days(clock: Clock) -> None:
    assert (clock.as_of, clock.until) == ("2018-05-04", "2019-05-04")
    assert clock.chances[["deal", "truce", "partial_tariffs", "war"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert clock.on("2018-05-22")["partial_tariffs"] == 0 < clock.on("2018-05-23")["partial_tariffs"]
    assert clock.calendar["id"].tolist() == ["comments", "us-steel", "d1", "us-more"]
    assert clock.stages["opens"].tolist() == ["2018-05-04", "2018-05-23", "2018-08-02"]
    assert any("us-more: 2018-08-02 is taken" in note for note in clock.notes)
    with pytest.raises(KeyError):
        clock.on("2030-01-01")


def test_no_fact_dated_after_the_day_is_read(small: Dispute, small_world: World, clock: Clock) -> None:
    """The same file without its later facts, and with wilder ones, gives every table the same but the scores."""
    early = TEXT[: TEXT.index("outcomes:")].replace(
        "  - {who: D, date: 2018-06-04, outcome: escalation, probability: 90%}\n", ""
    )
    start = early.index("  - {id: us-later")
    early = early[:start] + early[early.index("responses:") :]
    wild = TEXT.replace("outcome: truce}\n  - {date", "outcome: capitulation}\n  - {date").replace("90%", "1%")
    for text in (early, wild):
        other = run_clock(Dispute.parse(text), world=small_world)
        for name, table in other.tables().items():
            if name != "scores":
                pd.testing.assert_frame_equal(table, clock.tables()[name])
        assert other.stated == clock.stated
    assert set(clock.ignored) == {
        "measures us-later of 2018-06-01",
        "forecasts D of 2018-06-04",
        "outcomes truce of 2018-05-20",
        "outcomes escalation of 2018-07-06",
    }


def test_the_prior_is_stated_and_every_probability_has_its_sensitivity(clock: Clock) -> None:
    stake = max(clock.stages["loss_first"].iloc[-1], clock.stages["loss_second"].iloc[-1], key=abs)
    assert [r["median"] for r in clock.prior["resolves"]] == pytest.approx([abs(stake)] * 2)
    assert clock.prior["origin"] == ["war", "war"]
    assert len(clock.stated) == 3
    assert "One dispute is one observation" in clock.scored
    assert "One dispute is one observation" in clock.to_json()
    by_kind = clock.sensitivity.groupby("kind")["variant"].nunique()
    assert by_kind["prior"] == 15
    assert by_kind["elasticities"] == 7
    assert set(clock.sensitivity["day"]) == set(clock.outlook["day"])
    first = clock.sensitivity[clock.sensitivity["variant"] == "as stated"].drop(columns=["variant", "kind"])
    pd.testing.assert_frame_equal(first.reset_index(drop=True), clock.outlook.drop(columns="why"), check_dtype=False)
    assert clock.sensitivity["variant"].str.contains("resolve of USA half").any()
    varied = clock.varied_showdowns
    assert set(varied["variant"]) == set(clock.sensitivity.loc[clock.sensitivity["kind"] != "game", "variant"])
    first = varied[varied["variant"] == "as stated"].drop(columns=["variant", "kind"])
    pd.testing.assert_frame_equal(first.reset_index(drop=True), clock.showdowns, check_dtype=False)


def test_the_sensitivity_begins_with_the_games_of_which_the_clock_is_the_third(clock: Clock) -> None:
    games = clock.sensitivity[clock.sensitivity["kind"] == "game"]
    assert list(dict.fromkeys(games["variant"])) == [REDRAWN, OLD_THRESHOLDS, SOLVED_AGAIN]
    assert any("end at the same equilibrium" in note for note in clock.notes)
    names = ["deal", "truce", "partial_tariffs", "war"]
    mine = games[games["variant"] == SOLVED_AGAIN]
    assert mine[names].to_numpy() == pytest.approx(clock.outlook[names].to_numpy())
    game = game_of(
        tuple(zip(clock.stages["loss_first"], clock.stages["loss_second"], strict=True)),
        steps_of(Session.of(Dispute.parse(TEXT)), ("USA", "CHN"), 90),
        ("USA", "CHN"),
        Prior(tuple(Resolve(r["median"], r["sigma"]) for r in clock.prior["resolves"])),  # type: ignore[arg-type]
        date(2018, 5, 4),
        date(2019, 5, 4),
    )
    redrawn = games[games["variant"] == REDRAWN].iloc[-1]
    assert redrawn[names].to_list() == pytest.approx(run_redrawn(game).chances[-1].tolist())


def test_beliefs_rise_with_what_was_held_out(clock: Clock) -> None:
    rows = clock.beliefs.set_index(["event", "stage", "side"])["median"]
    for side in ("USA", "CHN"):
        assert rows["prior", 0, side] < rows["carried out", 1, side]
    assert rows["held back", 1, "USA"] < rows["prior", 0, "USA"]


def test_days_of_threats_vary_with_the_prior_and_with_elasticities_as_the_games_do(clock: Clock) -> None:
    varied = clock.varied_showdowns
    ends = varied[["deal", "carried_out", "held"]]
    assert ends.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (varied.groupby("stage")["deal"].nunique() > 5).all()
    for kind in ("prior", "elasticities"):
        assert varied.loc[varied["kind"] == kind, "carried_out"].nunique() > 5
    rows = varied.set_index(["variant", "stage"])
    for stage, threat in clock.showdowns.set_index("stage").iterrows():
        rich = rows.loc[(f"resolve of {threat['by']} double", stage)]
        assert rich["tough"] >= threat["tough"]  # a side that would pay more carries out more threats
        assert rich["tough"] > threat["tough"] or threat["tough"] == 1.0
        slow = rows.loc[("review period double", stage)]
        assert slow["deal"] == pytest.approx(threat["deal"])  # a day is the same day, however often it comes


def test_disputes_played_out_agree_and_the_seed_makes_them(small: Dispute, small_world: World, clock: Clock) -> None:
    error = (clock.played["probability"] * (1 - clock.played["probability"]) / clock.played["disputes"]) ** 0.5
    assert ((clock.played["frequency"] - clock.played["probability"]).abs() <= 4 * error + 1e-9).all()
    again = run_clock(small, world=small_world, score=True)
    assert again.to_json() == clock.to_json()
    other = run_clock(small, world=small_world, score=True, seed=1)
    assert other.id != clock.id
    pd.testing.assert_frame_equal(other.chances, clock.chances)


def test_forecasts_are_pooled_and_all_are_scored(clock: Clock) -> None:
    rows = clock.forecasts.set_index("who")
    assert rows.index.tolist() == ["A", "B", "C", "linear pool", "log pool", "clock", "uniform"]
    assert rows.loc["linear pool", "truce"] == pytest.approx((0.6 + 0.7 / 3) / 2)
    assert math.isnan(rows.loc["C", "truce"])
    scores = clock.scores
    assert scores[scores["forecaster"] == "clock"]["day"].tolist() == ["2018-05-20", "2018-07-06"]
    a = scores[scores["forecaster"] == "A"].iloc[0]
    assert (a["state"], a["probability"]) == ("truce", 0.6)
    assert a["brier"] == pytest.approx(0.4**2 + 3 * (0.4 / 3) ** 2)
    assert a["log"] == pytest.approx(-math.log(0.6))
    assert set(scores["forecaster"]) == {"clock", "uniform", "A", "B", "linear pool", "log pool"}
    uniform = scores[scores["forecaster"] == "uniform"]
    assert uniform["brier"].tolist() == [0.75, 0.75]


def test_values_of_the_file_make_the_prior(small_world: World) -> None:
    text = TEXT + "values: {CHN: {d1: 4bn..9bn, d2: 1bn..1bn}}\n"
    found = run_clock(Dispute.parse(text), world=small_world)
    china = found.prior["resolves"][1]
    assert china["median"] == pytest.approx(math.sqrt(5e3 * 10e3))
    assert china["sigma"] == pytest.approx(math.log(2) / (2 * 1.6448536))
    assert found.prior["origin"] == ["war", "file"]


def test_a_range_from_nothing_makes_no_prior_and_that_is_said(small_world: World) -> None:
    found = run_clock(Dispute.parse(TEXT + "values: {CHN: {d1: 0bn..9bn}}\n"), world=small_world)
    assert found.prior["origin"] == ["war", "zero"]
    assert "begins at 0" in found.stated[1]
    assert found.prior["resolves"][0] == found.prior["resolves"][1]


def test_a_prior_of_the_user_is_taken(small: Dispute, small_world: World) -> None:
    given = Prior((Resolve(500.0, 0.5), Resolve(900.0, 0.5)), patience=2.0, review_days=60)
    found = run_clock(small, world=small_world, prior=given, until=date(2018, 9, 1))
    assert found.prior["resolves"][0]["median"] == 500.0
    assert found.stages["opens"].iloc[-1] == "2018-07-03"
    assert found.until == "2018-09-01"
    assert not len(found.scores)
    assert found.scored == ""


def test_a_clock_goes_to_json_and_back_and_into_a_folder(clock: Clock, tmp_path: object) -> None:
    assert Clock.from_json(clock.to_json()).to_json() == clock.to_json()
    with pytest.raises(BadTable, match="schema is None"):
        Clock.from_json("{}")
    with pytest.raises(BadTable, match="not JSON at line 1"):
        Clock.from_json("{")
    with pytest.raises(BadTable, match="holds a list"):
        Clock.from_json("[]")
    folder = clock.write(f"{tmp_path}/out")
    assert {p.name for p in folder.iterdir()} == {"clock.json", "manifest.json", "tables"}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"players": ["USA"]}, BadInput, "players are USA: name two different economies"),
        ({"players": ["USA", "CHX"]}, UnknownEconomy, "did you mean 'CHN'"),
        ({"players": ["MEX", "CHN"]}, BadInput, "there is no clock to run out"),
        ({"until": date(2018, 5, 4)}, BadInput, "give a later day"),
        ({"until": date(9999, 12, 31)}, BadInput, "give a day within 50 years"),
        ({"until": "x"}, BadInput, "until is 'x': give a day such as 2018-05-22"),
        ({"prior": 3}, BadInput, "prior is 3: give words such as"),
        ({"seed": -1}, BadInput, "seed is -1: give a whole number at least 0"),
        ({"until": date(2018, 5, 10), "score": True}, BadInput, "nothing to score"),
    ],
)
def test_what_has_no_clock_is_said(
    small_world: World, given: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run_clock(Dispute.parse(TEXT), world=small_world, **given)  # type: ignore[arg-type]


def test_the_backtest_of_may_2018_is_scored_on_the_dated_record() -> None:
    """Scored, not fitted: what is asserted is what the record is, and that probabilities stand as they came."""
    found = run_clock(Dispute.read("us-china-2018"), score=True)
    mine = found.scores[found.scores["forecaster"] == "clock"].set_index("day")
    assert mine["state"].to_dict() == {"2018-05-19": "truce", "2018-07-06": "partial tariffs", "2020-01-15": "deal"}
    for day, row in mine.iterrows():
        now = found.on(str(day))
        assert row["probability"] == pytest.approx(now[row["state"].replace(" ", "_")])
    before = found.on("2018-05-19")  # no threat can be carried out before the 23rd
    assert before["truce"] + before["deal"] == pytest.approx(1.0)
    assert found.forecasts["who"].tolist() == ["Eswar Prasad", "clock", "uniform"]


@pytest.mark.slow
def test_calibration_with_payoffs_of_other_elasticities_and_another_prior() -> None:
    """Forecast under U4 and the stated prior; the truth has other elasticities, and then other resolves too."""
    session = Session.of(Dispute.read("us-china-2018"), horizon="long")
    known, pair, until = session.prepared.known, ("USA", "CHN"), date(2020, 12, 31)
    steps = steps_of(session, pair, 90)

    def course(name: str, prior: Prior | None = None) -> Course:
        losses = solve_stages(session.under(elasticities=name), steps).losses(pair)
        believed = prior or prior_of(known, pair, losses)[0]
        return run_game(game_of(losses, steps, pair, believed, known.as_of, until))

    assumed = course("U4")
    prior = assumed.game.prior
    softer = prior.with_resolve(0, median=0.5).with_resolve(1, median=0.5)
    errors = [
        calibrate([assumed], [truth], (63, 182, 365, 621, 900), seed=2, each=2000).error
        for truth in (assumed, course("CP", prior), course("Shap", prior), course("Shap", softer))
    ]
    noise = 0.5 / 2000**0.5  # the standard error of a share of 2,000 disputes at its largest, 0.011
    assert (
        max(errors[:2]) < noise
    )  # payoffs under CP are near enough to U4 that the forecast is as good: 0.009 and 0.004
    assert errors[2] > 3 * noise  # 0.050
    assert errors[3] > 2 * errors[2]  # 0.117
