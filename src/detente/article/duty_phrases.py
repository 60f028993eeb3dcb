"""The phrases that describe a duty: its rates, its goods, and the trade that it falls on.

One act with a duty has rates, goods and sums of money. A list under a sentence that says whose duties they are has one
rate and one kind of goods a line. Another sentence may tell how much of the goods is sold a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from spacy.tokens import Doc, Span, Token

from detente.article.coreference import SUBJECTS, Discourse, quotations
from detente.article.items import LISTED, FoundMeasure
from detente.article.numeric_expressions import Amount, FoundRate, amounts_in, rates_in
from detente.article.syntax import chain, characters, sentence_of
from detente.data.quantities import parse_rate

DUTY: Final = frozenset({"tariff", "duty", "levy", "surcharge", "surtax", "countermeasure", "deposit"})
"""What a duty is called."""
_BY_POINTS: Final = frozenset({"raise", "increase", "hike", "lift"})
"""Deeds that put percentage points on top of a tariff."""
_SAYS: Final = frozenset({"say", "announce", "add", "warn", "tell", "threaten", "vow"})
_APPLIES: Final = frozenset({"apply", "extend"})
"""Deeds of a duty `to` goods."""
_BEARS_GOODS: Final = DUTY | {"percent", "%", "cent", "and", "one"}
_GOODS_AFTER: Final = re.compile(
    r"\s*(?:(?:ad valorem |import |export )?(?:tariffs?|dut(?:y|ies)|levy|tax)\s*)?(?:on|against)\s+"
)
_NO_PLACE: Final = (
    r"(?!top of\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b)"
)
"""What may stand after `on` and is no goods: a day, and the duty on top of which another comes."""
_GOODS_IN_WORDS: Final = re.compile(
    r"\s*(?:(?:ad valorem |import |export )?(?:tariffs?|dut(?:y|ies)|levy|tax)\s*)?"
    rf"(?:on|against|to(?= (?:\w+ ){{0,2}}[$€£]))\s+{_NO_PLACE}"
    r"(?P<goods>(?!\d)[^,;.:]{3,60}?)(?=[,;.:]| and \d| from \d| which | that | with effect| starting| effective|$)"
)
_AT: Final = re.compile(r"\bat (?:about |some )?$")
"""Before the rate at which goods are taxed, wherever the parser hangs it."""
_NEXT_RATE: Final = re.compile(r"(?:,? and|,)? (?:\d[\d.]* (?:percent|per cent)|\d[\d.]*%)|\s(?:to|by|from)$")
_CURBED: Final = re.compile(
    r",? (?:and|as well as|plus) (?:\w+ )?(?:limits?|restrictions?|curbs?|bans?|controls?|quotas?|sanctions?)\b"
)
"""Where measures that are no duty follow upon the goods of one."""
_TOTAL: Final = re.compile(
    r"\b(?:total|combined|cumulative|overall|aggregate)\b(?: [\w’'-]+){0,6}? (?:to|of|at) (?:about |some |at least )?$"
    r"|\b(?:totall?ing|adding up to|(?:to|for|of) a (?:total|combined) )(?: ?about| ?some)?$",
    re.IGNORECASE,
)
"""Before a rate that is the sum of others."""
_IN_TOTAL: Final = re.compile(r" (?:in total|in all|altogether|all told|combined)\b", re.IGNORECASE)
_ANSWER: Final = frozenset({"retaliation", "response", "answer", "reaction", "reply", "return", "revenge"})
_ANSWERED: Final = frozenset({"for", "to", "against"})
_ON_TOP: Final = re.compile(
    r"\b(?:on top of|in addition to|over and above)(?: (?!and\b)[\w’'-]+){0,4} $", re.IGNORECASE
)
ENTRY: Final = re.compile(r"^\s*(?:[-–•*]|\(?[a-z\d]{1,2}[.)])\s")
"""How a line of a list begins."""
_AFTER: Final = re.compile(
    r"\s*(?:(?:ad valorem |additional )?(?:tariffs?|dut(?:y|ies)) )?(?:on|for) (?P<goods>.+?)"
    r"(?:,? (?:effective|starting|from|as of)\b.*)?(?:[,;.]?(?: and)?\s*)$",
    re.DOTALL,
)
_BEFORE: Final = re.compile(r"\s*(?P<goods>\S.*?)\s*(?::|–|—| at| by|,)\s*$", re.DOTALL)
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


@dataclass(frozen=True)
class RatedGoods:
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


def rated_goods(act: Token, what: Token) -> list[RatedGoods]:
    """The rates of a deed and their goods, one part without a rate where it has none."""
    text, end = act.doc.text, end_of_deed(act, what)
    rates = _rates(act, what, end)
    goods = _goods_phrases(act, what, end)
    if not rates and not goods:
        return [RatedGoods(None, None, what.idx, what.idx + len(what))]
    if not rates:
        return [RatedGoods(None, goods[0].text, goods[0].start, goods[0].end)]
    ends = [*(rate.start for rate in rates[1:]), end]
    return [_with_goods(text, rate, goods, until) for rate, until in zip(rates, ends, strict=True)]


def tells_a_total_alone(act: Token, what: Token) -> bool:
    """Whether the only rates of a deed are sums of rates told before: bringing the total to 54 percent."""
    end = end_of_deed(act, what)
    return not _rates(act, what, end) and bool(_rates(act, what, end, totals=True))


def comes_on_top(text: str, rate: FoundRate) -> bool:
    """Whether a rate is that of an earlier duty, on top of which the duty of the deed comes."""
    return _ON_TOP.search(text[: rate.start][-80:]) is not None


def answered(what: Token) -> tuple[int, int] | None:
    """Characters of the words that say what is answered, `in retaliation for Washington's levies`; None where none."""
    for token in sentence_of(what):
        if token.lemma_.lower() in _ANSWER and token.head.lower_ in ("in", "as"):
            for prep in token.children:
                if prep.lower_ in _ANSWERED and prep.i > token.i:
                    return token.head.idx, characters(prep.subtree)[1]
    return None


def is_answered(what: Token) -> bool:
    """Whether a duty stands among what is answered, so that it is the other side's."""
    span = answered(what)
    return span is not None and span[0] <= what.idx < span[1]


