"""Every number and every word that the command line prints on the bundled cases, kept and compared.

`python tools/goldens.py record FOLDER` keeps what `detente QUESTION CASE --json` prints for every bundled case and
question, a refusal included; `python tools/goldens.py compare` lists how the present code differs from what is kept in
`tests/golden`, and fails where it does. Only the command line is used, so that modules may move and be renamed. Names
and sentences that were changed on purpose stand in `renamed.json` beside the kept files:

    {"keys": {"OLD": "NEW", "TABLE/OLD": "NEW"}, "sentences": [["OLD", "NEW"]]}

A key names a field, a table or a column; with the old names of what it is in before it, it is meant there alone. A
sentence is a whole text, wherever it stands.
"""

from __future__ import annotations

import argparse
import json
import lzma
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final, Self

GOLDEN: Final = Path(__file__).resolve().parents[1] / "tests" / "golden"
CASES: Final = ("us-china-2018", "us-china-2018-2020", "phase-one-2020")
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("run", "war", "talks", "hold", "clock", "markets"), ()),
    "path": ("--years", "8"),
    "bands": ("--draws", "8", "--seed", "20"),
}
"""The commands, and what each is given beside the case and `--json`."""

#: Of the largest magnitude in the column; of the number itself where it stands alone. Compiled without optimizations,
#: which reorders every sum, the numbers move by less: solves end at 1e-11, along the same path.
RELATIVE: Final = 1e-9
#: Whatever the unit. A change is a ratio less one: rounding leaves 1e-16 of it, and a solve makes up to 4e-14 of that
#: (without optimizations). It matters where a whole column is below 1e-4.
FLOOR: Final = 1e-13
#: Of the largest magnitude in the column, for what a search ends at. A climb ends where no rate would move by more than
#: 1e-6 in ln(1+t); the largest duties are some tenths, so that this is 1e-5 of them. A payoff is level in its player's
#: own duties; in the other's its slope is trade over income, some hundredths: 1e-6 moves it by 1e-8, again 1e-5 of
#: payoffs of a thousandth. The gain of at most 1e-6 that certificates allow would be a hundred times as wide.
SEARCHED: Final = 1e-5
#: A residual says only that accounts close: both are under the bound of the audit.
CLOSED: Final = 1e-9
RESIDUALS: Final = ("residual", "gap")

#: Tables of each question with what a search ends at: the columns that name it, or none where every row has it.
OF_SEARCHES: Final[Mapping[str, tuple[str, ...]]] = {
    "war/moves": ("move",),
    "war/payoffs": ("first_move", "second_move"),
    "war/sectors": (),
    "war/curves": (),
    "war/crossing": (),
    "hold/deals": ("deal",),
    "hold/enforcement": (),
    "hold/punishments": (),
    "hold/groups": ("deal",),
    "hold/ballots": ("deal",),
    "talks/no_deals": ("no_deal",),
    "talks/zones": ("no_deal",),
    "talks/closing": ("no_deal",),
    "talks/reasons": ("state",),
    "talks/economies": ("state",),
    "talks/balances": ("state",),
    "talks/tariff_deal": (),
    "talks/duties": (),
}
SEARCHES: Final = frozenset({"best", "Nash", "nash", "cooperative", "no deal: nash"})
"""How those columns name what is searched for."""

SHOWN: Final = 40
"""At most so many differences of a case and question are printed."""
Where = tuple[str, ...]


