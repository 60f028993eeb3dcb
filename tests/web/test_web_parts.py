"""Parts that are questions of their own: what the page asks, what is to be typed, what is sent beside a dispute."""

from __future__ import annotations

import ast
import gzip
import io
import json
import shlex
from collections.abc import Callable
from typing import Any

import httpx
import pandas as pd
import pytest
from web_lab import finished, small

from detente import bands
from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY
from detente.analyses.reproduce import command_of, python_of
from detente.analyses.run.options import RunOptions
from detente.cli.questions import command_of as command
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.errors import BadInput, BadTable, DetenteError, UnknownName
from detente.markets.prices import parse_prices
from detente.web.forms import DRAWS, changed_part, filled, form_of_part, typed, usual_question
from detente.web.questions import options_in, question, upload_of
from detente.web.store import Inquiry

PRICES = "date,index,bank\n" + "\n".join(
    f"2018-{3 + k // 28:02d}-{1 + k % 28:02d},{100 + k % 7},{50 + k % 5}" for k in range(84)
)
EVERY: dict[str, dict[str, Any]] = {
    "run": {"world": "icio-2018", "elasticities": "CP", "deficits": "balanced", "horizon": "short",
            "base_tariffs": "simple", "acts": True, "third_markets": True, "signs": True, "labour": 0.5,
            "revenue": "income-tax", "income_tax": 0.2},
    "war": {"players": ["CHN", "USA"], "objective": "real income + 0.5 revenue", "one_rate": True, "seed": 3,
            "grid": [0.0, 0.2], "liberalise": True, "political_weights": ["USA C24A 2.5 a, source", "CHN A01 2"]},
    "path": {"years": 3, "first": 2019, "threats": "unanswered", "long_run": 9, "discount": 0.02, "growth": 0.04,
             "offset": 0.22, "refunds": ["USA:2020=1bn", "CHN:2020=2bn"]},
    "talks": {"no_deal": "status quo", "only": ["us-surplus"], "mfn": True, "robust": True, "players": ["USA", "CHN"],
              "tariffs": True, "met": ["us-surplus", "us-autos"], "weights": [0.6, 0.4], "seed": 3},
    "hold": {"no_deal": "answered", "period": 2.0, "annual_rate": 0.1, "lag": 1.0, "lasting": 3.0, "quota": 0.6,
             "packages": [["us-surplus,us-autos", ["us-surplus", "us-autos"]], ["us-autos", ["us-autos"]]],
             "picks": True, "seed": 3, "players": ["USA", "CHN"], "objective": "0.5 revenue", "one_rate": True,
             "liberalise": True},
    "clock": {"until": "2019-01-01", "score": True, "accept_defaults": True, "seed": 3, "players": ["USA", "CHN"],
              "prior": "resolves=20bn:1,30bn:0.8 patience=4"},
    "bands": {"draws": 8, "seed": 3, "sets": ["CP", "U4"], "closures": ["fixed"], "rules": ["simple"],
              "worlds": ["icio-2017"], "labour_range": [0.1, 0.5], "mobility_range": [2.0, 5.0],
              "floor_range": [0.95, 1.0], "spread": 0.1, "level": [0.5, 1.0], "horizons": ["long"],
              "holds": ["us-steel USA real_income < 0", "us-steel CHN real_income < 0"],
              "result": "war", "horizon": "short"},
    "markets": {"prices": {"name": "my prices.csv", "text": PRICES}, "events": ["2018-04-20", "2018-05-04"],
                "economy": "USA", "asset": "bank", "market": "index", "window": [-1, 1], "estimation": 20,
                "level": 0.05, "multiplier": 2.0, "values": [0.9, 1.0], "probability": 0.3,
                "prior": "resolves=20bn:1,30bn:0.8 patience=4", "players": ["USA", "CHN"]},
}  # fmt: skip
"""Every option of its own that each question has, away from its default."""
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
PARTS = [entry for entry in REGISTRY.values() if entry.tab]


def asked(**options: Any) -> Inquiry:
    return question(REGISTRY["run"], Dispute.from_values(small()), options_in(REGISTRY["run"], options))


