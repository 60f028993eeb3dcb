"""Usual names of economies and blocs, at every door, and by date."""

from __future__ import annotations

import csv
from datetime import date

import pytest

import detente as dt
from detente.data.bundled import load_world
from detente.errors import BadDispute, DetenteWarning, UnknownEconomy
from detente.usual_names import TABLES, Bloc, as_known, bloc_called, economy_called, hint

WORLD = load_world("icio-2017")
FILE = """
dispute: named
title: A small case
as_of: {day}
world: icio-2017
parties: {{USA: {{name: First}}, {party}}}
measures:
  - {{id: m, by: {by}, on: {on}, status: in-force, from: {day}, add: 25%, goods: {{all: true}}}}
"""


def read(on="CHN", by="USA", party="CHN: {name: Second}", day="2018-05-04"):
    return dt.Dispute.parse(FILE.format(on=on, by=by, party=party, day=day))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UK", "GBR"),
        ("U.K.", "GBR"),
        ("Great Britain", "GBR"),
        ("Russia", "RUS"),
        ("South Korea", "KOR"),
        ("Republic of Korea", "KOR"),
        ("Viet Nam", "VNM"),
        ("Vietnam", "VNM"),
        ("Türkiye", "TUR"),
        ("turkey", "TUR"),
        ("TURKIYE", "TUR"),
        ("Chinese Taipei", "TWN"),
        ("Taiwan", "TWN"),
        ("Holland", "NLD"),
        ("Burma", "MMR"),
        ("Ivory Coast", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("cote d'ivoire", "CIV"),
        ("Czech Republic", "CZE"),
        ("U.S.", "USA"),
        ("us", "USA"),
        ("United States of America", "USA"),
        ("PRC", "CHN"),
        ("KR", "KOR"),
        ("410", "KOR"),
        ("040", "AUT"),
        ("40", "AUT"),
        ("EL", "GRC"),
        ("RoW", "ROW"),
        (" Rest of the world ", "ROW"),
        ("Hong Kong", "HKG"),
    ],
)
def test_a_usual_name_is_its_economy(name, code):
    assert economy_called(name) == code
    assert as_known(name, WORLD.economies) == code
    assert WORLD.index(name) == WORLD.economies.index(code)


@pytest.mark.parametrize("name", ["CHI", "Atlantis", "", "x" * 1_000_000, "EUX"])
def test_what_is_no_usual_name_is_none(name):
    assert economy_called(name) is None
    assert bloc_called(name) is None


def test_every_economy_of_the_bundled_worlds_has_its_names():
    for code in WORLD.economies:
        assert economy_called(code) == code
    rows = csv.DictReader((TABLES / "economy-names.csv").read_text("utf-8").splitlines())
    names = [row["names"] for row in rows]
    every = [name.casefold() for each in names for name in each.split("|")]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("name", "on", "count", "day"),
    [
        ("EU", "2018-06-22", 28, "2018-06-22"),
        ("EU28", "2018-06-22", 28, "2018-06-22"),
        ("EU27", "2018-06-22", 27, "2020-02-01"),
        ("EU-27", "2021-06-01", 27, "2021-06-01"),
        ("European Union (28)", "2022-01-01", 28, "2020-01-31"),
        ("EU 27", "2013-07-15", 27, "2013-06-30"),
        ("EU27", "2013-07-01", 27, "2013-06-30"),
        ("EU27", "2020-01-31", 27, "2020-02-01"),
        ("EU28", "2013-06-01", 28, "2013-07-01"),
        ("EU28", "2020-02-01", 28, "2020-01-31"),
        ("EU15", "2018-06-22", 15, "2004-04-30"),
        ("EU25", "2018-06-22", 25, "2006-12-31"),
        ("TPP11", "2025-06-01", 11, "2024-12-14"),
        ("G7", "2018-06-22", 7, "2018-06-22"),
    ],
)
def test_a_name_with_a_number_of_members_means_the_day_on_which_they_were_so_many(name, on, count, day):
    bloc = bloc_called(name)
    assert bloc.day_of(name, on) == day
    assert len(bloc.members(day)) == count


