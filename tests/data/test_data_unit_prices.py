"""Prices by the unit, volumes, exchange rates and intensities: read as people write them, written so, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data.unit_prices import (
    DIMENSIONS,
    ExchangeRate,
    Intensity,
    UnitPrice,
    Volume,
    parse_exchange,
    parse_intensity,
    parse_tonnes,
    parse_unit_price,
    parse_volume,
    rate_between,
)
from detente.errors import BadInput

UNITS = [unit for its in DIMENSIONS.values() for unit in its]
POSITIVE = st.floats(1e-6, 1e12)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("93 EUR/t", UnitPrice(93.0, "EUR", "t")),
        ("€93/t", UnitPrice(93.0, "EUR", "t")),
        ("93 euros per tonne", UnitPrice(93.0, "EUR", "t")),
        ("US$ 750 per metric ton", UnitPrice(750.0, "USD", "t")),
        ("0.5 usd / gallon", UnitPrice(0.5, "USD", "gal")),
        ("1200 CNY/piece", UnitPrice(1200.0, "CNY", "unit")),
    ],
)
def test_prices_by_the_unit_as_people_write_them(written, meant):
    assert parse_unit_price(written) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("93 euros per ton", "93 EUR/t for tonnes of 1,000 kg, or 93 EUR/short-ton"),
        ("25%", "is a rate, not a price by the unit: write add: 25%"),
        ("93", "write a number, a currency and a unit"),
        ("93 EUR", "write a number, a currency and a unit"),
        (93, "write a number, a currency and a unit"),
        ("-3 EUR/t", "write a number, a currency and a unit"),
        ("0 EUR/t", "is nothing"),
        ("93 EUR/lightyear", "'lightyear' is no unit; known are t, kg"),
        ("93 XX/t", "'XX' is no currency"),
        (None, "write a number, a currency and a unit"),
        (True, "write a number, a currency and a unit"),
    ],
)
def test_other_prices_are_refused_with_the_nearest_right_form(written, said):
    with pytest.raises(BadInput, match=said):
        parse_unit_price(written)


@given(POSITIVE, st.sampled_from(["USD", "EUR", "CNY"]), st.sampled_from(UNITS))
def test_what_is_written_reads_back_to_the_last_bit(amount, currency, unit):
    for its, reader in (
        (UnitPrice(amount, currency, unit), parse_unit_price),
        (Volume(amount, unit), parse_volume),
        (Intensity(amount, "kg", currency), parse_intensity),
        (Intensity(amount, "t", unit), parse_intensity),
    ):
        assert reader(str(its)) == its


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3.3m t", Volume(3.3e6, "t")),
        ("3300000 kg", Volume(3.3e6, "kg")),
        ("500k hl", Volume(5e5, "hl")),
        ("2 m3", Volume(2.0, "m3")),
    ],
)
def test_volumes_as_people_write_them(written, meant):
    assert parse_volume(written) == meant


@pytest.mark.parametrize("written", ["3.3m", 5, True, None, "-3 t", "3.3m tons", "1e9 t", ""])
def test_other_volumes_are_refused(written):
    with pytest.raises(BadInput):
        parse_volume(written)


def test_tonnes_need_no_unit_and_take_no_other():
    assert parse_tonnes("3.3m") == parse_tonnes(3300000) == parse_tonnes("3.3m t") == Volume(3.3e6, "t")
    with pytest.raises(BadInput, match=r"write quantity: 3\.3m kg"):
        parse_tonnes("3.3m kg")


def test_units_of_one_dimension_convert_and_others_do_not():
    duty, value = parse_unit_price("93 EUR/t"), parse_unit_price("0.75 EUR/kg")
    assert duty.times_of(value) == pytest.approx(93 / 750, rel=1e-14)
    with pytest.raises(BadInput, match="by mass, the other by volume; write the value in EUR/t"):
        duty.times_of(parse_unit_price("3 EUR/l"))
    assert parse_volume("3.3m t").worth(parse_unit_price("0.75 USD/kg")) == pytest.approx(2475.0, rel=1e-14)
    with pytest.raises(BadInput, match="write it in USD/t"):
        parse_volume("3.3m t").worth(value)


def test_currencies_need_their_rate():
    duty, value = parse_unit_price("100 EUR/t"), parse_unit_price("1000 USD/t")
    with pytest.raises(BadInput, match=r"give exchange: such as 1\.08 USD/EUR"):
        duty.times_of(value)
    assert duty.times_of(value, ExchangeRate(1.08, "USD", "EUR")) == pytest.approx(0.108, rel=1e-14)
    assert duty.times_of(value, parse_exchange("0.925 EUR/USD")) == pytest.approx(0.1 / 0.925, rel=1e-14)
    with pytest.raises(BadInput, match=r"exchange is 7\.1 CNY/USD"):
        rate_between("EUR", "USD", parse_exchange("7.1 CNY/USD"), "the price")


@pytest.mark.parametrize("written", ["1.08", "USD/EUR", "1 USD/USD", 1.08, "0 USD/EUR"])
def test_other_exchange_rates_are_refused(written):
    with pytest.raises(BadInput):
        parse_exchange(written)


def test_intensities_by_value_and_by_goods():
    by_value, by_goods = parse_intensity("1.9 kg CO2/USD"), parse_intensity("2.1 tCO2e per tonne")
    assert (by_value.tonnes, by_value.by_goods) == (pytest.approx(0.0019), False)
    assert (by_goods.tonnes, by_goods.by_goods) == (pytest.approx(2.1), True)
    for written in (1.9, "1.9", "1.9 l/USD", "1.9 kg"):
        with pytest.raises(BadInput, match=r"1\.9 kg/USD or 2\.1 t/t"):
            parse_intensity(written)
