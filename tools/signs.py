"""Compute src/detente/analyses/run/signs.csv: gains and losses of the bundled cases under every usual assumption.

Run it after a change of a bundled case, of a world, of elasticities or of the model. Takes some minutes.

    .venv/bin/python tools/signs.py [CASE ...]

Without a case all are computed; with some, the others are kept as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from detente.analyses.run.sign_solves import sign_table
from detente.analyses.run.signs import HASH, dispute_hash
from detente.dispute.schema import Dispute, list_cases
from detente.dispute.session import Session

TARGET = Path(__file__).resolve().parent.parent / "src" / "detente" / "analyses" / "run" / "signs.csv"


def of_case(name: str) -> pd.DataFrame:
    """The rows of one case, with the hashes by which it is known."""
    session = Session.of(Dispute.read(name), accept_defaults=True)
    table = sign_table(session)
    worlds = {rule: session.under(base_tariffs=rule).settings.world_sha256 for rule in session.world.tariff_sources}
    table.insert(0, "dispute", name)
    table["dispute_sha256"] = dispute_hash(session.dispute)[:HASH]
    table["world_sha256"] = table["base_tariffs"].map(worlds).str[:HASH]
    return table


def main() -> None:
    """Write the table."""
    every = sorted(list_cases())
    asked = sys.argv[1:] or every
    old = pd.read_csv(TARGET, keep_default_na=False, na_values={"real_income": [""]}) if TARGET.is_file() else None
    parts = []
    for name in every:
        if name in asked:
            print(name, flush=True)
            parts.append(of_case(name))
        elif old is not None:
            parts.append(old[old["dispute"] == name])
    table = pd.concat(parts, ignore_index=True)
    table["real_income"] = table["real_income"].map("{:.6g}".format)
    table.to_csv(TARGET, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
