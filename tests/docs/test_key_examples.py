"""Every key of a dispute file has an example in the reference, and the files that examples are taken from run."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import detente as dt
from detente.dispute.loader import load_text
from detente.dispute.schema import Dispute

KEPT = {
    "labour": {"USA", "CHN"},
    "duties": {"USA", "CAN", "CHN", "DEU", "IRL", "JPN", "MEX"},
    "negotiation": {"USA", "CHN"},
    "quantities": {"USA", "CHN", "CAN", "AUS", "NZL"},
}
"""File → the economies of its world that are kept apart here, so that it runs in a second; the others are one."""


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    return runpy.run_path(str(root / "tools/key_examples.py"))


def test_every_key_has_an_example(tool: dict[str, Any]) -> None:
    assert tool["without_example"]() == []
    assert {path.stem for path in tool["files"]()} == set(KEPT)


def test_a_key_without_an_example_is_named(tool: dict[str, Any], tmp_path: Path) -> None:
    text = (tool["KEYS"] / "quantities.yaml").read_text("utf-8").replace("holder: CHN", "").replace(", }", "}")
    (tmp_path / "quantities.yaml").write_text(text, "utf-8")
    tool["without_example"].__globals__["KEYS"] = tmp_path
    try:
        assert "TariffRateQuota.holder" in tool["without_example"]()
        assert "TariffRateQuota.in" not in tool["without_example"]()
    finally:
        tool["without_example"].__globals__["KEYS"] = tool["KEYS"]


def test_an_example_reads_back_as_it_is_in_its_file(tool: dict[str, Any]) -> None:
    """Written in one line, an example is YAML, and a product code stays text."""
    for (_, key), text in tool["examples"]().items():
        assert list(load_text(text, "example").value) == [key], text
    assert tool["examples"]()["TariffLine", "hs"] == 'hs: "940320"'
    assert tool["examples"]()["TariffRateQuota", "in"] == "in: 0%"


@pytest.mark.filterwarnings("ignore:.* is read as the .* members:detente.errors.DetenteWarning")
@pytest.mark.parametrize("name", sorted(KEPT))
def test_the_file_of_examples_runs(tool: dict[str, Any], name: str) -> None:
    """Every state of it is solved, and every threat changes something."""
    path = tool["KEYS"] / f"{name}.yaml"
    whole = dt.load_world(str(load_text(path.read_text("utf-8"), path.name).value["world"]))
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in KEPT[name]]})
    dispute = Dispute.read(path, world=world)
    findings = dt.run(dispute, world=world, accept_defaults=True)
    assert {its.outcome for its in findings.scenarios} == {"SOLVED"}
    pending = {m.id for m in dispute.measures if m.status in ("threatened", "proposed")}
    moved = {its.id for its in findings.scenarios if np.abs(its.tables["economies"]["real_income"]).max() > 1e-9}
    assert pending <= moved
