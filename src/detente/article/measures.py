"""Tariffs in a text: who charges whom how much on what, and whether it is law, a threat, a proposal or history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Final

from spacy.tokens import Span, Token

from detente.article.amounts import FoundRate
from detente.article.dates import dates_in
from detente.article.grammar import chain, characters, subjects_of, tense_of
from detente.article.items import FoundMeasure, Status
from detente.article.merging import each_once, further
from detente.article.parts import DUTY, Part, parts_of, token_at, values_of
from detente.article.rules import Frame, load_rules, load_trees
from detente.article.scene import Scene

_AHEAD: Final = frozenset(
    {"will", "would", "could", "may", "might", "can", "shall", "'ll", "’ll", "wo", "should", "must"}
)
_RAISES: Final = frozenset(
    {"raise", "double", "triple", "treble", "quadruple", "increase", "hike", "lift", "cut", "lower"}
)
_PROPOSES: Final = frozenset({"propose", "suggest", "recommend"})
_TELLS: Final = frozenset({"say", "tell", "announce", "report", "threaten", "promise", "vow", "warn"})
_BEGINS: Final = re.compile(
    r"\b(on|from|as of|starting|effective|beginning|after|as early as|take effect|since|ends)\s+(?:\w+ )?$"
)


def measures(scene: Scene, base: date) -> list[FoundMeasure]:
    """Every tariff, each once; what is told of it in several places is put together."""
    found: list[FoundMeasure] = []
    sentences = [sentence for sentence in scene.doc.sents if not is_headline(sentence)]
    for rule in ("charges", "threat-of", "answers-with", "falls-on", "suspends", "taxes", "owned"):
        for sentence in sentences:
            asked = {f["deed"].i for f in load_trees("demands").find(sentence) if not _is_put_forward(f)}
            for frame in load_trees("measures").find(sentence, only=rule):
                found += _told(scene, frame, base, found, asked)
    return each_once(found)


def is_headline(sentence: Span) -> bool:
    """Whether a line is a heading: it does not end as a sentence does."""
    return re.search(r"[.!?][”\"’)]*\s*$", sentence.text) is None


def _told(
    scene: Scene, frame: Frame, base: date, known: Sequence[FoundMeasure], asked: set[int]
) -> Iterator[FoundMeasure]:
    """What one deed says: new measures, or nothing where it is about one that is known already."""
    what = frame["what"]
    act = frame.get("act") or what
    if _in_a_demand(act) or any(token.i in asked for token in chain(act)):
        return
    by = _by(scene, frame)
    parts = parts_of(act, what)
    on = [code for part in parts for code in _sides_of_goods(scene, part, what, by)]
    status = _status(frame)
    span = characters(_reach(act, what, frame))
    day, after = _first_day(scene, act, base)
    value = next(values_of(act, what), None)
    if by is None and what.dep_ in ("nsubj", "nsubjpass"):
        yield from further(known, parts, value, (day, after), what.idx)
        return
    if by is None:
        return
    for part in parts:
        others = [] if frame.rule == "owned" else _other(scene, by, what)
        targets = tuple(dict.fromkeys(c for c in _sides_of_goods(scene, part, what, by) or on or others if c != by))
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
                level=part.rate is not None and act.lemma_ in _RAISES and _is_level(scene.doc.text, part.rate),
                value=value if len(parts) == 1 else None,
                goods=part.goods,
                first_day=day,
                after=after,
                rule=frame.rule,
            )


def _is_put_forward(frame: Frame) -> bool:
    """Whether a demand proposes a duty, so that the duty is one of its own."""
    return "asks" in frame.tokens and frame["asks"].lemma_ in _PROPOSES


def _is_level(text: str, rate: FoundRate) -> bool:
    """Whether a rate is that to which a tariff is raised."""
    return re.search(r"\bto (?:about |some )?$", text[: rate.start][-12:]) is not None


def _in_a_demand(act: Token) -> bool:
    """Whether the deed is one that somebody asks for, or the condition of another."""
    return any(child.lower_ in ("if", "before", "until", "unless") for child in act.children if child.dep_ == "mark")


def _by(scene: Scene, frame: Frame) -> str | None:
    """The side that charges: who does the deed, who owns the duty, or who is reported to have said it."""
    what, act = frame["what"], frame.get("act")
    owner = frame.get("owner")
    for token in [child for child in what.children if child.dep_ in ("poss", "amod", "compound", "nmod")]:
        code = scene.side_of(token) or next(iter(scene.sides_within(list(token.subtree))), None)
        if code is not None and (owner is not None or act is not None):
            return code
    if owner is not None or act is None:
        return None
    doers = [t for t in subjects_of(frame.get("threat") or act) if t.i != what.i and t.lemma_ not in DUTY]
    return next((code for token in doers if (code := scene.side_of(token)) is not None), None)


def _reach(act: Token, what: Token, frame: Frame) -> list[Token]:
    """The words of the deed: from who does it to the end of what hangs on it."""
    top = frame.get("threat") or act
    while top.dep_ in ("xcomp", "acl") and top.head.pos_ in ("VERB", "NOUN") and top.head.i < top.i:
        top = top.head
    later = [c for c in top.children if c.dep_ in ("parataxis", "conj", "ccomp") and c.i > max(act.i, what.i)]
    other = [c.left_edge.i for c in later if act.i not in {token.i for token in c.subtree}]
    return [token for token in top.subtree if token.i < min(other, default=top.sent.end)]


def _sides_of_goods(scene: Scene, part: Part, what: Token, by: str | None) -> list[str]:
    """Whose goods they are: as the words for them say, or the deed's other words."""
    span = scene.doc.char_span(part.start, part.end, alignment_mode="expand")
    tokens = list(span) if span is not None and part.goods else []
    codes = [code for code in scene.sides_within(tokens) if code != by]
    if codes:
        return codes
    owners = [t for t in tokens if t.dep_ == "poss" and t.pos_ == "PRON"]
    return [code for t in owners if (code := scene.side_of(t)) is not None and code != by]


