"""Derives the data that ships with the package from the shared folder, the same to the last bit every time.

    python tools/build_data.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data`: worlds/*.npz with index.json, replaced-tariffs.csv and kept-tariffs.csv, elasticities/theta.csv,
concordance/*.csv and tables/us-china-naics3-annual.csv. docs/decisions/0001-worlds.md says why each step is as it is.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import pandas as pd

import build_baselines
import build_concordance
import build_worlds

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Build everything; the paths come from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("DETENTE_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "detente" / "data")
    given = parser.parse_args()
    build(given.shared, given.out)


def build(shared: Path, out: Path) -> None:
    """Write every derived file under `out`, from `shared`."""
    for folder in ("worlds", "elasticities", "concordance", "tables"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    _elasticities(shared, out)
    raw = {name: build_worlds.read(shared, name) for name in build_worlds.WORLDS}
    links = build_concordance.naics3_links(raw["icio-2017"])
    write_csv(links, out / "concordance" / "naics3-to-icio.csv")
    write_csv(build_concordance.hs6_links(shared), out / "concordance" / "hs6-to-icio.csv")
    series = build_baselines.read_series(shared)
    write_csv(build_baselines.annual_trade(series), out / "tables" / "us-china-naics3-annual.csv")
    replaced, kept, index = [], [], {}
    for name, world in raw.items():
        table = build_baselines.baselines(world, build_baselines.WINDOWS[name], series, links)
        new = build_baselines.apply(world, table)
        build_worlds.write(new, out / "worlds" / f"{name}.npz")
        replaced.append(build_baselines.replaced_rows(name, table))
        kept.append(build_baselines.kept_rows(name, table))
        index[name] = build_worlds.entry(world, build_baselines.sentences(name, table, series))
    write_csv(pd.concat(replaced), out / "worlds" / "replaced-tariffs.csv")
    write_csv(pd.concat(kept), out / "worlds" / "kept-tariffs.csv")
    text = json.dumps(index, indent=2, ensure_ascii=False)
    (out / "worlds" / "index.json").write_text(text + "\n", encoding="utf-8")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """The frame as CSV: no index, one newline a row, floats as the shortest text that reads back."""
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _elasticities(shared: Path, out: Path) -> None:
    """theta by set and sector, the numbers as they are written in the source."""
    frame = pd.read_csv(shared / "data" / "elasticities" / "icio28.csv", dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"set": "name"})
    write_csv(frame[["name", "sector", "theta"]], out / "elasticities" / "theta.csv")


if __name__ == "__main__":
    main()
