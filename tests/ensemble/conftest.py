"""A small world and a small dispute, banded once."""

from __future__ import annotations

import pytest

from detente import bands
from detente.analyses.bands.result import Bands
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over

TEXT = """\
dispute: small
title: A threat and its answer
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
"""
FEW = Over(elasticities=("CP", "U4"), deficits=("fixed", "balanced"))
DRAWS = 64


@pytest.fixture(scope="session")
def world() -> World:
    whole = load_world("icio-2017")
    kept = {"USA", "CHN", "MEX"}
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})


@pytest.fixture(scope="session")
def dispute(world: World) -> Dispute:
    return Dispute.parse(TEXT, world=world)


@pytest.fixture(scope="session")
def found(dispute: Dispute, world: World) -> Bands:
    loses = "first-answered USA real_income < 0"
    statements = (loses, f"{loses} and first CHN real_income < 0")
    return bands(dispute, over=FEW, draws=DRAWS, seed=3, world=world, holds=statements)
