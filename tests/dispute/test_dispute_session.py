"""One session answers every question: set up once, searched once a setting, with the answers that each has alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import detente.dispute.session as sessions
from detente.analyses.doors import answered
from detente.analyses.registry import REGISTRY
from detente.data.world import World
from detente.dispute.negotiation import Negotiation, disagreement_points
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.errors import BadInput, UnknownElasticities
from detente.optimal_tariffs.governments import Objective
from detente.policy.schedule import Schedules, TariffBook

ALL = ("run", "war", "talks", "hold", "clock", "markets")
PAIR = ("USA", "CHN")


@pytest.fixture(scope="module")
def counted() -> Iterator[Counter[str]]:
    """How often disputes are prepared, Nash equilibria searched for, and books of tariffs laid."""
    counts: Counter[str] = Counter()

    def wrapped(name: str, called: Callable[..., Any]) -> Callable[..., Any]:
        def count(*given: Any, **named: Any) -> Any:
            counts[name] += 1
            return called(*given, **named)

        return count

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "prepare", wrapped("set up", sessions.prepare))
        patch.setattr(sessions.searches, "nash", wrapped("nash", sessions.searches.nash))
        patch.setattr(TariffBook, "__init__", wrapped("laid", TariffBook.__init__))
        yield counts


@pytest.fixture(scope="module")
def session(small: Dispute, small_world: World, counted: Counter[str]) -> Session:
    return Session.of(small, world=small_world)


@pytest.fixture(scope="module")
def results(session: Session, counted: Counter[str]) -> dict[str, Any]:
    """Every question asked of one session, after which nothing more is counted."""
    found = {name: answered(REGISTRY[name], session, {}) for name in ALL}
    found["counts"] = Counter(counted)
    return found


@pytest.mark.slow
def test_every_question_of_one_session_sets_up_once_and_searches_once_a_setting(results: dict[str, Any]) -> None:
    counts = results["counts"]
    assert counts["set up"] == 1
    assert counts["nash"] == 2  # duties by sector, and one rate each
    # those of the plans, of the moves that are searched for, and of the curves of the war
    assert counts["laid"] <= 45


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_the_same_alone_and_beside_others(
    results: dict[str, Any], small: Dispute, small_world: World, name: str
) -> None:
    alone = answered(REGISTRY[name], small, {"world": small_world})
    assert alone.to_json() == results[name].to_json()


def test_what_is_asked_for_twice_is_found_once(session: Session) -> None:
    law = (*session.standing, *session.threats(*PAIR))
    assert session.solution(law) is session.solution(law)
    assert session.solution(session.standing) is session.before
    assert session.settled(session.wedges(session.standing)) is session.before
    answers, notes = session.answers(session.threats(*PAIR))
    assert [measure.by for measure in answers] == ["CHN", "CHN"]
    assert session.answers(session.threats(*PAIR)) == (answers, notes)
    talks = Negotiation.of(session, PAIR)
    points = {point.name: point for point in disagreement_points(talks, with_nash=False)}
    assert points["status quo"].solution is session.before
    assert points["answered"].solution is session.solution((*law, *answers))


def test_equal_duties_are_one_state_whichever_measures_make_them(session: Session) -> None:
    wedges, again = (session.wedges(session.standing) for _ in range(2))
    assert wedges is not again
    assert session.settled(wedges) is session.settled(again)
    short = session.settled(wedges, "short")
    assert short.horizon == "short"
    assert short is session.settled(again, "short")
    assert short is not session.settled(wedges)


def test_other_settings_share_the_schedules_and_are_kept(session: Session) -> None:
    other = session.under(elasticities="CP")
    assert other is session.under(elasticities="CP")
    assert other.schedules is session.schedules
    assert (other.settings.elasticities, session.settings.elasticities) == ("CP", "U4")
    assert not np.array_equal(other.economy.theta, session.economy.theta)
    assert other.settings.theta == dict(zip(other.world.sectors, other.economy.theta.tolist(), strict=True))
    assert other.before is not session.before
    assert session.under() is session is session.long_run
    balanced = other.under(deficits="balanced")
    assert (balanced.economy.deficits, balanced.settings.deficits) == ("balanced", "balanced")
    assert np.array_equal(balanced.economy.theta, other.economy.theta)
    with pytest.raises(UnknownElasticities):
        session.under(elasticities="none")


def test_a_horizon_that_is_given_goes_before_that_of_the_file(small_text: str, small_world: World) -> None:
    short = Dispute.parse(small_text.replace("settings: {", "settings: {horizon: short, "), world=small_world)
    assert Session.of(short, world=small_world).horizon == "short"
    asked = Session.of(short, world=small_world, horizon="long")
    assert (asked.horizon, asked.settings.horizon) == ("long", "long")


def test_a_listed_answer_is_no_threat(small_text: str, small_world: World) -> None:
    listed = small_text.replace(
        "responses:\n  - {by: CHN, to: first, rule: in-kind, match: value}",
        "  - {id: list, by: CHN, on: USA, status: proposed, goods: {sectors: [A01]}, add: 25%}\n"
        "responses:\n  - {by: CHN, to: first, rule: listed, measure: list}",
    )
    session = Session.of(Dispute.parse(listed, world=small_world), world=small_world)
    assert session.threats("CHN", "USA") == ()
    assert [threat.id for threat in session.threats("USA", "CHN")] == ["first", "second"]


def test_another_horizon_is_of_the_same_economy(session: Session) -> None:
    short = session.under(horizon="short")
    assert short.economy is session.economy
    assert (short.horizon, short.settings.horizon, short.before.horizon) == ("short", "short", "short")
    assert short.long_run.before is session.before
    assert short.long_run.settings == session.settings


def test_an_equilibrium_is_known_by_its_setting(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    asked: list[dict[str, Any]] = []

    def search(economy: object, players: object, **given: Any) -> object:
        asked.append(given)
        return object()

    monkeypatch.setattr(sessions.searches, "nash", search)
    fresh = session.under(deficits="proportional")  # nothing is kept of it yet
    first = fresh.nash(PAIR)
    assert first is fresh.nash(PAIR, Objective(), "sector", 0) is fresh.under(horizon="short").nash(PAIR)
    others = [
        fresh.nash(PAIR, rates="one"),
        fresh.nash(PAIR, seed=1),
        fresh.nash(PAIR, Objective(revenue={"USA": 0.5})),
        fresh.nash(PAIR[::-1]),
    ]
    assert len({id(found) for found in (first, *others)}) == len(asked) == 5
    assert {given["bounds"] for given in asked} == {(0.0, sessions.MOST)}


def test_schedules_lay_the_same_measures_once(small: Dispute, small_world: World) -> None:
    schedules = Schedules(small_world)
    steel, pork, _, first, second = small.measures
    schedules.lay([(steel, pork), (steel,), (steel, first)])
    wide = schedules.having([steel])
    assert wide.ids == ("steel", "pork")
    assert wide is schedules.having([pork, steel])
    assert schedules.book([steel]) is not wide
    assert schedules.book([steel]) is schedules.book([steel.model_copy()])
    assert schedules.having([second]).ids == ("second",)
    assert schedules.book([pork, steel]).ids == ("pork", "steel")


@pytest.mark.parametrize("players", [["USA"], ["USA", "USA"], ["USA", "CHN", "CHN"], []], ids=",".join)
def test_a_pair_is_of_two_different_economies(session: Session, players: list[str]) -> None:
    with pytest.raises(BadInput, match="two different economies"):
        session.pair(players, "a war is")
