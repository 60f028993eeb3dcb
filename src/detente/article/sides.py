"""Which words of a text name a side: countries, their people, capitals, institutions, leaders and state media."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token
from spacy.util import filter_spans

from detente.article.language import load_language
from detente.article.tables import load_table
from detente.data.names import economy_name

EU: Final = "EUN"
"""What the European Union is called here; worlds have its members."""
EU_MEMBERS: Final = (
    *("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL"),
    *("ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"),
)
"""The members since 2020; the United Kingdom, which left on 31 January 2020, is not among them."""

Kind = Literal["country", "people", "capital", "government", "press", "leader"]
_PLACE: Final = frozenset({"in", "at", "near", "outside", "from", "around", "through", "across", "into"})


@dataclass(frozen=True)
class Mention:
    """Words that name a side: tokens [start, end), the side's code, what kind of name it is, and the name itself."""

    start: int
    end: int
    code: str
    kind: Kind
    name: str


def side_name(code: str) -> str:
    """What people call a side."""
    return "European Union" if code == EU else economy_name(code)


def mentions_in(doc: Doc) -> list[Mention]:
    """Every name of a side, the longest where names overlap."""
    matcher, known = _matcher()
    found = filter_spans(matcher(doc, as_spans=True))
    mentions = []
    for span in found:
        code, kind, name = known[span.label_]
        hyphen = (span.start > 0 and doc[span.start - 1].text in "-–" and not doc[span.start - 1].whitespace_) or (
            span.end < len(doc) and doc[span.end].text in "-–" and not doc[span.end - 1].whitespace_
        )
        if code and not (hyphen and kind == "people"):
            mentions.append(Mention(span.start, span.end, code, kind, name))
    return mentions


def names_a_place(token: Token) -> bool:
    """Whether a capital stands for the place where something happens, not for its government."""
    return token.dep_ == "pobj" and token.head.lemma_.lower() in _PLACE


@cache
def _matcher() -> tuple[PhraseMatcher, dict[str, tuple[str, Kind, str]]]:
    language = load_language()
    matcher = PhraseMatcher(language.vocab, attr="ORTH")
    known: dict[str, tuple[str, Kind, str]] = {}
    for position, (words, code, kind, name) in enumerate(_names()):
        label = f"side-{position}"
        known[label] = (code, kind, name)
        matcher.add(label, [language.make_doc(words)])
    return matcher, known


def _names() -> Iterator[tuple[str, str, Kind, str]]:
    for row in load_table("ignored"):
        yield row["words"], "", "country", ""
    for row in load_table("economies"):
        kinds: tuple[tuple[str, Kind], ...] = (("names", "country"), ("adjectives", "people"), ("capitals", "capital"))
        for column, kind in kinds:
            for words in filter(None, row[column].split("|")):
                yield words, row["code"], kind, side_name(row["code"])
                if kind == "people" and words.endswith("an"):  # the Europeans, the Mexicans
                    yield f"{words}s", row["code"], kind, side_name(row["code"])
    for row in load_table("institutions"):
        yield row["name"], row["code"], "press" if row["kind"] == "press" else "government", row["name"]
    for row in load_table("leaders"):
        for words in filter(None, {row["name"], row["surname"]}):
            yield words, row["code"], "leader", row["name"]
