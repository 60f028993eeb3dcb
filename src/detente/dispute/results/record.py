"""What every result with tables has: plain values, JSON and back, a folder of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import pandas as pd

from detente.data.exported import Exported
from detente.dispute.results.frames import frame_from_json, frame_to_json
from detente.dispute.results.store import write_folder
from detente.dispute.results.text import from_text, to_text
from detente.dispute.settings import RunSettings
from detente.errors import BadTable


@dataclass(frozen=True, eq=False)
class Result(Exported):
    """A result with tables. Its other fields are plain values, tuples of them, or the tables named in `TABLES`.

    Attributes
    ----------
    id
        SHA-256 of the dispute, the settings, and what was asked for.
    dispute, title, names
        The dispute's short name and title, and what its parties are called.
    settings
        How the numbers were made.
    """

    KIND: ClassVar[str]
    """What it is, in a word: the name of its JSON file too."""
    FORMAT: ClassVar[int]
    """A change of its layout changes the number."""
    TABLES: ClassVar[tuple[str, ...]]
    """Its tables, in the order in which they are written."""
    APART: ClassVar[tuple[str, ...]] = ()
    """Fields that are not in the JSON."""

    id: str
    dispute: str
    title: str
    names: Mapping[str, str]
    settings: RunSettings

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: getattr(self, name) for name in self.TABLES}

    def written(self) -> dict[str, pd.DataFrame]:
        """The tables that `write` writes, by name."""
        return self.tables()

    @classmethod
    def _format(cls) -> str:
        return f"detente {cls.KIND} {cls.FORMAT}"

    @classmethod
    def _own(cls) -> list[str]:
        """The fields that are in the JSON by themselves."""
        return [f.name for f in fields(cls) if f.name not in (*cls.TABLES, *cls.APART)]

    @classmethod
    def check(cls, given: Mapping[str, Any]) -> None:
        """Raise BadTable where plain values are not what `as_dict` writes."""
        if given.get("format") != cls._format():
            found = given.get("format")
            raise BadTable(f"this is no {cls.KIND} that this version reads: format is {found!r}, not {cls._format()!r}")

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        plain = {name: getattr(self, name) for name in self._own()}
        plain |= {"settings": asdict(self.settings), "names": dict(self.names)}
        tables = {name: frame_to_json(table) for name, table in self.tables().items()}
        return {"format": self._format(), **plain, "tables": tables}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The result that `as_dict` wrote. Raises BadTable where it is something else."""
        cls.check(given)
        plain = {name: given[name] for name in cls._own()}
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        plain |= {name: frame_from_json(given["tables"][name]) for name in cls.TABLES}
        return cls(**plain | {"settings": RunSettings(**given["settings"])})

    def to_json(self) -> str:
        """All of it as JSON: the same text for the same inputs."""
        return to_text(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The result that `to_json` wrote. Raises BadTable where the text is something else."""
        return cls.from_dict(from_text(text, f"this is no {cls.KIND}"))

    def write(
        self,
        folder: str | Path,
        texts: Mapping[str, str] | None = None,
        pictures: Mapping[str, bytes] | None = None,
    ) -> Path:
        """The JSON, every table as CSV and Parquet, what else is given by path, and manifest.json, all or nothing.

        Returns the folder. Raises BadInput where it is a file or cannot be made.
        """
        about = {"id": self.id, "dispute": self.dispute, "version": self.settings.version}
        own = {f"{self.KIND}.json": self.to_json()}
        return write_folder(Path(folder), own | dict(texts or {}), self.written(), about, pictures)


@dataclass(frozen=True, eq=False)
class Record(Result):
    """A result of two sides of a dispute.

    Attributes
    ----------
    players
        The two sides.
    """

    players: tuple[str, str]
