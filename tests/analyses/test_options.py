"""Options are read alike from text and from values, and a wrong one is said with what it may be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from registry_lab import small_dispute

import detente as dt
from detente.analyses.doors import settled
from detente.analyses.registry import REGISTRY
from detente.analyses.reproduce import command_of, python_of
from detente.dispute.moves import MOST
from detente.enforcement.ratification import MAJORITY
from detente.ensemble.draws import STATED
from detente.errors import BadInput, BadTable, UnknownElasticities, UnknownName, UnknownWorld
from detente.markets.abnormal_returns import ESTIMATION, LEVEL
from detente.optimal_tariffs.governments import Objective
from detente.timing.prior import Prior, Resolve


def read(name: str, **given: Any) -> Any:
    return REGISTRY[name].options.read(given)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hold", {"annual_rate": "5%"}, {"annual_rate": 0.05}),
        ("hold", {"annual_rate": "7.5 %"}, {"annual_rate": 0.075}),
        ("hold", {"no_deal": "status-quo"}, {"no_deal": "status quo"}),
        ("talks", {"no_deal": "Status Quo"}, {"no_deal": "status quo"}),
        ("hold", {"packages": ["a, b", "c"]}, {"packages": {"a, b": ["a", "b"], "c": ["c"]}}),
        ("hold", {"packages": "a, b\nc"}, {"packages": {"a, b": ("a", "b"), "c": ("c",)}}),
        ("hold", {"one_rate": "on"}, {"one_rate": True}),
        ("talks", {"players": "USA, CHN"}, {"players": ["USA", "CHN"]}),
        ("talks", {"weights": "6,4"}, {"weights": np.array([0.6, 0.4])}),
        ("clock", {"until": "2019-01-31"}, {"until": date(2019, 1, 31)}),
        ("markets", {"events": ["2018-01-02,2018-01-05", "2018-02-01"]},
         {"events": [date(2018, 1, 2), date(2018, 1, 5), date(2018, 2, 1)]}),
        ("markets", {"window": "-1,1", "probability": "30%"}, {"window": (-1, 1), "probability": 0.3}),
        ("bands", {"holds": "a < 0\nb > 1", "draws": "64"}, {"holds": ("a < 0", "b > 1"), "draws": np.int64(64)}),
        ("war", {"grid": "0,0.5", "seed": "3"}, {"grid": np.array([0, 0.5]), "seed": 3}),
        ("war", {"grid": "0, 25%"}, {"grid": [0, "25%"]}),
        ("war", {"players": "USA,CHN"}, {"players": np.array(["USA", "CHN"])}),
        ("talks", {"weights": "1,1"}, {"weights": (1e308, 1e308)}),
        ("clock", {"until": " 2019-01-31 "}, {"until": np.datetime64("2019-01-31T00", "ns")}),
        ("clock", {"until": "2019-01-31"}, {"until": datetime(2019, 1, 31, 12)}),
        ("markets", {"events": "2018-01-02"}, {"events": np.array(["2018-01-02"], "datetime64[ns]")}),
        ("markets", {"events": "2018-01-02"}, {"events": pd.DatetimeIndex(["2018-01-02"])}),
    ],
)  # fmt: skip
def test_text_and_values_are_read_alike(name: str, text: dict[str, Any], value: dict[str, Any]) -> None:
    first, second = read(name, **text), read(name, **value)
    assert first == second
    assert first.plain() == second.plain()
    again = REGISTRY[name].options.read(first.model_dump(mode="json", exclude_defaults=True))
    assert again == first, "what is kept as JSON is read back"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("hold", {1: 2}, "'1' is not an option; there are: players"),
        ("hold", {"perod": 1}, "'perod' is not an option; did you mean 'period'?"),
        ("hold", {"period": -1}, "period is -1: give a number over 0 and at most 100"),
        ("hold", {"period": "soon"}, "period is 'soon': give a number over 0 and at most 100"),
        ("hold", {"period": True}, "period is True: give a number"),
        ("hold", {"annual_rate": 25}, "annual_rate is 25: give a share such as 5% or 0.05, over 0 and at most 10"),
        ("hold", {"annual_rate": "five%"}, "annual_rate is 'five%': give a share such as 5%"),
        ("hold", {"quota": 1}, "quota is 1: give a share such as 5% or 0.05, at least 0 and under 1"),
        ("hold", {"no_deal": "peace"}, "no_deal is 'peace': give one of status quo, threat, answered, nash"),
        ("hold", {"packages": {"all": "a"}}, "packages: 'all' is 'a': give a list of ids of demands"),
        ("talks", {"players": "USA"}, "players are USA: name two different economies, such as USA,CHN"),
        ("talks", {"players": ["USA", "USA"]}, "players are USA, USA: name two different"),
        ("talks", {"players": "USA,CHN,USA"}, "players are USA, CHN, USA: name two different"),
        ("talks", {"players": 3}, "players is 3: give names separated by commas"),
        ("talks", {"weights": (1, 0)}, "weights holds 0: give two numbers separated by a comma, over 0"),
        ("talks", {"weights": "1"}, "weights is '1': give two numbers separated by a comma"),
        ("talks", {"met": "a"}, "met lists demands that are met while duties are bargained over: add tariffs"),
        ("clock", {"until": "soon"}, "until is 'soon': give a day such as 2018-05-22"),
        ("clock", {"seed": -1}, "seed is -1: give a whole number at least 0"),
        ("clock", {"seed": 0.5}, "seed is 0.5: give a whole number"),
        ("markets", {"window": "1,-1"}, "window is 1,-1: give the first day before the last"),
        ("markets", {"events": "soon"}, "events holds 'soon': give days such as 2018-03-22,2018-04-03"),
        ("markets", {"estimation": 1}, "estimation is 1: give a whole number at least 2 and at most 10000"),
        ("bands", {"draws": 1}, "draws is 1: give a whole number at least 2 and at most 65536"),
        ("bands", {"closures": "fixed,nope"}, "closures names 'nope': choose among fixed, balanced, proportional"),
        ("war", {"grid": "0,900%"}, "grid holds 9.0: give numbers separated by commas, at least 0 and at most 5"),
        ("war", {"grid": ()}, "grid is empty: give at least 1"),
        ("markets", {"asset": "x" * 201}, "write at most 200 characters"),
        ("war", {"players": np.array(0.3)}, "players is 0.3: give names separated by commas"),
        ("war", {"players": b"USA,CHN"}, "players is of type bytes: give names"),
        ("markets", {"economy": b"USA"}, "economy is of type bytes: give a code such as USA"),
        ("bands", {"sets": [3]}, "sets holds 3: give names separated by commas"),
        ("hold", {"packages": [None]}, "packages holds None: give the ids of demands"),
        ("hold", {"packages": [3]}, "packages holds 3: give the ids of demands"),
        ("hold", {"packages": {"all": 1}}, "packages holds ('all', 1): give the ids"),
        ("clock", {"until": 0}, "until is 0: give a day such as 2018-05-22"),
        ("clock", {"until": "0"}, "until is '0': give a day such as 2018-05-22"),
        ("markets", {"events": [0]}, "events holds 0: give days such as 2018-03-22,2018-04-03"),
        ("run", {"horizon": "medium"}, "horizon is 'medium': give one of long, short"),
    ],
)
def test_a_wrong_option_is_said_with_what_it_may_be(name: str, given: dict[Any, Any], said: str) -> None:
    with pytest.raises(BadInput) as problem:
        REGISTRY[name].options.read(given)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_an_entry_that_is_refused_is_said_once() -> None:
    with pytest.raises(BadInput) as problem:
        read("war", grid="2500%")
    assert str(problem.value) == "grid holds 25.0: give numbers separated by commas, at least 0 and at most 5"


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(BadInput, match=r"period is -1.*; quota is 2.*; 'x' is not an option"):
        read("hold", period=-1, quota=2, x=1)


def test_options_of_the_own_machine_are_no_server_s() -> None:
    assert read("bands", workers=2, folder="kept").workers == 2
    for given in ({"workers": 2}, {"folder": "kept"}, {"over": dt.Over()}):
        with pytest.raises(BadInput, match="of the command line and of Python alone"):
            REGISTRY["bands"].options.read(given, local=False)
    with pytest.raises(BadInput, match="sent as a file"):
        REGISTRY["markets"].options.read({"prices": "/etc/passwd"}, local=False)


def test_text_is_settled_as_the_object_it_stands_for() -> None:
    parties = small_dispute().parties
    asked = settled(read("war", objective="real income + 0.5 revenue"), parties)
    assert isinstance(asked.objective, Objective)
    assert asked.objective.revenue == {"USA": 0.5, "CHN": 0.5}
    assert settled(asked, parties).objective is asked.objective
    told = settled(read("clock", prior="resolves=20bn:1,30bn:0.8 patience=3 review_days=60"), parties)
    assert told.prior == Prior((Resolve(20e3, 1), Resolve(30e3, 0.8)), patience=3.0, review_days=60)
    sent = {"name": "p.csv", "text": "date,index\n2018-01-01,1\n2018-01-02,2\n"}
    assert settled(read("markets", prices=sent), parties).prices.names == ("index",)


@pytest.mark.parametrize(
    ("name", "given", "error", "said"),
    [
        ("run", {"world": "icio-2071"}, UnknownWorld, "did you mean 'icio-201"),
        ("run", {"elasticities": "CPP"}, UnknownElasticities, "did you mean 'CP'"),
        ("bands", {"sets": "CP,U5"}, UnknownElasticities, "there are: BSY, CP"),
        ("bands", {"worlds": ["icio-2071"]}, UnknownWorld, "did you mean"),
        ("bands", {"holds": "USA loses"}, BadInput, "'USA loses' is not a statement"),
        ("bands", {"result": "wars"}, UnknownName, "did you mean 'war'"),
        ("bands", {"result": "bands"}, BadInput, "result='bands' is what draws"),
        ("war", {"objective": "glory"}, BadInput, "objective 'glory' is not understood"),
        ("war", {"objective": 3}, BadInput, "objective is 3: give words such as"),
        ("clock", {"prior": "patience=3"}, BadInput, "does not have two resolves: write resolves=20bn:1,30bn:0.8"),
        ("clock", {"prior": "resolves=20bn,30bn"}, BadInput, "the prior is not understood at 'resolves=20bn,30bn'"),
        ("clock", {"prior": "hope=1"}, BadInput, "the prior has no 'hope'"),
        ("markets", {"prices": {"name": "p.csv", "text": "x"}}, BadTable, "p.csv"),
        ("markets", {"prices": {}}, BadInput, "give the name of a CSV file and its text"),
        ("markets", {"prices": {"name": "p.csv", "text": "date,a\n2018-01-01,1\n2018-01-02,2\n"}, "market": "b"},
         UnknownName, "'b'"),
    ],
)  # fmt: skip
def test_what_cannot_be_settled_is_said_before_anything_is_computed(
    name: str, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as problem:
        settled(read(name, **given), small_dispute().parties)
    assert said in str(problem.value)


def test_constants_of_the_theory_are_the_defaults_and_bounds_of_options() -> None:
    """The models load nothing heavy, so that help comes at once: they repeat these numbers."""
    assert read("hold").quota == MAJORITY
    assert (read("markets").estimation, read("markets").level) == (ESTIMATION, LEVEL)
    grid = next(each for each in REGISTRY["war"].options.every() if each.name == "grid")
    assert grid.bounds["le"] == MOST
    spread = next(each for each in REGISTRY["bands"].options.every() if each.name == "spread")
    assert f"by default {STATED:g}" in spread.help


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_command_and_lines_of_python_give_the_options_again(name: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "hold": {"period": 0.5, "no_deal": "status quo", "packages": ["a,b", "c"], "players": "USA,CHN", "picks": True},
        "talks": {"tariffs": True, "met": "a,b", "weights": "7,3", "mfn": True},
        "markets": {"window": "-1,1", "events": "2018-01-01,2018-02-03", "level": "2%"},
        "clock": {"until": "2019-01-01", "prior": "resolves=20bn:1,30bn:0.8"},
        "bands": {"holds": "a < 0\nb > 1", "draws": 64, "sets": "CP,U4", "result": "war"},
        "war": {"grid": "0,0.5", "world": "icio-2018", "objective": "real income + 0.5 revenue"},
        "run": {"horizon": "short", "accept_defaults": True},
        "path": {"years": 12, "refunds": "USA:2026=1bn,CHN:2026=2bn", "discount": "2%", "threats": "none"},
    }
    entry, options = REGISTRY[name], read(name, **given[name])
    seen: list[Any] = []

    class Recorder:
        def __getattr__(self, door: str) -> Any:
            return lambda dispute, **said: seen.append((door, said))

    code = python_of(entry, given[name]).splitlines()
    exec(code[-1], {"dt": Recorder(), "dispute": None})
    assert seen[0][0] == entry.door
    assert entry.options.read(seen[0][1]) == options
    assert command_of(entry, given[name]).startswith(f"detente {name} dispute.yaml --")
