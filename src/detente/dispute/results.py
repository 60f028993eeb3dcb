"""What every result has: plain values, tables, JSON and back, a folder that is never half written.

Tables as JSON and back: columns of numbers to the last bit, missing numbers as null.

Results as JSON text and back.

Writing results into a folder so that nothing is ever written half.

What every result with tables has: plain values, JSON and back, a folder of tables.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
import pandas as pd

from detente import __version__
from detente.data.exported import Exported
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadInput, BadTable
from detente.inputs import FloatArray


@dataclass(frozen=True)
class RunSettings:
    """How the numbers were made: world, elasticities, closure and horizon, and the version of the package.

    `theta` holds the trade elasticity of each sector of the world. `provenance` is the world's. `households` are
    counts by economy.
    """

    world: str
    world_sha256: str
    year: int | None
    elasticities: str
    theta: Mapping[str, float]
    deficits: str
    horizon: str
    version: str
    accept_defaults: bool
    households: Mapping[str, int]
    provenance: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        world: World,
        elasticities: str,
        theta: FloatArray,
        deficits: str,
        horizon: str,
        *,
        accept_defaults: bool = False,
        households: Mapping[str, int] | None = None,
    ) -> Self:
        """With this version of the package, on a world; `theta` (j,) belongs to its sectors."""
        return cls(
            world=world.name,
            world_sha256=fingerprint(world),
            year=world.year,
            elasticities=elasticities,
            theta=dict(zip(world.sectors, theta.tolist(), strict=True)),
            deficits=deficits,
            horizon=horizon,
            version=__version__,
            accept_defaults=accept_defaults,
            households=dict(households or {}),
            provenance=world.provenance.as_dict(),
        )


def fingerprint(world: World) -> str:
    """SHA-256 of a world's codes and numbers."""
    digest = hashlib.sha256(json.dumps([world.economies, world.sectors, world.year]).encode())
    for array in (world.flows, world.tariffs, world.io, world.value_added):
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()


def id_of(dispute: Dispute, settings: RunSettings, more: Mapping[str, Any] | None = None) -> str:
    """SHA-256 of everything that numbers depend on: dispute, settings, and what else was asked for."""
    inputs = {"dispute": dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True), **asdict(settings)}
    text = json.dumps({**inputs, **(more or {})}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_KINDS = {"f": "number", "i": "count", "u": "count", "b": "flag"}


def frame_to_json(frame: pd.DataFrame) -> dict[str, Any]:
    """A table as `{columns: {name: {kind, values}}}`; kind is number, count, flag or text.

    Raises BadTable for an infinite number, which JSON cannot hold.
    """
    return {str(name): _column_to_json(str(name), frame[name]) for name in frame.columns}


def _column_to_json(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    kind = _KINDS.get(column.dtype.kind, "text")
    if kind == "text":
        return {"kind": kind, "values": [None if _is_missing(value) else str(value) for value in column]}
    values = column.tolist()
    if kind == "number":
        if np.isinf(column.to_numpy()).any():
            raise BadTable(f"column {name} holds an infinite number: it cannot be written")
        values = [None if math.isnan(value) else value for value in values]
    return {"kind": kind, "values": values}


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def frame_from_json(plain: dict[str, Any]) -> pd.DataFrame:
    """The table that `frame_to_json` wrote."""
    return pd.DataFrame({name: _column_from_json(column) for name, column in plain.items()})


def _column_from_json(plain: dict[str, Any]) -> Any:
    kind, values = plain["kind"], plain["values"]
    if kind == "number":
        return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    if kind == "count":
        return np.array(values, dtype=np.int64)
    return np.array(values, dtype=bool) if kind == "flag" else pd.Series(values, dtype="str")


def to_text(plain: Mapping[str, Any]) -> str:
    """Plain values as JSON: the same text for the same values, every number to the last bit."""
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_text(text: str, otherwise: str) -> dict[str, Any]:
    """The object in a JSON text. Raises BadTable, which begins with `otherwise`, where there is none."""
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadTable(f"{otherwise}: not JSON at line {problem.lineno}: {problem.msg}") from problem
    if not isinstance(plain, dict):
        raise BadTable(f"{otherwise}: JSON holds a {type(plain).__name__}, not an object")
    return plain


MANIFEST: Final = "manifest.json"


def write_folder(
    folder: Path,
    texts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    about: Mapping[str, str],
    pictures: Mapping[str, bytes] | None = None,
) -> Path:
    """Write texts and pictures by path, and tables as `tables/NAME.csv` and `tables/NAME.parquet`, with a manifest.

    Everything is written beside `folder` first. Into a folder that exists the files are moved one by one; its manifest
    goes first and the new one comes last, so a folder with a manifest is complete. Other files there stay as they are.
    Raises BadInput where `folder` is a file or cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: name a folder to write into")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise BadInput(f"{folder} cannot be written: {problem.strerror}: name another folder") from problem
    try:
        _fill(made, texts, tables, pictures or {})
        _write_manifest(made, about)
        _move(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def table_files(table: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    """A table as files: the ending of each, and what is in it."""
    yield "csv", table.to_csv(index=False, lineterminator="\n").encode()
    yield "parquet", table.to_parquet(index=False)


def _fill(
    made: Path, texts: Mapping[str, str], tables: Mapping[str, pd.DataFrame], pictures: Mapping[str, bytes]
) -> None:
    for name, text in texts.items():
        (made / name).write_text(text, encoding="utf-8", newline="\n")
    for name, picture in pictures.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_bytes(picture)
    (made / "tables").mkdir()
    for name, table in tables.items():
        for ending, content in table_files(table):
            (made / "tables" / f"{name}.{ending}").write_bytes(content)


def _write_manifest(made: Path, about: Mapping[str, str]) -> None:
    written = sorted(path for path in made.rglob("*") if path.is_file())
    entries = {
        path.relative_to(made).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in written
    }
    text = json.dumps({**about, "files": entries}, indent=2, ensure_ascii=False)
    (made / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _move(made: Path, folder: Path) -> None:
    made.chmod(0o755)  # a temporary folder is its owner's alone, a folder of results is not
    if not folder.exists():
        made.rename(folder)
        return
    (folder / MANIFEST).unlink(missing_ok=True)
    moved = sorted((path for path in made.rglob("*") if path.is_file()), key=lambda path: path.name == MANIFEST)
    for path in moved:
        target = folder / path.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


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
