"""Where talks that fail lead: nothing changes, the threats come, they come and are answered, or tariffs at Nash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from detente.dispute.moves import MOST
from detente.dispute.talks.ground import Ground
from detente.errors import BadInput
from detente.inputs import require
from detente.policy import Measure
from detente.solve import Solution
from detente.war.nash import nash

NoDeal = Literal["status quo", "threat", "answered", "nash"]
"""status quo: what is in force stays, and nothing else comes. threat: what is threatened is carried out, and nobody
answers. answered: it is carried out and answered as the file says. nash: both charge their best tariffs on each other's
goods."""

TITLES: Final[dict[NoDeal, str]] = {
    "status quo": "nothing changes",
    "threat": "the threat is carried out, unanswered",
    "answered": "the threat is carried out and answered",
    "nash": "both charge their Nash tariffs",
}


@dataclass(frozen=True, eq=False)
class Failure:
    """The state that talks lead to if they fail: its equilibrium and its measures (none for Nash tariffs)."""

    name: NoDeal
    solution: Solution
    law: tuple[Measure, ...] | None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in words."""
        return TITLES[self.name]


def spelled(given: str) -> NoDeal:
    """The no-deal point of a name, hyphen or not. Raises BadInput for any other name."""
    require(str, given, "no_deal", "give the name of one, such as 'status quo'")
    name = given.replace("-", " ").strip().lower()
    names: tuple[NoDeal, ...] = get_args(NoDeal)
    found = next((each for each in names if each == name), None)
    if found is None:
        raise BadInput(f"no_deal={given!r} is not known: choose one of {', '.join(names)}")
    return found


def named(given: str | None, ground: Ground) -> NoDeal:
    """The no-deal point of a name; by default the answered threat, or the status quo where nothing is threatened.

    Raises BadInput for any other name, and for a threat where there is none.
    """
    if given is None:
        return "answered" if ground.threats else "status quo"
    found = spelled(given)
    if found in ("threat", "answered") and not ground.threats:
        raise BadInput(
            f"no_deal={given!r}, but neither {ground.pair[0]} nor {ground.pair[1]} threatens anything: choose status "
            "quo or nash"
        )
    return found


def failures(ground: Ground, *, seed: int = 0, with_nash: bool = True) -> Iterator[Failure]:
    """Every state that failed talks can lead to, the status quo first.

    Raises NotSolved where one has no equilibrium.
    """
    before = ground.solve(ground.standing)
    yield Failure("status quo", before, ground.standing)
    if ground.threats:
        carried = ground.law(carried_out=True)
        yield Failure("threat", ground.solve(carried, near=before), carried)
        law = ground.law(answered=True)
        yield Failure("answered", ground.solve(law, near=before), law, ground.answers(ground.threats)[1])
    if with_nash:
        yield _at_nash(ground, seed)


def _at_nash(ground: Ground, seed: int) -> Failure:
    standoff = ground.standoff
    found = nash(
        standoff.economy,
        ground.pair,
        start=standoff.shock(),
        against=ground.pair,
        sectors=standoff.world.goods,
        bounds=(0.0, MOST),
        seed=seed,
    )
    return Failure("nash", found.solution, None, (f"Nash tariffs: {found.certificate}",))
