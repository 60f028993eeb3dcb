"""A small world and a small dispute on it: every step of a run, in a fraction of a second."""

from __future__ import annotations

import pytest

from detente import run
from detente.analyses.run.result import Findings
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.schema import Dispute

SMALL = """\
dispute: small
title: A threat and its answer
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
  - {id: later, by: USA, on: CHN, status: in-force, from: 2018-07-06, goods: {value: 34bn}, add: 25%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
  - {id: second, by: USA, on: CHN, status: threatened, goods: {value: 100bn, basis: customs}, add: 25%, assumed: [add]}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
  - {by: CHN, to: second, rule: in-kind, match: value}
demands:
  - {id: stop, by: CHN, of: USA, ask: {withdraw: first}}
statements:
  - {who: A, date: 2018-05-03, quote: Before.}
  - {who: B, date: 2018-05-05, quote: After.}
outcomes:
  - {date: 2018-05-20, outcome: truce}
settings: {households: {USA: 126000000}}
"""


@pytest.fixture(scope="session")
def small_text() -> str:
    return SMALL


@pytest.fixture(scope="session")
def small_world() -> World:
    world = load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "VNM"}
    return world.aggregate(economies={"OTH": [code for code in world.economies if code not in kept]})


@pytest.fixture(scope="session")
def small(small_text: str, small_world: World) -> Dispute:
    return Dispute.parse(small_text, world=small_world)


@pytest.fixture(scope="session")
def found(small: Dispute, small_world: World) -> Findings:
    return run(small, world=small_world)
