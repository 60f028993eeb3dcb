"""The measures block: what it takes, and one clear message for everything it does not."""

from __future__ import annotations

from datetime import date

import pytest
from policy_lab import measure
from pydantic import ValidationError

from detente.policy.measure import Goods, Measure, TariffLine
from detente.policy.periods import parse_day


def refused(message, **given):
    with pytest.raises(ValidationError, match=message):
        measure(**given)


def test_it_reads_the_measure_of_the_design():
    threat = measure(
        id="us-301",
        status="threatened",
        goods={"value": "50bn", "basis": "customs"},
        add="25%",
        earliest="2018-05-23",
        assumed=["add"],
        source={"quote": "tariffs on as much as $150 billion in Chinese goods", "document": "article-2018-05-04"},
    )
    assert threat.on == ("CHN",)
    assert (threat.goods.value, threat.goods.basis, threat.add) == (50_000.0, "customs", 0.25)
    assert threat.earliest == date(2018, 5, 23)


def test_what_it_writes_reads_back_the_same():
    given = measure(goods={"codes": [{"hs": "010121", "value": "1.2bn", "add": "25%"}]}, until="2019-01-01")
    text = given.model_dump_json(by_alias=True, exclude_none=True)
    assert '"from":"2018-01-01"' in text
    assert '"hs":"010121"' in text
    assert Measure.model_validate_json(text) == given


def test_objects_are_frozen_and_unknown_keys_refused():
    with pytest.raises(ValidationError, match="frozen"):
        measure(add="25%").add = 0.5
    refused("Extra inputs", add="25%", tarif="25%")
    refused("no bundled list", goods={"list": "file.csv"}, add="25%")


@pytest.mark.parametrize(
    ("goods", "message"),
    [
        ({}, "exactly one form"),
        ({"value": "50bn", "all": True}, "exactly one form"),
        ({"sectors": ["C26"], "all": True}, "exactly one form"),
        ({"all": False}, "names no goods"),
        ({"value": "-1bn"}, "not above zero"),
        ({"value": 50}, "no unit"),
        ({"sectors": ["C26", "C26"]}, "more than once"),
        ({"all": True, "basis": "customs"}, "no value is given"),
        ({"codes": [{"hs": "854231"}, {"hs": "854231"}]}, "more than once"),
        ({"codes": [{"hs": "854231"}, {"hs": "8542.31"}]}, "code 854231 is named more than once"),
        ({"codes": [{"hs": "854231"}], "sectors": ["C26"]}, "exactly one form"),
        ({"codes": [{"hs": "854231"}], "hs": 2022, "all": True}, "exactly one form"),
        ({"all": True, "hs": 2022}, "hs is the edition of codes"),
        ({"codes": [{"hs": "854231"}], "hs": 2007}, "no edition that is read"),
        ({"codes": [{"hs": "854231", "add": "25%", "set": "30%"}]}, "both add and set"),
        ({"codes": [{"hs": "854231", "value": "-1bn"}]}, "negative value"),
        ({"codes": []}, "at least 1"),
    ],
)
def test_goods_in_no_form_or_two_are_refused(goods, message):
    refused(message, goods=goods, add="25%")


@pytest.mark.parametrize(
    ("hs", "message"),
    [
        (854231, "is a number, not text"),
        (10121, "is a number, not text"),
        ("10121", "leading zero"),
        ("8542310", "leading zero"),
        ("ex 854231", "a part of a code"),
        ("8542-8544", "is a range"),
        ("chips", "is not digits"),
    ],
)
def test_a_code_is_text_of_two_to_ten_digits(hs, message):
    with pytest.raises(ValidationError, match=message):
        TariffLine(hs=hs)


def test_a_code_keeps_its_leading_zero_and_loses_its_dots():
    assert TariffLine(hs="010121").hs == "010121"
    assert [TariffLine(hs=hs).hs for hs in ("72", "85.42", "0101.21.00", "8542 31 00 01")] == [
        *("72", "8542", "01012100", "8542310001"),
    ]


