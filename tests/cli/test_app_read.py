"""`detente read`: the draft on stdout or in a file, what was found beside it, and clear refusals."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from article.keys import TEXTS
from detente.cli.main import app
from detente.dispute.schema import Dispute

runner = CliRunner()
STEEL = TEXTS / "eu-us-steel.txt"


def ask(*words: object, stdin: bytes | None = None) -> tuple[int, str, str]:
    done = runner.invoke(app, [str(word) for word in words], input=stdin)
    return done.exit_code, done.stdout, done.stderr


def test_the_draft_goes_to_stdout_and_what_was_found_to_stderr() -> None:
    code, out, err = ask("read", STEEL)
    assert code == 0
    draft = Dispute.parse(out)
    assert set(draft.parties) == {"USA", "EUN"}
    assert err.startswith("Article of 2018-06-01: parties USA, EUN; measures: 4")
    assert err.count("Open question") == len(draft.questions)


def test_what_the_file_cannot_hold_is_shown() -> None:
    _, _, err = ask("read", TEXTS / "unseen-mexico.txt")
    shown = [line for line in err.splitlines() if line.startswith("Left out: quota or limit on quantities")]
    assert len(shown) == 1
    assert "opens a quota of 350,000 tons" in shown[0]


def test_stdin_is_read_and_gives_the_same_draft() -> None:
    from_file = Dispute.parse(ask("read", STEEL)[1])
    piped = Dispute.parse(ask("read", "-", stdin=STEEL.read_bytes())[1])
    assert piped.measures[0].add == from_file.measures[0].add
    assert list(piped.documents) == ["article"]


def test_the_file_is_written_checked_and_asks_its_questions(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    code, out, err = ask("read", STEEL, "-o", file)
    assert (code, err) == (0, "")
    assert f"Wrote {file}. Check it, then: detente run {file} --accept-defaults" in out
    code, out, _ = ask("check", file)
    assert code == 0
    assert "Open question q1: " in out


def test_a_file_that_is_there_is_left_alone_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("mine")
    code, _, err = ask("read", STEEL, "-o", file)
    assert (code, file.read_text()) == (4, "mine")
    assert "exists already" in err
    assert ask("read", STEEL, "-o", file, "--force")[0] == 0
    assert file.read_text().startswith("schema: 1\ndispute: ")
    assert ask("read", STEEL, "-o", tmp_path)[0] == 4
    assert ask("read", STEEL, "-o", tmp_path / "no" / "draft.yaml")[0] == 4


def test_json_has_the_draft_and_the_marks() -> None:
    code, out, err = ask("read", STEEL, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    text = STEEL.read_text("utf-8")
    assert Dispute.parse(found["draft"]).measures
    mark = next(mark for mark in found["marks"] if mark["kind"] == "delegate")
    assert text[mark["start"] : mark["end"]] == "Karel Brandt, the bloc’s trade commissioner"
    assert mark["says"] == "Karel Brandt, trade commissioner, EUN"


def test_the_day_can_be_given() -> None:
    out = ask("read", TEXTS / "japan-korea.txt", "--date", "2019-07-15")[1]
    assert Dispute.parse(out).as_of.isoformat() == "2019-07-15"
    code, _, err = ask("read", STEEL, "--date", "July")
    assert (code, "--date: 'July' is not a date" in err) == (1, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x00\x01" * 50, "is a binary file"),
        (b"<html><body>The talks between the two went on.</body></html>", "is HTML"),
        (b"x" * 5_000_000, "over the 60,000 characters"),
        (b"The weather in Geneva was fine and the boats went out on the lake again.", "tells of no trade dispute"),
    ],
)
def test_what_cannot_be_read_is_a_message_and_no_traceback(content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "it.txt"
    file.write_bytes(content)
    code, out, err = ask("read", file, "-o", tmp_path / "draft.yaml")
    assert (code, out) == (1, "")
    assert err.startswith("detente: it")
    assert says in err
    assert not (tmp_path / "draft.yaml").exists()


def test_a_missing_file_and_a_missing_extra_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = ask("read", "gone.txt")
    assert (code, "no such file as gone.txt" in err) == (1, True)
    for name in [name for name in sys.modules if name.startswith("detente.article")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    code, _, err = ask("read", STEEL)
    assert code == 1
    assert "needs spacy" in err
    assert "pip install 'detente[read]'" in err


def test_into_a_case_shows_what_changed_and_never_touches_the_case(tmp_path: Path) -> None:
    case, file = tmp_path / "case.yaml", tmp_path / "next.yaml"
    assert ask("read", STEEL, "-o", case)[0] == 0
    before = case.read_bytes()
    news = tmp_path / "news.txt"
    news.write_text(
        "BRUSSELS, June 15, 2018 - The European Union wants the United States to open its market to cheese by the end "
        "of the year. Brussels has threatened a tariff of 10% on Chinese toys.\n"
    )
    code, out, err = ask("read", news, "--into", case, "-o", file)
    assert (code, err, case.read_bytes()) == (0, "", before)
    assert "changed: as_of 2018-06-01 → 2018-06-15" in out
    assert "new: demands.eun-market: EUN of USA: open its market to cheese" in out
    merged = Dispute.read(file)
    assert {"USA", "EUN", "CHN"} == set(merged.parties)
    assert len(merged.measures) == len(Dispute.read(case).measures) + 1
    assert ask("read", news, "--into", case, "-o", case)[0] == 4
