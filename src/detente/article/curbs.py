"""Measures of trade that are no tariff: quotas, bans, licences. A draft leaves them out, with a note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Span

from detente.article.coreference import Discourse
from detente.article.items import FoundCurb
from detente.article.language import load_words
from detente.article.syntax import characters, is_headline


def curbs(discourse: Discourse) -> list[FoundCurb]:
    """Every sentence that names such a measure, once for each kind of it; whose it is its words say."""
    return [
        FoundCurb(what, characters(sentence))
        for sentence in discourse.doc.sents
        if not is_headline(sentence)
        for what in dict.fromkeys(_named(sentence))
    ]


def _named(sentence: Span) -> Iterator[str]:
    """The measures of this kind that a sentence names: the first of the rules that match the same words."""
    taken: list[tuple[int, int]] = []
    for rule in load_words("curbs"):
        if "not" in rule.says and re.search(rule.says["not"], sentence.text, re.IGNORECASE):
            continue
        for match in rule.pattern.finditer(sentence.text):
            if not any(match.start() < last and first < match.end() for first, last in taken):
                taken.append(match.span())
                yield rule.says["what"]
