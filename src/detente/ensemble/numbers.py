"""The numbers of a draw: what changes in each scenario, for whom, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from detente.ensemble.batch import Found
from detente.ensemble.states import States
from detente.inputs import FloatArray

KEYS: Final = ("scenario", "quantity", "economy", "partner")
"""What tells one number from another."""
EVERYBODY: Final = "all"
"""The partner that stands for all other economies together."""


def keys_of(states: States) -> pd.DataFrame:
    """One row a number: scenario, quantity, economy, partner (empty where there is none).

    real_income of every economy; of the parties also real_income_usd, real_wage, consumer_prices (relative to the own
    wage), revenue (change in tariff revenue) and goods_balance (change in exports less imports of goods, net of
    tariffs) with each other party and with everybody. As in the tables of `detente.run`.
    """
    return pd.DataFrame(list(_keys(states)), columns=list(KEYS))


def _keys(states: States) -> Iterator[tuple[str, str, str, str]]:
    for pair in states.pairs:
        if pair.before == pair.after:  # nothing changes, in any draw
            continue
        yield from ((pair.scenario, "real_income", code, "") for code in states.economy.economies)
        for party in states.parties:
            for quantity in ("real_income_usd", "real_wage", "consumer_prices", "revenue"):
                yield pair.scenario, quantity, party, ""
            for partner in (*(other for other in states.parties if other != party), EVERYBODY):
                yield pair.scenario, "goods_balance", party, partner


def numbers_of(states: States, found: Found) -> FloatArray:
    """The numbers of one draw in the order of `keys_of`."""
    rows = []
    for pair in states.pairs:
        if pair.before == pair.after:
            continue
        a, b = pair.before, pair.after
        income = found.W_hat[b] / found.W_hat[a]
        wage = (found.w_hat[b] / found.consumer_prices[b]) / (found.w_hat[a] / found.consumer_prices[a])
        rows.append(income - 1)
        exports = found.trade[b] - found.trade[a]  # importer by exporter
        for party in states.parties:
            n = states.economy.index(party)
            rows.append(
                np.array(
                    [
                        (income[n] - 1) * found.I_cf[a][n],
                        wage[n] - 1,
                        1 / wage[n] - 1,
                        found.R_cf[b][n] - found.R_cf[a][n],
                        *(
                            exports[i, n] - exports[n, i]
                            for i in (states.economy.index(other) for other in states.parties if other != party)
                        ),
                        exports[:, n].sum() - exports[n].sum(),
                    ]
                )
            )
    return np.concatenate(rows) if rows else np.zeros(0)
