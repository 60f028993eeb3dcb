"""A small dispute with groups at home on a small world, and whether deals hold in it, found once for all tests."""

from __future__ import annotations

from functools import cache

from detente import run_hold
from detente.analyses.hold.result import Hold
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.schema import Dispute

TEXT = """\
dispute: small-hold
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
demands:
  - {id: open, by: USA, of: CHN, ask: {tariff_cut: {to: 0%, sectors: [C29, C28]}}}
  - id: buy
    by: USA
    of: CHN
    ask: {purchases: {seller: USA, schedule: [{by: 2019-12-31, extra: 5bn}], sectors: [A01]}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: first}}
  - {id: probe, by: CHN, of: USA, ask: {structural: {topic: procurement, what: license more}}}
values: {USA: {probe: 1bn..3bn}, CHN: {probe: 4bn}}
"""
FACTIONS = """\
factions:
  USA:
    - {name: farms, sectors: [A01, C10T12], speakers: [A], assumed: [sectors]}
    - {name: metals, sectors: [C24A, C24B], veto: true}
    - {name: services, sectors: [SERV], weight: 2}
  CHN:
    - {name: exporters, sectors: [C26, C27], veto: true}
    - name: hardliners
      payoffs: {truce: 1bn, withdrawal: -1bn, halves: -2bn, match: -3bn, free trade: -4bn, cooperative: -5bn,
        opening: 0bn, buying: -1bn}
delegations: {USA: [{name: A}]}
"""
PACKAGES = {"opening": ["open", "stop", "probe"], "buying": ["buy"]}
KEPT = {"USA", "CHN", "MEX"}


@cache
def hold_world() -> World:
    whole = load_world("icio-2017")
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in KEPT]})


@cache
def hold_dispute() -> Dispute:
    return Dispute.parse(TEXT + FACTIONS, world=hold_world())


@cache
def small_hold() -> Hold:
    """With one rate for cheaters and war, which needs fewer searches."""
    return run_hold(hold_dispute(), world=hold_world(), one_rate=True, packages=PACKAGES)
