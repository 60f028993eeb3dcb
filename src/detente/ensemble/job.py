"""An ensemble as a job: plain data from which any process computes any chunk of its draws, to the same numbers.

What is drawn is a question of a dispute or a function of an economy. A question is known by the place of its entry,
such as `detente.analyses.war:ANALYSIS`, which every process finds for itself; this package names none. The entry says
how a session is answered and which numbers the answer has, or, where its draws are solved together, how its states are
laid out as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from pkgutil import resolve_name
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from detente.data.bundled import errors_checked, load_world, standard_errors
from detente.data.world import World
from detente.dispute.results import RunSettings, fingerprint
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.ensemble.batch import StateBatch, solve_draws
from detente.ensemble.draws import Draw, Over, draws, key_of
from detente.ensemble.summary import KEYS, LEVEL
from detente.errors import BadInput, DetenteError
from detente.inputs import FloatArray, mapping
from detente.model.labour import NAMED, LabourMarket, market_named
from detente.policy.instruments import BY_UNIT, WHOLE
from detente.solver.economy import GIVEN, Economy, calibrate_drawn

CHUNK: Final = 16
"""Draws that are computed, written and resumed together. Numbers do not depend on it. A search is a chunk by itself."""

ABOUT: Final = ("draw", "world", "elasticities", "deficits", "horizon", "base_tariffs", "level", "outcome", "gap")
"""Columns of a chunk that say what a draw is and how it ended; numbers follow, named `0`, `1`, ... as in the keys."""

SOLVED: Final = "SOLVED"
CENTRAL: Final = -1
"""The number of what is no draw: the run itself."""

Computed = tuple[Draw, str, float, FloatArray | None]
"""A draw, how it ended, the largest gap of its audits, and its numbers where it solved."""
Numbers = Mapping[str, float]
Function = Callable[..., Numbers]
"""An economy, and the values drawn where there are any → numbers by name. The same names for every draw."""


class DrawnOptions(Protocol):
    """The options of a question."""

    def plain(self) -> dict[str, Any]:
        """Those that numbers depend on, as values of JSON."""

    def given(self) -> dict[str, Any]:
        """Those that are not at their defaults."""


class Drawable(Protocol):
    """A question whose numbers can be drawn, as its entry in a registry says it."""

    name: str
    batched: bool
    """Whether draws are solved together, from `states`; otherwise each is answered by itself."""

    @property
    def compute(self) -> Callable[..., Any]:
        """A session and options → the answer."""

    @property
    def numbers(self) -> Callable[..., Any]:
        """An answer → its numbers by key."""

    @property
    def states(self) -> Callable[..., StateBatch]:
        """A session → its states, where draws are solved together."""


@dataclass(frozen=True, eq=False)
class Job:
    """The work of an ensemble: the numbers of a question of a dispute, or of a function of an economy.

    Attributes
    ----------
    over, seed
        What is varied, with worlds, horizons and rules named, and the seed of the draws.
    settings
        Those of the run that the bands are about.
    dispute
        The dispute as plain values, with no open question; none for a function.
    entry
        Where the entry of the question is, `package:ATTRIBUTE`; empty for a function.
    asked
        The options of the question; none for a function.
    function
        The function, where it is one.
    worlds
        Those that are not bundled, by name.
    """

    over: Over
    seed: int
    settings: RunSettings
    dispute: Mapping[str, Any] | None = None
    entry: str = ""
    asked: DrawnOptions | None = None
    function: Function | None = None
    worlds: Mapping[str, World] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Job) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything that the numbers depend on; how many draws there are is not among it.

        A function is known by its module and name, a question by the place of its entry.
        """
        named = None if self.function is None else f"{self.function.__module__}.{self.function.__qualname__}"
        return key_of(
            {
                "over": self.over.plain(),
                "seed": self.seed,
                "settings": asdict(self.settings),
                "dispute": self.dispute,
                "entry": self.entry,
                "asked": None if self.asked is None else self.asked.plain(),
                "function": named,
                "worlds": {name: fingerprint(world) for name, world in self.worlds.items()},
            }
        )

    def about(self) -> dict[str, Any]:
        """The request as a text, and its key; the number of draws is not part of it."""
        s = self.settings
        named = self.drawn.name if self.function is None else self.function.__qualname__
        title = None if self.dispute is None else self.dispute.get("dispute")
        run = {name: getattr(s, name) for name in ("world", "elasticities", "deficits", "horizon", "version")}
        run["base_tariffs"] = self.rule
        asked = {} if self.asked is None else {"options": self.asked.plain()}
        return {
            "of": named,
            **asked,
            "dispute": title,
            "seed": self.seed,
            **run,
            "over": self.over.plain(),
            "key": self.key,
        }

    @property
    def drawn(self) -> Drawable:
        """The entry of the question, found in this process."""
        found: Drawable = resolve_name(self.entry)
        return found

    @property
    def batched(self) -> bool:
        """Whether draws are solved together: not with rates of the law, or labour, found with each equilibrium."""
        return self.function is None and self.drawn.batched and not self._moving_rates and not self._moving_labour

    @property
    def _moving_labour(self) -> bool:
        """Whether labour supply, mobility or wages are anything but those of (1)-(8), in the run or in draws."""
        return self.settings.labour is not None or any(name in NAMED for name, *_ in self.over.ranges)

    def market(self, values: Mapping[str, float]) -> LabourMarket | None:
        """The labour market of the run with the values drawn; None where it is that of (1)-(8)."""
        return market_named(
            {**(self.settings.labour or {}), **{name: values[name] for name in NAMED if name in values}}
        )

    @cached_property
    def _moving_rates(self) -> bool:
        """Whether the dispute has quotas, duties by the unit, or measures on exports."""
        measures = () if self.dispute is None else self.dispute.get("measures", ())
        return any(measure.get(name) is not None for measure in measures for name in (*WHOLE, *BY_UNIT))

    @property
    def chunk(self) -> int:
        """The number of draws in a chunk: one if each draw is a search, which takes seconds to minutes."""
        return CHUNK if self.function is not None or self.batched else 1

    def world(self, name: str) -> World:
        """A world by name: its own, or a bundled one."""
        return self.worlds[name] if name in self.worlds else load_world(name)

    @property
    def rule(self) -> str:
        """The rule of the base tariffs of the run itself."""
        return self.settings.base_tariffs or self.world(self.settings.world).tariff_source

    def sectors(self) -> dict[str, tuple[str, ...]]:
        """The sectors of each world."""
        return {name: self.world(name).sectors for name in self.over.worlds}

    def drawn_of(self, numbers: Sequence[int]) -> tuple[dict[str, FloatArray], FloatArray | None]:
        """What was drawn between two ends, for draws by number in rising order.

        The values by name, each (draws,), and the standard deviations of the drawn elasticities (draws, sectors),
        None where none were drawn.
        """
        if not len(numbers):
            return {}, None
        sectors = self.sectors()
        every = draws(self.over, sectors, self.seed, 0, numbers[-1] + 1)
        some = [every[number] for number in numbers]
        values = {name: np.array([draw.values[name] for draw in some]) for name, *_ in self.over.ranges}
        if self.over.level is not None:
            values[LEVEL] = np.array([draw.level for draw in some])
        if self.over.spread == 0:
            return values, None
        deviates = np.zeros((len(some), max(map(len, sectors.values()))))
        for row, draw in zip(deviates, some, strict=True):
            row[: len(draw.z)] = draw.z
        return values, deviates

    def central(self) -> Draw:
        """The settings of the run itself as a draw, every value in the middle of its range."""
        given = self.settings
        theta = np.array(list(given.theta.values()))
        middle = {name: (low + high) / 2 for name, low, high in self.over.ranges}
        closure, span, still = given.deficits, given.horizon, np.zeros(len(theta))
        return Draw(CENTRAL, given.world, given.elasticities, closure, span, theta, still, middle, self.rule)  # type: ignore[arg-type]

    def assumed(self) -> list[str]:
        """The assumptions of the draws on elasticities and values that have no source."""
        over = self.over
        sectors = self.world(over.worlds[0]).sectors
        where: dict[str, list[str]] = {}
        said = []
        for name in over.elasticities if over.spread > 0 else ():
            unknown = int(np.isnan(standard_errors(name, sectors)).sum())
            if unknown:
                which = "every sector" if unknown == len(sectors) else f"{unknown} of {len(sectors)} sectors"
                where.setdefault(which, []).append(name)
            if unknown < len(sectors) and not errors_checked(name):
                said.append(f"the standard errors of {name} are as typed, not compared with the printed page")
        said += [
            f"ln theta spreads by {over.spread:g} in {which} of {', '.join(names)}, for no standard error is known"
            for which, names in where.items()
        ]
        if over.level is not None:
            low, high = over.level
            said.append(f"every theta is multiplied by one factor between {low:.2g} and {high:.2g}, drawn evenly")
        return said + [f"{name} lies between {low:g} and {high:g}, evenly" for name, low, high in over.ranges]


