"""What a dispute writes, it reads back equal: any text, any rate and amount to the last bit, any dates."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detente.data.quantities import format_rate
from detente.dispute.loader import load_text
from detente.dispute.schema import Dispute, list_cases, template
from detente.dispute.writer import write_yaml

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXT = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=TURNING, include_characters="\t\n\r"),
    min_size=1,
    max_size=60,
)
PLAIN = st.recursive(
    TEXT | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
RATES = st.floats(min_value=-1, max_value=10).map(format_rate)
AMOUNTS = st.floats(min_value=1e-3, max_value=1e8)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))


@given(st.dictionaries(TEXT, PLAIN, min_size=1, max_size=4))
def test_the_loader_reads_back_what_the_writer_writes(values: dict[str, Any]) -> None:
    assert load_text(write_yaml(values), "f").value == values


def money(amount: float) -> str:
    return f"{amount:.6f}mn"


@st.composite
def measures(draw: st.DrawFn, id: str) -> dict[str, Any]:
    forms: list[dict[str, Any]] = [
        {"all": "true"},
        {"sectors": ["C24A", "A01"]},
        {"sector_rates": {"C26": "25%"}},
        {"value": money(draw(AMOUNTS)), "basis": "customs"},
        {"codes": [{"hs": "010121", "value": money(draw(AMOUNTS))}]},
    ]
    goods = draw(st.sampled_from(forms))
    measure: dict[str, Any] = {
        "id": id,
        "by": "USA",
        "on": draw(st.sampled_from(["CHN", ["CHN", "MEX"], "all"])),
        "goods": goods,
    }
    if "sector_rates" not in goods:
        measure[draw(st.sampled_from(["add", "set"]))] = draw(RATES)
    measure |= draw(st.sampled_from([{"status": "threatened"}, {"status": "in-force", "from": draw(DAYS)}]))
    return measure


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    ids = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9.]{0,8}", fullmatch=True).filter(lambda x: not x.startswith("step-")),
            unique=True,
            max_size=3,
        )
    )
    as_of = draw(DAYS)
    deadline = draw(st.dates(as_of, date(2100, 1, 1)) | st.just("immediate") | st.none())
    demand = {"by": "CHN", "of": "USA", "deadline": deadline, "what": draw(TEXT)}
    ask = {"structural": {"topic": "cyber", "what": draw(TEXT)}}
    low, high = sorted((draw(AMOUNTS), draw(AMOUNTS)))
    values: dict[str, Any] = {
        "dispute": "drawn",
        "title": draw(TEXT),
        "as_of": as_of,
        "world": "icio-2017",
        "parties": {"USA": {"name": draw(TEXT)}, "CHN": {"name": draw(TEXT)}},
        "measures": [draw(measures(f"m{id}")) for id in ids],
        "responses": [{"by": "CHN", "to": f"m{id}", "rule": "in-kind", "match": "value"} for id in ids],
        "demands": [{"id": "d", "ask": ask, **demand}],
        "values": {"USA": {"d": f"{money(low)}..{money(high)}"}},
        "factions": {"USA": [{"name": draw(TEXT), "veto": draw(st.booleans()), "weight": draw(st.floats(1e-6, 1e6))}]},
        "statements": [{"who": draw(TEXT), "date": draw(DAYS), "quote": draw(TEXT)}],
        "forecasts": [
            {
                "who": draw(TEXT),
                "date": draw(DAYS),
                "outcome": "truce",
                "probability": draw(st.floats(0, 1) | st.none()),
            }
        ],
        "questions": [{"id": "q", "path": "title", "ask": draw(TEXT), "default": draw(TEXT | st.none())}],
        "documents": {draw(TEXT): {"title": draw(TEXT), "url": draw(TEXT)}},
        "notes": draw(st.lists(TEXT, max_size=2)),
    }
    return Dispute.model_validate(values)


@given(disputes())
def test_a_dispute_reads_back_equal_from_its_own_text(dispute: Dispute) -> None:
    text = dispute.to_yaml()
    again = Dispute.parse(text)
    assert again == dispute
    assert again.to_yaml() == text, "the text is canonical"


@given(disputes())
def test_a_dispute_reads_back_equal_from_json(dispute: Dispute) -> None:
    values = json.loads(json.dumps(dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True)))
    assert Dispute.from_values(values) == dispute


def test_the_bundled_disputes_and_the_template_round_trip() -> None:
    for dispute in (*map(Dispute.read, list_cases()), Dispute.parse(template())):
        assert Dispute.parse(dispute.to_yaml()) == dispute


def test_a_person_can_read_what_is_written() -> None:
    text = Dispute.read("us-china-2018").to_yaml()
    for line in (
        "as_of: 2018-05-04",
        "parties:\n  USA: {name: United States}\n  CHN: {name: China}",
        "    on: CHN",
        "    goods: {value: 50bn, basis: customs}",
        "    add: 25%",
        "    earliest: 2018-05-23",
        "        change: -200bn",
        "        - {hs: '760110'}",
    ):
        assert line in text
    assert max(map(len, text.splitlines())) <= 122, "folded for a reader"


def test_the_schema_can_be_exported() -> None:
    schema = Dispute.model_json_schema()
    assert set(schema["required"]) == {"dispute", "title", "as_of", "world", "parties"}
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["Measure"]["properties"], "keys as a file writes them"
    json.dumps(schema)


def test_every_key_of_the_file_has_a_meaning() -> None:
    """The page of the dispute file is made from these."""
    schema = Dispute.model_json_schema()
    blocks = {"Dispute": schema, **schema["$defs"]}
    mine = {
        name: block
        for name, block in blocks.items()
        if name not in ("Measure", "Exempt", "Goods", "TariffLine", "Source")
    }
    silent = [
        f"{name}.{key}" for name, block in mine.items() for key, field in block["properties"].items()
        if "description" not in field
    ]  # fmt: skip
    assert silent == []
