"""The worlds and the trade elasticities that come with the package, and toy worlds.

Elasticities come in eight sets by sector, each from its paper. theta > 0 is how strongly imports answer to cost: at
theta = 4 a source that becomes 1 % dearer loses about 4 % of what it sells, relative to the other sources. `theta.csv`
holds the numbers, `sets.csv` the papers, `errors.csv` the standard errors that are known and `levels.csv` how much
lower elasticities are in the first year; all are read here.

Toy worlds are small and random, and their accounts close: for tests and for trying things out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.base_rules import COLLECTED, origins, rules
from detente.data.codes import HERE, read_packaged
from detente.data.persons import persons_in
from detente.data.world import Provenance, World
from detente.errors import BadInput, UnknownElasticities, UnknownSector, UnknownWorld
from detente.inputs import FloatArray, floats, number

DEFAULT: Final = "U4"
"""The set used where none is named: one elasticity of 4 in every sector (Simonovska & Waugh 2014)."""
WORLDS: Final = HERE / "worlds"


def elasticities(name: str, sectors: Sequence[str]) -> FloatArray:
    """theta (j,), no unit, of the set `name` for `sectors` in the order given; read-only.

    Raises UnknownElasticities for a set that is not bundled and UnknownSector for a sector that the set lacks: a merged
    sector has no published elasticity, so give theta as an array for it.
    """
    by_sector = _set(name, sectors)
    return floats([by_sector[sector] for sector in sectors], "theta")


def standard_errors(name: str, sectors: Sequence[str]) -> FloatArray:
    """The published standard error of theta (j,) of the set `name`; missing where the paper's is not in the data.

    Where a sector's theta is the mean of several estimates, they count as independent. Raises as `elasticities`.
    """
    _set(name, sectors)
    known = _by_set("errors", "standard_error").get(name, {})
    return floats([known.get(sector, np.nan) for sector in sectors], "standard errors")


def errors_checked(name: str) -> bool:
    """Whether the standard errors of the set `name` were compared with the printed page; false where there are none."""
    frame = read_packaged("elasticities/errors.csv")
    rows = frame[frame["name"] == name]
    return len(rows) > 0 and bool((rows["checked"] == "yes").all())


@cache
def first_year_level() -> float:
    """The elasticity of trade in the first year after a tariff, as a fraction of that of the long run.

    Boehm, Levchenko & Pandalai-Nayar (2023): 0.76 over about 2, which is reached after 7 to 10 years.
    """
    by_horizon = read_packaged("elasticities/levels.csv", numbers=("elasticity",)).set_index("horizon")["elasticity"]
    return float(by_horizon["short"] / by_horizon["long"])


LONG_RUN: Final = 7
"""The year after a tariff in which trade answers it with the elasticity of the long run."""


def horizon(year: float, long_run: float = LONG_RUN) -> float:
    """The elasticity of trade in a year after a tariff, as a fraction s(h) of that of the long run.

    A straight line from `first_year_level` in year 1 to 1 in the year `long_run`, and 1 after it. Boehm, Levchenko &
    Pandalai-Nayar (2023) find that the long run is reached after 7 to 10 years; the line between is an assumption.
    Raises BadInput for a year before the first, and where the long run is not after the first year.
    """
    h, last = number(year, "year"), number(long_run, "long_run")
    if h < 1:
        raise BadInput(f"year is {h:g}: the first year after a tariff is 1")
    if last <= 1:
        raise BadInput(f"long_run is {last:g}: give a year after the first, such as {LONG_RUN}")
    first = first_year_level()
    return first + (1 - first) * min((h - 1) / (last - 1), 1.0)


def _set(name: str, sectors: Sequence[str]) -> dict[str, float]:
    """theta of a set by sector, after the names are found."""
    sets = _by_set("theta", "theta")
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
    values = [np.array(list(_by_set("theta", "theta")[name].values())) for name in frame["name"]]
    return frame.assign(
        sectors=[len(v) for v in values],
        lowest=[float(v.min()) for v in values],
        median=[float(np.median(v)) for v in values],
        highest=[float(v.max()) for v in values],
    )


@cache
def _by_set(file: str, column: str) -> dict[str, dict[str, float]]:
    """A column of a file of elasticities by set, then by sector, in the order of the file."""
    frame = read_packaged(f"elasticities/{file}.csv", numbers=(column,))
    return {
        name: dict(zip(rows["sector"], rows[column], strict=True))
        for name, rows in ((name, frame[frame["name"] == name]) for name in frame["name"].unique())
    }


def load_world(name: str) -> World:
    """The bundled world `name`, such as `icio-2017`; raises UnknownWorld. Arrays are read-only, so it is read once."""
    if not isinstance(name, str) or name not in _index():
        raise UnknownWorld(name, _index())
    return _load(name)


def usual_tariffs(world: World) -> str:
    """The rule of the base tariffs that a world comes with: for a bundled name the package's, else the one in use."""
    return load_world(world.name).tariff_source if world.name in _index() else world.tariff_source


