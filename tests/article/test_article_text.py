"""What is no article is refused, with what it is and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from article.keys import KEYS, text_of
from detente.article.text import LEAST_ENGLISH, MOST_CHARACTERS, checked_text, english_share, read_text
from detente.errors import BadInput

GERMAN = (
    "Die Europäische Union hat am Freitag angekündigt, auf die amerikanischen Zölle mit eigenen Zöllen zu antworten. "
    "Der Handelskommissar sagte, die Gespräche würden fortgesetzt, doch eine Lösung sei nicht in Sicht."
)
FRENCH = (
    "Le gouvernement a annoncé vendredi de nouveaux droits de douane sur les vins importés des États-Unis. Les "
    "négociateurs se retrouveront à Genève la semaine prochaine pour tenter de trouver un accord."
)
SPANISH = (
    "El gobierno anunció el viernes nuevos aranceles sobre las importaciones de acero. Los negociadores se reunirán la "
    "próxima semana en Ginebra para intentar llegar a un acuerdo."
)
CHINESE = "中国商务部星期五表示，将对原产于美国的部分进口商品加征关税。双方将继续磋商。"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"", "is empty"),
        (b" \n\t\n ", "is empty"),
        (b"China taxes cars.", "has 3 words"),
        (b"%PDF-1.7 \x00\x01", "is a PDF"),
        (b"PK\x03\x04\x14\x00", "zip archive"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\x00\x01\x02" * 100, "binary file"),
        ("Zölle und Abgaben".encode("latin-1"), "not UTF-8"),
        (b"a\x07b " * 20, "control character"),
        (b"<!DOCTYPE html><html><body><p>The talks went on.</p></body></html>", "is HTML"),
        (b"<p>The United States and China went on with their talks in Geneva.</p>", "is HTML"),
        (GERMAN.encode(), "does not look like English"),
        (FRENCH.encode(), "does not look like English"),
        (SPANISH.encode(), "does not look like English"),
        (CHINESE.encode() * 20, "does not look like English"),
        (b"The talks went on. " * 300_000, "over the 60,000 characters"),
        (b"the talks went on and then they were to go on and " * 1_100, "a sentence of 54,999|a sentence of 55,000"),
    ],
)
def test_what_is_no_article_is_refused(given: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        checked_text(given, "it.txt")
    assert str(refused.value).startswith("it.txt")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "huge.txt"
    file.write_bytes(b"The talks went on. " * 270_000)  # 5 MB
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("it was read"))
    with pytest.raises(BadInput, match=r"5\.1 MB long"):
        read_text(file)


@pytest.mark.parametrize(("name", "says"), [("gone.txt", "no such file"), (".", "not a file")])
def test_a_path_that_is_no_file_is_refused(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_text(tmp_path / name)


def test_line_breaks_of_every_system_are_one_character(tmp_path: Path) -> None:
    words = "The United States and China\nwent on with their talks\nin Geneva on Friday.\n"
    for written in (words, words.replace("\n", "\r\n"), words.replace("\n", "\r")):
        assert checked_text(("\ufeff" + written).encode(), "it") == words


def test_every_text_of_the_tests_is_far_from_the_limits(shared: Path) -> None:
    for name in KEYS:
        text = text_of(name, shared)
        assert checked_text(text, name) == text
        assert len(text) < MOST_CHARACTERS / 10


def test_the_share_of_common_words_parts_english_from_other_languages(shared: Path) -> None:
    english = [english_share(text_of(name, shared)) for name in KEYS]
    other = [english_share(text) for text in (GERMAN, FRENCH, SPANISH)]
    assert min(english) - LEAST_ENGLISH > 0.05
    assert LEAST_ENGLISH - max(other) > 0.05
