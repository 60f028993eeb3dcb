"""Writes a world as the files that the readers read: the layouts as their publishers use them."""

import numpy as np
import pandas as pd


def table_of(world, draw, categories=2):
    """A world input-output table (inputs, final demand) whose sums are the world's, inputs bought pro rata by origin.

    Each use of k by n comes from i in proportion to flows[n, i, k]; what flows beyond inputs is final demand.
    """
    n, j = world.value_added.shape
    bought = world.flows.sum(axis=1)
    share = np.divide(world.flows, bought[:, None, :], out=np.zeros_like(world.flows), where=bought[:, None, :] > 0)
    inputs = np.einsum("nik,nkj->iknj", share, world.io)
    rest = world.flows.transpose(1, 2, 0) - inputs.sum(axis=3)
    split = draw.dirichlet(np.ones(categories), size=(n, j, n))
    return inputs, rest[..., None] * split


def write_oecd(path, world, categories=("HFCE", "INVNT"), totals=("TLS", "VA", "OUT"), tax=0.1, final=None, edit=None):
    """The OECD's layout: rows and columns USA_A01, final demand USA_HFCE, taxes, value added and output below."""
    inputs, made = table_of(world, np.random.default_rng(0), len(categories))
    final = made if final is None else final
    n, j = world.value_added.shape
    cells = [f"{economy}_{sector}" for economy in world.economies for sector in world.sectors]
    uses = [f"{economy}_{category}" for economy in world.economies for category in categories]
    body = np.concatenate([inputs.reshape(n * j, n * j), final.reshape(n * j, n * len(categories))], axis=1)
    frame = pd.DataFrame(body, index=cells, columns=cells + uses)
    output = frame.sum(axis=1)
    frame["OUT"] = output
    added = world.value_added.reshape(n * j)
    below = {totals[0]: tax * added, totals[1]: (1 - tax) * added, totals[2]: output.to_numpy()}
    for name, values in below.items():
        frame.loc[name] = np.concatenate([values, np.zeros(len(uses) + 1)])
    frame = edit(frame) if edit is not None else frame
    frame.to_csv(path, index_label="V1")
    return path


def write_wiod(path, world, finals=5, year=2014, edit=None):
    """WIOD's layout: one row an industry and country, columns AUS1.., final demand after them, TOT rows below."""
    inputs, final = table_of(world, np.random.default_rng(0), finals)
    n, j = world.value_added.shape
    body = np.concatenate([inputs.reshape(n * j, n, j), final.reshape(n * j, n, finals)], axis=2).reshape(n * j, -1)
    buyers = [f"{economy}{number}" for economy in world.economies for number in range(1, j + finals + 1)]
    head = pd.DataFrame(
        [
            (sector, f"industry {sector}", economy, number, year)
            for economy in world.economies
            for number, sector in enumerate(world.sectors, start=1)
        ],
        columns=["IndustryCode", "IndustryDescription", "Country", "RNr", "Year"],
    )
    frame = pd.concat([head, pd.DataFrame(body, columns=buyers)], axis=1)
    frame["TOT"] = body.sum(axis=1)

    def below(code, number, values):
        row = np.zeros((n, j + finals))
        row[:, :j] = values
        return [code, code, "TOT", number, year, *row.reshape(-1), 0.0]

    added, output = world.value_added, world.output
    rows = [
        below("II_fob", 65, world.io.sum(axis=1)),
        below("TXSP", 66, 0.1 * added),
        below("EXP_adj", 67, 0.0 * added),
        below("PURR", 68, 0.0 * added),
        below("PURNR", 69, 0.0 * added),
        below("VA", 70, 0.8 * added),
        below("IntTTM", 71, 0.1 * added),
        below("GO", 73, output),
    ]
    frame = pd.concat([frame, pd.DataFrame(rows, columns=frame.columns)], ignore_index=True)
    frame = edit(frame) if edit is not None else frame
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


def tidy(world, name, year=2017):
    """One account of a world as tidy rows."""
    array = getattr(world, name)
    economy, sector = list(world.economies), list(world.sectors)
    axes = {
        "flows": {"importer": economy, "exporter": economy, "sector": sector},
        "tariffs": {"importer": economy, "exporter": economy, "sector": sector},
        "io": {"economy": economy, "input": sector, "sector": sector},
        "value_added": {"economy": economy, "sector": sector},
    }[name]
    frame = pd.MultiIndex.from_product(list(axes.values()), names=list(axes)).to_frame(index=False)
    frame.insert(0, "year", year)
    return frame.assign(**{"rate" if name == "tariffs" else "value": array.reshape(-1)})
