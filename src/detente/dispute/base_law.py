"""`base: {case: us-2025, on: 2026-08-19}`: a dispute starts from the law of a day of another case.

The measures of that case in force on the day become measures of the dispute, as they stand on it, and so do the rules
of stacking that hold then. They are taken to stay: what the case says of later days is not read. The file is read once;
what its text does not say (which measures, how far the case knows the law, a digest) is kept beside `case` and `on`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import Field

from detente.data.world import World
from detente.dispute.blocks import SourceDocument
from detente.dispute.demands import Block
from detente.dispute.facts import is_iso
from detente.dispute.faults import described
from detente.dispute.tree import Tree, dotted
from detente.errors import BadDispute, BadInput, Fault, enumerate_names
from detente.policy.measure import Measure, in_force
from detente.policy.periods import Day, Exempt, blocks_of
from detente.policy.stacking_rules import StackingRule

KEY: Final = "base"
_DIGITS: Final = 16
"""Hexadecimal digits of a digest: enough to tell the law of any two days apart."""
_DATED: Final = ("until", "suspended", "announced")
"""What a measure says of other days than the one whose law it is."""


class BaseLaw(Block):
    """The case and the day whose law lies under a dispute."""

    case: str = Field(min_length=1, description="a bundled case such as us-2025, or a dispute file beside this one")
    on: Day = Field(description="the day whose law it is; no later than the last day that the case knows")
    digest: str | None = Field(
        default=None,
        description="of the measures and rules that the case has, written when the file is read; another one is "
        "refused",
    )
    known_until: Day | None = Field(default=None, description="the last day on which the case knows the law; written")
    measures: tuple[str, ...] | None = Field(
        default=None, description="ids of measures of this file that are the law of the case, where it holds them"
    )
    rules: int = Field(default=0, ge=0, description="the number of rules at the end of stacking that are the case's")

    def refuse_before(self, day: date) -> None:
        """Raise BadInput for a day before the one whose law it is: on that day other measures were in force."""
        if day < self.on:
            raise BadInput(
                f"the file starts from the law of {self.case} on {self.on.isoformat()} and knows none before it: ask "
                f"{self.case} for {day.isoformat()}, or take a day from {self.on.isoformat()} on"
            )

    def as_dict(self) -> dict[str, str]:
        """Case, day and digest, and up to which day the case knows the law, as text."""
        said = {"case": self.case, "on": self.on.isoformat(), "digest": self.digest or ""}
        return said | ({} if self.known_until is None else {"known_until": self.known_until.isoformat()})

    def __str__(self) -> str:
        said = f" (digest {self.digest})" if self.digest is not None else ""
        return f"the law of {self.case} on {self.on.isoformat()}{said}"

    @property
    def note(self) -> str:
        """What a reader of any number has to know of it."""
        last = "" if self.known_until is None else f", which knows the law up to {self.known_until.isoformat()}"
        return (
            f"under the dispute lies {self}{last}: {len(self.measures or ()):,} measures in force then, taken to stay "
            "as they were; what became law after that day is not in it"
        )


@dataclass(frozen=True)
class OtherCase:
    """The law of the case that a base names, as it was read; the day up to which it knows it, and its digest."""

    measures: tuple[Measure, ...]
    rules: tuple[StackingRule, ...]
    documents: Mapping[str, SourceDocument]
    known_until: date
    digest: str


def digest_of(tree: Tree) -> str:
    """The digest of the measures and the rules of stacking of a file, whatever its comments and the world."""
    law = {key: tree.value.get(key) for key in ("measures", "stacking")}
    text = json.dumps(law, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def expand_base(tree: Tree, world: World | None, read: Callable[[str], OtherCase]) -> tuple[Tree, tuple[Fault, ...]]:
    """The tree with the law of its base among its measures, and what is wrong with the base.

    `world` is that of the file, before blocs are formed; `read` reads a case by its name and raises BadInput. A base
    whose measures the file holds already is left as it is.
    """
    base = tree.value.get(KEY)
    if not isinstance(base, dict) or base.get("measures") is not None or world is None:
        return tree, ()  # the schema reports a base that is none; without a world no name can be read
    name, day = base.get("case"), _day(base.get("on"))
    if not isinstance(name, str) or day is None:
        return tree, ()
    try:
        other = read(name)
        refused = _refused(base, day, other, tree.value.get("as_of"))
        law = [] if refused is not None else list(_law(other.measures, day, name, _blocs(tree, world)))
    except BadDispute as problem:
        refused = "case", f"cannot be read on {world.name}: {problem.faults[0]}"
    except BadInput as problem:
        refused = "case", str(problem)
    else:
        twice = sorted(_ids(tree.value.get("measures")) & _ids(law))
        if twice:
            refused = "case", f"has a measure {twice[0]!r} too: give the one of this file another id"
    if refused is not None:
        path = (KEY, refused[0])
        return tree, (Fault(dotted(path), refused[1], tree.line(path), described(base.get(refused[0]))),)
    return Tree(_with_law(tree.value, other, day, law), tree.lines, tree.faults), ()


def _day(given: Any) -> date | None:
    """A day, None for what the schema refuses."""
    try:
        return date.fromisoformat(str(given)) if is_iso(given) else None
    except ValueError:
        return None


def _refused(base: Mapping[str, Any], on: date, other: OtherCase, as_of: Any) -> tuple[str, str] | None:
    """Why a day of a case cannot lie under a file: the key at fault, and the message."""
    name, known = base["case"], other.known_until
    if on > known:
        return "on", f"is after the last day that {name} knows: it does not know the law after {known}"
    if is_iso(as_of) and str(as_of) < on.isoformat():
        return "on", f"is after the day of this file, {as_of}: its law is not known then"
    if base.get("digest") not in (None, other.digest):
        remedy = f"the law of {name} here has digest {other.digest}; take the digest out to start from it"
        return "digest", f"is that of another state of {name}: {remedy}"
    return None


def _with_law(given: Mapping[str, Any], other: OtherCase, on: date, law: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The values of a file with the law of a day of another case among its own, and a note that says so."""
    base = given[KEY]
    rules = [_plain(rule, base["case"]) for rule in other.rules if rule.holds_on(on)]
    kept = {
        "digest": other.digest,
        "known_until": other.known_until.isoformat(),
        "measures": [entry["id"] for entry in law],
        **({"rules": len(rules)} if rules else {}),
    }
    value = {**given, KEY: {**base, **kept}, "measures": [*_listed(given.get("measures")), *law]}
    value["notes"] = list(dict.fromkeys((*_listed(given.get("notes")), BaseLaw.model_validate(value[KEY]).note)))
    if rules:
        value["stacking"] = [*_listed(given.get("stacking")), *rules]
    if isinstance(given.get("documents"), dict):
        value["documents"] = {**given["documents"], **_documents(other.documents, base["case"])}
    return value


