"""`detente hold`: what it prints is what the library finds, and every option is passed on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import typed

from detente.analyses.hold.compliance_sentences import headline
from detente.analyses.hold.options import HoldOptions
from detente.analyses.hold.result import Hold
from detente.dispute.session import Progress, Session
from hold_lab import FACTIONS, TEXT, small_hold

ASKED: list[tuple[Session, HoldOptions]] = []


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hold") / "hold.yaml"
    path.write_text(TEXT + FACTIONS, "utf-8")
    return path


@pytest.fixture(autouse=True)
def found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hold here is the one found once: what is tested is the command."""
    found = small_hold()

    def known(session: Session, options: HoldOptions, progress: Progress | None = None) -> Hold:
        ASKED.append((session, options))
        return found

    monkeypatch.setattr("detente.analyses.hold.compute.compute", known)


def ask(*words: object) -> tuple[int, str, str]:
    return typed("hold", *words)


def test_json_is_the_hold_of_the_library(case: Path) -> None:
    code, out, err = ask(case, "--json")
    assert (code, err) == (0, "")
    assert out == small_hold().to_json() + "\n"


def test_a_person_reads_what_is_kept_ratified_and_where_it_rests(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    code, out, _ = ask(case)
    assert code == 0
    assert out.splitlines()[0] == headline(small_hold())
    for word in ("Shortest truce", "The truce", "Ratification at home", "Vetoed by", "hardliners", "China: give way"):
        assert word in out
    assert small_hold().id[:12] in out
    assert "\x1b" not in out


def test_options_are_passed_on(case: Path) -> None:
    words = ("--players", "CHN, USA", "--objective", "real income + 0.5 revenue", "--one-rate", "--period", 0.5)
    words += ("--package", "stop, open")
    words += ("--annual-rate", 0.1, "--lag", 0.2, "--lasting", 3, "--no-deal", "status-quo", "--quota", 0.6)
    code, _, _ = ask(case, "--json", *words, "--deficits", "balanced", "--elasticities", "CP", "--world", "icio-2018")
    assert code == 0
    session, asked = ASKED[-1]
    assert str(asked.objective) == "real income + 0.5 × revenue of CHN + 0.5 × revenue of USA"
    assert asked.given() | {"objective": None} == {
        "players": ("CHN", "USA"),
        "objective": None,
        "one_rate": True,
        "period": 0.5,
        "annual_rate": 0.1,
        "lag": 0.2,
        "lasting": 3.0,
        "no_deal": "status quo",
        "quota": 0.6,
        "packages": (("stop, open", ("stop", "open")),),
        "world": "icio-2018",
        "elasticities": "CP",
        "deficits": "balanced",
    }
    assert (session.dispute.dispute, session.settings.world, session.settings.elasticities) == (
        "small-hold",
        "icio-2018",
        "CP",
    )
    assert session.settings.deficits == "balanced"


def test_a_folder_has_numbers_a_chart_and_a_report(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    code, out, _ = ask(case, "--out", target)
    assert code == 0
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert {"hold.json", "report.html", "report.md", "charts/patience.svg", "charts/patience.png"} <= there
    assert set(json.loads((target / "manifest.json").read_text("utf-8"))["files"]) | {"manifest.json"} == there
    assert f"Wrote {len(there)} files to {target}" in out


def test_zero_is_a_value(case: Path) -> None:
    assert ask(case, "--lag", 0, "--quota", "0")[0] == 0
    assert (ASKED[-1][1].lag, ASKED[-1][1].quota) == (0.0, 0.0)
    code, _, err = ask(case, "--period", 0)
    assert (code, "period is 0.0: give a number over 0" in err) == (1, True)


def test_a_no_deal_that_is_none_is_refused(case: Path) -> None:
    code, _, err = ask(case, "--no-deal", "peace")
    assert code == 2
    assert "answered" in err
