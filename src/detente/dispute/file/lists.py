"""`goods: {list: file.csv}` becomes `goods: {codes: [...]}`: a list beside the dispute file, read once.

Only a file front end reads lists, and only inside the folder of the dispute file: no path that leaves it, no link out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente.dispute.file.faults import described, place
from detente.dispute.file.loader import Path_, Tree
from detente.errors import BadTable, Fault, nearest
from detente.policy import read_list


def expand_lists(tree: Tree, folder: Path | None) -> tuple[Tree, tuple[Fault, ...]]:
    """The tree with every list of goods read from its file, and what is wrong with the lists.

    `folder` is that of the dispute file, None where files are not read at all. The goods of a list with a fault are
    left without a form, and only its own fault is reported.
    """
    measures = tree.value.get("measures")
    if not isinstance(measures, list | tuple):
        return tree, ()
    faults: list[Fault] = []
    expanded = [
        _expanded(measure, ("measures", position, "goods"), tree, folder, faults)
        for position, measure in enumerate(measures)
    ]
    return Tree({**tree.value, "measures": expanded}, tree.lines, tree.faults), tuple(faults)


def _expanded(measure: Any, path: Path_, tree: Tree, folder: Path | None, faults: list[Fault]) -> Any:
    goods = measure.get("goods") if isinstance(measure, dict) else None
    if not isinstance(goods, dict) or "list" not in goods:
        return measure
    message, found, near = _problem(goods, folder)
    codes: Any = None
    if message is None and folder is not None:
        try:
            codes = read_list(folder / goods["list"]).model_dump(mode="json", exclude_none=True)["codes"]
        except BadTable as problem:
            message = str(problem)
    if message is not None:
        spot: Path_ = (*path, "list")
        faults.append(Fault(place(spot, tree), message, tree.line(spot), found, near=near))
    return {**measure, "goods": {**{key: value for key, value in goods.items() if key != "list"}, "codes": codes}}


def _problem(goods: dict[str, Any], folder: Path | None) -> tuple[str | None, str | None, str | None]:
    """Why a list may not be read: the message, what was found, and the nearest file; None where it may."""
    name = goods["list"]
    if "codes" in goods:
        return "stands beside codes: give one of them", None, None
    if folder is None:
        return "is read only beside a dispute file: give the goods as codes", described(name), None
    if not isinstance(name, str) or not name:
        return "is not the name of a file, such as goods.csv", described(name), None
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or "\\" in name or ":" in name:
        return "leaves the folder of the dispute file: put the list beside it and name it alone", described(name), None
    if not path.is_file():
        there = sorted(entry.name for entry in folder.iterdir() if entry.suffix == ".csv")
        return "is not a file beside the dispute file", described(name), nearest(name, there)
    if not path.resolve().is_relative_to(folder.resolve()):
        return "is a link out of the folder of the dispute file: copy the list into it", described(name), None
    return None, None, None
