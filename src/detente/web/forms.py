"""The forms of the page: to build a dispute, to change one that has been answered, and to ask for a part of an answer.

The fields of the first become the values of a dispute file, and faults come back to their fields. The second offers the
rates, amounts and answers of a dispute, and makes the question that comes of a change. The parts of an answer are those
of the run itself, and those that are questions of their own: the form of one is made from the options of its question,
so that the fields, their names, and how a value is typed all come from the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.options import Option
from detente.analyses.registry import REGISTRY, analysis_of
from detente.data.codes import economy_name
from detente.dispute.schema import Dispute
from detente.dispute.vintage import put
from detente.errors import BadInput, Fault
from detente.policy.lists import read_list
from detente.policy.measure import RATES
from detente.web.models import ApiError
from detente.web.questions import key_of, options_in, question, upload_of, world_of
from detente.web.store import DOCUMENT, Inquiry, RunStore

MEASURE: Final = "threat"
"""The id of the measure that the form describes."""

OF_THE_RUN: Final[tuple[Option, ...]] = tuple(
    each for each in REGISTRY["run"].options.every() if each.kind != "flag" and not each.asked.local
)
"""The options of a run that forms offer as fields."""

DEFAULTS: Final = {
    "title": "",
    "by": "USA",
    "on": "CHN",
    "goods": "value",
    "value": "",
    "basis": "customs",
    "rate": "",
    "earliest": "",
    "answer": "value",
    "as_of": "",
    "world": "icio-2017",
    **{each.name: "" for each in OF_THE_RUN if each.kind != "world"},
}
"""What an empty form holds."""

GOODS: Final = ("value", "sectors", "list", "all")
ANSWERS: Final = ("", "value", "rate", "duty", "harm", "best")

_FIELDS: Final = (
    (r"has no rate", "rate"),
    (r"on its own goods", "on"),
    (r"^\S*\.(add|set|total): ", "rate"),
    (r"^responses", "answer"),
    (r"^\S*\.by: ", "by"),
    (r"^\S*\.on(\[\d+\])?: ", "on"),
    (r"^parties", "on"),
    (r"^\S*\.earliest: ", "earliest"),
    (r"^measures", "goods"),
    (r"^as_of", "as_of"),
    (r"^world", "world"),
    (r"^title", "title"),
)
"""What a fault says → the field that it belongs to; the first that fits."""


@dataclass
class Form:
    """The typed values and their faults: field → messages, in the words of the command line."""

    fields: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    sectors: tuple[str, ...] = ()
    upload: tuple[str, bytes] | None = None
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def say(self, name: str, message: str) -> None:
        """Put a message beside a field."""
        self.wrong.setdefault(name, []).append(message)

    def blame(self, faults: tuple[Fault, ...]) -> None:
        """Put every fault of a dispute beside the field that it is about."""
        for fault in faults:
            text = str(fault)
            self.say(self.field_of(text), text)

    def field_of(self, text: str) -> str:
        """The field that a message is about; `form` where it is about none."""
        for pattern, name in _FIELDS:
            if re.search(pattern, text):
                if name == "goods" and self.fields["goods"] != "all":
                    return self.fields["goods"]
                return name
        return "form"

    def options(self) -> dict[str, Any]:
        """Options of the run; the world is a field of the dispute."""
        return {each.name: text for each in OF_THE_RUN if each.kind != "world" and (text := self.fields[each.name])}

    def values(self) -> dict[str, Any]:
        """The dispute as plain values. What cannot be read is put beside its field and left out."""
        given = self.fields
        by, on = given["by"].strip(), given["on"].strip()
        measure: dict[str, Any] = {"id": MEASURE, "by": by, "on": on, "status": "threatened", "goods": self._goods()}
        if given["rate"].strip():
            measure["add"] = given["rate"].strip()
        if given["earliest"].strip():
            measure["earliest"] = given["earliest"].strip()
        values: dict[str, Any] = {
            "dispute": "my-dispute",
            "title": given["title"].strip() or f"{economy_name(by)} threatens {economy_name(on)}",
            "as_of": given["as_of"].strip() or datetime.now(UTC).date().isoformat(),
            "world": given["world"].strip(),
            "parties": {code: {"name": economy_name(code)} for code in (by, on) if code},
            "measures": [measure],
        }
        if given["answer"]:
            values["responses"] = [{"by": on, "to": MEASURE, "rule": "in-kind", "match": given["answer"]}]
        return values

    def _goods(self) -> dict[str, Any]:
        kind = self.fields["goods"]
        if kind == "sectors":
            return {"sectors": list(self.sectors)}
        if kind == "list":
            return self._list()
        if kind == "all":
            return {"all": True}
        return {"value": self.fields["value"].strip() or None, "basis": self.fields["basis"]}

    def _list(self) -> dict[str, Any]:
        if self.upload is None or not self.upload[1]:
            self.say("list", "choose a file with a header such as hs6,value,rate and a line a code")
            return {"all": True}
        try:
            read = read_list(self.upload[1], name=self.upload[0] or "the list", rated=bool(self.fields["rate"].strip()))
        except BadInput as problem:
            self.say("list", str(problem))
            return {"all": True}
        codes = [line.model_dump(mode="json", exclude_none=True) for line in read.codes]
        return {"codes": codes, "hs": read.edition, "notes": list(read.notes)}


def form_of(given: Mapping[str, str], sectors: list[str], upload: tuple[str, bytes] | None) -> Form:
    """The form as it was sent; a field that is not among ours is left out."""
    fields = {name: str(given.get(name, default)) for name, default in DEFAULTS.items()}
    if fields["goods"] not in GOODS:
        fields["goods"] = "value"
    if fields["answer"] not in ANSWERS:
        fields["answer"] = ""
    return Form(fields, tuple(sectors), upload)


MOST_MEASURES: Final = 6
"""Measures whose rate and value are offered; a longer dispute is changed as text."""


@dataclass(frozen=True)
class ChangeField:
    """A field that can be changed: its path in the file, what it is called, and what it holds now."""

    path: str
    label: str
    value: str
    choices: tuple[str, ...] = ()


def changeable(dispute: Dispute) -> list[ChangeField]:
    """Rates and values of threats and of measures in force, and how each is answered."""
    values = dispute.values_as_written()
    found = []
    for measure in [m for m in values.get("measures", ()) if any(name in m for name in RATES)][:MOST_MEASURES]:
        what = measure.get("title") or f"{measure['by']} on {measure['on']}"
        rate = next(name for name in RATES if name in measure)
        found.append(ChangeField(f"measures.{measure['id']}.{rate}", f"Rate: {what}", str(measure[rate])))
        if "value" in measure["goods"]:
            path = f"measures.{measure['id']}.goods.value"
            found.append(ChangeField(path, f"Goods covered: {what}", str(measure["goods"]["value"])))
    for position, response in enumerate(values.get("responses", ())[:MOST_MEASURES]):
        if "match" in response:
            label = f"Answer of {response['by']} to {response['to']}"
            choices = ("value", "rate", "duty", "harm", "best")
            found.append(ChangeField(f"responses[{position}].match", label, str(response["match"]), choices))
    return found


def changed(asked: Inquiry, given: Mapping[str, str]) -> Inquiry:
    """The question with the fields that were given and differ. Raises BadDispute with every fault, BadInput."""
    entry, dispute = analysis_of(asked.kind), asked.subject
    values: dict[str, Any] = dispute.values_as_written()
    for each in changeable(dispute):
        text = given.get(each.path, each.value).strip()
        if text != each.value:
            put(values, each.path, text or None)
    own, options = {"world": dispute.world, **dispute.settings.model_dump()}, dict(asked.options)
    for name in [each.name for each in OF_THE_RUN if each.name in given]:
        text = given[name].strip()
        if text and (name in options or text != own.get(name)):
            options[name] = text
        elif not text:
            options.pop(name, None)
    chosen = options_in(entry, options)
    return question(entry, Dispute.from_values(values, document=DOCUMENT, world=world_of(chosen)), chosen)


DRAWS: Final = 64
"""Draws that the page asks for unless told otherwise: a minute or so; the command takes 256."""


@dataclass(frozen=True)
class AnswerParts:
    """The parts of an answer by id: title, and where it is a question of its own that question."""

    titles: Mapping[str, str]
    others: Mapping[str, Inquiry] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    """Keys of questions that the address names in place of the usual ones."""

    def query(self) -> str:
        """These keys as parameters of an address."""
        return "".join(f"&part={key}" for key in self.chosen)


def parts_of(store: RunStore, asked: Inquiry, first: Mapping[str, Any], chosen: Sequence[str]) -> AnswerParts:
    """The parts of an answer. Raises ApiError (404) where a chosen key is of no part of it."""
    titles = {each["id"]: each["title"] for each in first["tabs"]}
    others: dict[str, Inquiry] = {}
    for entry in REGISTRY.values() if asked.kind == "run" else ():
        if entry.tab and entry.fits(asked.subject):
            others[entry.name] = usual_question(entry, asked, first)
    store.ask_all(others.values())
    for key in chosen:
        other = store.asked(key)
        if other is None or other.kind not in others or other.dispute != asked.dispute:
            raise ApiError(404, "not-found", f"{key} is not a part of this answer")
        others[other.kind] = other
    *own, last = titles  # the method comes last
    order = [*own, *others, last]
    return AnswerParts({id: titles.get(id) or REGISTRY[id].tab for id in order}, others, tuple(dict.fromkeys(chosen)))


def usual_question(entry: Analysis, asked: Inquiry, first: Mapping[str, Any]) -> Inquiry:
    """The question that a part asks unless told otherwise: the run's own options, and what the page says of others."""
    given = options_of_the_run(entry, asked)
    usual: dict[str, Any] = {
        "economy": next(iter(asked.subject.parties)),
        "statements": statements(asked.subject, first),
    }
    for each in entry.options.every():
        if usual.get(each.kind):
            given[each.name] = usual[each.kind]
        elif each.name == "draws":
            given[each.name] = DRAWS
    return Inquiry(key_of(entry.name, asked.dispute, given), entry.name, asked.dispute, given, asked.title, asked.known)


