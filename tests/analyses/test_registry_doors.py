"""Every question goes through every door: computed, written, read back, reported, drawn."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest
from registry_lab import SMALL, small_dispute, small_world

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.doors import answered, session_of
from detente.analyses.registry import REGISTRY
from detente.errors import BadInput, BadTable, UnknownCase, UnknownWorld
from detente.report.render import markdown, page
from detente.report.terminal import Screen, show

OPTIONS: dict[str, dict[str, Any]] = {"war": {"grid": (0.0, 0.4)}, "bands": {"draws": 2, "sets": "CP"}}
"""What keeps an answer short."""
SEARCHED = ("war", "talks", "hold", "clock", "markets")
"""Answers that take seconds to find a second time."""
EVERY = list(REGISTRY.values())


def name_of(entry: Analysis) -> str:
    return entry.name


@cache
def session() -> Any:
    """The small dispute on the small world, set up once."""
    return session_of(small_dispute(), REGISTRY["run"].options.read({"world": small_world()}))


@cache
def found(name: str) -> Any:
    """The answer to a question, found once, on the one session where the question takes it."""
    return answered(REGISTRY[name], session(), OPTIONS.get(name, {}))


@pytest.mark.parametrize("entry", EVERY, ids=name_of)
def test_an_answer_is_written_and_read_back(entry: Analysis) -> None:
    result = found(entry.name)
    assert isinstance(result, entry.result)
    again = entry.result.from_json(result.to_json())
    assert again.to_json() == result.to_json()
    assert set(again.tables()) == set(result.tables())


@pytest.mark.parametrize("entry", EVERY, ids=name_of)
def test_an_answer_has_a_report(entry: Analysis) -> None:
    result = found(entry.name)
    report = entry.document(result)
    assert report.headline
    assert report.sections
    assert report.headline[:40] in markdown(report)
    html = page(report, {figure.name: "" for figure in report.figures})
    assert report.id[:12] in html
    written = StringIO()
    show(report, Screen(file=written, width=110))
    assert " ".join(report.headline.split())[:60] in " ".join(written.getvalue().split())
    if entry.heading:
        assert entry.brief(result)
        assert entry.headline(result)
        assert entry.sections(result)
        assert isinstance(entry.caveats(result), tuple)


@pytest.mark.parametrize("entry", EVERY, ids=name_of)
def test_an_answer_has_charts(entry: Analysis) -> None:
    charts = entry.charts(found(entry.name))
    assert charts
    assert all(chart.to_dict() for chart in charts.values())


@pytest.mark.parametrize("entry", [entry for entry in EVERY if not entry.draws], ids=name_of)
def test_an_answer_has_numbers_that_can_be_drawn(entry: Analysis) -> None:
    numbers = entry.numbers(found(entry.name))
    assert numbers
    assert all(len(key) == 4 and all(isinstance(part, str) for part in key) for key in numbers)
    assert all(isinstance(value, float) for value in numbers.values())


@pytest.mark.parametrize(
    "entry",
    [pytest.param(entry, id=entry.name, marks=[pytest.mark.slow] if entry.name in SEARCHED else []) for entry in EVERY],
)
def test_one_session_gives_what_a_session_of_its_own_gives(entry: Analysis) -> None:
    """The doors that take a dispute and those that take a session have the same JSON."""
    alone = getattr(dt, entry.door)(small_dispute(), world=small_world(), **OPTIONS.get(entry.name, {}))
    assert alone.to_json() == found(entry.name).to_json()


def test_a_dispute_is_given_as_an_object_a_name_a_path_or_text(tmp_path: Any) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, "utf-8")
    ids = {dt.run(given, world=small_world()).id for given in (small_dispute(), SMALL, path, str(path))}
    assert ids == {found("run").id}
    with pytest.raises(UnknownCase, match="did you mean 'us-china-2018'"):
        dt.run("us-china-2081")
    with pytest.raises(BadInput, match="give a Dispute"):
        dt.run(3)  # type: ignore[arg-type]


def test_a_session_is_asked_under_other_settings_but_not_on_another_world() -> None:
    alone = dt.run(small_dispute(), world=small_world(), elasticities="CP", deficits="balanced", horizon="short")
    again = dt.run(session(), elasticities="CP", deficits="balanced", horizon="short")
    assert again.to_json() == alone.to_json()
    with pytest.raises(BadInput, match="world is 'icio-2018', and the session is on icio-2017"):
        dt.run(session(), world="icio-2018")
    assert dt.run(session(), world=small_world()).id == found("run").id
    other = replace(small_world(), flows=2 * small_world().flows)
    with pytest.raises(BadInput, match="and the session is on icio-2017"):
        dt.run(session(), world=other)


def test_elasticities_given_as_an_array_are_named_as_such() -> None:
    alone = dt.run(small_dispute(), world=small_world(), elasticities=session().economy.theta)
    again = dt.run(session(), elasticities=session().economy.theta)
    assert again.settings.elasticities == alone.settings.elasticities != session().settings.elasticities
    assert again.to_json() == alone.to_json()


@pytest.mark.parametrize("given", [False, 0, [], {}])
def test_a_world_that_is_none_is_refused(given: Any) -> None:
    with pytest.raises(UnknownWorld):
        dt.run(small_dispute(), world=given)


def test_the_first_option_of_some_questions_is_given_by_position() -> None:
    by_name = dt.talks(session(), no_deal="threat")
    assert dt.talks(session(), "threat").id == by_name.id
    with pytest.raises(BadInput, match="no_deal is 'peace'"):
        dt.talks(session(), "peace")  # type: ignore[arg-type]
    with pytest.raises(BadTable, match=r"none\.csv"):
        dt.run_markets(session(), "none.csv")
    for given, named in ((("threat",), {"no_deal": "nash"}), (("threat", "nash"), {})):
        with pytest.raises(TypeError):
            dt.talks(session(), *given, **named)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        dt.run(session(), "long")  # type: ignore[misc]


def test_a_listener_of_the_early_part_is_checked_before_anything_is_solved() -> None:
    with pytest.raises(BadInput, match="early is 3: give a function of the result"):
        dt.run(session(), early=3)  # type: ignore[arg-type]


ADDED = ("base_revenue", "other_rules", "product_nest")
"""What findings of older versions do not have."""


@pytest.mark.parametrize("entry", EVERY, ids=name_of)
def test_a_damaged_result_is_refused_in_words(entry: Analysis) -> None:
    whole = json.loads(found(entry.name).to_json())
    for key in whole:
        missing = {name: value for name, value in whole.items() if name != key}
        if key in ADDED:
            assert getattr(entry.result.from_json(json.dumps(missing)), key) is None
            continue
        with pytest.raises(BadTable):
            entry.result.from_json(json.dumps(missing))
    for text in ("", "[]", found(entry.name).to_json()[:-9], b"\xff", json.dumps(whole | {"settings": None})):
        with pytest.raises(BadTable):
            entry.result.from_json(text)
    with pytest.raises(BadInput, match="give the text that to_json wrote"):
        entry.result.from_json(None)


def test_each_entry_says_what_a_dispute_lacks() -> None:
    bare = dt.Dispute.parse(SMALL[: SMALL.index("measures")] + "measures: []\n")
    assert REGISTRY["talks"].missing(bare) == ["demands"]
    assert REGISTRY["clock"].missing(bare) == ["threats"]
    assert REGISTRY["run"].fits(bare)
    assert all(entry.fits(small_dispute()) for entry in EVERY)
