"""Tariffs in a text: who charges whom how much on what, and whether it is law, a threat, a proposal or history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from spacy.tokens import Span, Token

from detente.article.amounts import FoundRate, rates_in
from detente.article.chargers import LOOSE, at_odds, charger, other_side, payers, sides_of_goods
from detente.article.dates import dates_in
from detente.article.flows import with_flows
from detente.article.grammar import chain, characters, sentence_of, tense_of
from detente.article.items import FoundMeasure
from detente.article.language import HEAD
from detente.article.listed import ENTRY, entry_of, introduces
from detente.article.merging import each_once, further
from detente.article.parts import DUTY, end_of_deed, has_a_rate, parts_of, token_at, values_of
from detente.article.rules import Frame, load_trees
from detente.article.scene import Scene
from detente.article.status import PROPOSES, status_of

RULES: Final = (
    "charges", "threat-of", "answers-with", "charged-by", "suspends", "puts-off", "faces", "falls-on", "taxes",
    "taxes-goods", "owned",
)  # fmt: skip
"""The rules of `measures.yaml`, the most telling first: a duty is read by the first that says something of it."""
_RAISES: Final = frozenset(
    {"raise", "double", "triple", "treble", "quadruple", "increase", "hike", "lift", "cut", "lower", "rise", "jump"}
)
_TELLS: Final = frozenset({"say", "tell", "announce", "report", "threaten", "promise", "vow", "warn"})
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


def measures(scene: Scene, base: date) -> list[FoundMeasure]:
    """Every tariff, each once; what is told of it in several places is put together."""
    found: list[FoundMeasure] = []
    lead: list[FoundMeasure] = []
    for sentence in scene.doc.sents:
        entry = entry_of(scene, sentence, lead)
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
                    new = list(_told(scene, frame, base, found, asked))
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
                found += _told(scene, Frame(LOOSE, {"what": token}), base, found, asked)
        lead = found[before:] if heads else []
    return [_not_yet(measure, base) for measure in with_flows(scene, each_once(found))]


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
    scene: Scene, frame: Frame, base: date, known: Sequence[FoundMeasure], asked: set[int]
) -> Iterator[FoundMeasure]:
    """What one deed says: new measures, or nothing where it is about one that is known already."""
    what = frame["what"]
    act = frame.get("act") or what
    inside = frame.rule in ("charged-by", "owned", LOOSE)  # said of a duty in passing, whatever is asked for
    if _in_a_demand(act) or (not inside and any(token.i in asked for token in chain(act))):
        return
    by = charger(scene, frame)
    parts = parts_of(act, what)
    level = [part.rate is not None and _is_level(scene.text, part.rate) for part in parts]
    if act.lemma_ == "lift" and frame.rule == "charges" and not any(level):
        return  # lifted altogether, which another rule reads
    if frame.rule == "owned" and frame["on"].lower_ == "of" and parts[0].rate is None:
        return
    on = [code for part in parts for code in sides_of_goods(scene, part, what, by)]
    if "tax" in (what.lemma_, act.lemma_) and not on:
        return  # a tax on no goods of another side is one at home
    if frame.rule == "faces":
        by, on = payers(scene, what, act, (by, on), known)
    day, after = _first_day(scene, act, what, base)
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
    by = by or at_odds(scene, known, on, what)
    if by is None:
        return
    before = next((m for m in reversed(known) if m.by == by), None)
    others = [] if frame.rule == "owned" else other_side(scene, by, what, before if told_of else None)
    if what.lemma_ == "own" and known:
        others = list(known[-1].on)
    status = same.status if same is not None else status_of(frame)
    if told_of and before is not None and before.status == "withdrawn" and status == "in-force":
        status = "withdrawn"
    for part in parts:
        targets = tuple(dict.fromkeys(c for c in sides_of_goods(scene, part, what, by) or on or others if c != by))
        if targets:
            own = (part.start, part.end)
            if len(parts) == 1:
                own = (min(span[0], part.start), max(span[1], part.end)) if part.goods else span
            yield FoundMeasure(
                by,
                targets,
                status,
                own,
                rate=part.rate.rate if part.rate else None,
                level=part.rate is not None and act.lemma_ in _RAISES and _is_level(scene.text, part.rate),
                value=value if len(parts) == 1 else None,
                goods=part.goods,
                first_day=day,
                after=after,
                rule=frame.rule,
            )


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


def _first_day(scene: Scene, act: Token, what: Token, base: date) -> tuple[date | None, bool]:
    """The day from which the duty is charged, and whether it is the day after."""
    start, end = sentence_of(act).start_char, end_of_deed(act, what)
    text = scene.text
    for day in dates_in(text[start:end], start, base, tense_of(act)):
        before = text[max(start, day.start - 24) : day.start].lower()
        token = token_at(scene.doc, day.start)
        near = [*chain(token)[:3], *scene.doc[max(sentence_of(act).start, token.i - 3) : token.i]]
        told_then = any(t.lemma_ in _TELLS and t.i != act.i for t in near)
        if _BEGINS.search(before) and not told_then:
            return day.day, "after" in text[start : day.start].lower().split()[-8:]
    return None, False
