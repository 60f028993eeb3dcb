"""Partners but some, exemptions and suspensions with dates: what a measure spares, and whether it is law, by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_lab import measure, small_world
from pydantic import ValidationError

from detente.errors import BadMeasure
from detente.policy.averages import average_tariffs
from detente.policy.measure import Measure, in_force
from detente.policy.periods import parse_day
from detente.policy.reach import partners, sectors
from detente.policy.schedule import TariffBook

WORLD = small_world(5)
FIRST = date(2018, 1, 1)
SPARED = [
    {"economies": ["MEX"], "until": "2018-05-31"},
    {"sectors": ["C26"], "from": "2018-03-01", "until": "2018-08-31"},
    {"codes": ["7208", "760110"], "from": "2018-02-01", "until": "2018-06-30"},
    {"economies": ["CHN"], "from": "2018-07-01", "until": "2018-07-31"},
]


def dated(blocks=SPARED, **given_):
    return measure(on="all", add="25%", exempt=blocks, **given_)


def rates(world, its, day):
    """The average tariff of every cell where a measure is as it stands on a day, if it is law then."""
    law = in_force([its], day)
    return TariffBook(world, law).tariffs([each.id for each in law])


def test_all_but_some_is_all_with_exemptions():
    its = measure(on={"all_but": ["MEX"]}, add="10%")
    assert its == measure(on="all", exempt={"economies": ["MEX"]}, add="10%")
    assert partners(WORLD, its) == ("CHN",)
    both = measure(on={"all_but": "MEX"}, exempt={"sectors": ["C26"]}, add="10%")
    assert partners(WORLD, both) == ("CHN",)
    assert "C26" not in sectors(WORLD, both)


@pytest.mark.parametrize("on", [{"all_except": ["MEX"]}, {"all_but": []}, {"all_but": ["MEX"], "by": "x"}, {}])
def test_other_forms_of_all_but_are_told_the_right_one(on):
    with pytest.raises(ValidationError, match=r"write all, a list of economies, or \{all_but: \[CAN, MEX\]\}"):
        measure(on=on, add="10%")


@pytest.mark.parametrize(
    ("day", "spared"),
    [
        ("2018-01-01", {"economies": ("MEX",)}),
        ("2018-02-15", {"economies": ("MEX",), "codes": ("7208", "760110")}),
        ("2018-05-31", {"economies": ("MEX",), "codes": ("7208", "760110"), "sectors": ("C26",)}),
        ("2018-06-01", {"codes": ("7208", "760110"), "sectors": ("C26",)}),
        ("2018-07-01", {"economies": ("CHN",), "sectors": ("C26",)}),
        ("2018-09-01", {}),
    ],
)
def test_both_days_of_an_exemption_belong_to_it(day, spared):
    its = dated().on_day(parse_day(day)).exempt
    assert ({} if its is None else its.model_dump(include=set(spared))) == spared
    assert its is None or not its.dated


@given(st.permutations(SPARED), st.integers(0, 300))
def test_the_order_of_exemptions_does_not_matter(blocks, after):
    day = FIRST + timedelta(days=after)
    np.testing.assert_array_equal(rates(WORLD, dated(blocks), day), rates(WORLD, dated(), day))


@given(st.integers(0, 300))
def test_the_rates_of_a_day_are_those_of_the_same_measure_without_dates(after):
    day = FIRST + timedelta(days=after)
    held = [block for block in SPARED if block.get("from", "") <= str(day) <= block["until"]]
    plain = [{key: value for key, value in block.items() if key not in ("from", "until")} for block in held]
    alike = measure(on="all", add="25%", **({"exempt": plain} if plain else {}))
    np.testing.assert_array_equal(rates(WORLD, dated(), day), rates(WORLD, alike, day))


def test_a_book_is_of_a_day_and_averages_follow_it():
    book = TariffBook(WORLD, [dated()])
    assert ("USA", "MEX") not in book.pairs
    assert ("USA", "MEX") in book.on(date(2018, 6, 1)).pairs
    assert book.on(FIRST).pairs == book.pairs
    plain = TariffBook(WORLD, [measure(add="25%")])
    assert plain.on(date(2018, 6, 1)) is plain
    assert (average_tariffs(book, date(2018, 6, 15))["last_change"] == date(2018, 6, 1)).all()
    on_mexico = average_tariffs(book, date(2018, 9, 1)).set_index(["exporter", "weights"]).loc["MEX", "imports"]
    cells = book.on(date(2018, 9, 1)).effective(["m"]).query("exporter == 'MEX'")
    mean = np.average(cells["after"], weights=cells["imports"])
    assert on_mexico["after"] == pytest.approx(mean, rel=1e-12)
    assert mean == pytest.approx(np.average(cells["before"], weights=cells["imports"]) + 0.25, rel=1e-12)


def test_exempt_codes_of_blocks_are_of_one_edition():
    blocks = [{"codes": ["7208"], "hs": "2012"}, {"codes": ["7210"], "hs": "2017", "from": "2018-03-01"}]
    with pytest.raises(ValidationError, match="its exempt codes are of HS 2012, 2017: give all codes in one edition"):
        dated(blocks)


SPANS = [
    {"from": "2018-02-01", "until": "2018-02-28"},
    {"from": "2018-05-01", "until": "2018-05-01"},
    {"from": "2018-09-01"},
]


def test_a_suspended_measure_is_not_law_and_is_law_again():
    for spans in permutations(SPANS):
        its = measure(add="25%", suspended=list(spans))
        law = [FIRST + timedelta(days=k) for k in range(400) if its.legal_on(FIRST + timedelta(days=k))]
        gone = {FIRST + timedelta(days=k) for k in range(400)} - set(law)
        held = {date(2018, 2, 1) + timedelta(days=k) for k in range(28)} | {date(2018, 5, 1)}
        assert gone == held | {day for day in gone if day >= date(2018, 9, 1)}
        assert law[-1] == date(2018, 8, 31)
        days = ("2018-01-01", "2018-02-01", "2018-03-01", "2018-05-01", "2018-05-02", "2018-09-01")
        assert its.changes == tuple(map(parse_day, days))


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 400))
def test_a_suspension_changes_nothing_on_other_days(start, length, after):
    begin, day = FIRST + timedelta(days=start), FIRST + timedelta(days=after)
    end = begin + timedelta(days=length)
    plain = measure(add="25%")
    its = measure(add="25%", suspended={"from": str(begin), "until": str(end)})
    assert its.legal_on(day) == (not begin <= day <= end)
    if its.legal_on(day):
        np.testing.assert_array_equal(rates(WORLD, its, day), rates(WORLD, plain, day))
    else:
        np.testing.assert_array_equal(rates(WORLD, its, day), WORLD.tariffs)


@pytest.mark.parametrize(
    ("periods", "says"),
    [
        ({"suspended": [SPANS[0], {"from": "2018-02-28"}]}, "from 2018-02-01 until 2018-02-28 and from 2018-02-28"),
        ({"suspended": [{"from": "2018-03-01"}, SPANS[1]]}, "from 2018-03-01 until further notice and from 2018-05-01"),
        ({"suspended": {"from": "2017-12-31", "until": "2018-02-01"}}, "2017-12-31 .* outside .* from 2018-01-01:"),
        ({"until": "2018-12-31", "suspended": {"from": "2019-01-01"}}, "lasts from 2018-01-01 until 2018-12-31"),
        ({"suspended": {"from": "2018-03-01", "until": "2018-02-01"}}, "ends on 2018-02-01, before it begins"),
        ({"exempt": {"sectors": ["C26"], "until": "2017-12-31"}}, "exemption until 2017-12-31 lies outside"),
        ({"status": "threatened", "suspended": {"from": "2018-03-01"}}, "is suspended, but from when was it law"),
    ],
)
def test_periods_that_cannot_be_are_refused_with_their_dates(periods, says):
    with pytest.raises(ValidationError, match=says):
        measure(add="25%", **periods)


def test_a_threat_stands_as_on_the_day_on_which_it_takes_effect():
    blocks = [{"economies": ["MEX"], "until": "2018-05-31"}]
    threat = measure(status="threatened", on="all", add="25%", earliest="2018-06-15", exempt=[{"sectors": ["C26"]}])
    assert threat.taking_effect(FIRST) is threat
    law = measure(on="all", add="25%", exempt=blocks)
    assert law.taking_effect(date(2018, 5, 31)).exempted.economies == ("MEX",)
    assert law.taking_effect(date(2018, 6, 1)).exempted is None


def test_exemptions_that_take_everything_on_some_day_are_refused_then():
    its = measure(add="25%", goods={"sectors": ["C26"]}, exempt={"sectors": ["C28"], "from": "2018-03-01"})
    TariffBook(WORLD, [its])
    with pytest.raises(BadMeasure, match="exempts C28, where it has no goods"):
        TariffBook(WORLD, [its.on_day(date(2018, 3, 1))])


def test_a_measure_reads_what_it_writes():
    its = dated(suspended=SPANS[:2])
    assert Measure.model_validate(its.model_dump(by_alias=True, exclude_defaults=True)) == its


def test_a_measure_as_it_stands_is_made_once_and_says_what_checked_blocks_say():
    its = dated()
    spared = its.on_day(date(2018, 4, 1))
    assert spared is its.on_day(date(2018, 5, 31))
    assert spared is not its.on_day(date(2018, 6, 1))
    again = Measure.model_validate(spared.model_dump(by_alias=True, exclude_defaults=True))
    assert again == spared
    assert again.written == spared.written


def test_a_changed_copy_reads_its_exemptions_anew():
    its = dated()
    assert its.exempted is its.exempted
    assert its.on_day(date(2018, 4, 1)).exempt is not None
    bare = its.model_copy(update={"exempt": None})
    assert bare.exempted is None
    assert bare.on_day(date(2018, 4, 1)).exempt is None
