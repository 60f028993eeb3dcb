"""The base of every result: a headline, tables, charts, JSON and back, a folder that is never half written.

Tables become JSON and come back: columns of numbers to the last bit, missing numbers as null. A folder of results has
a manifest with the SHA-256 of every file; the manifest is written last, so that a folder with one is complete.

What a result says in words and draws as charts stands in its question's `report` module, above this one; a result
finds it through `detente.dispute.presenters`.
"""

from __future__ import annotations

import hashlib
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, Self

import numpy as np
import pandas as pd

from detente import __version__
from detente.data.bundled import usual_tariffs
from detente.data.exported import Exported, csv_of
from detente.data.world import World
from detente.dispute.base_law import BaseLaw
from detente.dispute.presenters import PRESENTERS, Presenter
from detente.dispute.result_folders import refuse_changed, write_folder
from detente.dispute.schema import Dispute
from detente.errors import BadTable, DetenteError, UnknownName
from detente.inputs import FloatArray, require

LAW: Final = "law"
"""In the provenance of a result: the case, the day and the digest of the law that lies under its dispute."""


@dataclass(frozen=True)
class RunSettings:
    """The settings of the numbers: world, elasticities, closure and horizon, and the version of the package.

    `theta` holds the trade elasticity of each sector of the world. `provenance` is the world's. `households` are
    counts by economy. `base_tariffs` is the rule of the base tariffs where it is not the one that the world comes with.
    `labour` holds the options that say what labour does, None where its supply is fixed and its wages clear markets.
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
    base_tariffs: str | None = None
    labour: Mapping[str, float | str] | None = None

    @property
    def on(self) -> str:
        """The world by name, with the rule of its base tariffs where it is not the usual one, and the law on it."""
        rule = "" if self.base_tariffs is None else f" with {self.base_tariffs} base tariffs"
        law = self.provenance.get(LAW)
        said = "" if law is None else f" under the law of {law['case']} on {law['on']} (digest {law['digest']})"
        return f"{self.world}{rule}{said}"

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
        law: BaseLaw | None = None,
        labour: Mapping[str, float | str] | None = None,
    ) -> Self:
        """With this version of the package, on a world; `theta` (j,) belongs to its sectors.

        `law` is that of another case, which lies under the dispute; it stands in the provenance.
        """
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
            provenance=world.provenance.as_dict() | ({} if law is None else {LAW: law.as_dict()}),
            base_tariffs=None if world.tariff_source == usual_tariffs(world) else world.tariff_source,
            labour=labour,
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
    if settings.labour is None:  # a report without it keeps its id
        del inputs["labour"]
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
    require((str, bytes), text, "the JSON of a result", "give the text that to_json wrote")
    try:
        plain = json.loads(text)
    except UnicodeDecodeError as problem:
        raise BadTable(f"{otherwise}: {problem}") from problem
    except json.JSONDecodeError as problem:
        raise BadTable(f"{otherwise}: not JSON at line {problem.lineno}: {problem.msg}") from problem
    if not isinstance(plain, dict):
        raise BadTable(f"{otherwise}: JSON holds a {type(plain).__name__}, not an object")
    return plain


class UnknownChart(UnknownName):
    """A chart that a result does not have."""

    kind = "chart"


class Result(Exported, ABC):
    """The answer to a question on a dispute: a headline, tables, charts, JSON and back, and a folder of all of it.

    `id` is the SHA-256 of the dispute, the settings, and what was asked for; `settings` say how the numbers were made.
    """

    KIND: ClassVar[str]
    """What it is, in a word: the name of its JSON file too."""
    SCHEMA: ClassVar[int]
    """The version of its JSON: a change of its layout raises the number."""
    QUESTION: ClassVar[str] = ""
    """The question that it answers, where that has another name than `KIND`."""

    id: str
    settings: RunSettings

    @property
    @abstractmethod
    def subject(self) -> Subject:
        """The dispute that it is about: its short name, its title, and what its parties are called."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""

    @classmethod
    @abstractmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The result that `as_dict` wrote. Raises BadTable where it is something else."""

    @property
    def presenter(self) -> Presenter:
        """The question that it answers, as it puts results into words."""
        return PRESENTERS[self.QUESTION or self.KIND]

    @property
    def headline(self) -> str:
        """The finding, in a sentence or a few."""
        return self.presenter.headline(self)

    def plot(self, name: str | None = None) -> Any:
        """A chart as an Altair object: by default the first, else that of the name. Raises UnknownChart."""
        figures = {figure.name: figure for figure in self.presenter.figures(self)}
        if name is None:
            name = next(iter(figures), "")
        if name not in figures:
            raise UnknownChart(name, figures)
        return figures[name].chart

    def written(self) -> dict[str, pd.DataFrame]:
        """The tables that `write` writes, by name."""
        return self.tables()

    @classmethod
    def schema(cls) -> str:
        """The kind and the version of its JSON, such as `detente findings 1`: what its key `schema` holds."""
        return f"detente {cls.KIND} {cls.SCHEMA}"

    @classmethod
    def check(cls, given: Mapping[str, Any]) -> None:
        """Raise BadTable where plain values are not what `as_dict` writes."""
        found = given.get("schema")
        if found != cls.schema():
            kind, _, number = str(found).rpartition(" ")
            if kind == f"detente {cls.KIND}" and number.isdigit() and int(number) > cls.SCHEMA:
                raise BadTable(
                    f"this {cls.KIND} has schema {found!r}, newer than {cls.schema()!r}, the newest that detente "
                    f"{__version__} reads: install a newer detente, or compute the result again"
                )
            raise BadTable(f"this is no {cls.KIND} that this version reads: schema is {found!r}, not {cls.schema()!r}")
        if not isinstance(given.get("id"), str):
            raise BadTable(f"this {cls.KIND} is damaged: its id is {given.get('id')!r}, not a text")

    def to_json(self) -> str:
        """All of it as JSON: the same text for the same inputs; `from_json` reads back every number to the last bit."""
        return to_text(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The result that `to_json` wrote. Raises BadTable where the text is something else."""
        plain = from_text(text, f"this is no {cls.KIND}")
        try:
            return cls.from_dict(plain)
        except DetenteError:
            raise
        except KeyError as problem:
            raise BadTable(f"this {cls.KIND} is damaged: it lacks {problem}") from problem
        except (TypeError, ValueError, AttributeError, IndexError) as problem:
            raise BadTable(f"this {cls.KIND} is damaged: {problem}") from problem

    @classmethod
    def from_folder(cls, folder: str | Path) -> Self:
        """The result in a folder that `write` or a report wrote, where each of its files is as it was written.

        Raises BadTable where a file of the manifest is missing or was changed, and where the folder holds something
        else. The digests find accidents; whoever changes a file and its digest is not found out.
        """
        refuse_changed(Path(folder))
        path = Path(folder) / f"{cls.KIND}.json"
        if not path.is_file():
            raise BadTable(f"{folder} holds no {path.name}: name a folder with {cls.KIND}")
        return cls.from_json(path.read_text("utf-8"))

    def files(self) -> dict[str, bytes]:
        """The files of `write`, by path: KIND.json, and every table as tables/NAME.csv and tables/NAME.parquet."""
        made = {f"{self.KIND}.json": self.to_json().encode()}
        for name, table in self.written().items():
            made[f"tables/{name}.csv"] = csv_of(table).encode()
            made[f"tables/{name}.parquet"] = table.to_parquet(index=False)
        return made

    @property
    def about(self) -> dict[str, str]:
        """The entries of a manifest on it: id, dispute, kind and version."""
        return {"id": self.id, "dispute": self.subject.dispute, "kind": self.KIND, "version": self.settings.version}

    def write(self, folder: str | Path, *, force: bool = False) -> Path:
        """`files` and manifest.json, all or nothing; returns the folder.

        Raises CannotWrite where the folder is a file, cannot be made, or, without `force`, holds anything but the same
        kind of result of the same dispute.
        """
        return write_folder(Path(folder), self.files(), self.about, force=force)


