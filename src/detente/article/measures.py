"""The measures of a text: who charges whom how much on what, and the status of each duty in law.

One duty that is told in several places is one measure. Quotas, bans, licences and curbs on exports are found too; the
dispute file has no block for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from spacy.tokens import Span, Token

from detente.article.coreference import Discourse
from detente.article.duty_phrases import (
    DUTY,
    ENTRY,
    RatedGoods,
    answered,
    comes_on_top,
    end_of_deed,
    entry_of,
    has_a_rate,
    introduces,
    is_answered,
    rated_goods,
    tells_a_total_alone,
    token_at,
    values_of,
    with_flows,
)
from detente.article.imposer import LOOSE, PROPOSES, at_odds, imposer_of, other_side, payers, sides_of_goods, status_of
from detente.article.items import LISTED, FoundCurb, FoundMeasure
from detente.article.language import HEAD, Frame, load_trees, load_words
from detente.article.numeric_expressions import Amount, FoundRate, dates_in, rates_in
from detente.article.syntax import chain, characters, sentence_of, tense_of, verb_above
from detente.data.quantities import parse_money

_IN_PASSING = ("owned", "falls-on", "puts-off")
"""Rules of sentences that speak of a duty without putting it forward: their tense says little of its status."""
_ROUNDED: Final = 0.05
"""Share by which a total and the sum of its parts may differ, since news rounds both."""
RULES: Final = (
    "charges", "threat-of", "answers-with", "charged-by", "suspends", "puts-off", "faces", "falls-on", "taxes",
    "taxes-goods", "owned",
)  # fmt: skip
"""The rules of `measures.yaml`, the most telling first: a duty is read by the first that says something of it."""
_RAISES: Final = frozenset(
    {"raise", "double", "triple", "treble", "quadruple", "increase", "hike", "lift", "cut", "lower", "rise", "jump"}
)
_TELLS: Final = frozenset({"say", "tell", "announce", "report", "threaten", "promise", "vow", "warn"})
_DECIDES: Final = frozenset(
    {"approve", "adopt", "announce", "unveil", "propose", "authorize", "authorise", "confirm", "finalize", "finalise",
     "order", "decide", "draft", "prepare", "plan", "threaten"}
)  # fmt: skip
"""Deeds on a day from which nothing is charged yet: it was approved `on Wednesday`."""
_TAKES_EFFECT: Final = re.compile(
    r"\s*(?:They|These|Both|It|The (?:measures?|moves?|changes?|increases?|rises?|hikes?))\b.{0,30}?"
    r"\b(?:go(?:es)?|comes?|takes?|enters?|kicks?|begins?|starts?|appl(?:y|ies))\b"
)
"""How a sentence begins that tells from when the duties of the one before are charged, without a word for a duty."""
_BEGINS: Final = re.compile(
    r"\b(on|from|as of|starting|effective|beginning|after|as early as|take effect|since|ends|soon as|with effect from)"
    r"\s+(?:\w+ |\d+ [ap]\.m\. ?)?$"
)
_NO_CUSTOMS: Final = frozenset(
    {"electricity", "power", "roaming", "phone", "mobile", "data", "feed", "water", "hotel", "energy", "call", "heat",
     "excise", "fuel", "stamp", "death", "estate", "inheritance", "passenger", "utility", "gas", "rail", "freight"}
)  # fmt: skip
"""What stands before a tariff or a duty that is none of trade."""
_NO_GOODS: Final = frozenset(
    {"call", "household", "customer", "text", "roaming", "passenger", "user", "subscriber", "seller", "service", "firm",
     "company", "giant", "platform", "bank", "ticket", "tourist", "income", "profit", "salary"}
)  # fmt: skip
"""On what such a tariff or levy lies."""
_BORDER: Final = frozenset({"import", "importer", "customs", "dumping", "tariff", "duty", "goods"})
"""Words beside which a deposit is one of duties."""


def further(
    known: Sequence[FoundMeasure],
    parts: Sequence[RatedGoods],
    value: Amount | None,
    first: tuple[date | None, bool],
    span: tuple[int, int],
) -> Iterator[FoundMeasure]:
    """The additions of a sentence on `the duties` at characters `span` to the last measure before it.

    Several rates make several measures of it; one, a value or a day (and whether it is the day after) completes it.
    """
    before = [measure for measure in known if measure.span[0] < span[0]]
    if not before:
        return
    last = max(before, key=lambda measure: measure.span)
    value = None if last.rule == LISTED else value
    rated = [(part.rate.rate, part) for part in parts if part.rate is not None]
    if len(rated) > 1:
        for own, part in rated:
            yield replace(last, rate=own, value=None, goods=part.goods, span=(part.start, part.end))
    elif rated or value is not None or first[0] is not None:
        rate = last.rate or (rated[0][0] if rated else None)
        day, after = first if last.first_day is None else (last.first_day, last.after)
        numbers = last.rate is None and last.value is None and (rated or value is not None)
        span = span if numbers else last.span  # the words that say how much
        goods = next((part.goods for part in parts if part.goods and numbers), last.goods)
        yield replace(last, rate=rate, value=last.value or value, goods=goods, first_day=day, after=after, span=span)


def each_once(found: Sequence[FoundMeasure]) -> list[FoundMeasure]:
    """Each measure once, in the order of the text: what adds nothing to another of the same sides is that other."""
    kept: list[FoundMeasure] = []
    for measure in sorted(found, key=lambda m: (-_facts_told(m), m.span)):
        place = next((n for n, other in enumerate(kept) if _same(other, measure)), None)
        if place is None:
            kept.append(measure)
        else:
            kept[place] = _completed(kept[place], measure)
    return [measure for measure in sorted(kept, key=lambda measure: measure.span) if not _is_total(measure, kept)]


def _is_total(measure: FoundMeasure, found: Sequence[FoundMeasure]) -> bool:
    """Whether a measure without a rate is the sum of others of the same sides, told apart elsewhere."""
    if measure.rate is not None or measure.value is None:
        return False
    sides = (measure.by, measure.on)
    parts = [m.value for m in found if m is not measure and (m.by, m.on) == sides and m.rate and m.value is not None]
    total = sum(parse_money(part.money) for part in parts if part.currency == measure.value.currency)
    return len(parts) > 1 and abs(total / parse_money(measure.value.money) - 1) <= _ROUNDED


def _completed(measure: FoundMeasure, other: FoundMeasure) -> FoundMeasure:
    day, after = (measure.first_day, measure.after) if measure.first_day else (other.first_day, other.after)
    return replace(
        measure,
        rate=measure.rate or other.rate,
        level=measure.level if measure.rate else other.level,
        value=measure.value or other.value,
        goods=measure.goods or other.goods,
        first_day=day,
        after=after,
    )


def _facts_told(measure: FoundMeasure) -> int:
    """The number of facts that the text states of a measure."""
    numbers = (measure.rate, measure.value, measure.first_day)
    return 2 * sum(number is not None for number in numbers) + (measure.goods is not None)


def _same(first: FoundMeasure, second: FoundMeasure) -> bool:
    """Whether the second, of which no more is told, is the first."""
    if first.by != second.by or not set(second.on) <= set(first.on):
        return False
    goods = first.goods is not None and second.goods is not None
    if first.status != second.status and second.rule not in _IN_PASSING and goods:
        return False
    if first.rate is not None and second.rate is not None and first.rate != second.rate:
        return False
    if first.value is not None and second.value is not None and first.value.money != second.value.money:
        return False
    return second.rate is None or first.rate is not None or not goods


def measures(discourse: Discourse, base: date) -> list[FoundMeasure]:
    """Every tariff, each once; what is told of it in several places is put together."""
    found: list[FoundMeasure] = []
    lead: list[FoundMeasure] = []
    for sentence in discourse.doc.sents:
        entry = entry_of(discourse, sentence, lead)
        if entry is not None:
            found = [*(measure for measure in found if not any(measure is of for of in lead if of.rate is None)), entry]
            continue
        heads = introduces(sentence)
        if is_headline(sentence) and not heads:
            continue
        before = len(found)
        asked = {f["deed"].i for f in load_trees("demands").find(sentence) if _asks_for_something(f)}
        frames = list(load_trees("measures").find(sentence))
        read: set[int] = set()
        for rule in RULES:
            for frame in frames:
                if frame.rule == rule and frame["what"].i not in read and _is_of_trade(frame["what"]):
                    new = list(_told(discourse, frame, base, found, asked))
                    found += new
                    read |= {frame["what"].i} if new else set()
        for token in sentence:
            if (
                token.lemma_ in DUTY
                and token.pos_ == "NOUN"
                and token.i not in read
                and _is_of_trade(token)
                and has_a_rate(token)
            ):
                found += _told(discourse, Frame(LOOSE, {"what": token}), base, found, asked)
        if len(found) == before and found:
            found[-1] = _charged_from(found[-1], discourse, sentence, base)
        lead = found[before:] if heads else []
    return [_not_yet(measure, base) for measure in with_flows(discourse, each_once(found))]


def _charged_from(measure: FoundMeasure, discourse: Discourse, sentence: Span, base: date) -> FoundMeasure:
    """The measure of the sentence before with the day that this one says: they will go into effect on Friday."""
    follows = sentence_of(token_at(discourse.doc, measure.span[1] - 1)).end == sentence.start
    if measure.first_day is not None or not follows or not _TAKES_EFFECT.match(sentence.text):
        return measure
    days = dates_in(sentence.text, sentence.start_char, base, "future")
    day = next((d.day for d in days if _BEGINS.search(discourse.text[d.start - 24 : d.start].lower())), None)
    return measure if day is None else replace(measure, first_day=day)


def is_headline(sentence: Span) -> bool:
    """Whether a line is a heading: it stands above the first dateline, or does not end as a sentence does."""
    if sentence.start_char < sentence.doc.user_data.get(HEAD, 0):
        return True
    ends = re.search(r"[.!?;][”\"’)]*\s*$", sentence.text) is not None
    return not ends and ENTRY.match(sentence.text) is None


def _is_of_trade(what: Token) -> bool:
    """Whether a tariff is one of customs: not that of electricity or of a phone call."""
    beside = {child.lemma_.lower() for child in what.children if child.dep_ in ("compound", "amod", "nmod")}
    goods = {t.lemma_.lower() for prep in what.children if prep.dep_ == "prep" for t in prep.children}
    goods |= {t.lemma_.lower() for prep in what.head.children if prep.lower_ == "on" for t in prep.children}
    if what.lemma_ == "deposit":  # else money in a bank, ore in the ground
        laid_on = any(prep.lower_ == "on" for prep in (*what.children, *what.head.children))
        if not laid_on and not _BORDER & {t.lemma_.lower() for t in sentence_of(what)}:
            return False
        if next(rates_in(sentence_of(what).text), None) is None:
            return False
    if what.lemma_.lower() in _NO_GOODS:
        return False
    return not beside & _NO_CUSTOMS and not goods & _NO_GOODS


def _not_yet(measure: FoundMeasure, base: date) -> FoundMeasure:
    """A duty whose first day is still to come is no law yet."""
    ahead = measure.status == "in-force" and measure.first_day is not None and measure.first_day > base
    return replace(measure, status="threatened") if ahead else measure


def _told(
    discourse: Discourse, frame: Frame, base: date, known: Sequence[FoundMeasure], asked: set[int]
) -> Iterator[FoundMeasure]:
    """The content of one deed: new measures, or nothing if it repeats a known one."""
    what = frame["what"]
    act = frame.get("act") or what
    inside = frame.rule in ("charged-by", "owned", LOOSE)  # said of a duty in passing, whatever is asked for
    demanded = _in_a_demand(act) or (not inside and any(token.i in asked for token in chain(act)))
    if demanded or tells_a_total_alone(act, what):
        return
    by = imposer_of(discourse, frame)
    parts = rated_goods(act, what)
    level = [part.rate is not None and _is_level(discourse.text, part.rate) for part in parts]
    if act.lemma_ == "lift" and frame.rule == "charges" and not any(level):
        return  # lifted altogether, which another rule reads
    if frame.rule == "owned" and frame["on"].lower_ == "of" and parts[0].rate is None:
        return
    on = [code for part in parts for code in sides_of_goods(discourse, part, what, by)]
    if "tax" in (what.lemma_, act.lemma_) and not on:
        return  # a tax on no goods of another side is one at home
    if frame.rule == "faces":
        by, on = payers(discourse, what, act, (by, on), known)
    day, after = _first_day(discourse, act, what, base)
    value = next(values_of(act, what), None)
    told_of = what.dep_ in ("nsubj", "nsubjpass")
    span = characters(_reach(act, what, frame))
    if by is None and told_of and (more := list(further(known, parts, value, (day, after), (what.idx, span[1])))):
        yield from more
        return
    if by is None and any(c.dep_ == "nsubj" and c.lower_ == "they" for c in act.children):
        return  # whoever they are, it is no side that the text has named
    same = known[-1] if frame.rule == LOOSE and known and what.dep_ == "conj" else None
    if same is not None and (sentence_of(what).start_char > same.span[0] or same.by in on):
        same = None
    if same is not None:
        by = by or same.by  # a tariff on this and a duty on that
    by = by or at_odds(discourse, known, on, what)
    if by is None:
        return
    before = next((m for m in reversed(known) if m.by == by), None)
    unnamed = frame.rule == "owned" and not is_answered(what)  # who answers a duty is the side that it is on
    others = [] if unnamed else other_side(discourse, by, what, before if told_of else None)
    if what.lemma_ == "own" and known:
        others = list(known[-1].on)
    status = same.status if same is not None else status_of(frame)
    if told_of and before is not None and before.status == "withdrawn" and status == "in-force":
        status = "withdrawn"
    for part in parts:
        targets = tuple(dict.fromkeys(c for c in sides_of_goods(discourse, part, what, by) or on or others if c != by))
        if targets:
            earlier = part.rate is not None and comes_on_top(discourse.text, part.rate)
            yield FoundMeasure(
                by,
                targets,
                "in-force" if earlier else status,
                _words_of(part, span, alone=len(parts) == 1),
                rate=part.rate.rate if part.rate else None,
                level=part.rate is not None and act.lemma_ in _RAISES and _is_level(discourse.text, part.rate),
                value=value if len(parts) == 1 else None,
                goods=part.goods,
                first_day=None if earlier else day,
                after=not earlier and after,
                rule=frame.rule,
            )


def _words_of(part: RatedGoods, span: tuple[int, int], *, alone: bool) -> tuple[int, int]:
    """The characters that tell of one rate of a deed: those of the whole deed at `span` where it has no other."""
    if not alone:
        return part.start, part.end
    return (min(span[0], part.start), max(span[1], part.end)) if part.goods else span


def _asks_for_something(frame: Frame) -> bool:
    """Whether a tree of a demand is one: nobody proposes a duty of its own, or tells of something else."""
    if "asks" in frame.tokens and frame["asks"].lemma_ in PROPOSES:
        return False
    own = any(c.dep_ in ("nsubj", "nsubjpass") for c in frame["deed"].children)
    return not (own and frame.rule in ("urges-whom-to", "calls-on-whom-to"))


def _is_level(text: str, rate: FoundRate) -> bool:
    """Whether a rate is that to which a tariff is raised."""
    return re.search(r"\bto (?:about |some )?$", text[: rate.start][-12:]) is not None


def _in_a_demand(act: Token) -> bool:
    """Whether the deed is one that somebody asks for, or the condition of another."""
    return any(child.lower_ in ("if", "before", "until", "unless") for child in act.children if child.dep_ == "mark")


def _reach(act: Token, what: Token, frame: Frame) -> list[Token]:
    """The words of the deed: from who does it to the end of what hangs on it."""
    if frame.rule in ("charged-by", "owned", LOOSE):
        return list(what.subtree)
    top = frame.get("threat") or act
    while top.dep_ in ("xcomp", "acl") and top.head.pos_ in ("VERB", "NOUN") and top.head.i < top.i:
        top = top.head
    later = [c for c in top.children if c.dep_ in ("parataxis", "conj", "ccomp") and c.i > max(act.i, what.i)]
    other = [c.left_edge.i for c in later if act.i not in {token.i for token in c.subtree}]
    return [token for token in top.subtree if token.i < min(other, default=sentence_of(top).end)]


def _first_day(discourse: Discourse, act: Token, what: Token, base: date) -> tuple[date | None, bool]:
    """The day from which the duty is charged, and whether it is the day after."""
    start, end = sentence_of(act).start_char, end_of_deed(act, what)
    if (span := answered(what)) is not None and is_answered(what):
        start, end = span
    text = discourse.text
    for day in dates_in(text[start:end], start, base, tense_of(act)):
        before = text[max(start, day.start - 24) : day.start].lower()
        token = token_at(discourse.doc, day.start)
        near = [*chain(token)[:3], *discourse.doc[max(sentence_of(act).start, token.i - 3) : token.i]]
        told_then = any(t.lemma_ in _TELLS and t.i != act.i for t in near)
        decided = act.lemma_ in _DECIDES and before.endswith("on ") and verb_above(token) == act
        if _BEGINS.search(before) and not told_then and not decided:
            return day.day, "after" in text[start : day.start].lower().split()[-8:]
    return None, False


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
