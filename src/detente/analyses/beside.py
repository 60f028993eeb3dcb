"""Results that stand beside a run in one report: what each is called, what it says in a sentence, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from detente.analyses.clock import report as clock
from detente.analyses.hold import compliance_words as hold_words
from detente.analyses.hold import report as hold
from detente.analyses.markets import report as markets
from detente.analyses.run.result import Findings
from detente.analyses.talks import findings_words as talks_words
from detente.analyses.talks import report as talks
from detente.analyses.war import report as war
from detente.dispute.results import Record
from detente.errors import BadInput
from detente.report.blocks import Brief, Section, Text


@dataclass(frozen=True)
class Part:
    """A kind of result. `door` is the function of `detente` that finds it, `brief` its finding in one sentence."""

    title: str
    door: str
    brief: Callable[[Any], str]
    headline: Callable[[Any], str]
    sections: Callable[[Any], tuple[Section, ...]]
    caveats: Callable[[Any], tuple[str, ...]] = lambda found: ()


PARTS: Final = {
    "war": Part("The war", "run_war", war.brief, war.headline, war.sections),
    "talks": Part("The talks", "talks", talks_words.finding, talks_words.headline, talks.sections),
    "hold": Part(
        "Whether a deal would hold", "run_hold", hold_words.kept, hold_words.headline, hold.sections, hold_words.assumed
    ),
    "clock": Part("The clock", "run_clock", clock.brief, clock.headline, clock.sections),
    "markets": Part("The markets", "run_markets", markets.brief, markets.headline, markets.sections),
}
"""Kind → part, in the order in which a report has them."""


def ordered(findings: Findings, parts: Sequence[Record]) -> tuple[Record, ...]:
    """The parts in the order of `PARTS`, those that the findings hold themselves among them.

    Raises BadInput where two are of a kind, one is of another dispute, or its numbers were made in another way.
    """
    own = [part for part in (findings.war, findings.talks) if part is not None]
    every: dict[str, Record] = {}
    for part in (*own, *parts):
        if part.KIND in every:
            raise BadInput(f"there are two results of the kind {part.KIND}: a report has one of each")
        every[part.KIND] = part
        _check(findings, part)
    return tuple(every[kind] for kind in PARTS if kind in every)


def _check(findings: Findings, part: Record) -> None:
    """Refuse numbers that must not stand in one report. Workers of a part move, whatever those of the run do."""
    if part.dispute != findings.dispute.dispute:
        raise BadInput(f"the {part.KIND} is of {part.dispute}, the findings are of {findings.dispute.dispute}")
    for name in ("world", "world_sha256", "elasticities", "theta", "deficits", "version"):
        mine, its = getattr(findings.settings, name), getattr(part.settings, name)
        if mine != its:
            raise BadInput(
                f"the {part.KIND} was found with another {name} than the findings ({its}, not {mine}): find both alike"
            )


def briefs(parts: Sequence[Record]) -> tuple[Brief, ...]:
    """What each part found, in a sentence."""
    return tuple(Brief(PARTS[part.KIND].title, PARTS[part.KIND].brief(part)) for part in parts)


def caveats(parts: Sequence[Record]) -> tuple[str, ...]:
    """What findings of the parts rest on without a source."""
    return tuple(text for part in parts for text in PARTS[part.KIND].caveats(part))


def sections(parts: Sequence[Record]) -> tuple[Section, ...]:
    """Every part: its finding under its title, and its sections below that."""
    found: list[Section] = []
    for part in parts:
        its = PARTS[part.KIND]
        found.append(Section(its.title, (Text(its.headline(part)),)))
        found += [replace(section, inner=True) for section in its.sections(part)]
    return tuple(found)
