from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from detente.analyses.bands.result import Bands as Bands
from detente.analyses.briefing import brief as brief
from detente.analyses.clock.result import Clock as Clock
from detente.analyses.hold.result import Hold as Hold
from detente.analyses.markets.result import Markets as Markets
from detente.analyses.path.result import Trajectory as Trajectory
from detente.analyses.run.result import Findings as Findings
from detente.analyses.talks.compute import price_demands as price_demands
from detente.analyses.talks.result import Talks as Talks
from detente.analyses.talks.tariff_deals import TariffDeal as TariffDeal
from detente.analyses.talks.tariff_deals import bargain_tariffs as bargain_tariffs
from detente.analyses.war.result import War as War
from detente.bargaining.bargain import Bargain as Bargain
from detente.bargaining.packages import Packages as Packages
from detente.bargaining.packages import RedLines as RedLines
from detente.data.bundled import horizon as horizon
from detente.data.bundled import list_elasticities as list_elasticities
from detente.data.bundled import list_worlds as list_worlds
from detente.data.bundled import load_world as load_world
from detente.data.household_groups import HouseholdGroups as HouseholdGroups
from detente.data.household_groups import us_deciles as us_deciles
from detente.data.products.descriptions import find_products as find_products
from detente.data.products.reading import read_codes as read_codes
from detente.data.world import World as World
from detente.dispute.blocks import Demand as Demand
from detente.dispute.day_schedule import DaySchedule as DaySchedule
from detente.dispute.day_schedule import schedule as schedule
from detente.dispute.schema import Dispute as Dispute
from detente.dispute.schema import list_cases as list_cases
from detente.dispute.session import Progress, Session
from detente.ensemble.draws import Over as Over
from detente.errors import BadInput as BadInput
from detente.errors import DetenteError as DetenteError
from detente.errors import NotSolved as NotSolved
from detente.graph_model.conflict import Conflict as Conflict
from detente.markets.abnormal_returns import event_study as event_study
from detente.markets.implied import implied_probability as implied_probability
from detente.markets.prices import Prices
from detente.markets.prices import read_prices as read_prices
from detente.model.labour import Elastic as Elastic
from detente.model.labour import Sticky as Sticky
from detente.model.parts import Parts as Parts
from detente.model.quotas import Quota as Quota
from detente.model.shock import Shock as Shock
from detente.optimal_tariffs.best_responses import BestResponse as BestResponse
from detente.optimal_tariffs.best_responses import best_response as best_response
from detente.optimal_tariffs.cooperation import Cooperation as Cooperation
from detente.optimal_tariffs.cooperation import cooperate as cooperate
from detente.optimal_tariffs.governments import Objective as Objective
from detente.optimal_tariffs.history import History as History
from detente.optimal_tariffs.history import play as play
from detente.optimal_tariffs.nash_equilibrium import Equilibrium as Equilibrium
from detente.optimal_tariffs.nash_equilibrium import nash as nash
from detente.optimal_tariffs.retaliation.rule import Standoff as Standoff
from detente.policy.measure import Measure as Measure
from detente.policy.schedule import TariffBook as TariffBook
from detente.policy.stacking_rules import StackingRule as StackingRule
from detente.report.briefs import PolicyBrief as PolicyBrief
from detente.solver.adjoint import gradient as gradient
from detente.solver.decomposition import decompose as decompose
from detente.solver.distribution import household_losses as household_losses
from detente.solver.economy import Economy as Economy
from detente.solver.economy import calibrate as calibrate
from detente.solver.equilibrium import solve as solve
from detente.solver.first_round import prices as prices
from detente.solver.incidence import pass_through as pass_through
from detente.solver.incidence import who_pays as who_pays
from detente.solver.lost_sales import substitution as substitution
from detente.solver.nesting import product_nest as product_nest
from detente.solver.solution import Outcome as Outcome
from detente.solver.solution import Solution as Solution
from detente.targets.attainment import reach as reach
from detente.targets.target import Balance as Balance
from detente.targets.target import Purchases as Purchases
from detente.targets.target import Target as Target
from detente.timing.prior import Prior

__version__: str
__all__: list[str]

# Front doors, made by tools/docs.py from the registry.

