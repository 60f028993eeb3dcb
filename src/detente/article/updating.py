"""The facts of an article that a case does not have yet: new entries, changed threats, days that have come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from detente.article.drafts import settled
from detente.dispute.schema import Dispute
from detente.policy.measure import RATES

_MOVES: Final = ("status", "add", "set", "from", "earliest")
"""Fields of a measure that a later article may change."""
_SAME: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "dates": lambda entry: entry["date"],
    "agreements": lambda entry: (entry["reported_by"], entry["topic"], entry["agreed"]),
    "statements": lambda entry: entry["quote"],
    "forecasts": lambda entry: (entry["who"], entry["outcome"], entry.get("quote")),
}
"""What tells whether two entries of a block are one."""


@dataclass(frozen=True)
class Change:
    """One difference that an article makes to a case."""

    kind: Literal["new", "changed", "met", "passed", "open"]
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass(frozen=True)
class Update:
    """A case with what is new in an article, and the list of it; the case itself is left as it was."""

    dispute: Dispute
    changes: tuple[Change, ...]


@dataclass
class _Merge:
    """The values of a case while an article is put into it."""

    values: dict[str, Any]
    draft: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    """Id of a measure of the draft → id of the measure of the case that it is."""
    met: set[str] = field(default_factory=set)
    """Ids of measures that are new, or that another measure of the article already is: it tells of each once."""

    def note(self, kind: Literal["new", "changed", "met", "passed", "open"], what: str) -> None:
        """Remember a change."""
        self.changes.append(Change(kind, what))

    def entries(self, block: str) -> list[dict[str, Any]]:
        """A block of the case that is a list, made where it is not there."""
        if not isinstance(self.values.get(block), list):
            self.values[block] = list(self.values.get(block, ()))
        there: list[dict[str, Any]] = self.values[block]
        return there


def update(case: Dispute, draft: Dispute) -> Update:
    """Put what a draft says into an existing case; nothing that the case has goes.

    A measure of the draft is one of the case where by and on agree and it is the only one, or the only one with those
    goods; of several in the draft, those with other goods are new. Where it may be several of the case, none is changed
    and that is listed as open. A demand is one of the case where sides
    and kind of ask agree, and of a structural one the words. Raises BadDispute where the result is no valid dispute.
    """
    merge = _Merge(case.values_as_written(), draft.values_as_written())
    _day_and_names(merge)
    for measure in merge.draft.get("measures", []):
        _measure(merge, measure)
    for demand in merge.draft.get("demands", []):
        _demand(merge, demand)
    _told(merge)
    _days_that_have_come(merge, case)
    document = next(iter(draft.documents), "article")
    return Update(settled(merge.values, f"{case.dispute} with {document}"), tuple(merge.changes))


def _day_and_names(merge: _Merge) -> None:
    before, day = merge.values["as_of"], max(merge.values["as_of"], merge.draft["as_of"])
    if day != before:
        merge.note("changed", f"as_of {before} → {day}")
    merge.values["as_of"] = day
    for block in ("parties", "documents"):
        there = merge.values.setdefault(block, {})
        for name, entry in merge.draft.get(block, {}).items():
            if name not in there:
                there[name] = entry
                merge.note("new", f"{block}.{name}")


def _sides(measure: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    on = measure["on"]
    return measure["by"], (on,) if isinstance(on, str) else tuple(on)


def _measure(merge: _Merge, found: dict[str, Any]) -> None:
    """A measure of the case that moves, a new one, or one that could be several."""
    same = [m for m in merge.entries("measures") if _sides(m) == _sides(found) and m["status"] != "withdrawn"]
    same = [m for m in same if m["id"] not in merge.met]
    goods = [m for m in same if "goods" not in found.get("assumed", []) and m["goods"] == found["goods"]]
    rest = [m for m in same if not (set(m["goods"]) & {"codes", "table"})]
    several = sum(_sides(m) == _sides(found) for m in merge.draft["measures"]) > 1
    alike = goods or (rest if len(rest) == 1 and not several else [])
    if len(alike) == 1:
        merge.met.add(alike[0]["id"])
        _move(merge, alike[0], found)
    elif not same or (several and not goods):
        id = _free(found["id"], [m["id"] for m in merge.entries("measures")])
        merge.renamed[found["id"]] = id
        merge.met.add(id)
        merge.entries("measures").append({**found, "id": id})
        merge.note("new", f"measures.{id}: {found['title']} ({found['status']})")
        _carry(merge, f"measures.{found['id']}.", f"measures.{id}.")
    else:
        merge.renamed[found["id"]] = same[0]["id"]
        ids = ", ".join(m["id"] for m in same)
        merge.note(
            "open", f"{found['title']} ({found['status']}) may be any of {ids}; change the one that is meant by hand"
        )


def _move(merge: _Merge, known: dict[str, Any], found: dict[str, Any]) -> None:
    """Take over what a text states anew of a measure; what the draft only assumes changes nothing."""
    merge.renamed[found["id"]] = known["id"]
    assumed = found.get("assumed", [])
    for name in _MOVES:
        if name not in found or name in assumed:
            continue
        if name in known.get("assumed", []):
            _settle(merge, f"measures.{known['id']}.{name}")
            if known.get(name) == found[name]:
                merge.note("changed", f"measures.{known['id']}.{name} {found[name]}, assumed until now, is stated")
                known["assumed"] = [field for field in known["assumed"] if field != name]
                known["source"] = found["source"]
        if known.get(name) != found[name]:
            merge.note("changed", f"measures.{known['id']}.{name} {known.get(name, 'nothing')} → {found[name]}")
            known[name] = found[name]
            for other in RATES if name in RATES else ():
                if other != name:
                    known.pop(other, None)
            known["source"] = found["source"]
            known["assumed"] = [field for field in known.get("assumed", []) if field != name]
    if found["status"] in ("in-force", "withdrawn"):
        known.pop("earliest", None)
    if found["status"] == "in-force" and "from" not in known:
        known["from"] = found["from"]
        known["assumed"] = [*known.get("assumed", []), "from"]
        merge.note("changed", f"measures.{known['id']}.from nothing → {found['from']}, assumed")
    if not known.get("assumed"):
        known.pop("assumed", None)


def _settle(merge: _Merge, path: str) -> None:
    """Take out the questions about a field that the article answers."""
    merge.values["questions"] = [q for q in merge.entries("questions") if q["path"] != path]


def _demand(merge: _Merge, found: dict[str, Any]) -> None:
    """A demand of the case whose deadline or amount moves, or a new one."""
    kind = next(iter(found["ask"]))
    same = [
        d for d in merge.entries("demands") if (d["by"], d["of"]) == (found["by"], found["of"]) and kind in d["ask"]
    ]
    if kind == "structural":
        same = [d for d in same if d["ask"][kind]["what"] == found["ask"][kind]["what"]]
    if not same:
        id = _free(found["id"], [d["id"] for d in merge.entries("demands")])
        merge.entries("demands").append({**found, "id": id, "ask": _renamed(found["ask"], merge.renamed)})
        merge.note("new", f"demands.{id}: {found['by']} of {found['of']}: {found['what']}")
        _carry(merge, f"demands.{found['id']}.", f"demands.{id}.")
        return
    known = same[0]
    if "deadline" in found and known.get("deadline") != found["deadline"]:
        merge.note(
            "changed", f"demands.{known['id']}.deadline {known.get('deadline', 'nothing')} → {found['deadline']}"
        )
        known["deadline"], known["source"] = found["deadline"], found["source"]
    terms, given = known["ask"][kind], found["ask"][kind]
    if kind == "bilateral_balance" and terms["change"] != given["change"]:
        merge.note("changed", f"demands.{known['id']}.change {terms['change']} → {given['change']}")
        terms["change"], known["source"] = given["change"], found["source"]
        terms.pop("steps", None)


def _renamed(ask: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """An ask with the ids of measures that the case has for them."""

    def of(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: of(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [of(value) for value in node]
        return names.get(node, node) if isinstance(node, str) else node

    return {kind: of(terms) for kind, terms in ask.items()}


def _told(merge: _Merge) -> None:
    """Dates, agreements, statements, forecasts and delegates that the case does not have."""
    for block, key in _SAME.items():
        there = {key(entry) for entry in merge.entries(block)}
        ids = [entry.get("id", "") for entry in merge.entries(block)]
        for position, entry in enumerate(merge.draft.get(block, [])):
            if key(entry) in there:
                continue
            if "id" in entry:
                entry = {**entry, "id": _free(entry["id"], ids)}
            merge.entries(block).append(entry)
            merge.note("new", f"{block}: {_in_short(entry)}")
            _carry(merge, f"{block}[{position}].", f"{block}[{len(merge.entries(block)) - 1}].")
    groups = merge.values.setdefault("delegations", {})
    for side, people in merge.draft.get("delegations", {}).items():
        known = {person["name"] for person in groups.get(side, ())}
        for person in people:
            if person["name"] not in known:
                groups[side] = [*groups.get(side, ()), person]
                merge.note("new", f"delegations.{side}: {person['name']}, {person['role']}")


def _in_short(entry: dict[str, Any]) -> str:
    words = [str(entry[name]) for name in ("who", "reported_by", "date", "outcome", "topic", "what") if name in entry]
    quote = entry.get("quote")
    return ", ".join([*words, *([f"“{quote}”"] if quote else [])])


def _days_that_have_come(merge: _Merge, case: Dispute) -> None:
    """Days and deadlines between the case's day and the article's, and demands that a withdrawal meets."""
    first, last = case.as_of, merge.values["as_of"]
    for milestone in case.dates:
        if first < milestone.date <= last:
            merge.note("passed", f"dates.{milestone.id}: {milestone.date}, {milestone.what}")
    gone = {m["id"] for m in merge.entries("measures") if m["status"] == "withdrawn"}
    for demand in case.demands:
        if demand.ask.withdraw in gone:
            merge.note("met", f"demands.{demand.id}: {demand.ask.withdraw} is withdrawn")
        if isinstance(demand.deadline, date) and first <= demand.deadline < last:
            merge.note("passed", f"demands.{demand.id}: its deadline was {demand.deadline}")


def _carry(merge: _Merge, start: str, other: str) -> None:
    """Take over the questions about a new entry."""
    ids = [question["id"] for question in merge.entries("questions")]
    for question in merge.draft.get("questions", []):
        if question["path"].startswith(start):
            path = other + question["path"].removeprefix(start)
            merge.entries("questions").append({**question, "id": _free(question["id"], ids), "path": path})
            ids.append(merge.entries("questions")[-1]["id"])


def _free(id: str, taken: Sequence[str]) -> str:
    """The id, with a number where it is taken."""
    number = 2
    name = id
    while name in taken:
        name, number = f"{id}-{number}", number + 1
    return name
