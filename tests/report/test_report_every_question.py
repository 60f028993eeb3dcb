"""Every question has what a report, a terminal and a chart need, found by convention in its folder."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from rich.console import Console

import detente as dt
from detente.analyses.drawing import chart
from detente.analyses.registry import REGISTRY
from detente.dispute.presenters import PRESENTERS
from detente.dispute.results import Record, Result, UnknownChart
from detente.report.render import markdown
from detente.report.terminal import show
from hold_lab import FACTIONS, TEXT, hold_dispute, hold_world
from stored import stored


@pytest.fixture(scope="module")
def results(held: dt.Findings, parts: Sequence[Record]) -> Sequence[Result]:
    """An answer to every question."""
    dispute, world = hold_dispute(), hold_world()
    over = dt.Over(elasticities=["CP", "U4"], deficits=["fixed"], spread=0)
    return (
        held,
        *parts,
        stored(
            "held-markets", dt.Markets, lambda: dt.run_markets(dispute, world=world, probability=0.2), TEXT + FACTIONS
        ),
        dt.bands(held, over=over, draws=2, world=world),
    )


def test_every_question_is_entered_and_says_what_it_must() -> None:
    assert set(REGISTRY) <= set(PRESENTERS)
    for entry in REGISTRY.values():
        for member in ("document", "sections", "headline", "figures", "charts", "caveats", "qualify"):
            assert callable(getattr(entry, member)), (entry.name, member)
        assert entry.kind == entry.result.KIND
        if entry.heading:
            assert callable(entry.brief)


def test_every_result_has_a_headline_tables_and_charts(results: Sequence[Result]) -> None:
    for result in results:
        assert result.presenter is REGISTRY[result.QUESTION or result.KIND]
        assert result.headline == result.presenter.headline(result)
        assert result.tables()
        assert result.plot().to_dict() == chart(result).to_dict()  # checked against the schema of Vega-Lite
        assert set(result.presenter.charts(result)) == {figure.name for figure in result.presenter.figures(result)}
        with pytest.raises(UnknownChart, match="not a known chart"):
            result.plot("nothing of the kind")


def test_every_document_is_read_on_a_terminal_and_in_a_file(results: Sequence[Result]) -> None:
    for result in results:
        document = result.presenter.document(result)
        text = io.StringIO()
        show(document, Console(file=text, width=100))
        lines = text.getvalue().splitlines()
        assert lines[0] == document.headline
        assert result.id[:12] in lines[-1]
        assert len(lines) < len(markdown(document).splitlines())
        for caveat in document.caveats:
            assert caveat in lines


def test_every_result_is_written_with_its_manifest(
    results: Sequence[Result], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for result in results:
        folder = result.write(tmp_path_factory.mktemp("out") / result.KIND)
        assert type(result).from_json((folder / f"{result.KIND}.json").read_text("utf-8")).to_json() == result.to_json()
        assert (folder / "manifest.json").exists()
