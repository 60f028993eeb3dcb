"""Measures that are no tariff: quotas, bans, licences, curbs on exports. The dispute file does not know them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Span

from detente.article.grammar import characters
from detente.article.items import FoundCurb
from detente.article.measures import is_headline
from detente.article.rules import load_words
from detente.article.scene import Scene


def curbs(scene: Scene) -> list[FoundCurb]:
    """Every sentence that names such a measure, once for each kind of it; whose it is its words say."""
    return [
        FoundCurb(what, characters(sentence))
        for sentence in scene.doc.sents
        if not is_headline(sentence)
        for what in dict.fromkeys(_named(sentence))
    ]


def _named(sentence: Span) -> Iterator[str]:
    """What a sentence names of such measures: of rules that fit the same words the first."""
    taken: list[tuple[int, int]] = []
    for rule in load_words("curbs"):
        if "not" in rule.says and re.search(rule.says["not"], sentence.text, re.IGNORECASE):
            continue
        for match in rule.pattern.finditer(sentence.text):
            if not any(match.start() < last and first < match.end() for first, last in taken):
                taken.append(match.span())
                yield rule.says["what"]
