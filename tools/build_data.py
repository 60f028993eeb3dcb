"""Derives the data that ships with the package from the shared folder, the same to the last bit every time.

    python tools/build_data.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data`: worlds/*.npz with index.json, elasticities/theta.csv, concordance/*.csv,
tables/us-china-naics3-annual.csv and the tables of base tariffs in duties/. It reads duties/us-arrangements.csv,
duties/us-measures.csv and policy/codes.parquet, which are not written here. docs/decisions/0001-worlds.md and
0077-base-tariffs.md say why each step is as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import base_tariffs
import build_baselines
import build_concordance
import build_worlds
import sentences
from building import DATA, from_command_line, write


def build(shared: Path, out: Path, worlds: Sequence[str] = tuple(build_worlds.WORLDS)) -> None:
    """Write every derived file under `out`, from `shared`; of fewer worlds, with tables that hold these alone."""
    for folder in ("worlds", "elasticities", "concordance", "tables", "duties"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    _elasticities(shared, out)
    raw = {name: build_worlds.read(shared, name) for name in worlds}
    links = build_concordance.naics3_links(raw["icio-2017"])
    write(links, out / "concordance" / "naics3-to-icio.csv")
    write(build_concordance.hs6_links(shared), out / "concordance" / "hs6-to-icio.csv")
    series = build_baselines.read_series(shared)
    write(build_baselines.annual_trade(series), out / "tables" / "us-china-naics3-annual.csv")
    customs = base_tariffs.read_customs(shared)
    china = series, links, build_baselines.additional(series, shared)
    for name, table in (("us-mfn", customs.records.mfn), ("us-preferential", customs.records.own)):
        write(table, out / "duties" / f"{name}.parquet")
    made, fits, index = {}, [], {}
    for name, world in raw.items():
        made[name], fit = base_tariffs.build(name, world, customs, china, shared)
        build_worlds.write(world, made[name], base_tariffs.US_YEAR[name], out / "worlds" / f"{name}.npz")
        index[name] = build_worlds.entry(world, sentences.of(name, world, made[name]))
        fits.append(fit)
    write(pd.concat([base.importers for base in made.values()]), out / "duties" / "importers.csv")
    rows = [{"world": name, **base.collected} for name, base in made.items()]
    write(pd.DataFrame(rows), out / "duties" / "collected.csv")
    write(pd.concat([fit for fit in fits if len(fit)], ignore_index=True), out / "duties" / "us-fits.parquet")
    text = json.dumps(index, indent=2, ensure_ascii=False)
    (out / "worlds" / "index.json").write_text(text + "\n", encoding="utf-8")


def _elasticities(shared: Path, out: Path) -> None:
    """theta by set and sector, the numbers as they are written in the source."""
    frame = pd.read_csv(shared / "data" / "elasticities" / "icio28.csv", dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"set": "name"})
    write(frame[["name", "sector", "theta"]], out / "elasticities" / "theta.csv")


if __name__ == "__main__":
    from_command_line(__doc__, DATA, build)
