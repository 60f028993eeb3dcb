"""The duties that a sentence tells of: the word for a duty, its rates and its goods, each with its characters.

Every percentage of a sentence is bound to one duty, or is something else: a total, the rate there was before, a share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from spacy.tokens import Doc, Span, Token

from detente.article.clauses import Clause, clause_of
from detente.article.language import expression, load_rules
from detente.article.numeric_expressions import FoundRate, rates_in
from detente.article.syntax import chain, sentence_of, text_of, token_at
from detente.data.quantities import parse_rate

_LOOK: Final = 90
"""Characters before and after a percentage in which its role is looked for."""
_NEAR: Final = 60
"""Characters between a rate and the words for its goods or its duty, at most."""


@cache
def words(name: str) -> frozenset[str]:
    """A list of words of `duties.yaml`."""
    return frozenset(load_rules("duties")[name])


@cache
def phrase(name: str) -> re.Pattern[str]:
    """An expression of `phrases.yaml`."""
    return expression(load_rules("phrases")[name], cased=name in _CASED)


_CASED: Final = frozenset({"goods_end", "no_goods"})


def role_of(text: str, rate: FoundRate) -> str | None:
    """What a percentage is that is no rate of a duty, by the id of a rule of `rates.yaml`; None where it may be one."""
    before, after = text[max(0, rate.start - _LOOK) : rate.start], text[rate.end : rate.end + _LOOK]
    for rule in load_rules("rates"):
        told = (("before", before), ("after", after))
        if any(name in rule and expression(rule[name]).search(piece) for name, piece in told):
            return str(rule["id"])
    return None


@dataclass(frozen=True)
class GoodsWords:
    """A piece of the text: characters [start, end)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Duty:
    """A duty in a sentence: the token that names it, its clause, one rate and the words for the goods.

    Where no word names a duty, the token is the rate. `ramp` says that a rise has no one rate.
    """

    token: Token
    clause: Clause
    rate: FoundRate | None
    goods: GoodsWords | None
    parts: int = 1
    ramp: bool = False
    points: bool = False


def names_a_duty(token: Token) -> bool:
    """Whether a word names a customs duty."""
    lemma = token.lemma_.lower()
    rated = lemma in words("rated") and next(rates_in(token.doc[token.left_edge.i : token.right_edge.i + 1].text), None)
    if (lemma not in words("nouns") and not rated) or token.pos_ not in ("NOUN", "PROPN"):
        return False
    return _is_of_trade(token) and not phrase("free").search(text_of(token.doc)[max(0, token.idx - 12) : token.idx])


def _is_of_trade(what: Token) -> bool:
    """Whether a duty is one of customs: not that of electricity or of a phone call."""
    beside = {child.lemma_.lower() for child in what.children if child.dep_ in ("compound", "amod", "nmod")}
    goods = {t.lemma_.lower() for prep in what.children if prep.dep_ == "prep" for t in prep.children}
    goods |= {t.lemma_.lower() for prep in what.head.children if prep.lower_ == "on" for t in prep.children}
    if what.lemma_ in words("may_be_money") and not _is_at_the_border(what):
        return False
    return not beside & words("not_of_trade") and not (goods | {what.lemma_.lower()}) & words("not_on")


def _is_at_the_border(what: Token) -> bool:
    """Whether a deposit is one of duties, with a rate: not money in a bank."""
    sentence = sentence_of(what)
    laid_on = any(prep.lower_ == "on" for prep in (*what.children, *what.head.children))
    customs = words("border") & {t.lemma_.lower() for t in sentence}
    return next(rates_in(sentence.text), None) is not None and (laid_on or bool(customs))


def duties_in(sentence: Span) -> list[Duty]:
    """Every duty of a sentence, one a rate, in the order of the text."""
    text = text_of(sentence.doc)
    nouns = [token for token in sentence if names_a_duty(token)]
    own = [r for r in _rates(sentence) if role_of(text, r) is None]
    bound: dict[int, list[FoundRate]] = {}
    alone: list[FoundRate] = []
    for rate in own:
        noun = _noun_of(text, rate, nouns)
        if noun is not None:
            bound.setdefault(noun.i, []).append(rate)
        else:
            alone.append(rate)
    found = [d for noun in nouns for d in _duties_of(noun, bound.get(noun.i, []), _next(own, noun, sentence))]
    found += [d for rate in alone if (d := _of_a_rate(sentence.doc, rate)) is not None]
    return sorted(found, key=lambda d: d.rate.start if d.rate else d.token.idx)


