"""Average tariffs by date against PIIE's: levels within 4 points, changes within 3, every gap over 1.5 explained."""

from __future__ import annotations

import importlib.util
import re

import pytest
from replication import mended

FOLDER = "papers/bown-piie"


@pytest.fixture(scope="module")
def paper(root):
    spec = importlib.util.spec_from_file_location("bown_piie", root / FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(paper, shared):
    return paper.comparison(shared)


@pytest.fixture(scope="module")
def readme(root):
    return (root / FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_published_date_is_compared_under_both_weightings(paper, shared, table):
    dates = paper.published(shared)["date"]
    assert len(dates) == 46
    for importer in ("USA", "CHN"):
        assert table.loc[table["importer"] == importer, "date"].tolist() == dates.tolist()
    assert table[["imports", "equal", "exports"]].notna().all().all()


def test_levels_within_four_points_and_changes_within_three(paper, table):
    assert table["gap"].abs().max() <= paper.LEVEL
    assert table["change_gap"].abs().max() <= paper.CHANGE


def test_every_gap_over_one_and_a_half_has_a_reason_on_the_page(paper, table, readme):
    for row in table.itertuples():
        large = max(abs(row.gap), abs(row.change_gap)) > paper.EXPLAINED
        assert bool(row.why) == large
        for number in filter(None, row.why.split(", ")):
            assert re.search(rf"^{number}\. ", readme, flags=re.MULTILINE)


def test_the_reasons_are_worth_what_the_page_says(paper, shared):
    numbers = paper.evidence(shared).set_index(["reason", "date"])["number"]
    trade = {"1": 33.5, "2": 8.7, "3": 141.4, "4A": 85.6}
    assert [numbers[f"list {name}: imports by trade", "2017"] for name in trade] == pytest.approx(
        [*trade.values()], abs=0.1
    )
    assert numbers["1: sectors weigh by exports to all", "2018-08-23"] == pytest.approx(0.85, abs=0.01)
    assert numbers["1: sectors weigh by exports to all", "2020-02-14"] == pytest.approx(1.45, abs=0.01)
    assert numbers["2: trade weighs the codes of an industry", "2018-01-01"] == pytest.approx(-2.96, abs=0.01)
    assert numbers["3: suspension on cars, here a day later", "2019-01-01"] == pytest.approx(-1.02, abs=0.01)
    assert numbers["halving, computed from the additions", "2020-02-14"] == pytest.approx(-0.79, abs=0.01)


BEFORE = {
    "2018-01-01": 0.57,
    "2018-03-23": -0.13,
    "2018-07-06": 2.41,
    "2018-08-23": 1.72,
    "2018-09-24": 1.49,
    "2019-06-01": 1.33,
    "2019-09-01": 1.74,
    "2020-02-14": 1.40,
}
"""Gaps of the US side when it was a table by six-digit code."""


def test_with_the_published_weighting_two_dates_alone_are_further_off_than_the_table_by_code_was(table):
    side = table[table["importer"] == "USA"].assign(date=lambda rows: rows["date"].astype(str)).set_index("date")
    gaps = side["exports_gap"][list(BEFORE)].abs()
    assert set(gaps.index[gaps > [abs(gap) for gap in BEFORE.values()]]) == {"2018-08-23", "2018-09-24"}


def test_china_s_side_stays_what_its_schedule_makes_it(table):
    side = table[table["importer"] == "CHN"].set_index(table.loc[table["importer"] == "CHN", "date"].astype(str))
    assert side.loc["2018-01-01", "imports"] == pytest.approx(9.258, abs=0.001)
    assert side.loc["2019-09-01", "imports"] == pytest.approx(24.758, abs=0.001)


def test_the_census_weights_give_the_base_that_the_data_page_states(paper, shared):
    assert paper.census("USA", "2018-01", shared) == pytest.approx(4.23, abs=0.01)
    assert paper.census("CHN", "2018-01", shared) == pytest.approx(6.29, abs=0.01)


def test_the_page_shows_what_a_run_makes(paper, shared, table, readme):
    assert mended(readme, paper.made(table, shared)) == readme


@pytest.mark.parametrize("importer", ["USA", "CHN"])
def test_every_date_at_which_a_number_moves_is_on_the_page(paper, table, importer):
    side = table[table["importer"] == importer]
    moved = side[["published", "imports", "equal", "exports"]].round(
        {"published": 1, "imports": 2, "equal": 2, "exports": 2}
    )
    days = side["date"][(moved.diff().abs() > 1e-9).any(axis=1).to_numpy()]
    assert [row[0] for row in paper.moves(side)] == [side["date"].iloc[0], *days]


def test_without_the_reference_folder_it_says_so(paper, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(paper, "SHARED", tmp_path / "absent")
    assert paper.main() == 1
    assert "DETENTE_SHARED" in capsys.readouterr().err


def test_results_are_those_of_a_run(paper, table, same_as_kept):
    same_as_kept(FOLDER, paper.results(table), 1e-6)
