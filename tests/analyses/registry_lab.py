"""A small dispute on a small world, and a toy question: one folder and one line of the registry."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY
from detente.dispute.presenters import PRESENTERS

SMALL = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     announced: 2018-04-03, earliest: 2018-05-23}
responses:
  - {by: CHN, to: steel, rule: in-kind, match: rate}
demands:
  - {id: lower, by: USA, of: CHN, ask: {tariff_cut: {by: 50%}}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: steel}}
"""

TOY = {
    "__init__.py": '''
        """A toy: how much the first side buys from the second."""

        from detente.analyses.analysis import Analysis

        ANALYSIS = Analysis(
            name="toy", package=__name__, door="run_toy", title="What is bought", summary="Add up what is bought.",
            description="Imports of goods of the first side from the second.", tab="Toy", offer="A sum.",
            heading="The toy", sides=2,
        )
    ''',
    "options.py": '''
        from detente.analyses.options import SidesOptions, option


        class ToyOptions(SidesOptions):
            """What can be asked of a toy."""

            factor: float = option(2.0, "what the sum is multiplied by", "The factor", gt=0, le=10)
    ''',
    "result.py": '''
        from dataclasses import dataclass

        import pandas as pd

        from detente.dispute.results import Record


        @dataclass(frozen=True, eq=False)
        class Toy(Record):
            """A sum."""

            KIND = "toy"
            SCHEMA = 1
            TABLES = ("bought",)

            total: float
            bought: pd.DataFrame


        def numbers(result):
            """The sum."""
            return {("toy", "total", result.players[0], result.players[1]): result.total}
    ''',
    "compute.py": '''
        import pandas as pd

        from TOYPACKAGE.result import Toy


        def compute(session, options, progress=None):
            """The sum."""
            pair = session.pair(options.players, "a toy is")
            world = session.world
            n, i = map(world.index, pair)
            goods = [world.sector_index(code) for code in world.goods]
            flows = world.flows[n, i, goods] * options.factor
            return Toy(
                **session.head(options.plain()), players=pair, total=float(flows.sum()),
                bought=pd.DataFrame({"sector": list(world.goods), "bought": flows}),
            )
    ''',
    "report.py": """
        import altair as alt

        from detente.report.blocks import Document, Figure, Row, Section, Table, Text


        def headline(toy):
            return f"{toy.players[0]} buys goods of {toy.total:.0f}."


        brief = headline


        def sections(toy):
            rows = tuple(Row(tuple(map(str, row))) for row in toy.bought.itertuples(index=False))
            table = Table("Bought", ("Sector", "USD million"), rows)
            return (Section("What is bought", (Text("By sector."), table, *figures(toy))),)


        def document(toy):
            said = headline(toy)
            return Document(toy.title, "A toy.", said, (), sections(toy), toy.id, toy.settings.version)


        def figures(toy):
            draw = lambda: alt.Chart(toy.bought).mark_bar().encode(x="bought", y="sector")
            return (Figure("bought", draw, "Imports by sector."),)
    """,
}


@cache
def small_world() -> dt.World:
    """Three economies."""
    whole = dt.load_world("icio-2017")
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in {"USA", "CHN"}]})


@cache
def small_dispute() -> dt.Dispute:
    """The small dispute."""
    return dt.Dispute.parse(SMALL)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """A question in a folder of its own, and its line in the registry."""
    folder = tmp_path / "toy_question"
    folder.mkdir()
    for name, text in TOY.items():
        (folder / name).write_text(dedent(text).strip().replace("TOYPACKAGE", folder.name) + "\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(PRESENTERS, "toy", REGISTRY["run"])  # the entry takes its place, and goes with the test
    entry: Analysis = import_module(folder.name).ANALYSIS
    monkeypatch.setitem(REGISTRY, entry.name, entry)
    return entry
