"""The rates, goods and sums of money of one deed with a duty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spacy.tokens import Doc, Token

from detente.article.amounts import Amount, FoundRate, amounts_in, rates_in
from detente.article.grammar import chain, characters
from detente.article.scene import quotations

DUTY: Final = frozenset({"tariff", "duty", "levy", "surcharge", "surtax", "countermeasure"})
"""What a duty is called."""
_BEARS_GOODS: Final = DUTY | {"percent", "%", "cent", "and", "one"}
_GOODS_AFTER: Final = re.compile(
    r"\s*(?:(?:ad valorem |import |export )?(?:tariffs?|dut(?:y|ies)|levy|tax)\s*)?(?:on|against)\s+"
)
_NEXT_RATE: Final = re.compile(r"(?:,? and|,)? (?:\d[\d.]* (?:percent|per cent)|\d[\d.]*%)|\s(?:to|by|from)$")


@dataclass(frozen=True)
class Part:
    """One rate of a deed with the words for its goods, or the goods alone: characters [start, end)."""

    rate: FoundRate | None
    goods: str | None
    start: int
    end: int


@dataclass(frozen=True)
class _Phrase:
    start: int
    end: int
    text: str


def parts_of(act: Token, what: Token) -> list[Part]:
    """The rates of a deed and their goods, one part without a rate where it has none."""
    text, end = act.doc.text, end_of_deed(act, what)
    rates = _rates(act, what, end)
    goods = _goods_phrases(act, what, end)
    if not rates and not goods:
        return [Part(None, None, what.idx, what.idx + len(what))]
    if not rates:
        return [Part(None, goods[0].text, goods[0].start, goods[0].end)]
    ends = [*(rate.start for rate in rates[1:]), end]
    return [_with_goods(text, rate, goods, until) for rate, until in zip(rates, ends, strict=True)]


def values_of(act: Token, what: Token) -> Iterator[Amount]:
    """Sums of money in the words of the deed, those of the goods that it is a clause about included.

    A sum further on in the sentence counts where the goods are said to be worth it.
    """
    text, sentence = act.doc.text, act.sent
    about = [token.head for token in chain(act) if token.dep_ == "relcl"]
    start, end = characters([*act.subtree, *what.subtree, *(w for t in about for w in t.subtree)])
    stop = min(end, end_of_deed(act, what))
    yield from amounts_in(text[start:stop], start)
    for amount in amounts_in(text[stop : sentence.end_char], stop):
        if re.search(r"\bworth\b", text[max(stop, amount.start - 20) : amount.end + 10]):
            yield amount


def end_of_deed(act: Token, what: Token) -> int:
    """The character at which another deed of the sentence begins, else the end of the sentence."""
    above = {token.i for token in chain(act)}
    later = (t for t in act.sent if t.i > max(act.i, what.i) and t.pos_ == "VERB" and t.dep_ in ("conj", "advcl"))
    own = (t for t in later if t.head.i in above and any(c.dep_ in ("nsubj", "nsubjpass", "mark") for c in t.children))
    return min((t.left_edge.idx for t in own if t.left_edge.i > act.i), default=act.sent.end_char)


def token_at(doc: Doc, start: int) -> Token:
    """The token in which a character stands."""
    span = doc.char_span(start, start + 1, alignment_mode="expand")
    assert span is not None
    return span[0]


def _rates(act: Token, what: Token, end: int) -> list[FoundRate]:
    """Percentages of the deed outside quotation marks; where one is changed `from` and `to`, the later one."""
    text, sentence = act.doc.text, act.sent
    tokens = {token.i for part in (act, what) for token in part.subtree}
    quoted = quotations(text)
    found = [
        rate
        for rate in rates_in(text[sentence.start_char : sentence.end_char], sentence.start_char)
        if rate.start < end
        and token_at(act.doc, rate.start).i in tokens
        and not re.search(r"\bfrom (?:about |some )?$", text[: rate.start][-12:])
        and not any(first <= rate.start < last for first, last in quoted)
    ]
    first_of_two = {a.start for a, b in pairwise(found) if re.fullmatch(r"\s+to\s+", text[a.end : b.start])}
    return [rate for rate in found if rate.start not in first_of_two]


def _goods_phrases(act: Token, what: Token, end: int) -> list[_Phrase]:
    """What stands after `on`: words for the goods, in the order of the sentence."""
    found = []
    for token in act.sent:
        near = token.head.i in (act.i, what.i) or token.head.lemma_ in _BEARS_GOODS
        if token.dep_ == "prep" and token.lower_ in ("on", "against") and near and token.idx < end:
            found += [
                _phrase(c, end) for c in token.children if c.dep_ == "pobj" and c.ent_type_ not in ("DATE", "TIME")
            ]
    if act.lemma_ == "tax":
        start, last = characters(token for token in what.subtree if token.i != act.i)
        found.append(_Phrase(start, last, act.doc.text[start:last]))
    return [phrase for phrase in found if phrase.start > what.idx] or found


def _phrase(noun: Token, end: int) -> _Phrase:
    """A noun with what belongs to it; of `products on which it is charged` the products."""
    whole = noun
    if noun.tag_ in ("WDT", "WP"):
        whole = next((token.head for token in chain(noun) if token.dep_ == "relcl"), noun)
    aside = [c for c in whole.subtree if c.dep_ == "relcl" or any(t.ent_type_ == "DATE" for t in _objects(c))]
    beside = {token.i for c in aside for token in c.subtree}
    start, last = characters(token for token in whole.subtree if token.idx < end and token.i not in beside)
    return _Phrase(start, last, noun.doc.text[start:last])


def _objects(prep: Token) -> list[Token]:
    """The nouns after a preposition."""
    return [c for c in prep.children if c.dep_ == "pobj"] if prep.dep_ == "prep" else []


def _with_goods(text: str, rate: FoundRate, goods: Sequence[_Phrase], until: int) -> Part:
    """A rate with the goods right after it, else those before it, else those after it."""
    later = [g for g in goods if rate.end <= g.start < until]
    after = next((g for g in later if _GOODS_AFTER.fullmatch(text[rate.end : g.start])), None)
    before = next((g for g in reversed(goods) if g.start < rate.start), None)
    chosen = after or before or next(iter(later), None)
    if chosen is None:
        return Part(rate, None, rate.start, rate.end)
    stop = rate.start if chosen.start < rate.start < chosen.end else min(chosen.end, max(until, chosen.start + 1))
    words = _NEXT_RATE.split(text[chosen.start : stop].rstrip())[0].strip()
    return Part(rate, words, min(rate.start, chosen.start), max(rate.end, chosen.start + len(words)))