def test_a_number_of_members_that_never_was_leaves_the_day_as_it_is():
    pair = Bloc("TWO", "Two", (("USA", "1994-01-01", ""), ("CAN", "2000-01-01", "")))
    assert pair.day_of("TWO 02", "1995-01-01") == "2000-01-01"
    assert pair.day_of("TWO 28", "1995-01-01") == "1995-01-01"
    assert pair.day_of("TWO 2", "1995-01-01") == "1995-01-01"  # one digit is part of a name


@pytest.mark.parametrize(
    ("name", "says", "never"),
    [
        ("UK", "GBR", "UKR"),
        ("EU", "is a bloc, European Union", "DEU"),
        ("ASEAN", "is a bloc", "SEN"),
        ("WLD", "write all", "NLD"),
        ("CHI", "CHL (Chile), CHN (China)", "did you mean"),
        ("Germny", "DEU", "ROW"),
        ("Iran", "IRN (Iran) has no accounts of its own here; it is part of ROW", "IRL"),
        ("chn", "CHN", "CHE"),
        ("Niger", "NER (Niger) has no accounts", "NGA"),
        ("NA", "NAM (Namibia) has no accounts", "NGA"),
        ("Guinea", "GIN (Guinea) has no accounts", "did you mean"),
        ("SWI", "CHE", "SWE"),
        ("Swiss", "CHE", "SWE"),
        ("Scotland", "there are: ", "POL"),  # alike, and no misspelt Poland
        ("KOA", "did you mean 'KOR'?", "KAZ"),
        ("IRN", "there are: ", "Iran"),
    ],
)
def test_usual_names_come_before_spelling(name, says, never):
    said = str(UnknownEconomy(name, WORLD.economies))
    assert says in said
    assert never not in said


def test_a_name_whose_economy_is_missing_is_not_taken_for_another():
    known = [code for code in WORLD.economies if code != "GBR"]
    near, said = hint("UK", known)
    assert near is None
    assert "GBR (United Kingdom) has no accounts of its own" in said


@pytest.mark.parametrize(
    ("bloc", "day", "count", "has", "lacks"),
    [
        ("EU", "2018-06-20", 28, "GBR", "CHE"),
        ("EU", "2020-01-31", 28, "GBR", "CHE"),
        ("EU", "2020-02-01", 27, "HRV", "GBR"),
        ("EU", "2013-06-30", 27, "GBR", "HRV"),
        ("EU28", "2013-07-01", 28, "HRV", "NOR"),
        ("European Union", "2003-01-01", 15, "GBR", "POL"),
        ("EU", "2007-01-01", 27, "BGR", "HRV"),
        ("ASEAN", "2018-01-01", 10, "KHM", "TLS"),
        ("ASEAN", "2025-11-01", 11, "TLS", "PNG"),
        ("Mercosur", "2014-01-01", 5, "VEN", "BOL"),
        ("Mercosur", "2018-01-01", 4, "PRY", "VEN"),
        ("Mercosur", "2024-09-01", 5, "BOL", "CHL"),
        ("CPTPP", "2018-12-29", 0, None, "JPN"),
        ("CPTPP", "2024-12-14", 11, "BRN", "GBR"),
        ("CPTPP", "2024-12-15", 12, "GBR", "USA"),
        ("NAFTA", "2017-01-01", 3, "MEX", "CHL"),
        ("USMCA", "2025-01-01", 3, "CAN", "CHL"),
        ("EFTA", "2020-01-01", 4, "CHE", "GBR"),
        ("GCC", "2020-01-01", 6, "SAU", "YEM"),
        ("OECD", "2025-01-01", 38, "CRI", "BRA"),
        ("OECD", "2017-01-01", 35, "LVA", "LTU"),
        ("BRICS", "2018-01-01", 5, "ZAF", "IDN"),
        ("BRICS", "2025-06-01", 10, "IDN", "SAU"),
        ("G7", "2020-01-01", 7, "JPN", "RUS"),
        ("Eurozone", "2018-01-01", 19, "LTU", "HRV"),
        ("euro area", "2026-01-01", 21, "BGR", "SWE"),
        ("CAFTA-DR", "2006-12-31", 5, "GTM", "DOM"),
        ("CAFTA-DR", "2009-01-01", 7, "CRI", "PAN"),
        ("Pacific Alliance", "2018-01-01", 4, "PER", "ECU"),
        ("Andean Community", "2006-04-22", 5, "VEN", "CHL"),
        ("Andean Community", "2006-04-23", 4, "BOL", "VEN"),
        ("SACU", "2020-01-01", 5, "NAM", "MOZ"),
        ("APEC", "2018-01-01", 21, "RUS", "IND"),
    ],
)
def test_membership_is_dated(bloc, day, count, has, lacks):
    members = bloc_called(bloc).members(date.fromisoformat(day))
    assert len(members) == count
    assert has is None or has in members
    assert lacks not in members


