"""Parts that are questions of their own: what the page asks, what is to be typed, what is sent beside a dispute."""

from __future__ import annotations

import io
import json
import shlex
from typing import Any

import httpx
import pandas as pd
import pytest
from typer.main import get_command
from web_lab import finished, small

from detente import bands
from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY
from detente.cli.main import app
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.errors import BadInput, BadTable, DetenteError, UnknownName
from detente.web import fields
from detente.web.again import command, python
from detente.web.fields import FORMS, filled, typed
from detente.web.options import OPTIONS
from detente.web.parts import DRAWS, otherwise, usual
from detente.web.questions import options_of, question, upload_of
from detente.web.store import Inquiry

PRICES = "date,index,bank\n" + "\n".join(
    f"2018-{3 + k // 28:02d}-{1 + k % 28:02d},{100 + k % 7},{50 + k % 5}" for k in range(84)
)
EVERY: dict[str, dict[str, Any]] = {
    "run": {"world": "icio-2018", "elasticities": "CP", "deficits": "balanced", "horizon": "short"},
    "war": {"players": ["USA", "CHN"], "objective": "real income + 0.5 revenue", "one_rate": True},
    "talks": {"no_deal": "status quo", "only": ["us-surplus"], "mfn": True, "robust": True,
              "tariffs": ["us-surplus"], "weights": [0.6, 0.4]},
    "hold": {"no_deal": "answered", "period": 2.0, "annual_rate": 0.1, "lag": 1.0, "lasting": 3.0, "quota": 0.6},
    "clock": {"until": "2019-01-01", "score": True, "accept_defaults": True, "seed": 3},
    "bands": {"draws": 8, "seed": 3, "sets": ["CP", "U4"], "closures": ["fixed"], "worlds": ["icio-2017"],
              "spread": 0.1, "holds": ["us-steel USA real_income < 0", "us-steel CHN real_income < 0"]},
    "markets": {"prices": {"name": "my prices.csv", "text": PRICES}, "event": ["2018-04-20", "2018-05-04"],
                "economy": "USA", "asset": "bank", "market": "index", "window": [-1, 1], "estimation": 20,
                "level": 0.05, "multiplier": 2.0, "values": [0.9, 1.0], "probability": 0.3},
}  # fmt: skip


def asked(**options: Any) -> Inquiry:
    return question(REGISTRY["run"], Dispute.from_values(small()), options_of(REGISTRY["run"], options))


@pytest.mark.parametrize("name", REGISTRY)
def test_the_command_that_the_page_shows_is_one_that_is_there(name: str) -> None:
    kind = REGISTRY[name]
    kept = options_of(kind, EVERY[name]).model_dump(mode="json", exclude_defaults=True)
    assert set(kept) == set(EVERY[name])
    words = shlex.split(command(kind, kept))
    assert words[:3] == ["detente", name, "dispute.yaml"]
    its = get_command(app).commands[name]  # type: ignore[attr-defined]
    parsed = its.make_context(name, words[2:]).params
    given = {key: value for key, value in parsed.items() if value not in (None, False, (), [])}
    assert set(kept) <= set(given)
    assert list(parsed.get("holds") or ()) == EVERY[name].get("holds", [])


def test_python_is_shown_where_the_function_takes_the_options_as_they_are() -> None:
    lines = python(REGISTRY["bands"], {"draws": 4, "holds": ["us-steel USA real_income < 0"]})
    assert lines is not None
    assert lines.endswith("found = dt.bands(dispute, draws=4, holds=['us-steel USA real_income < 0'])")
    assert python(REGISTRY["war"], {"objective": "real income"}) is None


def test_a_part_asks_the_run_s_own_options_and_the_form_changes_them() -> None:
    dispute, of = Dispute.from_values(small()), asked(deficits="balanced", horizon="short")
    kind = REGISTRY["bands"]
    first = usual(kind, of, dispute, {"state": "us-steel"})
    assert first.options == {
        "deficits": "balanced", "horizon": "short", "draws": DRAWS,
        "holds": ["us-steel USA real_income < 0 and us-steel CHN real_income < 0"],
    }  # fmt: skip
    assert (
        otherwise(of, kind, filled(FORMS[kind.name], first.options), None).key == first.key
    )  # the form as it is asks the same
    other = otherwise(of, kind, {"draws": "8", "holds": ""}, None)
    assert other.options == {"deficits": "balanced", "horizon": "short", "draws": 8}
    with pytest.raises(BadInput, match="draws"):
        otherwise(of, kind, {"draws": "many"}, None)
    with pytest.raises(DetenteError, match="probability"):
        otherwise(of, REGISTRY["markets"], {"probability": "a third%"}, None)


