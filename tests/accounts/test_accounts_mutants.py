"""Each check fails on a deliberately broken equation, and each broken equation is found by a check.

A check fails by its own assertion, with the numbers the broken solver returns: not because the audit refused them.
"""

from __future__ import annotations

import pytest

from accounts.checks import CHECKS
from accounts.mutants import MUTANTS, broken
from limits.closed_forms import LIMITS

ALL = {check.__name__: check for check in (*CHECKS, *LIMITS)}

FOUND_BY = (
    ("tariff_revenue_forgotten", "zero_shock_changes_nothing"),
    ("deficits_forgotten", "no_inputs_is_armington"),
    ("rents_forgotten", "every_account_closes_with_a_restraint"),
    ("rents_stay_with_the_producers", "every_account_closes_with_a_restraint"),
    ("restraints_as_tariffs", "a_restraint_is_a_tariff_whose_revenue_is_given_away"),
    ("flows_gross_of_tariff", "every_account_closes"),
    ("shares_transposed", "the_oracle_agrees"),
    ("input_shares_transposed", "home_shares_suffice"),
    ("elasticity_of_the_wrong_sign", "a_tariff_works_in_its_direction"),
    ("elasticity_of_the_wrong_sign", "one_sector_is_the_acr_formula"),
    ("elasticity_of_the_next_sector", "the_order_of_sectors_is_no_matter"),
    ("tariff_without_elasticity", "costs_of_all_trade_scale_prices_alone"),
    ("the_old_tariff_is_collected", "every_account_closes"),
    ("the_old_tariff_is_collected", "free_trade_among_equals"),
    ("parts_are_averaged", "a_part_is_not_its_average"),
    ("parts_are_averaged", "a_part_is_a_variety_of_its_own"),
    ("a_barrier_helps_trade", "a_small_tariff_pays_and_a_barrier_does_not"),
    ("final_shares_do_not_sum", "zero_shock_changes_nothing"),
    ("inputs_left_out_of_cost", "autarky"),
    ("one_wage_for_held_labour", "every_account_closes_with_labour_held_in_its_sector"),
    ("real_income_by_a_plain_mean_of_prices", "a_sector_in_two_halves_is_the_sector"),
    ("numeraire_of_the_first_economy", "the_order_of_economies_is_no_matter"),
    ("numeraire_without_weights", "an_economy_split_in_two_is_the_economy"),
    ("a_little_in_every_market", "the_currency_is_no_matter"),
    ("empty_markets_divide", "empty_markets_stay_empty"),
    ("deficits_grow_alone", "every_account_closes"),
    ("the_gradient_forgets_revenue", "the_gradient_is_the_slope"),
)


def test_no_check_and_no_mutant_is_left_out():
    assert {check for _, check in FOUND_BY} == set(ALL)
    assert {mutant for mutant, _ in FOUND_BY} == set(MUTANTS)


#: Its slopes are compiled anew for seconds; the check itself runs without the mutant in every run.
COMPILED = "the_gradient_forgets_revenue"


@pytest.mark.parametrize(
    ("mutant", "check"), [pytest.param(*row, marks=pytest.mark.slow if row[0] == COMPILED else ()) for row in FOUND_BY]
)
def test_the_check_finds_the_mutant(mutant, check):
    with broken(mutant), pytest.raises(AssertionError):
        ALL[check]()
