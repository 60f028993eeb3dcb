"""Versions of the dispute file and of results: old ones are read, newer ones refused, and the JSON Schemas fit both."""

from __future__ import annotations

import json
import lzma
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from detente import __version__
from detente.analyses.registry import REGISTRY
from detente.analyses.war.result import War
from detente.dispute.json_schemas import dispute_schema, result_schema
from detente.dispute.schema import SCHEMA, Dispute, list_cases, template
from detente.errors import BadDispute, BadTable

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.glob("fixtures/schema-*.yaml"))
GOLDEN = HERE.parent / "golden"


class Yaml12(yaml.SafeLoader):
    """YAML as the core schema of YAML 1.2 reads it: dates, `on` and `no` are text."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", "true|false", list("tf")),
    ("int", "[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)", list("-+.0123456789")),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), first)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    made = dispute_schema()
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def case(name: str) -> str:
    return (files("detente.dispute") / "cases" / f"{name}.yaml").read_text("utf-8")


def faults(schema: Draft202012Validator, text: str) -> list[str]:
    return ["/".join(map(str, fault.absolute_path)) for fault in schema.iter_errors(yaml.load(text, Yaml12))]


def test_every_version_has_its_file() -> None:
    assert [path.stem for path in FIXTURES] == [f"schema-{number}" for number in range(1, SCHEMA + 1)]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_file_of_any_version_is_read_and_written_in_the_newest(path: Path) -> None:
    given = yaml.load(path.read_text("utf-8"), Yaml12)
    assert given["schema"] == int(path.stem.removeprefix("schema-"))
    read = Dispute.read(path)
    assert {key for key in given if key != "schema"} == set(read.values_as_written()) - {"schema"}
    assert read.to_yaml().startswith(f"schema: {SCHEMA}\n")
    assert Dispute.parse(read.to_yaml()) == read


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_file_of_any_version_fits_its_published_schema(root: Path, path: Path) -> None:
    published = root / "docs/schemas" / f"dispute-{path.stem.removeprefix('schema-')}.json"
    assert faults(Draft202012Validator(json.loads(published.read_text("utf-8"))), path.read_text("utf-8")) == []


def test_the_file_of_the_newest_version_has_every_block() -> None:
    given = yaml.load(FIXTURES[-1].read_text("utf-8"), Yaml12)
    assert set(dispute_schema()["properties"]) == set(given)


def test_a_file_without_a_version_is_of_version_1() -> None:
    text = FIXTURES[0].read_text("utf-8")
    assert "schema: 1\n" in text
    assert Dispute.parse(text.replace("schema: 1\n", "")) == Dispute.parse(text)


def test_a_newer_file_is_refused_with_one_fault_whatever_else_it_holds() -> None:
    with pytest.raises(BadDispute) as problem:
        Dispute.parse("# a file to come\nschema: 2\nworlds: {}\n")
    assert [str(fault) for fault in problem.value.faults] == [
        f"line 2: schema: is 2, and detente {__version__} reads files up to {SCHEMA}: install a newer detente, or "
        f"rewrite the file with the keys of {SCHEMA} (`detente schema` prints them)"
    ]
    with pytest.raises(BadDispute, match="is 2, and detente"):
        Dispute.from_values({"schema": 2})


@pytest.mark.parametrize("given", ["0", "-1", "1.0", "one", "", "[1]", "true", "9" * 5000, "²"])
def test_what_is_no_version_is_refused_beside_the_other_faults(given: str) -> None:
    with pytest.raises(BadDispute) as problem:
        Dispute.parse(f"schema: {given}\ndispute: d\n")
    first, *others = [str(fault) for fault in problem.value.faults]
    assert "line 1: schema: " in first
    assert "is not a version of the dispute file: write 1, or leave it out" in first
    assert any("title: is required" in other for other in others)


def test_a_version_given_twice_is_a_fault_with_both_lines() -> None:
    with pytest.raises(BadDispute, match=r"line 2: schema: is given twice, first on line 1: keep one"):
        Dispute.parse("schema: 1\nschema: 1\n")


@pytest.mark.parametrize("name", list_cases())
def test_the_schema_fits_every_bundled_dispute_as_it_is_and_as_it_is_written(
    schema: Draft202012Validator, name: str
) -> None:
    assert faults(schema, case(name)) == []
    assert faults(schema, Dispute.read(name).to_yaml()) == []


def test_the_schema_fits_the_template_and_a_list_of_goods(schema: Draft202012Validator) -> None:
    assert faults(schema, template()) == []
    assert faults(schema, template().replace("{value: 50bn, basis: customs}", "{list: goods.csv}", 1)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("status: threatened", "status: threatned", "measures/0/status"),
        ("add: 25%", "add: [25%]", "measures/0/add"),
        ("title: A threat and its answer\n", "", ""),
        ("deadline: 2020-12-31", "deadlin: 2020-12-31", "demands/1"),
        ("base: 2018", "base: last year", "demands/1/ask/bilateral_balance"),
        ("schema: 1 ", "schema: 2 ", "schema"),
        ("on: CHN ", "on: {CHN: all} ", "measures/0/on"),
        ("world: icio-2017 ", "world: 2017 ", "world"),
    ],
)
def test_the_schema_refuses_what_a_dispute_may_not_hold(
    schema: Draft202012Validator, right: str, wrong: str, where: str
) -> None:
    assert template().count(right) >= 1
    text = template().replace(right, wrong, 1)
    assert any(found.startswith(where) for found in faults(schema, text))
    with pytest.raises(BadDispute):
        Dispute.parse(text)


@pytest.mark.parametrize("question", REGISTRY)
def test_the_schema_of_a_result_fits_the_kept_results_and_no_other(question: str) -> None:
    made = result_schema(REGISTRY[question].result)
    Draft202012Validator.check_schema(made)
    validator, seen = Draft202012Validator(made), 0
    for path in sorted(GOLDEN.glob(f"*.{question}.json.xz")):
        kept = first_rows(json.loads(lzma.decompress(path.read_bytes()))["output"])
        if kept is None:
            continue
        assert [fault.message for fault in validator.iter_errors(kept)] == [], path.name
        seen += 1
        for damaged in damages(kept):
            assert not validator.is_valid(damaged)
    assert seen


def first_rows(plain: Any) -> Any:
    """The same values with columns cut to a few rows: whole ones take minutes."""
    if isinstance(plain, dict):
        column = plain.keys() == {"kind", "values"}
        return {k: v[:3] if column and k == "values" else first_rows(v) for k, v in plain.items()}
    return [first_rows(item) for item in plain] if isinstance(plain, list) else plain


def damages(kept: dict[str, Any]) -> list[dict[str, Any]]:
    """The same result with a version of its own, without an id, with one key more, and with a number in `settings`."""
    without = {key: value for key, value in kept.items() if key != "id"}
    return [
        {**kept, "schema": f"{kept['schema']}0"},
        without,
        {**kept, "more": 1},
        {**kept, "settings": {**kept["settings"], "world": 2017}},
    ]


def test_a_newer_result_is_refused_with_its_version() -> None:
    newer = f"detente war {War.SCHEMA + 1}"
    with pytest.raises(BadTable, match=f"has schema '{newer}', newer than '{War.schema()}', the newest that detente"):
        War.from_json(json.dumps({"schema": newer, "id": "x"}))
