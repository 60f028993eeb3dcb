"""What shows only where measures are laid on a world: goods that match nothing, values over what is traded, answers
in kind that cannot be made. Each is found alone, so that one fault hides no other.

The dispute file as one object: what file, command line, Python and page share.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PrivateAttr, ValidationError

from detente import __version__
from detente.data.exported import Shown
from detente.data.world import World
from detente.dispute.base_law import BaseLaw, OtherCase, digest_of, expand_base, without_base
from detente.dispute.blocks import (
    Agreement,
    DefaultSettings,
    Delegate,
    Demand,
    Estimate,
    Faction,
    Forecast,
    Milestone,
    Party,
    Question,
    RecordedOutcome,
    Response,
    SourceDocument,
    Statement,
    Worth,
)
from detente.dispute.checks import check_facts, economies_of, world_of
from detente.dispute.counted_answers import counted_answer, is_counted
from detente.dispute.demands import Block
from detente.dispute.faults import described, faults_of
from detente.dispute.list_files import expand_lists, why_no_file
from detente.dispute.loader import load_text, read_bytes
from detente.dispute.naming import read_usual_names
from detente.dispute.obligations import Obligation
from detente.dispute.printable import unprintable_faults
from detente.dispute.tree import Path_, Tree, Written, place
from detente.dispute.writer import write_yaml
from detente.errors import BadDispute, BadInput, Fault, UnknownCase, UnknownName, enumerate_names, nearest
from detente.inputs import mapping, require
from detente.policy.measure import Measure
from detente.policy.periods import Day
from detente.policy.reach import partners
from detente.policy.schedule import Schedules, TariffBook
from detente.policy.stacking_rules import StackingRule
from detente.usual_names import title as title_of

Kind = TypeVar("Kind", bound=BaseModel)


def feasibility_faults(tree: Tree, world: World) -> list[Fault]:
    """Every measure that cannot be applied by itself, then every answer in kind that cannot be made by itself.

    Entries that the schema refuses, and names that the world lacks, are left to the checks that report those.
    """
    faults: list[Fault] = []
    sound: dict[str, Measure] = {}
    as_of = tree.value.get("as_of")
    try:
        day = date.fromisoformat(str(as_of))
    except ValueError:  # the schema reports it
        day = date.min
    for path, measure in _entries(tree, "measures", Measure):
        try:
            for state in {its.written: its for its in map(measure.on_day, (day, *measure.changes))}.values():
                TariffBook(world, [state]).terms([state.id])
            sound[measure.id] = measure.taking_effect(day)
        except UnknownName:  # the check of names reports it, with the nearest one
            continue
        except BadInput as problem:
            faults.append(Fault(place(path, tree), str(problem), tree.line(path)))
    for path, response in _entries(tree, "responses", Response):
        to = sound.get(response.to)
        if to is None or not is_counted(response) or _is_of_a_stranger(tree, world, response, to):
            continue
        try:
            counted_answer(response, to, Schedules(world))
        except BadInput as problem:
            faults.append(Fault(place(path, tree), str(problem), tree.line(path)))
    return faults


def _entries(tree: Tree, block: str, model: type[Kind]) -> Iterator[tuple[Path_, Kind]]:
    """The entries of a block that the schema accepts, with their paths."""
    items: Any = tree.value.get(block)
    for position, entry in enumerate(items if isinstance(items, list | tuple) else ()):
        try:
            yield (block, position), model.model_validate(entry)
        except ValidationError:  # the schema reports it, field by field
            continue


def _is_of_a_stranger(tree: Tree, world: World, response: Response, to: Measure) -> bool:
    """Whether the answer is by somebody whom the check of sides reports: no party, or not named by the measure."""
    parties = tree.value.get("parties")
    known = isinstance(parties, dict) and response.by in parties
    named = response.by in to.on or response.by in partners(world, to) or to.on == ("all",)
    return not (known and named)


def _is_a_short_name(given: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", given):
        raise ValueError(f"{given!r} is not a short name: use small letters, digits and hyphens, such as us-china-2018")
    return given


ShortName = Annotated[str, AfterValidator(_is_a_short_name)]
"""A pydantic field: a name that can stand in a path and a command."""


SCHEMA: Final = 1
"""The version of the dispute file that is written. A change that an older reader would misread raises it."""


def _version(given: object) -> int | None:
    """The version that was given, as `1` or 1; None for anything that is no version."""
    text = str(given) if isinstance(given, int | str) else ""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def _newer(version: int) -> str:
    return (
        f"is {version}, and detente {__version__} reads files up to {SCHEMA}: install a newer detente, or rewrite the "
        f"file with the keys of {SCHEMA} (`detente schema` prints them)"
    )


def _as_version(given: object) -> int:
    """The version of a file; raises ValueError for anything that is none that this version of the package reads."""
    version = _version(given)
    if version is None:
        raise ValueError(f"{described(given)} is not a version of the dispute file: write {SCHEMA}, or leave it out")
    if version > SCHEMA:
        raise ValueError(_newer(version))
    return version


SchemaVersion = Annotated[Literal[1], BeforeValidator(_as_version)]
"""A pydantic field: a version of the dispute file that this version of the package reads."""


def newer_fault(tree: Tree) -> Fault | None:
    """The one fault of a file written for a newer version, whose other keys cannot be judged; None for any other."""
    version = _version(tree.value.get("schema"))
    return (
        Fault("schema", _newer(version), tree.line(("schema",))) if version is not None and version > SCHEMA else None
    )


class Dispute(Shown, Block):
    """A dispute: who threatens which tariffs on what and from when, who demands what by when, who said what.

    Read one with `Dispute.read` (a bundled name or a path) or `Dispute.parse` (text). Rates are fractions, money is
    USD million, economies are ISO 3166 alpha-3 codes and sectors are those of the world.
    """

    schema_version: SchemaVersion = Field(
        default=1, alias="schema", description="version of the dispute file; a file without it is of version 1"
    )
    dispute: ShortName = Field(description="small letters, digits and hyphens, such as us-china-2018")
    title: str = Field(min_length=1, description="the subject of the dispute, in one line")
    as_of: Day = Field(description="the day the file describes; no fact dated after it enters a run")
    world: str = Field(description="name of a bundled world")
    parties: dict[str, Party] = Field(min_length=1, description="the sides: economy → party")
    base: BaseLaw | None = Field(
        default=None, description="the law underneath: the measures of another case in force on a day"
    )
    measures: tuple[Measure, ...] = Field(default=(), description="tariffs in force, threatened or proposed")
    stacking: tuple[StackingRule, ...] = Field(
        default=(), description="how duties of different authorities on the same goods go together"
    )
    responses: tuple[Response, ...] = Field(default=(), description="the responses to measures, with their rules")
    obligations: tuple[Obligation, ...] = Field(
        default=(), description="what deals bind sides to beside duties: purchases, investment, measures to keep"
    )
    demands: tuple[Demand, ...] = Field(default=(), description="the demands of each side")
    values: dict[str, dict[str, Worth]] = Field(
        default={}, description="the cost or the worth of a demand for a party: party → demand → range"
    )
    factions: dict[str, tuple[Faction, ...]] = Field(default={}, description="groups at home: party → factions")
    delegations: dict[str, tuple[Delegate, ...]] = Field(default={}, description="the negotiators: party → persons")
    dates: tuple[Milestone, ...] = Field(default=(), description="future dates of the dispute")
    agreements: tuple[Agreement, ...] = Field(
        default=(), description="reported agreements, and reported failures to agree"
    )
    statements: tuple[Statement, ...] = Field(default=(), description="statements of persons")
    forecasts: tuple[Forecast, ...] = Field(default=(), description="forecasts of persons")
    outcomes: tuple[RecordedOutcome, ...] = Field(default=(), description="outcomes that have occurred")
    estimates: tuple[Estimate, ...] = Field(default=(), description="published figures to compare with")
    questions: tuple[Question, ...] = Field(default=(), description="open questions; a run needs the answers")
    settings: DefaultSettings = Field(default=DefaultSettings(), description="default settings of the computation")
    documents: dict[str, SourceDocument] = Field(default={}, description="source documents: name → document")
    notes: tuple[str, ...] = Field(
        default=(), description="omissions and simplifications of the file, with their reasons"
    )
    _written: Written = PrivateAttr(default=Written())

    @classmethod
    def read(cls, name_or_path: str | Path, *, world: World | None = None) -> Self:
        """The bundled dispute of that name, or the one in the file at that path.

        `world` is the world whose economies and sectors the names are checked against, the file's own by default.
        Raises UnknownCase where there is neither, BadDispute with every fault where the file has any.
        """
        require((str, Path), name_or_path, "the dispute to read", "give a bundled name or the path of a file")
        path = Path(name_or_path)
        if isinstance(name_or_path, str) and name_or_path in list_cases():
            return cls._from_text(_bundled(name_or_path), name_or_path, world, None, told=False)
        if not os.path.exists(path) and path.suffix not in (".yaml", ".yml") and len(path.parts) == 1:
            raise UnknownCase(str(name_or_path), list_cases())
        return cls._from_text(read_bytes(path), path.name, world, path.parent)

    @classmethod
    def parse(cls, text: str | bytes, *, document: str = "dispute", world: World | None = None) -> Self:
        """The dispute written in `text`; `document` names it in messages. Raises BadDispute with every fault."""
        require((str, bytes), text, "the text of a dispute", "give its YAML, or read a file with Dispute.read")
        return cls._from_text(text, document, world, None)

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, document: str = "dispute", world: World | None = None) -> Self:
        """The dispute in plain values, as JSON has them. Raises BadDispute with every fault."""
        return cls._from_tree(Tree(dict(mapping(values, "the values of a dispute")), {}), document, world, None)

    @classmethod
    def _from_text(
        cls, text: str | bytes, document: str, world: World | None, folder: Path | None, *, told: bool = True
    ) -> Self:
        """`told`: whether a warning says how the names of blocs are read, which a bundled case says itself."""
        return cls._from_tree(load_text(text, document), document, world, folder, told=told)

    @classmethod
    def _from_tree(
        cls, given: Tree, document: str, world: World | None, folder: Path | None, *, told: bool = True
    ) -> Self:
        newer = newer_fault(given)
        if newer is not None:
            raise BadDispute(document, [newer])
        obeyed = unprintable_faults(given)
        if obeyed:  # first and alone, so that no message repeats them
            raise BadDispute(document, obeyed)
        named = economies_of(given, world)
        tree, of_lists = expand_lists(given if named is None else read_usual_names(given, named, told=told), folder)
        alone = world_of(Tree({"world": tree.value.get("world")}, {}), world)
        tree, of_base = expand_base(tree, alone, lambda case: cls._other(case, alone, folder))
        dispute = None
        faults = [*tree.faults, *of_lists, *of_base]
        try:
            dispute = cls.model_validate(tree.value)
        except ValidationError as problem:
            lists = {fault.path.rpartition(".")[0] for fault in of_lists}
            # goods whose list could not be read have no form, which the list's own fault explains
            faults += [fault for fault in faults_of(problem, cls, tree) if fault.path not in lists]
        faults += check_facts(tree, world)
        if faults or dispute is None:
            settled = world_of(tree, world)
            faults += feasibility_faults(tree, settled) if settled is not None else []
            raise BadDispute(document, sorted(faults, key=lambda fault: fault.line or 0))
        dispute._written = Written(tree.lines, _entries_of(dispute))
        return dispute

    @classmethod
    def _other(cls, case: str, world: World | None, folder: Path | None) -> OtherCase:
        """The case whose law lies underneath: a bundled one, or a file in the folder. Raises BadInput, BadDispute."""
        if case in list_cases():
            text: bytes = _bundled(case)
        else:
            if folder is None or why_no_file(case, folder)[0] is not None:
                there = () if folder is None else sorted(path.name for path in folder.glob("*.y*ml"))
                near = nearest(case, [*list_cases(), *there])
                place = "" if folder is None else " and no file beside this one"
                remedy = f"did you mean {near}?" if near else f"there are {enumerate_names(list_cases())}"
                raise BadInput(f"{case!r} is no bundled case{place}: {remedy}")
            text = read_bytes(folder / case)
        tree = load_text(text, case)
        if tree.value.get("base") is not None:
            raise BadInput(f"{case} starts from the law of another file itself: name that one")
        law = cls._from_tree(tree, case, world, folder, told=False)
        return OtherCase(law.measures, law.stacking, law.documents, law.as_of, digest_of(tree))

    def values_as_written(self) -> dict[str, Any]:
        """Plain values as the file has them: `25%`, `150bn`, dates; defaults left out, the version first.

        Without the law of a bundled case underneath, which is read from there again; that of a file of one's own stays.
        """
        values = {"schema": self.schema_version, **self.model_dump(by_alias=True, exclude_defaults=True)}
        for measure in values.get("measures", ()):
            if len(measure["on"]) == 1:
                measure["on"] = measure["on"][0]
        return without_base(values, bundled=self.base is not None and self.base.case in list_cases())

    def to_yaml(self) -> str:
        """The canonical text, which `parse` reads back to an equal dispute."""
        return write_yaml(self.values_as_written())

    def checked(self, world: World | None = None) -> Self:
        """This dispute, after its names are found in `world`. Raises BadDispute with every fault."""
        faults = check_facts(self._tree(), world)
        if faults:
            settled = world_of(self._tree(), world)
            raise BadDispute(self.dispute, faults + (self.feasibility_faults(settled) if settled is not None else []))
        return self

    def feasibility_faults(self, world: World) -> list[Fault]:
        """Every measure and every answer that cannot be laid on `world` by itself, with its line in the file."""
        return feasibility_faults(self._tree(), world)

    def _tree(self) -> Tree:
        """The values, and their lines where the entries still are those of the file."""
        lines = self._written.lines if self._written.entries == _entries_of(self) else {}
        return Tree(self.model_dump(mode="json", by_alias=True, exclude_defaults=True), lines)

    @property
    def called(self) -> dict[str, str]:
        """The names of the parties, by code."""
        return {code: party.name for code, party in self.parties.items()}

    @property
    def own_measures(self) -> tuple[Measure, ...]:
        """The measures of the file itself, without those of the law underneath."""
        law = frozenset(() if self.base is None else self.base.measures or ())
        return tuple(measure for measure in self.measures if measure.id not in law)

    @property
    def law_known_until(self) -> date:
        """The last day on which the file knows the law: its own, or with the law of a case underneath that law's."""
        return self.as_of if self.base is None else self.base.on

    def name_of(self, code: str) -> str:
        """The name of an economy: as a party has it, else the usual one."""
        return self.called.get(code) or title_of(code)

    def measure(self, id: str) -> Measure:
        """The measure with that id; raises KeyError for any other text."""
        return {measure.id: measure for measure in self.measures}[id]


def _entries_of(dispute: Dispute) -> tuple[str, ...]:
    """The key that tells whether measures and responses are in the order of the file."""
    answers = (f"{response.by} to {response.to}" for response in dispute.responses)
    return (*(measure.id for measure in dispute.measures), *answers)


def _bundled(case: str) -> bytes:
    """The text of a bundled dispute."""
    return (files("detente.dispute") / "cases" / f"{case}.yaml").read_bytes()


def list_cases() -> tuple[str, ...]:
    """The names of the bundled disputes, sorted."""
    names = (entry.name for entry in (files("detente.dispute") / "cases").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def template() -> str:
    """The text of a dispute file to start from."""
    return (files("detente.dispute") / "template.yaml").read_text(encoding="utf-8")