def values_of(act: Token, what: Token) -> Iterator[Amount]:
    """Sums of money in the words of the deed, those of the goods that it is a clause about included.

    A sum further on in the sentence counts where the goods are said to be worth it.
    """
    text, sentence = act.doc.text, sentence_of(act)
    about = [token.head for token in chain(act) if token.dep_ == "relcl"]
    start, end = characters([*act.subtree, *what.subtree, *(w for t in about for w in t.subtree)])
    stop = min(end, end_of_deed(act, what))
    yield from amounts_in(text[start:stop], start)
    for amount in amounts_in(text[stop : sentence.end_char], stop):
        if re.search(r"\bworth\b", text[max(stop, amount.start - 20) : amount.end + 10]):
            yield amount
    yield from (a for a in amounts_in(text[sentence.start_char : start], sentence.start_char)
                if re.search(r"\bworth (?:about |some |up to )?$", text[: a.start][-20:]))  # fmt: skip


def end_of_deed(act: Token, what: Token) -> int:
    """The character at which another deed of the sentence begins, else the end of the sentence."""
    above = {token.i for token in chain(act)}
    later = (
        t for t in sentence_of(act) if t.i > max(act.i, what.i) and t.pos_ == "VERB" and t.dep_ in ("conj", "advcl")
    )
    own = [t for t in later if _joined_to(t) & above and (_has_its_own(t) or t.lemma_ in _SAYS)]
    own += [
        t
        for t in sentence_of(act)
        if t.i > max(act.i, what.i) and t.lemma_ in DUTY and t.dep_ == "conj" and has_a_rate(t)
    ]
    return min((t.left_edge.idx for t in own if t.left_edge.i > act.i), default=sentence_of(act).end_char)


def _joined_to(verb: Token) -> set[int]:
    """The verb that governs a verb, through the verbs of a list: he raised this and threatened to tax those."""
    heads = {verb.head.i}
    while verb.dep_ == "conj" and verb.head.dep_ == "conj" and verb.head.i != verb.i:
        verb = verb.head
        heads.add(verb.head.i)
    return heads


def _has_its_own(verb: Token) -> bool:
    return any(child.dep_ in ("nsubj", "nsubjpass", "mark") for child in verb.children)


def has_a_rate(what: Token) -> bool:
    """Whether a rate stands among the words of a duty: a duty of 25 per cent."""
    return next(rates_in(what.doc[what.left_edge.i : what.right_edge.i + 1].text), None) is not None


def token_at(doc: Doc, start: int) -> Token:
    """The token in which a character stands."""
    span = doc.char_span(start, start + 1, alignment_mode="expand")
    assert span is not None
    return span[0]


