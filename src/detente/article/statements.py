"""Who said what: words in quotation marks, and clauses that somebody is reported to have said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spacy.tokens import Doc, Span, Token

from detente.article.grammar import characters, overlap, subjects_of
from detente.article.items import FoundForecast, FoundStatement
from detente.article.rules import Frame, load_trees, load_words
from detente.article.scene import Actor, Scene

FEWEST_WORDS: Final = 4
"""Words: fewer in quotation marks are a name or a phrase, no statement."""


def statements(scene: Scene) -> list[FoundStatement]:
    """Every statement, in the order of the text; what stands in quotation marks is not reported once more."""
    direct = [s for s in _direct(scene) if len(scene.doc.text[slice(*s.span)].split()) >= FEWEST_WORDS]
    told = [s for s in _reported(scene) if not any(overlap(s.span, d.span) for d in direct)]
    return sorted((*direct, *told), key=lambda statement: statement.span)


def stance_of(words: str) -> str:
    """How words sound, by the first rule of `stances.yaml` that fits."""
    return next((str(rule.says["stance"]) for rule in load_words("stances") if rule.pattern.search(words)), "neutral")


def forecast_of(words: str) -> tuple[str, str] | None:
    """The rule of `forecasts.yaml` that fits first and its outcome; None where words foretell nothing."""
    for rule in load_words("forecasts"):
        refused = rule.says.get("not")
        if rule.pattern.search(words) and not (refused and re.search(refused, words, re.IGNORECASE)):
            return rule.id, str(rule.says["outcome"])
    return None


def forecasts(scene: Scene, said: list[FoundStatement]) -> Iterator[FoundForecast]:
    """The statements of people and bodies that say what will become of the dispute."""
    for statement in said:
        found = forecast_of(scene.doc.text[slice(*statement.span)])
        if found is not None:
            yield FoundForecast(statement.who, found[1], statement.span)


def _direct(scene: Scene) -> Iterator[FoundStatement]:
    last: tuple[int, Actor] | None = None
    frames = [f for f in _frames(scene.doc) if not scene.quoted(f["says"])]
    for start, end in scene.quotations:
        span = scene.doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            continue
        speaker = _speaker(scene, span, frames)
        paragraph = scene.doc.text.count("\n", 0, start)
        if speaker is None and last is not None and last[0] == paragraph:
            speaker = last[1]
        if speaker is None:
            continue
        last = (paragraph, speaker)
        scene.speakers.update(dict.fromkeys(range(span.start, span.end), speaker))
        yield FoundStatement(speaker.who, speaker.side, stance_of(scene.doc.text[start:end]), (start, end), True)


def _speaker(scene: Scene, quote: Span, frames: list[Frame]) -> Actor | None:
    """Who says a quotation: the subject of a verb of speech in the sentences that it touches."""
    first, last = quote[0].sent, quote[-1].sent
    near = [f for f in frames if first.start <= f["says"].i < last.end]
    for frame in sorted(near, key=lambda f: min(abs(f["says"].i - quote.start), abs(f["says"].i - quote.end))):
        actor = _teller(scene, frame)
        if actor is not None:
            return actor
    return None


def _tellers(frame: Frame) -> list[Token]:
    """Who may be the one that says it: the token of the rule, else the subjects of the verb."""
    return [frame["who"]] if "who" in frame.tokens else list(subjects_of(frame["says"]))


def _teller(scene: Scene, frame: Frame) -> Actor | None:
    return next((found for token in _tellers(frame) if (found := scene.actor(token)) is not None), None)


def _frames(doc: Doc) -> list[Frame]:
    trees = load_trees("speech")
    return [frame for sentence in doc.sents for frame in trees.find(sentence)]


def _reported(scene: Scene) -> Iterator[FoundStatement]:
    seen: list[tuple[int, int]] = []
    told: set[str] = set()
    for frame in _frames(scene.doc):
        if frame.rule == "said-by" or scene.quoted(frame["says"]) or _is_asked_for(frame.get("what")):
            continue
        actor = _teller(scene, frame)
        span = _clause(frame, next(iter(_tellers(frame)), frame["says"]))
        words = scene.doc.text[slice(*span)]
        known = words in told or any(overlap(span, other) for other in seen)
        if actor is not None and len(words.split()) >= FEWEST_WORDS and not known:
            seen.append(span)
            told.add(words)
            yield FoundStatement(actor.who, actor.side, stance_of(words), span, False)


def _is_asked_for(what: Token | None) -> bool:
    """Whether a clause tells what shall be done and not what is: insisted that the other side `end` its aid."""
    return what is not None and what.tag_ == "VB" and not any(c.dep_ in ("aux", "auxpass") for c in what.children)


def _clause(frame: Frame, who: Token) -> tuple[int, int]:
    """What was said: the clause without `that`, or the sentence without those who say it."""
    says, what = frame["says"], frame.get("what")
    if what is not None:
        words = [token for token in what.subtree if token.i != says.i]
        if frame.get("where") is not None:
            words = [token for token in words if token.i > frame["where"].i]
        left = [token for token in words if token.i < says.i]
        right = [token for token in words if token.i > says.i]
        words = left if len(left) > len(right) else right
        # the day on which it was said may stand before the clause, and the parser hangs it into the clause
        aside = {t.i for c in what.children if c.lower_ == "on" and c.i == words[0].i for t in c.subtree}
        words = [token for token in words if token.i not in aside]
        if words and words[0].lower_ == "that":
            words = words[1:]
        return characters(words)
    sentence, edge = says.sent, min(says.i, who.left_edge.i)
    before = [token for token in sentence if token.i < edge]
    after = [token for token in sentence if token.i > max(who.right_edge.i, says.i)]
    return characters(before if len(before) >= FEWEST_WORDS else after)
