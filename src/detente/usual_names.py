"""The usual names of economies and blocs: one table for files, Python, the command line, the page and articles.

`UK`, `Chinese Taipei`, `KR` and `410` are names of an economy; `EU`, `ASEAN` and `NAFTA` of a bloc, whose members
depend on the day. Usual names are looked up before spelling is compared: UK is not a misspelt Ukraine. Names are
compared without case, accents of the writer's and outer blanks.

Sources: ISO 3166-1 for codes; UN, World Bank and OECD for names in use; for each bloc the treaty or depositary in
`blocs.csv`. `bloc-members.csv` has the first day of each membership, and the last where it has ended.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

TABLES: Final = Path(__file__).parent / "data" / "tables"
EVERYBODY: Final = "WORLD"
"""The bloc of all economies, which has no list of members."""
REST: Final = "ROW"
"""The economies of a world that are not told apart."""
_ALIKE: Final = 0.8
"""Similarity from which a whole name is taken for a misspelt one; of codes of three letters one letter is a third."""

_COUNT: Final = re.compile(r"(?<!\d)(\d{2})\)?\s*$")
"""The number of members at the end of a bloc's name: EU28, European Union (27). One digit is that of a fixed group."""


@dataclass(frozen=True)
class Bloc:
    """A bloc: its code, its title, and each member with the first and the last day of its membership."""

    code: str
    title: str
    spans: tuple[tuple[str, str, str], ...]

    def members(self, on: date | str, known: Collection[str] | None = None) -> tuple[str, ...]:
        """ISO 3166 codes of the members on a day, in alphabetical order; of those in `known` where it is given."""
        day = str(on)
        found = sorted(code for code, since, until in self.spans if since <= day and (not until or day <= until))
        return tuple(code for code in found if known is None or code in known)

    def day_of(self, name: str, on: date | str) -> str:
        """The day whose members a name stands for: `on`, unless the name says how many they are and they were not.

        Then the day nearest to it on which they were so many: EU27 of 2018 is the union without the United Kingdom.
        """
        said = _COUNT.search(name[:200])
        count, day = int(said[1]) if said else 0, str(on)
        if not count or len(self.members(day)) == count:
            return day
        changes = {date.fromisoformat(each) for span in self.spans for each in span[1:] if each}
        near = sorted(change + timedelta(days=step) for change in changes for step in (-1, 0, 1))
        fitting = [each for each in near if len(self.members(each)) == count]
        return str(min(fitting, key=lambda each: abs(each - date.fromisoformat(day)), default=day))


def economy_called(name: str) -> str | None:
    """The ISO 3166 code (or ROW) of the economy of a usual name; None for what is the name of none."""
    return _economies().get(_plain(name))


def bloc_called(name: str) -> Bloc | None:
    """The bloc of a usual name; None for what is the name of none."""
    return _blocs().get(_plain(name))


def members_of(bloc: str, on: date | str) -> tuple[str, ...]:
    """ISO 3166 codes of the members of a bloc, by its code, on a day; none for a bloc that is not in the table."""
    found = bloc_called(bloc)
    return found.members(on) if found else ()


def as_known(name: str, known: Collection[str]) -> str:
    """The code among `known` that a name stands for: itself, or its economy's or bloc's; else the name unchanged."""
    if name in known:
        return name
    economy, bloc = economy_called(name), bloc_called(name)
    codes = [economy, bloc.code if bloc else None]
    return next((code for code in codes if code is not None and code in known), name)


def hint(name: str, known: Sequence[str]) -> tuple[str | None, str]:
    """The known code that an unknown name may stand for, and a sentence for the user; the sentence may be empty.

    Usual names come first, then a bloc, then a name or code that is spelled almost so. A code like several is asked.
    """
    economy, bloc = economy_called(name), bloc_called(name)
    if economy is not None:
        absent = "" if economy == name else _absent(economy, known)  # who writes the code knows whose it is
        return (economy, "") if economy in known else (None, absent)
    if bloc is not None and bloc.code == EVERYBODY:
        return None, f"{name} is every economy: write all"
    if bloc is not None:
        return None, f"{name} is a bloc, {bloc.title}: make it a party with members, or name its members"
    spelled = get_close_matches(_plain(name), _economies(), n=1, cutoff=_ALIKE) if len(name) > 3 else []
    if spelled and (code := _economies()[spelled[0]]) in known:
        return code, ""
    found = _alike(name, known)
    if len(found) == 1:
        return found[0], ""
    return None, f"is it {', '.join(f'{code} ({title(code)})' for code in found)}?" if found else ""


def _alike(name: str, known: Sequence[str]) -> list[str]:
    """The known codes that may be meant: of those spelled almost so the ones with the same two first letters."""
    by_fold = {code.casefold(): code for code in known}
    alike = get_close_matches(name[:200].casefold(), by_fold, n=4, cutoff=0.6)
    begin = [fold for fold in alike if fold[:2] == name[:2].casefold()] or [
        a for a in alike if a[0] == name[:1].casefold()
    ]
    return sorted(by_fold[fold] for fold in begin)


def title(code: str) -> str:
    """The usual name of an economy or a bloc; the code itself where there is none."""
    bloc = next((bloc for bloc in _blocs().values() if bloc.code == code), None)
    return bloc.title if bloc else _titles().get(code, code)


def _absent(economy: str, known: Collection[str]) -> str:
    where = f"; it is part of {REST}" if REST in known else ""
    return f"{economy} ({title(economy)}) has no accounts of its own here{where}"


def _plain(name: str) -> str:
    """A name without case, accents, and blanks around or doubled; at most as long as any name is."""
    marks = unicodedata.normalize("NFKD", name[:200].replace("’", "'"))
    return " ".join("".join(mark for mark in marks if not unicodedata.combining(mark)).casefold().split())


def _rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _economies() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _rows("economy-names"):
        for name in (row["code"], row["iso2"], row["numeric"], row["numeric"].lstrip("0"), *row["names"].split("|")):
            if name:
                found[_plain(name)] = row["code"]
    return found


@cache
def _titles() -> dict[str, str]:
    return {row["code"]: row["names"].split("|")[0] for row in _rows("economy-names")}


@cache
def _blocs() -> dict[str, Bloc]:
    spans: dict[str, list[tuple[str, str, str]]] = {}
    for row in _rows("bloc-members"):
        spans.setdefault(row["bloc"], []).append((row["member"], row["from"], row["until"]))
    found: dict[str, Bloc] = {}
    for row in _rows("blocs"):
        bloc = Bloc(row["code"], row["title"], tuple(spans.get(row["code"], ())))
        found |= {_plain(name): bloc for name in (row["code"], row["title"], *row["names"].split("|")) if name}
    return found
