"""The schedule of a day weighed by the trade that is left, against the accounts of the equilibrium itself."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session

DAY = "2018-05-04"


@pytest.fixture(scope="module")
def session(small: Dispute, small_world: World) -> Session:
    text = small.to_yaml().replace("id: later", "id: part").replace("from: 2018-07-06", "from: 2018-05-01")
    return Session.of(Dispute.parse(text, world=small_world), world=small_world)


def test_it_is_the_revenue_of_the_equilibrium_over_its_imports(session: Session, small_world: World) -> None:
    """The weights come from the formula of parts, revenue and imports from the solver's accounts, goods alone."""
    found = dt.schedule(session.dispute, on=DAY, world=small_world)
    assert "part" in [measure.id for measure in found.measures], "a share of every cell: products differ within cells"
    state = session.before
    goods = np.isin(small_world.sectors, small_world.goods)
    for importer in ("USA", "CHN", "MEX"):
        n = small_world.index(importer)
        others = np.arange(len(small_world.economies)) != n
        bought = state.M_cf[n][others][:, goods].sum()
        paid = state.R_cf[n] - (state.t_cf * state.M_cf)[n][:, ~goods].sum()
        assert found.total(importer, after_substitution=True) == pytest.approx(paid / bought, rel=1e-8), importer
    # buyers turn away from what pays more
    assert found.total("USA", after_substitution=True) < found.total("USA")
    before = found.total("USA", ordinary=False)
    assert 0 < found.total("USA", ordinary=False, after_substitution=True) < before


def test_without_measures_nothing_is_substituted(session: Session, small_world: World) -> None:
    found = dt.schedule(session.dispute, on="2018-01-01", world=small_world)
    assert found.total("USA", after_substitution=True) == found.total("USA")
    assert dt.schedule(small_world, on=DAY).total("USA", after_substitution=True) == found.total("USA")
