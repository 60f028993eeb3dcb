"""The measures of a text: one record a tariff, each field with the words that state it, or a guess that is asked about.

A duty that is told in several places is one record; what each place states is put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from spacy.tokens import Span

from detente.article.clauses import clause_of
from detente.article.coreference import Discourse
from detente.article.duties import Duty, GoodsWords, duties_in, goods_after, names_a_duty, phrase, rates_alone, words
from detente.article.items import FoundMeasure
from detente.article.lifecycle import NO_MEASURE, STATUS_OF, life_of, on_the_day
from detente.article.merging import each_once
from detente.article.numeric_expressions import Amount, DayInText, amounts_in, dates_in, rates_in
from detente.article.products import products_of
from detente.article.sides import Side, charger, faced, guessed_charger, guessed_faced
from detente.article.syntax import chain, characters, is_entry, is_headline, sentence_of, tense_of, text_of, token_at

_NEAR: Final = 30
"""Characters after the words for goods in which the sum that they are worth ends."""
_BEFORE: Final = 60
"""Characters before a day or a sum in which the words stand that say what it is."""


def measures(discourse: Discourse, base: date) -> list[FoundMeasure]:
    """Every tariff that a text of the day `base` tells of, each once, in the order of the text."""
    told = _Told(discourse, base)
    for sentence in discourse.doc.sents:
        line = told.lead is not None and phrase("rate_line").match(sentence.text) is not None
        if is_headline(sentence) and not _introduces(sentence) and not line:
            continue
        told.read(sentence)
    return each_once([record for record in told.found if not any(record is each for each in told.spent)])


def _introduces(sentence: Span) -> bool:
    """Whether a sentence ends with a colon and tells of duties, so that a list of them may follow."""
    return sentence.text.rstrip().endswith(":") and any(names_a_duty(token) for token in sentence)


@dataclass
class _Told:
    """What was read so far: the records, those of the last sentence on duties, those that a list goes on with."""

    discourse: Discourse
    base: date
    found: list[FoundMeasure] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    lead: FoundMeasure | None = None
    spent: list[FoundMeasure] = field(default_factory=list)
    """Records whose rates stand in a later sentence."""

    def read(self, sentence: Span) -> None:
        """Add what a sentence tells."""
        if self.lead is not None and (is_entry(sentence) or phrase("rate_line").match(sentence.text)):
            self._line(sentence)
            return
        known = len(self.found)
        duties = duties_in(sentence) or rates_alone(sentence)
        new = [record for duty in duties if (record := self._record(duty)) is not None]
        self.found += new
        if len(self.found) > known:
            self.last = list(range(known, len(self.found)))
        elif self.last and (
            _introduces(sentence) or phrase("goes_on").match(sentence.text) or any(map(_is_back_reference, duties))
        ):
            self._complete(sentence, duties)
        else:
            self.last = [] if duties else self.last
        self.lead = self.found[self.last[-1]] if _introduces(sentence) and self.last else None

    def _record(self, duty: Duty) -> FoundMeasure | None:
        """The record of a duty; None where nobody charges it, or where it tells no more than that there are duties."""
        life = life_of(duty)
        if life in NO_MEASURE:
            return None
        before = self._pointed_at(duty)
        by = charger(self.discourse, duty) or _told_side(before, "by")
        on = faced(self.discourse, duty, by.code if by else None) or _told_sides(before)
        if not _says_enough(duty, by, on, life):
            return None
        pairs = [(m.by, m.on) for m in self.found]
        payer = by.code if by else guessed_charger(self.discourse, duty, [s.code for s in on], pairs)
        if payer is None:
            return None
        faces = tuple(s.code for s in on) or guessed_faced(self.discourse, duty, payer, pairs)
        faces = tuple(code for code in faces if code != payer)
        if not faces:
            return None
        record = self._filled(duty, life, by, on, payer, faces)
        return record if before is None else self._with_goods_of(before, record)

    def _pointed_at(self, duty: Duty) -> FoundMeasure | None:
        """The record that `the duties` point back to: that of the sentence before, where its records agree."""
        goes_on = phrase("goes_on").match(sentence_of(duty.token).text) is not None
        points = goes_on or any(
            phrase("points_back").match(c.lower_) for c in duty.token.children if c.i < duty.token.i
        )
        if duty.rate is None or not points or not self.last:
            return None
        group = [self.found[n] for n in self.last if n < len(self.found)]
        same = {(m.by, m.on) for m in group}
        return group[0] if len(same) == 1 else None

    def _with_goods_of(self, before: FoundMeasure, record: FoundMeasure) -> FoundMeasure:
        """A record with the goods and the status of the one that its words point back to, which it completes."""
        told = dict(record.told)
        if not record.is_told("goods") and (record.goods is None or phrase("firms").search(record.goods)):
            if before.is_told("goods"):
                told["goods"] = before.told["goods"]
            record = replace(record, goods=before.goods, products=before.products)
        if not record.is_told("status") and before.is_told("status"):
            told["status"] = before.told["status"]
            record = replace(record, life=before.life, status=before.status)
        if not record.is_told("day") and before.is_told("day"):
            told["day"] = before.told["day"]
            record = replace(record, first_day=before.first_day, after=before.after)
        if before.rate is None:
            self.spent.append(before)
        return replace(record, told=told)

    def _filled(
        self, duty: Duty, life: str | None, by: Side | None, on: Sequence[Side], payer: str, faces: tuple[str, ...]
    ) -> FoundMeasure:
        day = self._first_day(duty)
        value = self._value(duty)
        life = on_the_day(life, day.day if day else None, self.base)
        goods = None if duty.goods and phrase("firms").search(duty.goods.text) else duty.goods
        products = products_of(goods.text if goods else None, self._names(goods), valued=value is not None)
        told: dict[str, tuple[int, int]] = {}
        if by is not None and by.span is not None:
            told["by"] = by.span
        if on and on[0].span is not None:
            told["on"] = on[0].span
        if life is not None:
            told["status"] = (duty.token.idx, duty.token.idx + len(duty.token))
        if duty.rate is not None and not duty.ramp:
            told["rate"] = (duty.rate.start, duty.rate.end)
        stating = goods or value
        if products.told and stating is not None:
            told["goods"] = (stating.start, stating.end)
        if value is not None:
            told["value"] = (value.start, value.end)
        if day is not None:
            told["day"] = (day.start, day.end)
        return FoundMeasure(
            payer, faces, STATUS_OF[life or "in-force"], self._span(duty, by),
            rate=duty.rate.rate if duty.rate else None, level=_is_level(duty), value=value,
            goods=goods.text if goods else None, products=products, first_day=day.day if day else None,
            after=day is not None and _is_after(self.discourse.text, day), life=life, told=told,
        )  # fmt: skip

    def _names(self, goods: GoodsWords | None) -> frozenset[str]:
        """The words for sides among those for goods."""
        if goods is None:
            return frozenset()
        doc = self.discourse.doc
        within = (m for m in self.discourse.mentions if goods.start <= doc[m.start].idx < goods.end)
        return frozenset(doc[m.start : m.end].text for m in within)

    def _span(self, duty: Duty, by: Side | None) -> tuple[int, int]:
        """The words that tell of a duty: of one alone from who charges it, of one of several its rate and goods."""
        pieces = [(duty.rate.start, duty.rate.end)] if duty.rate else []
        sentence = sentence_of(duty.token)
        if duty.goods is not None and sentence.start_char <= duty.goods.start < sentence.end_char:
            pieces.append((duty.goods.start, duty.goods.end))
        if duty.parts == 1 or not pieces:
            verb = next((t for t in chain(duty.token) if t.pos_ == "VERB" and duty.clause.has(t)), duty.token)
            pieces += [(duty.token.left_edge.idx, duty.token.idx + len(duty.token)), (verb.idx, verb.idx + len(verb))]
            if (
                by is not None
                and by.span is not None
                and by.span[0] >= sentence.start_char
                and by.span[1] <= duty.token.idx
            ):
                pieces.append(by.span)
        start, end = min(a for a, _ in pieces), max(b for _, b in pieces)
        text = self.discourse.text[start:end]
        return start + len(text) - len(text.lstrip()), start + len(text.rstrip())

    def _first_day(self, duty: Duty) -> DayInText | None:
        """The day from which a duty is charged."""
        sentence = sentence_of(duty.token)
        days = dates_in(sentence.text, sentence.start_char, self.base, tense_of(duty.token))
        nouns = [t.idx for t in sentence if names_a_duty(t)]
        start = max((at for at in nouns if at < duty.token.idx), default=sentence.start_char - 1)
        end = min((at for at in nouns if at > duty.token.idx), default=sentence.end_char)
        near = (day for day in days if start < day.start < end)
        return next((day for day in near if _begins(self.discourse.text, sentence, day)), None)

    def _value(self, duty: Duty) -> Amount | None:
        """The yearly trade in the goods, where the sentence tells it of this duty alone."""
        sentence = sentence_of(duty.token)
        if duty.goods is not None:
            own = [
                a
                for a in amounts_in(self.discourse.text[duty.goods.start : duty.goods.end + _NEAR], duty.goods.start)
                if a.start <= duty.goods.end + 8
            ]
            if len(own) == 1:
                return own[0]
        if duty.parts > 1 or phrase("no_trade").search(sentence.text):
            return None
        sums = [
            a for a in amounts_in(sentence.text, sentence.start_char) if _is_trade(self.discourse.text, sentence, a)
        ]
        return sums[0] if len(sums) == 1 else None

    def _complete(self, sentence: Span, duties: Sequence[Duty]) -> None:
        """Put what a sentence says of the duties of the one before into their records."""
        days = dates_in(sentence.text, sentence.start_char, self.base, "future")
        day = next((d for d in days if _begins(self.discourse.text, sentence, d)), None)
        sums = [] if phrase("no_trade").search(sentence.text) else list(amounts_in(sentence.text, sentence.start_char))
        trade = [a for a in sums if _is_trade(self.discourse.text, sentence, a)]
        for n in self.last:
            record = self.found[n]
            if day is not None and record.first_day is None:
                life = on_the_day(record.life, day.day, self.base)
                told = {**record.told, "day": (day.start, day.end)}
                record = replace(record, first_day=day.day, life=life, status=STATUS_OF[life or "in-force"], told=told)
            if len(trade) == 1 and record.value is None and len(self.last) == 1:
                told = {**record.told, "value": (trade[0].start, trade[0].end)}
                record = replace(record, value=trade[0], told=told)
            self.found[n] = record

    def _line(self, sentence: Span) -> None:
        """One line of a list under a sentence that says whose duties they are."""
        assert self.lead is not None
        lead = self.lead
        if lead.rate is None:
            self.spent.append(lead)
        duty = next(iter((*duties_in(sentence), *_rates_of_line(sentence))), None)
        if duty is None or duty.rate is None:
            return
        products = products_of(duty.goods.text if duty.goods else None, self._names(duty.goods))
        on = tuple(c for c in self.discourse.sides_within(sentence) if c != lead.by) or lead.on
        told = {name: lead.told[name] for name in ("by", "on", "status", "day") if name in lead.told}
        told["rate"] = (duty.rate.start, duty.rate.end)
        if products.told and duty.goods is not None:
            told["goods"] = (duty.goods.start, duty.goods.end)
        goods = duty.goods.text if duty.goods else None
        if not products.told and phrase("rate_line").match(sentence.text) and lead.is_told("goods"):
            goods, products, told["goods"] = lead.goods, lead.products, lead.told["goods"]
        self.found.append(replace(lead, on=on, rate=duty.rate.rate, value=None, told=told, goods=goods,
            products=products, span=characters(sentence)))  # fmt: skip
        self.last.append(len(self.found) - 1)


def _rates_of_line(sentence: Span) -> Iterator[Duty]:
    """The rate of a line without a word for a duty: `25% on cheese`, `cheese: 25%`."""
    text = text_of(sentence.doc)
    for rate in rates_in(sentence.text, sentence.start_char):
        token = token_at(sentence.doc, rate.end - 1)
        goods = goods_after(text, rate.end, sentence.end_char)
        if goods is None:
            first = phrase("entry").match(sentence.text)
            start = sentence.start_char + (first.end() if first else 0)
            words_ = re.sub(r"\s*(?:[:–—,-]| at| by)?\s*$", "", text[start : rate.start])
            goods = GoodsWords(words_, start, start + len(words_)) if words_.strip() else None
        yield Duty(token, clause_of(token), rate, goods)


def _told_side(record: FoundMeasure | None, name: str) -> Side | None:
    return Side(record.by, record.told[name]) if record is not None and record.is_told(name) else None


def _told_sides(record: FoundMeasure | None) -> list[Side]:
    if record is None or not record.is_told("on"):
        return []
    return [Side(code, record.told["on"]) for code in record.on]


def _is_back_reference(duty: Duty) -> bool:
    """Whether words for a duty only point back: the duties, these tariffs, it."""
    return duty.rate is None and any(
        c.lower_ in ("the", "these", "those", "both", "its", "their") for c in duty.token.children
    )


def _says_enough(duty: Duty, by: Side | None, on: Sequence[Side], life: str | None) -> bool:
    """Whether words tell of a measure and not only that there are duties."""
    if duty.rate is not None:
        return by is not None or bool(on) or duty.goods is not None or life is not None
    if _is_back_reference(duty) and duty.goods is None and not (by and on):
        return False
    return life is not None and bool(by or on) and (bool(on) or duty.goods is not None)


def _is_level(duty: Duty) -> bool:
    """Whether a rate is that to which a tariff is moved, in place of the one there was."""
    if duty.rate is None:
        return False
    before = text_of(duty.token.doc)[max(0, duty.rate.start - 12) : duty.rate.start]
    verbs = {t.lemma_.lower() for t in duty.clause.tokens if t.pos_ == "VERB"}
    return re.search(r"\b(?:to|at) (?:about |some )?$", before) is not None and bool(verbs & words("raises"))


def _begins(text: str, sentence: Span, day: DayInText) -> bool:
    """Whether a day is the one from which duties are charged, and not that on which something was said of them."""
    before = text[max(sentence.start_char, day.start - _BEFORE) : day.start]
    told = phrase("told_then").search(before) or phrase("told_next").match(text[day.end : day.end + _BEFORE])
    return phrase("begins").search(before) is not None and told is None


def _is_after(text: str, day: DayInText) -> bool:
    return re.search(r"\bafter (?:the )?$", text[max(0, day.start - 12) : day.start]) is not None


def _is_trade(text: str, sentence: Span, amount: Amount) -> bool:
    """Whether a sum of money is the yearly trade in the goods of a duty."""
    before = text[max(sentence.start_char, amount.start - _BEFORE) : amount.start]
    return (
        phrase("worth").search(before) is not None
        or phrase("of_goods").match(text[amount.end : amount.end + _BEFORE]) is not None
    )
