"""Answers at a terminal: one question, or a run with the answers to others beside it, and where they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from detente.analyses.analysis import Analysis
from detente.analyses.doors import answered, session_of
from detente.analyses.options import Options
from detente.analyses.registry import REGISTRY, beside_a_run
from detente.cli.screen import deliver, progress, say_lists
from detente.errors import BadInput, nearest
from detente.policy.list_readings import list_readings

if TYPE_CHECKING:
    from detente.analyses.bands.result import Bands
    from detente.analyses.run.result import Findings
    from detente.dispute.results import Result
    from detente.dispute.schema import Dispute

MOST_LISTS: Final = 6
"""Product lists of which a run tells one by one."""
ALL: Final = "all"
"""In place of names: every question that the dispute has what it takes for."""


@dataclass(frozen=True)
class Request:
    """A question about a dispute with its options, and what is to become of the answer.

    `force` lets it be written into a folder with other files. `beside` are the names of questions that are answered
    beside a run, `draws` the number of draws of its bands.
    """

    entry: Analysis
    dispute: Dispute
    options: Options
    out: Path | None
    as_json: bool
    force: bool = False
    beside: tuple[str, ...] = ()
    draws: int | None = None


def answer(request: Request) -> None:
    """Answer a question and deliver the answer: a folder, JSON, or a screen."""
    if request.entry.name == "run":
        _run(request)
        if not request.as_json:  # the screen of a run shows no notes
            _say_lists_of_a_run(request.dispute)
        return
    entry = request.entry
    with progress(f"Solving {request.dispute.dispute}") as tell:
        found = answered(entry, request.dispute, request.options, progress=tell)
    deliver(found, request.out, request.as_json, force=request.force)


def _say_lists_of_a_run(dispute: Dispute) -> None:
    """What became of the product lists; of many their counts in all, for a screen is no place to look codes up."""
    readings = list_readings(dispute.own_measures)
    if len(readings) <= MOST_LISTS:
        say_lists(its.note for its in readings)
        return
    counts = Counter[str]()
    for its in readings:
        counts.update({str(status): count for status, count in its.reading.counts.items()})
    typer.echo(
        f"Lists: {len(readings)} of product codes, with {sum(counts.values()):,} entries in all; "
        f"{counts['unknown']:,} are unknown and left out, {counts['no-sector']:,} are of no goods sector. "
        f"`detente check` says what became of each code."
    )


def questions_beside(names: Sequence[str], dispute: Dispute) -> list[Analysis]:
    """The questions of these names, or, of `all`, those that fit the dispute, in the order of a report.

    Raises BadInput for a name that is none, and for a question that the dispute lacks something for.
    """
    known = beside_a_run()
    if ALL in names:
        return [entry for entry in known.values() if entry.fits(dispute)]
    for name in names:
        if name not in known:
            near = nearest(name, [*known, ALL])
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(known)}, and {ALL}"
            raise BadInput(f"--with {name!r} is not a question that stands beside a run; {hint}")
        if known[name].missing(dispute):
            lacking = " and ".join(known[name].missing(dispute))
            raise BadInput(f"--with {name}: {dispute.dispute} does not have {lacking}, which it takes")
    return [entry for name, entry in known.items() if name in names]


def _run(request: Request) -> None:
    """A run with its bands and with the answers to other questions; all of them rest on the dispute set up once."""
    asked = questions_beside(request.beside, request.dispute)
    session = session_of(request.dispute, request.options)
    with progress(f"Solving {request.dispute.dispute}") as tell:
        findings = answered(request.entry, session, request.options, progress=tell)
    drawn = [] if request.draws is None else [_bands(findings, draws=request.draws)]
    parts: list[Result] = []
    for entry in asked:
        with progress(entry.title) as tell:
            parts.append(answered(entry, session.long_run, {}, progress=tell))
    sets = [_by_sets(findings)] if request.out is not None and not drawn else []
    beside = (*parts, *drawn)
    deliver(findings, request.out, request.as_json, beside=beside, written=sets, force=request.force)


def _bands(findings: Findings, **given: Any) -> Bands:
    with progress(f"Drawing {findings.dispute.dispute}") as tell:
        bands: Bands = answered(REGISTRY["bands"], findings, given, progress=tell)
    return bands


def _by_sets(findings: Findings) -> Bands:
    """The findings under every set of elasticities: how far they depend on it, where no draws are asked for."""
    from detente.ensemble.draws import Over

    only = Over(deficits=(findings.settings.deficits,), spread=0)  # type: ignore[arg-type]
    return _bands(findings, over=only, draws=len(only.elasticities))