@pytest.mark.parametrize("name", REGISTRY)
def test_the_command_that_the_page_shows_is_one_that_is_there(name: str) -> None:
    kind = REGISTRY[name]
    kept = options_in(kind, EVERY[name]).model_dump(mode="json", exclude_defaults=True)
    assert set(kept) == set(EVERY[name])
    words = shlex.split(command_of(kind, kept))
    assert words[:3] == ["detente", name, "dispute.yaml"]
    parsed = command(kind).make_context(name, words[2:]).params
    given = {key: value for key, value in parsed.items() if value not in (None, False, (), [])}
    assert set(kept) <= set(given)
    assert list(parsed.get("holds") or ()) == EVERY[name].get("holds", [])


@pytest.mark.parametrize("name", REGISTRY)
def test_what_is_tested_here_is_every_option_of_a_question(name: str) -> None:
    own = {each.name for each in REGISTRY[name].options.every() if not each.asked.local}
    shared = {"world", "elasticities", "deficits", "base_tariffs", "accept_defaults"}
    shared |= {"labour", "revenue", "income_tax", "mobility", "wage_floor", "wage_unit"}
    assert own - shared <= set(EVERY[name])


@pytest.mark.parametrize("name", REGISTRY)
def test_the_python_that_the_page_shows_gives_the_same_options(name: str) -> None:
    entry = REGISTRY[name]
    kept = options_in(entry, EVERY[name]).model_dump(mode="json", exclude_defaults=True)
    line = python_of(entry, kept).splitlines()[-1]
    call = ast.parse(line).body[0].value  # type: ignore[attr-defined]
    assert ast.unparse(call.func) == f"dt.{entry.door}"
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    if "prices" in kept:
        assert given.pop("prices") == kept.pop("prices")["name"]
    assert entry.options.read(given).model_dump(mode="json", exclude_defaults=True) == kept


def test_a_part_asks_the_run_s_own_options_and_the_form_changes_them() -> None:
    of = asked(deficits="balanced", horizon="short")
    kind = REGISTRY["bands"]
    first = usual_question(kind, of, {"state": "us-steel"})
    assert first.options == {
        "deficits": "balanced", "horizon": "short", "draws": DRAWS,
        "holds": ["us-steel USA real_income < 0 and us-steel CHN real_income < 0"],
    }  # fmt: skip
    # the form as it is asks the same
    assert changed_part(of, kind, filled(kind, first.options), None).key == first.key
    other = changed_part(of, kind, {"draws": "8", "holds": ""}, None)
    assert other.options == {"deficits": "balanced", "horizon": "short", "draws": 8}
    with pytest.raises(BadInput, match="draws"):
        changed_part(of, kind, {"draws": "many"}, None)
    with pytest.raises(DetenteError, match="probability"):
        changed_part(of, REGISTRY["markets"], {"probability": "a third%"}, None)


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.name)
def test_every_option_of_a_part_is_in_its_form_and_what_it_shows_asks_the_same(kind: Analysis) -> None:
    names = {each.name for each in form_of_part(kind)}
    assert names >= {each.name for each in kind.options.every() if not each.asked.local} - set(RunOptions.model_fields)
    given = {name: value for name, value in EVERY[kind.name].items() if name in names and name != "prices"}
    kept = options_in(kind, given).model_dump(mode="json", exclude_defaults=True)
    assert kept == given
    of = asked()
    assert options_in(kind, typed(kind, filled(kind, kept))).model_dump(mode="json", exclude_defaults=True) == kept
    assert changed_part(of, kind, filled(kind, {}), None).options == {}


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=lambda kind: kind.name)
def test_the_api_describes_the_options_of_every_question(client: httpx.Client, kind: Analysis) -> None:
    described = client.get("/openapi.json").json()["paths"]
    parameters = {each["name"]: each for each in described[f"/api/{kind.name}"]["post"]["parameters"]}
    own = {each.name: each for each in kind.options.every() if not each.asked.local and each.kind != "prices"}
    assert set(parameters) == {*own, "case"}
    for name, each in own.items():
        assert parameters[name]["description"] == each.meaning
        assert json.dumps(parameters[name]["schema"].get("default")) == json.dumps(each.default)
        for bound, key in BOUNDS.items():
            assert (f'"{key}"' in json.dumps(parameters[name]["schema"])) == (bound in each.bounds)
    assert set(own) <= {each["name"] for each in described["/api/runs"]["post"]["parameters"]}


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=lambda kind: kind.name)
def test_options_are_read_from_an_address_as_they_are_kept(kind: Analysis) -> None:
    given = {name: value for name, value in EVERY[kind.name].items() if name != "prices"}
    known = {each.name: each for each in kind.options.every()}
    text = {
        name: known[name].written(value).splitlines() if known[name].kind in ("statements", "packages")
        else known[name].written(value) for name, value in given.items()
    }  # fmt: skip
    assert options_in(kind, text).model_dump(mode="json", exclude_defaults=True) == given


