"""Demands that cannot be meant are refused when the file is read, every one at once, each with its line."""

from __future__ import annotations

import pytest

from detente.dispute.schema import Dispute, list_cases
from detente.errors import BadDispute

HEAD = """\
dispute: bad
title: T
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: duty, by: USA, on: CHN, status: threatened, goods: {all: true}, add: 25%}
  - {id: pork, by: CHN, on: USA, status: in-force, from: 2018-04-02, goods: {sectors: [A01]}, add: 15%}
demands:
"""
BALANCE = "{bilateral_balance: {partner: USA, change: -200bn, base: 2018}}"


def faults_of(*demands: str, more: str = "") -> list[str]:
    lines = "".join(f"  - {{{demand}}}\n" for demand in demands)
    with pytest.raises(BadDispute) as problem:
        Dispute.parse(HEAD + lines + more)
    return [str(fault) for fault in problem.value.faults]


def test_every_fault_of_the_demands_is_given_at_once() -> None:
    found = faults_of(
        "id: far, by: USA, of: JPN, ask: {withdraw: pork}",
        f"id: late, by: USA, of: CHN, deadline: 2018-05-03, ask: {BALANCE}",
        "id: less, by: USA, of: CHN, ask: {bilateral_balance: {partner: USA, change: -100bn, base: 2018}}",
        "id: own, by: USA, of: CHN, ask: {withdraw: duty}",
        "id: more, by: CHN, of: USA, ask: {bilateral_balance: {partner: CHN, change: 9bn, base: 2018}}",
        more="values: {USA: {own: -5bn..3bn}}\n",
    )
    assert found == [
        "line 10: demands.far.of: is not a party of the dispute; found 'JPN'; allowed: USA, CHN",
        "line 10: demands.far.ask.withdraw: is a measure of CHN, not of JPN, the side that is asked; found 'pork'",
        "line 11: demands.late.deadline: has passed on the day of the file, 2018-05-04: take out the demand, or write "
        "the date that now holds; found '2018-05-03'",
        "line 12: demands.less.ask.bilateral_balance: contradicts demand late, which asks for other terms of the same: "
        "keep one",
        "line 13: demands.own.ask.withdraw: is a measure of USA, not of CHN, the side that is asked; found 'duty'",
        "line 14: demands.more.ask.bilateral_balance.change: lets the surplus of USA with CHN, the side that asks, "
        "rise: write -9bn; found '9bn'",
        "line 15: values.USA.own: -5bn..3bn reaches under zero: write what meeting the demand costs the party asked, "
        "or is worth to the party that asks, as an amount of 0bn or more",
    ]


@pytest.mark.parametrize(
    ("demands", "said"),
    [
        (
            ("id: a, by: USA, of: CHN, ask: {purchases: {seller: JPN, schedule: [{by: 2020-01-01, extra: 5bn}]}}",),
            "demands.a.ask.purchases.seller: is not a party of the dispute; found 'JPN'",
        ),
        (
            ("id: a, by: USA, of: CHN, ask: {purchases: {seller: CHN, schedule: [{by: 2020-01-01, extra: 5bn}]}}",),
            "is the party that is asked: name the one it trades with; found 'CHN'",
        ),
        (
            ("id: a, by: USA, of: CHN, ask: {no_retaliation: {to: [pork]}}",),
            "demands.a.ask.no_retaliation.to[0]: is a measure of CHN, not of USA, the side that asks; found 'pork'",
        ),
        (
            ("id: a, by: USA, of: CHN, ask: {withdraw: pork}", "id: b, by: USA, of: CHN, ask: {withdraw: pork}"),
            "line 11: demands.b.ask.withdraw: asks the same as demand a: keep one",
        ),
        (
            (
                "id: a, by: USA, of: CHN, ask: {tariff_cut: {to: 5%}}",
                "id: b, by: USA, of: CHN, ask: {tariff_cut: {by: 50%, sectors: [C26]}}",
            ),
            "line 11: demands.b.ask.tariff_cut: contradicts demand a",
        ),
        (
            (
                f"id: a, by: USA, of: CHN, ask: {BALANCE}",
                "id: b, by: CHN, of: USA, ask: {bilateral_balance: {partner: CHN, change: -1bn, base: 2018}}",
            ),
            "line 11: demands.b.ask.bilateral_balance: cannot be met together with demand a",
        ),
        (
            ("id: a, by: USA, of: CHN, ask: {purchases: {seller: USA, schedule: [{by: 2020-01-01, extra: -5bn}]}}",),
            "line 10: demands.a.ask.purchases.schedule[0]: extra: -5bn is not above zero",
        ),
        (("id: a, by: USA, of: CHN, ask: {tariff_cut: {to: -5%}}",), "to: -5% is a subsidy, not a tariff"),
        (("id: a, by: USA, of: CHN, ask: {tariff_cut: {by: 150%}}",), "by: 150% is not a part of a rate"),
    ],
)
def test_a_demand_that_cannot_be_meant_is_refused(demands: tuple[str, ...], said: str) -> None:
    assert said in "\n".join(faults_of(*demands))


def test_tariffs_on_different_goods_and_cuts_of_both_sides_do_not_contradict() -> None:
    text = HEAD + "".join(
        f"  - {{id: {name}, by: {by}, of: {of}, ask: {{tariff_cut: {{to: {to}, sectors: [{sector}]}}}}}}\n"
        for name, by, of, to, sector in (
            ("a", "USA", "CHN", "5%", "C26"),
            ("b", "USA", "CHN", "0%", "A01"),
            ("c", "CHN", "USA", "9%", "C26"),
        )
    )
    assert [demand.id for demand in Dispute.parse(text).demands] == ["a", "b", "c"]


@pytest.mark.parametrize("case", list_cases())
def test_the_bundled_disputes_have_no_such_demand(case: str) -> None:
    assert Dispute.read(case).checked().dispute == case
