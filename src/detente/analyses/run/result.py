"""The result of a run: scenarios with their numbers, and the origin of each number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, ClassVar, Final, Self, TypeVar

import pandas as pd

from detente.data.base_tariffs import BaseRevenue
from detente.dispute.priced_obligations import PricedObligation, obligations_frame, obligations_of
from detente.dispute.results import Result, RunSettings, Subject, frame_from_json, frame_to_json
from detente.dispute.scenarios import Kind, Reference, leading
from detente.dispute.schema import Dispute
from detente.ensemble.summary import NumberKey
from detente.errors import UnknownName
from detente.policy.list_readings import codes_table, counts_table, list_readings
from detente.solver.solution import Solution

Made = TypeVar("Made")
TABLES: Final = (
    "economies",
    "sectors",
    "trade",
    "balances",
    "diversion",
    "substitution",
    "prices",
    "pass_through",
    "who_pays",
    "persons",
    "households",
    "ledger",
    "decomposition",
    "tariffs",
    "coverage",
    "averaging",
)
"""The tables that every scenario has, in the order in which they are written."""
BESIDE: Final = ("jobs", "instruments")
"""Tables that scenarios have where there is something to be in them."""


ASKED: Final = ("acts", "third_markets", "third_products", "signs")
"""Tables of the whole run that it has where they are asked for."""


class Drawn(Mapping[str, pd.DataFrame]):
    """Tables by name, each drawn when it is first read, and kept: a run has a hundred, and few of them are looked at.

    `how` draws each. Reading one raises what drawing it raises.
    """

    def __init__(self, how: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self._how = how
        self._drawn: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table of that name; raises KeyError where there is none."""
        if name not in self._drawn:
            self._drawn[name] = self._how[name]()
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._how)

    def __len__(self) -> int:
        return len(self._how)


