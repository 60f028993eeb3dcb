"""One entry of the registry: the description of a question from which every interface and the report are made.

An entry is light: it loads nothing but the standard library, and enters itself among those who put results into words
(`detente.dispute.presenters`). What a question needs to be answered is found by convention in the modules of its
folder, and is loaded when it is first used:

    options.py   `{Name}Options`, the pydantic model of every option
    compute.py   `compute(session, options, progress)` → result
    result.py    the class of the result, and `numbers(result)`, its numbers by key, which bands draw
    batch.py     `states(session)`, where an ensemble solves its draws together
    report.py    `document`, `sections`, `headline`, `brief`, `figures`, and, where it has any, `facts`,
                 `caveats` and `qualify`
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


class Part:
    """A function in a module of a question's folder, found under its own name and loaded when it is asked for.

    `otherwise` takes its place where the module has no such function.
    """

    def __init__(self, module: str, otherwise: Callable[..., Any] | None = None) -> None:
        self.module, self.otherwise = module, otherwise

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, entry: Analysis, owner: type) -> Callable[..., Any]:
        found: Callable[..., Any] = entry.member(self.module, self.name, self.otherwise)
        return found


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

    #: `compute(session, options, progress)` → result.
    compute = Part("compute")
    #: `numbers(result)`: the numbers of a result by key, which bands draw.
    numbers = Part("result")
    #: `states(session)`: its states as arrays, from which an ensemble solves many draws together.
    states = Part("batch")
    #: `sign_table(session)`: the state of the headline under all usual assumptions, which a run has.
    sign_table = Part("sign_solves")
    #: `document(result)` → the report, and `sections(result)` → its sections.
    document, sections = Part("report"), Part("report")
    #: `headline(result)`: what was found, in a sentence or two; `brief(result)`: in one, under the headline of a run.
    headline, brief = Part("report"), Part("report")
    #: `facts(result)`: what was found, as `detente.report.facts` has it; none where report.py does not say.
    facts = Part("report", otherwise=lambda result: ())
    #: `figures(result)` → its charts with their words, each drawn when it is looked at; the first leads.
    figures = Part("report")
    #: `caveats(result)`: what the finding rests on without a source; none where report.py does not say.
    caveats = Part("report", otherwise=lambda result: ())
    #: `qualify(result, first)`: what a result says of another that it stands beside, or None.
    qualify = Part("report", otherwise=lambda result, first: None)

    def __post_init__(self) -> None:
        PRESENTERS[self.name] = self

    def member(self, module: str, name: str, otherwise: Any = None) -> Any:
        """The member of that name in a module of the question's folder, loaded now, or what takes its place.

        Raises AttributeError where there is neither.
        """
        home = import_module(f"{self.package}.{module}")
        return getattr(home, name) if otherwise is None else getattr(home, name, otherwise)

    @property
    def options(self) -> Any:
        """The pydantic model of its options."""
        return self.member("options", f"{self.name.capitalize()}Options")

    @property
    def result(self) -> Any:
        """The class of its result, with `from_json`."""
        return self.member("result", self.record or self.name.capitalize())

    @property
    def kind(self) -> str:
        """The name of its result and of its JSON file."""
        return (self.record or self.name).lower()

    @property
    def charts(self) -> Callable[..., Any]:
        """`charts(result)` → name → chart of altair."""
        return lambda result: {figure.name: figure.chart for figure in self.figures(result)}

    def missing(self, dispute: Dispute) -> list[str]:
        """The inputs that the question needs and the dispute lacks, as a text; empty if it can be computed."""
        threatened = any(measure.status in ("threatened", "proposed") for measure in dispute.measures)
        there = {"demands": bool(dispute.demands), "threats": threatened}
        sides = [] if self.sides in (None, len(dispute.parties)) else [f"{self.sides} parties"]
        return [*sides, *(need for need in self.needs if not there[need])]

    def fits(self, dispute: Dispute) -> bool:
        """Whether the dispute has what the question takes."""
        return not self.missing(dispute)
