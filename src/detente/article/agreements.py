"""What a text reports as agreed, or as not agreed, and who reports it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from detente.article.grammar import overlap
from detente.article.items import FoundAgreement, FoundStatement
from detente.article.measures import is_headline
from detente.article.rules import load_words
from detente.article.scene import Scene

THE_REPORT: Final = "the report"
"""Who reports what the article says in its own words."""


def agreements(scene: Scene, said: Sequence[FoundStatement]) -> Iterator[FoundAgreement]:
    """Every agreement and disagreement, in the order of the text."""
    found: list[FoundAgreement] = []
    for sentence in scene.doc.sents:
        if is_headline(sentence):
            continue
        sides = [scene.doc[m.start].idx - sentence.start_char for m in scene.mentions
                 if sentence.start <= m.start < sentence.end]  # fmt: skip
        for rule, match in matches_in(sentence.text, sides):
            span = (sentence.start_char + match.start(), sentence.start_char + match.end())
            if any(overlap(span, other.span) for other in found):
                continue
            groups = match.groupdict()
            topic = groups.get("topic") or groups.get("matter") or match.group()
            found.append(FoundAgreement(_reporter(span, said), rule == "true", topic.strip(), span))
    yield from sorted(found, key=lambda agreement: agreement.span)


def matches_in(sentence: str, sides: Sequence[int] = ()) -> Iterator[tuple[str, re.Match[str]]]:
    """What the rules find in a sentence: `true` or `false` for agreed or not, and where.

    `sides` are the characters of it at which a side is named: of one that does something, it alone may agree to it.
    """
    for rule in load_words("agreements"):
        for match in rule.pattern.finditer(sentence):
            before = sentence[: match.start()]
            refused, needs, only = (rule.says.get(name) for name in ("not", "needs", "only"))
            if refused and re.search(refused, sentence[max(0, match.start() - 30) : match.end()], re.IGNORECASE):
                continue
            if needs and not re.search(needs, before, re.IGNORECASE) and not any(at < match.start() for at in sides):
                continue
            if only and not re.search(only, sentence, re.IGNORECASE):
                continue
            yield str(rule.says["agreed"]), match


def _reporter(span: tuple[int, int], said: Sequence[FoundStatement]) -> str:
    return next((s.who for s in said if overlap(s.span, span)), THE_REPORT)
