"""A result with tables: as JSON and back to the last bit, and as a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import pandas as pd

from detente.dispute.exported import Exported
from detente.dispute.frames import frame_from_json, frame_to_json
from detente.dispute.settings import RunSettings
from detente.dispute.store import write_folder
from detente.errors import BadTable


@dataclass(frozen=True, eq=False)
class Result(Exported):
    """What every result of two sides says of itself; its tables are the fields that `TABLES` names.

    `id` is the SHA-256 of the dispute, the settings, and what was asked for; `residual` the largest gap of any audit.
    """

    KIND: ClassVar[str]
    """What the file says it is, with its version; a change of its layout changes the number."""
    FILE: ClassVar[str]
    TABLES: ClassVar[tuple[str, ...]]

    id: str
    dispute: str
    title: str
    names: Mapping[str, str]
    settings: RunSettings
    players: tuple[str, str]
    notes: tuple[str, ...]
    residual: float

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: getattr(self, name) for name in self.TABLES}

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in self.TABLES}
        plain |= {"settings": asdict(self.settings), "names": dict(self.names)}
        return {"format": self.KIND, **plain, "tables": {n: frame_to_json(table) for n, table in self.tables().items()}}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The result that `as_dict` wrote. Raises BadTable where it is something else."""
        if given.get("format") != cls.KIND:
            raise BadTable(f"format is {given.get('format')!r}, not {cls.KIND!r}, which this version reads")
        plain = {f.name: given[f.name] for f in fields(cls) if f.name not in cls.TABLES}
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        plain["settings"] = RunSettings(**given["settings"])
        return cls(**plain | {name: frame_from_json(given["tables"][name]) for name in cls.TABLES})

    def to_json(self) -> str:
        """All of it as JSON: the same text for the same inputs."""
        return json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The result that `to_json` wrote. Raises BadTable where the text is something else."""
        try:
            plain = json.loads(text)
        except json.JSONDecodeError as problem:
            raise BadTable(f"this is no {cls.KIND}: not JSON at line {problem.lineno}: {problem.msg}") from problem
        if not isinstance(plain, dict):
            raise BadTable(f"this is no {cls.KIND}: JSON holds a {type(plain).__name__}, not an object")
        return cls.from_dict(plain)

    def write(self, folder: str | Path) -> Path:
        """The result as JSON, every table as CSV and Parquet, and manifest.json, all or nothing. Returns the folder."""
        about = {"id": self.id, "dispute": self.dispute, "version": self.settings.version}
        return write_folder(Path(folder), {self.FILE: self.to_json()}, self.tables(), about)
