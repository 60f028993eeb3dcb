"""`detente bands`: what it prints is what the library finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import SMALL, answer_on, typed

import detente as dt
from detente.analyses.bands.result import Bands
from detente.analyses.run.headlines import headline
from detente.data.bundled import load_world
from ensemble.conftest import TEXT

OPTIONS = ("--draws", 16, "--sets", "CP,U4", "--closures", "fixed", "--holds", "first USA real_income < 0")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bands") / "small.yaml"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ensemble is on three economies: what is tested is the command."""
    whole = load_world("icio-2017")
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in {"USA", "CHN"}]})
    answer_on(monkeypatch, world)


def ask(*words: object, command: str = "bands") -> tuple[int, str, str]:
    return typed(command, *words)


@pytest.mark.usefixtures("small")
def test_json_is_the_bands_of_the_library(case: Path) -> None:
    code, out, err = ask(case, *OPTIONS, "--json")
    assert (code, err) == (0, "")
    found = Bands.from_json(out)
    assert found.to_json() + "\n" == out
    assert found.count == 16
    assert found.over.elasticities == ("CP", "U4")
    assert json.loads(out)["holds"][0]["statement"] == "first USA real_income < 0"


@pytest.mark.slow  # compiles; the report says it in tests/report/test_report_bands.py
@pytest.mark.usefixtures("small")
def test_where_nothing_changes_the_screen_says_so_and_shows_no_table(tmp_path: Path) -> None:
    path = tmp_path / "quiet.yaml"
    path.write_text(TEXT[: TEXT.index("measures:")] + "measures: []\n", "utf-8")
    code, out, err = ask(path, "--draws", 4, "--sets", "U4")
    assert (code, err) == (0, "")
    assert "no scenario changes anything" in out
    assert "quantiles over draws" not in out


@pytest.mark.usefixtures("small")
def test_the_screen_shows_bands_statements_drivers_and_assumptions(case: Path, tmp_path: Path) -> None:
    code, out, _ = ask(case, *OPTIONS, "--out", tmp_path / "out", "--keep", tmp_path / "kept")
    assert code == 0
    for said in (
        "of draws (median",
        "holds in",
        "Which assumption drives it",
        "What the draws assume",
        "- ln theta spreads by 0.25 in every sector of U4",
        "- every theta is multiplied by one factor between 0.38 and 1, drawn evenly",
        "not a probability",
        "16 of 16 draws",
    ):
        assert said in out, said
    assert (tmp_path / "out/report.html").is_file()
    assert len(list((tmp_path / "kept/chunks").iterdir())) == 1


@pytest.mark.slow
def test_a_run_takes_its_bands_beside_it(tmp_path: Path) -> None:
    """One step on the whole world: findings as without bands, and what is drawn beside them."""
    path = tmp_path / "steel.yaml"
    path.write_text(SMALL, "utf-8")
    findings = dt.run(dt.Dispute.read(path))
    code, out, _ = ask(path, "--bands", 4, "--out", tmp_path / "out", command="run")
    assert code == 0
    assert out.splitlines()[0].startswith(headline(findings) + " How sure, by 4 draws: ")
    shown = " ".join(out.split())  # lines break where the path of the folder lets them
    for said in ("Nine draws in ten", "What drives it most", "not a probability", "What the draws assume:"):
        assert said in shown, said
    assert (tmp_path / "out/findings.json").read_text("utf-8") == findings.to_json()
    listed = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))["files"]
    assert {"bands/bands.json", "bands/tables/bands.csv", "bands/tables/draws.parquet", "charts/bands.svg"} <= set(
        listed
    )
    code, out, err = ask(path, "--bands", 4, "--json", command="run")
    assert (code, err) == (0, "")
    assert dt.Findings.from_json(out) == findings
    assert json.dumps(json.loads(out)["bands"]) == json.dumps(
        json.loads((tmp_path / "out/bands/bands.json").read_text("utf-8"))
    )
    assert (tmp_path / "out/bands/bands.json").read_text("utf-8") == dt.bands(findings, draws=4).to_json()
    code, out, _ = ask(path, "--json", command="run")
    assert out == findings.to_json() + "\n"
    assert ask(path, "--bands", 1, command="run")[0] == 2


@pytest.mark.usefixtures("small")
def test_what_is_wrong_is_said_with_its_code(case: Path) -> None:
    for words in (
        ("--of", "wars"),
        ("--sets", "CPP"),
        ("--closures", "balancd"),
        ("--draws", 1),
        ("--holds", "USA loses"),
    ):
        code, out, err = ask(case, *OPTIONS[:2], *words)
        assert (code, out) == (1, ""), words
        assert str(words[1]) in err
