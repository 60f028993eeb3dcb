"""Values that no reader should misread: refused, or taken as what they are, and written again as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from doors import Ended, called, good
from files import DISPUTE, VALUES
from test_hostile_files import judged

from detente.data.readers import read_tidy
from detente.dispute.schema import Dispute
from detente.markets.prices import read_prices

PLACES: dict[str, str] = {
    "name of the dispute": DISPUTE.replace("dispute: small", "dispute: VALUE"),
    "title": DISPUTE.replace("A small dispute", "VALUE"),
    "day": DISPUTE.replace("2018-05-04", "VALUE"),
    "world": DISPUTE.replace("icio-2017", "VALUE"),
    "party": DISPUTE.replace("{USA:", "{VALUE:"),
    "name of a party": DISPUTE.replace("name: China", "name: VALUE"),
    "id of a measure": DISPUTE.replace("us-steel", "VALUE"),
    "by": DISPUTE.replace("by: USA", "by: VALUE"),
    "on": DISPUTE.replace("on: CHN", "on: VALUE"),
    "status": DISPUTE.replace("threatened", "VALUE"),
    "sector": DISPUTE.replace("[C24A]", "[VALUE]"),
    "sectors": DISPUTE.replace("[C24A]", "VALUE"),
    "rate": DISPUTE.replace("add: 25%", "add: VALUE"),
    "earliest": DISPUTE.replace("add: 25%", "add: 25%, earliest: VALUE"),
    "value of goods": DISPUTE.replace("{sectors: [C24A]}", "{value: VALUE, basis: customs}"),
    "basis": DISPUTE.replace("{sectors: [C24A]}", "{value: 5bn, basis: VALUE}"),
    "code": DISPUTE.replace("{sectors: [C24A]}", "{codes: [{hs: VALUE}]}"),
    "value of a code": DISPUTE.replace("{sectors: [C24A]}", "{codes: [{hs: '854231', value: VALUE}]}"),
    "rate of a code": DISPUTE.replace("{sectors: [C24A]}", "{codes: [{hs: '854231', add: VALUE}]}"),
    "list": DISPUTE.replace("{sectors: [C24A]}", "{list: VALUE}"),
    "change of a balance": DISPUTE + "demands: [{id: a, by: USA, of: CHN, ask: {bilateral_balance: {partner: USA, "
    "change: VALUE, base: 2018}}}]\n",
    "year of a balance": DISPUTE + "demands: [{id: a, by: USA, of: CHN, ask: {bilateral_balance: {partner: USA, "
    "change: -5bn, base: VALUE}}}]\n",
    "cut of a tariff": DISPUTE + "demands: [{id: a, by: USA, of: CHN, ask: {tariff_cut: {by: VALUE}}}]\n",
    "worth of a demand": DISPUTE + "demands: [{id: a, by: CHN, of: USA, ask: {withdraw: us-steel}}]\n"
    "values: {CHN: {a: VALUE}}\n",
    "probability": DISPUTE + "forecasts: [{who: A, date: 2018-05-04, outcome: truce, probability: VALUE}]\n",
    "schema": DISPUTE + "schema: VALUE\n",
}  # fmt: skip
"""Place in a dispute file → the file with VALUE in it."""


@pytest.mark.parametrize("place", PLACES)
def test_a_value_of_a_dispute_is_refused_or_written_again_as_the_same(place: str) -> None:
    wrong = []
    for value in VALUES:
        for written in dict.fromkeys((value, json.dumps(value))):
            ended = called(partial(Dispute.parse, PLACES[place].replace("VALUE", written)))
            wrong += judged(ended, f"{place}: {written[:40]}")
            if ended.code == 0 and Dispute.parse(ended.made.to_yaml()) != ended.made:
                wrong.append(f"{place}: {written[:40]}: written as another")
    assert wrong == []


PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""A number in ASCII."""


SPELLED = {"1,5": 1.5, "1.000,5": 1000.5, "1'000": 1000.0}
"""Numbers as prices may be written beside whole ones."""


def number(text: str, cell: str) -> float | None:
    """The finite number that a text is, None where it is none."""
    if cell == "a price" and text in SPELLED:
        return SPELLED[text]
    if cell == "a tariff" and PLAIN.fullmatch(text.strip().removesuffix("%").strip()) and text.strip().endswith("%"):
        return float(text.strip().removesuffix("%")) / 100
    found = PLAIN.fullmatch(text.strip())
    return float(text) if found and np.isfinite(float(text)) else None


def flows(path: Path, value: str) -> Ended:
    path.write_text(good(path).read_text("utf-8").replace(",5\n", f",{value}\n", 1), "utf-8", "surrogatepass")
    ended = called(lambda: read_tidy(path, tariffs=0.0))
    return Ended(ended.code, ended.said, None if ended.made is None else ended.made.flows[1, 0, 0])


def tariffs(path: Path, value: str) -> Ended:
    path.write_text(f"importer,exporter,sector,rate\nBBB,AAA,C26,{value}\nAAA,BBB,C26,0.1\n", "utf-8", "surrogatepass")
    ended = called(lambda: read_tidy(good(path), tariffs=path))
    return Ended(ended.code, ended.said, None if ended.made is None else ended.made.tariffs[1, 0, 0])


def prices(path: Path, value: str) -> Ended:
    path.write_text(
        f"date,close,other\n2018-01-02,5,5\n2018-01-03,{value},6\n2018-01-04,7,7\n", "utf-8", "surrogatepass"
    )
    ended = called(lambda: read_prices(path))
    return Ended(ended.code, ended.said, None if ended.made is None else ended.made.values[1, 0])


CELLS: dict[str, Callable[[Path, str], Ended]] = {
    "a flow": flows,
    "a tariff": tariffs,
    "a price": prices,
}
"""Kind of table → reads a file with a value as a number in it, and gives what it was taken for."""


def quoted(value: str) -> str:
    """A cell of a CSV."""
    return '"' + value.replace('"', '""') + '"'


@pytest.mark.parametrize("cell", CELLS)
def test_a_number_of_a_table_is_refused_or_taken_as_what_it_is(cell: str, tmp_path: Path) -> None:
    wrong = []
    for value in VALUES:
        ended = CELLS[cell](tmp_path / "t.csv", quoted(value))
        wrong += judged(ended, f"{cell}: {value[:40]}")
        meant: Any = number(value, cell)
        if ended.code == 0 and (meant is None or not np.isclose(ended.made, meant)):
            wrong.append(f"{cell}: {value[:40]!r} is taken for {ended.made}")
    assert wrong == []


def test_a_day_of_prices_is_refused_or_taken_as_what_it_is(tmp_path: Path) -> None:
    path, wrong = tmp_path / "p.csv", []
    for value in VALUES:
        path.write_text(f"date,close\n2018-01-02,5\n{quoted(value)},6\n9999-12-31,7\n", "utf-8", "surrogatepass")
        ended = called(lambda: read_prices(path))
        wrong += judged(ended, value[:40])
        if ended.code == 0:
            wrong.append(f"{value[:40]!r} is taken for {ended.made.days[1]}")
    assert wrong == []