def _rates(act: Token, what: Token, end: int, *, totals: bool = False) -> list[FoundRate]:
    """Percentages of the deed outside quotation marks; where one is changed `from` and `to`, the later one.

    Those of what the deed answers are another side's. Sums of rates told before are left out, but for `totals`.
    """
    text, sentence = act.doc.text, sentence_of(act)
    tokens = {token.i for part in (act, what) for token in part.subtree}
    quoted = quotations(text)
    words = text[sentence.start_char : sentence.end_char]
    points = rates_in(words, sentence.start_char, points=True) if act.lemma_ in _BY_POINTS else ()
    found = [
        rate
        for rate in sorted((*rates_in(words, sentence.start_char), *points), key=lambda rate: rate.start)
        if rate.start < end
        and (
            token_at(act.doc, rate.start).i in tokens or (act.lemma_ == "tax" and _AT.search(text[: rate.start][-12:]))
        )
        and not re.search(r"\bfrom (?:about |some )?$", text[: rate.start][-12:])
        and not any(first <= rate.start < last for first, last in (*quoted, *_of_others(what)))
        and (totals or not _is_total(sentence, rate))
    ]
    kept: list[FoundRate] = []
    for rate in found:
        if kept and _is_range(text, kept[-1], rate):
            last = kept.pop()
            higher = max((last, rate), key=lambda each: parse_rate(each.rate))
            kept.append(FoundRate(higher.rate, last.start, rate.end))
        else:
            kept.append(rate)
    return kept


def _of_others(what: Token) -> list[tuple[int, int]]:
    """Characters of a sentence that tell of duties of another side than that of the deed."""
    span = answered(what)
    return [] if span is None or span[0] <= what.idx < span[1] else [span]


def _is_total(sentence: Span, rate: FoundRate) -> bool:
    """Whether a rate is said to be the sum of others, one of which stands before it, here or a sentence earlier."""
    text = sentence.doc.text
    words = text[sentence.start_char : rate.start]
    if not _TOTAL.search(words[-90:]) and not _IN_TOTAL.match(text, rate.end):
        return False
    start = sentence_of(sentence.doc[sentence.start - 1]).start_char if sentence.start else 0
    return next(rates_in(text[start : rate.start]), None) is not None


def _is_range(text: str, first: FoundRate, second: FoundRate) -> bool:
    """Whether two rates are of one range or list: from 10% to 25%, between 12% and 38%, of 5%, 10% or 20%."""
    between = text[first.end : second.start]
    both = re.search(r"\bbetween (?:about )?$", text[: first.start][-16:]) and re.fullmatch(r"\s+and\s+", between)
    return both is not None or re.fullmatch(r"\s*(?:to|-|–|,|,? or)\s*", between) is not None