class Evaluator:
    """Computes draws of a job in one process, which makes everything that no draw changes once."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.sessions: dict[str, Session] = {}
        """The dispute set up with the settings of the run itself, by world."""
        self._states: dict[tuple[str, str], StateBatch] = {}
        self._economies: dict[tuple[str, str], Economy] = {}

    def session(self, world: str, rule: str) -> Session:
        """The dispute set up on a world, with a rule of its base tariffs and the settings of the run itself."""
        if world not in self.sessions:
            given: Any = self.job.settings
            theta = list(given.theta.values()) if given.elasticities == GIVEN else given.elasticities
            settings = {"elasticities": theta, "deficits": given.deficits, "horizon": given.horizon}
            dispute = Dispute.model_validate(self.job.dispute)
            self.sessions[world] = Session.of(
                dispute, world=self.job.world(world), market=self.job.market({}) or LabourMarket(), **settings
            )
        return self.sessions[world].under(base_tariffs=rule)

    def states(self, world: str, rule: str) -> StateBatch:
        """The states of the question on a world, with a rule of its base tariffs and the settings of the run itself."""
        key = (world, rule)
        if key not in self._states:
            self._states[key] = self.job.drawn.states(self.session(world, rule))
        return self._states[key]

    @cached_property
    def middle(self) -> tuple[pd.DataFrame, FloatArray]:
        """The numbers of the run itself, where each draw is computed by itself: what they are, and the values."""
        return self._numbers(self.job.central())

    @cached_property
    def keys(self) -> pd.DataFrame:
        """scenario, quantity, economy, partner of every number. Raises BadInput where two worlds have other ones."""
        if not self.job.batched:
            return self.middle[0]
        over = self.job.over
        first, *others = (
            self.states(world, rule).keys for world in over.worlds for rule in over.rules or (self.job.rule,)
        )
        if not all(first.equals(other) for other in others):
            raise BadInput(
                f"the worlds {', '.join(self.job.over.worlds)} have other economies or states: band them apart"
            )
        return first

    def run_itself(self) -> FloatArray:
        """The numbers of the run itself."""
        if not self.job.batched:
            return self.middle[1]
        row = self.compute([self.job.central()]).drop(columns=list(ABOUT))
        return np.asarray(row.to_numpy(dtype=np.float64)[0])

    def assumed(self) -> tuple[str, ...]:
        """The assumptions of the draws that have no source."""
        notes = self.states(self.job.settings.world, self.job.rule).notes if self.job.batched else ()
        return (*self.job.assumed(), *notes)

    def chunk(self, number: int, stop: int | None = None) -> pd.DataFrame:
        """Chunk `number`: its draws, one row each; missing numbers where a draw failed.

        With `stop` it ends before that draw.
        """
        first = number * self.job.chunk
        end = first + self.job.chunk if stop is None else min(stop, first + self.job.chunk)
        return self.compute(draws(self.job.over, self.job.sectors(), self.job.seed, first, end))

    def compute(self, wanted: Sequence[Draw]) -> pd.DataFrame:
        """The rows of given draws, in their order."""
        rows = self._in_batch(wanted) if self.job.batched else [self._by_itself(draw) for draw in wanted]
        about = [
            (d.number, d.world, d.elasticities, d.deficits, d.horizon, d.base_tariffs, d.level, end, gap)
            for d, end, gap, _ in rows
        ]
        width = max((len(numbers) for *_, numbers in rows if numbers is not None), default=len(self.keys))
        missing = np.full(width, np.nan)
        values = np.stack([missing if numbers is None else numbers for *_, numbers in rows])
        return pd.concat(
            [pd.DataFrame(about, columns=list(ABOUT)), pd.DataFrame(values, columns=[str(c) for c in range(width)])],
            axis=1,
        )

    def _in_batch(self, wanted: Sequence[Draw]) -> list[Computed]:
        done: dict[int, Computed] = {}
        for where in dict.fromkeys(map(self._where, wanted)):
            states = self.states(*where)
            for draw, found, end in solve_draws(states, [draw for draw in wanted if self._where(draw) == where]):
                numbers = states.numbers(found) if end == SOLVED else None
                done[draw.number] = (draw, end, float(np.max(found.gap)), numbers)
        return [done[draw.number] for draw in wanted]

    def _where(self, draw: Draw) -> tuple[str, str]:
        """The world of a draw and the rule of its base tariffs, by default that of the run."""
        return draw.world, draw.base_tariffs or self.job.rule

    def _by_itself(self, draw: Draw) -> Computed:
        try:
            keys, numbers = self._numbers(draw)
        except DetenteError as problem:
            return draw, f"{type(problem).__name__}: {problem}", np.nan, None
        if not keys.equals(self.keys):
            other = pd.concat([keys, self.keys]).drop_duplicates(keep=False)
            named = ", ".join(" ".join(filter(None, row)) for row in other.itertuples(index=False, name=None))
            raise BadInput(f"draw {draw.number} has other numbers than the run itself ({named}): name the same in all")
        return draw, SOLVED, np.nan, numbers

    def _numbers(self, draw: Draw) -> tuple[pd.DataFrame, FloatArray]:
        """The numbers of a draw, and the values."""
        if self.job.function is None:
            found = self.job.drawn.numbers(self._answer(draw))
        else:
            economy = self._economy(draw)
            given = (economy, draw.values) if self.job.over.ranges else (economy,)
            answer = mapping(self.job.function(*given), "what the function of an economy returns")
            found = {("", name, "", ""): float(value) for name, value in answer.items()}
        return pd.DataFrame(list(found), columns=list(KEYS)), np.array(list(found.values()), dtype=np.float64)

    def _answer(self, draw: Draw) -> Any:
        """The answer to the question under the world, its base tariffs, the elasticities and the closure of a draw."""
        base = self.session(*self._where(draw))
        own = base.under(
            elasticities=draw.theta,
            deficits=draw.deficits,
            horizon=draw.horizon,
            market=self.job.market(draw.values),
            keep=False,
        )
        return self.job.drawn.compute(own, self.job.asked)

    def _economy(self, draw: Draw) -> Economy:
        """The economy of a draw; the world's shares are made once, and ``balanced`` is closed again for each theta."""
        key = (name, rule) = self._where(draw)
        if key not in self._economies:
            self._economies[key] = calibrate_drawn(self.job.world(name).with_tariffs(rule), elasticities=draw.theta)
        base = self._economies[key]
        provenance = {**base.provenance, "elasticities": f"{draw.elasticities}, draw {draw.number}"}
        economy = replace(base, theta=draw.theta, deficits=draw.deficits, provenance=provenance)
        return economy.closed() if draw.deficits == "balanced" else economy


@lru_cache(maxsize=2)
def evaluator_of(job: Job) -> Evaluator:
    """The evaluator of a job in this process."""
    return Evaluator(job)
