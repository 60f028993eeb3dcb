"""One rate on all that an instrument covers beside a rate for each sector: what both cost whom, and where signs differ.

Rates by sector are chosen for somebody, so that they cost whoever they are chosen for no more than one rate does. Where
one rate costs an economy and rates by sector bring it a gain, neither sign is that of the instrument.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.data.quantities import stated_usd
from detente.errors import enumerate_names
from detente.solver.noise import NOISE


def rates_frame(one: pd.DataFrame, by_sector: pd.DataFrame) -> pd.DataFrame:
    """One row each of the two sides, third countries and the world, from the payments of both targets.

    economy; one_rate, by_sector: change of real income, USD million a year at base prices; sign_differs: the one is a
    gain and the other a loss.
    """
    told = [frame["real_income"].abs().to_numpy() > NOISE for frame in (one, by_sector)]
    money = [frame["real_income_usd"].to_numpy() for frame in (one, by_sector)]
    return pd.DataFrame(
        {
            "economy": one["economy"],
            "one_rate": money[0],
            "by_sector": money[1],
            "sign_differs": told[0] & told[1] & (np.sign(money[0]) != np.sign(money[1])),
        }
    )


def signs_said(frame: pd.DataFrame, chosen_for: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence for each row of `rates_frame` whose signs differ, with codes for names."""
    whom = enumerate_names(chosen_for)
    return tuple(
        f"the sign for {row['economy']} depends on the rates: one rate {'costs' if row['one_rate'] < 0 else 'brings'} "
        f"it {stated_usd(abs(row['one_rate']))} a year, rates by sector (chosen for {whom}) "
        f"{'cost' if row['by_sector'] < 0 else 'bring'} it {stated_usd(abs(row['by_sector']))}"
        for row in frame[frame["sign_differs"]].to_dict("records")
    )
