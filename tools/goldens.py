"""Every number and every word that the command line prints on the bundled cases, kept and compared.

`python tools/goldens.py record FOLDER` keeps what `detente QUESTION CASE --json` prints for every bundled case and every
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
CASES: Final = ("us-china-2018", "us-china-2018-2020", "us-2025", "phase-one-2020")
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "run": (),
    "war": (),
    "talks": (),
    "hold": (),
    "clock": (),
    "markets": (),
    "bands": ("--draws", "8", "--seed", "20"),
}
"""The commands, and what each is given beside the case and `--json`."""

#: Of the largest magnitude in the column (of the number itself where it stands alone). Compiled with every optimization
#: off, the baseline's numbers move by less: its equilibria are solved to 1e-11 along the same path.
RELATIVE: Final = 1e-9
#: In any unit. A change is a ratio less one, which rounding leaves at 1e-16 times what a solve makes of it: without
#: optimizations up to 4e-14. It matters where all of a column is below 1e-4.
FLOOR: Final = 1e-13
#: The same for what a search ends at. A climb ends where no rate would move by more than 1e-6 in ln(1+t), and duties are
#: a few tenths: 1e-5 of the largest. Payoffs are flat in a player's own duties; in the other's their slope is its share
#: of trade in income, some hundredths, so that 1e-6 moves them by 1e-8, which is 1e-5 of payoffs of a thousandth. What
#: certificates promise, a gain of at most 1e-6 in logs, would be 1e-3 of them.
SEARCHED: Final = 1e-5
#: A residual says only that an account closes: the audit's bound, and both are below it.
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

Where = tuple[str, ...]
SHOWN: Final = 40
"""At most so many differences of a case and question are printed."""


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
    """Keep an answer; the same answer gives the same bytes. Returns the file."""
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

