import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from detente.data.quantities import (
    Money,
    MoneyRange,
    Rate,
    format_money,
    format_money_range,
    format_rate,
    parse_money,
    parse_money_range,
    parse_rate,
    whole_percent,
)
from detente.errors import BadInput


class Holder(BaseModel):
    rate: Rate
    money: Money
    span: MoneyRange
    maybe: Money | None = None


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("25%", 0.25),
        ("7.5 %", 0.075),
        (" 0% ", 0.0),
        ("-100%", -1.0),
        ("−5%", -0.05),
        ("1000%", 10.0),
        ("0.25", 0.25),
        (0.25, 0.25),
        (1, 1.0),
        ("145%", 1.45),
        ("0.07%", 0.0007),
    ],
)
def test_a_rate_is_read_as_a_fraction(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("2500%", "over 1000 %"),
        (25, r"25 without a per cent sign is over 1000 %: write .* as 25%"),
        ("25", r"'25' without a per cent sign is over 1000 %: write"),
        (1.45, "1.45 without a per cent sign is 145 %: write 1.45%, or if 145 % is meant, 145%"),
        ("1.45", "or if 145 % is meant, 145%"),
        (5, "5 without a per cent sign is 500 %: write 5%"),
        (10, "write 10%, or if 1000 % is meant, 1000%"),
        ("7.5", "write 7.5%"),
        (1.0000001, "without a per cent sign"),
        ("9" * 1_000_000, "over 1000 %: write"),
        ("-101%", "under −100 %"),
        (-1.5, "under −100 %"),
        (True, "not a rate"),
        (math.nan, "not finite"),
        (math.inf, "not finite"),
        ("nan", "not a rate"),
        ("25 percent", "not a rate"),
        ("25%%", "not a rate"),
        ("1e3%", "not a rate"),
        ("1,000%", "not a rate"),
        ("", "not a rate"),
        (None, "not a rate"),
        ("٢٥%", "not a rate"),
    ],
)
def test_what_is_no_rate_is_refused_with_a_remedy(bad, says):
    with pytest.raises(BadInput, match=says):
        parse_rate(bad)


@pytest.mark.parametrize(
    ("text", "million"),
    [
        ("150bn", 150_000.0),
        ("34.5mn", 34.5),
        ("-200bn", -200_000.0),
        ("2tn", 2_000_000.0),
        ("−1.2 bn", -1200.0),
        ("0mn", 0.0),
        (".5bn", 500.0),
        ("375.2bn", 375_200.0),
    ],
)
def test_money_is_read_as_usd_million(text, million):
    assert parse_money(text) == million


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (150, "150 has no unit.*is 150mn"),
        (150000.0, "is 150bn"),
        ("150", "not an amount"),
        ("$150bn", "not an amount"),
        ("150 billion", "not an amount"),
        ("150BN", "not an amount"),
        ("1,500mn", "not an amount"),
        (False, "not an amount"),
        (math.nan, "not finite"),
        (None, "not an amount"),
        ("nanbn", "not an amount"),
    ],
)
def test_what_is_no_money_is_refused_with_a_remedy(bad, says):
    with pytest.raises(BadInput, match=says):
        parse_money(bad)


def test_a_range_reads_two_ends_or_one():
    assert parse_money_range("5bn..60bn") == (5000.0, 60000.0)
    assert parse_money_range("-1bn .. 1bn") == (-1000.0, 1000.0)
    assert parse_money_range("5bn") == (5000.0, 5000.0)
    assert format_money_range((5000.0, 5000.0)) == "5bn"


@pytest.mark.parametrize("bad", ["60bn..5bn", "5..60bn", "5bn..", "1bn..2bn..3bn", 5, (5.0, 60.0), ""])
def test_a_bad_range_is_refused(bad):
    with pytest.raises(BadInput):
        parse_money_range(bad)


def test_writing_is_as_a_person_writes():
    assert [format_rate(r) for r in (0.25, 0.075, 0.0, -0.0, 0.07, 1.0)] == ["25%", "7.5%", "0%", "0%", "7%", "100%"]
    amounts = (150_000.0, 34.5, -200_000.0, 2_000_000.0, 0.0, 0.25, 375_200.0)
    assert [format_money(m) for m in amounts] == ["150bn", "34.5mn", "-200bn", "2tn", "0mn", "0.25mn", "375.2bn"]
    with pytest.raises(BadInput, match="not finite"):
        format_money(math.nan)


@given(st.floats(-1.0, 10.0))
def test_every_rate_reads_back_to_the_last_bit(rate):
    assert parse_rate(format_rate(rate)) == rate


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_every_amount_reads_back_to_the_last_bit(amount):
    assert parse_money(format_money(amount)) == amount


@given(finite, finite)
def test_every_range_reads_back(a, b):
    ends = (min(a, b), max(a, b))
    assert parse_money_range(format_money_range(ends)) == ends


@given(st.sampled_from([parse_rate, parse_money, parse_money_range]), st.text(max_size=12))
def test_any_text_gives_a_number_or_one_clear_refusal(parse, text):
    with contextlib.suppress(BadInput):
        parse(text)


@pytest.mark.parametrize("huge", [10**400, -(10**400)])
def test_a_number_too_large_for_a_float_is_refused(huge):
    with pytest.raises(BadInput, match="not finite"):
        parse_money(huge)
    with pytest.raises(BadInput, match="not finite"):
        parse_rate(huge)
    with pytest.raises(BadInput, match="not finite"):
        parse_money(f"{huge}bn")


def test_fields_read_and_write_the_words_a_person_writes():
    held = Holder(rate="25%", money="150bn", span="5bn..60bn")
    assert (held.rate, held.money, held.span, held.maybe) == (0.25, 150_000.0, (5000.0, 60000.0), None)
    dumped = held.model_dump()
    assert dumped == {"rate": "25%", "money": "150bn", "span": "5bn..60bn", "maybe": None}
    assert Holder.model_validate(dumped) == held
    assert Holder.model_validate_json(held.model_dump_json()) == held
    assert "string" in str(Holder.model_json_schema())


def test_a_field_reports_every_fault_at_once():
    with pytest.raises(ValidationError) as fault:
        Holder(rate="2500%", money=150, span="60bn..5bn")
    assert [error["loc"][0] for error in fault.value.errors()] == ["rate", "money", "span"]


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_is_all_or_none_only_where_it_is(counts: tuple[int, int]) -> None:
    some, every = counts
    said = whole_percent(some / every)
    assert (said == 100) == (some == every)
    assert (said == 0) == (some == 0)
    assert abs(said - 100 * some / every) <= 1
