"""A bloc among the parties is one economy of the world, made of its members."""

from __future__ import annotations

import numpy as np
import pytest

from detente import run
from detente.data.bundled import load_world
from detente.data.world import with_blocs
from detente.dispute.schema import Dispute
from detente.errors import BadDispute

BLOC = """\
dispute: bloc
title: A duty on a bloc
as_of: 2018-06-01
world: icio-2017
parties: {USA: {name: United States}, IBE: {name: Iberia, members: [ESP, PRT]}}
measures:
  - {id: steel, by: USA, on: IBE, status: threatened, goods: {sectors: [C24A]}, add: 25%}
  - {id: wine, by: IBE, on: USA, status: threatened, goods: {sectors: [C10T12]}, add: 10%}
"""


def test_trade_of_the_bloc_is_that_of_its_members() -> None:
    world = load_world("icio-2017")
    merged = with_blocs(world, Dispute.parse(BLOC).parties)
    assert merged.name == world.name
    assert len(merged.economies) == len(world.economies) - 1
    usa, members = world.index("USA"), [world.index("ESP"), world.index("PRT")]
    bought = merged.flows[merged.index("USA"), merged.index("IBE")]
    np.testing.assert_allclose(bought, world.flows[usa, members].sum(axis=0), rtol=1e-12)


def test_a_world_without_blocs_is_left_as_it_is() -> None:
    world = load_world("icio-2017")
    assert with_blocs(world, {"USA": {"name": "United States"}}) is world


def test_a_duty_on_a_bloc_is_the_duty_on_its_members() -> None:
    together = run(Dispute.parse(BLOC)).scenarios[0].tables["economies"].set_index("economy")["real_income"]
    text = BLOC.replace("IBE: {name: Iberia, members: [ESP, PRT]}", "ESP: {name: Spain}, PRT: {name: Portugal}")
    text = text[: text.index("  - {id: wine")].replace("on: IBE", "on: [ESP, PRT]")
    apart = run(Dispute.parse(text)).scenarios[0].tables["economies"].set_index("economy")["real_income"]
    # to merge two economies changes shares inside the bloc, so what a third economy feels agrees closely, not exactly
    assert together["USA"] == pytest.approx(apart["USA"], rel=0.02)
    assert min(apart["ESP"], apart["PRT"]) < together["IBE"] < max(apart["ESP"], apart["PRT"])


def test_the_file_keeps_the_members_and_findings_name_the_bloc() -> None:
    dispute = Dispute.parse(BLOC)
    assert Dispute.parse(dispute.to_yaml()) == dispute
    findings = run(dispute)
    assert findings.settings.world == "icio-2017"
    assert "IBE" in set(findings.baseline.tables["economies"]["economy"])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[ESP, PRT]", "[ESP, PRX]", r"line 5: parties.IBE.members\[1\]: is not an economy.*'PRX'.*'PRT'"),
        (
            "[ESP, PRT]}",
            "[ESP]}, FRA: {name: F}, DUO: {name: D, members: [ESP]}",
            r"DUO.members\[0\]: is a member of IBE, which enters",
        ),
        ("IBE: {name: Iberia, members: [ESP, PRT]}", "IBE: {name: Iberia}", "parties.IBE: is not an economy"),
    ],
)
def test_faults_of_a_bloc_have_their_place(old: str, new: str, says: str) -> None:
    with pytest.raises(BadDispute, match=says):
        Dispute.parse(BLOC.replace(old, new))
