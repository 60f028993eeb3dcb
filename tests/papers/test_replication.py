"""Made parts of a page are put in their places, and nothing else moves."""

from __future__ import annotations

import pandas as pd
import pytest
from replication import COLUMNS, digits, mended, plain, publish, table

PAGE = "# Title\n\nwords\n\n<!-- made: one -->\nold\nold\n<!-- end -->\n\nmore\n\n<!-- made: two -->\n<!-- end -->\n"


def test_made_parts_are_replaced_and_the_rest_is_kept():
    page = PAGE.replace("two -->\n", "two -->\nx\n")
    new = mended(page, {"one": r"a \1 | b", "two": "c"})
    assert plain(new) == "# Title\n\nwords\n\na \\1 | b\n\nmore\n\nc\n"
    assert mended(new, {"one": r"a \1 | b", "two": "c"}) == new


@pytest.mark.parametrize("made", [{"one": "a"}, {"one": "a", "two": "b", "three": "c"}])
def test_a_part_without_a_place_and_a_place_without_a_part_are_refused(made):
    with pytest.raises(ValueError, match="places for"):
        mended(PAGE, made)


def test_a_table_has_as_many_cells_as_its_head():
    assert table(["", "a"], [["x", 1], ["y", 2]]) == "|  | a |\n|---|---:|\n| x | 1 |\n| y | 2 |"


@pytest.mark.parametrize(("printed", "places"), [(1.31, 2), (118.0, 0), (-0.6, 1), (4.0, 0)])
def test_decimals_of_a_printed_number(printed, places):
    assert digits(printed) == places


def test_a_page_is_published_with_its_results(tmp_path, capsys):
    (tmp_path / "README.md").write_text(PAGE, "utf-8")
    results = pd.DataFrame([["Table 1", "a", "percent", 1.3, 1, 1.2999999999]], columns=list(COLUMNS))
    publish(tmp_path, {"one": "1", "two": "2"}, results)
    assert capsys.readouterr().out.startswith("# Title")
    assert pd.read_csv(tmp_path / "results.csv").to_numpy().tolist() == [["Table 1", "a", "percent", 1.3, 1, 1.3]]
