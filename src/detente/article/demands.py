"""The demands of one side on another: deadline, and kind of ask in the dispute file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal

from spacy.tokens import Span, Token

from detente.article.coreference import Discourse
from detente.article.items import FoundDemand, FoundMeasure
from detente.article.language import Frame, load_rules, load_trees, load_words
from detente.article.numeric_expressions import amounts_in, dates_in, rates_in
from detente.article.syntax import (
    characters,
    is_headline,
    is_negated,
    overlap,
    sentence_of,
    subjects_of,
    token_at,
    tokens_between,
)

_BY: Final = re.compile(r"\b(?:by|before|until|within|no later than|in|from)\s+(?:the\s+)?(?:next\s+)?$", re.IGNORECASE)
_NOW: Final = re.compile(r"\b(?:immediately|at once|without delay|right away)\b", re.IGNORECASE)
_STOP: Final = re.compile(r"[.;]|, (?:and|but|which|said|who)\b| before | if | when | until ")
_VERBS: Final = {
    **{"removal": "remove", "lifting": "lift", "withdrawal": "withdraw", "elimination": "eliminate", "easing": "ease"},
    **{"suspension": "suspend", "cancellation": "cancel", "scrapping": "scrap", "reopening": "reopen"},
    **{"abolition": "abolish", "rollback": "remove", "reduction": "reduce"},
}
"""What the nouns for what is asked for are as verbs."""
_CONDITIONS: Final = frozenset({"before", "until", "if", "when", "unless", "while"})
_GOES_ON: Final = frozenset({"will", "would", "could", "may", "might", "can", "has", "have", "had"})


def demands(discourse: Discourse, measures: Sequence[FoundMeasure], base: date) -> list[FoundDemand]:
    """Every demand of one side on another, in the order of the text; deeds joined by `and` are demands of their own."""
    found: list[FoundDemand] = []
    for sentence in discourse.doc.sents:
        if is_headline(sentence):
            continue
        told = [d for frame in load_trees("demands").find(sentence) for d in _told(discourse, frame, measures, base)]
        told = told or list(_by_words(discourse, sentence, measures, base))
        for demand in (*told, *_by_nouns(discourse, sentence, measures, base)):
            if not any(
                overlap(demand.span, other.span) and (demand.what in other.what or other.what in demand.what)
                for other in found
            ):
                found.append(demand)
    return sorted(found, key=lambda demand: demand.span)


def _by_nouns(
    discourse: Discourse, sentence: Span, measures: Sequence[FoundMeasure], base: date
) -> Iterator[FoundDemand]:
    """Demands for the removal of something, or that it be removed: by the order of the words."""
    for rule in load_words("removals"):
        for match in rule.pattern.finditer(sentence.text):
            asks, deed = (token_at(discourse.doc, sentence.start_char + match.start(name)) for name in ("asks", "deed"))
            asked = (sentence.start_char + match.start("what"), sentence.start_char + match.end("what"))
            words = discourse.doc.char_span(*asked, alignment_mode="expand")
            by = next(
                (code for t in subjects_of(asks) if t.i < asks.i and (code := discourse.side_of(t)) is not None), None
            )
            if by is None or words is None or asks.pos_ not in ("VERB", "NOUN") or is_negated(asks):
                continue
            of = next((code for code in discourse.sides_within(words) if code != by), None)
            of = of or _other_side(discourse, by, asks)
            if of is not None:
                first = next((t for t in subjects_of(asks) if t.i < asks.i), asks)
                yield _found(discourse, (by, of), deed, asked, first.left_edge.idx, measures, base)


def _told(discourse: Discourse, frame: Frame, measures: Sequence[FoundMeasure], base: date) -> Iterator[FoundDemand]:
    deed = frame["deed"]
    if frame.rule in ("urges-whom-to", "calls-on-whom-to") and any(
        c.dep_ in ("nsubj", "nsubjpass") for c in deed.children
    ):
        return  # told that something else would happen: nothing is asked for
    if any(c.dep_ == "mark" and c.lower_ in ("if", "whether") for c in deed.children):
        return  # a question
    if _both(discourse, frame["whom"]) and frame.rule in ("urges-whom-to", "calls-on-whom-to"):
        return  # a third party to the two
    by, of = _who(discourse, frame), _side_asked(discourse, frame["whom"])
    if by is None or (of is None and not _both(discourse, frame["whom"])):
        return
    of = of or _other_side(discourse, by, frame["whom"])
    if of is None or of == by:
        return
    joined = [] if _both(discourse, frame["whom"]) else list(_joined(deed))  # what both shall do is one offer
    for n, each in enumerate(dict.fromkeys([deed, *joined])):
        asked = characters(_words_of(each))
        begin = _begins(discourse, frame) if n == 0 else asked[0]
        yield _found(discourse, (by, of), each, asked, begin, measures, base)


def _by_words(
    discourse: Discourse, sentence: Span, measures: Sequence[FoundMeasure], base: date
) -> Iterator[FoundDemand]:
    """Demands whose tree the parser misses, since `end` or `open` may be a noun: by the order of the words alone."""
    for rule in load_words("requests"):
        for match in rule.pattern.finditer(sentence.text):
            asks = tokens_between(discourse.doc, *(sentence.start_char + at for at in match.span("asks")))
            rest = sentence.start_char + match.end()
            mention = next((m for m in discourse.mentions if discourse.doc[m.start].idx == rest), None)
            if not asks or mention is None or mention.end >= sentence.end:
                continue
            deed, whom = discourse.doc[mention.end], discourse.doc[mention.end - 1]
            by, of = _who(discourse, Frame(rule.id, {"asks": asks[0], "whom": whom, "deed": deed})), mention.code
            if by is None or by == of or deed.tag_ not in ("NN", "VB", "VBP", "JJ"):
                continue
            stop = _STOP.search(sentence.text, deed.idx - sentence.start_char)
            end = sentence.start_char + stop.start() if stop else characters(sentence)[1]
            first = next((t for t in subjects_of(asks[0]) if t.i < asks[0].i), asks[0])
            yield _found(discourse, (by, of), deed, (deed.idx, end), first.idx, measures, base)


def _found(
    discourse: Discourse,
    sides: tuple[str, str],
    deed: Token,
    asked: tuple[int, int],
    begin: int,
    measures: Sequence[FoundMeasure],
    base: date,
) -> FoundDemand:
    """The demand of one side on another for what stands at characters `asked`, its words beginning at `begin`."""
    start, end = asked
    what = discourse.text[start:end]
    rule: dict[str, Any] = _rule(deed, what, sides[1], measures) or {}
    return FoundDemand(
        *sides,
        rule=rule.get("id"),
        ask=rule.get("kind", "structural"),
        what=what,
        span=(min(begin, start), end),
        topic=rule.get("topic"),
        value=next(amounts_in(what, start), None),
        rate=next((rate.rate for rate in rates_in(what, start)), None),
        deadline=_deadline(discourse, start, end, base),
    )


def _who(discourse: Discourse, frame: Frame) -> str | None:
    """The side that asks: the subject of asking, else of what governs it; whoever speaks for none asks for none."""
    asks = frame.get("asks") or frame["threat"]
    for token in subjects_of(asks):
        if token.i == frame["whom"].i:
            continue
        actor = discourse.actor(token)
        if actor is not None and actor.side is not None:
            return None if actor.side == "none" else actor.side
        if frame.rule == "says-must" and _is_thing(token):
            givers = (t for t in token.subtree if t.dep_ == "nsubj")  # a list that its embassy handed over
            return next((code for t in givers if (code := discourse.side_of(t)) is not None), None)
        if token.pos_ in ("NOUN", "PROPN") and token.head.i == asks.i and token.dep_ != "expl" and not _is_thing(token):
            return None
    return None


def _is_thing(token: Token) -> bool:
    return token.lemma_ in ("threat", "demand", "tariff", "duty", "finding", "talk", "list", "request", "letter")


def _side_asked(discourse: Discourse, whom: Token) -> str | None:
    actor = discourse.actor(whom)
    if actor is None:
        if whom.lemma_ in ("country", "neighbor", "neighbour", "partner", "nation", "side"):
            return _side_before(discourse, whom)
        return None
    return None if actor.side == "none" else actor.side


def _side_before(discourse: Discourse, token: Token) -> str | None:
    """The side named last before `the country`, other than the one whose sentence it is."""
    doers = {discourse.side_of(t) for t in sentence_of(token) if t.dep_ == "nsubj" and t.i != token.i}
    order = [discourse.by_token[i].code for i in range(token.i) if i in discourse.by_token]
    return next((code for code in reversed(order) if code not in doers), None)


def _both(discourse: Discourse, whom: Token) -> bool:
    phrase = discourse.doc[whom.left_edge.i : whom.i + 1].text.lower()
    return phrase in discourse.nouns["both"]


def _other_side(discourse: Discourse, by: str, whom: Token) -> str | None:
    order = [discourse.by_token[i].code for i in range(whom.i) if i in discourse.by_token]
    return next((code for code in reversed(order) if code != by), None)


def _joined(deed: Token) -> Iterator[Token]:
    """Further deeds of the same demand, joined by `and`: those that do not start a sentence of their own."""
    for child in deed.children:
        if child.dep_ != "conj" or child.pos_ not in ("VERB", "AUX"):
            continue
        helpers = {c.lower_ for c in child.children if c.dep_ == "aux"}
        if not helpers & _GOES_ON and not any(c.dep_ in ("nsubj", "nsubjpass") for c in child.children):
            yield child
            yield from _joined(child)
    for token in deed.subtree:  # to stop that and `to` end this: joined to the first, wherever the parser hangs it
        to = next((c for c in token.children if c.dep_ == "aux" and c.lower_ == "to"), None)
        elsewhere = token.dep_ == "conj" and token.i != deed.i and token.head.i != deed.i
        if elsewhere and to is not None and token.doc[to.i - 1].lower_ == "and" and deed.dep_ != "conj":
            yield token


def _begins(discourse: Discourse, frame: Frame) -> int:
    """The character at which the words of asking begin: with who asks, or with `unless`."""
    if "unless" in frame.tokens:
        return frame["unless"].idx
    asks = frame["asks"]
    who = next((token for token in subjects_of(asks) if token.i < asks.i), asks)
    start = min([who.idx, *(t.idx for t in who.subtree if t.i < asks.i)])
    person = next((p for p in discourse.introduced.values() if p.start <= who.idx < p.end), None)
    return min(start, person.start) if person is not None and person.start >= sentence_of(asks).start_char else start


def _words_of(deed: Token) -> list[Token]:
    """The deed with what hangs on it, without its subject, its `to`, and the deeds joined to it."""
    joined = {t.i for child in _joined(deed) for t in child.subtree}
    others = [c for c in deed.children if c.dep_ == "conj" and c.pos_ in ("VERB", "AUX")]
    others += [c for c in deed.children if c.dep_ == "advcl" and c.i > deed.i and _is_condition(c)]
    joined |= {t.i for child in others for t in child.subtree}
    cut = min(joined, default=sentence_of(deed).end)
    subject = {
        t.i for c in deed.children if c.dep_ in ("nsubj", "nsubjpass", "mark") and c.i < deed.i for t in c.subtree
    }
    kept = [
        t for t in deed.subtree if t.i not in joined and t.i not in subject and not (t.dep_ == "aux" and t.i < deed.i)
    ]
    kept = [t for t in kept if t.i < cut and not (t.dep_ in ("cc", "punct") and t.head.i == deed.i and t.i > deed.i)]
    while len(kept) > 1 and kept[-1].dep_ in ("cc", "punct"):
        kept.pop()
    start = min((t.i for t in kept), default=deed.i)
    return [t for t in kept if t.i >= start]


def _is_condition(verb: Token) -> bool:
    return any(c.dep_ in ("mark", "advmod") and c.lower_ in _CONDITIONS for c in verb.children)


def _rule(deed: Token, what: str, of: str, measures: Sequence[FoundMeasure]) -> dict[str, Any] | None:
    """The first rule of `asks.yaml` that fits what is asked for."""
    faced = any(measure.by == of for measure in measures)
    verb = _VERBS.get(deed.lower_, deed.lemma_.lower())
    objects = {t.lemma_.lower() for c in deed.children if c.dep_ in ("dobj", "pobj", "attr") for t in (c, *c.conjuncts)}
    objects |= {t.lemma_.lower() for c in deed.children if c.dep_ == "prep" for t in c.children}
    objects |= {t.lemma_.lower() for c in deed.children if c.dep_ == "nsubjpass" for t in (c, *c.conjuncts)}
    if deed.tag_ in ("NN", "VBN"):
        objects |= {t.lemma_.lower() for t in sentence_of(deed) if t.pos_ == "NOUN" and t.text in what}
    rule: dict[str, Any]
    for rule in load_rules("asks"):
        fits = re.search(rule["words"], what, re.IGNORECASE) is not None
        if "not" in rule and re.search(rule["not"], what, re.IGNORECASE):
            continue
        if "verb" in rule and verb not in rule["verb"]:
            continue
        if "object" in rule and not objects & set(rule["object"]):
            continue
        if rule.get("money") and next(amounts_in(what), None) is None:
            continue
        if rule.get("negated") and not (
            is_negated(deed) or re.search(r"\b(refrain|abstain|avoid|stop|without)\b", what)
        ):
            continue
        if rule.get("measure") and not faced:
            continue
        if fits:
            return rule
    return None


def _deadline(discourse: Discourse, start: int, end: int, base: date) -> date | Literal["immediate"] | None:
    """The day by which it is asked for: after `by`, `before`, `until`, `within`; `immediate` where it is at once."""
    text = discourse.text
    if _NOW.search(text[start:end]):
        return "immediate"
    for day in dates_in(text[start:end], start, base, "future"):
        if _BY.search(text[max(0, day.start - 16) : day.start]) or text[day.start : day.end].lower().startswith(
            ("within", "in ")
        ):
            return day.day
    return None