def options_of_the_run(entry: Analysis, asked: Inquiry) -> dict[str, Any]:
    """The options of a run that its part has as well."""
    return {name: value for name, value in asked.options.items() if name in entry.options.model_fields}


def statements(dispute: Dispute, first: Mapping[str, Any]) -> list[str]:
    """The statements that the page asks of draws: whether every party loses in the state of the headline."""
    threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
    if not threatened or len(dispute.parties) < 2:
        return []
    return [" and ".join(f"{first['state']} {party} real_income < 0" for party in dispute.parties)]


def form_of_part(entry: Analysis) -> list[Option]:
    """The options that the form of a part asks for, in its order."""
    return [each for each in entry.options.every() if each.asked.page]


def filled(entry: Analysis, options: Mapping[str, Any]) -> dict[str, str]:
    """The values of the form of a part for given options; a file is never filled in."""
    shown = [each for each in form_of_part(entry) if each.kind != "prices"]
    return {each.name: each.written(options[each.name]) if each.name in options else "" for each in shown}


def typed(entry: Analysis, fields: Mapping[str, str]) -> dict[str, str]:
    """The options that a form says; what is left empty is not among them."""
    shown = [each.name for each in form_of_part(entry) if each.kind != "prices"]
    return {name: text for name in shown if (text := fields.get(name, "").strip(" ,\r\n\t"))}


def changed_part(
    asked: Inquiry, entry: Analysis, fields: Mapping[str, str], upload: tuple[str, bytes] | None
) -> Inquiry:
    """The question of a part with what its form says. Raises BadInput, BadDispute."""
    given = {**options_of_the_run(entry, asked), **typed(entry, fields)}
    options = options_in(entry, given, None if upload is None else upload_of(*upload))
    return question(entry, asked.subject, options)
