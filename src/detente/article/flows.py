"""The trade that a duty falls on, where another sentence tells how much of the goods is sold a year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from spacy.tokens import Span, Token

from detente.article.amounts import Amount, amounts_in
from detente.article.items import LISTED, FoundMeasure
from detente.article.scene import SUBJECTS, Scene

_SOLD: Final = re.compile(
    r"\b(?:sold|sells?|selling|ship(?:s|ped)?|export(?:s|ed)?|bought|buys?|import(?:s|ed)?|shipments|sales|purchases"
    r"|trade|at stake|covers?|worth)\b"
)
_NO_TRADE: Final = re.compile(
    r"\b(?:surplus|deficit|gap|revenue|cost|costs|costing|fine|aid|invest(?:ed|ments?|ing)?|compensat\w*|loss|losses|more"
    r"|raise money|less)\b"
)
_SELLS: Final = frozenset({"sell", "ship", "export"})
_BUYS: Final = frozenset({"buy", "import", "purchase"})
_AGAIN: Final = re.compile(
    r"\b(?:such|these|those|them|they|at stake|the (?:tariffs?|dut(?:y|ies)|levy|trade)"
    r"|(?:be|is|are) (?:affected|hit|covered))\b",
    re.IGNORECASE,
)
_NO_GOODS: Final = frozenset(
    {"import", "export", "good", "product", "dollar", "percent", "cent", "worth", "list", "year", "item", "range",
     "other"}
)  # fmt: skip


def with_flows(scene: Scene, found: Sequence[FoundMeasure]) -> list[FoundMeasure]:
    """The measures; one without a sum gets that of a sentence on the trade in its goods, each sum once."""
    kept = list(found)
    spent = {(m.value.start, m.value.end) for m in found if m.value is not None}
    before: Span | None = None
    for sentence in scene.doc.sents:
        for amount in _sums(sentence):
            place = (amount.start, amount.end)
            n = next((n for n, m in enumerate(kept) if _covers(scene, m, sentence, before)), None)
            if n is not None and place not in spent:
                kept[n] = replace(kept[n], value=amount)
                spent.add(place)
        before = sentence
    return kept


def _sums(sentence: Span) -> Iterator[Amount]:
    if _SOLD.search(sentence.text) and not _NO_TRADE.search(sentence.text):
        yield from amounts_in(sentence.text, sentence.start_char)


def _covers(scene: Scene, measure: FoundMeasure, sentence: Span, before: Span | None) -> bool:
    """Whether a sentence tells of the trade that a measure without a sum falls on."""
    told = measure.value is not None or measure.rule == LISTED
    if told or measure.goods is None or not _flows_that_way(scene, measure, sentence):
        return False
    if measure.span[0] >= sentence.end_char:
        return False
    goods = _goods(scene, measure)
    if goods & _nouns(sentence):
        return True
    told_before = before is not None and (
        before.start_char < measure.span[1] <= before.end_char or goods & _nouns(before) != set()
    )
    return told_before and _AGAIN.search(sentence.text) is not None


def _goods(scene: Scene, measure: FoundMeasure) -> set[str]:
    assert measure.goods is not None
    start = scene.text.find(measure.goods, measure.span[0])
    words = scene.doc.char_span(start, start + len(measure.goods), alignment_mode="expand") if start >= 0 else None
    return _nouns(words) if words is not None else set()


def _nouns(words: Span) -> set[str]:
    return {t.lemma_.lower() for t in words if t.pos_ in ("NOUN", "PROPN")} - _NO_GOODS


def _flows_that_way(scene: Scene, measure: FoundMeasure, sentence: Span) -> bool:
    """Whether nobody but those who face the duty sells, and nobody but who charges it buys."""
    for verb in sentence:
        lemma = verb.lemma_.lower()
        if verb.pos_ != "VERB" or lemma not in _SELLS | _BUYS:
            continue
        sides = {code for t in verb.children if t.dep_ in SUBJECTS for code in _sides(scene, t)}
        # the parser may take the name before a verb for no subject
        if not sides and verb.i > sentence.start and verb.i - 1 in scene.by_token:
            sides = {scene.by_token[verb.i - 1].code}
        if sides and not sides <= ({*measure.on} if lemma in _SELLS else {measure.by}):
            return False
    named = set(scene.sides_within(sentence))
    return not named or bool(named & {measure.by, *measure.on})


def _sides(scene: Scene, noun: Token) -> list[str]:
    return scene.sides_within(list(noun.subtree))
