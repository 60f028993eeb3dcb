"""Lists of goods with a rate each, a line an entry, under a sentence that says whose duties they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from spacy.tokens import Span

from detente.article.amounts import rates_in
from detente.article.grammar import characters
from detente.article.items import LISTED, FoundMeasure
from detente.article.parts import DUTY
from detente.article.scene import Scene

ENTRY: Final = re.compile(r"^\s*(?:[-–•*]|\(?[a-z\d]{1,2}[.)])\s")
"""How a line of a list begins."""
_AFTER: Final = re.compile(
    r"\s*(?:(?:ad valorem |additional )?(?:tariffs?|dut(?:y|ies)) )?(?:on|for) (?P<goods>.+?)"
    r"(?:,? (?:effective|starting|from|as of)\b.*)?(?:[,;.]?(?: and)?\s*)$",
    re.DOTALL,
)
_BEFORE: Final = re.compile(r"\s*(?P<goods>\S.*?)\s*(?::|–|—| at| by|,)\s*$", re.DOTALL)


def introduces(sentence: Span) -> bool:
    """Whether a sentence ends with a colon and tells of duties, so that a list of them may follow."""
    return sentence.text.rstrip().endswith(":") and any(token.lemma_ in DUTY for token in sentence)


def entry_of(scene: Scene, sentence: Span, lead: Sequence[FoundMeasure]) -> FoundMeasure | None:
    """The duty on the goods of one line, with the sides and the status that the sentence above names.

    Where that names several sides and the line some of them, it is on the goods of these alone.
    """
    start = ENTRY.match(sentence.text)
    rates = list(rates_in(sentence.text))
    if not lead or start is None or len(rates) != 1:
        return None
    (rate,) = rates
    told = _AFTER.match(sentence.text, rate.end) or _BEFORE.match(sentence.text[: rate.start], start.end())
    goods = None if told is None else told["goods"]
    first, last = characters(sentence)
    stop = sentence.start_char + (rate.end if told is None else max(rate.end, told.end("goods")))
    on = tuple(code for code in scene.sides_within(sentence) if code in lead[-1].on) or lead[-1].on
    return replace(lead[-1], on=on, rate=rate.rate, goods=goods, value=None, span=(first, min(stop, last)), rule=LISTED)
