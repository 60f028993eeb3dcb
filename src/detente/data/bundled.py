"""The worlds and the trade elasticities that come with the package.

Elasticities come in eight sets by sector, each from its paper. theta > 0 is how strongly imports answer to cost: at
theta = 4 a source that becomes 1 % dearer loses about 4 % of what it sells, relative to the other sources. `theta.csv`
holds the numbers, `sets.csv` the papers and `errors.csv` the standard errors that are known; all are read here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.accounts import MOVED_COLUMNS
from detente.data.codes import HERE, read_packaged
from detente.data.world import Provenance, World
from detente.errors import UnknownElasticities, UnknownSector, UnknownWorld
from detente.inputs import FloatArray

DEFAULT: Final = "U4"
"""The set used where none is named: one elasticity of 4 in every sector (Simonovska & Waugh 2014)."""
WORLDS: Final = HERE / "worlds"


def elasticities(name: str, sectors: Sequence[str]) -> FloatArray:
    """theta (j,), no unit, of the set `name` for `sectors` in the order given; read-only.

    Raises UnknownElasticities for a set that is not bundled and UnknownSector for a sector that the set lacks: a merged
    sector has no published elasticity, so give theta as an array for it.
    """
    by_sector = _set(name, sectors)
    theta = np.array([by_sector[sector] for sector in sectors], dtype=np.float64)
    theta.setflags(write=False)
    return theta


def standard_errors(name: str, sectors: Sequence[str]) -> FloatArray:
    """The published standard error of theta (j,) of the set `name`; missing where the paper's is not in the data.

    Where a sector's theta is the mean of several estimates, they count as independent. Raises as `elasticities`.
    """
    _set(name, sectors)
    known = _errors().get(name, {})
    errors = np.array([known.get(sector, np.nan) for sector in sectors], dtype=np.float64)
    errors.setflags(write=False)
    return errors


def errors_checked(name: str) -> bool:
    """Whether the standard errors of the set `name` were compared with the printed page; false where there are none."""
    frame = read_packaged("elasticities/errors.csv")
    rows = frame[frame["name"] == name]
    return len(rows) > 0 and bool((rows["checked"] == "yes").all())


def _set(name: str, sectors: Sequence[str]) -> dict[str, float]:
    """theta of a set by sector, after the names are found."""
    sets = _theta()
    if name not in sets:
        raise UnknownElasticities(name, sets)
    where = f"the request for the elasticities {name!r} (for sectors of your own give theta as an array)"
    for sector in sectors:
        if sector not in sets[name]:
            raise UnknownSector(sector, sets[name], where=where)
    return sets[name]


def list_elasticities() -> pd.DataFrame:
    """One row a set: name, paper, title, note, and the lowest, median and highest theta over its sectors."""
    frame = read_packaged("elasticities/sets.csv")
    values = [np.array(list(_theta()[name].values())) for name in frame["name"]]
    return frame.assign(
        sectors=[len(v) for v in values],
        lowest=[float(v.min()) for v in values],
        median=[float(np.median(v)) for v in values],
        highest=[float(v.max()) for v in values],
    )


@cache
def _theta() -> dict[str, dict[str, float]]:
    """theta by set, then by sector, in the order of the files."""
    frame = read_packaged("elasticities/theta.csv", numbers=("theta",))
    return {
        name: dict(zip(rows["sector"], rows["theta"], strict=True))
        for name, rows in ((name, frame[frame["name"] == name]) for name in frame["name"].unique())
    }


@cache
def _errors() -> dict[str, dict[str, float]]:
    """Standard errors by set, then by sector."""
    frame = read_packaged("elasticities/errors.csv", numbers=("standard_error",))
    return {
        name: dict(zip(rows["sector"], rows["standard_error"], strict=True))
        for name, rows in ((name, frame[frame["name"] == name]) for name in frame["name"].unique())
    }


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
    """The descriptions of the worlds in `worlds/index.json`, by name."""
    index: dict[str, Any] = json.loads((WORLDS / "index.json").read_text(encoding="utf-8"))
    return index


def _moved(name: str) -> pd.DataFrame:
    """The baseline tariffs that the build replaced in this world."""
    table = read_packaged("worlds/replaced-tariffs.csv", numbers=("old", "new"))
    return table.loc[table["world"] == name, list(MOVED_COLUMNS)].reset_index(drop=True)