@pytest.mark.parametrize("kind", [REGISTRY[name] for name in FORMS], ids=lambda kind: kind.name)
def test_every_field_of_a_form_is_an_option_and_what_it_shows_asks_the_same(kind: Analysis) -> None:
    names = {field.name for field in FORMS[kind.name]}
    assert names <= set(OPTIONS[kind.name].model_fields)
    given = {name: value for name, value in EVERY[kind.name].items() if name in names and name != "prices"}
    kept = options_of(kind, given).model_dump(mode="json", exclude_defaults=True)
    assert otherwise(asked(), kind, filled(FORMS[kind.name], kept), None).options == kept
    assert otherwise(asked(), kind, filled(FORMS[kind.name], {}), None).options == {}


def test_a_field_without_a_value_is_left_out_and_a_file_is_no_text() -> None:
    assert typed(fields.MARKETS, {"event": " , ", "probability": " "}) == {}
    assert "prices" not in filled(fields.MARKETS, {"prices": {"name": "mine.csv", "text": PRICES}})


def test_what_is_typed_into_hold_and_talks_is_checked_before_anything_runs() -> None:
    of, hold, talks = asked(), REGISTRY["hold"], REGISTRY["talks"]
    said = {"annual_rate": "10%", "lag": "2", "one_rate": "on", "no_deal": "nash"}
    assert otherwise(of, hold, said, None).options == {
        "annual_rate": 0.1, "lag": 2.0, "one_rate": True, "no_deal": "nash"
    }  # fmt: skip
    assert otherwise(of, talks, {"weights": "0.6, 0.4"}, None).options == {"weights": [0.6, 0.4]}
    for kind, wrong, about in (
        (hold, {"quota": "120%"}, "quota"),
        (hold, {"period": "long"}, "period"),
        (hold, {"annual_rate": "five%"}, "no number such as"),
        (talks, {"weights": "0.6"}, "weights"),
        (talks, {"no_deal": "peace"}, "no_deal"),
    ):
        with pytest.raises(BadInput, match=about):
            otherwise(of, kind, wrong, None)


def test_prices_are_read_before_anything_is_computed() -> None:
    of, kind = asked(), REGISTRY["markets"]
    sent = ("C:\\mine\\prices.csv", PRICES.encode())
    given = otherwise(of, kind, {"market": "index", "probability": "30%"}, sent).options
    assert given["prices"] == {"name": "prices.csv", "text": PRICES}
    assert given["probability"] == pytest.approx(0.3)
    with pytest.raises(UnknownName, match="did you mean 'index'"):
        otherwise(of, kind, {"market": "indx"}, sent)
    with pytest.raises(BadInput, match="outside the prices"):
        otherwise(of, kind, {"event": "2012-01-01"}, sent)
    with pytest.raises(BadTable, match=r"prices\.csv, line 3: 'x' in column index is no price"):
        otherwise(of, kind, {}, ("prices.csv", b"date,index\n2018-01-02,1\n2018-01-03,x\n"))
    with pytest.raises(BadTable, match="not UTF-8"):
        upload_of("prices.csv", b"\xff\xfe")


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
    assert "no probability" in page.text


def test_the_parameters_of_the_api_are_the_options_of_bands(client: httpx.Client) -> None:
    given = {"kind": "bands", "draws": 4, "sets": "U4,CP", "holds": ["us-steel USA real_income < 0", "b"]}
    key = client.post("/api/disputes/check", json=small(), params=given).json()["key"]
    kind, dispute = REGISTRY["bands"], Dispute.from_values(small())
    options = {"draws": 4, "sets": ["U4", "CP"], "holds": given["holds"]}
    assert question(kind, dispute, options_of(kind, options)).key == key
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
    assert "'x' is no date" in says({**files, "prices": ("p.csv", "date,index\nx,1")})
    assert client.post("/api/disputes/check", params={"kind": "war"}, files=files).status_code == 422