def test_a_question_has_an_address_of_its_own(client: httpx.Client) -> None:
    small_one = {"json": small(add="9%")}
    of_kind = client.post("/api/runs", params={"kind": "run", "deficits": "balanced"}, **small_one).json()
    own = client.post("/api/run", params={"deficits": "balanced"}, **small_one).json()
    assert finished(client, of_kind["id"])["state"] == "done"
    again = client.post("/api/run", params={"deficits": "balanced"}, **small_one)
    assert again.headers["location"] == f"/api/runs/{again.json()['id']}"
    assert (again.json()["state"], again.json()["kind"]) == ("done", own["kind"])
    refused = client.post("/api/hold", params={"lagg": "1"}, **small_one)
    assert refused.status_code == 422
    assert "did you mean 'lag'" in refused.json()["detail"]


@pytest.mark.parametrize("name", ["workers", "folder", "scheduler", "over"])
def test_what_is_of_the_own_machine_is_not_the_server_s(client: httpx.Client, name: str) -> None:
    refused = client.post("/api/bands", params={name: "2"}, json=small())
    assert refused.status_code == 422
    assert "leave it out" in refused.json()["detail"]


def test_no_file_of_prices_is_opened_by_its_name(client: httpx.Client) -> None:
    refused = client.post("/api/markets", params={"prices": "/etc/passwd"}, json=small())
    assert refused.status_code == 422
    assert "sent as a file" in refused.json()["detail"]


def test_a_field_without_a_value_is_left_out_and_a_file_is_no_text() -> None:
    assert typed(REGISTRY["markets"], {"events": " , ", "probability": " "}) == {}
    assert "prices" not in filled(REGISTRY["markets"], {"prices": {"name": "mine.csv", "text": PRICES}})


def test_what_is_typed_into_hold_and_talks_is_checked_before_anything_runs() -> None:
    of, hold, talks = asked(), REGISTRY["hold"], REGISTRY["talks"]
    said = {"annual_rate": "10%", "lag": "2", "one_rate": "on", "no_deal": "nash"}
    assert changed_part(of, hold, said, None).options == {
        "annual_rate": 0.1, "lag": 2.0, "one_rate": True, "no_deal": "nash"
    }  # fmt: skip
    assert changed_part(of, talks, {"weights": "0.6, 0.4"}, None).options == {"weights": [0.6, 0.4]}
    for kind, wrong, about in (
        (hold, {"quota": "120%"}, "quota"),
        (hold, {"period": "long"}, "period"),
        (hold, {"annual_rate": "five%"}, "a share such as 5%"),
        (talks, {"weights": "0.6"}, "weights"),
        (talks, {"no_deal": "peace"}, "no_deal"),
    ):
        with pytest.raises(BadInput, match=about):
            changed_part(of, kind, wrong, None)


def test_prices_are_read_before_anything_is_computed() -> None:
    of, kind = asked(), REGISTRY["markets"]
    sent = ("C:\\mine\\prices.csv", PRICES.encode())
    given = changed_part(of, kind, {"market": "index", "probability": "30%"}, sent).options
    assert given["prices"] == {"name": "prices.csv", "text": PRICES}
    assert given["probability"] == pytest.approx(0.3)
    with pytest.raises(UnknownName, match="did you mean 'index'"):
        changed_part(of, kind, {"market": "indx"}, sent)
    with pytest.raises(BadInput, match="outside the prices"):
        changed_part(of, kind, {"events": "2012-01-01"}, sent)
    with pytest.raises(BadTable, match=r"prices\.csv, line 3: 'x' in column index is not a price"):
        changed_part(of, kind, {}, ("prices.csv", b"date,index\n2018-01-02,1\n2018-01-03,x\n"))
    for body, said in ((b"\xff\xfe", "no cells"), (b"\xff\x00\x00\x00\x07\x01", "no text and no file that is read")):
        with pytest.raises(BadTable, match=said):
            upload_of("prices.csv", body)


