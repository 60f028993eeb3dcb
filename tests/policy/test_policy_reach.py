"""The bundled tables: what is in them, that a rebuild gives the same, and what a measure of one does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from policy_lab import measure, small_world

from detente.data.bundled import load_world
from detente.data.codes import HERE
from detente.data.products.concordance import section_301_lists
from detente.errors import BadMeasure, UnknownName
from detente.policy.reach import (
    added_by_code,
    added_by_partner,
    history,
    levels,
    list_tables,
    mended,
    purchases,
    rates_of_lists,
    table_dates,
)
from detente.policy.schedule import TariffBook
from detente.usual_names import bloc_called

US, CHINA, PARTNERS = "us-on-china-2018-2020", "china-on-us-2018-2020", "us-by-partner-2025"


@pytest.fixture(scope="module")
def built(tool, shared):
    return tool("build_policy").build(shared)


def read(name):
    path = HERE / "policy" / name
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype={"hs6": str, "date": str, "code": str})


def test_a_rebuild_from_the_source_is_what_ships(built):
    assert set(built) <= {path.name for path in (HERE / "policy").iterdir()}
    for name, frame in built.items():
        pd.testing.assert_frame_equal(frame.reset_index(drop=True), read(name), check_dtype=False)


def test_all_of_it_is_small():
    assert sum(path.stat().st_size for path in (HERE / "policy").iterdir()) < 500_000


def test_the_source_is_there_cell_by_cell_but_for_what_is_listed(shared):
    rows = pd.read_csv(shared / "data/policy/china-on-us-hs6-2018-2020.csv", dtype={"hs6": str})
    source = rows.pivot(index="hs6", columns="time_of_tariff", values="tariff") / 100
    ours = levels(CHINA).reindex(index=source.index, columns=source.columns)
    assert len(rows) == source.size
    code, day = np.nonzero(~np.isclose(ours, source, atol=1e-6))  # a blank differs from everything
    listed = set(zip(mended(CHINA)["hs6"], mended(CHINA)["date"], strict=True))
    there = {pair for pair in listed if pair[1] in source.columns}  # a date of ours alone is no mend
    assert set(zip(source.index[code], source.columns[day], strict=True)) == there


def test_what_was_mended_is_what_the_data_page_names():
    assert mended(CHINA).groupby("what").size().to_dict() == {"blank": 16, "halving": 1146}
    assert mended(US).empty
    assert mended(PARTNERS).empty


def test_codes_are_text_of_six_and_eight_digits_and_once_each():
    codes = levels(CHINA).index
    assert codes.str.fullmatch(r"\d{6}").all()
    assert codes.is_unique
    assert len(codes) == 5387
    assert "010121" in codes
    assert levels(CHINA).notna().all().all()
    assert (levels(CHINA) >= 0).all().all()
    lines = section_301_lists()
    assert lines["hs8"].str.fullmatch(r"\d{8}").all()
    assert lines["hs8"].is_unique


def test_a_line_on_several_lists_is_in_the_one_that_reached_it_first(shared):
    raw = pd.read_csv(shared / "data/policy/section-301-lists-hts8.csv", dtype=str)
    order = {name: place for place, name in enumerate(("1", "2", "3", "4A", "4B"))}
    raw = raw[raw["list"].isin(order)]
    first = raw.assign(place=raw["list"].map(order)).groupby("hts8")["place"].min()
    ours = section_301_lists().set_index("hs8")["list"].map(order)
    pd.testing.assert_series_equal(ours.sort_index(), first, check_names=False)
    assert raw["hts8"].duplicated().sum() > 1000


DUTIES = {
    "2018-07-06": {"1": 25.0},
    "2018-08-23": {"1": 25.0, "2": 25.0},
    "2018-09-24": {"1": 25.0, "2": 25.0, "3": 10.0},
    "2019-06-01": {"1": 25.0, "2": 25.0, "3": 25.0},
    "2019-09-01": {"1": 25.0, "2": 25.0, "3": 25.0, "4A": 15.0},
    "2020-02-14": {"1": 25.0, "2": 25.0, "3": 25.0, "4A": 7.5},
}
"""The duties of Section 301 in force, as the data page states them, percent."""


def test_the_duty_of_every_line_on_every_date_is_that_of_its_list():
    lines = section_301_lists()
    assert [step.from_.isoformat() for step in history(US)] == list(DUTIES)
    for step, by_list in zip(history(US), DUTIES.values(), strict=True):
        want = (lines.set_index("hs8")["list"].map(by_list) / 100).dropna()
        assert rates_of_lists(step) == pytest.approx(want.to_dict())


def test_the_lists_come_to_their_official_totals_on_every_date_and_in_every_company():
    """The trade that a list covers does not hang on which measures are asked about: only its duty is dated."""
    world = load_world("icio-2017")
    customs = purchases(world, "USA", "CHN", "customs").by_sector
    totals = {"1": 34e3, "2": 16e3, "3": 200e3, "4A": 120e3}
    pair = world.index("USA"), world.index("CHN")
    whole = TariffBook(world, history(US))
    for step, by_list in zip(history(US), DUTIES.values(), strict=True):
        want = sum(totals[name] * rate / 100 for name, rate in by_list.items())
        for book in (whole, TariffBook(world, [step])):
            assert (book.tariffs((step.id,)) - world.tariffs)[pair] @ customs == pytest.approx(want, rel=1e-6)
            assert {its.part: its.official for its in book.scalings} == totals
    assert not any("4B" in note for note in whole.notes)


def test_list_one_by_product_trade_is_within_a_tenth_of_its_title_and_factors_are_said():
    book = TariffBook(load_world("icio-2017"), history(US))
    by_list = {its.part: its for its in book.scalings}
    assert by_list["1"].traded == pytest.approx(34e3, rel=0.1)
    assert {name: round(its.factor, 2) for name, its in by_list.items()} == {"1": 1.01, "2": 1.85, "3": 1.41, "4A": 1.4}
    for its in by_list.values():
        assert any(f"list {its.part}:" in note and f"scaled by {its.factor:.3g}" in note for note in book.notes)
    (counts,) = (note for note in book.notes if "lines" in note and "are read" in note)
    assert "of its 10,047 lines" in counts
    assert "0 unknown and 69 in no goods sector" in counts


def test_lists_on_a_world_without_their_sectors_are_refused():
    with pytest.raises(BadMeasure, match="is in no goods sector of"):
        TariffBook(small_world(), history(US)[:1])


def test_the_answer_to_section_232_is_inside_and_its_cause_is_not():
    moved = levels(CHINA)["2018-04-02"] - levels(CHINA)["2018-01-01"]
    assert moved[moved > 0].round(6).value_counts().to_dict() == {0.15: 82, 0.25: 8, 0.10: 1}
    assert moved["020329"] == pytest.approx(0.25)  # pork
    assert not any(line[:4] in map(str, range(7206, 7230)) for line in rates_of_lists(history(US)[1]))  # no steel yet


def test_china_halved_what_it_added_in_september_2019_and_nothing_else():
    table = levels(CHINA)
    added = table["2019-09-01"] - table["2019-06-01"]
    cut = table["2019-12-26"] - table["2020-02-14"]
    excluded = ["390120", "390140", "390210"]  # by the exclusions of December 2019, which took 30 points
    assert (table["2019-12-26"] - table["2019-09-01"])[excluded].to_numpy() == pytest.approx(-0.30)
    kept = added.drop(excluded)
    np.testing.assert_allclose(cut.drop(excluded), kept / 2, atol=1.1e-6)  # rates are kept to 1e-6
    assert (cut[excluded] == 0).all()
    assert set(mended(CHINA).loc[mended(CHINA)["what"] == "halving", "hs6"]) == set(kept.index[kept > 0])
    assert (table["2020-02-14"] >= table["2019-06-01"] - 1e-9)[kept.index].all()


def test_tables_are_listed_with_their_dates():
    table = list_tables().set_index("table")
    assert table["steps"].to_dict() == {US: 6, CHINA: 12, PARTNERS: 23, "us-reciprocal-2025": 6, "us-labour-2026": 1}
    assert table_dates(US)[0] == date(2018, 7, 6)
    assert table_dates(CHINA)[0] == date(2018, 4, 2)
    assert (table["source"] != "").all()
    with pytest.raises(UnknownName, match=f"did you mean '{US}'"):
        table_dates("us-on-china")


def test_a_step_adds_what_changed_since_the_first_date():
    path = history(CHINA)
    assert [step.from_ for step in path] == list(table_dates(CHINA))
    added = added_by_code(path[5])
    difference = levels(CHINA)["2018-09-24"] - levels(CHINA)["2018-01-01"]
    assert path[5].from_ == date(2018, 9, 24)
    assert added.sum() == pytest.approx(difference.sum())
    assert (added != 0).all()
    cuts = added_by_code(path[2])
    assert (cuts < 0).sum() > 1000


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"by": "CHN", "on": "USA"}, "is by USA on CHN"),
        ({"on": "MEX"}, "is by USA on CHN"),
        ({"from": "2018-07-07"}, "no such date: it has 2018-07-06, 2018-08-23"),
        ({"from": "2018-01-01"}, "no such date"),
    ],
)
def test_a_measure_that_does_not_fit_its_table_is_refused(given, message):
    fit = {"by": "USA", "on": "CHN", "goods": {"table": US}, "from": "2018-07-06"}
    with pytest.raises(BadMeasure, match=message):
        TariffBook(small_world(), [measure("m", **(fit | given))])


def test_a_step_on_the_world_adds_each_codes_points_to_the_cell():
    world = load_world("icio-2017")
    lines = section_301_lists()["list"].value_counts()
    for table, points in ((US, {0.25}), (CHINA, None)):
        step = next(step for step in history(table) if step.from_ == date(2018, 7, 6))
        book = TariffBook(world, [step])
        added = np.round(book.rate(book.ids) - book.atoms["base"].to_numpy(), 6)
        assert added[added > 0].size
        assert set(added[added > 0]) <= (points or {*added_by_code(step)})
        assert any("weigh" in note and f"imports of {step.by} from {step.on[0]}" in note for note in book.notes)
        if table == US:  # a line in several sectors is in a part of each
            assert book.atoms.loc[added == 0.25, "codes"].sum() >= lines["1"]


def test_tariffs_of_2025_are_additions_to_those_of_2024(shared):
    source = pd.read_csv(shared / "data/policy/us-tariff-by-partner-2025.csv")
    first = source[source["date"] == "2025-02-04"].set_index("country_name")
    assert first.loc["JAPAN", "effective tariff"] == 0.0 < first.loc["JAPAN", "2024 tariff"]
    april = source[source["date"] == "2025-04-09"].set_index("country_name")
    assert april.loc["BANGLADESH", "effective tariff"] < april.loc["BANGLADESH", "2024 tariff"]
    struck = source[source["date"] == "2026-02-20"]
    assert (struck["effective tariff"] < struck["2024 tariff"]).sum() == 23


def test_partners_reach_the_economies_of_a_world(shared):
    world = load_world("icio-2022")
    path = {step.from_: step for step in history(PARTNERS)}
    step = path[date(2025, 4, 9)]
    rates = added_by_partner(step)
    rows = pd.read_csv(shared / "data/policy/us-tariff-by-partner-2025.csv")
    rows = rows[rows["date"] == "2025-04-09"].set_index("country_name")
    source = rows["effective tariff"] / 100
    assert rates["CHN"] == pytest.approx(source["CHINA"], abs=1e-6)
    assert rates["DEU"] == rates["FRA"] == pytest.approx(source["EUROPEAN UNION"], abs=1e-6)
    assert rates["SVK"] == pytest.approx(source["SLOVAKIA"], abs=1e-6)
    elsewhere = ["ALGERIA", "DOMINICAN REPUBLIC", "ECUADOR", "EL SALVADOR", "GUATEMALA", "HONDURAS", "IRAQ", "KUWAIT"]
    rest = rows.loc[[*elsewhere, "NICARAGUA", "SRI LANKA", "TRINIDAD AND TOBAGO", "VENEZUELA"]]
    average = np.average(rest["effective tariff"] / 100, weights=rest["total imports"])
    assert rates["ROW"] == pytest.approx(average, abs=1e-6)
    book = TariffBook(world, [step])
    assert len(book.pairs) == 65
    assert set(bloc_called("EU").members("2025-04-05")) < {exporter for _, exporter in book.pairs}
    added = book.tariffs(book.ids) - world.tariffs
    n = world.index("USA")
    assert added[n, world.index("CHN"), world.sector_index("C26")] == pytest.approx(rates["CHN"])
    assert added[n, world.index("UKR")].max() == 0.0


def test_a_partner_whose_rate_is_zero_is_not_covered():
    first = history(PARTNERS)[0]
    totals = TariffBook(load_world("icio-2022"), [first]).totals((first.id,)).set_index("exporter")
    assert set(totals.index[totals["covered"] > 0]) == {"CHN", "HKG"}


def test_a_partner_without_a_rate_is_refused_by_name_and_left_out_of_all():
    world = load_world("icio-2022")
    goods = {"table": PARTNERS}
    with pytest.raises(BadMeasure, match="no rate for UKR"):
        TariffBook(world, [measure("m", on=["CHN", "UKR"], goods=goods, **{"from": "2025-04-09"})])
    named = TariffBook(world, [measure("m", on=["CHN", "MEX"], goods=goods, **{"from": "2025-04-09"})])
    assert named.pairs == (("USA", "CHN"), ("USA", "MEX"))
    for table in (PARTNERS, US):
        with pytest.raises(BadMeasure, match="no levels by code"):
            levels(table)
