"""Objects in a notebook and their tables on disk: what is shown is what is there, and it can be read back."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.data import exported
from detente.data.exported import ROWS, Exported, Shown, html_of

ECONOMIES, SECTORS = ["USA", "CHN", "MEX"], ["A01", "C26"]


@pytest.fixture(scope="module")
def world() -> dt.World:
    flows = np.full((3, 3, 2), 20.0)
    flows[np.arange(3), np.arange(3)] = 100.0
    flows[0, 1, 1] = 0.0
    tariffs = np.full((3, 3, 2), 0.05)
    tariffs[np.arange(3), np.arange(3)] = 0.0
    return dt.World(flows=flows, tariffs=tariffs, economies=ECONOMIES, sectors=SECTORS)


@dataclass(frozen=True)
class Tables(Exported):
    """A result of one table."""

    frame: pd.DataFrame = field(repr=False)

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"the frame": self.frame}


def read_back(result: Exported) -> dict[str, pd.DataFrame]:
    """Every table as the workbook and the Parquet files of a result have it; both must agree."""
    book = io.BytesIO()
    result.to_excel(book)
    sheets = pd.read_excel(book, sheet_name=None, keep_default_na=False, na_values=[""])
    found = {}
    for name in result.tables():
        target = io.BytesIO()
        result.to_parquet(name, target)
        found[name] = pd.read_parquet(target)
        assert list(sheets[name].columns) == list(found[name].columns)
        assert len(sheets[name]) == len(found[name])
        for column in found[name].select_dtypes("number"):
            np.testing.assert_allclose(sheets[name][column].astype(float), found[name][column], rtol=1e-12)
            np.testing.assert_array_equal(found[name][column], result.tables()[name][column])
        assert result.to_latex(name).startswith("\\begin{tabular}")
    return found


def test_a_world_has_its_accounts_as_tables(world: dt.World) -> None:
    tables = read_back(world)
    economies = tables["economies"].set_index("economy")
    assert economies["exports"].sum() == economies["imports"].sum() == pytest.approx(11 * 20.0)
    assert economies["output"].sum() == world.flows.sum() == tables["flows"]["flow"].sum()
    assert len(tables["flows"]) == (world.flows > 0).sum() == 17
    row = tables["flows"].query("importer == 'MEX' and exporter == 'CHN' and sector == 'C26'").iloc[0]
    assert (row["flow"], row["tariff"]) == (20.0, 0.05)
    assert "17 rows" in world._repr_html_()


def test_an_economy_and_a_solution_have_theirs(world: dt.World) -> None:
    economy = dt.calibrate(world, elasticities=[4.0, 4.0])
    assert list(read_back(economy)["sectors"]["theta"]) == [4.0, 4.0]
    solution = dt.solve(economy, dt.Shock())
    tables = read_back(solution)
    assert set(tables) == {"economies", "sectors", "trade"}
    assert solution.outcome.value.split(":")[0] in solution._repr_html_()


def test_best_tariffs_are_a_table_of_the_player_s_own(world: dt.World) -> None:
    economy = dt.calibrate(world, elasticities=[4.0, 4.0], deficits="balanced")
    best = dt.best_response(economy, "USA")
    table = read_back(best)["tariffs"]
    assert set(table["importer"]) == {"USA"}
    assert "USA" not in set(table["exporter"])
    n, i, j = economy.index("USA"), economy.index("MEX"), economy.sector_index("A01")
    mine = table[(table["exporter"] == "MEX") & (table["sector"] == "A01")]
    assert float(mine["tariff"].iloc[0]) == best.tariffs[n, i, j]
    war = dt.nash(economy, ["USA", "CHN"])
    assert set(read_back(war)["tariffs"]["importer"]) == {"USA", "CHN"}
    assert set(read_back(dt.cooperate(economy, ["USA", "CHN"], start=dt.Shock()))) == {"economies", "tariffs"}


def test_a_bargain_and_a_conflict_have_theirs() -> None:
    bargain = dt.Bargain.of([[0, 0], [3, 1], [1, 3], [-1, 5]], [0, 0], sides=("USA", "CHN"))
    tables = read_back(bargain)
    assert list(tables["packages"]["zone"]) == [row in bargain.zone() for row in range(4)]
    picked = tables["picks"].set_index("concept").loc["nash"]
    pick = bargain.pick("nash")
    assert pick is not None
    assert [picked["USA"], picked["CHN"]] == list(pick.payoffs)
    assert "both would sign" in bargain._repr_html_()
    none = dt.Bargain.of([[-1, 0]], [0, 0])
    assert read_back(none)["picks"].empty
    conflict = dt.Conflict(["A", "B"], {"A": ["act"], "B": ["act"]}, ["00", "10", "01", "11"],
                           {"A": [2, 1, 4, 3], "B": [3, 1, 4, 2]})  # fmt: skip
    assert set(read_back(conflict)) == {"states", "stability"}


def test_inputs_show_their_fields_and_hide_nothing_long() -> None:
    law = dt.Measure.model_validate(
        {"id": "steel", "by": "USA", "on": "CHN", "status": "in-force", "goods": {"sectors": ["C24A"]}, "add": 0.25,
         "from": date(2018, 3, 23), "title": "A <duty>"}
    )  # fmt: skip
    html = law._repr_html_()
    assert "steel" in html
    assert "A &lt;duty&gt;" in html
    assert "2018-03-23" in html
    shock = dt.Shock(t_cf=np.full((2, 2, 1), 0.1))
    assert "2 × 2 × 1, from 0.1 to 0.1" in shock._repr_html_()
    assert "spread" in dt.Over()._repr_html_()
    assert "United States" in dt.Dispute.read("us-china-2018")._repr_html_()

    class Long(Shown):
        __slots__ = ("_hidden", "text")

        def __init__(self) -> None:
            self.text, self._hidden = "x" * 1000, "secret"

    assert "xx…" in Long()._repr_html_()
    assert "secret" not in Long()._repr_html_()


def test_a_notebook_shows_the_first_rows_and_says_how_many_there_are() -> None:
    html = html_of("a < b", {"many": pd.DataFrame({"x": range(1000)})})
    assert html.count("<tr") == ROWS + 1
    assert f"{ROWS} of 1,000 rows" in html
    assert "a &lt; b" in html


def test_a_sheet_that_is_too_long_is_refused_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "SHEET_ROWS", 3)
    target = io.BytesIO()
    with pytest.raises(dt.BadInput, match="'the frame' has 4 rows, a sheet holds 3: use to_parquet"):
        Tables(pd.DataFrame({"x": range(4)})).to_excel(target)
    assert target.getvalue() == b""
