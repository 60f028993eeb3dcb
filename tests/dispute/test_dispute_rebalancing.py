"""Rebalancing answers in a dispute: read, made, printed, and refused with the right form."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.data.bundled import load_world
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute
from detente.errors import BadDispute
from detente.policy.schedule import TariffBook

FILE = """\
dispute: rebalancing
title: Duties on steel and their rebalancing
as_of: 2018-06-15
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-232, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A, C24B]}, add: 25%}
  - {id: us-301, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
responses:
"""


def answered(*responses: str) -> dict[str, object]:
    dispute = Dispute.parse(FILE + "".join(f"  - {{by: CHN, {each}}}\n" for each in responses))
    assert Dispute.parse(dispute.to_yaml()) == dispute
    return {state.id: state for state in prepare(dispute, load_world("icio-2017")).plans}


def test_a_rebalancing_answer_collects_what_the_measure_collects() -> None:
    plans = answered("to: us-232, rule: rebalancing, match: duty, goods: {sectors: [A01]}, add: 25%")
    state = plans["us-232-answered"]
    world = load_world("icio-2017")
    us, chn = (TariffBook(world, [next(m for m in state.measures if m.by == by)]) for by in ("USA", "CHN"))
    assert state.responses == ("chn-answers-us-232",)
    assert "CHN rebalances 'us-232' by equal duty: USA collects 933.2mn on 3.733bn" in state.notes[0]
    assert (
        "its list is worth 15.89bn of imports (customs figures), and at 25% it gives at most 3.973bn" in state.notes[0]
    )
    assert us.pairs == (("USA", "CHN"),)
    assert chn.measures[0].goods.sectors == ("A01",)
    assert chn.measures[0].goods.value == pytest.approx(933.2258251 / 0.25, rel=1e-9)


def test_it_goes_with_answers_in_kind_and_never_covers_goods_twice_by_value() -> None:
    plans = answered("to: us-232, rule: rebalancing, match: trade", "to: us-301, rule: in-kind, match: value")
    assert "us-301-answered" in plans
    state = answered("to: us-301, rule: in-kind, match: value", "to: us-232, rule: rebalancing, match: trade")[
        "us-301-answered"
    ]
    assert [m.id for m in state.measures if m.by == "CHN"] == ["chn-answers-us-301"]


def test_the_goods_of_an_answer_may_be_a_list_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "annex.csv").write_text("hs6,what\n120190,soya beans\n870323,cars\n")
    line = "  - {by: CHN, to: us-232, rule: rebalancing, match: duty, goods: {list: annex.csv}}\n"
    path = tmp_path / "d.yaml"
    path.write_text(FILE + line)
    (response,) = Dispute.read(path).responses
    assert [code.hs for code in response.goods.codes] == ["120190", "870323"]
    assert response.goods.notes == ("annex.csv: columns not read: what",)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ("rule: rebalancing", "a rebalancing answer needs match: duty or trade, and no measure"),
        ("rule: rebalancing, match: value", "a rebalancing answer needs match: duty or trade"),
        ("rule: in-kind, match: trade", "an answer in kind needs match: rate, value, duty, harm or best"),
        ("rule: in-kind, match: duty, goods: {all: true}", "goods and add are of a rebalancing answer"),
        ("rule: rebalancing, match: duty, add: 0%", "takes nothing back: write a rate above zero"),
        ("rule: rebalance, match: duty", "did you mean 'rebalancing'"),
        ("rule: rebalancing, match: duty, goods: {sectors: [A1]}", r"goods.sectors\[0\]: is not a sector of"),
    ],
)
def test_wrong_forms_are_told_the_right_one(response: str, says: str) -> None:
    with pytest.raises(BadDispute, match=says):
        Dispute.parse(f"{FILE}  - {{by: CHN, to: us-232, {response}}}\n")


def test_a_list_that_is_far_too_short_is_refused_on_its_line() -> None:
    line = "  - {by: CHN, to: us-232, rule: rebalancing, match: duty, goods: {value: 1mn, basis: customs}}\n"
    with pytest.raises(BadDispute, match=r"line 10: responses\[0\]: .* would need a rate of .*name more goods"):
        prepare(Dispute.parse(FILE + line), load_world("icio-2017"))