def _goods_phrases(act: Token, what: Token, end: int) -> list[_Phrase]:
    """The phrases after `on`: words for the goods, in the order of the sentence."""
    found = []
    others = _of_others(what)
    for token in sentence_of(act):
        if any(first <= token.idx < last for first, last in others):
            continue
        near = token.head.i in (act.i, what.i) or token.head.lemma_ in _BEARS_GOODS
        onto = ("on", "against", "to") if act.lemma_ in _APPLIES else ("on", "against")
        if token.dep_ == "prep" and token.lower_ in onto and near and token.idx < end:
            found += [
                _phrase(c, min([end, *(first for first, _ in others if first > c.idx)]))
                for c in token.children
                if c.dep_ == "pobj" and c.ent_type_ not in ("DATE", "TIME") and _is_no_top(c)
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


def _is_no_top(noun: Token) -> bool:
    """Whether a noun after `on` is more than the `top` of another duty."""
    return noun.lower_ != "top" or not any(child.lower_ == "of" for child in noun.children)


def _objects(prep: Token) -> list[Token]:
    """The nouns after a preposition."""
    return [c for c in prep.children if c.dep_ == "pobj"] if prep.dep_ == "prep" else []


def _with_goods(text: str, rate: FoundRate, goods: Sequence[_Phrase], until: int) -> RatedGoods:
    """A rate with the goods right after it, else those before it, else those after it."""
    later = [g for g in goods if rate.end <= g.start < until]
    after = next((g for g in later if _GOODS_AFTER.fullmatch(text[rate.end : g.start])), None)
    before = next((g for g in reversed(goods) if g.start < rate.start), None)
    told = _GOODS_IN_WORDS.match(text, rate.end, until)
    if after is None and told is not None:  # the parser has hung them elsewhere
        after = _Phrase(*told.span("goods"), told["goods"])
    chosen = after or before or next(iter(later), None)
    if chosen is None:
        return RatedGoods(rate, None, rate.start, rate.end)
    stop = rate.start if chosen.start < rate.start < chosen.end else min(chosen.end, max(until, chosen.start + 1))
    words = _CURBED.split(_NEXT_RATE.split(text[chosen.start : stop].rstrip())[0])[0].strip()
    return RatedGoods(rate, words, min(rate.start, chosen.start), max(rate.end, chosen.start + len(words)))


def introduces(sentence: Span) -> bool:
    """Whether a sentence ends with a colon and tells of duties, so that a list of them may follow."""
    return sentence.text.rstrip().endswith(":") and any(token.lemma_ in DUTY for token in sentence)


def entry_of(discourse: Discourse, sentence: Span, lead: Sequence[FoundMeasure]) -> FoundMeasure | None:
    """The duty on the goods of one line, with the sides and the status that the sentence above names.

    Where that names several sides and the line some of them, it is on the goods of these alone.
    """
    start = ENTRY.match(sentence.text)
    rates = list(rates_in(sentence.text))
    if not lead or start is None or len(rates) != 1:
        return None
    (rate,) = rates
    told = _AFTER.match(sentence.text, rate.end) or _BEFORE.match(sentence.text[: rate.start], start.end())
    goods = None if told is None else told["goods"]
    first, last = characters(sentence)
    stop = sentence.start_char + (rate.end if told is None else max(rate.end, told.end("goods")))
    on = tuple(code for code in discourse.sides_within(sentence) if code in lead[-1].on) or lead[-1].on
    return replace(lead[-1], on=on, rate=rate.rate, goods=goods, value=None, span=(first, min(stop, last)), rule=LISTED)


def with_flows(discourse: Discourse, found: Sequence[FoundMeasure]) -> list[FoundMeasure]:
    """The measures; one without a sum gets that of a sentence on the trade in its goods, each sum once."""
    kept = list(found)
    spent = {(m.value.start, m.value.end) for m in found if m.value is not None}
    before: Span | None = None
    for sentence in discourse.doc.sents:
        for amount in _sums(sentence):
            place = (amount.start, amount.end)
            n = next((n for n, m in enumerate(kept) if _covers(discourse, m, sentence, before)), None)
            if n is not None and place not in spent:
                kept[n] = replace(kept[n], value=amount)
                spent.add(place)
        before = sentence
    return kept


def _sums(sentence: Span) -> Iterator[Amount]:
    if _SOLD.search(sentence.text) and not _NO_TRADE.search(sentence.text):
        yield from amounts_in(sentence.text, sentence.start_char)


def _covers(discourse: Discourse, measure: FoundMeasure, sentence: Span, before: Span | None) -> bool:
    """Whether a sentence tells of the trade that a measure without a sum falls on."""
    told = measure.value is not None or measure.rule == LISTED
    if told or measure.goods is None or not _flows_that_way(discourse, measure, sentence):
        return False
    if measure.span[0] >= sentence.end_char:
        return False
    goods = _goods(discourse, measure)
    if goods & _nouns(sentence):
        return True
    told_before = before is not None and (
        before.start_char < measure.span[1] <= before.end_char or goods & _nouns(before) != set()
    )
    return told_before and _AGAIN.search(sentence.text) is not None


def _goods(discourse: Discourse, measure: FoundMeasure) -> set[str]:
    assert measure.goods is not None
    start = discourse.text.find(measure.goods, measure.span[0])
    words = discourse.doc.char_span(start, start + len(measure.goods), alignment_mode="expand") if start >= 0 else None
    return _nouns(words) if words is not None else set()


def _nouns(words: Span) -> set[str]:
    return {t.lemma_.lower() for t in words if t.pos_ in ("NOUN", "PROPN")} - _NO_GOODS


def _flows_that_way(discourse: Discourse, measure: FoundMeasure, sentence: Span) -> bool:
    """Whether nobody but those who face the duty sells, and nobody but who charges it buys."""
    for verb in sentence:
        lemma = verb.lemma_.lower()
        if verb.pos_ != "VERB" or lemma not in _SELLS | _BUYS:
            continue
        sides = {code for t in verb.children if t.dep_ in SUBJECTS for code in discourse.sides_within(list(t.subtree))}
        # the parser may take the name before a verb for no subject
        if not sides and verb.i > sentence.start and verb.i - 1 in discourse.by_token:
            sides = {discourse.by_token[verb.i - 1].code}
        if sides and not sides <= ({*measure.on} if lemma in _SELLS else {measure.by}):
            return False
    named = set(discourse.sides_within(sentence))
    return not named or bool(named & {measure.by, *measure.on})
