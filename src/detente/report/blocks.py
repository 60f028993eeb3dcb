"""The parts of a report before it is HTML, Markdown or lines on a terminal; and numbers out of tables, by name.

A terminal shows the answer and what a reader needs at once. What is marked `detail` stands in a written report alone:
long explanations, further tables, and what is said for the record.

Results of several questions can stand in one report: whether they go together, what each says first, what it says of
the first, and its sections, are put together here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple

import pandas as pd

from detente.dispute.results import Result, to_text
from detente.errors import BadInput
from detente.report.facts import edited


def number(table: pd.DataFrame, row: str, column: str) -> float:
    """The number in a row of the table's index; raises KeyError where the row or column is not there."""
    return float(table[column].to_dict()[row])


def rows_of(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a table, each as its values by column."""
    return (dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None))


def pair_of(table: pd.DataFrame, importer: str, exporter: str) -> pd.DataFrame:
    """The rows of one importer and one exporter."""
    return table[(table["importer"] == importer) & (table["exporter"] == exporter)]


@dataclass(frozen=True)
class Text:
    """A paragraph; with `detail`, of a written report alone."""

    text: str
    detail: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Bullets:
    """A list of short texts; with `detail`, of a written report alone."""

    items: tuple[str, ...]
    detail: bool = False
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Code:
    """Lines to type, in a written report alone."""

    language: str
    text: str
    detail: ClassVar[bool] = True
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Row:
    """One row of a table; `heading` rows name the rows below them and have one cell.

    The row that a headline is about is `strong`. Rows of a written report alone are `detail`.
    """

    cells: tuple[str, ...]
    heading: bool = False
    strong: bool = False
    detail: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a head; first names, then numbers unless `words`. `stamp` is how they were made.

    With `detail` it stands in a written report alone. Rates of a column in `shaded` are drawn on a terminal as shades.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    stamp: str = ""
    words: bool = False
    detail: bool = False
    shaded: tuple[str, ...] = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Figure:
    """A chart, what it is called as a file, and what it shows in words for who cannot see it.

    `draw` makes the chart when somebody looks at it: an Altair object. A terminal has none.
    """

    name: str
    draw: Callable[[], Any] = field(compare=False, repr=False)
    alt: str
    detail: ClassVar[bool] = True
    kind: ClassVar[str] = "figure"

    @cached_property
    def chart(self) -> Any:
        """The chart, drawn once."""
        return self.draw()


Block = Text | Bullets | Code | Table | Figure


def plain(block: Block) -> dict[str, Any]:
    """A block as plain values for JSON; of a figure its name and its words, since the chart is drawn apart."""
    if isinstance(block, Figure):
        return {"kind": block.kind, "name": block.name, "alt": block.alt}
    return {"kind": block.kind, **asdict(block)}


def anchor(title: str) -> str:
    """A name for links to the section of that title."""
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. `box` sets it apart; `inner` puts it under the last that is not.

    With `detail` all of it is of a written report alone.
    """

    title: str
    blocks: tuple[Block, ...]
    box: bool = False
    inner: bool = False
    detail: bool = False

    @property
    def anchor(self) -> str:
        """A name for links to the section."""
        return anchor(self.title)


@dataclass(frozen=True)
class Brief:
    """The finding of one part of a report, in a sentence, and the title of its section."""

    title: str
    text: str

    @property
    def anchor(self) -> str:
        """The name of that section for links."""
        return anchor(self.title)


@dataclass(frozen=True)
class Document:
    """A report: its title, the headline, what the headline rests on without a source, and its sections.

    `briefs` follow the headline, one for each part that is more than a run; then `reconciled`, the sentences that say
    why findings which a reader could take for contradictions are not.
    """

    title: str
    about: str
    headline: str
    caveats: tuple[str, ...]
    sections: tuple[Section, ...]
    id: str
    version: str
    briefs: tuple[Brief, ...] = ()
    reconciled: tuple[str, ...] = ()

    @property
    def contents(self) -> list[tuple[Section, list[Section]]]:
        """Sections, each with those under it."""
        found: list[tuple[Section, list[Section]]] = []
        for section in self.sections:
            if section.inner and found:
                found[-1][1].append(section)
            else:
                found.append((section, []))
        return found

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in order."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Figure))


SETTINGS: Final = ("world", "world_sha256", "elasticities", "theta", "deficits", "version")
"""Settings in which results of one report agree. Workers may move in one and stay in another."""


class Qualification(NamedTuple):
    """The statement of a result on another: a sentence after its headline, and a section of its report.

    `command` are the words that `detente run` takes to make it too, and `python` the lines; empty where there are none.
    """

    said: str
    section: Section
    command: tuple[str, ...] = ()
    python: str = ""


def qualifications(first: Result, beside: Sequence[Result]) -> tuple[list[Qualification], list[Result]]:
    """The statements of further results on the first, and the results that stand for themselves.

    Raises BadInput where a result is of another one than the first.
    """
    found, others = [], []
    for result in beside:
        its = result.presenter.qualify(result, first)
        if its is None:
            others.append(result)
        else:
            found.append(its)
    return found, others


def json_together(first: Result, beside: Sequence[Result]) -> str:
    """The first result as JSON, with each other under its kind. Raises BadInput where they do not go together."""
    check_together(first, qualifications(first, beside)[1])
    return to_text({**first.as_dict(), **{result.KIND: result.as_dict() for result in beside}})


def check_together(first: Result, beside: Sequence[Result]) -> None:
    """Refuse results whose numbers must not stand in one report.

    Raises BadInput where two are of a kind, one is of another dispute, or its numbers were made in another way.
    """
    kinds = [result.KIND for result in (first, *beside)]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise BadInput(f"there are two results of the kind {kind}: a report has one of each")
    for result in beside:
        dispute, its = first.subject.dispute, result.subject.dispute
        if its != dispute:
            raise BadInput(f"the {result.KIND} is of {its}, the {first.KIND} are of {dispute}")
        for name in SETTINGS:
            ours, theirs = getattr(first.settings, name), getattr(result.settings, name)
            if ours != theirs:
                raise BadInput(
                    f"the {result.KIND} was found with another {name} than the {first.KIND} ({theirs}, not {ours}): "
                    "find both alike"
                )


def story_of(first: Result, beside: Sequence[Result]) -> tuple[tuple[Brief, ...], tuple[str, ...]]:
    """The finding of each further result in a sentence, and the sentences that reconcile the findings of all.

    What hangs on a choice comes last; a result whose facts deny those of one before it has no sentence here.
    """
    story = edited([fact for result in (first, *beside) for fact in result.presenter.facts(result)])
    out = {fact.question for fact in story.left_out}
    last = {fact.question for fact in story.told if fact.chosen}
    kept = [result.presenter for result in sorted(beside, key=lambda result: result.presenter.name in last)]
    by = {result.presenter.name: result for result in beside}
    return tuple(Brief(its.heading, its.brief(by[its.name])) for its in kept if its.name not in out), story.reconciled


def caveats_of(beside: Sequence[Result]) -> tuple[str, ...]:
    """The assumptions without a source in the findings of results."""
    return tuple(text for result in beside for text in result.presenter.caveats(result))


def sections_of(beside: Sequence[Result]) -> tuple[Section, ...]:
    """Each result as a chapter: its headline under its heading, and its sections below that."""
    found: list[Section] = []
    for result in beside:
        found.append(Section(result.presenter.heading, (Text(result.headline),), detail=True))
        found += [replace(section, inner=True, detail=True) for section in result.presenter.sections(result)]
    return tuple(found)
