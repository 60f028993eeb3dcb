"""The worlds that come with the package."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.accounts import MOVED_COLUMNS
from detente.data.packaged import HERE, read_packaged
from detente.data.provenance import Provenance
from detente.data.world import World
from detente.errors import UnknownWorld

WORLDS: Final = HERE / "worlds"


def load_world(name: str) -> World:
    """The bundled world `name`, such as `icio-2017`; raises UnknownWorld. Arrays are read-only, so it is read once."""
    if not isinstance(name, str) or name not in _index():
        raise UnknownWorld(name, _index())
    return _load(name)


@cache
def _load(name: str) -> World:
    entry = _index()[name]
    with np.load(WORLDS / f"{name}.npz", allow_pickle=False) as stored:
        return World(
            stored["flows"],
            stored["tariffs"],
            stored["io"],
            stored["value_added"],
            [str(code) for code in stored["economies"]],
            [str(code) for code in stored["sectors"]],
            name=name,
            year=entry["year"],
            provenance=Provenance.from_dict(entry["provenance"]),
            moved=_moved(name),
        )


def list_worlds() -> pd.DataFrame:
    """One row a bundled world: name, year, economies, sectors, megabytes, source, licence, vintage, known_defects."""
    rows = []
    for name, entry in _index().items():
        provenance = Provenance.from_dict(entry["provenance"])
        rows.append(
            {
                "name": name,
                "year": entry["year"],
                "economies": entry["economies"],
                "sectors": entry["sectors"],
                "megabytes": round((WORLDS / f"{name}.npz").stat().st_size / 1e6, 2),
                "source": provenance.source,
                "licence": provenance.licence,
                "vintage": provenance.vintage,
                "known_defects": "; ".join(provenance.known_defects),
            }
        )
    return pd.DataFrame(rows)


@cache
def _index() -> dict[str, Any]:
    """What `worlds/index.json` says of each world, by name."""
    index: dict[str, Any] = json.loads((WORLDS / "index.json").read_text(encoding="utf-8"))
    return index


def _moved(name: str) -> pd.DataFrame:
    """The baseline tariffs that the build replaced in this world."""
    table = read_packaged("worlds/replaced-tariffs.csv", numbers=("old", "new"))
    return table.loc[table["world"] == name, list(MOVED_COLUMNS)].reset_index(drop=True)