@cache
def _load(name: str) -> World:
    entry = _index()[name]
    with np.load(WORLDS / f"{name}.npz", allow_pickle=False) as file:
        stored = {key: file[key] for key in file.files}
    economies, sectors = ([str(code) for code in stored[axis]] for axis in ("economies", "sectors"))
    by_rule = rules(stored, economies)
    return World(
        stored["flows"],
        by_rule[COLLECTED],
        stored["io"],
        stored["value_added"],
        economies,
        sectors,
        name=name,
        year=entry["year"],
        provenance=Provenance.from_dict(entry["provenance"]),
        tariff_sources=by_rule,
        tariff_source=COLLECTED,
        origins=origins(stored, economies, name),
        persons=[persons_in(entry["year"]).get(code, np.nan) for code in economies],
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


def toy_world(
    seed: int,
    n: int = 3,
    j: int = 2,
    io: bool = True,
    empty: int | Sequence[tuple[int, int]] = 0,
    highest_tariff: float = 0.3,
) -> World:
    """A world of n economies (E1, E2, ...) and j sectors (S1, S2, ...), the same for the same seed.

    Sizes differ by a factor of about ten, trade is unbalanced, and tariffs lie between 0 and `highest_tariff`, none at
    home. `empty` economy-sectors sell nothing: a number of them drawn at random, or (economy, sector) positions; each
    sector keeps a seller and each economy something to sell. With `io`, firms use between 10 % and 70 % of their output
    as inputs and no final demand is negative. Money is in USD million.

    Raises BadInput for a size under 1 or more empty cells than leave every sector a seller and every economy a sale.
    """
    if n < 1 or j < 1:
        raise BadInput(f"a toy world of {n} × {j} is empty: give at least one economy and one sector")
    draw = np.random.default_rng(seed)
    size = np.exp(draw.normal(0.0, 1.0, n)) * 1000.0
    flows = size[:, None, None] * size[None, :, None] / size.sum() * np.exp(draw.normal(0.0, 0.7, (n, n, j)))
    flows[np.arange(n), np.arange(n)] *= 4.0
    tariffs = draw.uniform(0.0, highest_tariff, (n, n, j))
    tariffs[np.arange(n), np.arange(n)] = 0.0
    for position in _empty_cells(draw, empty, n, j):
        flows[:, position[0], position[1]] = 0.0
    uses = _input_uses(draw, flows, tariffs) if io else np.zeros((n, j, j))
    return World(
        flows,
        tariffs,
        uses,
        flows.sum(axis=0) - uses.sum(axis=1),
        [f"E{position + 1}" for position in range(n)],
        [f"S{position + 1}" for position in range(j)],
        name=f"toy-{seed}",
        provenance=Provenance(source="random numbers", notes=(f"toy world, seed {seed}",)),
    )


def _empty_cells(
    draw: np.random.Generator, empty: int | Sequence[tuple[int, int]], n: int, j: int
) -> list[tuple[int, int]]:
    """The positions that sell nothing, never a whole row or column."""
    wanted = [] if isinstance(empty, int) else [(int(i), int(s)) for i, s in empty]
    order = [divmod(int(cell), j) for cell in draw.permutation(n * j)]
    alive = np.ones((n, j), dtype=bool)
    for i, s in order if isinstance(empty, int) else wanted:
        if isinstance(empty, int) and (~alive).sum() == empty:
            break
        if alive[i].sum() > 1 and alive[:, s].sum() > 1:
            alive[i, s] = False
    emptied = [(int(i), int(s)) for i, s in np.argwhere(~alive)]
    if len(emptied) != (empty if isinstance(empty, int) else len(set(wanted))):
        raise BadInput(f"{empty} empty cells in {n} × {j} leave a sector without seller or an economy without sales")
    return emptied


def _input_uses(draw: np.random.Generator, flows: FloatArray, tariffs: FloatArray) -> FloatArray:
    """io (n, k, j): random cost shares of output, cut where they would use more than 90 % of what is spent on k."""
    output = flows.sum(axis=0)
    spent = (flows * (1.0 + tariffs)).sum(axis=1)
    n, j = output.shape
    shares = draw.dirichlet(np.ones(j), size=(n, j)).transpose(0, 2, 1) * draw.uniform(0.1, 0.7, (n, 1, j))
    uses = shares * output[:, None, :]
    used = uses.sum(axis=2)
    cut = np.minimum(1.0, np.divide(0.9 * spent, used, out=np.ones_like(used), where=used > 0))
    return np.asarray(uses * cut[:, :, None])
