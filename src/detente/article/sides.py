"""The sides of a duty: who charges it and whose goods face it, each with the words that say so.

A side is told where the words of the duty's own clause name it in the place of who charges or of whose goods they are.
Whoever stands elsewhere in the text is only a guess, which the draft asks about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from detente.article.clauses import Clause, clause_of
from detente.article.coreference import SUBJECTS, Discourse
from detente.article.duties import Duty, names_a_duty, phrase, words
from detente.article.lexicon import Mention
from detente.article.syntax import chain, sentence_of, subjects_of

_OWNERS: Final = ("poss", "amod", "compound", "nmod")
EVERYONE: Final = "all"


@dataclass(frozen=True)
class Side:
    """A side and the characters of the words that name it; no characters where it is a guess."""

    code: str
    span: tuple[int, int] | None


def charger(discourse: Discourse, duty: Duty) -> Side | None:
    """Who charges a duty, as its own clause tells."""
    ways = (_owner, _agent, _importer, _describer, _where_goods_enter, _doer)
    return next((side for way in ways if (side := way(discourse, duty)) is not None), None)


def _span(discourse: Discourse, mention: Mention) -> tuple[int, int]:
    last = discourse.doc[mention.end - 1]
    return discourse.doc[mention.start].idx, last.idx + len(last)


def _mention_in(discourse: Discourse, token: Token, clause: Clause | None = None) -> Mention | None:
    """The first side that the words under a token name, those of clauses that describe it aside."""
    for part in token.subtree:
        mention = discourse.by_token.get(part.i)
        if mention is not None and (clause is None or clause.has(part)):
            return mention
    return None


def _side(discourse: Discourse, mention: Mention | None) -> Side | None:
    return None if mention is None else Side(mention.code, _span(discourse, mention))


def _resolved(discourse: Discourse, token: Token) -> Side | None:
    """The side that a noun or pronoun stands for; its words are the noun."""
    code = discourse.side_of(token)
    return None if code is None else Side(code, (token.idx, token.idx + len(token)))


def _owner(discourse: Discourse, duty: Duty) -> Side | None:
    """The side beside the duty, or beside the threat, plan or imposition of it: China's tariffs."""
    light = [t for t in chain(duty.token)[1:5] if t.pos_ == "NOUN" and duty.clause.has(t) and not _is_goods_of(t, duty)]
    for noun in (duty.token, *light):
        for child in noun.children:
            if child.dep_ not in _OWNERS or child.i > noun.i:
                continue
            found = _mention_in(discourse, child)
            if found is not None and not _within(duty, found, discourse):
                return _side(discourse, found)
            if child.dep_ == "poss" and (side := _resolved(discourse, child)) is not None:
                return side
        for prep in noun.children if noun.i != duty.token.i else ():
            if (
                prep.lower_ in ("of", "by")
                and (found := _mention_in(discourse, prep)) is not None
                and found.start < duty.token.i
            ):
                return _side(discourse, found)
    return None


def _is_goods_of(noun: Token, duty: Duty) -> bool:
    return duty.goods is not None and duty.goods.start <= noun.idx < duty.goods.end


def _within(duty: Duty, mention: Mention, discourse: Discourse) -> bool:
    """Whether a side stands among the words for the goods."""
    start = discourse.doc[mention.start].idx
    return duty.goods is not None and duty.goods.start <= start < duty.goods.end


def _mentions_of(discourse: Discourse, duty: Duty) -> Iterator[Mention]:
    tokens = {t.i for t in (*duty.clause.tokens, *duty.token.subtree)}
    yield from (m for m in discourse.mentions if m.start in tokens)


def _agent(discourse: Discourse, duty: Duty) -> Side | None:
    """The side of `imposed by`, `charged by`; of goods that face a duty, who charges it `from`."""
    start = sentence_of(duty.token).start_char
    for mention in _mentions_of(discourse, duty):
        before = discourse.text[start : discourse.doc[mention.start].idx]
        if phrase("imposed_by").search(before) or (
            duty.clause.head.lemma_ in words("faces") and re.search(r"\bfrom(?: the)? $", before)
            and mention.start > duty.token.i
        ):  # fmt: skip
            return _side(discourse, mention)
    return None


def _importer(discourse: Discourse, duty: Duty) -> Side | None:
    """The side whose importers pay."""
    for token in duty.clause.subjects:
        if token.lemma_ in words("buyers"):
            beside = [c for c in token.children if c.i < token.i or c.lower_ == "in"]
            return next((s for c in beside if (s := _side(discourse, _mention_in(discourse, c))) is not None), None)
    return None


def _describer(discourse: Discourse, duty: Duty) -> Side | None:
    """The side of the clause that describes the duty: tariffs that Washington charges."""
    for child in duty.token.children:
        if child.dep_ == "relcl":
            own = (discourse.by_token.get(c.i) for c in child.children if c.dep_ == "nsubj")
            found = next((m for m in own if m is not None), None)
            if found is not None:
                return _side(discourse, found)
    return None


def _where_goods_enter(discourse: Discourse, duty: Duty) -> Side | None:
    """The side into which goods are brought."""
    sentence = sentence_of(duty.token)
    for mention in discourse.mentions:
        if sentence.start <= mention.start < sentence.end:
            before = discourse.text[sentence.start_char : discourse.doc[mention.start].idx]
            if phrase("into").search(before):
                return _side(discourse, mention)
    return None


