"""Results of several questions in one report: whether they go together, what each says first, and its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from detente.dispute.results import Result, to_text
from detente.errors import BadInput
from detente.report.blocks import Brief, Section, Text

SETTINGS: Final = ("world", "world_sha256", "elasticities", "theta", "deficits", "version")
"""Settings in which results of one report agree. Workers may move in one and stay in another."""


class Qualification(NamedTuple):
    """What a result says of another: a sentence after its headline, and a section of its report.

    `command` are the words that `detente run` takes to make it too, and `python` the lines; empty where there are none.
    """

    said: str
    section: Section
    command: tuple[str, ...] = ()
    python: str = ""


def qualifications(first: Result, beside: Sequence[Result]) -> tuple[list[Qualification], list[Result]]:
    """What results beside the first say of it, and the results that stand for themselves.

    Raises BadInput where a result is of another one than the first.
    """
    found, others = [], []
    for result in beside:
        its = result.presenter.qualify(result, first)
        if its is None:
            others.append(result)
        else:
            found.append(its)
    return found, others


def json_together(first: Result, beside: Sequence[Result]) -> str:
    """The first result as JSON, with each other under its kind. Raises BadInput where they do not go together."""
    check_together(first, qualifications(first, beside)[1])
    return to_text({**first.as_dict(), **{result.KIND: result.as_dict() for result in beside}})


def check_together(first: Result, beside: Sequence[Result]) -> None:
    """Refuse results whose numbers must not stand in one report.

    Raises BadInput where two are of a kind, one is of another dispute, or its numbers were made in another way.
    """
    kinds = [result.KIND for result in (first, *beside)]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise BadInput(f"there are two results of the kind {kind}: a report has one of each")
    for result in beside:
        dispute, its = first.subject.dispute, result.subject.dispute
        if its != dispute:
            raise BadInput(f"the {result.KIND} is of {its}, the {first.KIND} are of {dispute}")
        for name in SETTINGS:
            ours, theirs = getattr(first.settings, name), getattr(result.settings, name)
            if ours != theirs:
                raise BadInput(
                    f"the {result.KIND} was found with another {name} than the {first.KIND} ({theirs}, not {ours}): "
                    "find both alike"
                )


def briefs_of(beside: Sequence[Result]) -> tuple[Brief, ...]:
    """What each result found, in a sentence."""
    return tuple(Brief(result.presenter.heading, result.presenter.brief(result)) for result in beside)


def caveats_of(beside: Sequence[Result]) -> tuple[str, ...]:
    """What the findings of results rest on without a source."""
    return tuple(text for result in beside for text in result.presenter.caveats(result))


def sections_of(beside: Sequence[Result]) -> tuple[Section, ...]:
    """Each result as a chapter: its headline under its heading, and its sections below that."""
    found: list[Section] = []
    for result in beside:
        found.append(Section(result.presenter.heading, (Text(result.headline),), detail=True))
        found += [replace(section, inner=True, detail=True) for section in result.presenter.sections(result)]
    return tuple(found)
