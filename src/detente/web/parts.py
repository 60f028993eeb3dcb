"""The parts of an answer: those of the run itself, and those that are questions of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY
from detente.dispute.schema import Dispute
from detente.web.fields import FORMS, typed
from detente.web.models import Refusal
from detente.web.options import OPTIONS
from detente.web.questions import DOCUMENT, key_of, options_of, question, upload_of
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


def parts_of(
    services: Services, asked: Inquiry, dispute: Dispute, first: Mapping[str, Any], chosen: Sequence[str]
) -> AnswerParts:
    """The parts of an answer. Raises Refusal (404) where a chosen key is of no part of it."""
    titles = {each["id"]: each["title"] for each in first["tabs"]}
    others: dict[str, Inquiry] = {}
    for entry in REGISTRY.values() if asked.kind == "run" else ():
        if entry.tab and entry.fits(dispute):
            others[entry.name] = usual(entry, asked, dispute, first)
    services.store.ask_all(others.values())
    for key in chosen:
        other = services.asked(key)
        if other.kind not in others or other.dispute != asked.dispute:
            raise Refusal(404, "not-found", f"{key} is no part of this answer")
        others[other.kind] = other
    *own, last = titles  # the method comes last
    order = [*own, *others, last]
    return AnswerParts({id: titles.get(id) or REGISTRY[id].tab for id in order}, others, tuple(dict.fromkeys(chosen)))


def usual(entry: Analysis, asked: Inquiry, dispute: Dispute, first: Mapping[str, Any]) -> Inquiry:
    """The question that a part asks unless told otherwise: the run's own options, as far as the part has them."""
    given = own_options(asked, entry)
    if entry.name == "bands":
        given |= {"draws": DRAWS, "holds": statements(dispute, first)}
    if entry.name == "markets":
        given |= {"economy": next(iter(dispute.parties))}
    return Inquiry(key_of(entry.name, asked.dispute, given), entry.name, asked.dispute, given, asked.title)


def own_options(asked: Inquiry, entry: Analysis) -> dict[str, Any]:
    """The options of a run that are options of the part as well."""
    return {name: value for name, value in asked.options.items() if name in OPTIONS[entry.name].model_fields}


def statements(dispute: Dispute, first: Mapping[str, Any]) -> list[str]:
    """What the page asks of draws: whether every party loses in the state of the headline."""
    threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
    if not threatened or len(dispute.parties) < 2:
        return []
    return [" and ".join(f"{first['state']} {party} real_income < 0" for party in dispute.parties)]


def otherwise(asked: Inquiry, entry: Analysis, fields: Mapping[str, str], upload: tuple[str, bytes] | None) -> Inquiry:
    """The question of a part with what its form says. Raises BadInput, BadDispute."""
    given: dict[str, Any] = {
        name: value for name, value in asked.options.items() if name in OPTIONS[entry.name].model_fields
    }
    given |= typed(FORMS.get(entry.name, ()), fields)
    if upload is not None:
        given["prices"] = upload_of(*upload).model_dump()
    return question(entry, Dispute.parse(asked.dispute, document=DOCUMENT), options_of(entry, given))
