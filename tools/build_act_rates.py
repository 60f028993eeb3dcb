"""Derives the rates by partner of the US acts of 2025 and 2026 whose duty depends on whose goods they are.

    python tools/build_act_rates.py [--shared DIR] [--out DIR]

The shared folder is found through DETENTE_SHARED (default `../shared` beside the repository). What is written, under
`src/detente/data/policy`: us-reciprocal-2025.csv (the reciprocal duty of Executive Order 14257 and the orders that
changed it) and us-labour-2026.csv (Section 301 on forced labour): date, economy, add (a fraction), instrument.
The tariff schedule wins over the lists; docs/decisions/0090-us-2025.md names where they differ.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from building import DATA, from_command_line, write_all
from detente.usual_names import economy_called, members_of

UNION = "EUN"
GENERAL = 10.0
"""Percent: the duty on partners without a rate of their own."""
WITHOUT = ("CAN", "MEX", "RUS", "BLR", "CUB", "PRK", "USA")
"""Partners that Executive Order 14257 leaves out, and the United States."""
SINO = ("CHN", "HKG", "MAC")
NAMES = {"Côte d`Ivoire": "CIV", "Myanmar (Burma)": "MMR", "Falkland Islands": "FLK", "European Union": "EUN"}
"""Names of the lists that are in no table of usual names."""
ONE_POINT_LOWER = (
    "BIH", "BWA", "CMR", "FLK", "IND", "MWI", "MMR", "NIC", "NOR", "PAK", "PHL", "SRB", "ZAF", "KOR", "CHE", "THA",
    "VUT",
)  # fmt: skip
"""Rates of April 2025 that stand one point above the tariff schedule in the list."""
FLOORS = {"2025-08-07": ("EUN", "JPN"), "2025-11-14": ("KOR", "CHE", "LIE")}
"""From when the duty of a partner is a floor, which is a measure of its own."""
DAYS = {
    "2025-04-05": "EO 14257", "2025-04-09": "EO 14257 Annex I; EO 14259", "2025-04-10": "EO 14266",
    "2025-05-14": "EO 14298", "2025-08-07": "EO 14326", "2025-11-14": "EO 14326; 90 FR 55964; notice of 2025-12-18",
}  # fmt: skip
CHINA = {"2025-04-05": 10.0, "2025-04-09": 84.0, "2025-04-10": 125.0, "2025-05-14": 10.0}
LABOUR_10 = (
    "ARG", "BGD", "KHM", "CAN", "ECU", "SLV", "GTM", "HND", "IND", "IDN", "MYS", "MEX", "PAK", "LKA", "TTO", "GBR",
)  # fmt: skip
LABOUR_FLOORS = ("EUN", "TWN", "JPN", "KOR", "CHE")
LABOUR_GENERAL, LABOUR_LOW = 12.5, 10.0


def build(shared: Path) -> dict[str, pd.DataFrame]:
    """Both derived tables by the names of their files."""
    partners = pd.read_csv(shared / "data" / "us-2025" / "partners.csv", dtype={"census_code": str})
    imports = partners.assign(iso3=partners["iso3"].replace("SVK", UNION)).groupby("iso3")["imports"].sum()
    return {"us-reciprocal-2025.csv": reciprocal(shared, imports), "us-labour-2026.csv": labour(imports)}


def reciprocal(shared: Path, imports: pd.Series[float]) -> pd.DataFrame:
    """The reciprocal duty on each day on which it changed."""
    april, august = _listed(shared, "2025-04"), _listed(shared, "2025-08-07")
    april.update({name: april[name] - 1.0 for name in ONE_POINT_LOWER})
    named = {"2025-04-09": april, "2025-08-07": august, "2025-11-14": august}
    union = members_of(UNION, min(DAYS))
    everybody = sorted({*_worlds(), *imports.index, *april, *august, *SINO} - {*WITHOUT, *union, "ROW"})
    rows = []
    for day, instrument in DAYS.items():
        rates = {name: named.get(day, {}).get(name, GENERAL) for name in everybody}
        china = [rate for since, rate in CHINA.items() if since <= day][-1]
        rates.update(dict.fromkeys(SINO, china))
        rates.update({name: 0.0 for since, names in FLOORS.items() if since <= day for name in names})
        rows += _rows(day, rates, imports, instrument)
    return pd.DataFrame(rows, columns=["date", "economy", "add", "instrument"])


def labour(imports: pd.Series[float]) -> pd.DataFrame:
    """Section 301 on forced labour: partners of the records, those with a floor apart."""
    rates = {name: LABOUR_LOW if name in LABOUR_10 else LABOUR_GENERAL for name in imports.index}
    rates.update(dict.fromkeys(LABOUR_FLOORS, 0.0))
    rows = _rows("2026-07-24", rates, imports, "USTR notice of 2026-07-23")
    return pd.DataFrame(rows, columns=["date", "economy", "add", "instrument"])


def _rows(
    day: str, rates: dict[str, float], imports: pd.Series[float], instrument: str
) -> list[tuple[str, str, float, str]]:
    """One row an economy; the rest of the world has the mean of the partners of no world, by what they sell."""
    rest = imports[[name for name in imports.index if name not in {*_worlds(), UNION}]]
    mean = sum(rates.get(name, 0.0) * sold for name, sold in rest.items()) / rest.sum()
    return [(day, name, round(rate / 100, 6), instrument) for name, rate in sorted({**rates, "ROW": mean}.items())]


def _listed(shared: Path, day: str) -> dict[str, float]:
    """Economy → percent, as the list of a day has it."""
    table = pd.read_csv(shared / "data" / "us-2025" / "lists" / f"ieepa-country-rates-{day}.csv", dtype=str)
    names = {name.casefold(): code for name, code in NAMES.items()}
    codes = [names.get(name.casefold()) or economy_called(name) for name in table.iloc[:, 0]]
    unknown = [name for name, code in zip(table.iloc[:, 0], codes, strict=True) if code is None]
    if unknown:
        raise SystemExit(f"no economy for the partners {unknown}: add them to NAMES")
    return {str(code): float(rate) for code, rate in zip(codes, table.iloc[:, 1], strict=True)}


def _worlds() -> set[str]:
    """The economies of the bundled worlds."""
    return set(pd.read_csv(DATA / "tables" / "economies.csv", dtype=str)["code"])


if __name__ == "__main__":
    from_command_line(__doc__, DATA / "policy", lambda shared, out: write_all(build(shared), out))
