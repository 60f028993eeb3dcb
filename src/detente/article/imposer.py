"""The side that imposes a duty, the side whose goods face it, and its legal status.

The words around a duty name the imposer and the exporters. The verbs above it say whether it is in force, a threat, a
proposal or history.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from spacy.tokens import Token

from detente.article.coreference import SUBJECTS, Discourse
from detente.article.duty_phrases import DUTY, RatedGoods
from detente.article.items import FoundMeasure, Status
from detente.article.language import Frame, load_rules
from detente.article.syntax import AHEAD, chain, is_negated, sentence_of, subjects_of

PROPOSES: Final = frozenset({"propose", "suggest", "recommend"})
_MAYBE: Final = frozenset({"would", "could", "may", "might", "can", "should", "must"})
_NOT_DONE: Final = frozenset({"refuse", "decline", "consider", "offer", "fail", "want", "ask", "seek", "mull", "weigh"})
_CONSIDERED: Final = frozenset({"study", "consideration", "review", "discussion", "examination"})
_HOLDS: Final = frozenset({"include", "contain", "involve", "range"})
_OPTIONS: Final = frozenset({"option", "idea", "possibility", "proposal"})
LOOSE: Final = "by-words"
"""A duty with a rate that no tree reads: who charges it is told by the order of the words alone."""
_ENDS: Final = frozenset(
    {"lift", "remove", "drop", "scrap", "end", "withdraw", "suspend", "cancel", "revoke", "rescind", "eliminate",
     "ease", "exempt", "keep", "maintain", "reconsider"}
)  # fmt: skip
"""What only who charges a duty can do with it."""
_BUYERS: Final = frozenset({"importer", "buyer", "consumer"})
"""Who pays the duties of the own side."""
_IMPOSED_BY: Final = re.compile(
    r"\b(?:imposed|levied|charged|introduced|announced|slapped|put|set|placed|applied|ordered|adopted|threatened|planned"
    r"|proposed|imposition|introduction|reimposed)(?: (?!and\b|that\b)[\w$.,]+){0,5}? by(?: the)?$"
)
_IMPOSITION_BY: Final = re.compile(r"\b(?:imposition|introduction) by(?: the)?$")
_PART_OF: Final = re.compile(
    r"\b(?:among (?:them|these|which)|including|which includes?|such as|notably)\b[^.;]{0,50}$"
)
_UNVEILS: Final = frozenset(
    {"unveil", "announce", "introduce", "adopt", "take", "launch", "approve", "publish", "present", "order", "prepare",
     "plan", "impose", "set"}
)  # fmt: skip
"""Deeds by which a package of measures is made known."""
_NEAR: Final = 14
"""Tokens from a duty to whom it is said to be charged by."""
_MADE_IN: Final = re.compile(r"^\W*(?:[\w-]+ ){0,3}?(?:from|made in|imported from|shipped from|of|by) (?:the )?$")


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
    for rule in load_rules("statuses"):
        if words & set(rule["lemmas"]):
            return rule["status"]  # type: ignore[no-any-return]
    told = act is not None and (act.tag_ == "VBD" or helpers & {"has", "have"})
    if helpers & AHEAD or (frame.rule == "answers-with" and not told):
        return "threatened"
    return "in-force"


def is_considered(what: Token) -> bool:
    """Whether a duty is one of the options, or an object of what somebody considers."""
    above = chain(what)[1:8]
    stop = next((n for n, t in enumerate(above) if t.pos_ == "VERB" and t.lemma_ not in _HOLDS), len(above))
    return bool({t.lemma_ for t in above[: stop + 1]} & (_OPTIONS | set(load_rules("statuses")[0]["lemmas"])))


def _under_study(verb: Token) -> bool:
    """Whether something is said to be under consideration."""
    under = [c for c in verb.children if c.dep_ == "prep" and c.lower_ == "under"]
    return any(noun.lemma_ in _CONSIDERED for prep in under for noun in prep.children)


def imposer_of(discourse: Discourse, frame: Frame) -> str | None:
    """The side that charges: who does the deed, who owns the duty, or who is reported to have said it."""
    what, act = frame["what"], frame.get("act")
    owners = () if frame.rule == "taxes-goods" else ("poss", "amod", "compound", "nmod")
    for token in [child for child in what.children if child.dep_ in owners]:
        code = discourse.side_of(token) or next(iter(discourse.sides_within(list(token.subtree))), None)
        if code is not None:
            return code
    agent = _agent(discourse, what)
    if agent is not None:
        return agent
    if frame.rule == LOOSE:
        return _by_the_verb(discourse, what) or _of_a_package(discourse, what)
    if "owner" in frame.tokens or act is None or frame.rule == "faces":
        return None
    if frame.rule == "charged-by":
        own = [c for c in act.children if c.dep_ == "nsubj" and c.tag_ not in ("WDT", "WP")]
        return next((code for token in own if (code := discourse.side_of(token)) is not None), None)
    doers = [t for t in subjects_of(frame.get("threat") or act) if t.i != what.i and t.lemma_ not in DUTY]
    for token in doers:
        code = discourse.side_of(token)
        if code is not None or token.lower_ == "they":  # whoever they are, it is not the subject further up
            return code
    return None


def _by_the_verb(discourse: Discourse, what: Token) -> str | None:
    """The side that charges a duty that is told in passing: who may lift it, or who considers it."""
    verb = next((t for t in chain(what)[1:5] if t.pos_ == "VERB"), None)
    if verb is None or (verb.lemma_ not in _ENDS and not is_considered(what)):
        return None
    return next((code for t in subjects_of(verb) if (code := discourse.side_of(t)) is not None), None)


def _of_a_package(discourse: Discourse, what: Token) -> str | None:
    """The side that charges a duty which is part of a package: China unveiled steps, `among them` tariffs of 34 %."""
    sentence = sentence_of(what)
    if not _PART_OF.search(discourse.text[sentence.start_char : what.idx]) or sentence.root.lemma_ not in _UNVEILS:
        return None
    return next((code for t in subjects_of(sentence.root) if (code := discourse.side_of(t)) is not None), None)


def _agent(discourse: Discourse, what: Token) -> str | None:
    """The side of `imposed by`, `the imposition by`: by the words, since the parser hangs these anywhere."""
    sentence = sentence_of(what)
    for mention in discourse.mentions:
        if sentence.start <= mention.start < sentence.end:
            words = discourse.doc[sentence.start : mention.start].text
            near = abs(mention.start - what.i) <= _NEAR
            if near and _IMPOSED_BY.search(words) and (mention.start > what.i or _IMPOSITION_BY.search(words)):
                return mention.code
    return None


def at_odds(discourse: Discourse, known: Sequence[FoundMeasure], on: Sequence[str], what: Token) -> str | None:
    """The side that charges goods of others where no words name it: who is at odds with them, told of last."""
    if not on:
        return None
    for measure in reversed(known):
        for code in (measure.by, *measure.on):
            if code not in on:
                return code
    within = next((code for code in discourse.sides_within(sentence_of(what)) if code not in on), None)
    if within is not None:
        return within
    subjects = (t for t in reversed(discourse.doc[: what.i]) if t.dep_ in SUBJECTS and t.i in discourse.by_token)
    before = (m.code for m in reversed(discourse.mentions) if m.start < what.i)
    codes = (*(discourse.by_token[t.i].code for t in subjects), *before)
    return next((code for code in codes if code not in on), None)


def _faces(discourse: Discourse, act: Token) -> list[str]:
    """The side whose goods face a duty: that of the subject, or of the noun that a clause describes."""
    for token in subjects_of(act):
        codes = discourse.sides_within(list(token.subtree))
        if codes:
            return codes if token.lemma_ in _BUYERS else codes[:1]
    return []


def payers(
    discourse: Discourse, what: Token, act: Token, sides: tuple[str | None, list[str]], known: Sequence[FoundMeasure]
) -> tuple[str | None, list[str]]:
    """The importer behind a payment and the side of the charged goods; by default those of the last duty."""
    importer = _importer(discourse, act)
    by = sides[0] or importer
    on = sides[1] or [code for code in _faces(discourse, act) if code != importer]
    if by is None and not on and known and not discourse.sides_within(sentence_of(what)):
        return known[-1].by, list(known[-1].on)
    return by, on


def _importer(discourse: Discourse, act: Token) -> str | None:
    """The side whose importers pay a duty: it is the one that charges it."""
    own = [t for t in subjects_of(act) if t.lemma_ in _BUYERS]
    # what they import may be named too: importers `of Chinese steel`
    named = (c for t in own for c in t.children if c.dep_ in ("amod", "compound", "poss", "nmod"))
    within = (c for t in own for prep in t.children if prep.lower_ == "in" for c in prep.children)
    return next((code for c in (*named, *within) for code in discourse.sides_within(list(c.subtree))), None)


def sides_of_goods(discourse: Discourse, part: RatedGoods, what: Token, by: str | None) -> list[str]:
    """The side of the goods: from the words for them, or from the other words of the deed."""
    span = discourse.doc.char_span(part.start, part.end, alignment_mode="expand")
    tokens = list(span) if span is not None and part.goods else []
    codes = [code for code in discourse.sides_within(tokens) if code != by] or _made_in(discourse, part, what, by)
    if codes:
        return codes
    owners = [t for t in tokens if t.dep_ == "poss" and t.pos_ == "PRON"]
    return [code for t in owners if (code := discourse.side_of(t)) is not None and code != by]


def _made_in(discourse: Discourse, part: RatedGoods, what: Token, by: str | None) -> list[str]:
    """The origin of goods directly after the words for them: steel `from Canada and Mexico`."""
    if not part.goods:
        return []
    end = part.end
    found: list[str] = []
    for mention in discourse.mentions:
        start = discourse.doc[mention.start].idx
        if part.end <= start < sentence_of(what).end_char:
            words = discourse.text[end:start]
            if not (_MADE_IN.match(words) if not found else re.fullmatch(r",? ?(?:and |or )?(?:the )?", words)):
                break
            found.append(mention.code)
            end = discourse.doc[mention.end - 1].idx + len(discourse.doc[mention.end - 1])
    return [code for code in dict.fromkeys(found) if code != by]


def other_side(discourse: Discourse, by: str, what: Token, before: FoundMeasure | None) -> list[str]:
    """The side that the sentence names beside the one that charges, else those of its measure before, else the last."""
    sentence = [code for code in discourse.sides_within(sentence_of(what)) if code != by]
    if sentence:
        return sentence[:1]
    if before is not None:
        return list(before.on)
    order = [discourse.by_token[i].code for i in range(sentence_of(what).start) if i in discourse.by_token]
    return [code for code in reversed(order) if code != by][:1]
