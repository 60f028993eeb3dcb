"""`goods: {list: file.csv}` becomes `goods: {codes: [...]}`: a list beside the dispute file, read once.

So does `exempt: {list: file.csv}`, in each block of exemptions, and the goods of responses and purchases. Only a file
front end reads lists, and only inside the folder of the dispute file: no path that leaves it, no link out. What the
reader of lists did not read becomes `notes` beside the codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from detente.data.files import is_file
from detente.dispute.faults import described
from detente.dispute.tree import Path_, Tree, place
from detente.errors import BadTable, Fault, enumerate_names, nearest
from detente.policy.bundled_lists import is_bundled
from detente.policy.instruments import BY_UNIT
from detente.policy.instruments import WHOLE as WHOLE_MEASURES
from detente.policy.lists import ListFile, read_list
from detente.policy.measure import RATES, rates_of

KEYS: Final = ("list", "where", "ex")
"""Keys that stand beside each other in the file alone: the name of a list, the rows meant, and parts of codes."""
WHOLE: Final = "whole"
"""What `ex` may say: a part of a code ("ex 8542.31") stands for all of it."""
_ENDINGS: Final = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".zip", ".gz")


def expand_lists(tree: Tree, folder: Path | None) -> tuple[Tree, tuple[Fault, ...]]:
    """The tree with every list of goods and exemptions read from its file, and what is wrong with the lists.

    `folder` is that of the dispute file, None where files are not read at all. Goods whose list has a fault are left
    without a form, and only its own fault is reported.
    """
    reader = _ListReader(tree, folder)
    value = dict(tree.value)
    for block in ("measures", "responses", "obligations"):
        if isinstance(value.get(block), list | tuple):
            value[block] = [reader.entry(entry, block, (block, k)) for k, entry in enumerate(value[block])]
    return Tree(value, tree.lines, tree.faults), tuple(reader.faults)


@dataclass
class _ListReader:
    """Reads the lists of a tree; `folder` is that of the dispute file. `faults` grows with what is wrong with them."""

    tree: Tree
    folder: Path | None
    faults: list[Fault] = field(default_factory=list)

    def entry(self, entry: Any, block: str, path: Path_) -> Any:
        """An entry of a block with the lists of its goods, its exemptions, or the goods of its purchases read."""
        if not isinstance(entry, dict):
            return entry
        made = dict(entry)
        if block == "obligations" and "purchases" in made:
            made["purchases"] = self.entry(made["purchases"], "purchases", (*path, "purchases"))
        for part in ("goods", "exempt"):
            given = made.get(part)
            if isinstance(given, list | tuple):
                made[part] = [self.codes(made, block, part, its, (*path, part, k)) for k, its in enumerate(given)]
            elif part in made:
                made[part] = self.codes(made, block, part, given, (*path, part))
        return made

    def codes(self, entry: dict[str, Any], block: str, part: str, given: Any, path: Path_) -> Any:
        """Goods or exemptions with the codes of their list in the list's place."""
        if not isinstance(given, dict) or not any(key in given for key in KEYS) or is_bundled(given.get("list")):
            return given
        left = {key: value for key, value in given.items() if key not in KEYS}
        key, message, found, near = _problem(given, self.folder)
        read: ListFile | None = None
        plain = part == "exempt" or block == "purchases"
        if message is None and self.folder is not None:
            try:
                read = _read(entry, given, self.folder, plain=plain, unrated=plain or block == "responses")
            except BadTable as problem:
                message = str(problem)
        if read is None:
            spot: Path_ = (*path, key)
            self.faults.append(Fault(place(spot, self.tree), message or "", self.tree.line(spot), found, near=near))
            return left
        if part == "exempt":
            codes: Any = [line.hs for line in read.codes]
        else:
            codes = [line.model_dump(mode="json", exclude_none=True) for line in read.codes]
        edition = {"hs": read.edition} if read.edition is not None and "hs" not in given else {}
        return {**left, "codes": codes, **edition, **({"notes": list(read.notes)} if read.notes else {})}


def _read(entry: dict[str, Any], given: dict[str, Any], folder: Path, *, plain: bool, unrated: bool) -> ListFile:
    """A list: its codes alone where it is `plain`, else with values and rates.

    Raises BadTable where it has faults, or its only rates do not say what they are; `unrated` ones need none.
    """
    rated = any(entry.get(name) is not None for name in RATES)
    read = read_list(
        folder / given["list"],
        where=given.get("where"),
        rated=rated,
        codes_only=plain,
        whole=given.get("ex") == WHOLE,
    )
    charged = rated or any(entry.get(name) is not None for name in (*WHOLE_MEASURES, *BY_UNIT))
    bare = not any(rates_of(line) for line in read.codes)
    if not unrated and not charged and bare:
        doubtful = enumerate_names([repr(name) for name in read.doubtful])
        may_be = f" ({doubtful} may be the ordinary duty)" if doubtful else ""
        raise BadTable(
            f"{given['list']} has no rates that are known as such{may_be}, and the measure has none: give it add or "
            "set, or call a column 'additional duty (%)' or 'set (%)'"
        )
    return read


def _problem(given: dict[str, Any], folder: Path | None) -> tuple[str, str | None, str | None, str | None]:
    """Why a list may not be read: the key at fault, the message, what was found, and the nearest file."""
    name = given.get("list")
    if "list" not in given:
        key = next(key for key in KEYS if key in given)
        return key, "says which rows of a list are meant, but there is no list beside it", None, None
    if "codes" in given:
        return "list", "stands beside codes: give one of them", None, None
    if folder is None:
        return "list", "is read only beside a dispute file: give the goods as codes", described(name), None
    message, found, near = why_no_file(name, folder)
    if message is None and given.get("ex") not in (None, WHOLE):
        return "ex", f"is not {WHOLE}, which takes all of a code of which a part is meant", described(given["ex"]), None
    if message is None and not _is_where(given.get("where")):
        return "where", "is not a set of columns with values, such as {list: 4A}", described(given["where"]), None
    return "list", message, found, near


def _is_where(where: Any) -> bool:
    if where is None:
        return True
    return isinstance(where, dict) and all(
        isinstance(value, str | list | tuple) and value and all(isinstance(each, str) for each in value)
        for value in where.values()
    )


def why_no_file(name: Any, folder: Path) -> tuple[str | None, str | None, str | None]:
    """Why a name is not that of a file in the folder: the message, what was found, and the nearest file."""
    if not isinstance(name, str) or not name:
        return "is not the name of a file, such as goods.csv", described(name), None
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or "\\" in name or ":" in name:
        return "leaves the folder of the dispute file: put the list beside it and name it alone", described(name), None
    inside = next((part for part in path.parents if part.suffix.lower() == ".zip" and is_file(part)), path)
    if not is_file(inside):
        there = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in _ENDINGS)
        return "is not a file beside the dispute file", described(name), nearest(name, there)
    if not inside.resolve().is_relative_to(folder.resolve()):
        return "is a link out of the folder of the dispute file: copy the list into it", described(name), None
    return None, None, None