def run(
    dispute: Dispute | Session | str | Path,
    *,
    horizon: str | None = ...,
    acts: bool = ...,
    third_markets: bool = ...,
    signs: bool = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    households: pd.DataFrame | str | Path | None = ...,
    employment: pd.DataFrame | str | Path | None = ...,
    progress: Progress | None = ...,
    early: Callable[[Findings], None] | None = ...,
) -> Findings: ...
def path(
    dispute: Dispute | Session | str | Path,
    *,
    years: int = ...,
    first: int | None = ...,
    threats: str = ...,
    long_run: int | None = ...,
    discount: float = ...,
    growth: float = ...,
    offset: float | None = ...,
    refunds: Sequence[str] = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> Trajectory: ...
def run_war(
    dispute: Dispute | Session | str | Path,
    *,
    players: Sequence[str] | None = ...,
    objective: Objective | str = ...,
    one_rate: bool = ...,
    liberalise: bool = ...,
    grid: Sequence[float] = ...,
    political_weights: Sequence[str] = ...,
    seed: int = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> War: ...
def talks(
    dispute: Dispute | Session | str | Path,
    no_deal: str | None = ...,
    *,
    players: Sequence[str] | None = ...,
    only: Sequence[str] | None = ...,
    weights: Sequence[float] = ...,
    mfn: bool = ...,
    robust: bool = ...,
    tariffs: bool = ...,
    met: Sequence[str] = ...,
    seed: int = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> Talks: ...
def run_hold(
    dispute: Dispute | Session | str | Path,
    *,
    players: Sequence[str] | None = ...,
    objective: Objective | str = ...,
    one_rate: bool = ...,
    liberalise: bool = ...,
    period: float = ...,
    annual_rate: float = ...,
    lag: float | None = ...,
    lasting: float | None = ...,
    no_deal: str | None = ...,
    quota: float = ...,
    packages: Mapping[str, Sequence[str]] | Sequence[str] = ...,
    picks: bool = ...,
    seed: int = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> Hold: ...
def run_clock(
    dispute: Dispute | Session | str | Path,
    *,
    players: Sequence[str] | None = ...,
    prior: Prior | str | None = ...,
    until: date | str | None = ...,
    score: bool = ...,
    seed: int = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> Clock: ...
def run_markets(
    dispute: Dispute | Session | str | Path,
    prices: Prices | pd.DataFrame | pd.Series[Any] | str | Path | None = ...,
    *,
    players: Sequence[str] | None = ...,
    events: Sequence[date | str] | None = ...,
    economy: str | None = ...,
    asset: str | None = ...,
    market: str | None = ...,
    window: Sequence[float] = ...,
    estimation: int = ...,
    level: float = ...,
    multiplier: float = ...,
    values: Sequence[float] | None = ...,
    probability: float | None = ...,
    prior: Prior | str | None = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    progress: Progress | None = ...,
) -> Markets: ...
def bands(
    dispute: Dispute | Session | str | Path | Findings | Callable[..., Mapping[str, float]],
    *,
    result: str = ...,
    draws: int = ...,
    seed: int = ...,
    sets: Sequence[str] | None = ...,
    closures: Sequence[str] | None = ...,
    rules: Sequence[str] | None = ...,
    worlds: Sequence[str] | None = ...,
    spread: float | None = ...,
    level: Sequence[float] | None = ...,
    horizons: Sequence[str] | None = ...,
    labour_range: Sequence[float] | None = ...,
    mobility_range: Sequence[float] | None = ...,
    floor_range: Sequence[float] | None = ...,
    holds: Sequence[str] = ...,
    horizon: str | None = ...,
    world: World | str | None = ...,
    elasticities: str | ArrayLike | None = ...,
    deficits: str | None = ...,
    base_tariffs: str | None = ...,
    labour: float | None = ...,
    revenue: str | None = ...,
    income_tax: float | None = ...,
    mobility: float | None = ...,
    wage_floor: float | None = ...,
    wage_unit: str | None = ...,
    accept_defaults: bool = ...,
    options: Mapping[str, Any] | None = ...,
    over: Over | None = ...,
    workers: int | None = ...,
    scheduler: str | None = ...,
    folder: str | Path | None = ...,
    progress: Progress | None = ...,
) -> Bands: ...
