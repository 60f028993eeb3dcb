"""`detente bands`: what it prints is what the library finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente import ensemble
from detente.app.cli import app
from detente.data import load_world
from detente.ensemble import Bands
from ensemble.conftest import TEXT

runner = CliRunner()
OPTIONS = ("--draws", 16, "--sets", "CP,U4", "--closures", "fixed", "--holds", "first USA real_income < 0")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bands") / "small.yaml"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ensemble here is on three economies: what is tested is the command."""
    whole = load_world("icio-2017")
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in {"USA", "CHN"}]})
    real = ensemble.bands
    monkeypatch.setattr("detente.ensemble.bands", lambda dispute, **given: real(dispute, **{**given, "world": world}))


def ask(*words: object) -> tuple[int, str, str]:
    done = runner.invoke(app, ["bands", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_json_is_the_bands_of_the_library(case: Path) -> None:
    code, out, err = ask(case, *OPTIONS, "--json")
    assert (code, err) == (0, "")
    found = Bands.from_json(out)
    assert found.to_json() + "\n" == out
    assert found.count == 16
    assert found.over.elasticities == ("CP", "U4")
    assert json.loads(out)["holds"][0]["statement"] == "first USA real_income < 0"


def test_the_screen_shows_bands_statements_drivers_and_assumptions(case: Path, tmp_path: Path) -> None:
    code, out, _ = ask(case, *OPTIONS, "--out", tmp_path / "out", "--keep", tmp_path / "kept")
    assert code == 0
    for said in (
        "of draws (median",
        "holds in",
        "Draws of elasticities",
        "Assumed: U4",
        "no probability",
        "16 of 16 draws",
    ):
        assert said in out, said
    assert (tmp_path / "out/report.html").is_file()
    assert len(list((tmp_path / "kept/chunks").iterdir())) == 1


def test_what_is_wrong_is_said_with_its_code(case: Path) -> None:
    for words in (("--sets", "CPP"), ("--closures", "balancd"), ("--draws", 1), ("--holds", "USA loses")):
        code, out, err = ask(case, *OPTIONS[:2], *words)
        assert (code, out) == (1, ""), words
        assert str(words[1]) in err
