"""From what a text says to a draft of a dispute file, every entry with its quote.

Measures and demands come from `detente.article.entries`; delegations, dates, agreements, statements and forecasts are
blocks of their own. Entries that the checks of the dispute file refuse are left out, and a note says so. What stays
open is a question of the draft.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from detente.article.asking import limited
from detente.article.coreference import NONE
from detente.article.entries import DemandEntry, MeasureEntry, Questions
from detente.article.items import (
    LEFT_OUT,
    Found,
    FoundAgreement,
    FoundCurb,
    FoundDate,
    FoundDelegate,
    FoundDemand,
    FoundForecast,
    FoundMeasure,
    FoundParty,
    FoundStatement,
)
from detente.article.lexicon import side_name
from detente.article.reading import Reading
from detente.article.sides import EVERYONE
from detente.data.bundled import list_worlds, load_world
from detente.data.products.weights import EU
from detente.data.quantities import parse_rate
from detente.data.world import World, with_blocs
from detente.dispute.schema import Dispute
from detente.errors import BadDispute, BadInput, Fault
from detente.policy.reach import purchases
from detente.usual_names import members_of

_PLACE: Final = re.compile(r"(?P<block>demands|measures)\.(?P<id>[^.\[]+)(?:\.(?P<field>\w+))?")
_BARE: Final = frozenset({"deadline", "earliest"})
"""Fields without which an entry still says something."""
_TITLE_CHARACTERS: Final = 90
_TAKEN: Final = {"date": "the day of reading", "year": "the last such day"}
"""What is taken for what a text does not bear of its date."""
_BYLINE: Final = re.compile(r"(?:by|from) ", re.IGNORECASE)


def settled(values: dict[str, Any], document: str) -> Dispute:
    """The dispute in the values, without the demands and measures that contradict others or cannot hold.

    A text may say the same twice, or name a deadline that has passed. Each thing left out is a note of the dispute.
    Raises BadDispute for faults that no entry can be left out for.
    """
    left = {key: value for key, value in values.items() if value}
    while True:
        try:
            return Dispute.from_values(left, document=document)
        except BadDispute as problem:
            fault = next((fault for fault in problem.faults if _leave_out(left, fault)), None)
            if fault is None:
                raise
            left["notes"] = [*left.get("notes", []), f"{LEFT_OUT}{fault}"]


def _leave_out(values: dict[str, Any], fault: Fault) -> bool:
    """Take the faulty field or entry out, with the questions about it; False where the fault is of neither."""
    place = _PLACE.match(fault.path)
    entries = values.get(place["block"], []) if place else []
    entry = next((entry for entry in entries if place and entry["id"] == place["id"]), None)
    if place is None or entry is None:
        return False
    if place["field"] in _BARE and place["field"] in entry:
        del entry[place["field"]]
        return True
    values[place["block"]] = [other for other in entries if other is not entry]
    about = f"{place['block']}.{place['id']}."
    values["questions"] = [
        question for question in values.get("questions", []) if not question["path"].startswith(about)
    ]
    return True


@dataclass
class ReportedBlocks:
    """The blocks of a draft that tell and do not charge or ask; `day` is the article's, `sides` are the parties."""

    day: str
    sides: Sequence[str]
    questions: Questions
    delegations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    dates: list[dict[str, Any]] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    forecasts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, item: Found, source: dict[str, Any]) -> None:
        """Put an item into its block; a party, measure or demand is in none of these."""
        match item:
            case FoundDelegate():
                self._delegate(item, source)
            case FoundDate():
                day = item.date.isoformat()
                self.dates.append({"id": f"on-{day}", "date": day, "what": plain(item.what), "source": source})
            case FoundAgreement():
                said = {"reported_by": item.reported_by, "topic": plain(item.topic), "agreed": item.agreed}
                self.agreements.append({**said, "date": self.day, "source": source})
            case FoundStatement():
                self._statement(item, source)
            case FoundForecast():
                said = {"who": item.who, "date": self.day, "outcome": item.outcome, "quote": source["quote"]}
                odds = {} if item.probability is None else {"probability": item.probability}
                self.forecasts.append({**said, **odds, "source": source})

    def blocks(self) -> dict[str, Any]:
        """The blocks by name."""
        names = ("delegations", "dates", "agreements", "statements", "forecasts")
        return {name: getattr(self, name) for name in names}

    def _delegate(self, item: FoundDelegate, source: dict[str, Any]) -> None:
        side = self._party(item.side)
        if side is None:
            note = f"{LEFT_OUT}{item.name}, {item.role}, for whom the text names no side of the dispute."
            self.questions.notes.append(note)
            return
        self.delegations.setdefault(side, []).append({"name": item.name, "role": item.role, "source": source})

    def _statement(self, item: FoundStatement, source: dict[str, Any]) -> None:
        if item.side is None:
            self.questions.ask(
                f"statements[{len(self.statements)}].side",
                f"For which side does {item.who} speak? The text does not say.",
                NONE,
                [*self.sides, NONE],
                source,
            )
        said = {"who": item.who, "side": self._party(item.side) or NONE, "date": self.day, "quote": source["quote"]}
        self.statements.append({**said, "stance": item.stance, "source": source})

    def _party(self, side: str | None) -> str | None:
        """The party for which somebody speaks: for a member of a bloc that is one, the bloc."""
        if side in self.sides:
            return side
        return EU if EU in self.sides and side in members_of(EU, self.day) else None


