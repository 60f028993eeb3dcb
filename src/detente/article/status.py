"""Whether a duty is law, a threat, a proposal or history, as the verbs above it say."""

from __future__ import annotations

from functools import cache
from typing import Final

from spacy.tokens import Token

from detente.article.grammar import AHEAD, chain, is_negated
from detente.article.items import Status
from detente.article.rules import Frame, load_rules

PROPOSES: Final = frozenset({"propose", "suggest", "recommend"})
_MAYBE: Final = frozenset({"would", "could", "may", "might", "can", "should", "must"})
_NOT_DONE: Final = frozenset({"refuse", "decline", "consider", "offer", "fail", "want", "ask", "seek", "mull", "weigh"})


def status_of(frame: Frame) -> Status:
    """The status of the duty that a tree of `measures.yaml` tells of."""
    what, act = frame["what"], frame.get("act")
    above = chain(act if act is not None else what)
    # a clause that is reported stands by itself: `said` above it says nothing of the duty
    own = ("nsubj", "nsubjpass", "expl")
    stop = next((n + 1 for n, t in enumerate(above) if any(c.dep_ in own for c in t.children)), len(above))
    if frame.rule in ("by-words", "owned") and is_considered(what):
        return "proposed"
    if frame.rule in ("charged-by", "owned", "faces", "by-words"):
        stop = 1
    if stop < len(above) and above[stop].lemma_ in PROPOSES and frame.rule != "suspends":
        return "proposed"
    near = above[:stop] + ([frame["threat"]] if "threat" in frame.tokens else [])
    helpers = {c.lower_ for t in near if t.pos_ in ("VERB", "AUX") for c in t.children if c.dep_ in ("aux", "auxpass")}
    words = {t.lemma_.lower() for t in near if t.i != what.head.i or t.lemma_ != "set"} | {
        t.lower_ for t in what.children if t.dep_ == "amod"
    }
    if frame.rule == "puts-off":
        return "threatened"
    unsure = any(_under_study(t) for t in above)
    if frame.rule == "suspends":
        open_still = unsure or helpers & _MAYBE or words & _NOT_DONE or any(is_negated(t) for t in near)
        return "in-force" if open_still else "withdrawn"
    if unsure:
        return "proposed"
    if any(c.dep_ == "mark" and c.lower_ == "whether" for t in near for c in t.children):
        return "proposed"
    for rule in _statuses():
        if words & set(rule["lemmas"]):
            return rule["status"]  # type: ignore[return-value]
    told = act is not None and (act.tag_ == "VBD" or helpers & {"has", "have"})
    if helpers & AHEAD or (frame.rule == "answers-with" and not told):
        return "threatened"
    return "in-force"


def is_considered(what: Token) -> bool:
    """Whether a duty is one of the options, or an object of what somebody considers."""
    above = chain(what)[1:8]
    stop = next((n for n, t in enumerate(above) if t.pos_ == "VERB" and t.lemma_ not in _HOLDS), len(above))
    return bool({t.lemma_ for t in above[: stop + 1]} & (_OPTIONS | set(_statuses()[0]["lemmas"])))


def _under_study(verb: Token) -> bool:
    """Whether something is said to be under consideration."""
    under = [c for c in verb.children if c.dep_ == "prep" and c.lower_ == "under"]
    return any(noun.lemma_ in _CONSIDERED for prep in under for noun in prep.children)


_CONSIDERED: Final = frozenset({"study", "consideration", "review", "discussion", "examination"})
_HOLDS: Final = frozenset({"include", "contain", "involve", "range"})
_OPTIONS: Final = frozenset({"option", "idea", "possibility", "proposal"})


@cache
def _statuses() -> list[dict[str, str]]:
    rules: list[dict[str, str]] = load_rules("statuses")
    return rules