class Subject(NamedTuple):
    """A dispute as results know it: its short name, its title, and what its parties are called."""

    dispute: str
    title: str
    names: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class TableResult(Result):
    """A result whose fields are plain values, tuples of them, or the tables named in `TABLES`.

    Attributes
    ----------
    id
        SHA-256 of the dispute, the settings, and what was asked for.
    dispute, title, names
        The dispute's short name and title, and what its parties are called.
    settings
        How the numbers were made.
    """

    TABLES: ClassVar[tuple[str, ...]]
    """Its tables, in the order in which they are written."""
    APART: ClassVar[tuple[str, ...]] = ()
    """Fields that are not in the JSON."""

    id: str
    dispute: str
    title: str
    names: Mapping[str, str]
    settings: RunSettings

    @property
    def subject(self) -> Subject:
        """The dispute that it is about."""
        return Subject(self.dispute, self.title, self.names)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: getattr(self, name) for name in self.TABLES}

    @classmethod
    def _own(cls) -> list[str]:
        """The fields that are in the JSON by themselves."""
        return [f.name for f in fields(cls) if f.name not in (*cls.TABLES, *cls.APART)]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        plain = {name: getattr(self, name) for name in self._own()}
        plain |= {"settings": asdict(self.settings), "names": dict(self.names)}
        tables = {name: frame_to_json(table) for name, table in self.tables().items()}
        return {"schema": self.schema(), **plain, "tables": tables}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The result that `as_dict` wrote. Raises BadTable where it is something else."""
        cls.check(given)
        plain = {name: given[name] for name in cls._own()}
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        plain |= {name: frame_from_json(given["tables"][name]) for name in cls.TABLES}
        return cls(**plain | {"settings": RunSettings(**given["settings"])})


@dataclass(frozen=True, eq=False)
class Record(TableResult):
    """A result of two sides of a dispute.

    Attributes
    ----------
    players
        The two sides.
    """

    players: tuple[str, str]