def plain(text: str) -> str:
    """The text with every run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


def draft_of(reading: Reading, document: str, *, lacks: Literal["date", "year"] | None = None) -> Dispute:
    """The draft of a dispute file; `document` is the name by which its sources call the text.

    `lacks` says what of its date the text does not bear, so that its day is only a guess and an open question.

    Raises BadInput where the text tells of no measure and no demand between two sides of a bundled world.
    """
    sides = _sides(reading)
    curbs = _curbs(reading)
    if len(sides) < 2:
        raise BadInput(
            f"{document} tells of no trade dispute that the reader can see: no tariff of one economy on another, and "
            "no demand of one on another; if there is one, write the file by hand, beginning with `detente new`"
            + "".join(f". {note}" for note in curbs)
        )
    questions = Questions()
    if lacks is not None:
        _ask_for_the_day(reading, document, questions, lacks)
    day, name = reading.date.isoformat(), _world_before(reading.date.year)
    parties = _parties(sides, reading.date)
    world = with_blocs(load_world(name), parties)
    measures = _measures(reading, document, world, questions)
    demands = _demands(reading, document, measures, world, questions)
    told = ReportedBlocks(day, sides, questions)
    for item in reading.items:
        told.add(item, _source(reading, document, item))
    stakes = {m["id"]: _stake(m, world) for m in measures}
    values: dict[str, Any] = {
        "dispute": "-".join(re.findall(r"[a-z0-9]+", f"{'-'.join(sides)}-{day}".lower())),
        "title": f"{' and '.join(map(side_name, sides))}, as reported on {day}",
        "as_of": day,
        "world": name,
        "parties": parties,
        "measures": measures,
        "demands": demands,
        **told.blocks(),
        "questions": questions.asked,
        "documents": {document: _document(reading)},
        "notes": [*questions.notes, *curbs, *_notes(day, name)],
    }
    return settled(limited(values, stakes), f"draft of {document}")


def _stake(measure: dict[str, Any], world: World) -> float:
    """The yearly duty at stake in a measure: its rate on all that the importer buys, USD million a year."""
    partners = world.economies if EVERYONE in measure["on"] else measure["on"]
    bought = sum(purchases(world, measure["by"], on, "world").total for on in partners if on != measure["by"])
    return parse_rate(measure.get("add") or measure["set"]) * bought


def _source(reading: Reading, document: str, item: Found) -> dict[str, Any]:
    """The words of an item and where they stand."""
    return {"quote": reading.quote(item), "document": document, "span": list(item.span)}


def _ask_for_the_day(reading: Reading, document: str, questions: Questions, lacks: str) -> None:
    party = next(item for item in reading.items if isinstance(item, FoundParty))
    question = (
        f"Of which day is the text? It bears no {lacks}, and {_TAKEN[lacks]} is taken; other days count from it, so "
        "read it again with --date."
    )
    questions.ask("as_of", question, reading.date.isoformat(), [], _source(reading, document, party))


def _sides(reading: Reading) -> list[str]:
    """The parties, those first that measures and demands name most."""
    named: list[str] = []
    for item in reading.items:
        if isinstance(item, FoundMeasure):
            named += [item.by, *(code for code in item.on if code != EVERYONE)]
        elif isinstance(item, FoundDemand) and not _within_the_bloc(item, reading.date):
            named += [item.by, item.of]
    order = list(dict.fromkeys(named))
    return sorted(order, key=lambda code: (-named.count(code), order.index(code)))


def _within_the_bloc(demand: FoundDemand, on: date) -> bool:
    """Whether a demand is between the bloc and a member, so that it is none of the dispute."""
    sides = {demand.by, demand.of}
    return EU in sides and sides <= {EU, *members_of(EU, on)}


def _parties(sides: list[str], on: date) -> dict[str, Any]:
    """The block `parties`; a bloc has the members of the day that are no party of their own."""
    parties: dict[str, Any] = {code: {"name": side_name(code)} for code in sides}
    if EU in parties:
        parties[EU]["members"] = [code for code in members_of(EU, on) if code not in sides]
    return parties


def _world_before(year: int) -> str:
    """The bundled world of the last year before that of the article, else the first there is."""
    rows = sorted((int(row["year"]), str(row["name"])) for row in list_worlds().to_dict("records"))
    return next((name for of, name in reversed(rows) if of < year), rows[0][1])


def _measures(reading: Reading, document: str, world: World, questions: Questions) -> list[dict[str, Any]]:
    found = [item for item in reading.items if isinstance(item, FoundMeasure)]
    ids = _unique(f"{measure.by}-on-{'-'.join(measure.on)}".lower() for measure in found)
    return [
        MeasureEntry(
            measure, id, _source(reading, document, measure), reading.date, world, questions, _sides(reading)
        ).measure()
        for measure, id in zip(found, ids, strict=True)
    ]


def _demands(
    reading: Reading, document: str, measures: list[dict[str, Any]], world: World, questions: Questions
) -> list[dict[str, Any]]:
    found = [item for item in reading.items if isinstance(item, FoundDemand)]
    kept = [demand for demand in found if not _within_the_bloc(demand, reading.date)]
    for demand in found:
        if demand not in kept:
            note = f"{LEFT_OUT}{side_name(demand.by)} asks {side_name(demand.of)}, both of one side: {demand.what}"
            questions.notes.append(plain(note))
    ids = _unique(f"{demand.by}-{_slug(demand.rule or demand.what)}".lower() for demand in kept)
    return [_demand(reading, document, d, id, measures, world, questions) for d, id in zip(kept, ids, strict=True)]


def _demand(
    reading: Reading,
    document: str,
    demand: FoundDemand,
    id: str,
    measures: list[dict[str, Any]],
    world: World,
    questions: Questions,
) -> dict[str, Any]:
    source = _source(reading, document, demand)
    ask = DemandEntry(demand, id, source, reading.date, world, questions).ask(measures)
    day = demand.deadline if isinstance(demand.deadline, str | None) else demand.deadline.isoformat()
    entry = {"id": id, "by": demand.by, "of": demand.of, "ask": ask, "what": plain(demand.what)}
    when = {} if day is None else {"deadline": day}
    return {**entry, **when, "made": reading.date.isoformat(), "source": source}


def _curbs(reading: Reading) -> list[str]:
    """A note for each kind of measure that is no tariff, with every sentence that tells of one."""
    told: dict[str, list[str]] = {}
    for item in reading.items:
        if isinstance(item, FoundCurb):
            told.setdefault(item.form, []).append(f"“{plain(reading.quote(item))}”")
    return [
        f"{LEFT_OUT}{what}, which is no tariff, and the file knows tariffs alone: {'; '.join(quotes)}"
        for what, quotes in told.items()
    ]


def _document(reading: Reading) -> dict[str, Any]:
    lines = [line for line in reading.text.splitlines() if line.strip()]
    first = plain(next((line for line in lines if not _BYLINE.match(line)), lines[0]))
    title = first if len(first) <= _TITLE_CHARACTERS else f"{first[:_TITLE_CHARACTERS].rsplit(' ', 1)[0]} …"
    digest = hashlib.sha256(reading.text.encode()).hexdigest()
    note = f"SHA-256 of the text that spans count: {digest}"
    return {"title": title, "date": reading.date.isoformat(), "note": note}


def _notes(day: str, world: str) -> list[str]:
    return [
        f"Drafted by the article reader from the text of {day}: check every entry against its quote.",
        f"The world {world} is the last bundled one before the year of the text.",
        "The text names no answers to measures that are not measures themselves: add responses to see what they do.",
    ]


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:4]) or "demand"


def _unique(names: Iterable[str]) -> list[str]:
    """The names, each with a number where it is not the first of its kind."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return result
