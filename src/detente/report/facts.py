"""What a question found, before it is words: headline facts, and the editor who lets them tell one story.

Each question yields facts. The editor orders them, finds pairs that a reader could take for a contradiction, and writes
the sentence that says why both are true. Of two facts that cannot both be true it leaves out the later one and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from detente.report.numbers import Direction, capital, direction, listed, signed_percent

Quantity = Literal["real income", "equity", "deal", "probability"]
"""What is said of a subject: a change in its real income or in the value of its equity, a fraction; whether there is a
deal for both, in USD million a year by which it beats no deal; a probability."""

_SHARED: Final[dict[Quantity, str]] = {"real income": "fortune", "equity": "fortune"}
"""Quantities that a reader takes for one: whether something is good for a country."""
_SAME: Final = 1e-3
"""Relative difference under which two results of one thing are the same: they round alike in two digits."""


@dataclass(frozen=True)
class Fact:
    """One thing that was found.

    Attributes
    ----------
    question
        The name of the question in the registry.
    quantity, subject
        What changes, and of whom: the code of an economy, or what an outcome is called.
    name
        The subject inside a sentence: `the United States`.
    state
        A key of the state of the world that the fact is of. Two facts of one state, subject and quantity are the same
        thing found twice.
    words
        The state, inside a sentence after "if": `the threats are carried out and answered`; for what is the law, the
        same as a statement of what holds.
    value
        The number: a fraction; USD million for a deal.
    low, high
        Its range over the assumptions that were varied; None where none were.
    decided_by
        The assumptions on which its sign hangs, in words.
    missing
        What it leaves out, each in a sentence.
    chosen
        Whether it hangs on a choice that no data decide, such as a prior: then it does not lead.
    because
        What sets its state or its quantity apart, as a statement.
    """

    question: str
    quantity: Quantity
    subject: str
    name: str
    state: str
    words: str
    value: float
    low: float | None = None
    high: float | None = None
    decided_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    chosen: bool = False
    because: str = ""

    @property
    def sign(self) -> Direction:
        """Gain, loss, or neither."""
        return direction(self.value)


@dataclass(frozen=True)
class Story:
    """Facts in the order in which they are told, those left out, and the sentences that reconcile what is told."""

    told: tuple[Fact, ...]
    left_out: tuple[Fact, ...]
    reconciled: tuple[str, ...]


def edited(facts: Sequence[Fact]) -> Story:
    """The facts as one story: what hangs on a choice last, none that another one denies, and why the rest agree.

    Facts of an earlier question come first, as they are given.
    """
    ordered = sorted(facts, key=lambda fact: fact.chosen)
    told: list[Fact] = []
    out: list[Fact] = []
    said: list[str] = []
    for fact in ordered:
        denied = next((other for other in told if denies(fact, other)), None)
        if denied is None:
            told.append(fact)
        else:
            out.append(fact)
            said.append(_left_out(fact, denied))
    return Story(tuple(told), tuple(out), (*said, *_reconciled(told)))


def denies(fact: Fact, other: Fact) -> bool:
    """Whether two facts are of one thing and cannot both be true."""
    if (fact.quantity, fact.subject, fact.state) != (other.quantity, other.subject, other.state):
        return False
    size = max(abs(fact.value), abs(other.value))
    return fact.sign != other.sign or abs(fact.value - other.value) > _SAME * size


def looks_contrary(fact: Fact, other: Fact) -> bool:
    """Whether a reader could take two facts for a contradiction: good for somebody in one, bad in the other."""
    kinds = [_SHARED.get(each.quantity) for each in (fact, other)]
    return (
        kinds[0] is not None
        and kinds[0] == kinds[1]
        and fact.subject == other.subject
        and fact.question != other.question
        and {fact.sign, other.sign} == {"gain", "loss"}
    )


def _reconciled(told: Sequence[Fact]) -> Iterator[str]:
    """A sentence for each pair of states between which somebody's sign turns."""
    pairs: dict[tuple[str, str, str, str], list[tuple[Fact, Fact]]] = {}
    for first, second in combinations(told, 2):
        if looks_contrary(first, second):
            pairs.setdefault((first.question, first.state, second.question, second.state), []).append((first, second))
    return (_why_both(found) for found in pairs.values())


def _why_both(pairs: Sequence[tuple[Fact, Fact]]) -> str:
    """Why both of each pair are true: they are of different states, or of different quantities."""
    first, second = pairs[0]
    who = listed([fact.name for fact, _ in pairs])
    ends = [
        f"{listed([signed_percent(pair[place].value) for pair in pairs])}{_what(pairs[0][place])} if "
        f"{pairs[0][place].words}"
        for place in (0, 1)
    ]
    verb = "differ" if len(pairs) > 1 else "differs"
    sign = "signs" if len(pairs) > 1 else "sign"
    why = second.because or first.because or "the two are different states of the tariffs"
    return f"The {sign} for {who} {verb}, and both are right: {ends[0]}, {ends[1]}; {why}."


def _what(fact: Fact) -> str:
    return f" of {fact.quantity}" if fact.quantity == "real income" else f" on {fact.quantity}"


def _left_out(fact: Fact, denied: Fact) -> str:
    return (
        f"{capital(fact.question)} has {signed_percent(fact.value)} for {fact.name} if {fact.words}, where "
        f"{denied.question} has {signed_percent(denied.value)}: the two cannot both be right, and what {fact.question} "
        "found is left out of the summary. Compute both again from one dispute file."
    )
