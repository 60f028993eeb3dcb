"""The rules are files: lists of words, regular expressions, trees of a sentence; each with examples that test it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from spacy.matcher import DependencyMatcher
from spacy.tokens import Doc, Span, Token

from detente.article.language import load_language
from detente.article.tables import RULES


def load_rules(name: str) -> Any:
    """The content of a rule file, with every scalar as text."""
    return yaml.load((RULES / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)


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
        pattern = [_node(token, given) for token, given in rule["tree"].items()]
        matcher.add(rule["id"], [pattern])
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