def _rates(sentence: Span) -> list[FoundRate]:
    """The percentages and points of a sentence; of a range the higher end."""
    text = sentence.text
    given = [*rates_in(text, sentence.start_char), *rates_in(text, sentence.start_char, points=True)]
    kept: list[FoundRate] = []
    for rate in sorted(given, key=lambda r: r.start):
        if kept and _is_range(text_of(sentence.doc), kept[-1], rate):
            last = kept.pop()
            higher = max((last, rate), key=lambda each: parse_rate(each.rate))
            rate = FoundRate(higher.rate, last.start, rate.end)
        kept.append(rate)
    return kept


def _is_range(text: str, first: FoundRate, second: FoundRate) -> bool:
    """Whether two rates are the ends of one range: 10 to 25 percent, between 12% and 38%."""
    between = text[first.end : second.start]
    both = re.search(r"\bbetween (?:about )?$", text[: first.start][-16:]) and re.fullmatch(r"\s+and\s+", between)
    moved = re.search(r"\bfrom (?:about |the )?$", text[: first.start][-12:])
    return both is not None or (not moved and re.fullmatch(r"\s*(?:to|-|–|,|,? or)\s*", between) is not None)


def _noun_of(text: str, rate: FoundRate, nouns: Sequence[Token]) -> Token | None:
    """The word for a duty that a rate belongs to: right after it, else the last before it in its clause or a series."""
    after = next((n for n in nouns if n.idx >= rate.end), None)
    if (
        after is not None
        and re.fullmatch(r"[\s-]*(?:[\w-]+ ){0,4}", text[rate.end : after.idx])
        and not re.search(r"\b(?:on|from|of|and|to|in|for|as|by|the)\b", text[rate.end : after.idx])
    ):
        return after
    if after is not None and re.fullmatch(r"\s+in (?:the|its|their) (?:\w+ ){0,2}", text[rate.end : after.idx]):
        return after
    before = [n for n in nouns if n.idx < rate.start]
    if not before:
        return after if after is not None and rate.end + 4 > after.idx else None
    last = before[-1]
    token = token_at(last.doc, rate.start)
    head = clause_of(token).head
    if head.i == clause_of(last).head.i:
        return last
    own = head.pos_ == "VERB" and head.lemma_.lower() in words("lays") | words("faces")
    return None if own or re.search(r"[;.]", text[last.idx : rate.start]) else last


def _next(rates: Sequence[FoundRate], noun: Token, sentence: Span) -> int:
    return next((r.start for r in rates if r.start > noun.idx), sentence.end_char)


def _duties_of(noun: Token, rates: Sequence[FoundRate], until: int) -> Iterator[Duty]:
    """The duties of one word: one a rate, each with its goods; one without a rate where it has none."""
    clause = clause_of(noun)
    text, end = text_of(noun.doc), sentence_of(noun).end_char
    own = (
        goods_after(text, noun.idx + len(noun), end)
        or _laid_on_goods(noun, end)
        or _beside(noun)
        or _told_of(clause, noun)
    )
    ramp = phrase("ramp").search(text, clause.span[0], end) is not None
    if not rates:
        yield Duty(noun, clause, None, own)
        return
    for n, rate in enumerate(rates):
        stop = rates[n + 1].start if n + 1 < len(rates) else end
        goods = goods_after(text, rate.end, stop)
        if goods is None and len(rates) > 1:
            goods = _goods_before(text, max(noun.idx + len(noun), rates[n - 1].end if n else 0), rate)
        points = "point" in text[rate.start : rate.end].lower()
        if points and not {t.lemma_.lower() for t in clause.tokens} & words("points"):
            continue
        yield Duty(noun, clause, rate, goods or own, len(rates), ramp, points)


def goods_after(text: str, start: int, stop: int) -> GoodsWords | None:
    """The words for goods right after a rate or a duty: `on walnuts from Iceland`."""
    begin = phrase("goods_begin").match(text[start:stop])
    if begin is None:
        return None
    first = start + begin.end()
    if phrase("no_goods").match(text[first:stop]):
        return None
    end = _end_of_goods(text, first, stop)
    return _trimmed(text, first, end)


def _trimmed(text: str, first: int, end: int) -> GoodsWords | None:
    """The words at characters [first, end) without blanks, marks and an `and` at their end."""
    found = re.sub(r"(?:[\s,–-]+|\b(?:and|or|in)\b)+$", "", text[first:end])
    return GoodsWords(found, first, first + len(found)) if found.strip() else None


def _laid_on_goods(noun: Token, end: int) -> GoodsWords | None:
    """Goods after `on` further on: a levy that it has charged on trucks, puts the duty on beans."""
    verb = next((t for t in chain(noun)[1:] if t.pos_ == "VERB"), noun)
    near = [*noun.subtree, *(c for c in verb.children if c.i > noun.i), *verb.children]
    preps = (t for t in near if t.lower_ in ("on", "against", "upon") and t.pos_ == "ADP")
    return next((found for t in preps if (found := goods_after(text_of(noun.doc), t.idx, end)) is not None), None)


