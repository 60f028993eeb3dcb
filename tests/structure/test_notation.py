"""A symbol exists once: every argument of a numbered equation is in notation.csv, with the axes of its annotation."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

COLUMNS = ["name", "symbol", "axes", "unit", "meaning", "source"]
ECONOMIES, SECTORS = set("ni"), set("jk")


@pytest.fixture(scope="module")
def notation(root: Path) -> dict[str, dict[str, str]]:
    with (root / "src/detente/notation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows, "notation.csv has no rows"
    assert list(rows[0]) == COLUMNS
    names = [row["name"] for row in rows]
    assert sorted(names) == sorted(set(names)), "a symbol exists once"
    return {row["name"]: row for row in rows}


def arguments(text: str) -> list[tuple[str, str, str]]:
    """Function, argument and axes of every annotated array argument of a module of equations."""
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            for arg in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                found.append((node.name, arg.arg, axes_of(arg.annotation)))
    return found


def axes_of(annotation: ast.expr | None) -> str:
    """The axes of a jaxtyping annotation `Float[Array, "n j"]`; '' for a scalar or none."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        last = annotation.slice.elts[-1]
        if isinstance(last, ast.Constant):
            return " ".join(str(last.value).split())
    return ""


def kinds(axes: str) -> tuple[str, ...]:
    """Economies and sectors in order; the letter of an axis may differ by its role in one equation."""
    letters = re.findall(r"[a-z]", axes)
    return tuple("economy" if a in ECONOMIES else "sector" if a in SECTORS else a for a in letters)


def test_every_argument_of_an_equation_is_in_the_notation(root: Path, notation: dict[str, dict[str, str]]) -> None:
    equations = arguments((root / "src/detente/model/equations.py").read_text("utf-8"))
    assert equations
    assert {f"{name} of {function}" for function, name, _ in equations if name not in notation} == set()


def test_axes_agree_with_the_annotations(root: Path, notation: dict[str, dict[str, str]]) -> None:
    equations = arguments((root / "src/detente/model/equations.py").read_text("utf-8"))
    differ = {
        f"{name} of {function}: {axes!r}, in notation.csv {notation[name]['axes']!r}"
        for function, name, axes in equations
        if name in notation and kinds(axes) != kinds(notation[name]["axes"])
    }
    assert differ == set()


def test_importer_comes_before_exporter(notation: dict[str, dict[str, str]]) -> None:
    both = {name: row["axes"] for name, row in notation.items() if set(re.findall("[a-z]", row["axes"])) >= ECONOMIES}
    assert {name: axes for name, axes in both.items() if axes.index("n") > axes.index("i")} == {}


def test_every_row_says_unit_and_meaning(notation: dict[str, dict[str, str]]) -> None:
    assert [name for name, row in notation.items() if not (row["unit"] and row["meaning"] and row["source"])] == []


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [('Float[Array, " n"]', "n"), ('Float[Array, "n k j"]', "n k j"), ("float", ""), ('Bool[Array, "n i j"]', "n i j")],
)
def test_axes_are_read_from_an_annotation(annotation: str, expected: str) -> None:
    assert axes_of(ast.parse(annotation, mode="eval").body) == expected


def test_a_missing_or_transposed_symbol_would_be_seen() -> None:
    text = 'def f(pi: Float[Array, "n i j"], theta: Float[Array, " j"]): ...'
    assert arguments(text) == [("f", "pi", "n i j"), ("f", "theta", "j")]
    assert kinds("j n") != kinds("n j")
    assert kinds("n k") == kinds("i j")