def without_base(values: dict[str, Any], *, bundled: bool) -> dict[str, Any]:
    """The written values of a dispute without the law of its base, where a bundled case has that; else unchanged."""
    base = values.get(KEY)
    if not isinstance(base, Mapping) or not bundled or base.get("measures") is None:
        return values
    law, name = frozenset(base["measures"]), str(base["case"])
    own_rules = _listed(values.get("stacking"))
    left = {**values, KEY: {key: base[key] for key in ("case", "on", "digest") if base.get(key) is not None}}
    parts: dict[str, Any] = {
        "measures": [entry for entry in values.get("measures", ()) if entry["id"] not in law],
        "stacking": own_rules[: len(own_rules) - base.get("rules", 0)],
        "documents": {its: text for its, text in values.get("documents", {}).items() if not _of_case(name, its)},
    }
    return {key: parts.get(key, its) for key, its in left.items() if parts.get(key, True)}


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else []


def _ids(measures: Any) -> set[str]:
    return {str(entry.get("id")) for entry in _listed(measures) if isinstance(entry, dict)}


def _document(case: str, name: str) -> str:
    """The name that a document of a case has in a file that starts from its law."""
    return f"{case}: {name}"


def _of_case(case: str, document: str) -> bool:
    return document.startswith(_document(case, ""))


def _documents(given: Mapping[str, SourceDocument], case: str) -> dict[str, Any]:
    """The documents of a case under the names that they have in a file that starts from its law.

    Without dates: a summary that was written later says what the law of the day was.
    """
    found = given.items()
    return {
        _document(case, name): its.model_dump(mode="json", exclude_none=True, exclude={"date"}) for name, its in found
    }


def _plain(entry: Measure | StackingRule, case: str) -> dict[str, Any]:
    """A measure or a rule as values of a file on the day whose law it is: without other days, its document renamed."""
    written = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    values = {key: its for key, its in written.items() if key not in _DATED}
    if (values.get("source") or {}).get("document") is not None:
        values["source"] = {**values["source"], "document": _document(case, values["source"]["document"])}
    return values


