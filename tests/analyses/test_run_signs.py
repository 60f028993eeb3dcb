"""Signs over elasticities, closures and base tariffs: those that are kept, those computed, and what a headline says."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

import detente as dt
from detente.analyses.run.headlines import leading_parties, not_tried
from detente.analyses.run.signs import COLUMNS, HASH, MAIN, Signs, _kept, dispute_hash, signs_of
from detente.dispute.scenarios import leading
from detente.dispute.session import Session
from detente.ensemble.draws import SETS
from detente.model.benchmark import CLOSURES
from detente.report.numbers import direction, names_of

CASES = dt.list_cases()


def table(changes: dict[tuple[str, str, str], float], state: str = MAIN, economy: str = "USA") -> pd.DataFrame:
    return pd.DataFrame([(state, *key, economy, value) for key, value in changes.items()], columns=list(COLUMNS))


def test_one_assumption_that_turns_the_sign_is_named() -> None:
    grid = {(e, d, "simple"): (1e-4 if d == "balanced" else -1e-4) for e, d in product(("CP", "U4"), CLOSURES)}
    signs = Signs(table(grid), "simple")
    assert signs.turns("USA")
    assert signs.deciding("USA") == ("deficits",)
    assert signs.size == len(grid)


def test_no_sign_turns_where_a_change_is_missing_or_nothing() -> None:
    signs = Signs(table({("CP", "fixed", "simple"): -1e-4, ("U4", "fixed", "simple"): 0.0}), "simple")
    assert not signs.turns("USA")
    assert signs.deciding("USA") == ()
    assert not Signs(table({("CP", "fixed", "simple"): float("nan")}), "simple").turns("USA")


@pytest.mark.parametrize("name", CASES)
def test_every_bundled_case_has_its_signs_kept_for_the_dispute_as_it_is(name: str) -> None:
    kept, dispute = _kept()[name], dt.Dispute.read(name)
    assert set(kept["dispute_sha256"]) == {dispute_hash(dispute)[:HASH]}, "type: .venv/bin/python tools/signs.py"
    assert set(kept["elasticities"]) == set(SETS)
    assert set(kept["deficits"]) == set(CLOSURES)
    mine = kept[kept["state"] == MAIN]
    assert len(mine) == len(SETS) * len(CLOSURES) * kept["base_tariffs"].nunique() * len(dispute.parties)
    assert mine["real_income"].notna().all()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_headline_says_which_signs_turn_and_hedges_no_other(name: str) -> None:
    """Each combination is set up as a user would and solved alone, by another backend than the table was."""
    findings = dt.run(name, accept_defaults=True)
    parties, text, names = leading_parties(findings), findings.headline, names_of(findings)
    signs: dict[str, set[str]] = {party: set() for party in parties}
    kept = signs_of(findings)
    assert kept is not None
    assert not not_tried(findings)
    session = Session.of(dt.Dispute.read(name), accept_defaults=True)
    for rule, theta, closure in product(session.world.tariff_sources, SETS, CLOSURES):
        other = session.under(base_tariffs=rule).under(elasticities=theta, deficits=closure, keep=False)
        plans = other.prepared.plans
        main = other.decided(plans[leading([(plan.kind, plan.ids) for plan in plans])])
        change = other.solution(main.measures).W_hat / (other.before.W_hat if main.reference == "baseline" else 1)
        for party in parties:
            found = float(change[other.economy.index(party)]) - 1
            signs[party].add(direction(found))
            # the batch reaches each state in one step; both close every account to 1e-9
            assert kept.of(party)[theta, closure, rule] == pytest.approx(found, rel=1e-4, abs=1e-8)
    for party in parties:
        assert (f"The sign for {names.the(party)} hangs on" in text) == ({"gain", "loss"} <= signs[party]), party