def ask(case: str, question: str) -> dict[str, Any]:
    """What the command line says: its exit code, its message where it refuses, and its JSON where it does not."""
    command = shutil.which("detente", path=str(Path(sys.executable).parent))
    if command is None:
        raise SystemExit(f"there is no detente beside {sys.executable}: install the package there")
    options = ("--json", *QUESTIONS[question])
    done = subprocess.run([command, question, case, *options], capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        return {"exit": done.returncode, "message": done.stderr.strip(), "output": None}
    return {"exit": 0, "message": "", "output": json.loads(done.stdout)}


def write(folder: Path, case: str, question: str, answer: Mapping[str, Any]) -> Path:
    """Keep an answer, the same one in the same bytes; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path = folder / f"{case}.{question}.json.xz"
    path.write_bytes(lzma.compress(text.encode("utf-8"), check=lzma.CHECK_CRC64, preset=9))
    return path


def read(folder: Path, case: str, question: str) -> dict[str, Any]:
    """The answer that was kept."""
    found: dict[str, Any] = json.loads(lzma.decompress((folder / f"{case}.{question}.json.xz").read_bytes()))
    return found


@dataclass(frozen=True)
class Renamed:
    """What was changed on purpose: keys, old → new, and sentences, old → new."""

    keys: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What `renamed.json` of a folder says; nothing where there is none."""
        path = folder / "renamed.json"
        if not path.exists():
            return cls()
        plain = json.loads(path.read_text("utf-8"))
        return cls(plain["keys"], dict(plain["sentences"]))

    def key(self, where: Where) -> str:
        """What the last of some nested keys is called now."""
        known = ("/".join(where[start:]) for start in range(len(where)))
        return next((self.keys[name] for name in known if name in self.keys), where[-1])


class Comparison:
    """How an answer differs from the one that was kept. `same` is false where any number or text is not the same."""

    def __init__(self, question: str, renamed: Renamed | None = None) -> None:
        self.question = question
        self.renamed = renamed or Renamed()
        self.same = True

    def differences(self, old: Any, new: Any, where: Where = ()) -> Iterator[str]:
        """Every difference, in a line each; `where` are the old keys that lead to the two."""
        if _left_out(where):
            return
        if type(old) is not type(new):
            yield self._told(where, old, new)
        elif isinstance(old, dict):
            yield from self._keys(old, new, where)
        elif isinstance(old, list):
            if len(old) != len(new):
                yield self._told(where, f"{len(old)} items", f"{len(new)} items")
            for k, (before, after) in enumerate(zip(old, new, strict=False)):
                yield from self.differences(before, after, (*where[:-1], f"{where[-1] if where else ''}[{k}]"))
        elif not self._close(old, new, where):
            yield self._told(where, old, new)

    def _keys(self, old: dict[str, Any], new: dict[str, Any], where: Where) -> Iterator[str]:
        """The differences of two objects; where all that is in the old one are columns, it is a table."""
        names = {self.renamed.key((*where, key)): key for key in old}
        yield from (self._told((*where, names[name]), "there", "gone") for name in names if name not in new)
        yield from (self._told((*where, name), "absent", "there") for name in new if name not in names)
        rows = self._searched(old, where) if old and all(map(_is_column, old.values())) else None
        if rows is not None and set(names) == set(new) and list(names) != list(new):
            yield self._told(where, f"columns {list(names)}", f"columns {list(new)}")
        for name, key in names.items():
            if rows is not None and _is_column(new.get(name)):
                yield from self._column(old[key], new[name], (*where, key), rows)
            elif name in new:
                yield from self.differences(old[key], new[name], (*where, key))

    def _column(self, old: dict[str, Any], new: dict[str, Any], where: Where, searched: list[bool]) -> Iterator[str]:
        """How two columns differ: at most one line, of how many rows and the first of them."""
        if old["kind"] != new["kind"] or len(old["values"]) != len(new["values"]):
            before, after = (f"{len(column['values'])} rows of kind {column['kind']}" for column in (old, new))
            yield self._told(where, before, after)
            return
        size = max((abs(value) for value in old["values"] if isinstance(value, float)), default=0.0)
        pairs = enumerate(zip(old["values"], new["values"], strict=True))
        wrong = [k for k, (a, b) in pairs if not self._close(a, b, where, size, searched[k])]
        if wrong:
            before, after = old["values"][wrong[0]], new["values"][wrong[0]]
            count = f"{len(wrong)} of {len(old['values'])} rows, first row {wrong[0]}"
            yield f"{self._told(where, before, after)} ({count}{f'; the largest is {size:.3g}' if size else ''})"

    def _searched(self, columns: Mapping[str, Any], where: Where) -> list[bool]:
        """Which rows of a table hold what a search ends at."""
        naming = OF_SEARCHES.get(f"{self.question}/{where[-1] if where else ''}")
        count = max(len(column["values"]) for column in columns.values())
        if not naming:
            return [naming is not None] * count
        return [any(columns[name]["values"][k] in SEARCHES for name in naming) for k in range(count)]

    def _close(self, old: Any, new: Any, where: Where, size: float | None = None, searched: bool = False) -> bool:
        """Whether two values count as the same; `size` is the largest magnitude in a column."""
        if type(old) is type(new) and old == new:
            return True
        self.same = False
        if isinstance(old, str):
            return isinstance(new, str) and self.renamed.sentences.get(old) == new
        if not isinstance(old, float) or not isinstance(new, float):
            return False
        if where and where[-1] in RESIDUALS:
            return max(abs(old), abs(new)) <= CLOSED
        part = SEARCHED if searched else RELATIVE
        return abs(new - old) <= max(part * (abs(old) if size is None else size), FLOOR)

    @staticmethod
    def _told(where: Where, old: Any, new: Any) -> str:
        return f"{'/'.join(where) or 'all of it'}: {old!r} is now {new!r}"


def _is_column(value: Any) -> bool:
    """Whether a value of JSON is a column of a table."""
    return isinstance(value, dict) and value.keys() == {"kind", "values"}


def _left_out(where: Where) -> bool:
    """Whether a value follows the hash of the inputs, which takes in the version: both change with every release."""
    return where in (("output", "id"), ("output", "settings", "version"))


def compare(case: str, question: str, folder: Path = GOLDEN) -> tuple[list[str], bool]:
    """How the present code differs from what is kept, a line each, and whether it says the same to the last bit."""
    comparison = Comparison(question, Renamed.read(folder))
    found = list(comparison.differences(read(folder, case, question), ask(case, question)))
    return found, comparison.same


def main() -> None:
    """Record, or compare and fail where there is a difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("record", help="keep what the present code says").add_argument("folder", type=Path)
    commands.add_parser("compare", help="list how it differs from what is kept").add_argument(
        "folder", type=Path, nargs="?", default=GOLDEN, help="by default tests/golden"
    )
    given = parser.parse_args()
    wrong = 0
    for case, question in product(CASES, QUESTIONS):
        if given.command == "record":
            print(write(given.folder, case, question, ask(case, question)), flush=True)
            continue
        found, same = compare(case, question, given.folder)
        wrong += len(found)
        verdict = f"{len(found)} differences" if found else "the same" if same else "the same within tolerances"
        print(f"{case} {question}: {verdict}", *found[:SHOWN], sep="\n  ", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
