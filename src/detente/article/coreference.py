"""Coreference: for whom a noun, a name or a pronoun stands, and for which side that actor speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

from spacy.tokens import Doc, Span, Token

from detente.article.language import UPPER, load_rules
from detente.article.lexicon import (
    TITLES,
    Mention,
    Person,
    leader_offices,
    mentions_in,
    names_a_place,
    people_in,
    side_name,
    sides_of_officials,
)
from detente.article.syntax import sentence_of
from detente.data.products.weights import EU

NONE: Final = "none"
"""The side of those who speak for none."""
SUBJECTS: Final = frozenset({"nsubj", "nsubjpass", "agent"})
_HE: Final = frozenset({"he", "she", "him", "her", "his"})
_IT: Final = frozenset({"it", "its", "itself"})
_WE: Final = frozenset({"we", "us", "our", "i", "my"})
_THEY: Final = frozenset({"they", "them", "their"})
_OWN: Final = frozenset({"hope", "regret", "remain", "reserve", "reject", "oppose", "want"})
_ADDRESSES: Final = frozenset({"ask", "urge", "want", "demand", "request", "expect", "warn", "call", "on"})
_OF_WHOM: Final = frozenset({"of", "for", "from", "in", "at", "with"})


_QUOTE: Final = re.compile(r"“(?P<curly>[^“”\n]+)(?:”|(?=\n|$))|\"(?P<straight>[^\"\n]+)(?:\"|(?=\n|$))")


@dataclass(frozen=True)
class Actor:
    """Somebody who speaks or acts: what the text calls them, and the side (a code, `none`, None where it is open)."""

    who: str
    side: str | None
    kind: Literal["person", "body", "country", "group"]
    at: int = -1
    """The token that names them."""


@dataclass
class Discourse:
    """A parsed text and what its names stand for."""

    doc: Doc
    speakers: dict[int, Actor] = field(default_factory=dict)
    """Token of a quotation → who says it; filled before anything asks who `we` is."""
    _bodies: dict[int, Actor] = field(default_factory=dict)
    """Token of a noun such as `ministry` → the body that it stood for, for the ministry that is told of later."""

    @cached_property
    def text(self) -> str:
        """The text; spaCy joins it from its tokens anew each time."""
        return self.doc.text

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every name of a side."""
        return mentions_in(self.doc)

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Characters [start, end) of everything in quotation marks."""
        return quotations(self.text)

    @cached_property
    def by_token(self) -> dict[int, Mention]:
        """The name of a side that a token is part of."""
        return {i: mention for mention in self.mentions for i in range(mention.start, mention.end)}

    @cached_property
    def nouns(self) -> dict[str, frozenset[str]]:
        """The words for those without a name of their own."""
        return {name: frozenset(words) for name, words in load_rules("nouns").items()}

    @cached_property
    def introduced(self) -> dict[str, Person]:
        """Everybody whom the text introduces, by name and by surname; sides that it leaves open are settled."""
        found = people_in(self.doc, self.mentions)
        offices = leader_offices()
        settled = {}
        for known, person in found.items():
            if not set(person.name.split()) & self.nouns["organisations"]:
                at = next((token.i for token in self.doc if token.idx + len(token) > person.start), 0)
                mention = next((m for m in self.mentions if m.kind == "leader" and m.name == person.name), None)
                side = mention.code if mention else person.side or sides_of_officials().get(person.name)
                side = (
                    side or self._speaks_of_own(at) or self._side_near(at, self._addressed(sentence_of(self.doc[at])))
                )
                settled[known] = replace(person, side=side, office=person.office or offices.get(person.name))
        return settled

    def side_of(self, token: Token | None) -> str | None:
        """The side that a noun or pronoun stands for: a code; None where it stands for none, or that is open."""
        actor = self.actor(token) if token is not None else None
        return None if actor is None or actor.side == NONE else actor.side

    def actor(self, token: Token) -> Actor | None:
        """Whom a noun or pronoun stands for; None where it is nobody."""
        mention = self.by_token.get(token.i)
        if mention is not None and (mention.kind != "people" or token.pos_ in ("PROPN", "NOUN") or _heads(token)):
            return self._named(token, mention)
        person = self._person(token)
        if person is not None:
            return Actor(person.name, person.side, "person", token.i)
        lower = token.lower_
        if token.pos_ in ("PRON", "DET") or lower in _WE | _IT | _HE | _THEY:
            return self._pronoun(token)
        named = token.pos_ == "PROPN" or (
            token.text[:1].isupper() and self._full_name(token.text, token.idx) is not None
        )
        if named and not self._is_government(token):
            return self._outsider(token)
        return self._noun(token)

    def sides_within(self, span: Span | list[Token]) -> list[str]:
        """Codes of the sides that a piece of text names, in its order, each once."""
        found = [self.by_token[token.i].code for token in span if token.i in self.by_token]
        return list(dict.fromkeys(found))

    def antecedents(self, before: int) -> Iterator[Actor]:
        """Those who were named as subjects before a token, the latest first."""
        for token in reversed(self.doc[:before]):
            heads = (
                token.dep_ == "ROOT" and token.pos_ == "PROPN"
            )  # the parser may take a long clause for a noun phrase
            named = (token.dep_ in SUBJECTS or heads or self._is_source(token)) and token.pos_ != "PRON"
            if named and not self.quoted(token):
                actor = self.actor(token)
                if actor is not None:
                    yield actor

    def quoted(self, token: Token) -> bool:
        """Whether a token stands in quotation marks."""
        return any(start <= token.idx < end for start, end in self.quotations)

    def _is_source(self, token: Token) -> bool:
        return token.dep_ == "pobj" and token.head.lemma_ == "to" and token.head.head.lemma_ == "accord"

    def _named(self, token: Token, mention: Mention) -> Actor | None:
        if mention.kind == "capital" and names_a_place(token):
            return None
        if mention.kind == "leader":
            return Actor(mention.name, mention.code, "person", token.i)
        if mention.kind in ("government", "press"):
            return Actor(mention.name, mention.code, "body", token.i)
        return Actor(side_name(mention.code), mention.code, "country", token.i)

    def _person(self, token: Token) -> Person | None:
        """The introduced person whose name the token ends, or is part of."""
        end = token.idx + len(token)
        for person in self.introduced.values():
            if person.start <= token.idx < person.end and token.pos_ in ("NOUN", "PROPN"):
                return person
        known = self.introduced.get(token.text)
        if known is not None and token.pos_ in ("PROPN", "NOUN", "ADJ"):
            return known
        full = next((p for n, p in self.introduced.items() if " " in n and self.text.endswith(n, 0, end)), None)
        return full

    def _pronoun(self, token: Token) -> Actor | None:
        lower = token.lower_
        if lower in _WE and token.i in self.speakers:
            return self.speakers[token.i]
        if lower in ("its", "their") and self._of_a_stranger(token):
            return None
        kinds: tuple[str, ...] = ()
        if lower in _HE:
            kinds = ("person",)
        elif lower in _IT:
            kinds = ("body", "country")
        elif lower in _THEY:
            kinds = ("group", "body")
        return next((actor for actor in self.antecedents(token.i) if actor.kind in kinds), None)

    def _of_a_stranger(self, token: Token) -> bool:
        """Whether `its` is that of the subject of its clause, which is no side: a firm raises its fees."""
        for other in reversed(self.doc[sentence_of(token).start : token.i]):
            if other.dep_ in SUBJECTS:
                actor = None if other.pos_ == "PRON" else self.actor(other)
                return other.pos_ == "NOUN" and (actor is None or actor.side == NONE)
        return False

    def _noun(self, token: Token) -> Actor | None:
        found = self._noun_alone(token)
        if found is not None and found.kind != "group":
            self._bodies[token.i] = found
        return found

    def _noun_alone(self, token: Token) -> Actor | None:
        lemma = token.lemma_.lower()
        if lemma == "side":  # the Chinese side
            whose = self._beside(token) if token.tag_ == "NN" else None
            return None if whose is None else Actor(side_name(whose[1]), whose[1], "country", token.i)
        named = self._name_beside(token) or self._name_after(token)
        if named is not None:
            return named
        if not self._is_government(token):
            return Actor(self._called(token), NONE, "group", token.i) if lemma in self.nouns["outsiders"] else None
        beside = self._beside(token)
        if lemma in self.nouns["spokesmen"]:
            inner = self._speaks_for(token, beside)
            if inner is not None:
                return inner
        if lemma == "administration" and beside is None and "USA" in self._told_of:
            return Actor("administration", "USA", "body", token.i)  # others have governments
        who = self._called(token)
        kind: Literal["person", "body"] = "person" if lemma in self.nouns["officials"] else "body"
        if beside is not None and token.tag_ not in ("NNS", "NNPS"):
            return Actor(who, beside[1], kind, token.i)
        if beside is not None:
            return Actor(who, beside[1], "group", token.i)
        definite = any(child.lower_ in ("the", "his", "its", "their") for child in token.children)
        if definite and (before := self._said_before(token)) is not None:
            return before
        plural = token.tag_ in ("NNS", "NNPS")
        return Actor(who, NONE if plural else self._side_near(token.i), "group" if plural else kind, token.i)

    def _speaks_for(self, token: Token, beside: tuple[Token, str] | None) -> Actor | None:
        """The body whose spokesman it is: a commission spokesperson, a spokesman for the ministry."""
        if beside is not None and beside[0].i != token.i:
            inner = self.actor(beside[0])
            return inner if inner is not None and inner.kind == "body" else None
        bodies = [child for child in token.children if child.dep_ == "compound" and self._is_government(child)]
        return self._said_before(bodies[0]) if bodies else None

    def _name_beside(self, token: Token) -> Actor | None:
        """The institution whose name stands right before or after a noun: the Xinhua news agency."""
        for i in (*(child.i for child in token.children if child.dep_ == "compound"), token.i + 1):
            mention = self.by_token.get(i)
            if mention is not None and mention.kind in ("press", "government") and abs(i - token.i) <= 3:
                return Actor(mention.name, mention.code, "body", token.i)
        return None

    def _name_after(self, token: Token) -> Actor | None:
        """The person whose name stands after an office, between commas: its president, Bob Hanley."""
        names = [c for c in token.children if c.dep_ == "appos" and c.pos_ == "PROPN" and c.i > token.i]
        return self.actor(names[0]) if names and names[0].left_edge.i < names[0].i else None

    def _is_government(self, token: Token) -> bool:
        return token.lemma_.lower() in self.nouns["government"]

    def _beside(self, token: Token) -> tuple[Token, str] | None:
        """The noun beside a noun that says whose it is, and that side: `China's` ministry, spokesman `for` it."""
        for child in token.children:
            if child.dep_ in ("poss", "amod", "compound", "nmod") and child.i < token.i:
                for part in child.subtree:
                    if part.i in self.by_token:
                        return token, self.by_token[part.i].code
                if child.dep_ == "poss" and (side := self.side_of(child)) is not None:
                    return token, side
        for prep in token.children:
            if prep.dep_ == "prep" and prep.lower_ in _OF_WHOM:
                for whose in prep.children:
                    if whose.dep_ == "pobj" and (side := self.side_of(whose)) is not None:
                        return whose, side
        return None

    def _said_before(self, token: Token) -> Actor | None:
        """The last body or office that the same noun stood for: the ministry, the president."""
        lemma = token.lemma_.lower()
        if lemma == "commission" and any(mention.code == EU for mention in self.mentions):
            return Actor("European Commission", EU, "body", token.i)
        for person in {p.start: p for p in self.introduced.values()}.values():
            if lemma in (person.office or "").lower().split() and person.start < token.idx and person.leads:
                return Actor(person.name, person.side, "person", token.i)
        for i in range(token.i - 1, -1, -1):
            mention = self.by_token.get(i)
            if mention is not None and mention.kind == "government" and lemma in mention.name.lower().split():
                return Actor(mention.name, mention.code, "body", token.i)
            other = self.doc[i]
            if other.lemma_.lower() != lemma:
                continue
            if (beside := self._beside(other)) is not None:
                inner = self.actor(other)
                return inner if inner is not None else Actor(self._called(other), beside[1], "body", token.i)
            before = self._bodies.get(i)
            if before is not None and self._called(token) in (lemma, before.who):
                return before
        return None

    def _called(self, token: Token) -> str:
        """The name of a noun: with the words that belong to it, without article, side or clause."""
        parts = [child for child in token.children if child.dep_ in ("compound", "amod", "nmod") and child.i < token.i]
        words = [part for left in parts for part in left.subtree] + [token]
        of = next((c for c in token.children if c.lower_ == "of" and c.i == token.i + 1), None)
        institution = token.pos_ == "PROPN" or token.lemma_.lower() in ("office", "ministry", "department")
        words += list(of.subtree) if of is not None and institution else []
        kept = [w for w in sorted(words, key=lambda w: w.i) if w.i not in self.by_token or w.i == token.i]
        name = re.sub(r"^(?:official|senior|top|government) (?=\w)", "", " ".join(w.text for w in kept), flags=re.I)
        return name if token.pos_ == "PROPN" else name[0].lower() + name[1:]

    def _outsider(self, token: Token) -> Actor | None:
        """A person whom the text names without an office: an expert, the head of a firm."""
        parts = [
            c for c in token.children if c.dep_ in ("compound", "flat", "nmod") and c.pos_ == "PROPN" and c.i < token.i
        ]
        name = TITLES.sub("", self.doc[min((c.i for c in parts), default=token.i) : token.i + 1].text)
        if " " not in name:
            name = self._full_name(name, token.idx) or name
        if set(name.split()) & self.nouns["organisations"]:
            return Actor(name, NONE, "group", token.i)
        return Actor(name, sides_of_officials().get(name, NONE), "person", token.i)

    def _full_name(self, surname: str, before: int) -> str | None:
        """The full name, earlier in the text, that ends with a surname."""
        pattern = rf"\b((?:[{UPPER}][\w’'-]+ |[A-Z]\. ){{1,3}}{re.escape(surname)})\b"
        for found in re.finditer(pattern, self.text[:before]):
            name = TITLES.sub("", found.group(1))
            if " " in name:
                return name
        return None

    def _side_near(self, i: int, not_these: frozenset[str] = frozenset()) -> str | None:
        """The side of whom a person or body without one was last told: in the sentence, its place, the paragraph."""
        sentence = sentence_of(self.doc[i])
        for token in self.doc[sentence.start : i]:
            if token.dep_ in SUBJECTS and not self.quoted(token):
                code = self._side_of_phrase(token)
                if code is not None and code not in not_these:
                    return code
        for token in sentence:
            mention = self.by_token.get(token.i)
            if mention is None or mention.code in not_these:
                continue
            if mention.kind == "government" and token.dep_ in ("dobj", "pobj"):  # told the Commons
                return mention.code
            if mention.kind == "capital" and names_a_place(token) and mention.code in self._told_of:
                return mention.code
        for token in reversed(self.doc[: sentence.start]):  # subjects of main clauses: those of others are told about
            if token.dep_ in SUBJECTS and token.head.dep_ == "ROOT" and not self.quoted(token):
                code = self._side_of_phrase(token)
                if code is not None and code not in not_these:
                    return code
        places = (m for m in self.mentions if sentence.start <= m.start < sentence.end and m.kind == "capital")
        return next((m.code for m in places if names_a_place(self.doc[m.start]) and m.code not in not_these), None)

    def _speaks_of_own(self, at: int) -> str | None:
        """The side of which an official says what it will do, hopes or regrets, as one says it of the own side."""
        for token in sentence_of(self.doc[at]):
            mention = self.by_token.get(token.i)
            verb = token.head
            if mention is None or token.dep_ != "nsubj" or verb.dep_ != "ccomp" or self.quoted(token):
                continue
            tells = [child for child in verb.head.children if child.dep_ == "nsubj"]
            own = {c.lower_ for c in verb.children if c.dep_ == "aux"} & {"will", "would"} or verb.lemma_ in _OWN
            if own and any(t.left_edge.i <= at <= t.right_edge.i for t in tells):
                return mention.code
        return None

    @cached_property
    def _told_of(self) -> frozenset[str]:
        """Sides of which the text tells in other words than the name of a place."""
        return frozenset(mention.code for mention in self.mentions if mention.kind != "capital")

    def _side_of_phrase(self, noun: Token) -> str | None:
        """The side that a noun names, or that its adjective or owner names: `Korean` firms."""
        if noun.i in self.by_token:
            return self.by_token[noun.i].code
        owners = [c for c in noun.children if c.i < noun.i and c.dep_ in ("amod", "poss", "compound", "nmod")]
        return next((self.by_token[c.i].code for c in owners if c.i in self.by_token), None)

    def _addressed(self, sentence: Span) -> frozenset[str]:
        """Sides to which whoever speaks in a sentence does not belong: her Chinese counterpart, `we ask China`."""
        found = set()
        for mention in self.mentions:
            if sentence.start <= mention.start < sentence.end:
                before, after = self.doc[max(0, mention.start - 1)], self.doc[min(mention.end, len(self.doc) - 1)]
                asked = before.lemma_ in _ADDRESSES and self.quoted(before)
                if after.lemma_ == "counterpart" or asked:
                    found.add(mention.code)
        return frozenset(found)


def quotations(text: str) -> list[tuple[int, int]]:
    """Everything in quotation marks, without the marks and a last comma; marks left open end with their paragraph."""
    found = []
    for match in _QUOTE.finditer(text):
        start, end = match.span("curly" if match["curly"] is not None else "straight")
        words = text[start:end].rstrip(", \t\u00a0")
        start += len(words) - len(words.lstrip())
        if words.strip():
            found.append((start, start + len(words.strip())))
    return found


def _heads(token: Token) -> bool:
    return token.dep_ in SUBJECTS or token.dep_ in ("dobj", "pobj", "conj")
