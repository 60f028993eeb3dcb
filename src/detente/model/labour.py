"""How labour is supplied: how much of it (9), to which sectors (10), and at which wages (11).

`Elastic` is what `calibrate` takes for (9), and `LabourMarket` all three as a benchmark keeps them. Without any
of them every economy works as much as before, labour moves freely between sectors, and wages clear the market.

All value added earns the wage: κ is an elasticity of all factors, not of hours alone.

Sources: households without income effects on work, C − v(L), and the use of tariff revenue in place of an income tax:
A. Ignatenko, L. Macedoni, A. Lashkaripour and I. Simonovska (2025), "Making America Great Again? The Economic Impacts
of Liberation Day Tariffs", Journal of International Economics 157.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from detente.data.exported import Shown
from detente.errors import BadEconomy, BadInput
from detente.inputs import FloatArray, floats, number, one_of
from detente.model.arrays import Array

RevenueUse = Literal["lump-sum", "income-tax"]
"""lump-sum: tariff revenue is handed out. income-tax: revenue beyond its old share of income lowers the income tax."""
REVENUE_USES: Final[tuple[RevenueUse, ...]] = get_args(RevenueUse)
REPLACED: Final = "replaced"
"""The income tax that the new tariff revenue takes the place of, all of it."""

USUAL_TAX: Final = 0.25
"""Income and payroll tax on the last dollar of factor income: the quarter by which budget offices let other taxes fall
for a dollar of indirect tax. Congressional Budget Office (2009), "The Role of the 25 Percent Revenue Offset in
Estimating the Budgetary Effects of Legislation", Economic and Budget Issue Brief, 13 January (publication 20110). Of
recent years the offset is 21 to 25 per cent: Congressional Budget Office (2022), "CBO's Use of the Income and Payroll
Tax Offset in Its Budget Projections and Cost Estimates", 4 October (publication 58421)."""
HIGHEST_KAPPA: Final = 10.0
"""Estimates of the elasticity of labour supply lie under 3."""


@dataclass(frozen=True)
class Elastic(Shown):
    """Labour supply that answers to the real wage after tax, with an elasticity; equation (9).

    Parameters
    ----------
    kappa
        Elasticity of labour supply (Frisch), 0 to 10. Zero is a fixed supply.
    revenue
        What tariff revenue is used for: ``lump-sum`` hands it out, ``income-tax`` lowers the income tax by what it is
        more than its old share of factor income.
    tax
        The income tax of the benchmark, a fraction under one of factor income: one number, or one an economy (n,). Or
        ``"replaced"``: a benchmark without tariff revenue, whose income tax is just what the new revenue replaces.

    Raises
    ------
    BadInput
        Where a value is outside its range, or ``"replaced"`` stands beside ``lump-sum``.
    """

    kappa: float
    revenue: RevenueUse = "lump-sum"
    tax: ArrayLike | Literal["replaced"] = USUAL_TAX

    def __post_init__(self) -> None:
        kappa = number(self.kappa, "kappa")
        if not 0 <= kappa <= HIGHEST_KAPPA:
            raise BadInput(
                f"kappa is {kappa:g}: an elasticity of labour supply is between 0 and {HIGHEST_KAPPA:g}; estimates lie "
                "between 0.1 and 3"
            )
        object.__setattr__(self, "kappa", kappa)
        one_of(self.revenue, "revenue", REVENUE_USES)
        if isinstance(self.tax, str):
            one_of(self.tax, "tax", (REPLACED,))
            if self.revenue != "income-tax":
                raise BadInput(
                    f"tax='{REPLACED}' is the income tax that revenue takes the place of, but revenue is used "
                    "lump-sum: give revenue='income-tax', or tax as a number"
                )
            return
        tax = floats(self.tax, "tax")
        holds = (tax < 1) & (tax > -1)
        if not holds.all():
            wrong = tax.ravel()[int(np.argmin(holds))]
            raise BadInput(f"tax holds {wrong:g}: an income tax is a fraction under 1 (0.25 is 25 %)")
        object.__setattr__(self, "tax", float(tax) if tax.ndim == 0 else tax)

    @property
    def replaced(self) -> bool:
        """Whether the income tax is what the new revenue replaces."""
        return isinstance(self.tax, str)

    def taxes(self, economies: int) -> FloatArray:
        """The income tax of each economy (n,); zeros where it is found with the equilibrium. Raises BadEconomy."""
        tax = np.zeros(()) if isinstance(self.tax, str) else np.asarray(self.tax, dtype=np.float64)
        if tax.ndim and tax.shape != (economies,):
            raise BadEconomy(
                f"tax has shape {tax.shape}, but the world has {economies} economies: give one number, or one each"
            )
        return np.array(np.broadcast_to(tax, (economies,)))


Anchor = Literal["factor-income", "usd"]
"""What is held while wages are counted: world factor income (8), or the factor income of the US, in dollars."""
ANCHORS: Final[tuple[Anchor, ...]] = get_args(Anchor)
DOLLAR: Final = "USA"
"""The economy whose factor income in dollars is held."""
MOST_MOBILE: Final = 100.0
"""Wages of sectors differ by 1/m of what their bills differ by: beyond it the audit hardly tells them from one wage."""


