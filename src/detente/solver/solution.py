"""The solved equilibrium: arrays, the verdict of the audit, and tidy tables.

The values of `Outcome` are the messages a user reads, each with its remedy. In tables changes are fractions;
``*_usd``, ``*_before`` and ``*_after`` are USD million a year. A change of real income in USD is (Ŵ − 1)·I at base
prices. Prices are relative to the own wage, since levels in the numeraire are not inflation. Output is in volume.
Everything is a long-run level if the measures stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.data.codes import service_codes
from detente.data.exported import Exported, html_of
from detente.errors import BadInput, BadShock, NotSolved
from detente.inputs import BoolArray, FloatArray, number
from detente.model.benchmark import Benchmark
from detente.model.labour import DOLLAR
from detente.model.parts import Parts
from detente.model.shock import Shock, Wedges
from detente.model.varying import NO_ROWS
from detente.solver.fixed_point import Horizon, Unknowns
from detente.solver.noise import settled, without_noise
from detente.solver.quota_results import QuotaResults

#: Every gap of a solved equilibrium is at most this, relative to the account itself.
AUDIT_BOUND = 1e-9


class Outcome(Enum):
    """The verdict. Solved means that every gap of the audit is within `AUDIT_BOUND`, relative, at positive incomes."""

    SOLVED = "solved: every account closes, and every income is positive"
    NOT_ADMISSIBLE = "no equilibrium with positive incomes was found"
    NOT_CONVERGED = (
        "the fixed point was not reached, also not in small steps: try smaller tariffs or a lower elasticity, "
        "and see which market the audit names"
    )
    NOT_FINITE = (
        "there is no equilibrium that the iteration can hold: a market may have lost nearly all its suppliers; try a "
        "smaller shock, or deficits='balanced'"
    )
    ACCOUNT_OPEN = (
        "the fixed point was reached but an account stays open by more than 1e-9 of itself: amounts differ in size by "
        "more than 16 digits hold; merge the smallest economies or sectors, or lower the highest elasticity"
    )


def economies(s: Solution) -> pd.DataFrame:
    """One row an economy, in the economy's order.

    real_income: Ŵ − 1, spending over prices. welfare: (U' − U)/I, with U = C − v(L) the worth of spending less that of
    work; welfare_ratio: U'/U − 1. Both are real_income where labour supply is fixed. real_gdp: at base prices, in
    volumes, along the path of the shock; missing where trade of some goods ends, since no path of finite rates leads
    there. nominal_gdp: in the numeraire, in which world factor income is held; nominal_gdp_dollars: in dollars in which
    the factor income of the United States is held, missing where the world has none. employment: labour at work.
    unemployment: the part of labour supply that does not work. real_wage: the average wage over consumer prices, before
    tax. wage: in the numeraire, world factor income.
    consumer_prices: relative to the own wage. workers_moving: the share of labour that must change sector, zero in the
    short run. rents_after: what the economy charges on its exports; there are none before. transfers_after: what it
    receives beside its deficit. The other columns are levels before and after; exports and imports are counted at the
    border. Changes within `detente.solver.noise.NOISE` of income are zero.
    """
    b = s.base
    cpi = consumer_prices(s)
    exports, imports = _exports(b.M), _imports(b.M)
    M_cf = s.M_cf
    exports_cf, imports_cf = _exports(M_cf), _imports(M_cf)
    return pd.DataFrame(
        {
            "economy": b.economies,
            "real_income": without_noise(s.W_hat - 1),
            "real_income_usd": without_noise((s.W_hat - 1) * b.I, of=b.I),
            "welfare": without_noise(s.welfare_hat - 1),
            "welfare_ratio": without_noise(s.U_hat - 1),
            "real_gdp": without_noise(s.real_gdp_hat - 1),
            "nominal_gdp": without_noise(s.gdp_cf / b.gdp - 1),
            "nominal_gdp_dollars": without_noise(s.gdp_cf / b.gdp / dollars(s) - 1),
            "employment": without_noise(s.L_hat - 1),
            "unemployment": without_noise(s.unemployment),
            "real_wage": without_noise(s.w_hat / cpi - 1),
            "wage": without_noise(s.w_hat - 1),
            "consumer_prices": without_noise(cpi / s.w_hat - 1),
            "workers_moving": without_noise(workers_moving(s)),
            "income_before": b.I,
            "income_after": settled(s.I_cf, b.I, b.I),
            "gdp_before": b.gdp,
            "gdp_after": settled(s.gdp_cf, b.gdp, b.I),
            "revenue_before": b.R,
            "revenue_after": settled(s.R_cf, b.R, b.I),
            "rents_after": without_noise(s.rents_cf, of=b.I),
            "exports_before": exports,
            "exports_after": settled(exports_cf, exports, b.I),
            "imports_before": imports,
            "imports_after": settled(imports_cf, imports, b.I),
            "deficit_before": b.D,
            "deficit_after": settled(s.D_cf, b.D, b.I),
            "transfers_after": s.T_cf,
        }
    )


def sectors(s: Solution) -> pd.DataFrame:
    """One row an economy and sector.

    consumer_price, import_price: what buyers pay, tariffs included, relative to the own wage; import_price over foreign
    suppliers only. output: volume, Ŷ/ĉ. value_added: deflated by the own consumer prices. employment: labour at work
    in the sector. Undefined values (an empty market or sector, no imports) are missing, never zero.
    """
    b = s.base
    wage = s.w_hat[:, None]
    produces = b.Y > 0
    Y_hat = _ratio(s.Y_cf, b.Y, produces)
    value_added = _ratio(b.gamma_va * s.Y_cf, b.gamma_va * b.Y, produces & (b.gamma_va > 0))
    held = np.where(np.isnan(value_added), np.nan, s.L_hat[:, None])
    if b.labour_market.wages is not None:  # each sector has its own unemployment
        held = value_added / s.wage_hat
    employment = value_added / wage if s.horizon == "long" else held
    n, j = b.X.shape
    return pd.DataFrame(
        {
            "economy": np.repeat(b.economies, j),
            "sector": np.tile(b.sectors, n),
            "consumer_price": without_noise(np.where(b.market, s.P_hat, np.nan) / wage - 1).ravel(),
            "import_price": without_noise(s.import_price_hat / wage - 1).ravel(),
            "output": without_noise(Y_hat / s.c_hat - 1).ravel(),
            "value_added": without_noise(value_added / consumer_prices(s)[:, None] - 1).ravel(),
            "employment": without_noise(employment - 1).ravel(),
            "output_before": b.Y.ravel(),
            "value_added_before": (b.gamma_va * b.Y).ravel(),
            "final_spending_share": b.alpha.ravel(),
        }
    )


def trade(s: Solution) -> pd.DataFrame:
    """One row a flow, own sales included: USD million net of tariffs and the tariff, each before and after."""
    b = s.base
    n, i, j = b.pi.shape
    economies = np.asarray(b.economies)
    return pd.DataFrame(
        {
            "importer": np.repeat(economies, i * j),
            "exporter": np.tile(np.repeat(economies, j), n),
            "sector": np.tile(np.asarray(b.sectors), n * i),
            "before": b.M.ravel(),
            "after": s.M_cf.ravel(),
            "tariff_before": b.t.ravel(),
            "tariff_after": s.t_cf.ravel(),
        }
    )


def balance(s: Solution, economy: str, partner: str | None, goods_only: bool) -> tuple[float, float]:
    """Exports − imports net of tariffs with a partner, or with every other economy, before and after."""
    b = s.base
    n = b.index(economy)
    if partner == economy:
        raise BadInput(f"a balance needs two economies, not {economy} twice: name a partner, or none for the world")
    others = [b.index(partner)] if partner is not None else [i for i in range(len(b.economies)) if i != n]
    kept = [b.sector_index(sector) for sector in (goods(b) if goods_only else b.sectors)]

    def level(M: FloatArray) -> float:
        return float(M[others, n][:, kept].sum() - M[n, others][:, kept].sum())

    return level(b.M), level(s.M_cf)


def diversion(s: Solution, importer: str, exporter: str, goods_only: bool) -> pd.DataFrame:
    """The sales of each third economy to the importer, before, after and ``change`` in USD million."""
    b = s.base
    n, partner = b.index(importer), b.index(exporter)
    if n == partner:
        raise BadInput(f"trade diversion needs two economies, not {importer} twice")
    kept = [b.sector_index(sector) for sector in (goods(b) if goods_only else b.sectors)]
    third = [i for i in range(len(b.economies)) if i not in (n, partner)]
    before, after = b.M[n][:, kept].sum(1)[third], s.M_cf[n][:, kept].sum(1)[third]
    return pd.DataFrame(
        {
            "economy": [b.economies[i] for i in third],
            "before": before,
            "after": after,
            "change": after - before,
            "growth": _ratio(after, before, before > 0) - 1,
        }
    )


def goods(economy: Benchmark) -> tuple[str, ...]:
    """The sectors that are not services by the sector table, in order; a code it does not know counts as goods."""
    return tuple(sector for sector in economy.sectors if sector not in service_codes())


RENTS_PAID: Final = "rents on imports within quotas after"
RENTS_EARNED: Final = "rents of quotas and charges on exports, earned after"
"""Lines of a ledger where there are rents; who earns those on imports need not be the economy that pays them."""


def ledger(s: Solution, economy: str, households: float | None) -> pd.DataFrame:
    """The payments and receipts in one economy: ``item``, ``usd`` (USD million a year) and ``usd_per_household``.

    The extra cost to consumers is that of the old final basket at the new prices relative to the own wage, and that of
    importing firms likewise for the old inputs; tariff revenue is the government's, deflated by the change in wages.
    Where there are rents, a line has those that buyers pay within quotas beside the revenue, and one those that the
    economy earns of quotas and charges on its exports. The items do not sum to the change in real income, which is
    exact and also counts what is bought less of. Changes within `detente.solver.noise.NOISE` of income are zero.
    """
    if households is not None and number(households, "households") <= 0:
        raise BadInput(f"households is {households}: give a count above zero")
    b = s.base
    n = b.index(economy)
    extra = s.P_hat[n] / s.w_hat[n] - 1
    inputs = (b.gamma_io[n] * b.Y[n][None, :]).sum(1)
    final = b.alpha[n] * b.I[n]
    input_share = _ratio((b.gamma_io[n] * s.Y_cf[n][None, :]).sum(1), s.X_cf[n], s.X_cf[n] > 0)
    duties = ((1 - s.wedges.v[n]) * s.pi_cf[n] * s.X_cf[n]).sum(0) / s.w_hat[n]
    on_inputs = float(np.nansum(duties * input_share))
    revenue = s.R_cf[n] / s.w_hat[n]
    rents = bool(s.rents_cf.any())
    of = "of the revenue and rents after" if rents else "of the revenue after"
    rows = {
        "tariff revenue before": b.R[n],
        "tariff revenue after": settled(revenue, b.R[n], b.I[n]),
        "change in tariff revenue": without_noise(revenue - b.R[n], of=b.I[n]),
        **({RENTS_PAID: without_noise(duties.sum() - revenue, of=b.I[n])} if rents else {}),
        f"{of}: paid on inputs of firms": on_inputs,
        f"{of}: paid on final purchases": float(duties.sum()) - on_inputs,
        **({RENTS_EARNED: without_noise(s.rents_cf[n] / s.w_hat[n], of=b.I[n])} if rents else {}),
        "extra cost of the old final basket (consumers)": without_noise((final * extra).sum(), of=b.I[n]),
        "extra cost of the old inputs (firms)": without_noise((inputs * extra).sum(), of=b.I[n]),
        "change in real income": without_noise((s.W_hat[n] - 1) * b.I[n], of=b.I[n]),
    }
    table = pd.DataFrame({"item": list(rows), "usd": [float(value) for value in rows.values()]})
    if households is not None:
        table["usd_per_household"] = table["usd"] * 1e6 / households
    return table


def consumer_prices(s: Solution) -> FloatArray:
    """Π_j P̂_nj^α_nj (n,), in the numeraire."""
    return np.asarray(np.exp((s.base.alpha * np.log(s.P_hat)).sum(1)))


def dollars(s: Solution) -> float:
    """The factor income of the United States, new over old, in the numeraire; not a number where there is none."""
    b = s.base
    if DOLLAR not in b.economies:
        return float("nan")
    n = b.index(DOLLAR)
    earned = (1 - b.profit_share) * b.gamma_va
    return float((earned[n] * s.Y_cf[n]).sum() / b.wL[n])


def import_prices(s: Solution) -> FloatArray:
    """The price index of foreign suppliers alone (n, j), tariffs included, in the numeraire."""
    b = s.base
    foreign = b.pi.copy()
    own = np.arange(len(b.economies))
    foreign[own, own] = 0.0
    weight = foreign * s.wedges.K * (s.c_hat**-b.theta)[None]
    ratio = _ratio(weight.sum(1), foreign.sum(1), foreign.sum(1) > 0)
    with np.errstate(divide="ignore"):  # every foreign supplier closed: an infinite price, as it should be
        return np.asarray(ratio ** (-1 / b.theta))


def workers_moving(s: Solution) -> FloatArray:
    """½ Σ_j |ℓ'_nj − ℓ_nj| (n,), ℓ the share of labour in sector j; zero where labour is held."""
    if s.horizon == "short":
        return np.zeros(len(s.base.economies))
    before = s.base.labour
    after = (1 - s.base.profit_share) * s.base.gamma_va * s.Y_cf
    return np.asarray(0.5 * np.abs(after / after.sum(1, keepdims=True) - before / before.sum(1, keepdims=True)).sum(1))


def _exports(M: FloatArray) -> FloatArray:
    return np.asarray(M.sum((0, 2)) - np.einsum("nnj->n", M))


def _imports(M: FloatArray) -> FloatArray:
    return np.asarray(M.sum((1, 2)) - np.einsum("nnj->n", M))


def _ratio(after: FloatArray, before: FloatArray, defined: BoolArray) -> FloatArray:
    return np.where(defined, after / np.where(defined, before, 1.0), np.nan)


@dataclass(frozen=True, eq=False, repr=False)
class Solution(Exported):
    """An equilibrium after a shock. ``x_hat`` is new over old, ``x_cf`` a new level in USD million; read-only.

    ``rents_cf`` is what each economy charges on its exports and earns of quotas, zero unless the shock has charges or
    quotas; ``R_cf`` is the duty that is collected, without rents of quotas. ``T_cf`` are the transfers of the shock,
    and ``net_imports_cf`` is what an economy buys abroad less what it sells, at the border: D' + T' and the rents that
    it earns of others' quotas, less those of its own that go abroad. A holder abroad is paid beside the goods, not in
    their price. ``L_hat`` is labour at work, ``welfare_hat`` 1 + (U' − U)/I and ``U_hat`` U'/U, U = C − v(L).
    ``unemployment`` is a level, the part of labour supply that does not work.

    ``shock`` is what was solved, where it was given as one.

    ``base`` is the benchmark it is relative to; ``wedges`` the shock as the equations took it, with the rates that were
    found: quotas and duties per unit as tariffs and charges, and rents that go abroad as transfers. ``parts`` are the
    shock's parts at those rates, None where all rates were given or there is no equilibrium. ``passes`` and
    ``residual`` how the fixed point ended; ``gaps`` the audit, per economy; ``outcome`` the verdict, and ``cause`` why
    there is no equilibrium: which economy, which account, by how much, and what to try; empty where one was found.
    Without an equilibrium the arrays are those of the iteration's end and answer nothing.
    """

    base: Benchmark
    wedges: Wedges
    horizon: Horizon
    outcome: Outcome
    passes: int
    residual: float
    gaps: Mapping[str, FloatArray]
    unknowns: Unknowns
    wage_hat: FloatArray
    w_hat: FloatArray
    P_hat: FloatArray
    c_hat: FloatArray
    pi_cf: FloatArray
    X_cf: FloatArray
    Y_cf: FloatArray
    I_cf: FloatArray
    R_cf: FloatArray
    rents_cf: FloatArray
    D_cf: FloatArray
    net_imports_cf: FloatArray
    W_hat: FloatArray
    L_hat: FloatArray
    welfare_hat: FloatArray
    U_hat: FloatArray
    unemployment: FloatArray
    T_cf: FloatArray
    cause: str = ""
    quota_results: QuotaResults | None = None
    parts: Parts | None = None
    shock: Shock | None = None
    splitting: Callable[[Shock, Solution], Mapping[str, FloatArray]] | None = None

    def __repr__(self) -> str:
        verdict = self.outcome.value if self.outcome is Outcome.SOLVED else self.verdict
        return f"<Solution of {self.base.name}: {verdict}, {self.passes} passes, largest gap {self.gap:.1e}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """economies, sectors and trade, as the functions of these names give them."""
        return {"economies": self.economies(), "sectors": self.sectors(), "trade": self.trade()}

    def _repr_html_(self) -> str:
        return html_of(repr(self), {"economies": self.economies()})

    @property
    def verdict(self) -> str:
        """The outcome in words; where it is not solved, with its cause or the account that is open."""
        if self.outcome in (Outcome.SOLVED, Outcome.NOT_ADMISSIBLE):
            return f"{self.outcome.value}: {self.cause}" if self.cause else self.outcome.value
        cause = f"; {self.cause}" if self.cause else ""
        return f"{self.outcome.value} (largest gap {self.gap:.3g}: {self.worst}{cause})"

    @property
    def gap(self) -> float:
        """The largest relative gap of the audit; not a number where one is not."""
        return float(np.max(list(self.gaps.values())))

    @property
    def worst(self) -> str:
        """The account and economy of the largest gap."""
        account = max(self.gaps, key=lambda name: float(np.nan_to_num(self.gaps[name], nan=np.inf).max()))
        return (
            f"{account} account of {self.base.economies[int(np.nan_to_num(self.gaps[account], nan=np.inf).argmax())]}"
        )

    @cached_property
    def split(self) -> Mapping[str, FloatArray]:
        """The terms of real income and real GDP along the path of the shock, in log points; see `detente.decompose`.

        Raises BadInput where the solution is of wedges alone, without the shock that they are of, and BadShock and
        NotSolved as `detente.decompose` does.
        """
        if self.shock is None or self.splitting is None:
            raise BadInput("the path to this solution is not known: it was solved from wedges, not from a shock")
        return self.splitting(self.shock, self)

    @cached_property
    def real_gdp_hat(self) -> FloatArray:
        """Real GDP at base prices (n,), new over old, along the path of the shock (`detente.solver.along_path`).

        Missing where there is no such path: where trade of some goods ends, or the solution is of no known shock.
        """
        if self.shock is not None and self.outcome is Outcome.SOLVED:
            with suppress(BadShock, NotSolved):
                return np.exp(self.split["real_gdp"])
        return np.full(len(self.base.economies), np.nan)

    @property
    def gdp_cf(self) -> FloatArray:
        """Nominal GDP (n,) at buyers' prices, in the numeraire: income less what is bought abroad beyond sales."""
        return np.asarray(self.I_cf - self.net_imports_cf)

    @property
    def t_cf(self) -> FloatArray:
        """Tariffs after the shock (n, i, j), averaged over the parts of a cell by trade after it."""
        return self.wedges.t_cf

    @property
    def M_cf(self) -> FloatArray:
        """Imports after the shock (n, i, j) net of tariffs, own sales included, USD million."""
        return np.asarray(self.pi_cf * self.wedges.v * self.X_cf[:, None, :])

    @property
    def provenance(self) -> Mapping[str, Any]:
        """World, licence, known defects, and how this number was made."""
        return {
            **self.base.provenance,
            "economy": self.base.name,
            "deficits": self.base.deficits,
            "horizon": self.horizon,
            "outcome": self.outcome.name,
            "largest_gap": self.gap,
        }

    def quotas(self) -> pd.DataFrame:
        """One row a quota, in the order of the shock.

        regime: ``below``, ``at`` or ``above`` the limit. rate: r, a fraction on top of what the parts pay anyhow.
        flow, limit: USD million a year, at base border prices or by value as the quota counts; filled is their ratio.
        rent: (rate − low rate) on the flow within the limit, USD million in the numeraire, and holder who earns it.
        """
        none = np.zeros(0)
        results = self.quota_results or QuotaResults(NO_ROWS, none, none, none)
        return results.frame(self.base.economies)

    @property
    def import_price_hat(self) -> FloatArray:
        """The price index of foreign suppliers alone (n, j), new over old: see `import_prices`."""
        return import_prices(self)

    def economies(self) -> pd.DataFrame:
        """One row an economy: see `detente.solver.solution.economies`."""
        return economies(self)

    def sectors(self) -> pd.DataFrame:
        """One row an economy and sector: see `detente.solver.solution.sectors`."""
        return sectors(self)

    def trade(self) -> pd.DataFrame:
        """One row a flow: see `detente.solver.solution.trade`."""
        return trade(self)

    def balance(self, economy: str, partner: str | None = None, *, goods_only: bool = False) -> tuple[float, float]:
        """Exports − imports of an economy with a partner, or with the world, before and after.

        Net of tariffs, USD million a year.
        ``goods_only`` leaves services out. Raises UnknownEconomy.
        """
        return balance(self, economy, partner, goods_only)

    def diversion(self, importer: str, exporter: str, *, goods_only: bool = True) -> pd.DataFrame:
        """The sales of third economies to the importer, before and after: see `detente.solver.solution.diversion`."""
        return diversion(self, importer, exporter, goods_only)

    def ledger(self, economy: str, households: float | None = None) -> pd.DataFrame:
        """Revenue against what consumers and importing firms pay: see `detente.solver.solution.ledger`."""
        return ledger(self, economy, households)
