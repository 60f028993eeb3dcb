"""The grammar of quotas, measures on exports and duties by the unit: what is right, and the nearest right form."""

from __future__ import annotations

import pytest
from policy_lab import measure
from pydantic import ValidationError

from detente.policy.instruments import in_words, instruments_of
from detente.policy.measure import Measure

STEEL = {"sectors": ["C24A"]}
QUOTA = {"value": "7bn", "in": "0%", "over": "50%"}
RIGHT = [
    (
        {"quota": QUOTA},
        "a quota of USD 7bn, 0% within it and 50% beyond; rents to the importer's licence holders",
    ),
    (
        {
            "quota": {
                "share": "80%",
                "in": "10%",
                "over": "50%",
                "place": "set",
                "holder": "exporter",
                "each": "partner",
            }
        },
        "a quota of 80% of the trade of the base year for each partner, 10% within it and 50% beyond in place of the "
        "ordinary duty; rents to the exporter's licence holders",
    ),
    (
        {"quota": {"tonnes": "3.3m", "unit_value": "750 USD/t", "in": 0, "over": "25%", "holder": "KOR"}},
        "a quota of USD 2.475bn (3.3m t at 750 USD/t), 0% within it and 25% beyond; rents to licence holders of KOR",
    ),
    ({"export": {"tax": "25%"}}, "a tax of 25% on exports"),
    ({"export": {"tax": "-5%"}}, "a subsidy of 5% on exports"),
    ({"export": {"ban": "true"}}, "a ban on exports"),
    ({"export": {"limit": "50%"}}, "a limit on exports, 50% of the trade of the base year"),
    ({"export": {"limit": "20bn"}}, "a limit on exports, USD 20bn"),
    (
        {"export": {"limit": {"tonnes": "48k", "unit_value": "9000 USD/t"}}},
        "a limit on exports, USD 432mn (48k t at 9000 USD/t)",
    ),
    ({"import": {"ban": "true"}}, "a ban on imports"),
    ({"import": {"limit": "50%"}}, "a limit on imports, 50% of the trade of the base year"),
    ({"specific": "93 EUR/t", "unit_value": "750 EUR/t"}, "93 EUR/t (unit value 750 EUR/t)"),
    ({"specific": "93 EUR/t", "unit_value": "0.75 EUR/kg", "add": "5%"}, "93 EUR/t (unit value 0.75 EUR/kg)"),
    (
        {
            "carbon": {
                "price": "80 EUR/t",
                "intensity": {"C24A": "1.9 kg/USD"},
                "exchange": "1.08 USD/EUR",
                "free": "97.5%",
                "deduct": {"CHN": "8 EUR/t"},
            }
        },
        "a charge of 80 EUR/t of CO2, 97.5% of emissions free, less the carbon price paid at the origin",
    ),
    (
        {"carbon": {"price": "80 EUR/t", "intensity": "2.1 t/t"}, "unit_value": "750 EUR/t"},
        "a charge of 80 EUR/t of CO2",
    ),
]


@pytest.mark.parametrize(("given", "words"), RIGHT)
def test_each_instrument_has_its_words_and_reads_back_as_it_is_written(given, words):
    made = measure(goods=STEEL, **given)
    assert in_words(made) == words
    assert set(instruments_of(made)) == set(given) - {"unit_value", "add"}
    assert Measure.model_validate(made.model_dump(mode="json", by_alias=True, exclude_defaults=True)) == made
    assert Measure.model_validate_json(made.written) == made


