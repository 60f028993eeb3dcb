"""Clauses: the words of a sentence that one verb governs, so that each duty is judged by the verb that tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from detente.article.coreference import SUBJECTS
from detente.article.syntax import chain, sentence_of

_OWN_CLAUSE: Final = frozenset({"ccomp", "parataxis", "relcl"})
_VERBS: Final = frozenset({"VERB", "AUX"})
_HELPS: Final = frozenset({"aux", "auxpass", "neg", "mark"})
_IT: Final = frozenset({"it", "them", "they"})
MARK: Final = "«D»"
"""What stands for the duty in the words that the rules of `lifecycle.yaml` read."""
CONDITION: Final = "[if] "
"""What begins these words where another clause of the sentence sets a condition."""


def is_head(token: Token) -> bool:
    """Whether a token governs a clause of its own: a finite verb with its own subject, mark or place in a series."""
    if token.dep_ == "ROOT":
        return True
    if token.pos_ not in _VERBS:
        return False
    if token.dep_ in _OWN_CLAUSE:
        return True
    if token.dep_ == "conj":
        return token.head.pos_ in _VERBS
    return token.dep_ == "advcl" and any(
        c.dep_ in ("mark", "nsubj", "nsubjpass") or c.tag_ == "WRB" for c in token.children
    )


@dataclass(frozen=True)
class Clause:
    """A verb with the words that are its own; `subjects` are its subjects, inherited in a series of verbs."""

    head: Token
    tokens: tuple[Token, ...]

    @property
    def span(self) -> tuple[int, int]:
        """Characters from the first to the last of its words."""
        return self.tokens[0].idx, self.tokens[-1].idx + len(self.tokens[-1])

    @property
    def subjects(self) -> list[Token]:
        """The subjects; of a relative clause the noun that it describes."""
        return list(_subjects(self.head))

    def has(self, token: Token) -> bool:
        """Whether a token is one of its words."""
        return token.i in {each.i for each in self.tokens}


def _subjects(head: Token) -> Iterator[Token]:
    own = [c for c in head.children if c.dep_ in SUBJECTS and c.dep_ != "agent"]
    for child in own:
        yield head.head if child.tag_ in ("WDT", "WP") and head.dep_ == "relcl" else child
    if not own and head.dep_ in ("conj", "xcomp", "advcl") and head.head.i != head.i:
        yield from _subjects(head.head)


def clause_of(token: Token) -> Clause:
    """The clause that a token is in: the words under its verb that are under no other verb of a clause."""
    head = next((t for t in chain(token) if is_head(t)), sentence_of(token).root)
    kept: list[Token] = []
    stack = [head]
    while stack:
        node = stack.pop()
        kept.append(node)
        stack += [child for child in node.children if not is_head(child)]
    return Clause(head, tuple(sorted(kept, key=lambda t: t.i)))


def words_about(clause: Clause, duty: Token) -> str:
    """The words that say what becomes of a duty: its clause, the clauses that describe it, the verbs above it.

    The duty is `MARK`; where another clause sets a condition, `CONDITION` stands first.
    """
    tokens = {t.i: t for t in (*clause.tokens, *_describing(clause, duty), *_above(clause.head),
                                  *_described(clause.head), *_later(clause.head))}  # fmt: skip
    text = " ".join(MARK if i == duty.i else t.text for i, t in sorted(tokens.items()))
    text = re.sub(r"(?<=\w) (?=[’']s\b|n[’']t\b)", "", text)
    return (CONDITION if _has_a_condition(clause.head) else "") + " ".join(text.split())


def _describing(clause: Clause, duty: Token) -> Iterator[Token]:
    """The words of the relative clauses of the duty itself."""
    for node in (duty, *(t for t in chain(duty)[1:3] if clause.has(t) and t.pos_ == "NOUN")):
        for child in node.children:
            if child.dep_ == "relcl":
                yield from child.subtree


def _later(head: Token) -> Iterator[Token]:
    """The words of verbs joined to that of a clause which say more of the same: and removed it in 2021."""
    for verb in head.children:
        if verb.dep_ == "conj" and any(c.dep_ in ("dobj", "nsubjpass") and c.lower_ in _IT for c in verb.children):
            yield from verb.subtree


def _described(head: Token) -> Iterator[Token]:
    """The noun that a relative clause describes, with what stands before it: a draft decree which."""
    if head.dep_ == "relcl":
        yield head.head
        yield from (c for c in head.head.children if c.i < head.head.i)


def _above(head: Token) -> Iterator[Token]:
    """The verbs that govern a clause with their helpers: denied that, has decided not to."""
    node = head
    while node.dep_ in ("ccomp", "conj", "advcl", "xcomp") and node.head.i != node.i:
        if node.dep_ == "advcl" and any(c.dep_ == "mark" for c in node.children):
            return
        shared = node.dep_ != "conj" or not any(c.dep_ in SUBJECTS or c.dep_ == "aux" for c in node.children)
        if not shared:
            return
        above = node.head
        if node.dep_ != "conj":
            yield above
        yield from (c for c in above.children if c.dep_ in _HELPS)
        node = above


def _has_a_condition(head: Token) -> bool:
    """Whether another clause of the sentence begins with `if` or `unless`."""
    own = {t.i for t in head.children}
    marks = (t for t in sentence_of(head) if t.lower_ in ("if", "unless", "once") and t.dep_ in ("mark", "advmod"))
    return any(t.i not in own and t.nbor(-1 if t.i else 0).lower_ not in ("even", "as") for t in marks)


def is_condition(clause: Clause) -> bool:
    """Whether a clause is itself a condition or a question: if, unless, whether."""
    return any(c.lower_ in ("if", "unless", "whether") and c.dep_ in ("mark", "advmod") for c in clause.head.children)