@pytest.mark.slow
def test_bands_of_the_api_are_those_of_python(client: httpx.Client) -> None:
    holds = "us-steel USA real_income < 0"
    given = {"kind": "bands", "draws": 4, "seed": 1, "sets": "U4,CP", "closures": "fixed", "holds": holds}
    id = client.post("/api/runs", json=small(), params=given).json()["id"]
    run = finished(client, id)
    assert run["options"] == {"draws": 4, "seed": 1, "sets": ["U4", "CP"], "closures": ["fixed"], "holds": [holds]}
    over = Over(elasticities=("U4", "CP"), deficits=("fixed",))
    expected = bands(Dispute.from_values(small()), draws=4, seed=1, holds=[holds], over=over)
    assert client.get(f"/api/runs/{id}/result").text == expected.to_json()
    table = pd.read_csv(io.BytesIO(client.get(f"/api/runs/{id}/tables/bands.csv").content))
    assert {"median", "low", "high"} <= set(table)
    page = client.get(f"/q/{client.get(f'/runs/{id}', follow_redirects=True).url.path.rpartition('/')[2]}?whole=true")
    assert "holds in" in page.text
    assert "not a probability" in page.text


def test_the_parameters_of_the_api_are_the_options_of_bands(client: httpx.Client) -> None:
    given = {
        "kind": "bands",
        "draws": 4,
        "sets": "U4,CP",
        "holds": ["us-steel USA real_income < 0", "us-steel CHN revenue > 0"],
    }
    key = client.post("/api/disputes/check", json=small(), params=given).json()["key"]
    kind, dispute = REGISTRY["bands"], Dispute.from_values(small())
    options = {"draws": 4, "sets": ["U4", "CP"], "holds": given["holds"]}
    assert question(kind, dispute, options_in(kind, options)).key == key
    wrong = client.post("/api/disputes/check", json=small(), params={"kind": "bands", "sets": "U5"})
    assert "'U5'" in wrong.json()["detail"]


def test_a_dispute_and_prices_are_sent_as_one_form(client: httpx.Client) -> None:
    def says(sent: dict[str, Any]) -> str:
        refused = client.post("/api/disputes/check", params={"kind": "markets"}, files=sent)
        assert refused.status_code in (400, 422)
        return str(refused.json()["detail"])

    files = {"dispute": ("d.yaml", Dispute.from_values(small()).to_yaml()), "prices": ("p.csv", PRICES)}
    checked = client.post("/api/disputes/check", params={"kind": "markets", "event": "2018-05-04"}, files=files)
    assert checked.status_code == 200, checked.text
    assert Dispute.parse(checked.json()["yaml"]) == Dispute.from_values(small())
    of_json = {**files, "dispute": ("d", json.dumps(small()))}
    again = client.post("/api/disputes/check", params={"kind": "markets", "event": "2018-05-04"}, files=of_json)
    assert again.json()["key"] == checked.json()["key"]
    assert says({"list": ("l.csv", "1")}) == "a form has the parts dispute and prices, not 'list'"
    assert "'x' is not a date" in says({**files, "prices": ("p.csv", "date,index\nx,1")})
    assert client.post("/api/disputes/check", params={"kind": "war"}, files=files).status_code == 422


@pytest.mark.parametrize("pack", [
    lambda table: table.to_csv(index=False).encode("utf-16"),
    lambda table: table.to_csv(index=False, sep=";").encode("cp1252"),
    lambda table: gzip.compress(table.to_csv(index=False).encode()),
    lambda table: written(table.to_excel, index=False),
    lambda table: written(table.to_parquet),
], ids=["UTF-16", "Windows-1252", "gzip", "Excel", "Parquet"])  # fmt: skip
def test_prices_that_are_sent_in_another_form_are_the_same_prices(pack: Callable[[pd.DataFrame], bytes]) -> None:
    table = pd.DataFrame({"date": ["2018-01-02", "2018-01-03"], "Börse": [1.5, 2.25]})
    sent = upload_of("prices.csv", pack(table))
    assert parse_prices(sent["text"], sent["name"]).values[:, 0].tolist() == [1.5, 2.25]
    assert parse_prices(sent["text"], sent["name"]).names == ("Börse",)


def written(write: Callable[..., None], **how: object) -> bytes:
    """What a table writes into a file."""
    into = io.BytesIO()
    write(into, **how)
    return into.getvalue()
