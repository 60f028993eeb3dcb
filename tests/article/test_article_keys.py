"""The keys say only what their texts say, and stay as they were before the rules were written."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from article.keys import FIELDS, KEYS, TEXTS, Key, read_key, text_of
from detente.data.codes import economy_table
from detente.data.quantities import parse_money, parse_rate


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> Key:
    return read_key(request.param)


def test_texts_and_keys_are_frozen() -> None:
    listed = dict(reversed(line.split("  ")) for line in (TEXTS / "SHA256SUMS").read_text("utf-8").splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files()}
    assert found == listed


def files() -> list[Path]:
    return sorted(path for path in TEXTS.iterdir() if path.suffix in (".txt", ".yaml"))


def test_every_quote_stands_in_its_text(key: Key, shared: Path) -> None:
    text = text_of(key.text, shared)
    assert [item.quote for item in key.items if item.quote and item.quote not in text] == []
    assert [left.quote for left in key.left_out if left.quote not in text] == []


def test_every_item_has_the_fields_of_its_kind(key: Key) -> None:
    assert [item.kind for item in key.items if not FIELDS[item.kind] >= set(item.fields)] == []


def test_codes_dates_and_amounts_can_be_read(key: Key) -> None:
    codes = {*economy_table()["code"], "EUN"}
    for item in key.items:
        named = [item.fields.get(name) for name in ("code", "by", "of", "side")] + list(item.fields.get("on", []))
        assert {code for code in named if code} <= codes | {"none"}
        for name in ("date", "deadline", "from", "first_day"):
            if item.fields.get(name) not in (None, "immediate"):
                date.fromisoformat(item.fields[name])
        if "rate" in item.fields:
            parse_rate(item.fields["rate"])
        if "value" in item.fields:
            parse_money(item.fields["value"].split()[0])


def test_every_text_has_its_use() -> None:
    splits = [read_key(name).split for name in KEYS]
    assert splits.count("held-back") == 5
    assert splits.count("tuned") == 7
    assert splits.count("fresh") == 4
    assert splits.count("varied") == 16
    assert splits.count("later") == 4
    assert splits.count("newest") == 4
    assert splits.count("unseen") == 6
    assert splits.count("sums") == 6
    assert splits.count("article") == 1