def _doer(discourse: Discourse, duty: Duty) -> Side | None:
    """The side that does the deed: the subject of the verb that charges."""
    verb = next(
        (t for t in chain(duty.token)[0 if duty.token.pos_ == "VERB" else 1 :] if t.pos_ == "VERB"), duty.clause.head
    )
    if verb.lemma_ in words("faces") and verb.lemma_ not in ("enter",):
        return None
    reachable = {t.i for t in (*duty.clause.tokens, *duty.clause.subjects)}
    if duty.clause.head.dep_ == "relcl":
        reachable |= {t.i for t in clause_of(duty.clause.head.head).tokens}
    for subject in subjects_of(verb):
        if subject.i == duty.token.i or names_a_duty(subject) or _is_goods_of(subject, duty):
            continue
        if subject.i not in reachable:
            return None
        side = _of_subject(discourse, subject, duty)
        if side is not None or not _is_thing(subject):
            return side
    return None


def _of_subject(discourse: Discourse, subject: Token, duty: Duty) -> Side | None:
    """The side that a subject is or names; of a noun that a clause describes, not what the clause names."""
    own = discourse.by_token.get(subject.i)
    if own is not None:
        return Side(own.code, _span(discourse, own))
    described = not duty.clause.has(subject)
    named = (
        discourse.by_token.get(t.i) for t in subject.subtree if t.i < duty.token.i and described != duty.clause.has(t)
    )
    return _side(discourse, next((m for m in named if m is not None), None)) or _resolved(discourse, subject)


def _is_thing(subject: Token) -> bool:
    """Whether a subject is a paper by which somebody charges: a decree, an order."""
    return subject.lemma_.lower() in words("papers")


def faced(discourse: Discourse, duty: Duty, by: str | None) -> list[Side]:
    """Whose goods face a duty, as the words for the goods or the rest of its clause tell."""
    everyone = phrase("all_origins").search(discourse.text, *duty.clause.span)
    if everyone is not None:
        return [Side(EVERYONE, everyone.span())]
    if duty.goods is not None:
        found = [m for m in discourse.mentions if _within(duty, m, discourse) and m.code != by]
        if found:
            return _each(discourse, found)
        if by is not None and (side := _possessed(discourse, duty, by)) is not None:
            return [side]
    if by is None:
        return []
    rest = [m for m in _mentions_of(discourse, duty) if m.code != by and _may_face(discourse, duty, m)]
    codes = {m.code for m in rest}
    return _each(discourse, rest) if len(codes) == 1 else []


def _may_face(discourse: Discourse, duty: Duty, mention: Mention) -> bool:
    """Whether a side in the clause of a duty can be the one that faces it: no owner of a duty, nobody who is asked."""
    token = discourse.doc[mention.end - 1]
    before = discourse.text[max(0, discourse.doc[mention.start].idx - 40) : discourse.doc[mention.start].idx]
    owns = any(names_a_duty(t) and t.i > token.i for t in chain(token)[1:3]) and token.dep_ in _OWNERS
    return not owns and phrase("into").search(before) is None and phrase("no_side").search(before) is None


def _possessed(discourse: Discourse, duty: Duty, by: str | None) -> Side | None:
    """The side of `its goods`."""
    assert duty.goods is not None
    for token in sentence_of(duty.token):
        if duty.goods.start <= token.idx < duty.goods.end and token.dep_ == "poss" and token.pos_ == "PRON":
            side = _resolved(discourse, token)
            if side is not None and side.code != by:
                return side
    return None


def _each(discourse: Discourse, found: Sequence[Mention]) -> list[Side]:
    sides: dict[str, Side] = {}
    for mention in found:
        sides.setdefault(mention.code, Side(mention.code, _span(discourse, mention)))
    return list(sides.values())


def guessed_charger(
    discourse: Discourse, duty: Duty, on: Sequence[str], known: Sequence[tuple[str, tuple[str, ...]]]
) -> str | None:
    """A guess at who charges: who was at odds with the side that faces it, else who is named in the sentence."""
    for by, others in reversed(known):
        if not on:
            return by
        for code in (by, *others):
            if code not in on:
                return code
    within = [c for c in discourse.sides_within(sentence_of(duty.token)) if c not in on]
    subjects = [t for t in discourse.doc if t.dep_ in SUBJECTS and t.i in discourse.by_token]
    acting = Counter(code for t in subjects if (code := discourse.by_token[t.i].code) not in on)
    named = (m.code for m in discourse.mentions if m.code not in on)
    return next(iter(within), None) or next((code for code, _ in acting.most_common(1)), None) or next(named, None)


def guessed_faced(
    discourse: Discourse, duty: Duty, by: str, known: Sequence[tuple[str, tuple[str, ...]]]
) -> tuple[str, ...]:
    """A guess at whose goods face it: another side of the sentence, those of the last duty of the same side."""
    within = [c for c in discourse.sides_within(sentence_of(duty.token)) if c != by]
    if within:
        return (within[0],)
    for other, on in reversed(known):
        if other == by:
            return on
        if by in on:
            return (other,)
    before = (m.code for m in reversed(discourse.mentions) if m.start < duty.token.i and m.code != by)
    after = (m.code for m in discourse.mentions if m.code != by)
    code = next(before, None) or next(after, None)
    return () if code is None else (code,)
