"""Derives the product lists of the US tariff acts of 2025 and 2026, and of the answers to them, the same every time.

    python tools/build_acts.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/policy`: us-2025-lists.parquet (list, code: each list under a name of its own, its codes as the act
writes them). A measure of a dispute file names one as `goods: {list: us-2025/steel}`. Codes that the acts name in
their text, and no published list holds, stand here; docs/decisions/0090-us-2025.md says why each list is as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from building import DATA, from_command_line, write_all

NAME = "us-2025-lists.parquet"
AUGUST = "2025-08-18"
"""The day of the second widening of the derivatives of metals, BIS notice of 2025-08-19."""

STEEL = (*(str(heading) for heading in range(7206, 7230)),)
STEEL_ARTICLES = ("730110", "730210", "730240", "730290", "7304", "7305", "7306")
ALUMINIUM = ("7601", "7604", "7605", "7606", "7607", "7608", "7609", "7616995160", "7616995170")
"""What Proclamations 9705, 9704, 10896 and 10895 name in their text beside their annexes of derivatives."""
CANS_AND_BEER = ("22030000", "76129010")
STEEL_JUNE_2025 = (
    "84181000", "84183000", "84184000", "84221100", "84501100", "84502000", "84512100", "84512900", "85166040",
    "85098020", "9403999020",
)  # fmt: skip
"""BIS notice of 2025-06-12, steel derivatives from 2025-06-23."""
TIMBER = (
    "44031100", "44032101", "44032201", "44032301", "44032401", "44032501", "44032601", "44039901", "44061100",
    "44069100", "44071100", "44071200", "44071300", "44071400", "44071900",
)  # fmt: skip
UPHOLSTERY = ("9401614011", "9401614031", "9401616011", "9401616031")
CABINETS = ("9403409060", "9403608093", "9403910080")
"""Proclamation 10976, notes 37(b) to (d)."""
TRUCKS = (
    "87012100", "87012200", "87012300", "87012400", "87012900", "87041010", "87041050", "87042211", "87042251",
    "87042301", "87043201", "87044200", "87044300", "87045200", "87046000", "87049001", "87054000", "8705900080",
    "87060003", "8706000520", "8706000575", "87060025", "87060050", "87091100", "87091900",
)  # fmt: skip
BUSES = ("8702",)
"""Proclamation 10984, note 38."""
RETURNED = "98"
"""The chapter of returned and repaired goods, which acts on all goods leave out."""
BULLION = ("7108",)
"""Executive Order 14257 frees bullion in its text."""
BRAZIL_FARM = ("33011200", "33019050", "31042000", "31043000", "31049001")
"""The order of 2025-11-20 frees these beside the farm goods of Executive Order 14360."""
FAULTS = ("71229000", "94969001", "86122020", "86122040", "882721")
"""Codes of published lists that no edition has, probably misprints. They are left out, and nothing is put in their
place: the goods that the last three may mean are in another list of the same act."""
COMPUTERS = "8471"
"""Car parts by end use alone: the heading is not taken whole."""
AIRCRAFT = ("8801", "8802", "8804", "8805", "8806", "8807", "84111", "84112", "84119110", "84119190", "84119910")
"""Aircraft, their parts, and the engines of aircraft among the codes that are free by end use."""
COPPER_1B = ("85444210", "85444220", "85444910")
"""Goods of copper on annex I-B of the proclamation of 2026-04-02."""
RATES_301 = {
    "301-lists-1-2": ("9903.88.01", "9903.88.02"),
    "301-list-3": ("9903.88.03", "9903.88.04"),
    "301-list-4a": ("9903.88.15",),
    "301-2024-25": ("9903.91.01", "9903.92.10"),
    "301-2024-50": ("9903.91.02",),
    "301-2024-100": ("9903.91.03",),
    "301-2025-25": ("9903.91.11",),
    "301-2025-50": ("9903.91.05",),
    "301-2026-25": ("9903.91.06",),
    "301-2026-50": ("9903.91.07",),
    "301-2026-100": ("9903.91.08",),
}
"""Headings of Section 301 on China by the rate and the day of their duty."""


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """The one derived table by the name of its file: list, code (text), in the order of the lists' names."""
    folder = shared / "data" / "us-2025" / "lists"
    found: dict[str, list[str]] = {}
    for part in (metals, vehicles, wood_and_chips, metals_of_2026, ieepa, section_301, other_authorities, answers):
        found.update(part(folder))
    rows = [(name, code) for name in sorted(found) for code in sorted({*found[name]} - {*FAULTS})]
    table = pd.DataFrame(rows, columns=["list", "code"])
    return {NAME: table.astype({"list": "category"})}