def test_a_file_takes_usual_names():
    dispute = read(on="[Turkey, Viet Nam]", by="U.S.", party="PRC: {name: Second}")
    assert list(dispute.parties) == ["USA", "CHN"]
    (measure,) = dispute.measures
    assert (measure.by, measure.on) == ("USA", ("TUR", "VNM"))
    assert "TUR" in dispute.to_yaml()
    assert dt.Dispute.parse(dispute.to_yaml()) == dispute
    assert read(on="WLD").measures[0].on == ("all",)


def test_a_bloc_stands_for_its_members_of_the_day_and_it_is_said():
    with pytest.warns(DetenteWarning, match="EU is read as the 28 members of European Union on 2018-05-04"):
        dispute = read(on="EU")
    assert len(dispute.measures[0].on) == 28
    assert "GBR" in dispute.measures[0].on
    assert dispute.notes == ("EU is read as the 28 members of European Union on 2018-05-04",)
    with pytest.warns(DetenteWarning, match="the 27 members"):
        assert "GBR" not in read(on="EU", day="2025-05-04").measures[0].on
    with pytest.warns(DetenteWarning, match="the 2 other members of United States-Mexico-Canada Agreement"):
        assert read(on="NAFTA").measures[0].on == ("CAN", "MEX")
    with pytest.warns(
        DetenteWarning,
        match=r"of Gulf .*; left out as parts of ROW: .*QAT \(Qatar\)",
    ):
        read(on="GCC")
    with pytest.warns(DetenteWarning, match="EU27 is read as the 27 members of European Union on 2020-02-01"):
        assert "GBR" not in read(on="EU27").measures[0].on


def test_a_party_with_the_name_of_a_bloc_has_its_members():
    with pytest.warns(DetenteWarning, match="the 28 members"):
        dispute = read(on="European Union", party="EU: {name: Union}")
    assert len(dispute.parties["EU"].members) == 28
    assert dispute.measures[0].on == ("EU",)
    given = read(on="EU", party="EUN: {name: Union, members: [DEU, France]}")
    assert given.parties["EUN"].members == ("DEU", "FRA")
    assert given.measures[0].on == ("EUN",)


@pytest.mark.parametrize(
    ("given", "says", "never"),
    [
        ({"on": "CHI", "party": "PRC: {name: Second}"}, "CHN", "CRI"),
        ({"by": "EU"}, "is a bloc, European Union: make it a party", "DEU"),
        ({"on": "Iran"}, "it is part of ROW", "IRL"),
        ({"on": "Germny"}, "did you mean 'DEU'?", "ROW"),
    ],
)
def test_a_name_that_cannot_be_read_is_asked_about(given, says, never):
    with pytest.raises(BadDispute) as refused:
        read(**given)
    assert says in str(refused.value)
    assert never not in str(refused.value)
    assert "line 8" in str(refused.value)


def test_aggregate_and_an_economy_take_usual_names():
    small = WORLD.aggregate(economies={"NAM": ["US", "Canada", "Mexico"]})
    assert "NAM" in small.economies
    assert "USA" not in small.economies
    union = WORLD.aggregate(economies={"EUN": ["EU"], "GULF": ["Gulf states"]})
    assert len(union.economies) == len(WORLD.economies) - 28  # 28 members of the EU and 2 of the Gulf become one each
    with pytest.raises(UnknownEconomy, match="is a bloc"):
        union.index("ASEAN")
    assert dt.calibrate(WORLD).index("Chinese Taipei") == WORLD.economies.index("TWN")
