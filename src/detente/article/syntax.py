"""Questions about a parsed sentence: the subject of a verb, its tense, what belongs together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from spacy.tokens import Doc, Span, Token

from detente.article.language import HEAD
from detente.article.numeric_expressions import Tense

AHEAD: Final = frozenset(
    {"will", "would", "could", "may", "might", "can", "shall", "must", "'ll", "’ll", "wo", "should"}
)
_UP: Final = frozenset(
    {"xcomp", "conj", "pcomp", "advcl", "ccomp", "acl", "relcl", "prep", "dobj", "pobj", "dep", "attr", "acomp", "oprd"}
)
MOST_STEPS: Final = 8
"""Steps up a tree after which nobody is the subject any more."""


def subjects_of(verb: Token) -> Iterator[Token]:
    """The candidates for the subject of a verb, the likeliest first: its own, then those of its governing verbs."""
    node = verb
    for _ in range(MOST_STEPS):
        own = [child for child in node.children if child.dep_ in ("nsubj", "agent")]
        for child in own:
            if child.dep_ == "agent":
                yield from (c for c in child.children if c.dep_ == "pobj")
            elif child.tag_ in ("WDT", "WP") and node.dep_ == "relcl":
                yield node.head
            else:
                yield child
        if node.pos_ in ("NOUN", "PROPN"):
            yield from (child for child in node.children if child.dep_ == "poss")
        if node.dep_ not in _UP:
            return
        node = node.head


def sentence_of(token: Token) -> Span:
    """The sentence of a token, from a list made once: spaCy's own `sent` goes over the whole text each time."""
    sentences: list[Span] | None = token.doc.user_data.get("detente_sentences")
    if sentences is None:
        sentences = [sentence for sentence in token.doc.sents for _ in sentence]
        token.doc.user_data["detente_sentences"] = sentences
    return sentences[token.i]


def text_of(doc: Doc) -> str:
    """The text, made once: spaCy joins it from its tokens each time."""
    if "detente_text" not in doc.user_data:
        doc.user_data["detente_text"] = doc.text
    text: str = doc.user_data["detente_text"]
    return text


def verb_above(token: Token) -> Token | None:
    """The verb that a token hangs on, itself included."""
    node = token
    for _ in range(MOST_STEPS):
        if node.pos_ in ("VERB", "AUX"):
            return node
        if node.head.i == node.i:
            return None
        node = node.head
    return None


def tense_of(token: Token) -> Tense:
    """Whether what a token stands in has happened or lies ahead."""
    verb = verb_above(token)
    if verb is None:
        return "future"
    helpers = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    if helpers & AHEAD or "to" in helpers:
        return "future"
    if verb.tag_ in ("VBD", "VBN") or helpers & {"had", "has", "have", "was", "were"}:
        return "past"
    return "future"


def chain(token: Token) -> list[Token]:
    """A token and everything above it in its sentence, itself first."""
    found = [token]
    while found[-1].head.i != found[-1].i and len(found) < 2 * MOST_STEPS:
        found.append(found[-1].head)
    return found


def is_negated(verb: Token) -> bool:
    """Whether a verb is denied: `not`, `never`."""
    return any(child.dep_ == "neg" for child in verb.children)


def characters(tokens: Iterable[Token]) -> tuple[int, int]:
    """Characters from the first to the last of some tokens, without blanks and marks at the ends."""
    ordered = sorted((t for t in tokens), key=lambda token: token.i)
    while ordered and (ordered[0].is_space or ordered[0].is_punct):
        ordered.pop(0)
    while ordered and (ordered[-1].is_space or (ordered[-1].is_punct and ordered[-1].text not in ("%", ")"))):
        ordered.pop()
    if not ordered:
        return (0, 0)
    return ordered[0].idx, ordered[-1].idx + len(ordered[-1])


def tokens_between(doc: Doc, start: int, end: int) -> Span | None:
    """The tokens that lie in characters [start, end)."""
    return doc.char_span(start, end, alignment_mode="contract")


def token_at(doc: Doc, start: int) -> Token:
    """The token in which a character stands."""
    span = doc.char_span(start, start + 1, alignment_mode="expand")
    assert span is not None
    return span[0]


def overlap(first: tuple[int, int], second: tuple[int, int]) -> int:
    """Characters that two spans share."""
    return max(0, min(first[1], second[1]) - max(first[0], second[0]))


_ENTRY: Final = re.compile(r"^\s*(?:[-–•*]|\(?[a-z\d]{1,2}[.)])\s")


def is_entry(sentence: Span) -> bool:
    """Whether a line is one of a list."""
    return _ENTRY.match(sentence.text) is not None


def is_headline(sentence: Span) -> bool:
    """Whether a line is a heading: it stands above the first dateline, or does not end as a sentence does."""
    if sentence.start_char < sentence.doc.user_data.get(HEAD, 0):
        return True
    ends = re.search(r"[.!?;][”\"’)]*\s*$", sentence.text) is not None
    return not ends and not is_entry(sentence)