def _law(
    measures: Sequence[Measure], on: date, case: str, blocs: Mapping[str, frozenset[str]]
) -> Iterator[dict[str, Any]]:
    """The measures of a case in force on a day, as values of a file in which blocs enter the world as one.

    Measures of the members of such a bloc that say the same are one measure of the bloc. Raises BadInput.
    """
    seen: set[str] = set()
    holding = {measure.id for measure in in_force(measures, on)}
    for measure in measures:
        if measure.id not in holding:
            continue
        entry = _as_it_stands(measure, on, case, blocs)
        said = json.dumps({key: its for key, its in entry.items() if key != "id"}, sort_keys=True, default=str)
        if entry["by"] not in blocs or said not in seen:
            yield entry
        seen.add(said)


def _as_it_stands(measure: Measure, on: date, case: str, blocs: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """A measure on a day as values of a file, with blocs in place of their members. Raises BadInput."""
    values = _plain(measure, case)
    values["status"] = "in-force"
    renamer = _Renamer(f"measure {measure.id!r} of {case}", blocs)
    values["by"] = next((code for code, members in blocs.items() if measure.by in members), measure.by)
    values["on"] = [name for name in renamer.several("is on", measure.on, but=measure.by) if name != values["by"]]
    values.pop("exempt", None)
    if spared := _spared([block for block in blocks_of(measure.exempt) if block.holds_on(on)], renamer):
        values["exempt"] = spared
    for part, key in (("claims", "share"), ("carbon", "deduct")):
        inner = values.get(part)
        if isinstance(inner, dict) and isinstance(inner.get(key), dict):
            values[part] = {**inner, key: renamer.keyed(key, inner[key])}
    return values


def _spared(blocks: Sequence[Exempt], renamer: _Renamer) -> list[dict[str, Any]]:
    """What blocks of exemptions spare together, without dates: the economies of all of them, then goods block by block.

    Raises BadInput.
    """
    names = list(dict.fromkeys(name for block in blocks for name in block.economies or ()))
    found = [{"economies": renamer.several("spares", names)}] if names else []
    for block in blocks:
        goods = block.model_dump(
            mode="json", by_alias=True, exclude_defaults=True, exclude={"economies", "from_", "until", "source"}
        )
        found += [goods] if block.sectors or block.codes else []
    return found


@dataclass(frozen=True)
class _Renamer:
    """Puts blocs that enter the world as one in the place of their members; `what` begins messages."""

    what: str
    blocs: Mapping[str, frozenset[str]]

    def several(self, verb: str, names: tuple[str, ...] | list[str], but: str | None = None) -> list[str]:
        """The names with each bloc in place of all its members, `but` aside. Raises BadInput where some are missing."""
        left = list(names)
        for code, members in self.blocs.items():
            inside = [name for name in left if name in members]
            lacking = members - {*inside, but}
            if inside and lacking:
                raise BadInput(
                    f"{self.what} {verb} {enumerate_names(sorted(inside))} and not {enumerate_names(sorted(lacking))}, "
                    f"which enter the world as one, {code}: leave {code} out of the parties"
                )
            left = [code if name == inside[0] else name for name in left if name not in inside[1:]] if inside else left
        return left

    def keyed(self, what: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values by economy with each bloc in place of its members. Raises BadInput where they differ."""
        names = self.several(f"has {what} of", list(given))
        for code, members in self.blocs.items():
            if code in names and len({str(given[name]) for name in members if name in given}) > 1:
                raise BadInput(
                    f"{self.what} has another {what} for each member of {code}: leave {code} out of the parties"
                )
        return {name: given.get(name, next((given[m] for m in self.blocs.get(name, ()) if m in given), None))
                for name in names}  # fmt: skip


def _blocs(tree: Tree, world: World) -> dict[str, frozenset[str]]:
    """Blocs among the parties that the world merges into one, by code: see `detente.data.world.with_blocs`."""
    found: dict[str, frozenset[str]] = {}
    parties = tree.value.get("parties")
    for code, party in (parties if isinstance(parties, dict) else {}).items():
        members = _listed(party.get("members") if isinstance(party, dict) else None)
        known = all(isinstance(name, str) and name in world.economies for name in members)
        if members and known and code not in world.economies:
            found[code] = frozenset(members)
    return found
