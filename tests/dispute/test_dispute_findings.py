"""Findings: equal inputs give equal ids and texts; every number survives the round trip; nothing is written half."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import run
from detente.analyses.run.result import TABLES, Findings, UnknownScenario
from detente.data.world import World
from detente.dispute.results import UnknownChart, fingerprint, frame_from_json, frame_to_json
from detente.dispute.schema import Dispute
from detente.errors import BadInput, BadTable, CannotWrite


def test_equal_inputs_give_the_same_text(found: Findings, small: Dispute, small_world: World) -> None:
    again = run(Dispute.parse(small.to_yaml(), world=small_world), world=small_world)
    assert again.to_json() == found.to_json()
    assert again == found
    assert hash(again) == hash(found)


def test_the_id_is_of_everything_the_numbers_depend_on(found: Findings, small: Dispute, small_world: World) -> None:
    assert len(found.id) == 64
    others = [
        run(small.model_copy(update={"title": "Another"}), world=small_world),
        run(small, world=small_world, deficits="balanced"),
        run(small, world=small_world, elasticities="CP"),
    ]
    assert len({found.id, *(other.id for other in others)}) == 4


def test_the_fingerprint_sees_every_number_of_a_world(small_world: World) -> None:
    tariffs = small_world.tariffs.copy()
    tariffs[0, 1, 2] += 1e-12
    rest = (small_world.io, small_world.value_added, small_world.economies, small_world.sectors)
    same = World(small_world.flows, small_world.tariffs, *rest, name="another name", year=2017)
    other = World(small_world.flows, tariffs, *rest, year=2017)
    assert fingerprint(same) == fingerprint(small_world) != fingerprint(other)


def test_every_number_survives_the_round_trip(found: Findings) -> None:
    text = found.to_json()
    again = Findings.from_json(text)
    assert again.to_json() == text
    assert again == found
    assert again.dispute == found.dispute
    assert again.settings == found.settings
    for name, table in found.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table, check_exact=True, check_dtype=False)
    assert all(scenario.solution is None for scenario in again.scenarios)


def test_tables_are_tidy_with_the_scenario_first(found: Findings) -> None:
    tables = found.tables()
    assert tuple(tables) == TABLES
    for name, table in tables.items():
        assert table.columns[0] == "scenario", name
        assert set(table["scenario"]) <= {"baseline", *(scenario.id for scenario in found.scenarios)}
    assert list(dict.fromkeys(tables["economies"]["scenario"])) == ["baseline", *(s.id for s in found.scenarios)]


def test_the_summary_has_a_row_a_scenario_and_a_column_a_party(found: Findings) -> None:
    summary = found.summary()
    assert list(summary.columns) == ["scenario", "kind", "reference", "USA", "CHN"]
    assert len(summary) == 1 + len(found.scenarios)
    assert "first-answered" in found._repr_html_()
    assert "real_income" in found["first"]._repr_html_()


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest(found: Findings) -> None:
    for error in (KeyError, BadInput, UnknownScenario):
        with pytest.raises(error, match="'frist' is not a known scenario; did you mean 'first'"):
            found["frist"]
    assert found.get("frist") is None
    assert "frist" not in found


def test_findings_are_a_mapping_of_scenarios(found: Findings) -> None:
    assert list(found) == ["baseline", *(scenario.id for scenario in found.scenarios)]
    assert len(found) == len(found.states)
    assert all(found[id] is scenario for id, scenario in found.items())
    assert found.economies() is found.main.tables["economies"]
    assert found.main.id == "all-threats-answered" or found.main in found.scenarios


def test_findings_have_a_headline_and_charts_like_any_result(found: Findings) -> None:
    assert found.headline.endswith(".")
    assert found.plot().to_dict() == found.plot("steps").to_dict()
    with pytest.raises(UnknownChart, match="did you mean 'steps'"):
        found.plot("step")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "something else"}'])
def test_other_text_is_no_findings(text: str) -> None:
    with pytest.raises(BadTable, match="this is no findings"):
        Findings.from_json(text)


def test_a_table_survives_json_with_missing_numbers_counts_flags_and_text() -> None:
    frame = pd.DataFrame({"x": [0.1, np.nan, -0.0], "n": [1, 2, 3], "f": [True, False, True], "t": ["a", None, "ü"]})
    again = frame_from_json(json.loads(json.dumps(frame_to_json(frame), allow_nan=False)))
    assert again["x"].tolist()[0] == 0.1
    assert np.isnan(again["x"][1])
    assert np.signbit(again["x"][2])
    assert again["n"].dtype == np.int64
    assert again["f"].dtype == np.bool_
    assert again["t"].isna().tolist() == [False, True, False]
    with pytest.raises(BadTable, match="column x holds an infinite number"):
        frame_to_json(pd.DataFrame({"x": [np.inf]}))


def test_a_folder_holds_findings_tables_and_a_manifest_of_all(found: Findings, tmp_path: Path) -> None:
    folder = found.write(tmp_path / "deep" / "out")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["id"], manifest["dispute"]) == (found.id, "small")
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == {*manifest["files"], "manifest.json"}
    assert {f"tables/{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")} < written
    for name, entry in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
    assert Findings.from_json((folder / "findings.json").read_text()) == found
    assert Dispute.read(folder / "dispute.yaml", world=None) == found.dispute
    table = pd.read_parquet(folder / "tables" / "economies.parquet")
    pd.testing.assert_frame_equal(table, found.tables()["economies"], check_exact=True, check_dtype=False)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"], "nothing is left beside it"


def test_writing_again_replaces_its_files_and_leaves_others(found: Findings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    (folder / "findings.json").write_text("old")
    with pytest.raises(CannotWrite, match="is not empty and holds no results of detente"):
        found.write(folder)
    found.write(folder, force=True)
    assert (folder / "mine.txt").read_text() == "mine"
    assert (folder / "findings.json").read_text() == found.to_json()


def test_nothing_is_written_half(found: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = 0

    def fails_late(self: pd.DataFrame, *args: object, **options: object) -> bytes:
        nonlocal done
        done += 1
        if done == len(TABLES):
            raise OSError(28, "No space left on device")
        return b""

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fails_late)
    with pytest.raises(OSError, match="No space left"):
        found.write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == [], "neither the folder nor what was made beside it"
    existing = tmp_path / "there"
    existing.mkdir()
    (existing / "manifest.json").write_text("old")
    done = 0
    with pytest.raises(OSError, match="No space left"):
        found.write(existing, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert (existing / "manifest.json").read_text() == "old", "what was there is still whole"


def test_a_file_in_the_way_is_refused(found: Findings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="is a file: name a folder"):
        found.write(tmp_path / "file")
    with pytest.raises(BadInput, match="cannot be made"):
        found.write(tmp_path / "file" / "out")
