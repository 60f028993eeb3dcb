"""Reads the stored worlds, writes the embedded ones, and states where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from base_tariffs import BaseTariffs

WORLDS = {"icio-2014": 2014, "icio-2017": 2017, "icio-2018": 2018, "icio-2022": 2022}

SOURCE = (
    "OECD Inter-Country Input-Output tables; tariffs: Teti (2024), Global Tariff Database, held against the weighted "
    "means of the World Development Indicators; US tariffs: US Census, customs records"
)
LICENCE = "attribution to the OECD is required; cite Teti (2024) for tariffs"
ATTRIBUTION = (
    "OECD Inter-Country Input-Output (ICIO) tables; F. Teti (2024), Global Tariff Database; World Bank, World "
    "Development Indicators (CC BY 4.0); US imports and duties: US Census, compiled under the MIT licence by M. Waugh; "
    "China's additional duties: US Census and China's Ministry of Finance, monthly series by NAICS3, same compilation"
)
COMMON_DEFECTS = (
    "the rest of the world's use of inputs is estimated",
    "tariffs other than those of the US are simple averages within a sector, scaled by importer: the mean of an "
    "importer is right where one is published, its spread over sectors and partners is the source's",
    "food, drink and tobacco (C10T12) weighs too much in these rows where spirits and tobacco are taxed heavily; "
    "tariffs above 60 % were capped at 60 % in the source",
    "tariffs on services are 0 and so are tariffs inside an economy",
    "Taiwan and the rest of the world have no published mean: their tariffs are the source's, zero for the latter",
    "accounts are stored in single precision and close to 1e-7",
)
COEFFICIENTS_DEFECT = "{year}'s flows with 2022's input coefficients; only icio-2022 is one year throughout"
DEFICIT_DEFECT = (
    "the US goods deficit with China is ${gap:.1f}bn here in {year}; customs figures differ: in 2017 $264.9bn here, "
    "$367.8bn by NAICS3 and $375.2bn published by Census"
)
CHAPTERS_DEFECT = (
    "US duties of {year} are known by chapter and for 20 partners: the products of each are those of 2024, weighted so "
    "that every chapter gives what was collected"
)
PRODUCTS_DEFECT = (
    "US duties are those collected in 2024, the records by product nearest to 2022: of 2022 the yearly mean of the "
    "World Development Indicators is known, 1.49 % without Section 301, and no duty by product or partner is at hand"
)
MEASURES_DEFECT = (
    "measures in force are those of the US (Sections 201, 232 and 301) and China's answers; answers of others to "
    "Section 232 are missing"
)
ANSWERS_DEFECT = (
    "China's answers are averages of a NAICS3 group, so sectors that share a group share them (C20 and C21; C24A and "
    "C24B; C29, C301 and C302T309; B05, B07 and B08)"
)
TODAY_DEFECT = "China's answers are those of 2020-02-14; exclusions granted from March 2020 on are missing"


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


def write(world: RawWorld, base: BaseTariffs, customs_year: int, path: Path) -> None:
    """The embedded world: accounts in single precision, tariffs in double, measures in force as a list of cells."""
    authorities = sorted(base.in_force["authority"].unique())
    at = [
        (authorities.index(row.authority), *world.at(row.importer, row.exporter), world.sectors.index(row.sector))
        for row in base.in_force.itertuples()
    ]
    np.savez_compressed(
        path,
        flows=world.flows,
        io=world.io,
        value_added=world.value_added,
        economies=np.array(world.economies),
        sectors=np.array(world.sectors),
        simple=world.tariffs,
        factors=base.factors,
        usa=base.usa,
        recorded=base.recorded,
        customs_year=np.array(customs_year),
        authorities=np.array(authorities, dtype=str),
        in_force_at=np.array(at, dtype=np.int16).reshape(-1, 4),
        in_force=base.in_force["rate"].to_numpy(dtype=np.float64),
    )


def entry(world: RawWorld, sentences: dict[str, Any]) -> dict[str, Any]:
    """What index.json says of a world: its size and its provenance, defects included."""
    usa, chn = world.at("USA", "CHN")
    goods = [j for j, sector in enumerate(world.sectors) if sector != "SERV"]
    flows = world.flows.astype(np.float64)
    gap = float(flows[usa, chn, goods].sum() - flows[chn, usa, goods].sum()) / 1e3
    later = world.year in (2018, 2022)
    defects = [] if world.year == 2022 else [COEFFICIENTS_DEFECT.format(year=world.year)]
    defects += [*COMMON_DEFECTS, DEFICIT_DEFECT.format(gap=gap, year=world.year)]
    defects += [PRODUCTS_DEFECT] if world.year == 2022 else [CHAPTERS_DEFECT.format(year=world.year)]
    defects += [MEASURES_DEFECT, ANSWERS_DEFECT] if later else []
    defects += [TODAY_DEFECT] if world.year == 2022 else []
    empty = int((flows.sum(axis=0) == 0).sum())
    return {
        "year": world.year,
        "economies": len(world.economies),
        "sectors": len(world.sectors),
        "provenance": {
            "source": SOURCE,
            "licence": LICENCE,
            "attribution": ATTRIBUTION,
            "vintage": (
                f"flows of {world.year}, input coefficients of 2022, tariffs of {world.year}"
                + (", US tariffs of 2024" if world.year == 2022 else "")
            ),
            "known_defects": defects,
            "replaced": sentences["replaced"],
            "notes": [*sentences["notes"], f"{empty} economy-sectors are empty: they neither sell nor earn"],
        },
    }
