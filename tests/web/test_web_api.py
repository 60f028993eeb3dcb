"""The API as a client sees it: the same numbers as everywhere else, one shape of error, limits, cancelling."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import httpx
import pandas as pd
import pytest
from web_lab import COMMAND, Served, finished, small

from detente import run
from detente.analyses.run.result import Findings
from detente.dispute.schema import Dispute

SHAPE = {"type", "title", "status", "code", "detail", "faults"}


def begun(client: httpx.Client, *, expect: int = 202, **more: object) -> str:
    answer = client.post("/api/runs", **more)  # type: ignore[arg-type]
    assert answer.status_code == expect, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
def done(server: Served) -> str:
    """The id of a run that has ended."""
    with server.client() as client:
        id = begun(client, json=small())
        assert finished(client, id)["state"] == "done"
    return id


def test_file_command_python_and_api_give_the_same_json(client: httpx.Client, done: str, tmp_path: Path) -> None:
    of_api = client.get(f"/api/runs/{done}/result").content
    dispute = Dispute.from_values(small())
    path = tmp_path / "small.yaml"
    path.write_text(dispute.to_yaml(), "utf-8")
    line = [sys.executable, "-c", COMMAND, "run", str(path), "--json"]
    of_command = subprocess.run(line, capture_output=True, check=True, timeout=120).stdout
    assert of_api == of_command.removesuffix(b"\n")
    assert of_api == run(dispute).to_json().encode()
    id = begun(client, content=path.read_bytes(), headers={"content-type": "application/yaml"})
    assert finished(client, id)["state"] == "done"
    assert client.get(f"/api/runs/{id}/result").content == of_api


def test_options_are_those_of_the_command(client: httpx.Client) -> None:
    id = begun(client, json=small(), params={"deficits": "balanced", "world": "icio-2014"})
    assert finished(client, id)["options"] == {"deficits": "balanced", "world": "icio-2014"}
    of_api = client.get(f"/api/runs/{id}/result").text
    dispute = Dispute.from_values(small())
    assert of_api == run(dispute, deficits="balanced", world="icio-2014").to_json()


def test_every_format_of_a_table_can_be_opened(client: httpx.Client, done: str) -> None:
    findings = Findings.from_json(client.get(f"/api/runs/{done}/result").text)
    expected = findings.tables()["economies"]
    there = client.get(f"/api/runs/{done}/tables").json()
    assert [entry["name"] for entry in there] == list(findings.tables())

    def fetched(name: str) -> bytes:
        answer = client.get(f"/api/runs/{done}/{name}")
        assert answer.status_code == 200, answer.text
        return answer.content

    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(fetched("tables/economies.parquet"))), expected)
    read = pd.read_csv(io.BytesIO(fetched("tables/economies.csv")))
    pd.testing.assert_frame_equal(read, expected, check_dtype=False)
    sheet = pd.read_excel(io.BytesIO(fetched("tables/economies.xlsx")))
    pd.testing.assert_frame_equal(sheet, expected, check_dtype=False)
    assert set(pd.ExcelFile(io.BytesIO(fetched("tables.xlsx"))).sheet_names) == set(findings.tables())
    assert json.loads(fetched("tables/economies.json"))["real_income"]["values"] == expected["real_income"].tolist()
    tex = fetched("tables/economies.tex").decode()
    assert tex.startswith("\\begin{tabular}")
    assert tex.count("\\\\") == len(expected) + 1


def test_charts_and_report_can_be_opened(client: httpx.Client, done: str) -> None:
    charts = client.get(f"/api/runs/{done}/charts").json()
    assert {"map", "gains-and-losses"} <= {chart["name"] for chart in charts}
    assert all(chart["alt"] for chart in charts)
    picture = client.get(f"/api/runs/{done}/charts/map.svg")
    assert picture.text.startswith("<svg")
    assert "unsafe-inline" in picture.headers["content-security-policy"]  # for its own style, and no script
    assert "script" not in picture.headers["content-security-policy"]
    assert client.get(f"/api/runs/{done}/charts/map.png").content.startswith(b"\x89PNG")
    assert client.get(f"/api/runs/{done}/charts/map.json").json()["$schema"].endswith(".json")
    report = client.get(f"/api/runs/{done}/report.html")
    assert "attachment" in report.headers["content-disposition"]
    assert report.text.startswith("<!doctype html>")
    assert client.get(f"/api/runs/{done}/report.md").text.startswith("# ")
    assert "What would change it" in client.get(f"/api/runs/{done}/brief.html").text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("charts/mapp.svg", "did you mean 'map'"), ("charts/map.svg?state=us-stel", "did you mean 'us-steel'"),
        ("tables/economy.csv", "did you mean 'economies'"),
    ],
)  # fmt: skip
def test_what_there_is_not_has_its_nearest_name(client: httpx.Client, done: str, path: str, says: str) -> None:
    answer = client.get(f"/api/runs/{done}/{path}")
    assert answer.status_code == 404
    assert says in answer.json()["detail"]


def test_a_bad_dispute_has_the_faults_of_the_command_line(client: httpx.Client, tmp_path: Path) -> None:
    text = Dispute.from_values(small()).to_yaml().replace("on: CHN", "on: CHM").replace("C24A", "C24Z")
    path = tmp_path / "dispute"
    path.write_text(text, "utf-8")
    line = [sys.executable, "-c", COMMAND, "check", str(path)]
    of_command = subprocess.run(line, capture_output=True, check=False, timeout=60, text=True)
    answer = client.post("/api/runs", content=text.encode(), headers={"content-type": "text/yaml"}).json()
    assert (answer["status"], answer["code"]) == (422, "bad-dispute")
    assert len(answer["faults"]) >= 2
    for fault in answer["faults"]:
        assert fault["message"] in " ".join((of_command.stdout + of_command.stderr).split())
    assert answer["detail"].splitlines()[1:] == (of_command.stdout + of_command.stderr).splitlines()[1:]


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/api/nothing", {}, 404), ("PUT", "/api/runs", {}, 405), ("GET", "/api/runs/nothing", {}, 404),
        ("POST", "/api/runs", {"params": {"case": "us-chin-2018"}}, 422),
        ("POST", "/api/runs", {"params": {"case": "../cases/us-china-2018"}}, 422),
        ("POST", "/api/runs", {"params": {"case": "us-china-2018"}, "json": {}}, 400),
        ("POST", "/api/runs", {"params": {"case": "us-china-2018", "kind": "wra"}}, 422),
        ("POST", "/api/runs", {"params": {"case": "us-china-2018", "horizon": "forever"}}, 422),
        ("POST", "/api/runs", {"content": b"{"}, 415), ("POST", "/api/runs", {}, 415),
        ("POST", "/api/runs", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/api/runs", {"content": b"x" * 6_000_000}, 413),
        ("GET", "/api/cases/nothing", {}, 404), ("GET", "/api/runs/x?after=-1", {}, 422),
    ],
)  # fmt: skip
def test_every_error_has_one_shape(
    client: httpx.Client, method: str, path: str, more: dict[str, object], status: int
) -> None:
    answer = client.request(method, path, **more)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == SHAPE
    assert answer.json()["status"] == status


def test_progress_is_told_until_the_end(client: httpx.Client) -> None:
    id = begun(client, json=small(add="11%"))
    with client.stream("GET", f"/api/runs/{id}/events") as events:
        lines = [line for line in events.iter_lines() if line]
    told = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert told[-1]["state"] == "done"
    assert lines[-2] == "event: end"
    steps = [model["progress"]["done"] for model in told[:-1]]
    assert steps == sorted(steps)


def test_only_who_began_a_run_may_stop_it(server: Served, client: httpx.Client, done: str) -> None:
    assert client.post(f"/api/runs/{done}/cancel").status_code == 403
    assert client.delete(f"/api/runs/{done}").status_code == 403
    assert done not in [run["id"] for run in client.get("/api/runs").json()]
    assert client.get(f"/api/runs/{done}").json()["state"] == "done"  # to see it one needs its id


def test_over_the_limit_a_client_is_told_when_to_come_back_and_cancelling_makes_room(client: httpx.Client) -> None:
    ids = [begun(client, params={"case": "us-china-2018", "kind": "war", "objective": f"real income + 0.{k} revenue"})
           for k in range(1, 4)]  # fmt: skip
    refused = client.post("/api/runs", json=small(add="13%"))
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after"] > 0
    while client.get(f"/api/runs/{ids[0]}").json()["state"] == "queued":
        time.sleep(0.05)
    start = time.monotonic()
    assert client.post(f"/api/runs/{ids[0]}/cancel").json()["state"] == "cancelled"
    assert time.monotonic() - start < 5  # a war takes half a minute
    assert client.get(f"/api/runs/{ids[0]}/result").status_code == 409
    for id in ids:
        assert client.delete(f"/api/runs/{id}").status_code == 204
    assert finished(client, begun(client, json=small(add="13%")))["state"] == "done"


def test_a_run_that_does_not_solve_says_why(client: httpx.Client) -> None:
    open_questions = {**small(), "questions": [{"id": "q", "path": "measures.us-steel.add", "ask": "How much?"}]}
    refused = client.post("/api/runs", json=open_questions)
    assert refused.status_code == 422
    assert "--accept-defaults" in refused.json()["detail"]


def test_lists_are_those_of_the_package(client: httpx.Client) -> None:
    assert "us-china-2018" in [case["name"] for case in client.get("/api/cases").json()]
    assert Dispute.parse(client.get("/api/cases/us-china-2018").content) == Dispute.read("us-china-2018")
    assert "icio-2017" in [world["name"] for world in client.get("/api/worlds").json()]
    assert "U4" in [each["name"] for each in client.get("/api/elasticities").json()]
    assert {"run", "war"} <= {kind["name"] for kind in client.get("/api/kinds").json()}
    assert client.get("/api/health").json()["queued"] == 0


def test_the_description_knows_the_dispute(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {"Dispute", "Measure", "RunModel", "ProblemModel"} <= set(described["components"]["schemas"])
    references = json.dumps(described).split('"$ref": "#/components/schemas/')[1:]
    assert {text.partition('"')[0] for text in references} <= set(described["components"]["schemas"])


def test_a_workbook_is_whole(client: httpx.Client, done: str) -> None:
    book = client.get(f"/api/runs/{done}/tables.xlsx").content
    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None


def test_callers_without_a_cookie_share_a_quota(server: Served) -> None:
    codes, ids = [], []
    for k in range(5):
        with httpx.Client(base_url=server.url, timeout=60) as fresh:
            asked = {"case": "us-china-2018", "kind": "war", "objective": f"real income + 0.0{k + 1} revenue"}
            answer = fresh.post("/api/runs", params=asked)
            codes.append(answer.status_code)
            if answer.status_code == 202:
                ids.append((dict(fresh.cookies), answer.json()["id"]))
    for cookies, id in ids:
        with httpx.Client(base_url=server.url, cookies=cookies) as own:
            assert own.delete(f"/api/runs/{id}").status_code == 204
    assert codes == [202, 202, 202, 429, 429]
