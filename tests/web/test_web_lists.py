"""Product lists at the page and the API: the same reader, counts in the answer, faults in words and never a 500."""

from __future__ import annotations

import gzip
import io
from typing import Any

import httpx
import pandas as pd
import pytest
from web_lab import finished, small

from detente.analyses.run.result import Findings

FORM = {
    "by": "USA",
    "on": "CHN",
    "goods": "list",
    "rate": "25%",
    "answer": "",
    "as_of": "2018-05-04",
    "world": "icio-2017",
}


def sent(client: httpx.Client, data: bytes | str, name: str = "list.csv", **fields: str) -> httpx.Response:
    content = data.encode() if isinstance(data, str) else data
    return client.post("/new", data={**FORM, **fields}, files={"list": (name, content)})


def listed(codes: list[Any], **more: Any) -> dict[str, Any]:
    given = small()
    given["measures"][0]["goods"] = {"codes": codes, **more}
    return given


def workbook() -> bytes:
    target = io.BytesIO()
    pd.DataFrame({"HS code": ["8542.31", "8703.23"], "Note": ["chips", "cars"]}).to_excel(target, index=False)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("HTSUS;description\n85423100;chips\n87032301;cars\n", "list.csv"),
        (gzip.compress(b"hs\n8542\n870323\n", mtime=0), "list.csv.gz"),
        (workbook(), "list.xlsx"),
        ("8542310001\n87032301\n", "list.txt"),
    ],
)
def test_an_upload_is_read_as_it_was_published(client: httpx.Client, data: bytes | str, name: str) -> None:
    answer = sent(client, data, name)
    assert answer.status_code in (200, 303), answer.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("hs6\nex 854231\n", "means a part of a code"),
        ("hs6\n10121\n", "lost its leading zero"),
        ("hs6,rate\n854231,25\n870323,10\n", "per cent or a fraction?"),
        ("hs6\n854231\n854298\n", "50.0% of its codes are unknown (854298)"),
        ("country,tariff\nAngola,32\n", "none is known to hold product codes"),
        ("", "choose a file"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x00\xff\xfe\x00" * 9, "list.csv"),
        (b"PK\x03\x04 and no zip", "list.csv"),
    ],
)
def test_a_bad_upload_is_told_beside_its_field(client: httpx.Client, data: bytes | str, said: str) -> None:
    answer = sent(client, data)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")


def test_codes_sent_to_the_api_are_counted_and_listed(client: httpx.Client) -> None:
    codes = [{"hs": "8542"}, {"hs": "8542.31.00"}, {"hs": "870323"}, {"hs": "9801.00.10"}]
    answer = client.post("/api/disputes/check", json=listed(codes, hs=2022)).json()
    assert [(its["read"], its["no_sector"], its["edition"]) for its in answer["lists"]] == [(3, 1, "2022")]
    assert [its["status"] for its in answer["codes"]] == ["read", "read", "read", "no-sector"]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([{"hs": "ex 854231"}], "means a part of a code"),
        ([{"hs": 854231}], "is a number, not text"),
        ([{"hs": "854298"}], "codes are unknown (854298)"),
        ([{"hs": "854231"}, {"hs": "8542.31"}], "is named more than once"),
        ([{"hs": "854231", "add": 25}], "such as 25%"),
        ([], "is empty"),
        (["854231"], "is not a set of keys with values"),
        ([{"hs": "8" * 100_000}], "has 100000 digits"),
    ],
)
def test_bad_codes_are_refused_in_words(client: httpx.Client, codes: list[Any], said: str) -> None:
    answer = client.post("/api/disputes/check", json=listed(codes))
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert len(answer.text) < 5_000
    assert "validation" not in answer.text


def test_a_result_says_how_its_list_was_read(client: httpx.Client) -> None:
    id = str(client.post("/api/runs", json=listed([{"hs": "8542"}, {"hs": "854231"}])).json()["id"])
    assert finished(client, id)["state"] == "done"
    notes = Findings.from_json(client.get(f"/api/runs/{id}/result").text).notes
    assert any(note.startswith("us-steel, goods: 2 read") for note in notes)
    assert any("where codes overlap, the longest has the goods: 854231 in 8542" in note for note in notes)