def _other(scene: Scene, by: str, what: Token) -> list[str]:
    """The side that the sentence names beside the one that charges, else the one last named before it."""
    sentence = [code for code in scene.sides_within(what.sent) if code != by]
    if sentence:
        return sentence[:1]
    order = [scene.by_token[i].code for i in range(what.sent.start) if i in scene.by_token]
    return [code for code in reversed(order) if code != by][:1]


def _status(frame: Frame) -> Status:
    """What the verbs above the duty say of it."""
    what, act = frame["what"], frame.get("act")
    above = chain(act if act is not None else what)
    # a clause that is reported stands by itself: `said` above it says nothing of the duty
    own = ("nsubj", "nsubjpass", "expl")
    stop = next((n + 1 for n, t in enumerate(above) if any(c.dep_ in own for c in t.children)), len(above))
    if stop < len(above) and above[stop].lemma_ in _PROPOSES:
        return "proposed"
    near = above[:stop] + ([frame["threat"]] if "threat" in frame.tokens else [])
    words = {t.lemma_.lower() for t in near} | {t.lower_ for t in what.children if t.dep_ == "amod"}
    for rule in _statuses():
        if words & set(rule["lemmas"]):
            return rule["status"]  # type: ignore[return-value]
    helpers = {c.lower_ for t in near if t.pos_ in ("VERB", "AUX") for c in t.children if c.dep_ in ("aux", "auxpass")}
    if helpers & _AHEAD:
        return "threatened"
    if frame.rule == "suspends":
        return "withdrawn"
    if frame.rule == "answers-with":
        return "threatened"
    return "in-force"


@cache
def _statuses() -> list[dict[str, str]]:
    rules: list[dict[str, str]] = load_rules("statuses")
    return rules


def _first_day(scene: Scene, act: Token, base: date) -> tuple[date | None, bool]:
    """The day from which the duty is charged, and whether it is the day after."""
    start, end = act.sent.start_char, act.sent.end_char
    text = scene.doc.text
    for day in dates_in(text[start:end], start, base, tense_of(act)):
        before = text[max(start, day.start - 24) : day.start].lower()
        token = token_at(scene.doc, day.start)
        near = [*chain(token)[:3], *scene.doc[max(act.sent.start, token.i - 3) : token.i]]
        told_then = any(t.lemma_ in _TELLS and t.i != act.i for t in near)
        if _BEGINS.search(before) and not told_then:
            return day.day, "after" in text[start : day.start].lower().split()[-8:]
    return None, False
