"""Statements: words in quotation marks, and clauses that somebody is reported to have said.

In the transcript of a broadcast a name in capitals stands before the words of a speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from spacy.tokens import Doc, Span, Token

from detente.article.coreference import Actor, Discourse
from detente.article.items import FoundForecast, FoundStatement
from detente.article.language import Frame, load_trees, load_words
from detente.article.numeric_expressions import rates_in
from detente.article.syntax import characters, is_headline, overlap, sentence_of, subjects_of, token_at

_LINE: Final = re.compile(r"(?m)^(?P<name>[A-ZÀ-Þ][A-ZÀ-Þ.’' -]{2,40}):[ \t]+(?P<words>\S[^\n]*)$")
_MEDIA: Final = re.compile(r"\b(?:correspondent|reporter|presenter|anchor|host|editor)\b", re.IGNORECASE)
_BEFORE: Final = 60
"""Characters before a name in which a text says that somebody is a reporter."""
_PUT_AT: Final = re.compile(
    r"\b(?:put|puts|see|sees|give|gives|set|sets)\b (?:the )?(?:chances?|odds|probability|likelihood) of "
    r"(?P<what>[^,.;]+?) (?:at|to be) [^,.;]+",
    re.IGNORECASE,
)
MOST_BEFORE: Final = 6
"""Words before a quotation in a reported clause up to which the clause says no more than the quotation."""
_COUNTS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FEWEST_WORDS: Final = 4
"""Words: fewer in quotation marks are a name or a phrase, no statement."""


def spoken_lines(discourse: Discourse) -> Iterator[tuple[tuple[int, int], Actor]]:
    """The words of each line of a transcript and who says them: those whom the text names, reporters aside."""
    text = discourse.text
    for line in _LINE.finditer(text):
        surname = line["name"].split()[-1].title()
        actor = _actor(discourse, surname)
        place = text.find(surname)
        if actor is not None and not _MEDIA.search(text[max(0, place - _BEFORE) : place]):
            yield line.span("words"), actor


def _actor(discourse: Discourse, surname: str) -> Actor | None:
    person = discourse.introduced.get(surname)
    if person is not None:
        return Actor(person.name, person.side, "person")
    token = next((t for t in discourse.doc if t.text == surname), None)
    return discourse.actor(token) if token is not None else None


def statements(discourse: Discourse) -> list[FoundStatement]:
    """Every statement, in the order of the text; what stands in quotation marks is not reported once more."""
    for frame in _frames(discourse.doc):  # in the order of the text, so that `the ministry` is the one told of before
        _teller(discourse, frame)
    direct = [s for s in _direct(discourse) if _says_something(discourse.text[slice(*s.span)])]
    direct += [
        FoundStatement(actor.who, actor.side, stance_of(discourse.text[slice(*span)]), span, True)
        for span, actor in spoken_lines(discourse)
    ]
    told = [s for s in _reported(discourse) if _says_more(discourse.text, s, direct)]
    return sorted((*direct, *told), key=lambda statement: statement.span)


def _says_something(quote: str) -> bool:
    """Whether quoted words are a statement: some words, or few that make a sentence."""
    return len(quote.split()) >= FEWEST_WORDS - (quote[:1].isupper() and quote[-1:] in ".!?,")


def _says_more(text: str, told: FoundStatement, direct: Sequence[FoundStatement]) -> bool:
    """Whether a reported clause says something beside the words in quotation marks that stand in it."""
    inside = [d.span for d in direct if overlap(told.span, d.span)]
    if not inside:
        return True
    before = text[told.span[0] : max(told.span[0], min(inside)[0])]
    return len(before.split()) > MOST_BEFORE


def stance_of(words: str) -> str:
    """The tone of words: that of their forecast, else of the first rule of `stances.yaml` that fits."""
    foretold = forecast_of(words)
    if foretold is not None:
        return "optimistic" if foretold[1] == "deal" else "pessimistic"
    return next((str(rule.says["stance"]) for rule in load_words("stances") if rule.pattern.search(words)), "neutral")


def forecast_of(words: str) -> tuple[str, str] | None:
    """The rule of `forecasts.yaml` that fits first and its outcome; None where words foretell nothing."""
    for sentence in re.split(r"(?<=[.!?;])\s+", words):
        for rule in load_words("forecasts"):
            refused, needs = rule.says.get("not"), rule.says.get("needs")
            if refused and re.search(refused, sentence, re.IGNORECASE):
                continue
            if rule.pattern.search(sentence) and (not needs or re.search(needs, sentence, re.IGNORECASE)):
                return rule.id, str(rule.says["outcome"])
    return None


def forecasts(discourse: Discourse, said: list[FoundStatement]) -> Iterator[FoundForecast]:
    """The statements of people and bodies that say what will become of the dispute."""
    odds = list(_odds(discourse))
    for statement in said:
        words = discourse.text[slice(*statement.span)]
        found = forecast_of(words)
        if found is not None and not any(overlap(statement.span, other.span) for other in odds):
            yield FoundForecast(statement.who, found[1], statement.span, probability_in(words))
    yield from odds


def probability_in(words: str) -> str | None:
    """The probability that some words give, as a percentage: `a 60 percent chance`, `one in five`."""
    for rule in load_words("odds"):
        found = rule.pattern.search(words)
        given = found.groupdict() if found is not None else {}
        percent = given.get("percent") or given.get("percent2")
        if percent:
            return next(rates_in(f"{percent}%")).rate
        if found is not None:
            of = 100 * _COUNTS.index(found["part"].lower()) / _COUNTS.index(found["whole"].lower())
            return f"{of:g}%"
    return None


def _odds(discourse: Discourse) -> Iterator[FoundForecast]:
    """The numeric odds in a statement: the chance of a settlement at 40 percent."""
    for sentence in discourse.doc.sents:
        match = _PUT_AT.search(sentence.text)
        found = forecast_of(f"They will reach {match['what']}.") if match else None
        probability = probability_in(sentence.text) if match else None
        if match is None or found is None or probability is None:
            continue
        verb = token_at(discourse.doc, sentence.start_char + match.start())
        who = next((actor for token in subjects_of(verb) if (actor := discourse.actor(token)) is not None), None)
        if who is not None:
            span = (sentence.start_char + match.start(), sentence.start_char + match.end())
            yield FoundForecast(who.who, found[1], span, probability)


def _direct(discourse: Discourse) -> Iterator[FoundStatement]:
    last: tuple[int, Actor] | None = None
    frames = [f for f in _frames(discourse.doc) if not discourse.quoted(f["says"])]
    for start, end in discourse.quotations:
        span = discourse.doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            continue
        speaker = _speaker(discourse, span, frames)
        paragraph = discourse.text.count("\n", 0, start)
        if speaker is None and last is not None and last[0] == paragraph:
            speaker = last[1]
        speaker = speaker or _before(discourse, span)
        if speaker is None:
            continue
        last = (paragraph, speaker)
        discourse.speakers.update(dict.fromkeys(range(span.start, span.end), speaker))
        yield FoundStatement(speaker.who, speaker.side, stance_of(discourse.text[start:end]), (start, end), True)


def _speaker(discourse: Discourse, quote: Span, frames: list[Frame]) -> Actor | None:
    """The speaker of a quotation: the subject of a verb of speech in the sentences that it touches."""
    first, last = sentence_of(quote[0]), sentence_of(quote[-1])
    if quote.text.rstrip('”"').endswith(("?", "!")) and last.end < len(discourse.doc) and "\n" not in last.text:
        last = sentence_of(discourse.doc[last.end])
    near = [f for f in frames if first.start <= f["says"].i < last.end and not discourse.quoted(f["says"])]
    for frame in sorted(near, key=lambda f: min(abs(f["says"].i - quote.start), abs(f["says"].i - quote.end))):
        actor = _teller(discourse, frame)
        if actor is not None:
            return actor
    return None


def _before(discourse: Discourse, quote: Span) -> Actor | None:
    """The person of whom the sentence of a quotation tells, or the one before it in the paragraph."""
    sentence = sentence_of(quote[0])
    earlier = sentence_of(discourse.doc[max(0, sentence.start - 1)])
    for near in (sentence, earlier):
        same = "\n" not in discourse.text[near.start_char : quote.start_char]
        for token in near.root.children if same else ():
            if token.dep_ == "nsubj" and not discourse.quoted(token):
                actor = discourse.actor(token)
                if actor is not None and actor.kind == "person":
                    return actor
    return None


def _tellers(frame: Frame) -> list[Token]:
    """The candidates for the speaker: the token of the rule, else the subjects of the verb."""
    if "who" in frame.tokens:
        return [frame["who"]]
    own = [c for c in frame["says"].children if c.dep_ in ("nsubj", "agent")]
    found = list(subjects_of(frame["says"]))
    return found[: len(own)] if own else found


def _teller(discourse: Discourse, frame: Frame) -> Actor | None:
    """The speaker; words inside quotation marks refer to others."""
    own = (token for token in _tellers(frame) if not discourse.quoted(token))
    return next((found for token in own if (found := discourse.actor(token)) is not None), None)


def _frames(doc: Doc) -> list[Frame]:
    return [frame for sentence in doc.sents for frame in load_trees("speech").find(sentence)]


def _reported(discourse: Discourse) -> Iterator[FoundStatement]:
    seen: list[tuple[int, int]] = []
    told: set[str] = set()
    for frame in _frames(discourse.doc):
        if frame.rule == "said-by" or discourse.quoted(frame["says"]) or _is_asked_for(frame.get("what")):
            continue
        if is_headline(sentence_of(frame["says"])) or _after_a_colon(discourse, frame):
            continue
        actor = _teller(discourse, frame)
        span = _clause(frame, next(iter(_tellers(frame)), frame["says"]))
        words = discourse.text[slice(*span)]
        known = words in told or any(overlap(span, other) for other in seen)
        if actor is not None and len(words.split()) >= FEWEST_WORDS and not known:
            seen.append(span)
            told.add(words)
            yield FoundStatement(actor.who, actor.side, stance_of(words), span, False)


def _is_asked_for(what: Token | None) -> bool:
    """Whether a clause tells what shall be done and not what is: insisted that the other side `end` its aid."""
    if what is None:
        return False
    helpers = [c for c in what.children if c.dep_ in ("aux", "auxpass")]
    return (what.tag_ == "VB" and not helpers) or (len(helpers) == 1 and helpers[0].text == "be")


def _after_a_colon(discourse: Discourse, frame: Frame) -> bool:
    """Whether somebody is said to speak after a colon: what stands before it is not what was said."""
    edge = min([frame["says"].i, *(token.left_edge.i for token in _tellers(frame))])
    return frame.rule == "set-apart" and edge > 0 and discourse.doc[edge - 1].text == ":"


def _clause(frame: Frame, who: Token) -> tuple[int, int]:
    """The content of a statement: the clause without `that`, or the sentence without its speaker."""
    says, what = frame["says"], frame.get("what")
    if what is not None:
        words = [token for token in what.subtree if token.i != says.i]
        if frame.get("where") is not None:
            words = [token for token in words if token.i > frame["where"].i]
        left = [token for token in words if token.i < says.i]
        right = [token for token in words if token.i > says.i]
        stop = max((t.i for t in left if t.text == ";"), default=-1)
        left = [token for token in left if token.i > stop]
        words = left if len(left) > len(right) else right
        # the day on which it was said may stand before the clause, and the parser hangs it into the clause
        aside = {t.i for c in what.children if c.lower_ == "on" and c.i == words[0].i for t in c.subtree}
        words = [token for token in words if token.i not in aside]
        if words and words[0].lower_ == "that":
            words = words[1:]
        return characters(words)
    sentence, edge = sentence_of(says), min(says.i, who.left_edge.i)
    stop = max((token.i for token in sentence if token.i < edge and token.text == ";"), default=-1)
    before = [token for token in sentence if stop < token.i < edge]
    after = [token for token in sentence if token.i > max(who.right_edge.i, says.i)]
    return characters(before if len(before) >= FEWEST_WORDS else after)
