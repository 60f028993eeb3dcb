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
    assert table[["imports", "equal"]].notna().all().all()


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
    assert numbers["1: lists worth USD 34bn weigh here", "2018-07-06"] == pytest.approx(109, abs=1)
    assert numbers["1: lines of a code weigh the same"].abs().max() < 0.31
    assert numbers["2: trade weighs the codes of an industry", "2018-01-01"] == pytest.approx(-2.96, abs=0.01)
    assert numbers["3: suspension on cars, here a day later", "2019-01-01"] == pytest.approx(-1.02, abs=0.01)
    assert numbers["halving, computed from the additions", "2020-02-14"] == pytest.approx(-0.79, abs=0.01)


def test_the_census_weights_give_the_base_that_the_data_page_states(paper, shared):
    assert paper.census("USA", "2018-01", shared) == pytest.approx(4.23, abs=0.01)
    assert paper.census("CHN", "2018-01", shared) == pytest.approx(6.29, abs=0.01)


def test_the_page_shows_what_a_run_makes(paper, shared, table, readme):
    assert mended(readme, paper.made(table, shared)) == readme


@pytest.mark.parametrize("importer", ["USA", "CHN"])
def test_every_date_at_which_a_number_moves_is_on_the_page(paper, table, importer):
    side = table[table["importer"] == importer]
    moved = side[["published", "imports", "equal"]].round({"published": 1, "imports": 2, "equal": 2})
    days = side["date"][(moved.diff().abs() > 1e-9).any(axis=1).to_numpy()]
    assert [row[0] for row in paper.moves(side)] == [side["date"].iloc[0], *days]


def test_without_the_reference_folder_it_says_so(paper, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(paper, "SHARED", tmp_path / "absent")
    assert paper.main() == 1
    assert "DETENTE_SHARED" in capsys.readouterr().err


def test_results_are_those_of_a_run(paper, table, same_as_kept):
    same_as_kept(FOLDER, paper.results(table), 1e-6)
