"""The parts of an answer: those of the run itself, and those that are questions of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from detente.dispute.schema import Dispute
from detente.web.fields import typed
from detente.web.kinds import KINDS, Kind, options_of
from detente.web.models import Problem
from detente.web.questions import DOCUMENT, key_of, question, upload_of
from detente.web.services import Desk
from detente.web.store import Asked

DRAWS: Final = 64
"""Draws that the page asks for unless told otherwise: a minute or so; the command takes 256."""


@dataclass(frozen=True)
class Parts:
    """The parts of an answer by id: title, and where it is a question of its own that question."""

    titles: Mapping[str, str]
    others: Mapping[str, Asked] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    """Keys of questions that the address names in place of the usual ones."""

    def query(self) -> str:
        """These keys as parameters of an address."""
        return "".join(f"&part={key}" for key in self.chosen)


def parts_of(desk: Desk, asked: Asked, dispute: Dispute, first: Mapping[str, Any], chosen: Sequence[str]) -> Parts:
    """The parts of an answer. Raises Problem (404) where a chosen key is of no part of it."""
    titles = {each["id"]: each["title"] for each in first["tabs"]}
    others: dict[str, Asked] = {}
    for kind in KINDS.values() if asked.kind == "run" else ():
        if kind.tab and kind.fits(dispute):
            others[kind.name] = usual(kind, asked, dispute, first)
    desk.store.ask_all(others.values())
    for key in chosen:
        other = desk.asked(key)
        if other.kind not in others or other.dispute != asked.dispute:
            raise Problem(404, "not-found", f"{key} is no part of this answer")
        others[other.kind] = other
    *own, last = titles  # the method comes last
    order = [*own, *others, last]
    return Parts({id: titles.get(id) or KINDS[id].tab for id in order}, others, tuple(dict.fromkeys(chosen)))


def usual(kind: Kind, asked: Asked, dispute: Dispute, first: Mapping[str, Any]) -> Asked:
    """The question that a part asks unless told otherwise: the run's own options, as far as the kind has them."""
    given = {name: value for name, value in asked.options.items() if name in kind.options.model_fields}
    if kind.name == "bands":
        given |= {"draws": DRAWS, "holds": statements(dispute, first)}
    if kind.name == "markets":
        given |= {"economy": next(iter(dispute.parties))}
    return Asked(key_of(kind.name, asked.dispute, given), kind.name, asked.dispute, given, asked.title)


def statements(dispute: Dispute, first: Mapping[str, Any]) -> list[str]:
    """What the page asks of draws: whether every party loses in the state of the headline."""
    threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
    if not threatened or len(dispute.parties) < 2:
        return []
    return [" and ".join(f"{first['state']} {party} real_income < 0" for party in dispute.parties)]


def otherwise(asked: Asked, kind: Kind, fields: Mapping[str, str], upload: tuple[str, bytes] | None) -> Asked:
    """The question of a part with what its form says. Raises BadInput, BadDispute."""
    given: dict[str, Any] = {name: value for name, value in asked.options.items() if name in kind.options.model_fields}
    given |= typed(kind.form, fields)
    if upload is not None:
        given["prices"] = upload_of(*upload).model_dump()
    return question(kind, Dispute.parse(asked.dispute, document=DOCUMENT), options_of(kind, given))
