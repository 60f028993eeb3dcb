"""The parts of an answer: those of the run itself, and those that are questions of their own, each with its form.

The form of a part is made from the options of its question: which fields there are, what they are called, and what a
value looks like when it is typed all come from the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.options import Option
from detente.analyses.registry import REGISTRY
from detente.dispute.schema import Dispute
from detente.web.models import ApiError
from detente.web.questions import key_of, options_in, question, upload_of
from detente.web.services import Services
from detente.web.store import Inquiry

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


def parts_of(services: Services, asked: Inquiry, first: Mapping[str, Any], chosen: Sequence[str]) -> AnswerParts:
    """The parts of an answer. Raises ApiError (404) where a chosen key is of no part of it."""
    titles = {each["id"]: each["title"] for each in first["tabs"]}
    others: dict[str, Inquiry] = {}
    for entry in REGISTRY.values() if asked.kind == "run" else ():
        if entry.tab and entry.fits(asked.subject):
            others[entry.name] = usual_question(entry, asked, first)
    services.store.ask_all(others.values())
    for key in chosen:
        other = services.asked(key)
        if other.kind not in others or other.dispute != asked.dispute:
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
    """What the page asks of draws: whether every party loses in the state of the headline."""
    threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
    if not threatened or len(dispute.parties) < 2:
        return []
    return [" and ".join(f"{first['state']} {party} real_income < 0" for party in dispute.parties)]


def form_of_part(entry: Analysis) -> list[Option]:
    """The options that the form of a part asks for, in its order."""
    return [each for each in entry.options.every() if each.asked.page]


def filled(entry: Analysis, options: Mapping[str, Any]) -> dict[str, str]:
    """What the form of a part holds for options; a file is never filled in."""
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
