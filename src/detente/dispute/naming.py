"""Usual names in a dispute file: `UK` is GBR, `EU` the members that it had on the day of a measure or of the file.

What is read in a name's place stands in the file that is written; for a bloc a note of the file says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from detente.dispute.facts import is_iso
from detente.dispute.tree import Tree
from detente.errors import warn
from detente.policy.partner_lists import ALL_BUT, EVERYONE
from detente.usual_names import EVERYBODY, REST, Bloc, bloc_called, economy_called, title

_BY_PARTY: Final = ("parties", "delegations", "factions", "values")
"""Blocks whose keys are parties."""
_ENTRIES: Final = ("responses", "demands", "obligations", "statements", "estimates")
_ONE: Final = frozenset({"by", "of", "side", "partner", "seller", "levels_of", "economy", "holder"})
"""Keys that name one economy or bloc."""
_OF_VALUE: Final = frozenset({"goods", "hs"})
"""Keys beside which `of` is a share of value, and no economy: those of a measure and of a code of its list."""
_KEYED: Final = frozenset({"deduct"})
"""Keys whose own keys name economies."""
_SEVERAL: Final = frozenset({"economies", "members"})
"""Keys that name economies, in whose place a bloc stands for its members."""


def read_usual_names(tree: Tree, economies: Collection[str], *, told: bool = True) -> Tree:
    """The tree with the code of an economy of the world, or of a party, in place of every usual name.

    A bloc that is no party is read as its members where economies are listed: in `on` and `exempt` on the day from
    which the measure or the exemption holds, in `members` on that of the file. A party that bears its name and lists no
    members has them too. A bloc to which the side that charges belongs is its other members. Names that are none stay
    as they are: the checks of the file name them. `told` warns of every bloc that is read as its members.
    """
    day = tree.value.get("as_of")
    parties = tree.value.get("parties")
    if not is_iso(day) or not isinstance(parties, dict):
        return tree
    codes = {key: _economy(str(key), economies) for key in parties}
    reader = _Reader(str(day), frozenset(economies), {codes[key]: bloc_called(str(key)) for key in parties})
    value, lines = dict(tree.value), dict(tree.lines)
    for block in _BY_PARTY:
        if isinstance(value.get(block), dict):
            value[block] = {_economy(str(key), economies): inner for key, inner in value[block].items()}
            lines |= {
                (block, codes[path[1]], *path[2:]): line
                for path, line in tree.lines.items()
                if len(path) > 1 and path[0] == block and codes.get(path[1], path[1]) != path[1]
            }
    value["parties"] = {code: reader.party(code, party) for code, party in value["parties"].items()}
    for block, read in (("measures", reader.measure), *((block, reader.entry) for block in _ENTRIES)):
        if isinstance(value.get(block), list | tuple):
            value[block] = [read(entry) for entry in value[block]]
    if reader.notes:
        written = value.get("notes")
        value["notes"] = [*(written if isinstance(written, list | tuple) else ()), *dict.fromkeys(reader.notes)]
        for note in dict.fromkeys(reader.notes) if told else ():
            warn(note)
    return replace(tree, value=value, lines=lines)


def _economy(name: str, economies: Collection[str]) -> str:
    """The code of an economy of the world that a name stands for, or the name."""
    code = None if name in economies else economy_called(name)
    return code if code is not None and code in economies else name


@dataclass
class _Reader:
    """Reads names on a day; `parties` has the bloc of each party whose code is the name of one."""

    day: str
    economies: frozenset[str]
    parties: Mapping[str, Bloc | None]
    notes: list[str] = field(default_factory=list)

    def one(self, name: Any) -> Any:
        """The party or the economy that a name stands for, or the name."""
        if not isinstance(name, str) or name in self.parties or name in self.economies:
            return name
        bloc = bloc_called(name)
        same = [code for code, its in self.parties.items() if bloc is not None and its == bloc]
        return same[0] if same else _economy(name, self.economies)

    def several(self, given: Any, but: Any = None, day: str = "", within: Any = None) -> Any:
        """A name or names, with blocs as their members on a day, by default that of the file.

        `but` is left out of the members, and so are those that are not `within` names, where it has any.
        """
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list | tuple):
            return given
        found: list[Any] = []
        for name in map(self.one, names):
            bloc = bloc_called(name) if isinstance(name, str) and name not in self.parties else None
            if bloc is None or name in self.economies:
                found.append(name)
            elif bloc.code == EVERYBODY:
                found.append(EVERYONE)
            else:
                members = self.members(str(name), bloc, but, day)
                found += [code for code in members if not within or code in within]
        unique = list(dict.fromkeys(found)) if all(isinstance(name, str) for name in found) else found
        return unique[0] if isinstance(given, str) and len(unique) == 1 else unique

    def members(self, name: str, bloc: Bloc, but: Any = None, on: str = "") -> tuple[str, ...]:
        """The members on a day that the world has, `but` left out, with a note that names the others."""
        day = bloc.day_of(name, on or self.day)
        everyone = [code for code in bloc.members(day) if code != but]
        known = tuple(code for code in everyone if code in self.economies)
        absent = ", ".join(f"{code} ({title(code)})" for code in everyone if code not in known)
        where = f"as parts of {REST}" if REST in self.economies else "without accounts of their own"
        rest = f"; left out {where}: {absent}" if absent else ""
        other = "other " if but in bloc.members(day) else ""
        self.notes.append(f"{name} is read as the {len(known)} {other}members of {bloc.title} on {day}{rest}")
        return known

    def measure(self, node: Any) -> Any:
        """A measure with every name in it read, blocs on the days from which it and its exemptions hold."""
        if not isinstance(node, dict):
            return node
        read = self.entry({key: value for key, value in node.items() if key not in ("on", "exempt")})
        by, on, exempt = read.get("by"), node.get("on"), node.get("exempt")
        day = next((str(node[key]) for key in ("from", "earliest") if is_iso(node.get(key))), self.day)
        if isinstance(on, dict) and ALL_BUT in on:
            read["on"] = {**on, ALL_BUT: self.several(on[ALL_BUT], by, day)}
        elif "on" in node:
            read["on"] = self.several(on, by, day)
        named = read.get("on")
        within = named if isinstance(named, list) and EVERYONE not in named else None
        if isinstance(exempt, list | tuple):
            read["exempt"] = [self.exempt(block, by, day, within) for block in exempt]
        elif "exempt" in node:
            read["exempt"] = self.exempt(exempt, by, day, within)
        return read

    def exempt(self, block: Any, by: Any, day: str, within: Any) -> Any:
        """A block of exemptions of a measure: of a bloc those members are spared that the measure is on."""
        if not isinstance(block, dict) or "economies" not in block:
            return block
        since = str(block["from"]) if is_iso(block.get("from")) else day
        return {**block, "economies": self.several(block["economies"], by, since, within)}

    def party(self, code: str, party: Any) -> Any:
        """A party with the members of its bloc, where it is a bloc and lists none."""
        if not isinstance(party, dict):
            return party
        if party.get("members"):
            return {**party, "members": self.several(party["members"])}
        bloc = self.parties.get(code)
        if bloc is None or code in self.economies or bloc.code == EVERYBODY:
            return party
        return {**party, "members": list(self.members(code, bloc))}

    def entry(self, node: Any) -> Any:
        """A part of the file with every name in it read."""
        if isinstance(node, list | tuple):
            return [self.entry(item) for item in node]
        if not isinstance(node, dict):
            return node
        read: dict[Any, Any] = {}
        for key, value in node.items():
            if key in _ONE and isinstance(value, str) and not (key == "of" and _OF_VALUE & node.keys()):
                read[key] = self.one(value)
            elif key in _KEYED and isinstance(value, dict):
                read[key] = {self.one(name): inner for name, inner in value.items()}
            elif key in _SEVERAL:
                read[key] = self.several(value)
            elif key == "share" and isinstance(value, dict):
                read[key] = {self.one(name): its for name, its in value.items()}
            else:
                read[key] = self.entry(value)
        return read
