"""The words of the project: phrases that were retired stay out, and the glossary names what exists.

A phrase is retired because it is not standard English, is a riddle, or stands for a term of the field. It is looked for
in the prose of the pages and in every text of the package (docstrings, help, messages, templates), whatever its
capitals and line breaks. Blocks of code and shown output are left out, and so is the history in the changelog.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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
    "is no probability": "is not a probability",
    "is no number": "is not a number",
    "is no finite number": "is not a finite number",
    "is no date:": "is not a date:",
    "is no day:": "is not a day:",
    "is there twice": "appears twice",
    "is there already:": "exists already:",
    "bears no date": "has no date",
    "is no option": "is not an option",
    "is not yaml here": "is not valid YAML",
    "with commas between": "separated by commas",
    "ask it otherwise": "options",
    "asks nothing of": "works offline",
    "what governments want": "the objective of governments",
    "what both governments want": "the objective of both governments",
    "it cuts for all": "tariff cuts apply to all partners",
    "the disputes that are played out": "the simulated disputes",
    "where it leads if": "the tariff war",
    "what markets should fear, and": "exposure of equity and",
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


def texts(path: Path) -> Iterator[str]:
    """The texts of a file of the package: every string of a module, the whole of a template."""
    written = path.read_text("utf-8")
    if path.suffix != ".py":
        yield written
        return
    for node in ast.walk(ast.parse(written)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_text_of_the_package_has_a_retired_phrase(root: Path) -> None:
    files = [path for kind in ("*.py", "*.j2") for path in sorted((root / "src/detente").rglob(kind))]
    assert len(files) > 100
    found = {
        f"{path.relative_to(root)}: {phrase}": instead
        for path in files
        for text in texts(path)
        for phrase, instead in retired_in(text).items()
    }
    assert found == {}


@pytest.mark.parametrize("place", ["docstring", "help", "message"])
def test_a_retired_phrase_is_found_in_each_text_of_a_module(tmp_path: Path, place: str) -> None:
    said = dict.fromkeys(("docstring", "help", "message"), "fine") | {place: "what the clock does " + "to whom"}
    module = tmp_path / "module.py"
    module.write_text(
        f'def f(x: object = option(None, "{said["help"]}")) -> None:\n    """{said["docstring"]}"""\n'
        f'    raise ValueError("{said["message"][:22]}" "{said["message"][22:]}")\n',
        "utf-8",
    )
    assert [found for text in texts(module) for found in retired_in(text)] == ["does to whom"]


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
