"""The words of the project: phrases that were retired stay out, and the glossary names what exists.

A phrase is retired because it is no standard English, is a riddle, or stands for a term of the field. It is looked for
in prose, whatever its capitals and line breaks; blocks of code and shown output are left out, and so is the history in
the changelog.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pages import page_paths, prose

import detente

RETIRED = {
    "takes law in words": "describe tariffs as dated measures",
    "does to whom": "who gains and who loses from",
    "front doors refuse": "public functions check argument types and explain errors",
    "of another kind than": "has the wrong type",
    "says what it rests on": "states its data, elasticities and assumptions",
    "begins from the news": "drafts a dispute file from a news article",
    "lets governments choose": "computes best responses and Nash tariffs",
    "prices the talks": "prices every demand",
    "watches the clock": "computes probabilities by day",
    "it shall be": "the target is",
    "turns it round": "reverses its sign",
    "which way round": "direction",
    "as serves it best": "that maximises its own income",
    "who pays follows from": "the side that keeps the wedge determines who pays",
    "resting point": "equilibrium",
    "melt on the way": "iceberg trade costs",
    "the rest of the world lends more": "the rise of net lending by the rest of the world",
    "twice the say": "twice the bargaining power",
    "fair picks": "solutions",
    "who would blink": "which side gains by backing down",
    "it is no rare case": "this case is not rare",
    "how to ask them": "the commands",
    "with what comes out": "with their output",
    "who threatens what": "the threats",
    "who threatens whom": "the side that threatens and its target",
    "what is only diverted": "trade diversion",
    "what is shipped": "bundled files",
    "for one, or for everybody": "for one partner or for all",
    "things nobody knows for sure": "quantities that are not known exactly",
    "over all the ground": "over the range of assumptions",
    "the honest way": "correct the number at its source",
    "move against move": "compare the moves",
    "vary only what you doubt": "vary some assumptions only",
    "who wants what": "the demands",
    "what is there to sign": "the deals",
    "told anew": "new",
    "whoever still stands": "the sides that remain",
}
"""Phrase, in small letters → what to write instead."""


def retired_in(text: str) -> dict[str, str]:
    """The retired phrases of a text, each with its replacement."""
    plain = " ".join(text.lower().replace("’", "'").split())
    return {phrase: instead for phrase, instead in RETIRED.items() if phrase in plain}


def pages(root: Path) -> list[Path]:
    """The pages that are written by hand, apart from the changelog, which keeps the words of its day."""
    return [
        path
        for path in page_paths(root)
        if path.name != "CHANGELOG.md" and "<!-- Made by " not in path.read_text("utf-8")[:400]
    ]


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in pages(ROOT)])
def test_a_page_has_no_retired_phrase(root: Path, page: str) -> None:
    assert retired_in(prose((root / page).read_text("utf-8"))) == {}


@pytest.mark.parametrize("phrase", RETIRED)
def test_a_retired_phrase_that_comes_back_is_found(phrase: str) -> None:
    first, _, rest = phrase.partition(" ")
    assert phrase in retired_in(f"Here it {first.capitalize()}\n   {rest}, once more.")
    assert retired_in(prose(f"# Page\n\n```text\n{phrase}\n```\n")) == {}


def test_no_replacement_is_retired() -> None:
    assert {phrase: found for phrase, instead in RETIRED.items() if (found := retired_in(instead))} == {}


@pytest.fixture(scope="module")
def glossary(root: Path) -> list[list[str]]:
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \|$", (root / "docs/reference/glossary.md").read_text("utf-8"), re.M
    )
    return [list(row) for row in rows if row[0] not in ("term", "---") and not row[0].startswith("---")]


def test_a_term_is_explained_once(glossary: list[list[str]]) -> None:
    terms = [term for term, _, _ in glossary]
    assert len(terms) >= 60
    assert [term for term in terms if terms.count(term) > 1] == []


def test_a_definition_is_one_to_three_sentences(glossary: list[list[str]]) -> None:
    wrong = {
        term: text for term, text, _ in glossary if not text.endswith(".") or len(re.findall(r"\.(?= |$)", text)) > 3
    }
    assert wrong == {}


def test_the_glossary_names_what_exists(root: Path, glossary: list[list[str]]) -> None:
    """Every `dt.` name is public, every flag is in the reference of the command line, every module can be found."""
    code: dict[str, Any] = {"names": set(), "flags": set(), "modules": set()}
    for _, _, cell in glossary:
        for text in re.findall(r"`([^`]+)`", cell):
            code["names"].update(re.findall(r"\bdt\.(\w+)", text))
            code["flags"].update(re.findall(r"--[\w-]+", text))
            code["modules"].update(re.findall(r"\bdetente((?:\.\w+)+)", text))
    assert code["names"] - set(detente.__all__) == set()
    assert code["flags"] - set(re.findall(r"--[\w-]+", (root / "docs/reference/cli.md").read_text("utf-8"))) == set()
    homes = {name: root / "src/detente" / name.strip(".").replace(".", "/") for name in code["modules"]}
    assert {name for name, home in homes.items() if not (home.is_dir() or home.with_suffix(".py").is_file())} == set()
