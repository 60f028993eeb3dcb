"""Economies with elastic labour, and an auditor of (9) and of welfare that shares no code with the solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import detente as dt
from accounts import lab
from detente.model.labour import labour_market
from oracle.calibrate import Floats
from oracle.toys import Toy

HANDED_OUT = dt.Elastic(kappa=0.5, revenue="lump-sum", tax=0.2)
RELIEF = dt.Elastic(kappa=1.3, revenue="income-tax", tax=0.25)
USES = (HANDED_OUT, RELIEF)


def economy(world: Toy, labour: dt.Elastic | None, deficits: str = "fixed", **market: Any) -> dt.Economy:
    """The calibrated economy of a toy world, with its labour market."""
    return replace(lab.economy(world, deficits), labour_market=labour_market(labour, **market))


def accounts_of_labour(base: dt.Economy, labour: dt.Elastic, s: dt.Solution) -> dict[str, float]:
    """The largest gaps of what (6) to (9) and welfare say, from their definitions."""
    P = np.prod(s.P_hat**base.alpha, axis=1)
    earned = s.w_hat * s.L_hat * base.wL
    R0 = (base.t / (1 + base.t) * base.pi * base.X[:, None, :]).sum((1, 2))
    R = ((1 - s.wedges.v) * s.pi_cf * s.X_cf[:, None, :]).sum((1, 2))
    before = np.full(len(base.wL), float(np.asarray(labour.tax)))
    after = before
    if labour.revenue == "income-tax":
        after = before - (R - R0 * earned / base.wL) / earned
    supplied = ((1 - after) * s.w_hat / ((1 - before) * P)) ** labour.kappa
    # v(L) = a L^(1+1/κ)/(1+1/κ), with a such that the benchmark's L = 1 is chosen at its wage after tax
    a = (1 - before) * base.wL
    power = 1 + 1 / labour.kappa
    U0, U = base.I - a / power, s.W_hat * base.I - a * s.L_hat**power / power
    paid = (base.gamma_va * s.Y_cf).sum(1)
    return {
        "supply": float(np.abs(s.L_hat / supplied - 1).max()),
        "value added is what labour earns": float(np.abs(paid / earned - 1).max()),
        "income": float(np.abs((earned + R + s.D_cf) / s.I_cf - 1).max()),
        "world factor income": abs(float(earned.sum() / base.wL.sum()) - 1),
        "welfare over income": float(np.abs((U - U0) / base.I - (s.welfare_hat - 1)).max()),
        "welfare as a ratio": float(np.abs(U / U0 - s.U_hat).max()),
    }


def welfare_by_own_choice(base: dt.Economy, labour: dt.Elastic, s: dt.Solution, L: Floats) -> Floats:
    """U (n,) of a household that works L at the wages, prices, taxes and transfers of an equilibrium."""
    P = np.prod(s.P_hat**base.alpha, axis=1)
    earned = s.w_hat * s.L_hat * base.wL
    tax = np.full(len(base.wL), float(np.asarray(labour.tax)))
    after = tax - (s.R_cf - base.R * earned / base.wL) / earned if labour.revenue == "income-tax" else tax
    power = 1 + 1 / labour.kappa
    others = s.I_cf - (1 - after) * earned  # transfers, which the household takes as given
    spent = ((1 - after) * s.w_hat * L * base.wL + others) / P
    return np.asarray(spent - (1 - tax) * base.wL * L**power / power)