def _end_of_goods(text: str, first: int, stop: int) -> int:
    """The character after the words for goods, the rest of a series after commas included."""
    at = first
    while True:
        found = phrase("goods_end").search(text[at:stop])
        end = stop if found is None else at + found.start()
        more = phrase("goods_more").match(text[end:stop])
        if more is None:
            return end
        at = end + more.end()


def _goods_before(text: str, start: int, rate: FoundRate) -> GoodsWords | None:
    """The goods of a series that stand before the rate: steel 25%, copper 10%."""
    between = text[start : rate.start]
    found = re.search(r"(?:^|,|;|:|\band\b)\s*(?P<goods>[A-Za-z][\w\s’'-]{2,40}?)\s*(?:,|:|at|by|to)?\s*$", between)
    if found is None or re.search(r"\b(?:of|to|at|by|from)$", found["goods"].strip()):
        return None
    first = start + found.start("goods")
    return GoodsWords(found["goods"].strip(), first, first + len(found["goods"].strip()))


def _beside(noun: Token) -> GoodsWords | None:
    """Goods named before the duty: steel tariffs."""
    left = [c for c in noun.children if c.dep_ in ("compound", "nmod") and c.i < noun.i and c.pos_ in ("NOUN", "PROPN")]
    left = [
        c
        for c in left
        if c.lemma_.lower() not in words("no_products") and c.ent_type_ not in ("PERCENT", "GPE", "NORP")
    ]
    if not left:
        return None
    start = left[0].left_edge.idx
    end = left[-1].idx + len(left[-1])
    return GoodsWords(text_of(noun.doc)[start:end], start, end)


def _told_of(clause: Clause, noun: Token) -> GoodsWords | None:
    """Goods that face the duty as a subject, or that a verb hits with it."""
    doc = noun.doc
    verb = next((t for t in chain(noun)[1:] if t.pos_ == "VERB"), clause.head)
    if clause.head.dep_ == "relcl" and clause.head.head.i < noun.i and clause.head.head.pos_ in ("NOUN", "PROPN"):
        described = clause.head.head
        if not names_a_duty(described) and any(t.lower_ == "on" and t.i > described.i for t in clause.tokens):
            return _trimmed(text_of(doc), doc[described.left_edge.i].idx, clause.tokens[0].idx)
    candidates = [s for s in clause.subjects if verb.lemma_ in words("faces") | {"subject"} or _is_passive(verb)]
    candidates += [c for c in verb.children if c.dep_ == "dobj" and verb.lemma_ in words("hits") and c.i != noun.i]
    for token in candidates:
        if token.i == noun.i or names_a_duty(token) or token.pos_ == "PRON":
            continue
        start, end = doc[token.left_edge.i].idx, doc[token.right_edge.i]
        stop = min(end.idx + len(end), noun.idx if token.i < noun.i else end.idx + len(end))
        last = _end_of_goods(text_of(doc), start, stop)
        return _trimmed(text_of(doc), start, last)
    return None


def _is_passive(verb: Token) -> bool:
    return any(c.dep_ in ("auxpass", "nsubjpass") for c in verb.children)


def rates_alone(sentence: Span) -> list[Duty]:
    """The rates of a sentence without a word for a duty, where a verb charges them on goods."""
    text = text_of(sentence.doc)
    found = (_of_a_rate(sentence.doc, r) for r in _rates(sentence) if role_of(text, r) is None)
    return [duty for duty in found if duty is not None]


def _of_a_rate(doc: Doc, rate: FoundRate) -> Duty | None:
    token = token_at(doc, rate.end - 1)
    clause = clause_of(token)
    verb = next((t for t in chain(token)[1:6] if t.pos_ == "VERB"), clause.head)
    goods = goods_after(text_of(doc), rate.end, sentence_of(token).end_char)
    lemma = verb.lemma_.lower()
    if {t.lemma_.lower() for t in (*clause.tokens, *clause.subjects)} & words("not_on"):
        return None
    if lemma not in words("lays") | words("faces"):
        return None
    if lemma == "tax":
        goods = _taxed(verb) or goods
    elif lemma in words("faces") or clause.head.dep_ == "relcl":
        goods = goods or _told_of(clause, token)
    return (
        None
        if goods is None
        else Duty(token, clause, rate, goods, points="point" in text_of(doc)[rate.start : rate.end])
    )


def _taxed(verb: Token) -> GoodsWords | None:
    """What is taxed."""
    for child in verb.children:
        if child.dep_ in ("dobj", "nsubjpass"):
            start, end = verb.doc[child.left_edge.i].idx, verb.doc[child.right_edge.i]
            last = _end_of_goods(text_of(verb.doc), start, end.idx + len(end))
            return _trimmed(text_of(verb.doc), start, last)
    return None