@dataclass(frozen=True, eq=False)
class Scenario:
    """One state of the world against another.

    `reference` says against which: the calibrated world (no measure in force) or the baseline (the measures in force
    on the day of the dispute). `measures` are the ids of all measures in force in it, `responses` the ids of those
    that answer. `residual` is the largest relative gap of the audit. `tables` hold changes as fractions, and USD
    million where the name says `before`, `after` or `usd`; each is drawn when it is first read. `solution` is there in
    the session that solved it, and None in findings that were read back. `in_proportion` are the ids of changed
    measures that are a value without a list of products: the state has no results by sector.
    """

    APART: ClassVar = ("solution",)
    """Fields that are not in the JSON."""

    id: str
    title: str
    kind: Kind
    on: date | None
    reference: Reference
    measures: tuple[str, ...]
    responses: tuple[str, ...]
    notes: tuple[str, ...]
    outcome: str
    residual: float
    passes: int
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    solution: Solution | None = field(default=None, repr=False)
    in_proportion: tuple[str, ...] | None = None

    @property
    def coverage(self) -> pd.DataFrame:
        """One row a cell that measures cover: the share of its trade that is covered, and the rates on it."""
        return self.tables["coverage"]

    @property
    def decomposition(self) -> pd.DataFrame:
        """One row an economy: the split of the change in real income along the path, in log points."""
        return self.tables["decomposition"]

    def _repr_html_(self) -> str:
        return self.tables["economies"].to_html(index=False, float_format="{:.6g}".format)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _SCENARIO_FIELDS}
        plain["on"] = None if self.on is None else self.on.isoformat()
        plain["tables"] = {name: frame_to_json(frame) for name, frame in self.tables.items()}
        plain["in_proportion"] = None if self.in_proportion is None else list(self.in_proportion)
        return plain

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The scenario that `as_dict` wrote, without its solution."""
        plain: dict[str, Any] = {name: given[name] for name in _SCENARIO_FIELDS}
        plain["on"] = None if given["on"] is None else date.fromisoformat(given["on"])
        for name in ("measures", "responses", "notes"):
            plain[name] = tuple(given[name])
        ids = given.get("in_proportion")
        plain["in_proportion"] = None if ids is None else tuple(ids)
        return cls(**plain, tables={name: frame_from_json(table) for name, table in given["tables"].items()})


_SCENARIO_FIELDS: Final = (
    "id", "title", "kind", "on", "reference", "measures", "responses", "notes", "outcome", "residual", "passes",
)  # fmt: skip


@dataclass(frozen=True)
class OtherRule:
    """The state of the headline under another rule of the base tariffs.

    `real_income` is the change of each party, a fraction; empty where no equilibrium was found.
    """

    rule: str
    real_income: Mapping[str, float]


class UnknownScenario(UnknownName, KeyError):
    """A scenario that findings do not have. `findings.summary()` lists them."""

    kind = "scenario"

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError alone would put it in quotes


@dataclass(frozen=True, eq=False)
class Findings(Result, Mapping[str, Scenario]):
    """Everything a run found: a mapping of scenarios, such as `findings["all-threats"]`, the baseline first.

    `id` is the SHA-256 of the dispute, the settings, the world's numbers and the package version: equal inputs give
    equal ids. `notes` say what a reader of any number should know, `assumed` what no source states, `ignored` which
    facts of the file are dated after its day and were not read. `base_revenue` holds the tariff revenue of each party
    before any measure, beside what was collected; `other_rules` the state of the headline under other base tariffs.
    `product_nest` is the change of real income of each party in that state where covered goods are products of their
    own. All are None in findings of versions that did not compute them, and before all states are solved; the nest also
    where nothing is covered in part. `obligations` are those of deals, each with its price where it has one; None where
    the file has none. `acts` splits the states of the law by authority, where that is asked for: see
    `detente.analyses.run.acts`. `third_markets` and `third_products` say who faces the goods that lose a market in the
    state of the headline, by sector and by product line, where that is asked for: see `detente.solver.third_markets`
    and `detente.analyses.run.third_markets`. `signs` are the changes of the parties under every set of elasticities,
    closure and rule of base tariffs, where they are asked for: see `detente.analyses.run.signs`.
    """

    KIND: ClassVar = "findings"
    SCHEMA: ClassVar = 1
    QUESTION: ClassVar = "run"

    id: str
    dispute: Dispute
    settings: RunSettings
    baseline: Scenario
    scenarios: tuple[Scenario, ...]
    notes: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    base_revenue: tuple[BaseRevenue, ...] | None = None
    other_rules: tuple[OtherRule, ...] | None = None
    product_nest: Mapping[str, float] | None = None
    obligations: tuple[PricedObligation, ...] | None = None
    acts: pd.DataFrame | None = field(default=None, repr=False)
    third_markets: pd.DataFrame | None = field(default=None, repr=False)
    third_products: pd.DataFrame | None = field(default=None, repr=False)
    signs: pd.DataFrame | None = field(default=None, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Findings of {self.dispute.dispute}: {len(self.scenarios)} scenarios, {self.id[:12]}>"

    def _repr_html_(self) -> str:
        return self.summary().to_html(index=False, float_format="{:.6g}".format)

    def __getitem__(self, id: str) -> Scenario:
        """The scenario with that id, the baseline included; raises UnknownScenario with the nearest id."""
        for scenario in self.states:
            if scenario.id == id:
                return scenario
        raise UnknownScenario(id, self)

    def __contains__(self, id: object) -> bool:
        return any(scenario.id == id for scenario in self.states)

    def __iter__(self) -> Iterator[str]:
        return (scenario.id for scenario in self.states)

    def __len__(self) -> int:
        return len(self.states)

    @property
    def states(self) -> tuple[Scenario, ...]:
        """The baseline and every scenario."""
        return (self.baseline, *self.scenarios)

    @property
    def main(self) -> Scenario:
        """The scenario of the headline; see `detente.dispute.scenarios.leading`."""
        return self.states[leading([(scenario.kind, scenario.measures) for scenario in self.states])]

    @property
    def subject(self) -> Subject:
        """The dispute that it is about."""
        return Subject(self.dispute.dispute, self.dispute.title, self.dispute.called)

    def economies(self) -> pd.DataFrame:
        """One row an economy in the scenario of the headline: changes as fractions, in the order of the world."""
        return self.main.tables["economies"]

    def summary(self) -> pd.DataFrame:
        """One row a scenario: the change in real income of every party, as fractions."""
        rows = []
        for scenario in self.states:
            income = scenario.tables["economies"].set_index("economy")["real_income"]
            changes = {party: float(income[party]) for party in self.dispute.parties}
            rows.append({"scenario": scenario.id, "kind": scenario.kind, "reference": scenario.reference, **changes})
        return pd.DataFrame(rows)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table over all scenarios, tidy, the baseline first; the first column is `scenario`."""
        together = {}
        for name in TABLES:
            frames = []
            for scenario in self.states:
                frame = scenario.tables[name].copy()
                frame.insert(0, "scenario", scenario.id)
                frames.append(frame)
            together[name] = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
        return together

    def written(self) -> dict[str, pd.DataFrame]:
        """The tables that `write` writes: those of the scenarios, the product lists with every code, obligations."""
        lists = list_readings(self.dispute.measures)
        more = {"product_lists": counts_table(lists), "product_codes": codes_table(lists)} if lists else {}
        if self.obligations is not None:
            more["obligations"] = obligations_frame(self.obligations)
        more |= {name: frame for name in ASKED if (frame := getattr(self, name)) is not None}
        for name in BESIDE:
            found = {scenario.id: scenario.tables[name] for scenario in self.states if name in scenario.tables}
            if any(len(frame) for frame in found.values()):
                more[name] = pd.concat(
                    [frame.assign(scenario=id) for id, frame in found.items() if len(frame)], ignore_index=True
                )
        return self.tables() | more

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as they are."""
        kept: dict[str, Any] = {}
        if self.obligations is not None:
            kept["obligations"] = [asdict(each) for each in self.obligations]
        kept |= {name: frame_to_json(frame) for name in ASKED if (frame := getattr(self, name)) is not None}
        return {
            "schema": self.schema(),
            "id": self.id,
            "dispute": self.dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "settings": asdict(self.settings),
            "notes": list(self.notes),
            "assumed": list(self.assumed),
            "ignored": list(self.ignored),
            "baseline": self.baseline.as_dict(),
            "scenarios": [scenario.as_dict() for scenario in self.scenarios],
            "base_revenue": None if self.base_revenue is None else [asdict(each) for each in self.base_revenue],
            "other_rules": None if self.other_rules is None else [asdict(each) for each in self.other_rules],
            "product_nest": None if self.product_nest is None else dict(self.product_nest),
            **kept,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The findings that `as_dict` wrote, without solutions. Raises BadTable where it is something else."""
        cls.check(given)
        return cls(
            id=given["id"],
            dispute=Dispute.model_validate(given["dispute"]),
            settings=RunSettings(**given["settings"]),
            baseline=Scenario.from_dict(given["baseline"]),
            scenarios=tuple(Scenario.from_dict(scenario) for scenario in given["scenarios"]),
            notes=tuple(given["notes"]),
            assumed=tuple(given["assumed"]),
            ignored=tuple(given["ignored"]),
            base_revenue=_records(BaseRevenue, given.get("base_revenue")),
            other_rules=_records(OtherRule, given.get("other_rules")),
            product_nest=given.get("product_nest"),
            obligations=obligations_of(given),
            **{name: frame_from_json(given[name]) for name in ASKED if given.get(name) is not None},
        )

    def files(self) -> dict[str, bytes]:
        """findings.json, dispute.yaml, and every table as CSV and Parquet."""
        return {**super().files(), "dispute.yaml": self.dispute.to_yaml().encode()}


