"""One entry of the registry: the description of a question from which every interface and the report are made.

An entry is light: it loads nothing but the standard library, and enters itself among those who put results into words
(`detente.dispute.presenters`). What a question needs to be answered is found by convention in the modules of its
folder, and is loaded when it is first used:

    options.py   `{Name}Options`, the pydantic model of every option
    compute.py   `compute(session, options, progress)` → result
    result.py    the class of the result, and `numbers(result)`, its numbers by key, which bands draw
    batch.py     `states(session)`, where an ensemble solves its draws together
    report.py    `document`, `sections`, `headline`, `brief`, `figures`, and, where it has any, `caveats` and `qualify`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from detente.dispute.presenters import PRESENTERS

if TYPE_CHECKING:
    from detente.dispute.schema import Dispute

Need = Literal["demands", "threats"]
"""A block of a dispute file that a question cannot do without."""


@dataclass(frozen=True)
class Analysis:
    """One question: what it is called at every door, what it takes, and where its parts are.

    Attributes
    ----------
    name
        In a word: the command, the kind of run of the API, and the name of its folder.
    package
        The package that holds its modules: `__name__` of the folder's `__init__`.
    door
        The function of `detente` that answers it.
    title, tab, offer
        On the page: the question; its tab on the page of a run; what the tab says before the answer is computed.
    heading
        Over its sections in the report of a run; empty where it stands in none.
    summary, description
        Of the command: one line, and a paragraph.
    record
        The class of the result in result.py; by default the name, capitalised.
    sides
        The number of parties that a dispute must have; None for any.
    needs
        Blocks of the dispute file that must be there.
    subjects
        What else than a dispute the function of Python takes, as a type is written; `compute` is given it as it is.
    draws
        Whether its options name another question, `result`, whose numbers it draws; `compute` is given the entry of
        that question, `drawn`, and its options, `asked`.
    position
        The option that the function of Python also takes by position, after the dispute; none where it is empty.
    early
        Whether `compute` takes a listener `early`, told of the part of the result that the headline is about.
    batched
        Whether an ensemble solves its draws together, from the `states` of batch.py, and not each by itself.
    """

    name: str
    package: str
    door: str
    title: str
    summary: str
    description: str
    tab: str = ""
    offer: str = ""
    heading: str = ""
    record: str = ""
    sides: int | None = None
    needs: tuple[Need, ...] = ()
    subjects: str = ""
    draws: bool = False
    position: str = ""
    early: bool = False
    batched: bool = False

    def __post_init__(self) -> None:
        PRESENTERS[self.name] = self

    def member(self, module: str, name: str) -> Any:
        """The member of that name in a module of the question's folder, loaded now."""
        return getattr(import_module(f"{self.package}.{module}"), name)

    @property
    def options(self) -> Any:
        """The pydantic model of its options."""
        return self.member("options", f"{self.name.capitalize()}Options")

    @property
    def compute(self) -> Callable[..., Any]:
        """`compute(session, options, progress)` → result."""
        return self.function("compute", "compute")

    @property
    def result(self) -> Any:
        """The class of its result, with `from_json`."""
        return self.member("result", self.record or self.name.capitalize())

    @property
    def kind(self) -> str:
        """The name of its result and of its JSON file."""
        return (self.record or self.name).lower()

    @property
    def numbers(self) -> Callable[..., Any]:
        """`numbers(result)`: the numbers of a result by key, which bands draw."""
        return self.function("result", "numbers")

    @property
    def states(self) -> Callable[..., Any]:
        """`states(session)`: its states as arrays, from which an ensemble solves many draws together."""
        return self.function("batch", "states")

    @property
    def document(self) -> Callable[..., Any]:
        """`document(result)` → the report."""
        return self.function("report", "document")

    @property
    def sections(self) -> Callable[..., Any]:
        """`sections(result)` → those of its report."""
        return self.function("report", "sections")

    @property
    def headline(self) -> Callable[..., str]:
        """`headline(result)`: what was found, in a sentence or two."""
        return self.function("report", "headline")

    @property
    def brief(self) -> Callable[..., str]:
        """`brief(result)`: what was found, in a sentence that stands under the headline of a run."""
        return self.function("report", "brief")

    @property
    def charts(self) -> Callable[..., Any]:
        """`charts(result)` → name → chart of altair."""
        return lambda result: {figure.name: figure.chart for figure in self.figures(result)}

    @property
    def figures(self) -> Callable[..., Any]:
        """`figures(result)` → its charts with their words, each drawn when it is looked at; the first leads."""
        return self.function("report", "figures")

    @property
    def caveats(self) -> Callable[..., tuple[str, ...]]:
        """`caveats(result)`: what the finding rests on without a source; none where report.py does not say."""
        return self.optional("caveats", lambda result: ())

    @property
    def qualify(self) -> Callable[..., Any]:
        """`qualify(result, first)`: what a result says of another that it stands beside, or None."""
        return self.optional("qualify", lambda result, first: None)

    def optional(self, name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
        """A function of report.py, or what takes its place where report.py has none of that name."""
        found: Callable[..., Any] = getattr(import_module(f"{self.package}.report"), name, otherwise)
        return found

    def function(self, module: str, name: str) -> Callable[..., Any]:
        """A function of a module of the folder."""
        found: Callable[..., Any] = self.member(module, name)
        return found

    def missing(self, dispute: Dispute) -> list[str]:
        """The inputs that the question needs and the dispute lacks, as a text; empty if it can be computed."""
        threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
        there = {"demands": bool(dispute.demands), "threats": threatened}
        sides = [] if self.sides in (None, len(dispute.parties)) else [f"{self.sides} parties"]
        return [*sides, *(need for need in self.needs if not there[need])]

    def fits(self, dispute: Dispute) -> bool:
        """Whether the dispute has what the question takes."""
        return not self.missing(dispute)
