"""Count the code of the package, so that a change of its size is a figure: `python tools/count.py [FOLDER] [--json]`.

A statement is every `ast.stmt` node, docstrings among them; FOLDER is a checkout, by default this one.
"""

from __future__ import annotations

import argparse
import ast
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src", "detente")
LONG = 50
"""A function of more lines than this is long; decorators are not counted."""

Trees = Mapping[Path, ast.Module]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(package: Path) -> dict[Path, ast.Module]:
    """Every module of a package as its syntax tree, by path relative to the package."""
    paths = sorted(package.rglob("*.py"))
    return {path.relative_to(package): ast.parse(path.read_text("utf-8"), str(path)) for path in paths}


def docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    """The docstring statement of the module and of each class and function that has one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node, clean=False) is not None:
            yield node.body[0]


def lines(node: ast.stmt) -> int:
    """How many lines a statement spans."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def dotted(path: Path) -> str:
    """A module's name within the package."""
    return ".".join(path.with_suffix("").parts)


def more_than_once(places: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The names that stand in more than one place, and those places; the most frequent first."""
    found = {name: sorted(where) for name, where in places.items() if len(where) > 1}
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def classes(trees: Trees) -> dict[str, list[str]]:
    """Class names that are defined more than once, and where."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(dotted(path))
    return more_than_once(places)


def modules(trees: Trees) -> dict[str, list[str]]:
    """Module names, after their top-level layer, that are used more than once within it; `__init__` is left out."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in trees:
        if path.stem != "__init__" and len(path.parts) > 1:
            places[f"{path.parts[0]}: {path.stem}"].append(dotted(path))
    return more_than_once(places)


def assignments(trees: Trees) -> dict[str, list[str]]:
    """Assignments at the top of a module, in the words of the source, that several modules repeat."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in trees.items():
        said = {text for node in tree.body if (text := _assigned(node)) is not None}
        for text in said:
            places[text].append(dotted(path))
    return more_than_once(places)


def _assigned(node: ast.stmt) -> str | None:
    """`name = value` of an assignment to one name; None for any other statement."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    else:
        return None
    if not isinstance(target, ast.Name) or node.value is None or target.id == "__all__":
        return None
    return f"{target.id} = {ast.unparse(node.value)}"


def long_functions(trees: Trees) -> dict[str, int]:
    """Functions of more than `LONG` lines, and how many they have; the longest first."""
    found = {
        f"{dotted(path)}:{node.name}": lines(node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, Function) and lines(node) > LONG
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def counted(checkout: Path) -> dict[str, Any]:
    """All the figures of one checkout."""
    package = checkout / PACKAGE
    trees = read(package)
    said = [statement for tree in trees.values() for statement in docstrings(tree)]
    sizes = {path: len((package / path).read_text("utf-8").splitlines()) for path in trees}
    largest = max(sizes, key=lambda path: sizes[path])
    return {
        "statements": sum(isinstance(node, ast.stmt) for tree in trees.values() for node in ast.walk(tree)),
        "docstrings": len(said),
        "docstring_lines": sum(map(lines, said)),
        "lines": sum(sizes.values()),
        "files": len(trees),
        "largest_file": largest.as_posix(),
        "largest_file_lines": sizes[largest],
        "classes": sum(isinstance(node, ast.ClassDef) for tree in trees.values() for node in ast.walk(tree)),
        "functions": sum(isinstance(node, Function) for tree in trees.values() for node in ast.walk(tree)),
        "long_functions": long_functions(trees),
        "repeated_classes": classes(trees),
        "repeated_modules": modules(trees),
        "repeated_assignments": assignments(trees),
    }


def printed(figures: Mapping[str, Any]) -> str:
    """The figures as a table; of a mapping its size, and below the table what is in it."""
    width = max(map(len, figures))
    rows = [
        f"{name.replace('_', ' '):<{width}}  {len(value) if isinstance(value, dict) else value}"
        for name, value in figures.items()
    ]
    for name, value in figures.items():
        if isinstance(value, dict) and value:
            rows += ["", f"{name.replace('_', ' ')}:"]
            rows += [f"  {key}  ({_told(where)})" for key, where in value.items()]
    return "\n".join(rows)


def _told(where: int | Sequence[str]) -> str:
    """A number of lines, or how many modules and which."""
    if isinstance(where, int):
        return f"{where} lines"
    return f"{len(where)}: {', '.join(where[:4])}{', ...' if len(where) > 4 else ''}"


def main() -> None:
    """Print the figures of a checkout, as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="a checkout; by default this one")
    parser.add_argument("--json", action="store_true", help="JSON in place of a table")
    given = parser.parse_args()
    figures = counted(given.folder)
    print(json.dumps(figures, indent=1) if given.json else printed(figures))


if __name__ == "__main__":
    main()
