"""Results that stand beside a run in its report, found with their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.cli.screen import progress

if TYPE_CHECKING:
    from detente.analyses.analysis import Analysis
    from detente.dispute.results import Record
    from detente.dispute.schema import Dispute

ALL: Final = "all"
"""In place of names: every kind that the dispute has what it takes for."""


def kinds_for(names: list[str], dispute: Dispute) -> list[Analysis]:
    """The kinds of these names, or, of `all`, those that fit the dispute.

    Raises BadInput for a name that is none, and for a kind that the dispute lacks something for.
    """
    if not names:
        return []
    from detente.analyses.registry import beside_a_run
    from detente.errors import BadInput, nearest

    known = beside_a_run()
    if names == [ALL]:
        return [kind for kind in known.values() if kind.fits(dispute)]
    for name in names:
        if name not in known:
            near = nearest(name, [*known, ALL])
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(known)}, and {ALL}"
            raise BadInput(f"--with {name!r} is no kind of result; {hint}")
        if not known[name].fits(dispute):
            entry = known[name]
            asked = [*([] if entry.sides is None else [f"{entry.sides} parties"]), *entry.needs]
            raise BadInput(f"--with {name}: it takes {' and '.join(asked)}, and {dispute.dispute} has not all of that")
    return [kind for name, kind in known.items() if name in names]


def find(kinds: list[Analysis], dispute: Dispute, **given: Any) -> list[Record]:
    """What each kind finds, one after the other. `given` are options that all of them have."""
    import detente

    found = []
    for kind in kinds:
        with progress(kind.title) as tell:
            found.append(getattr(detente, kind.door)(dispute, progress=tell, **given))
    return found


def sentences_of(found: list[Record]) -> list[str]:
    """What each found, in a sentence."""
    if not found:
        return []
    from detente.analyses.beside import briefs

    return [brief.text for brief in briefs(found)]
