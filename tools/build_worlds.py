"""Reads the stored worlds, writes the embedded ones, and states where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORLDS = {"icio-2014": 2014, "icio-2017": 2017, "icio-2018": 2018, "icio-2022": 2022}

SOURCE = "OECD Inter-Country Input-Output tables; tariffs: Teti (2024), Global Tariff Database"
LICENCE = "attribution to the OECD is required; cite Teti (2024) for tariffs"
ATTRIBUTION = (
    "OECD Inter-Country Input-Output (ICIO) tables; F. Teti (2024), Global Tariff Database; US-China tariffs: "
    "US Census, USTR, USITC and China's Ministry of Finance, monthly series by NAICS3 compiled under the MIT licence "
    "by M. Waugh"
)
COMMON_DEFECTS = (
    "the rest of the world's use of inputs is estimated",
    "baseline tariffs are simple averages within a sector, before any trade-war measure, except between the US and "
    "China",
    "food, drink and tobacco (C10T12) is overstated where spirits and tobacco are taxed heavily; tariffs above 60 % "
    "were capped at 60 % in the source",
    "tariffs on services are 0 and so are tariffs inside an economy",
    "tariffs between the US and China are averages of a NAICS3 group, so sectors that share a group share its tariff "
    "(C20 and C21; C24A and C24B; C29, C301 and C302T309; B05, B07 and B08)",
    "accounts are stored in single precision and close to 1e-7",
)
COEFFICIENTS_DEFECT = "{year}'s flows with 2022's input coefficients; only icio-2022 is one year throughout"
DEFICIT_DEFECT = (
    "the US goods deficit with China is ${gap:.1f}bn here in {year}; customs figures differ: in 2017 $264.9bn here, "
    "$367.8bn by NAICS3 and $375.2bn published by Census"
)
MEASURES_DEFECT = (
    "the US-China baselines hold Section 301 and China's answers, but not the US duties under Sections 201 and 232, "
    "which the series leaves out; other economies' tariffs hold none of the measures of 2018 and after"
)
HALVING_DEFECT = (
    "the baseline is that of February and March 2020; later exclusions are missing, and so is China's halving, on "
    "2020-02-14, of what it had added on 2019-09-01, which would take at most {points:.2f} points off its average on "
    "US goods"
)


@dataclass(frozen=True)
class RawWorld:
    """A world as stored: arrays in single precision, labels, year."""

    year: int
    flows: NDArray[np.float32]
    tariffs: NDArray[np.float64]
    io: NDArray[np.float32]
    value_added: NDArray[np.float32]
    economies: tuple[str, ...]
    sectors: tuple[str, ...]

    def at(self, importer: str, exporter: str) -> tuple[int, int]:
        """Positions of a pair on the axes n and i."""
        return self.economies.index(importer), self.economies.index(exporter)


def read(shared: Path, name: str) -> RawWorld:
    """The stored world. Tariffs become the shortest decimal that reads as the stored single: 0.6, not 0.6000000238."""
    with np.load(shared / "data" / "worlds" / f"{name}.npz", allow_pickle=False) as stored:
        values, place = np.unique(stored["tariffs"], return_inverse=True)
        decimals = np.array([float(str(value)) for value in values])
        return RawWorld(
            year=WORLDS[name],
            flows=stored["flows"],
            tariffs=decimals[place].reshape(stored["tariffs"].shape),
            io=stored["io"],
            value_added=stored["value_added"],
            economies=tuple(str(code) for code in stored["countries"]),
            sectors=tuple(str(code) for code in stored["sectors"]),
        )


def write(world: RawWorld, path: Path) -> None:
    """The embedded world: accounts in single precision, tariffs in double."""
    np.savez_compressed(
        path,
        flows=world.flows,
        tariffs=world.tariffs,
        io=world.io,
        value_added=world.value_added,
        economies=np.array(world.economies),
        sectors=np.array(world.sectors),
    )


def entry(world: RawWorld, sentences: dict[str, Any]) -> dict[str, Any]:
    """What index.json says of a world: its size and its provenance, defects included."""
    usa, chn = world.at("USA", "CHN")
    goods = [j for j, sector in enumerate(world.sectors) if sector != "SERV"]
    flows = world.flows.astype(np.float64)
    gap = float(flows[usa, chn, goods].sum() - flows[chn, usa, goods].sum()) / 1e3
    defects = [] if world.year == 2022 else [COEFFICIENTS_DEFECT.format(year=world.year)]
    defects += [*COMMON_DEFECTS, DEFICIT_DEFECT.format(gap=gap, year=world.year)]
    defects += [MEASURES_DEFECT] if world.year in (2018, 2022) else []
    defects += [HALVING_DEFECT.format(points=sentences["halving_points"])] if world.year == 2022 else []
    empty = int((flows.sum(axis=0) == 0).sum())
    return {
        "year": world.year,
        "economies": len(world.economies),
        "sectors": len(world.sectors),
        "provenance": {
            "source": SOURCE,
            "licence": LICENCE,
            "attribution": ATTRIBUTION,
            "vintage": f"flows of {world.year}, input coefficients of 2022, tariffs of {world.year}",
            "known_defects": defects,
            "replaced": sentences["replaced"],
            "notes": [*sentences["notes"], f"{empty} economy-sectors are empty: they neither sell nor earn"],
        },
    }
