"""Every kind is a command of its own: the same function, the same options, the same numbers."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest
from web_lab import COMMAND, finished, small

import detente
from detente.analyses.registry import REGISTRY
from detente.cli.questions import command_of
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.web.drawing import Reported, views_of
from detente.web.questions import key_of, options_in, question

OTHERS = [name for name in REGISTRY if name != "run"]


@pytest.mark.parametrize("name", REGISTRY)
def test_the_functions_are_there_and_take_what_they_are_given(name: str) -> None:
    kind = REGISTRY[name]
    arguments = {each.name for each in kind.options.every()}
    assert ("early" in inspect.signature(getattr(detente, kind.door)).parameters) == kind.early
    assert arguments <= set(inspect.signature(getattr(detente, kind.door)).parameters)
    assert "progress" in inspect.signature(getattr(detente, kind.door)).parameters
    assert callable(kind.result.from_json)
    assert callable(kind.document)
    assert command_of(kind).name == name


@pytest.mark.parametrize("name", OTHERS)
def test_a_part_of_a_run_has_a_name_and_says_what_it_would_show(name: str) -> None:
    kind = REGISTRY[name]
    assert kind.tab
    assert len(kind.offer) > 60
    assert {name: kind.tab} == views_of(kind).TABS


def test_a_part_is_there_where_the_dispute_has_what_it_needs() -> None:
    two, alone = Dispute.read("us-china-2018"), Dispute.from_values({**small(), "demands": []})
    assert [name for name in OTHERS if REGISTRY[name].fits(two)] == OTHERS
    told = [name for name in OTHERS if REGISTRY[name].fits(alone)]
    assert told == ["path", "war", "hold", "clock", "markets", "bands"]
    three = {**small()["parties"], "MEX": {"name": "Mexico"}}
    many = Dispute.from_values({**small(), "parties": three})
    assert [name for name in OTHERS if REGISTRY[name].fits(many)] == ["path", "bands"]


def test_options_that_are_written_out_are_read_back_alike() -> None:
    clock = REGISTRY["clock"]
    given = options_in(clock, {"until": "2020-12-31", "players": ["CHN", "USA"]})
    kept = given.model_dump(mode="json", exclude_defaults=True)
    assert options_in(clock, kept) == given
    assert given.until == date(2020, 12, 31)
    asked = question(clock, Dispute.from_values(small()), given)
    assert asked.key == key_of("clock", asked.dispute, asked.options)


def test_a_kind_with_a_report_alone_has_one_part() -> None:
    views = Reported(REGISTRY["war"])
    with pytest.raises(BadInput, match="the part war alone"):
        views.tab(None, "sectors")
    with pytest.raises(BadInput, match="no other state"):
        views.tab(None, "war", "answered")


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_the_same_kind_from_command_file_and_api_gives_the_same_json(
    client: httpx.Client, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "dispute.yaml"
    file.write_text(client.get("/api/cases/us-china-2018").text, "utf-8")
    fewer = {"draws": 8} if name == "bands" else {}  # 256 would take minutes and show no more
    line = [sys.executable, "-c", COMMAND, name, str(file), "--json", *(f"--{k}={v}" for k, v in fewer.items())]
    of_command = subprocess.run(line, capture_output=True, check=True, timeout=600).stdout
    id = client.post("/api/runs", params={"case": "us-china-2018", "kind": name, **fewer}).json()["id"]
    assert finished(client, id, seconds=600)["state"] == "done"
    assert client.get(f"/api/runs/{id}/result").content == of_command.removesuffix(b"\n")
    assert json.loads(client.get(f"/api/runs/{id}/tables").content)
    assert client.get(f"/api/runs/{id}/report.html").status_code == 200
    page = client.get(f"/runs/{id}", follow_redirects=True).url.path  # the answer on the page has the same JSON
    assert client.get(f"{page}/result.json").content == of_command.removesuffix(b"\n")
    assert 'class="headline"' in client.get(page, params={"whole": True}).text


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("hold", {"lag": "0.5", "lasting": "2", "quota": "0.66"}, {"quota": "1"}),
        ("talks", {"weights": ["0.7", "0.3"]}, {"weights": ["0.7", "0"]}),
        ("clock", {"seed": "7"}, {"seed": "-1"}),
    ],
)
def test_options_of_the_command_are_options_of_the_page(
    kind: str, given: dict[str, str | list[str]], wrong: dict[str, str | list[str]]
) -> None:
    arguments = options_in(REGISTRY[kind], given).model_dump()
    numbers = {name: [*map(float, text)] if isinstance(text, list) else float(text) for name, text in given.items()}
    assert {name: list(v) if isinstance(v := arguments[name], tuple) else v for name in given} == numbers
    with pytest.raises(BadInput, match=next(iter(wrong))):
        options_in(REGISTRY[kind], wrong)
