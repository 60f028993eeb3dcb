"""The headings of a product list: which column holds the codes, which a rate or a value, and in what unit.

A heading is known by its words, in any case and with any signs between them. The unit of a number is the cell's own
(`25%`, `1.2bn`) or the heading's (`rate_percent`, `Imports (USD million)`). A column whose heading does not say enough
is left unread and named, with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["code", "value", "add", "set", "unit_value", "intensity", "other"]

UNCLEAR_DUTY: Final = "it does not say that the duty is additional"
"""The reason for leaving a column of duties unread."""

_NATIONAL: Final = (
    "hs hts htsus htsusa cn kn nc sh sa taric ncm hsn itchs gtip gtyp tnved tnvd ahtn ctn nandina zolltarif"
)
# gtyp is GTİP of Türkiye where Windows-1254 was read as Windows-1252
_NOUN: Final = rf"(?:{'|'.join(_NATIONAL.split())}|itc hs|g t i p|tn ved|schedule b|combined nomenclature)"
_KIND: Final = (
    r"(?:codes?|numbers?|no|nos|nr|num|prefix(?:es)?|headings?|subheadings?|lines?|items?|digits?|positions?|chapters?|"
    r"classifications?|kodu|kodlari|pozisyonu|of|or|and|level|the|edition|rev|20\d\d|\d{1,2})"
)
_CODES: Final = (
    re.compile(rf"{_NOUN}\s?\d{{0,2}}(?:\s{_KIND})*"),
    re.compile(
        rf"(?:commodity|product|customs|tariff|goods|nomenclature|import)s?(?:\s(?:tariff|customs))?(?:\s{_KIND})+"
    ),
    re.compile(
        r"fraccion(?:es)? arancelarias?|partida arancelaria|position tarifaire|code douanier|codice doganale|"
        r"warennummer|zolltarifnummer|codigo (?:ncm|arancelario|sh)|code (?:sh|nc|hs|cn)|код тн ?вэд|тн ?вэд"
        r"|税则号列|商品编码|税号|hs编码|hsコード|hs코드"
    ),
    re.compile(rf"(?:headings?|subheadings?|codes?|chapters?)(?:\s{_KIND})*"),
)
"""Headings of a column of codes, the surest first."""
_NOT_CODES: Final = re.compile(r"\b(?:ch ?99|chapter 99|country|partner|old|from|to|until|description)\b")
_PERCENT: Final = re.compile(r"%|per ?cent(?:age)?|\bpct\b|\bprozent\b|\bporcentaje\b|\bpourcent")
_FRACTION: Final = re.compile(r"\bfraction\b|\bdecimal\b")
_ON_TOP: Final = {
    *("add", "surcharge", "surtax", "additional", "added", "extra", "retaliatory", "supplementary", "punitive"),
}
"""Words one of which says that a duty comes on top."""
_AROUND: Final = {
    *("rate", "rates", "of", "duty", "duties", "tariff", "tariffs", "customs", "import", "imports", "ad", "valorem"),
    *("section", "301", "232", "201", "122", "new", "in", "us", "on"),
}
"""Words that may stand around it."""
_SET: Final = re.compile(r"set|total duty|duty in total")
_BY_UNIT: Final[dict[str, Role]] = {
    **dict.fromkeys(("unit value", "unit values"), "unit_value"),
    **dict.fromkeys(("intensity", "carbon intensity", "co2 intensity"), "intensity"),
}
"""Plain headings of what duties by the unit need; each cell has its own unit."""
_ANY_DUTY: Final = re.compile(r"\b(?:duty|duties|tariffs?|rates?|mfn|ad valorem|bound|applied)\b")
_VALUE: Final = re.compile(
    r"(?:(?:total|annual|customs|cif|fob|trade|import|imports?|covered)\s)*(?:values?|imports?|trade|amount)"
    r"(?:\s(?:value|values|covered|in|of|cif|fob|customs))*"
)
_SCALES: Final = {
    "tn": r"trillions?|tn",
    "bn": r"billions?|bn|bns|mrd|milliards?",
    "mn": r"millions?|mn|mio|mil|m|mm",
    "k": r"thousands?|1 ?000|000|k|th|tsd",
}
_DOLLARS: Final = r"(?:us ?\$|us ?dollars?|usd|us|dollars?|\$)"
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b|\bin\b|\bof\b|\bvalues?\b(?=.*\bimports?\b)")
_OTHER_MONEY: Final = re.compile(
    r"\b(?:eur|euros?|cny|rmb|yuan|rub|roubles?|inr|rupees?|try|gbp|jpy|yen|cad|mxn|brl|krw)\b"
)
_PER_MILLION: Final = {"tn": 6, "bn": 3, "mn": 0, "k": -3, "": -6}


@dataclass(frozen=True)
class Column:
    """A column of a list: where it stands, its heading, what it holds, and its numbers' unit.

    unit: `percent` or `fraction` of a rate, the power of ten to USD million of a value, None where each cell has its
    own; unread: why it is not read, where that is worth a word.
    """

    place: int
    heading: str
    role: Role
    unit: Literal["percent", "fraction"] | int | None = None
    unread: str = ""


def column_of(place: int, heading: str) -> Column:
    """What a heading says of its column; `code` where it may hold codes."""
    shown = heading.strip()
    words = plain(shown)
    if code_rank(words) is not None:
        return Column(place, shown, "code")
    if words in _BY_UNIT:
        return Column(place, shown, _BY_UNIT[words])
    share: Literal["percent", "fraction"] | None = (
        "percent" if _PERCENT.search(words) else "fraction" if _FRACTION.search(words) else None
    )
    bare = _squeezed(_FRACTION.sub(" ", _PERCENT.sub(" ", words)))
    if bare in ("rate", "rates") or _says_additional(set(bare.split())):
        return Column(place, shown, "add", share)
    if _SET.fullmatch(bare):
        return Column(place, shown, "set", share)
    if _ANY_DUTY.search(bare):
        return Column(place, shown, "other", unread=UNCLEAR_DUTY)
    return _value_column(place, shown, words)


def _says_additional(words: set[str]) -> bool:
    """Whether a heading of these words is of a duty on top of the ordinary one."""
    return bool(_ON_TOP & words) and words <= _ON_TOP | _AROUND


def _value_column(place: int, shown: str, words: str) -> Column:
    """A column of imports with its unit; other money is not read, and the reason is given."""
    if words == "value":
        return Column(place, shown, "value")
    money = re.search(rf"(?<![a-z]){_DOLLARS}(?![a-z])", words) is not None
    if "export" in words and money:
        return Column(place, shown, "other", unread="exports are not imports in the base year")
    scale = next(
        (name for name, its in _SCALES.items() if re.search(rf"(?<![a-z0-9])(?:{its})(?![a-z0-9])", words)), ""
    )
    bare = re.sub(rf"(?<![a-z]){_DOLLARS}(?![a-z])", " ", words)
    if scale:
        bare = re.sub(rf"(?<![a-z0-9])(?:{_SCALES[scale]})(?![a-z0-9])", " ", bare)
    bare = _squeezed(_OTHER_MONEY.sub(" ", _YEAR.sub(" ", bare)))
    if _VALUE.fullmatch(bare) is None and not (bare == "" and "import" in words):
        return Column(place, shown, "other")
    if not money:
        return Column(place, shown, "other", unread="it does not say that it is in US dollars")
    return Column(place, shown, "value", _PER_MILLION[scale])


def code_rank(words: str) -> int | None:
    """How surely a plain heading is that of codes, 0 the surest; None where it is not."""
    if _NOT_CODES.search(words):
        return None
    return next((rank for rank, pattern in enumerate(_CODES) if pattern.fullmatch(words)), None)


def plain(heading: str) -> str:
    """A heading in small letters without accents, its words and numbers apart and no signs but % and $."""
    flat = unicodedata.normalize("NFKD", heading.replace("ı", "i").replace("İ", "I")).casefold()
    flat = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return _squeezed(re.sub(r"[^\w%$]|_", " ", flat))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def code_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that are likeliest to hold the codes: those of the surest kind of heading."""
    ranked = [(rank, each) for each in columns if (rank := code_rank(plain(each.heading))) is not None]
    best = min((rank for rank, _ in ranked), default=None)
    return [each for rank, each in ranked if rank == best]