def codes(folder: Path, name: str, **where: str) -> list[str]:
    """The codes of a published list, of the rows where each column has its value; its first column has the codes."""
    table = pd.read_csv(folder / name, dtype=str)
    for column, value in where.items():
        table = table[table[column] == value]
    return [code.strip() for code in table.iloc[:, 0]]


def plain(folder: Path, name: str) -> list[str]:
    """The codes of a list without a header."""
    return (folder / name).read_text(encoding="utf-8").split()


def within(listed: Iterable[str], chapters: Iterable[str]) -> list[str]:
    """The codes that begin with one of these digits."""
    starts = tuple(chapters)
    return [code for code in listed if code.startswith(starts)]


def outside(listed: Iterable[str], others: Iterable[str]) -> list[str]:
    """The codes that neither stand among others nor begin with one of them."""
    starts = tuple(others)
    return [code for code in listed if not code.startswith(starts)]


def metals(folder: Path) -> dict[str, list[str]]:
    """Section 232 on metals until 2026-04-05: on the whole value, and on the metal in derivatives, by day."""
    steel, aluminium = codes(folder, "s232-steel.csv"), codes(folder, "s232-aluminium.csv")
    august = "yale-s232-derivative-products.csv"
    return {
        "steel": list(STEEL),
        "steel-2018": list(STEEL_ARTICLES),
        "steel-articles": [*STEEL_ARTICLES, *within(steel, ["73"])],
        "steel-derivatives": outside(steel, ["73"]),
        "steel-derivatives-2025-06-23": list(STEEL_JUNE_2025),
        "steel-derivatives-2025-08-18": outside(
            codes(folder, august, derivative_type="steel", effective_date=AUGUST),
            [*steel, *STEEL_JUNE_2025, *STEEL_ARTICLES],
        ),
        "aluminium": list(ALUMINIUM),
        "aluminium-articles": within(aluminium, ["76"]),
        "aluminium-derivatives": outside(aluminium, ["76"]),
        "aluminium-cans-and-beer": list(CANS_AND_BEER),
        "aluminium-derivatives-2025-08-18": outside(
            codes(folder, august, derivative_type="aluminum", effective_date=AUGUST),
            [*aluminium, *ALUMINIUM, *CANS_AND_BEER],
        ),
        "copper": codes(folder, "s232-copper.csv"),
    }


def vehicles(folder: Path) -> dict[str, list[str]]:
    """Section 232 on cars, trucks and their parts."""
    cars = codes(folder, "s232-autos.csv")
    parts = [*outside(cars, ["8703", "8704"]), *plain(folder, "yale-s232-auto-parts.txt")]
    return {
        "cars": within(cars, ["8703", "8704"]),
        "car-parts": [code for code in parts if code != COMPUTERS],
        "trucks": list(TRUCKS),
        "truck-parts": plain(folder, "yale-s232-mhd-parts.txt"),
        "buses": list(BUSES),
    }


def wood_and_chips(folder: Path) -> dict[str, list[str]]:
    """Section 232 on timber, furniture and semiconductors."""
    return {
        "timber": list(TIMBER),
        "upholstery": list(UPHOLSTERY),
        "cabinets": list(CABINETS),
        "semiconductors": codes(folder, "yale-s232-semi-products.csv"),
    }


def metals_of_2026(folder: Path) -> dict[str, list[str]]:
    """Section 232 on metals from 2026-04-06, each annex by its metal where rates differ by it."""
    core, derivatives = codes(folder, "s232-metals-annex-1a.csv"), codes(folder, "s232-metals-annex-1b.csv")
    return {
        "metals-1a-steel": within(core, ["72", "73"]),
        "metals-1a-aluminium": within(core, ["76"]),
        "metals-1a-copper": outside(core, ["72", "73", "76"]),
        "metals-1b-steel-aluminium": outside(derivatives, COPPER_1B),
        "metals-1b-copper": within(derivatives, COPPER_1B),
        "metals-3": codes(folder, "s232-metals-annex-3.csv"),
    }


