"""The tables of a scenario about people: prices, who pays, persons, groups of households, and jobs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from detente.analyses.run.people import People
from detente.data.employment import WHOLE
from detente.model.shock import Shock
from detente.solver.distribution import COLUMNS as OF_GROUPS
from detente.solver.distribution import REVENUE, household_losses
from detente.solver.first_round import ALL, prices
from detente.solver.incidence import pass_through, who_pays
from detente.solver.noise import without_noise
from detente.solver.solution import Solution, workers_moving

JOBS: Final = ("economy", "sector", "heads", "changing_sector", "change")


class PeopleTables:
    """Each table of one state, drawn when it is asked for.

    `shock` leads from the reference to the state; it is None where goods are traded again whose trade had ended before,
    and then first rounds are missing, and so are the tables that are about single measures.
    """

    def __init__(
        self, solution: Solution, shock: Callable[[], Shock | None], people: People, parties: tuple[str, ...]
    ) -> None:
        self.solution, self._shock, self.people, self.parties = solution, shock, people, parties

    @cached_property
    def shock(self) -> Shock | None:
        """The shock from the reference to the state."""
        return self._shock()

    @cached_property
    def _prices(self) -> pd.DataFrame:
        return prices(self.solution, self.shock)

    def prices(self) -> pd.DataFrame:
        """`detente.prices`: parties by sector, every economy in all."""
        table = self._prices
        return table[table["economy"].isin(self.parties) | (table["sector"] == ALL)].reset_index(drop=True)

    def pass_through(self) -> pd.DataFrame:
        """`detente.pass_through` of the parties' imports."""
        table = pass_through(self.solution, self.shock or Shock())
        return table[table["importer"].isin(self.parties)].reset_index(drop=True)

    def who_pays(self) -> pd.DataFrame:
        """`detente.who_pays`, every importer whose duties move."""
        return who_pays(self.solution, self.shock or Shock())

    def persons(self) -> pd.DataFrame:
        """One row an economy: persons and households, and USD a year of each; missing where nobody counted them.

        real_income_usd_per_person, real_income_usd_per_household: the change in real income at base prices.
        first_round_usd_per_person, first_round_usd_per_household: what the old basket of final buyers costs more in the
        first round before substitution.
        """
        base, people = self.solution.base, self.people
        whole = self._prices[self._prices["sector"] == ALL]
        amounts = {
            "real_income": without_noise((self.solution.W_hat - 1) * base.I, of=base.I),
            "first_round": whole["first_round"].to_numpy() * base.I,
        }
        households = np.array([people.households.get(code, np.nan) for code in base.economies], dtype=np.float64)
        counts = {"person": people.persons, "household": households}
        table = {"economy": base.economies, "persons": people.persons, "households": households}
        for what, usd in amounts.items():
            table |= {f"{what}_usd_per_{unit}": usd * 1e6 / count for unit, count in counts.items()}
        return pd.DataFrame(table)

    def households(self) -> pd.DataFrame:
        """`detente.household_losses` of the parties whose households are grouped and whose duties move, with USD a
        household where they are counted: `cost_usd_per_household`, `loss_..._usd_per_household` and, of what households
        themselves consume, `consumption_cost_usd_per_household`."""
        frames = []
        if self.shock is not None:
            levy = set(self.who_pays()["importer"])
            for code in (code for code in self.parties if code in self.people.groups and code in levy):
                groups = self.people.groups[code]
                frame = household_losses(self.solution, self.shock, groups)
                each = self.people.households.get(code, np.nan) / len(groups.groups)
                for name in ("cost", *(f"loss_{who}" for who in REVENUE), "consumption_cost"):
                    frame[f"{name}_usd_per_household"] = frame[name] * 1e6 / each
                frames.append(frame)
        if frames:
            return pd.concat(frames, ignore_index=True)
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in OF_GROUPS.items()})

    def jobs(self) -> pd.DataFrame:
        """One row of the table of employment: heads; how many change their sector, of an economy; the change, of a
        sector. Missing in the rows that it is not about; no job is lost in the long run, and none is added."""
        assert self.people.employment is not None
        table = self.people.employment.heads
        moving = pd.Series(workers_moving(self.solution), index=self.solution.base.economies)
        change = self.solution.sectors().set_index(["economy", "sector"])["employment"]
        whole = (table["sector"] == WHOLE).to_numpy()
        pairs = pd.MultiIndex.from_frame(table[["economy", "sector"]])
        heads = table["heads"].to_numpy()
        leave = np.where(whole, heads * moving.reindex(table["economy"]).to_numpy(), np.nan)
        grow = np.where(whole, np.nan, heads * change.reindex(pairs).to_numpy())
        return pd.DataFrame(dict(zip(JOBS, (table["economy"], table["sector"], heads, leave, grow), strict=True)))
