"""From a text to everything that it says about a dispute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from detente.article.agreements import agreements
from detente.article.curbs import curbs
from detente.article.demands import demands
from detente.article.grammar import overlap
from detente.article.items import Found, FoundDate, FoundDemand, FoundForecast, FoundMeasure, FoundParty, FoundStatement
from detente.article.language import load_language
from detente.article.measures import measures
from detente.article.milestones import delegates, milestones
from detente.article.scene import Scene
from detente.article.statements import forecasts, statements
from detente.article.text import readable

_ASKING: Final = re.compile(r"\b(?:insist|demand|request|propos|recommend|suggest)\w*\b")
_UNTIL: Final = re.compile(r"\b(?:by|before|until|into|within|over)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A text and what it says of a dispute: every item has the characters that say it. No party: no dispute in it."""

    text: str
    date: date
    items: tuple[Found, ...]

    def quote(self, item: Found) -> str:
        """The words of the text that say it."""
        return self.text[slice(*item.span)]

    def of(self, kind: str) -> list[Found]:
        """The items of a kind, in the order of the text."""
        return [item for item in self.items if item.kind == kind]


def read_items(text: str, day: date) -> Reading:
    """Everything that a text of that day says of a dispute; without tariffs and demands only its curbs, if it
    names two sides.

    Raises BadInput where the language model is not installed.
    """
    plain, places = readable(text)
    items = _items(plain, day)
    if len(plain) == len(text):
        return Reading(text, day, items)
    spans = ((places[item.span[0]], places[item.span[1] - 1] + 1) for item in items)
    return Reading(text, day, tuple(replace(item, span=span) for item, span in zip(items, spans, strict=True)))


def _items(text: str, day: date) -> tuple[Found, ...]:
    """The items of a text without invisible characters."""
    scene = Scene(load_language()(text))
    told = statements(scene)
    found = measures(scene, day)
    asked = demands(scene, found, day)
    said = [statement for statement in told if not _asks(text, statement, asked)]
    parties = _parties(scene, found, asked)
    curbed = curbs(scene)
    if len(parties) < 2:
        return tuple(curbed) if len({mention.code for mention in scene.mentions}) > 1 else ()
    foretold = list(forecasts(scene, said))
    days = [item for item in milestones(scene, asked, day) if not _is_foretold(text, item, foretold)]
    items: list[Found] = [*parties, *found, *asked, *days, *delegates(scene)]
    items += [*said, *foretold, *agreements(scene, said), *curbed]
    return tuple(items)


def _asks(text: str, said: FoundStatement, asked: Sequence[FoundDemand]) -> bool:
    """Whether a reported clause is what a demand asks for: it insisted that the other side end its aid."""
    return not said.direct and any(
        overlap(said.span, demand.span) and _ASKING.search(text[demand.span[0] : said.span[0]]) for demand in asked
    )


def _is_foretold(text: str, item: FoundDate, foretold: Sequence[FoundForecast]) -> bool:
    """Whether a day is only that by which somebody expects an outcome."""
    shared = (overlap(item.span, forecast.span) for forecast in foretold)
    return (
        any(2 * most > item.span[1] - item.span[0] for most in shared)
        and _UNTIL.search(text[slice(*item.span)]) is not None
    )


def _parties(scene: Scene, found: Sequence[FoundMeasure], asked: Sequence[FoundDemand]) -> list[FoundParty]:
    """Those who take or face a measure, make or meet a demand, where each is first named."""
    codes = {code for m in found for code in (m.by, *m.on)} | {code for d in asked for code in (d.by, d.of)}
    first: dict[str, tuple[int, int]] = {}
    for mention in scene.mentions:
        words = scene.doc[mention.start : mention.end]
        first.setdefault(mention.code, (words.start_char, words.end_char))
    return [FoundParty(code, span) for code, span in sorted(first.items(), key=lambda pair: pair[1]) if code in codes]