def test_codes_may_have_an_official_total_an_edition_and_lie_in_each_other():
    goods = Goods.model_validate({"codes": [{"hs": "8542"}, {"hs": "854231"}], "value": "34bn", "hs": 2022})
    assert (goods.value, goods.hs) == (34000.0, "2022")
    assert str(goods) == "2 product codes worth 34bn"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "has no rate"),
        ({"add": "25%", "set": "30%"}, "both add and set"),
        ({"add": "2500%"}, "over 1000 %"),
        ({"add": "-150%"}, "under −100 %"),
        ({"add": "many"}, "not a rate"),
        ({"add": "25%", "goods": {"sector_rates": {"C26": "10%"}}}, "carry the rates"),
        ({"add": "25%", "goods": {"table": "us-on-china-2018-2020"}}, "carry the rates"),
        ({"goods": {"codes": [{"hs": "854231", "add": "25%"}, {"hs": "854232"}]}}, "no rate for code 854232"),
        ({"add": "25%", "goods": {"codes": [{"hs": "854231", "add": "25%"}]}}, "every code carries its own"),
    ],
)
def test_a_measure_has_one_rate(given, message):
    refused(message, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"from": None}, "since when"),
        ({"from": "2018-13-01"}, "not a day of the calendar"),
        ({"from": "6 July 2018"}, "write it as 2018-05-04"),
        ({"from": 20180706}, "not a date"),
        ({"from": "1527033600"}, "not a date"),
        ({"from": "2018-07-06", "until": "2018-07-05"}, "before it begins"),
        ({"earliest": "2018-07-06"}, "no earliest day"),
        ({"status": "withdrawn", "from": "2018-07-06"}, "give until"),
        ({"status": "maybe"}, "in-force"),
        ({"on": ["CHN", "CHN"]}, "twice"),
        ({"on": ["all", "CHN"]}, "all and on others"),
        ({"on": "USA"}, "its own goods"),
        ({"on": []}, "at least 1"),
        ({"assumed": ["colour"]}, "assumed names colour"),
        ({"exempt": {}}, "exempt names nothing"),
        ({"id": "us 301"}, "pattern"),
    ],
)
def test_dates_partners_and_the_rest(given, message):
    refused(message, add="25%", **given)


def test_a_table_needs_its_date():
    refused("one of its dates", status="threatened", goods={"table": "us-on-china-2018-2020"})


def test_law_is_a_matter_of_status_and_dates():
    days = [date(2018, 7, 5), date(2018, 7, 6), date(2018, 12, 31), date(2019, 1, 1)]
    law = measure(add="25%", **{"from": "2018-07-06", "until": "2018-12-31"})
    assert [law.legal_on(day) for day in days] == [False, True, True, False]
    gone = measure(add="25%", status="withdrawn", **{"from": "2018-07-06", "until": "2018-12-31"})
    assert [gone.legal_on(day) for day in days] == [False, True, True, False]
    threat = measure(add="25%", status="threatened", **{"from": "2018-07-06"})
    assert not any(threat.legal_on(day) for day in days)


def test_goods_say_what_they_are():
    assert str(Goods(all=True)) == "all goods"
    assert str(Goods.model_validate({"value": "50bn"})) == "USD 50bn"
    assert str(Goods.model_validate({"sector_rates": {"C24A": "25%"}})) == "C24A 25%"
    assert str(Goods(table="us-on-china-2018-2020")) == "table us-on-china-2018-2020"
    assert str(Goods.model_validate({"codes": [{"hs": "854231"}]})) == "1 product code"
    assert str(Goods(sectors=("C26", "C27"))) == "C26, C27"


def test_a_day_is_a_date_as_we_write_it():
    assert parse_day("2018-05-04") == parse_day(date(2018, 5, 4)) == date(2018, 5, 4)


def test_a_copy_with_changes_says_what_it_says_and_not_what_the_original_said():
    original = measure("m", add="25%", goods={"all": True})
    before = original.written
    copied = original.model_copy(update={"add": 0.1})
    assert copied.written != before == original.written


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"add": "25%"}, "+25%"),
        ({"set": "25%"}, "25%"),
        ({"total": "15%"}, "15% in total"),
        ({"add": "25%", "of": "40%"}, "+25% on 40% of value"),
        ({"add": "25%", "of": "metal-content"}, "+25% on metal-content"),
        ({"goods": {"sector_rates": {"C26": "5%"}}}, "rates by product or sector"),
    ],
)
def test_a_rate_is_said_in_words(given_, said):
    assert measure("m", **given_).rate_in_words == said