@dataclass(frozen=True)
class Sticky(Shown):
    """Wages that do not fall below a floor, so that there may be unemployment; equation (11).

    Parameters
    ----------
    floor
        Lowest wage, new over old: 0.98 lets it fall by 2 %. Over 0, at most 1.
    anchor
        In which unit: ``factor-income``, world factor income held, or ``usd``, the factor income of the United States
        held in dollars.

    Raises
    ------
    BadInput
        Where the floor is outside its range or the anchor is not known.
    """

    floor: float
    anchor: Anchor = "factor-income"

    def __post_init__(self) -> None:
        floor = number(self.floor, "floor")
        if not 0 < floor <= 1:
            raise BadInput(f"floor is {floor:g}: the lowest wage over the old one is over 0, at most 1, such as 0.98")
        object.__setattr__(self, "floor", floor)
        one_of(self.anchor, "anchor", ANCHORS)


@dataclass(frozen=True, eq=False)
class LabourMarket:
    """What a benchmark says of labour; nothing of it for the model of (1)-(8).

    ``mobility`` is m of (10), from 1 to `MOST_MOBILE`, or infinite where one wage holds in an economy.
    """

    elastic: Elastic | None = None
    mobility: float = np.inf
    wages: Sticky | None = None

    @property
    def plain(self) -> bool:
        """Whether labour is what (1)-(8) say: a fixed supply, mobile between sectors, at wages that clear."""
        return self.kappa == 0 and self.wages is None and not self.by_sector

    @property
    def kappa(self) -> float:
        """The elasticity of labour supply."""
        return 0.0 if self.elastic is None else self.elastic.kappa

    @property
    def asked(self) -> dict[str, float | str] | None:
        """What labour does, by the names of the options that ask for it; None for the plain market."""
        found: dict[str, float | str] = {}
        if self.elastic is not None and self.kappa > 0:
            tax = self.elastic.tax
            rate = tax if isinstance(tax, str) else float(np.mean(np.asarray(tax, dtype=np.float64)))
            found |= {"labour": self.kappa, "revenue": self.elastic.revenue, "income_tax": rate}
        if self.by_sector:
            found["mobility"] = self.mobility
        if self.wages is not None:
            found |= {"wage_floor": self.wages.floor, "wage_unit": self.wages.anchor}
        return found or None

    @property
    def by_sector(self) -> bool:
        """Whether each sector has its wage, since workers differ."""
        return bool(np.isfinite(self.mobility))


class LabourSupply(NamedTuple):
    """Labour supply as the joint pass takes it.

    ``relieves`` is one where new revenue lowers the income tax and zero where it is handed out; ``replaced`` is true
    where that is the whole tax. ``R_share`` is revenue over factor income in the benchmark. ``mobility`` is m of (10),
    None where workers are alike. ``ln_floor`` is that of (11), None where wages fall; ``anchor`` (n,) the weights
    of what labour earns in its unit, and ``ease`` (n, s) by how much employment falls with each log point that a wage
    would lie under its floor, which is any number above zero and only paces the iteration.
    """

    kappa: Array
    tax: Array
    relieves: Array
    replaced: Array
    R_share: Array
    mobility: Array = None
    ln_floor: Array = None
    anchor: Array = None
    ease: Array = None


def labour_market(labour: object = None, mobility: float | None = None, wages: object = None) -> LabourMarket:
    """The labour market that `calibrate` is asked for. Raises BadInput."""
    for what, given, kind, like in (
        ("labour", labour, Elastic, "dt.Elastic(kappa=0.5)"),
        ("wages", wages, Sticky, "dt.Sticky(floor=0.98)"),
    ):
        if given is not None and not isinstance(given, kind):
            raise BadInput(f"{what} is {given!r}: give {like}, or leave it out")
    m = np.inf if mobility is None or mobility == np.inf else number(mobility, "mobility")
    if not (1 <= m <= MOST_MOBILE or np.isinf(m)):
        raise BadInput(
            f"mobility is {m:g}: give 1 (workers stay in their sectors) to {MOST_MOBILE:g}, or leave it out for "
            "workers who are alike"
        )
    return LabourMarket(labour, m, wages)  # type: ignore[arg-type]  # kinds are checked above


NAMED: Final = ("labour", "revenue", "income_tax", "mobility", "wage_floor", "wage_unit")
"""What says what labour does, by the names of options and of keys of a dispute file."""
_NEEDS: Final = {"revenue": "labour", "income_tax": "labour", "wage_unit": "wage_floor"}


def market_named(given: Mapping[str, Any]) -> LabourMarket | None:
    """The labour market of values by the names of `NAMED`; None where none is given. Raises BadInput."""
    said = {name: given[name] for name in NAMED if given.get(name) is not None}
    if not said:
        return None
    for name, needed in _NEEDS.items():
        if name in said and needed not in said:
            raise BadInput(f"{name} says nothing without {needed}: give {needed} too, or leave it out")
    elastic = wages = None
    if "labour" in said:
        elastic = Elastic(said["labour"], said.get("revenue", "lump-sum"), said.get("income_tax", USUAL_TAX))
    if "wage_floor" in said:
        wages = Sticky(said["wage_floor"], said.get("wage_unit", "factor-income"))
    return labour_market(elastic, said.get("mobility"), wages)
