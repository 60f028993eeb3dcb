"""What the command line says of the bundled cases is what is kept: every number, every word, every refusal."""

from __future__ import annotations

import importlib.util
import sys
from copy import deepcopy
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
MOST_BYTES = 4_000_000


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("goldens", HERE.parents[1] / "tools" / "goldens.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["goldens"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


goldens = load()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return goldens.read(HERE, "us-china-2018", "war")


def differences(old: Any, new: Any, question: str = "war", renamed: Any = None) -> list[str]:
    return list(goldens.Comparison(question, renamed).differences(old, new))


def table(answer: Any, name: str) -> Any:
    return answer["output"]["tables"][name]


def values(answer: Any, name: str, column: str) -> list[Any]:
    return table(answer, name)[column]["values"]


def row(answer: Any, first: str, second: str) -> int:
    """The first player's row in the table of payoffs for a pair of moves."""
    moves = zip(*(values(answer, "payoffs", name) for name in ("first_move", "second_move", "economy")), strict=True)
    return list(moves).index((first, second, "USA"))


def test_what_is_kept_can_be_read() -> None:
    for case, question in product(goldens.CASES, goldens.QUESTIONS):
        answer = goldens.read(HERE, case, question)
        assert answer["message"] if answer["exit"] else answer["output"]["schema"].startswith("detente "), question
    assert sum(path.stat().st_size for path in HERE.iterdir() if path.is_file()) <= MOST_BYTES


def test_nothing_else_is_kept() -> None:
    known = {f"{case}.{question}.json.xz" for case, question in product(goldens.CASES, goldens.QUESTIONS)}
    assert {path.name for path in HERE.glob("*.xz")} == known


def test_what_is_kept_comes_back_and_always_as_the_same_bytes(tmp_path: Path, kept: Any) -> None:
    first, second = (goldens.write(tmp_path / name, "a", "war", kept) for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
    assert goldens.read(tmp_path / "one", "a", "war") == kept


def test_an_answer_is_the_same_as_itself(kept: Any) -> None:
    comparison = goldens.Comparison("war")
    assert list(comparison.differences(kept, deepcopy(kept))) == []
    assert comparison.same


@pytest.mark.parametrize(("part", "found"), [(1e-8, 1), (1e-11, 0)])
def test_one_number_that_moved(kept: Any, part: float, found: int) -> None:
    new = deepcopy(kept)
    income = values(new, "payoffs", "real_income_usd")
    k = row(new, "threat", "in kind")
    income[k] *= 1 + part
    comparison = goldens.Comparison("war")
    said = list(comparison.differences(kept, new))
    assert len(said) == found
    assert not comparison.same
    assert all(f"real_income_usd: {values(kept, 'payoffs', 'real_income_usd')[k]!r} is now" in line for line in said)


@pytest.mark.parametrize(("moves", "found"), [(("Nash", "Nash"), 0), (("threat", "in kind"), 1)])
def test_what_a_search_ends_at_is_compared_as_closely_as_it_ends(kept: Any, moves: tuple[str, str], found: int) -> None:
    new = deepcopy(kept)
    payoffs = values(new, "payoffs", "payoff")
    payoffs[row(new, *moves)] += 1e-6 * max(abs(payoff) for payoff in payoffs if payoff is not None)
    assert len(differences(kept, new)) == found


def test_what_a_search_ends_at_is_still_compared(kept: Any) -> None:
    new = deepcopy(kept)
    values(new, "sectors", "nash")[0] += 1e-5
    assert len(differences(kept, new)) == 1


def test_a_changed_text_flag_or_missing_number(kept: Any) -> None:
    new = deepcopy(kept)
    new["output"]["notes"][0] += "."
    values(new, "moves", "title")[1] = "another"
    values(new, "blinks", "blinks")[0] = not values(kept, "blinks", "blinks")[0]
    values(new, "crossing", "rate")[0] = None
    assert len(differences(kept, new)) == 4


def test_a_lost_row_column_table_or_field(kept: Any) -> None:
    new = deepcopy(kept)
    for column in table(new, "curves").values():
        del column["values"][-1]
    del table(new, "moves")["title"]
    del new["output"]["tables"]["crossing"]
    del new["output"]["certified"]
    new["output"]["more"] = 1
    said = differences(kept, new)
    assert len(said) == len(table(kept, "curves")) + 4
    assert "output/certified: 'there' is now 'gone'" in said


def test_the_order_of_columns(kept: Any) -> None:
    new = deepcopy(kept)
    new["output"]["tables"]["moves"] = dict(reversed(table(kept, "moves").items()))
    assert len(differences(kept, new)) == 1


def test_a_refusal_in_place_of_an_answer(kept: Any) -> None:
    assert len(differences(kept, {"exit": 1, "message": "no", "output": None})) == 3


def test_a_residual_need_only_be_small(kept: Any) -> None:
    new = deepcopy(kept)
    new["output"]["residual"] = 1e-10
    assert differences(kept, new) == []
    new["output"]["residual"] = 1e-8
    assert len(differences(kept, new)) == 1


def test_the_hash_and_the_version_are_left_out(kept: Any) -> None:
    new = deepcopy(kept)
    new["output"]["id"] = "another"
    new["output"]["settings"]["version"] = "another"
    assert differences(kept, new) == []
    del new["output"]["id"]
    assert len(differences(kept, new)) == 1


def test_names_and_sentences_that_were_changed_on_purpose(kept: Any) -> None:
    new = deepcopy(kept)
    new["output"]["verdict"] = "as it is now"
    tables = new["output"]["tables"]
    tables["choices"] = {"titled" if name == "title" else name: column for name, column in tables.pop("moves").items()}
    assert len(differences(kept, new)) == 3
    keys, sentence = {"tables/moves": "choices", "moves/title": "titled"}, kept["output"]["verdict"]
    assert differences(kept, new, renamed=goldens.Renamed(keys, {sentence: "as it is now"})) == []
    assert len(differences(kept, kept, renamed=goldens.Renamed({"moves/title": "titled"}))) == 2


def test_the_list_of_what_was_changed_can_be_read() -> None:
    renamed = goldens.Renamed.read(HERE)
    assert all(old != new for old, new in (*renamed.keys.items(), *renamed.sentences.items()))


@pytest.mark.slow
@pytest.mark.parametrize("question", goldens.QUESTIONS)
@pytest.mark.parametrize("case", goldens.CASES)
def test_the_command_line_says_what_is_kept(case: str, question: str) -> None:
    found, _ = goldens.compare(case, question)
    assert found == []
