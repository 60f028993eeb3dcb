"""Who gains and who loses in the state of the headline under every set of elasticities, closure and base tariffs.

A headline may state a sign that turns under another usual assumption only if it says so. The bundled cases have their
signs beside the package, in signs.csv, which tools/signs.py computes; they count for exactly the dispute
and the worlds that they were computed on. Of any other dispute they are computed where they are asked for
(`detente.analyses.run.sign_solves`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Final

import pandas as pd

from detente.analyses.run.result import Findings
from detente.dispute.schema import Dispute
from detente.report.numbers import Direction, direction

AXES: Final = ("elasticities", "deficits", "base_tariffs")
"""The assumptions that are varied."""
COLUMNS: Final = ("state", *AXES, "economy", "real_income")
"""state: `MAIN` or `UNANSWERED`; real_income: the change of a party, a fraction, missing where nothing was found."""
HASH: Final = 16
"""Characters of a hash that tell disputes and worlds apart."""
MAIN: Final = "headline"
UNANSWERED: Final = "unanswered"
"""The state of the headline without what the other side answers."""


@dataclass(frozen=True, eq=False)
class Signs:
    """The changes in real income of the parties over assumptions: a table of `COLUMNS`; `rule` is that of the run."""

    table: pd.DataFrame
    rule: str

    def of(self, party: str, state: str = MAIN) -> pd.Series:
        """The change of a party by elasticities, closure and base tariffs; empty where the state is not there."""
        mine = self.table[(self.table["economy"] == party) & (self.table["state"] == state)]
        return mine.set_index(list(AXES))["real_income"].dropna()

    def directions(self, party: str, state: str = MAIN) -> dict[tuple[str, str, str], Direction]:
        """Whether a party gains or loses, by elasticities, closure and base tariffs."""
        found: dict[tuple[str, str, str], float] = self.of(party, state).to_dict()  # type: ignore[assignment]
        return {key: direction(change) for key, change in found.items()}

    def turns(self, party: str, state: str = MAIN) -> bool:
        """Whether a party gains under some assumptions and loses under others."""
        return {"gain", "loss"} <= set(self.directions(party, state).values())

    def deciding(self, party: str, state: str = MAIN) -> tuple[str, ...]:
        """The assumptions of which one alone, the others held, turns the sign of a party."""
        signs = self.directions(party, state)
        return tuple(axis for place, axis in enumerate(AXES) if _turned_by(signs, place))

    @cached_property
    def size(self) -> int:
        """The number of combinations of assumptions."""
        return len(self.table[list(AXES)].drop_duplicates())


def _turned_by(signs: dict[tuple[str, str, str], Direction], place: int) -> bool:
    groups: dict[tuple[str, ...], set[str]] = {}
    for key, sign in signs.items():
        groups.setdefault((*key[:place], *key[place + 1 :]), set()).add(sign)
    return any({"gain", "loss"} <= found for found in groups.values())


def signs_of(findings: Findings) -> Signs | None:
    """The signs of findings, computed or kept; None where they are not known.

    Those that are kept are of the long run with a fixed supply of labour, and so are findings that they speak of.
    """
    if findings.signs is not None:
        return Signs(findings.signs, str(findings.signs["base_tariffs"].iloc[0]))
    if findings.settings.horizon != "long" or findings.settings.labour is not None:
        return None
    case = _kept().get(findings.dispute.dispute)
    if case is None:
        return None
    rules = case.loc[case["world_sha256"] == findings.settings.world_sha256[:HASH], "base_tariffs"]
    if rules.empty or case["dispute_sha256"].iloc[0] != dispute_hash(findings.dispute)[:HASH]:
        return None
    return Signs(case[list(COLUMNS)], str(rules.iloc[0]))


@cache
def _kept() -> dict[str, pd.DataFrame]:
    source = files("detente.analyses.run").joinpath("signs.csv")
    if not source.is_file():
        return {}
    with source.open(encoding="utf-8") as stream:
        table = pd.read_csv(stream, keep_default_na=False, na_values={"real_income": [""]})
    return {str(name): frame for name, frame in table.groupby("dispute")}


def dispute_hash(dispute: Dispute) -> str:
    """SHA-256 of what a dispute file says, without its title."""
    plain = dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"title"})
    return sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
