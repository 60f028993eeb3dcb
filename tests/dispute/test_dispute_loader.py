"""The text-safe loader: scalars stay text, every node has its line, whatever a file has no use for is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import detente as dt
from detente.dispute.loader import MOST_BYTES, load_text, read_bytes
from detente.dispute.tree import dotted
from detente.errors import BadDispute


def refused(text: str | bytes) -> str:
    with pytest.raises(BadDispute) as problem:
        load_text(text, "file.yaml")
    return str(problem.value)


@pytest.mark.parametrize(
    "written",
    [
        "010121",
        "no",
        "on",
        "yes",
        "y",
        "1:30",
        "1_000",
        ".inf",
        ".nan",
        "0x1f",
        "0o17",
        "2018-05-04",
        "1e3",
        "25%",
        "150bn",
        "=",
    ],
)
def test_what_yaml_takes_for_something_else_stays_text(written: str) -> None:
    assert load_text(f"a: {written}\nb: [{written}]\n{written}: c", "f").value == {
        "a": written,
        "b": [written],
        written: "c",
    }


@pytest.mark.parametrize("written", ["null", "~", ""])
def test_only_a_plain_null_is_nothing(written: str) -> None:
    assert load_text(f"a: {written}\n", "f").value == {"a": None}
    assert load_text(f"a: '{written}'\n", "f").value == {"a": written}


def test_every_node_has_its_line() -> None:
    tree = load_text("a: 1\nb:\n  - x: 1\n    y: [p,\n      q]\n", "f")
    assert tree.line(("a",)) == 1
    assert tree.line(("b", 0, "y", 1)) == 5
    assert tree.line(("b", 0, "z", 3, "deep")) == 3, "a node that is not there has the line of the nearest one above"


def test_a_key_given_twice_is_a_fault_with_both_lines() -> None:
    tree = load_text("a: 1\nb: {c: 1, c: 2}\na: 3\n", "f")
    assert [str(fault) for fault in tree.faults] == [
        "line 2: b.c: is given twice, first on line 2: keep one",
        "line 3: a: is given twice, first on line 1: keep one",
    ]


def test_an_alias_is_refused_so_that_no_short_file_unfolds_into_a_huge_one() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in pairwise("abcdefghi")
    )
    text = refused(bomb)
    assert "line 1: a: has an anchor" in text
    assert "line 2: b[0]: repeats another part by an alias: write it out; found *a" in text


def test_a_tag_is_a_fault() -> None:
    assert "has a tag" in str(load_text("a: !!python/object:os.system x", "f").faults[0])


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "---\n"])
def test_an_empty_file_says_how_to_start(text: str) -> None:
    assert "is empty: start from the template of `detente new`" in refused(text)


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text"])
def test_a_file_that_is_no_set_of_keys_is_refused(text: str) -> None:
    assert "is not a list of keys with values" in refused(text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a:\n\tb: 1\n", 2, "has a tab where a line is indented: use spaces"),
        ("a: 1\n---\nb: 2\n", 2, "has a second document"),
        ("a: [1,\nb: 2\n", 3, "is not valid YAML"),
        ("a: b: c\n", 1, "is not valid YAML"),
        ("? [a]\n: 2\n", 1, "has a key that is not text"),
        ("ok: 1\nbell: \x07\n", 2, "cannot be read"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nests deeper than 30 levels"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, line: int, said: str) -> None:
    message = refused(text)
    assert said in message
    assert f"line {line}: " in message


def test_deep_nesting_is_refused_before_it_exhausts_the_stack() -> None:
    assert "nests deeper" in refused("[" * 100_000) or "is not valid YAML" in refused("[" * 100_000)


def test_bytes_that_are_no_utf8_say_which_line() -> None:
    assert "line 2: file: is not UTF-8 text: save it as UTF-8; found byte 0xff at position 5" in refused(
        b"a: 1\n\xff: 2\n"
    )
    assert "is not UTF-8 text" in refused("a: ü\n".encode("utf-16"))


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert load_text(b"\xef\xbb\xbfa: 1\n", "f").value == {"a": "1"}


def test_a_file_of_10_mb_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.yaml"
    path.write_text("a: 1\n" + "# " + "x" * 10_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read before its size was seen"))
    with pytest.raises(BadDispute, match=r"huge\.yaml: 1 fault\n  file: is 10\.0 MB long, over the 5 MB that are read"):
        read_bytes(path)


def test_text_over_the_limit_is_refused() -> None:
    assert "over the 5 MB" in refused("a: " + "x" * MOST_BYTES)
    assert "over the 5 MB" in refused(b"a: " + b"x" * MOST_BYTES)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadDispute, match="is not a file"):
        read_bytes(tmp_path)


def test_a_path_is_written_as_a_person_would() -> None:
    assert dotted(("measures", 2, "by")) == "measures[2].by"


@pytest.mark.parametrize(
    "call",
    [
        lambda: dt.run(3),  # type: ignore[arg-type]
        lambda: dt.talks(None),  # type: ignore[arg-type]
        lambda: dt.Dispute.read(3),  # type: ignore[arg-type]
        lambda: dt.Dispute.parse(None),  # type: ignore[arg-type]
        lambda: dt.Dispute.from_values([1]),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_dispute_is_refused_in_words(call) -> None:
    with pytest.raises(dt.BadInput, match="give"):
        call()
