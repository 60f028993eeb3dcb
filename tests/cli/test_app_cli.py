"""The command line in this process: what it prints, and that it is the library's own answer."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from app_lab import OPEN, SMALL, typed
from typer.main import get_command

import detente as dt
from detente.analyses.run.headlines import headline
from detente.analyses.war.result import War
from detente.cli.main import app
from detente.dispute.json_schemas import dispute_schema, result_schema
from detente.errors import NotSolved
from detente.policy.averages import average_tariffs

COMMANDS = (
    "run",
    "war",
    "bands",
    "brief",
    "path",
    "talks",
    "hold",
    "clock",
    "markets",
    "read",
    "check",
    "new",
    "schema",
    "worlds",
    "cases",
    "elasticities",
    "products",
    "tariffs",
    "serve",
)


def test_run_prints_the_findings_of_the_library_as_json(small_case: Path) -> None:
    code, out, err = typed("run", small_case, "--json")
    assert (code, err) == (0, "")
    assert out == dt.run(dt.Dispute.read(small_case)).to_json() + "\n"


def test_run_takes_world_elasticities_closure_and_horizon(small_case: Path) -> None:
    words = ("--world", "icio-2014", "--elasticities", "CP", "--deficits", "proportional", "--horizon", "short")
    code, out, _ = typed("run", small_case, "--json", *words)
    settings = json.loads(out)["settings"]
    assert code == 0
    assert [settings[k] for k in ("world", "elasticities", "deficits", "horizon")] == list(words[1::2])


def test_run_prints_the_headline_first_and_the_assumptions(small_case: Path) -> None:
    code, out, err = typed("run", small_case)
    findings = dt.run(dt.Dispute.read(small_case))
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == headline(findings)
    assert findings.assumed == ("us-steel: add (25%) is assumed; no source states it",)
    assert "Steel: add (25%) is assumed; no source states it" in out
    assert findings.id[:12] in out
    for word in ("Steel", "United", "China", "If threats are carried out"):
        assert word in out
    assert "\x1b" not in out


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_window_except_paragraphs(
    small_case: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = typed("run", small_case)[1]
    table = [line for line in out.splitlines() if line.startswith(("Steel", "─"))]
    assert table
    assert all(len(line.rstrip()) <= width for line in table)
    assert ("more column" in out) == (width == 60)


def test_run_writes_a_folder(small_case: Path, tmp_path: Path) -> None:
    code, out, _ = typed("run", small_case, "--out", tmp_path / "report")
    assert code == 0
    manifest = json.loads((tmp_path / "report" / "manifest.json").read_text("utf-8"))
    there = {p.relative_to(tmp_path / "report").as_posix() for p in (tmp_path / "report").rglob("*") if p.is_file()}
    assert set(manifest["files"]) | {"manifest.json"} == there
    assert {"findings.json", "report.md", "report.html", "tables/economies.csv", "tables/economies.parquet"} <= there
    assert f"Wrote {len(there)} files to {tmp_path / 'report'}" in out
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_open_questions_are_refused_and_answered_when_told_to(tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(OPEN, "utf-8")
    code, out, err = typed("run", path)
    assert (code, out) == (1, "")
    assert "--accept-defaults" in err
    code, out, _ = typed("run", path, "--json", "--accept-defaults")
    assert code == 0
    assert any("From when?" in text for text in json.loads(out)["assumed"])
    code, out, _ = typed("check", path)
    assert code == 0
    assert "Open question q1: From when?" in out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("run", "us-chna-2018"), "did you mean 'us-china-2018'?"),
        (("run", "nothing.yaml"), "nothing.yaml"),
        (("check", "us-china-2018", "--world", "icio-2071"), "did you mean 'icio-201"),
        (("tariffs", "us-china-2018", "--on", "24.9.2018"), "write it as 2018-05-04"),
        (("tariffs", "us-china-2018", "--on", "2018-02-30"), "not a day of the calendar"),
    ],
)
def test_a_fault_of_the_input_is_one_message_with_a_remedy(words: tuple[str, ...], found: str) -> None:
    code, out, err = typed(*words)
    assert (code, out) == (1, "")
    assert err.startswith("detente: ")
    assert found in err
    assert "Traceback" not in err


def test_an_unknown_set_of_elasticities_is_refused(small_case: Path) -> None:
    code, out, err = typed("run", small_case, "--elasticities", "U5")
    assert (code, out) == (1, "")
    assert "'U5' is not a known set of elasticities; there are: BSY, CP," in err


def test_check_names_every_fault_at_once(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(
        SMALL.replace("25%", "2500%").replace("on: CHN", "on: CHX").replace("title: A", "titel: A"), "utf-8"
    )
    code, out, err = typed("check", path)
    assert (code, out) == (1, "")
    assert err.count("line ") >= 3
    code, out, err = typed("check", path, "--json")
    told = json.loads(out)
    assert (code, err, told["ok"]) == (1, "", False)
    assert {"path", "message", "line", "near"} <= told["faults"][0].keys()
    assert len(told["faults"]) >= 3


def test_check_says_what_is_there(small_case: Path) -> None:
    code, out, _ = typed("check", small_case)
    assert (code, "no faults; measures: 1, demands: 0, states: 2" in out) == (0, True)
    assert json.loads(typed("check", small_case, "--json")[1]) | {"notes": []} == {
        "case": str(small_case), "ok": True, "faults": [], "dispute": "small", "world": "icio-2017",
        "measures": 1, "demands": 0, "states": 2, "questions": [], "notes": [], "lists": [], "codes": [],
    }  # fmt: skip


def test_new_writes_a_file_that_checks_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert typed("new", path)[0] == 0
    text = path.read_text("utf-8")
    assert typed("check", path)[0] == 0
    code, out, err = typed("new", path)
    assert (code, out) == (4, "")
    assert "exists already" in err
    assert path.read_text("utf-8") == text
    assert json.loads(typed("new", tmp_path / "other.yaml", "--json")[1]) == {"written": str(tmp_path / "other.yaml")}
    assert typed("new", tmp_path / "no" / "folder.yaml")[0] == 4


def test_schema_prints_the_schema_of_the_file_or_of_a_result() -> None:
    code, out, err = typed("schema")
    assert (code, err) == (0, "")
    assert json.loads(out) == dispute_schema()
    assert json.loads(typed("schema", "war")[1]) == result_schema(War)
    code, out, err = typed("schema", "wars")
    assert (code, out) == (1, "")
    assert "did you mean 'war'?" in err


def test_new_names_the_file_so_that_check_finds_it(tmp_path: Path) -> None:
    assert json.loads(typed("new", tmp_path / "my", "--json")[1]) == {"written": str(tmp_path / "my.yaml")}
    assert [path.name for path in tmp_path.iterdir()] == ["my.yaml"]
    assert typed("check", tmp_path / "my.yaml")[0] == 0
    code, _, err = typed("new", tmp_path / "my.txt")
    assert code == 4
    assert "does not end in .yaml" in err
    code, _, err = typed("new", tmp_path)
    assert code == 4
    assert "is a folder" in err


def test_a_file_that_is_not_there_is_called_that(tmp_path: Path) -> None:
    for name in ("other.yaml", "other"):
        code, _, err = typed("check", tmp_path / name)
        assert code == 1
        assert "there is no such file" in err


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("worlds", ["icio-2014", "icio-2017", "icio-2018", "icio-2022"]),
        ("cases", list(dt.list_cases())),
        ("elasticities", list(dt.list_elasticities()["name"])),
    ],
)
def test_lists_are_tables_or_json(command: str, names: list[str]) -> None:
    code, out, _ = typed(command)
    assert code == 0
    assert all(name in out for name in names)
    assert [row["name"] for row in json.loads(typed(command, "--json")[1])] == names


def test_tariffs_are_those_of_the_library() -> None:
    code, out, _ = typed("tariffs", "us-china-2018-2020", "--on", "2019-09-15", "--json")
    found = json.loads(out)
    dispute = dt.Dispute.read("us-china-2018-2020")
    book = dt.TariffBook(dt.load_world("icio-2017"), dispute.measures)
    wanted = average_tariffs(book, date(2019, 9, 15))
    assert code == 0
    assert found["in_force"] == list(book.in_force(date(2019, 9, 15)))
    assert [row["after"] for row in found["averages"]] == list(wanted["after"])
    assert {row["weights"] for row in found["averages"]} == {"imports", "equal"}
    shown = typed("tariffs", "us-china-2018-2020", "--on", "2019-09-15")[1]
    assert "Iron and steel" in shown
    said = " ".join(shown.split())
    assert "imports: weighted by customs imports of 2017 where they are bundled" in said
    assert "A report weighs sectors by the imports of its world" in said
    assert f"{wanted['after'].iloc[0] * 100:.1f}" in shown


def test_what_is_not_solved_says_so_with_its_own_code(small_case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise NotSolved("the fixed point was not reached: try smaller tariffs")

    monkeypatch.setattr("detente.analyses.run.compute.compute", fails)
    code, out, err = typed("run", small_case)
    assert (code, out) == (3, "")
    assert err == "detente: not solved: the fixed point was not reached: try smaller tariffs\n"


def test_a_fault_of_its_own_is_one_line_and_a_traceback_only_when_asked(
    small_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("E1")

    monkeypatch.setattr("detente.analyses.run.compute.compute", fails)
    code, out, err = typed("run", small_case)
    assert (code, out, err.count("\n")) == (70, "", 1)
    assert "this is a fault of detente: KeyError: 'E1'; please report it" in err
    assert "Traceback" in typed("run", small_case, "--debug")[2]


def test_an_interrupt_has_its_own_code(small_case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.analyses.run.compute.compute", fails)
    assert typed("run", small_case) == (130, "", "detente: interrupted\n")


def test_every_command_has_json_debug_and_help() -> None:
    for command in COMMANDS:
        text = typed(command, "--help")[1]
        # serve prints nothing but where it listens, and schema nothing but JSON
        assert "--json" in text or command in ("serve", "schema")
        assert "--debug" in text
    assert set(get_command(app).list_commands(None)) == set(COMMANDS)  # type: ignore[attr-defined]


def test_help_documents_every_exit_code() -> None:
    text = typed("--help")[1]
    assert re.findall(r"^    (\d+) ", text, re.MULTILINE) == ["0", "1", "2", "3", "4", "70", "130", "141"]
    assert typed()[1] == text
    assert typed("run")[0] == 2
    assert typed("run", "us-china-2018", "--deficits", "none")[0] == 2


def test_version() -> None:
    assert typed("--version")[:2] == (0, f"detente {dt.__version__}\n")


def test_products_are_found_by_words() -> None:
    code, out, _ = typed("products", "frozen", "swine", "--json")
    assert code == 0
    rows = json.loads(out)
    assert {row["hs6"][:4] for row in rows} >= {"0203"}
    assert [row["imports_usd_mn"] for row in rows] == sorted((row["imports_usd_mn"] for row in rows), reverse=True)
    code, _, err = typed("products", "frozen", "unicorns")
    assert code == 1
    assert "no product's description has all of 'frozen unicorns'" in err
