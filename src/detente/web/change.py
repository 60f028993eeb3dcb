"""One dispute with something changed: which fields the page offers, and the question that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from detente.data.bundled import load_world
from detente.dispute.schema import Dispute
from detente.dispute.vintage import put
from detente.web.inputs import DOCUMENT, question
from detente.web.kinds import Kind, kind_of, options_of
from detente.web.store import Asked

MOST_MEASURES: Final = 6
"""Measures whose rate and value are offered; a longer dispute is changed as text."""
OPTIONS: Final = ("elasticities", "deficits", "horizon")


@dataclass(frozen=True)
class Knob:
    """A field that can be changed: its path in the file, what it is called, and what it holds now."""

    path: str
    label: str
    value: str
    choices: tuple[str, ...] = ()


def knobs(dispute: Dispute) -> list[Knob]:
    """Rates and values of threats and of measures in force, and how each is answered."""
    values = dispute.values_as_written()
    found = []
    for measure in [m for m in values.get("measures", ()) if "add" in m or "set" in m][:MOST_MEASURES]:
        what = measure.get("title") or f"{measure['by']} on {measure['on']}"
        rate = "add" if "add" in measure else "set"
        found.append(Knob(f"measures.{measure['id']}.{rate}", f"Rate: {what}", str(measure[rate])))
        if "value" in measure["goods"]:
            path = f"measures.{measure['id']}.goods.value"
            found.append(Knob(path, f"Goods covered: {what}", str(measure["goods"]["value"])))
    for position, response in enumerate(values.get("responses", ())[:MOST_MEASURES]):
        if "match" in response:
            label = f"Answer of {response['by']} to {response['to']}"
            choices = ("value", "rate", "duty", "harm", "best")
            found.append(Knob(f"responses[{position}].match", label, str(response["match"]), choices))
    return found


def changed(asked: Asked, given: Mapping[str, str]) -> Asked:
    """The question with the fields that were given and differ. Raises BadDispute with every fault, BadInput."""
    kind: Kind = kind_of(asked.kind)
    dispute = Dispute.parse(asked.dispute, document=DOCUMENT)
    values: dict[str, Any] = dispute.values_as_written()
    for knob in knobs(dispute):
        text = given.get(knob.path, knob.value).strip()
        if text != knob.value:
            put(values, knob.path, text or None)
    world = given.get("world", "").strip()
    options = {**asked.options, **{name: given[name].strip() for name in OPTIONS if name in given}}
    if world and world != (options.get("world") or dispute.world):
        options["world"] = world
    chosen = options_of(kind, {name: value for name, value in options.items() if value != ""})
    settled = load_world(chosen.world or dispute.world)
    return question(kind, Dispute.from_values(values, document=DOCUMENT, world=settled), chosen)