def _records(kind: Callable[..., Made], given: Sequence[Mapping[str, Any]] | None) -> tuple[Made, ...] | None:
    """Records of a kind from plain values; None where there are none."""
    return None if given is None else tuple(kind(**each) for each in given)


EVERYBODY: Final = "all"
"""The partner that stands for all other economies together."""


def numbers(findings: Findings) -> dict[NumberKey, float]:
    """The numbers of a run that an ensemble draws, by key: of every scenario in which something changes.

    real_income of every economy; of the parties also real_income_usd, real_wage, consumer_prices (relative to the own
    wage), revenue (change in tariff revenue) and goods_balance (change in exports less imports of goods, net of
    tariffs) with each other party and with everybody.
    """
    found: dict[NumberKey, float] = {}
    for scenario in findings.states:
        if scenario.measures != (findings.baseline.measures if scenario.reference == "baseline" else ()):
            found |= _numbers_of(scenario, tuple(findings.dispute.parties))
    return found


def _numbers_of(scenario: Scenario, parties: tuple[str, ...]) -> dict[NumberKey, float]:
    economies = scenario.tables["economies"].set_index("economy")
    balances = scenario.tables["balances"]
    goods = balances[balances["scope"] == "goods"].set_index(["economy", "partner"])
    moved = (goods["balance_after"] - goods["balance_before"]).to_dict()
    found = {(scenario.id, "real_income", str(code), ""): change for code, change in economies["real_income"].items()}
    for party in parties:
        its = economies.loc[party]
        for quantity in ("real_income_usd", "real_wage", "consumer_prices"):
            found[scenario.id, quantity, party, ""] = its[quantity]
        found[scenario.id, "revenue", party, ""] = its["revenue_after"] - its["revenue_before"]
        for partner in (*(other for other in parties if other != party), EVERYBODY):
            found[scenario.id, "goods_balance", party, partner] = moved[party, partner]
    return {key: float(value) for key, value in found.items()}
