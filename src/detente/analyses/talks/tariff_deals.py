"""Duties that two sides would agree on, on top of the demands of a package that change no trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.analyses.talks.deals import values_of_met
from detente.analyses.talks.summary import DUTIES, AgreedDuties
from detente.data.exported import Exported
from detente.data.world import World
from detente.dispute.negotiation import DisagreementPoint, Negotiation, NoDeal, disagreement_points, named
from detente.dispute.schema import Dispute
from detente.dispute.session import MOST, Session, listed
from detente.errors import NotSolved, enumerate_names
from detente.inputs import two, whole
from detente.model.benchmark import Deficits
from detente.optimal_tariffs.cooperation import Cooperation, CooperationCertificate, Fair, cooperate
from detente.solver.solution import Solution


@dataclass(frozen=True, eq=False)
class TariffDeal(Exported):
    """Duties on each other's goods that two sides would agree on.

    Attributes
    ----------
    concept, no_deal, met
        The concept of a fair deal, what gains are counted from, and the demands that are met beside.
    economies
        One row an economy: economy, deal (change of real income since the truce, USD million a year, values of ``met``
        left out), values (of ``met``), gain (both together over no deal).
    duties
        One row a side and sector: by, on, sector, bought (in the benchmark, USD million a year), before (average rate
        in force), agreed.
    solution
        Relative to the economy as calibrated.
    certificate
        What a better blend of gains could still bring.
    """

    players: tuple[str, str]
    concept: Fair
    no_deal: NoDeal
    met: tuple[str, ...]
    economies: pd.DataFrame = field(repr=False)
    duties: pd.DataFrame = field(repr=False)
    solution: Solution = field(repr=False)
    certificate: CooperationCertificate

    def tables(self) -> dict[str, pd.DataFrame]:
        """The effect of the deal on every economy, and the duties of both sides."""
        return {"economies": self.economies, "duties": self.duties}

    def __repr__(self) -> str:
        gains = self.economies.set_index("economy")["gain"]
        each = ", ".join(f"{code} {gains[code]:+,.0f}" for code in self.players)
        return f"<TariffDeal by {self.concept} over {self.no_deal}: {each} USD million a year; {self.certificate}>"


def bargain_tariffs(
    dispute: Dispute,
    no_deal: str | None = None,
    *,
    concept: Fair = "nash-product",
    met: Sequence[str] = (),
    weights: tuple[float, float] = (0.5, 0.5),
    players: Sequence[str] | None = None,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    base_tariffs: str | None = None,
    seed: int = 0,
    accept_defaults: bool = False,
) -> TariffDeal:
    """The duties on each other's goods that a concept of a fair deal picks, one a sector, none of them a subsidy.

    Parameters
    ----------
    no_deal
        As in `talks`.
    concept
        nash-product: the largest product of gains over no deal. equal-gain: the same percentage of real income for
        both.
    met
        Demands that are met beside: such as change no trade, each at the middle of its values in the file.
    weights
        Powers of gains in Nash's product.
    players, world, elasticities, deficits, base_tariffs, seed, accept_defaults
        As in `talks`.

    Raises
    ------
    UnknownDemand, BadInput
        Where a demand is not there, changes trade or has no value, or an option is none.
    BadDispute, BadMeasure, NotSolved
        As in `talks`; NotSolved too where no duties leave both better off than no deal.
    """
    seed, powers = whole(seed, "seed", 0), two(weights, "weights", "(0.5, 0.5)")
    session = Session.of(
        dispute,
        world=world,
        elasticities=elasticities,
        deficits=deficits,
        base_tariffs=base_tariffs,
        horizon="long",
        accept_defaults=accept_defaults,
    )
    negotiation = Negotiation.of(session, session.pair(listed(players), "a bargain is"))
    chosen = named(no_deal, negotiation)
    values_of_met(negotiation, met)
    failed = list(disagreement_points(negotiation, seed=seed, with_nash=chosen == "nash"))
    return bargained(negotiation, failed, chosen, concept=concept, met=met, weights=powers, seed=seed)


def bargained(
    negotiation: Negotiation,
    failed: Sequence[DisagreementPoint],
    chosen: NoDeal,
    *,
    concept: Fair = "nash-product",
    met: Sequence[str] = (),
    weights: tuple[float, float] = (0.5, 0.5),
    seed: int = 0,
) -> TariffDeal:
    """`bargain_tariffs` where it is known what failed talks lead to."""
    extra = values_of_met(negotiation, met)
    states = {failure.name: failure for failure in failed}
    found = cooperate(
        negotiation.session.economy,
        negotiation.pair,
        start=negotiation.session.standoff.shock(),
        concept=concept,
        no_deal=states[chosen].solution,
        extra=dict(zip(negotiation.pair, extra.tolist(), strict=True)),
        power=dict(zip(negotiation.pair, weights, strict=True)) if concept == "nash-product" else None,
        against=negotiation.pair,
        sectors=negotiation.session.world.goods,
        bounds=(0.0, MOST),
        seed=seed,
    )
    return TariffDeal(
        players=negotiation.pair,
        concept=concept,
        no_deal=chosen,
        met=tuple(met),
        economies=_economies(negotiation, found, states, chosen, extra),
        duties=_duties(negotiation, found),
        solution=found.solution,
        certificate=found.certificate,
    )


def agreed_duties(
    negotiation: Negotiation,
    failed: Sequence[DisagreementPoint],
    chosen: NoDeal,
    met: Sequence[str],
    weights: tuple[float, float],
    seed: int,
) -> AgreedDuties:
    """The duties that the product of gains picks beside demands; empty tables and a note where there are none."""
    try:
        found = bargained(negotiation, failed, chosen, met=met, weights=weights, seed=seed)
    except NotSolved as problem:
        return AgreedDuties(notes=(f"duties that both would agree on are not found: {problem}",))
    beside = enumerate_names(met) or "no demand"
    note = f"duties on each other's goods are those of the largest product of gains over {chosen}, beside {beside}"
    return AgreedDuties(found.economies, found.duties, (f"{note}: {found.certificate}",))


def _economies(
    negotiation: Negotiation,
    found: Cooperation,
    states: dict[NoDeal, DisagreementPoint],
    chosen: NoDeal,
    extra: np.ndarray,
) -> pd.DataFrame:
    economy = negotiation.session.economy
    truce, walked = states["status quo"].solution.welfare_hat, states[chosen].solution.welfare_hat
    values = np.zeros(len(economy.economies))
    values[list(negotiation.seats)] = extra
    return pd.DataFrame(
        {
            "economy": list(economy.economies),
            "deal": (found.solution.welfare_hat - truce) * economy.I,
            "values": values,
            "gain": (found.solution.welfare_hat - walked) * economy.I + values,
        }
    )


def _duties(negotiation: Negotiation, found: Cooperation) -> pd.DataFrame:
    economy, world = negotiation.session.economy, negotiation.session.world
    before = negotiation.session.standoff.shock().wedges(economy).t_cf
    rows = []
    for n, i in (negotiation.seats, negotiation.seats[::-1]):
        for sector in world.goods:
            j = economy.sector_index(sector)
            rates = (float(before[n, i, j]), float(found.tariffs[n, i, j]))
            rows.append((economy.economies[n], economy.economies[i], sector, float(economy.M[n, i, j]), *rates))
    return pd.DataFrame(rows, columns=list(DUTIES))
