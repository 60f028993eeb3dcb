"""A job is plain data: a question by the place of its entry, which every process finds and computes alike."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import bands
from detente.analyses.bands.result import Bands
from detente.analyses.registry import REGISTRY
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.ensemble.draws import Over, draws
from detente.ensemble.job import SOLVED, Evaluator, Job, evaluator_of
from detente.errors import BadInput
from ensemble.toy_question import ANALYSIS
from ensemble.toy_question.options import ToyOptions

OVER = Over(elasticities=("CP", "U4"), deficits=("fixed", "balanced"))


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy question is one line of the registry."""
    monkeypatch.setitem(REGISTRY, "toy", ANALYSIS)


def drawn(dispute: Dispute, world: World, **more: object) -> Bands:
    return bands(dispute, result="toy", over=OVER, draws=4, seed=3, world=world, **more)


@pytest.fixture(scope="module")
def job(dispute: Dispute, world: World) -> Job:
    over = replace(OVER, worlds=(world.name,), horizons=("long",))
    settings = bands(lambda economy: {"one": 1.0}, over=OVER, draws=2, world=world).settings
    plain = dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Job(over, 3, settings, plain, "ensemble.toy_question:ANALYSIS", ToyOptions(), worlds={world.name: world})


def test_a_question_that_is_one_line_of_the_registry_is_drawn(dispute: Dispute, world: World) -> None:
    found = drawn(dispute, world)
    assert found.result == "toy"
    assert found.solved == 4
    full = replace(OVER, worlds=(world.name,), horizons=("long",))
    for draw in draws(full, {world.name: world.sectors}, 3, 0, 4):
        row = found.draws.iloc[draw.number]
        assert row[str(len(dispute.parties))] == draw.theta[0]
        assert (row["elasticities"], row["deficits"], row["outcome"]) == (draw.elasticities, draw.deficits, SOLVED)
    assert found.band("own goods", "USA", "share")["run"] > 0.5


def test_the_options_of_the_question_reach_every_draw(dispute: Dispute, world: World) -> None:
    one, two = drawn(dispute, world), drawn(dispute, world, options={"times": 2})
    shares = one.bands["quantity"] == "share"
    np.testing.assert_array_equal(two.values[:, shares], 2 * one.values[:, shares])
    assert one.id != two.id
    with pytest.raises(BadInput, match="times is 0"):
        drawn(dispute, world, options={"times": 0})


def test_another_process_finds_the_question_by_the_place_of_its_entry(
    dispute: Dispute, world: World, tmp_path: Path
) -> None:
    here, there = drawn(dispute, world), drawn(dispute, world, workers=1, folder=tmp_path)
    pd.testing.assert_frame_equal(there.draws, here.draws, check_exact=True)
    about = json.loads((tmp_path / "job.json").read_text("utf-8"))
    assert about["of"] == "toy"
    assert about["options"] == {"ToyOptions": {"times": 1.0}}
    with pytest.raises(BadInput, match="another ensemble"):
        drawn(dispute, world, options={"times": 2}, folder=tmp_path)


def test_draws_share_what_does_not_depend_on_them_and_none_is_kept(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Session] = []
    real = evaluator_of(job).job.drawn.compute
    monkeypatch.setattr("ensemble.toy_question.compute.compute", lambda s, o: (asked.append(s), real(s, o))[1])
    evaluator = Evaluator(job)
    evaluator.compute(draws(job.over, job.sectors(), job.seed, 0, 3))
    first, *others = asked
    assert len(asked) == 4  # the run itself, and three draws
    assert all(other.prepared is first.prepared for other in others)
    assert len({other.economy.theta.tobytes() for other in others}) == 3
    base = evaluator.sessions[job.settings.world]
    one = asked[-1].economy
    assert base.under(elasticities=one.theta, deficits=one.deficits) is not asked[-1]
    assert base.under(elasticities=one.theta, deficits=one.deficits) is base.under(
        elasticities=one.theta, deficits=one.deficits
    )


def test_a_job_that_was_sent_is_the_same_job(job: Job) -> None:
    sent = pickle.loads(pickle.dumps(job))  # as a scheduler sends it
    assert sent == job
    assert sent.key == job.key
    pd.testing.assert_frame_equal(evaluator_of(sent).chunk(2), evaluator_of(job).chunk(2), check_exact=True)


def test_everything_that_numbers_depend_on_is_in_the_key(job: Job) -> None:
    others = [
        replace(job, seed=4),
        replace(job, over=replace(job.over, spread=0.1)),
        replace(job, settings=replace(job.settings, version="0")),
        replace(job, entry="detente.analyses.war:ANALYSIS"),
        replace(job, asked=ToyOptions(times=2.0)),
        replace(job, worlds={}),
        replace(job, dispute={**job.dispute, "dispute": "another"}),
    ]
    assert len({job.key, *(other.key for other in others)}) == 1 + len(others)
    assert replace(job) == job


def test_a_function_of_an_economy_returns_a_mapping(world: World) -> None:
    with pytest.raises(BadInput, match="what the function of an economy returns is 3: give a mapping"):
        bands(lambda economy: 3, over=OVER, draws=2, world=world)  # type: ignore[arg-type, return-value]
