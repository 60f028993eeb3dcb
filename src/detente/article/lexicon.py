"""The lexicon of names: which words of a text name a side, and who the people in it are.

A side is named by its country, its people, its capital, its institutions, its leaders or its state media. A person has
a name, an office and a side, from where the text introduces the person and from the table of leaders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token
from spacy.util import filter_spans

from detente.article.language import UPPER, load_language, load_rules, load_table
from detente.data.codes import economy_name
from detente.data.products.weights import EU

Kind = Literal["country", "people", "capital", "government", "press", "leader"]
_PLACE: Final = frozenset({"in", "at", "near", "outside", "from", "around", "through", "across", "into"})
_NAME: Final = (
    rf"(?P<name>[{UPPER}][\w’'-]*[^\W\d_](?: (?:[A-Z]\.|[{UPPER}][\w’'-]*[^\W\d_]"
    rf"|(?:van|von|der|de|da|del|dos|bin|al|el)(?= [{UPPER}]))){{1,4}})(?<!’s)(?<!'s)"
)
"""Two to five words with capitals, particles between them."""
_PRIVATE: Final = frozenset(
    {"president", "chairman", "chairwoman", "chancellor", "secretary", "representative", "spokesman", "spokeswoman"}
    | {"spokesperson", "adviser", "advisor", "delegate"}
)
"""Offices that firms and associations have too: with `of` and a name after them they are no government's."""
TITLES: Final = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady|Shri|Smt|Prof|Professor|Senator|Sen|Rep|Congressman|Madam|Baroness)\.? )+"
)
"""Titles before a name."""
_ORGANISATION: Final = re.compile(r"\s+(?:of|at|for|to) (?:the )?(?!State\b|Commerce\b|Agriculture\b)[A-ZÀ-Þ]")
_ITS: Final = re.compile(r"\b(?:its|their|whose),? $")


@dataclass(frozen=True)
class Mention:
    """Words that name a side: tokens [start, end), the side's code, what kind of name it is, and the name itself."""

    start: int
    end: int
    code: str
    kind: Kind
    name: str


def side_name(code: str) -> str:
    """The usual name of a side."""
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


@dataclass(frozen=True)
class Person:
    """Somebody whom the text introduces: characters [start, end) of the introduction; side None where it names none."""

    name: str
    office: str | None
    side: str | None
    start: int
    end: int

    @property
    def leads(self) -> bool:
        """Whether the office is that of a head of state or government."""
        return self.office is not None and self.office.lower() in map(
            str.lower, load_rules("offices")["heads_of_state"]
        )


def people_in(doc: Doc, mentions: Sequence[Mention]) -> dict[str, Person]:
    """Everybody whom the text introduces with a full name, by surname and by name. The first introduction counts."""
    spans = [(doc[m.start].idx, doc[m.end - 1].idx + len(doc[m.end - 1]), m) for m in mentions]
    found: dict[str, Person] = {}
    codes = {mention.code for mention in mentions}
    for _, match in introductions(doc.text):
        side = _side_of(match, spans)
        office = _trimmed(match["office"], spans, match.start("office"))
        if office.split()[-1] in _PRIVATE and side is None and _ITS.search(doc.text[: match.start()][-8:]):
            continue  # the president of a firm or an association
        serves = _ORGANISATION.match(doc.text, match.end())
        if office.lower() in _PRIVATE and serves is not None:
            whose = next((m for first, _, m in spans if first == serves.end() - 1), None)
            if whose is None:
                continue
            side = side or whose.code
        name = TITLES.sub("", match["name"])
        if " " not in name:
            continue
        start = match.start() if "side" in match.groupdict() else min(match.start("office"), match.start("name"))
        person = Person(name, office, side or side_of_office(office, codes), start, match.end())
        for known in (name, name.split()[-1], name.split()[0]):
            found.setdefault(known, person)
    return found


def introductions(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Every introduction of a person: the rule and the match, the first rule winning where two fit."""
    taken: list[tuple[int, int]] = []
    found = []
    for rule, pattern in _patterns():
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                found.append((rule, match))
    yield from sorted(found, key=lambda pair: pair[1].start())


def side_of_office(office: str | None, codes: set[str]) -> str | None:
    """The one side among those named that has such an office, such as that of a Treasury Secretary."""
    named = (office or "").lower()
    having: list[str] = next(
        (row["codes"] for row in load_rules("offices")["of"] if named.endswith(row["office"].lower())), []
    )
    possible = [code for code in having if code in codes]
    return possible[0] if len(possible) == 1 else None


@cache
def sides_of_officials() -> dict[str, str]:
    """The side of ministers and envoys of recent disputes, for texts that leave it out."""
    return {row["name"]: row["code"] for row in load_table("officials")}


def leader_offices() -> dict[str, str]:
    """The office of each leader of the table."""
    return {row["name"]: row["office"] for row in load_table("leaders")}


def _side_of(match: re.Match[str], spans: Sequence[tuple[int, int, Mention]]) -> str | None:
    """The side that the introduction names: in its own slot, or at the head of the office."""
    slot = "side" if "side" in match.groupdict() else "office"
    start, end = match.span(slot)
    return next((m.code for first, last, m in spans if start <= first and last <= end and not _of_whom(match, first)),
                None)  # fmt: skip


def _of_whom(match: re.Match[str], first: int) -> bool:
    """Whether a side stands after `to`, as that to which an ambassador is sent."""
    return match.string[:first].endswith((" to ", " to the "))


def _trimmed(office: str, spans: Sequence[tuple[int, int, Mention]], start: int) -> str:
    """The office without the side at its head."""
    for first, last, _ in spans:
        if first == start and last < start + len(office):
            office = office[last - start :]
    return re.sub(r"^(?:[’']s)?\s+", "", office)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words: dict[str, Any] = load_rules("offices")
    before = "|".join(map(_either_case, words["before"]))
    heads = "|".join(map(_either_case, words["heads"]))
    after = "|".join(map(_either_case, words["after"]))
    office = (
        rf"(?P<office>(?:(?:European Commission |(?:{before})(?: and |, | |-)))*(?:{heads})"
        rf"(?: (?:of|for) (?:{after})\b| to (?:the )?[A-ZÀ-Þ][\w.]+)?)"
    )
    names = sorted({word for row in load_table("economies") for column in ("names", "adjectives")
                    for word in row[column].split("|") if word}, key=len, reverse=True)  # fmt: skip
    side = "(?P<side>\\b(?:" + "|".join(re.escape(name.removeprefix("the ")) for name in names) + r"))(?!\w)"
    slots = {"{side}": side, "{office}": office, "{name}": _NAME}
    return tuple((rule["id"], re.compile(_filled(rule["pattern"], slots))) for rule in load_rules("people"))


def _filled(pattern: str, slots: dict[str, str]) -> str:
    for slot, expression in slots.items():
        pattern = pattern.replace(slot, expression)
    return pattern


def _either_case(word: str) -> str:
    return rf"[{word[0].upper()}{word[0].lower()}]{re.escape(word[1:])}"