def ieepa(folder: Path) -> dict[str, list[str]]:
    """Goods free of the duties under IEEPA, by the order that frees them and the partner."""
    floors = "yale-floor-exempt-products.csv"
    energy = "yale-fentanyl-carveout-products.csv"
    electronics = codes(folder, "ieepa-exempt-electronics-2025-04-11.csv")
    farm = codes(folder, "ieepa-exempt-annex-2-2025-11-14.csv")
    medicines = {*codes(folder, floors, category="pharma", country_group="eu")}
    resources = {*codes(folder, floors, category="ptaap", country_group="eu")}
    swiss = {*codes(folder, floors, category="ptaap", country_group="swiss")}
    return {
        "ieepa-exempt": [*codes(folder, "ieepa-exempt-annex-2.csv"), *electronics, *BULLION, RETURNED],
        "ieepa-exempt-2025-11-13": [*farm, *electronics, *BULLION, RETURNED],
        "aircraft": [*aircraft(codes(folder, floors, category="civil_aircraft", country_group="eu"))],
        "eu-medicines-and-resources": [*medicines, *resources, *codes(folder, floors, category="particular")],
        "swiss-medicines-and-resources": [*medicines, *swiss],
        "energy-canada": codes(folder, energy, category="energy_ca"),
        "returned-goods": [RETURNED],
        "potash": codes(folder, energy, category="potash_ca"),
        "brazil-exempt": [
            RETURNED,
            *codes(folder, "ieepa-brazil-exempt-other.csv"),
            *aircraft(codes(folder, "ieepa-brazil-exempt-aircraft.csv")),
        ],
        "brazil-farm-exempt": [*farm, *BRAZIL_FARM],
    }


def aircraft(listed: Iterable[str]) -> list[str]:
    """Of codes that are free when they are for civil aircraft, those of aircraft proper."""
    return within(listed, AIRCRAFT)


def section_301(folder: Path) -> dict[str, list[str]]:
    """Section 301 on China by rate and day; a line is in the first of lists 1, 2, 3, 4A, 4B that has it.

    A line of the review of 2024 has its rate in place of the list's.
    """
    table = pd.read_csv(folder / "yale-s301-product-lists.csv", dtype=str)
    first = table[table["ch99_code"].str.startswith("9903.88")].drop_duplicates("hts8")
    later = table[~table["ch99_code"].str.startswith("9903.88")]
    rows = pd.concat([first, later])
    return {name: list(rows.loc[rows["ch99_code"].isin(its), "hts8"]) for name, its in RATES_301.items()}


def other_authorities(folder: Path) -> dict[str, list[str]]:
    """Goods free of Section 122, of the new acts of Section 301, and those under Section 338."""
    brazil, air = "s301-brazil-exempt.csv", "s338-canada-exempt-aircraft.csv"
    free = [code for kind in ("flat", "named", "pharma") for code in codes(folder, brazil, category=kind)]
    return {
        "s122-exempt": [
            RETURNED,
            *codes(folder, "s122-exempt-products.csv"),
            *aircraft(codes(folder, "s122-exempt-aircraft.csv")),
        ],
        "s301-exempt": [RETURNED, *free, *aircraft(codes(folder, brazil, category="aircraft"))],
        "s338-canada": [
            code for what in ("alcohol", "dairy", "autos") for code in codes(folder, f"s338-canada-{what}.csv")
        ],
        "s338-canada-exempt": aircraft(codes(folder, air)),
    }


def answers(folder: Path) -> dict[str, list[str]]:
    """Lists of Canada and China, codes of six digits; Canada's second by metal, since its parts ended apart."""
    second = codes(folder, "canada-steel-on-us-2025-03-13.csv")
    return {
        "canada-1": codes(folder, "canada-on-us-2025-03-04.csv"),
        "canada-2-steel": within(second, ["72", "73"]),
        "canada-2-aluminium": within(second, ["76"]),
        "canada-2-other": outside(second, ["72", "73", "76"]),
        "china-1-15": codes(folder, "china-15-on-us-2025-03-10.csv"),
        "china-1-10": codes(folder, "china-10-on-us-2025-03-10.csv"),
    }


if __name__ == "__main__":
    from_command_line(__doc__, DATA / "policy", lambda shared, out: write_all(build(shared), out))