def test_limits_are_written_as_a_person_writes_them():
    made = measure(goods=STEEL, export={"limit": "50%"})
    assert made.model_dump(mode="json", by_alias=True, exclude_defaults=True)["export"] == {"limit": "50%"}
    assert in_words(measure(goods=STEEL, quota=QUOTA | {"holder": "KOR"}), {"KOR": "Korea"}.get).endswith("of Korea")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quota": "7bn"}, "write quota: {value: 7bn, in: 0%, over: 50%}"),
        ({"quota": "80%"}, "write quota: {share: 80%, in: 0%, over: 50%}"),
        ({"quota": "3.3m t"}, "write quota: {tonnes: 3.3m, unit_value: 750 USD/t, in: 0%, over: 50%}"),
        ({"quota": True}, "write quota: {value: 7bn, in: 0%, over: 50%}"),
        ({"quota": {"share": "80%", "in": 0, "over": 5}}, "5 without a per cent sign is 500 %: write 5%"),
        ({"quota": {"share": "80%", "in": 0, "over": 50}}, "write the percentage with its sign, such as 50%"),
        ({"quota": {"in": "0%", "over": "50%"}}, "exactly one of value, share, tonnes, quantity; found none"),
        ({"quota": QUOTA | {"share": "80%"}}, "found value, share"),
        ({"quota": {"tonnes": "3.3m", "in": "0%", "over": "50%"}}, "needs unit_value, what a tonne was worth"),
        ({"quota": QUOTA | {"unit_value": "750 USD/t"}}, "has a unit_value, but its size is a value: remove it"),
        (
            {"quota": {"quantity": "5k hl", "unit_value": "750 USD/t", "in": "0%", "over": "50%"}},
            "write the value in USD/hl",
        ),
        ({"quota": {"tonnes": "5k", "unit_value": "750 EUR/t", "in": "0%", "over": "5%"}}, "write it in USD/t"),
        ({"quota": {"share": "80%", "basis": "world", "in": "0%", "over": "50%"}}, "is the same in all: remove it"),
        ({"quota": {"share": "-8%", "in": "0%", "over": "50%"}}, "is of nothing"),
        ({"quota": QUOTA | {"in": "60%"}}, "exchange in and over"),
        ({"quota": QUOTA, "add": "10%"}, "its rates are in and over; remove add"),
        ({"quota": QUOTA, "export": {"ban": "true"}}, "quota is the whole of a measure"),
        ({"quota": QUOTA, "stacking": "max"}, "which is a rule of duties: remove it"),
        ({"quota": QUOTA, "goods": {"sector_rates": {"C24A": "5%"}}}, "its goods carry rates"),
        (
            {"quota": QUOTA, "goods": {"codes": [{"hs": "7208", "add": "5%"}]}},
            "code 7208 has a rate of its own: remove it",
        ),
        ({"quota": QUOTA, "unit_value": "750 USD/t"}, "unit_value stands inside quota, beside its size"),
        ({"export": "25%"}, "write export: {tax: 25%}, export: {ban: true}"),
        ({"export": {"tax": 25}}, "write the percentage with its sign, such as 25%"),
        ({"export": {"tax": "25%", "ban": "true"}}, "found tax, ban"),
        ({"export": {"ban": "false"}}, "ban: false bans nothing"),
        ({"export": {"tax": "-100%"}}, "pays buyers more than the goods cost"),
        ({"export": {"limit": 5}}, "write a share of the base year such as 50%, a value such as 20bn"),
        ({"export": {"limit": "48k t"}}, "needs unit_value"),
        ({"export": {"tax": "25%"}, "add": "5%"}, "a duty beside it is a measure of its own; remove add"),
        ({"export": {"tax": "25%"}, "stacking": "replace"}, "which is a rule of duties: remove it"),
        ({"export": {"ban": "true"}, "goods": {"codes": [{"hs": "85051110"}]}}, "give codes of up to 6 digits"),
        (
            {"export": {"ban": "true"}, "on": "all", "goods": {"codes": [{"hs": "8505", "value": "1bn"}]}},
            "does not say who buys how much",
        ),
        ({"export": {"limit": "0%"}}, "the limit is of nothing: .*or ban the trade"),
        ({"import": {"limit": "0%"}}, "the limit is of nothing: .*or ban the trade"),
        ({"export": {"tax": "5%"}, "in_base": True}, "hold duties and no export measure: remove in_base"),
        ({"quota": QUOTA, "in_base": True}, "hold duties and no quota: remove in_base"),
        ({"import": {"ban": "true"}, "in_base": True}, "hold duties and no import measure: remove in_base"),
        ({"add": "5%", "claims": {"preference": "USMCA", "share": {}}}, "names no partner: write share: 38%"),
        (
            {"carbon": {"price": "80 EUR/t", "intensity": "1 kg/EUR", "deduct": {"KOR": "8 EUR/t"}}},
            "has carbon prices of KOR, which it is not on: remove them",
        ),
        ({"import": "ban"}, "write import: {ban: true}"),
        ({"specific": "93 EUR/t"}, "such as unit_value: 750 EUR/t; or a column unit_value in the list"),
        ({"specific": "93 EUR/t", "unit_value": "750 USD/t"}, "are in two currencies: write unit_value in EUR/t"),
        ({"specific": "93 EUR/t", "unit_value": "7 EUR/l"}, "write unit_value in EUR/t"),
        ({"specific": "93 EUR/t", "unit_value": "750 EUR/t", "stacking": "max"}, "write stacking: add or replace"),
        (
            {"specific": "93 EUR/t", "goods": {"codes": [{"hs": "7208", "unit_value": "9 EUR/t"}, {"hs": "7209"}]}},
            "needs unit_value",
        ),
        ({"unit_value": "750 EUR/t", "add": "5%"}, "no duty by the unit: give specific: 93 EUR/t, or remove it"),
        ({"carbon": "80 EUR/t"}, "which has a price and intensities: write carbon: {price: 80 EUR/t"),
        ({"carbon": {"price": "80 EUR/t"}}, "intensity: {C24A: 1.9 kg/USD} by sector, or a column intensity"),
        ({"carbon": {"price": "80 EUR/t", "intensity": {}}}, "intensity names no sector"),
        ({"carbon": {"price": "80 EUR/l", "intensity": "1.9 kg/USD"}}, "is no price of CO2.* write 80 EUR/t"),
        ({"carbon": {"price": "80 EUR/t", "intensity": "1.9 kg/USD"}}, "give exchange: such as 1.08 USD/EUR"),
        ({"carbon": {"price": "80 EUR/t", "intensity": "2.1 t/t"}}, "needs unit_value, what one t of the goods"),
        ({"carbon": {"price": "80 EUR/t", "intensity": 1.9}}, "such as 1.9 kg/USD or 2.1 t/t"),
        (
            {"carbon": {"price": "8 EUR/t", "intensity": "1 kg/EUR", "deduct": {"GBR": "5 GBP/t"}}},
            "deduct: 5 GBP/t .*two currencies",
        ),
        ({"carbon": {"price": "80 EUR/t", "intensity": "1 kg/EUR", "free": "120%"}}, "between 0% and 100%"),
    ],
)
def test_wrong_forms_are_refused_with_the_nearest_right_one(given, said):
    with pytest.raises(ValidationError, match=said):
        measure(**{"goods": STEEL} | given)
