"""The open questions of a draft by consequence: those first on which most rests, and at most seven.

What is not asked is never a silent default of who charges whom on what: a measure too open to be asked about is left
out, with a note that says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from detente.article.items import LEFT_OUT

MOST: Final = 7
"""Questions that somebody answers, at most."""
_ORDER: Final = ("status", "by", "on", "goods", "add", "set", "value")
"""Fields of a measure by what rests on them: first whether there is a duty at all."""
_ON_A_MEASURE: Final = re.compile(r"measures\.(?P<id>[^.]+)\.(?P<field>.+)")


def by_consequence(questions: Sequence[dict[str, Any]], stakes: dict[str, float]) -> list[dict[str, Any]]:
    """The questions in order: on the day first, then on measures by the duty at stake, then the others.

    `stakes` is the yearly duty that rests on each measure by its id, USD million.
    """

    def key(question: dict[str, Any]) -> tuple[int, float, int]:
        found = _ON_A_MEASURE.fullmatch(question["path"])
        if found is None:
            return (0 if question["path"] == "as_of" else 3, 0.0, 0)
        name = found["field"].split(".")[-1]
        if name == "from":
            return (2, -stakes.get(found["id"], 0.0), 0)
        return (1, -stakes.get(found["id"], 0.0), _ORDER.index(name) if name in _ORDER else len(_ORDER))

    return sorted(questions, key=key)


def limited(values: dict[str, Any], stakes: dict[str, float]) -> dict[str, Any]:
    """The draft with at most `MOST` questions, those on which most rests.

    First the day since which a duty is in force is no question any more (what is in force on the day of the text is so
    whichever day it began); then the measures on which least rests are left out, each with a note.
    """
    asked = by_consequence(values["questions"], stakes)
    spare = [q for q in asked if q["path"].endswith(".from")]
    while len(asked) > MOST and spare:
        asked.remove(spare.pop())
    left = dict(values)
    while len(asked) > MOST:
        last = next((q for q in reversed(asked) if _ON_A_MEASURE.fullmatch(q["path"])), None)
        if last is None:
            break
        found = _ON_A_MEASURE.fullmatch(last["path"])
        assert found is not None
        left, asked = _without(left, found["id"], asked)
    numbered = [{**question, "id": f"q{n + 1}"} for n, question in enumerate(asked)]
    return {**left, "questions": numbered}


def _without(
    values: dict[str, Any], id: str, asked: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The draft without a measure, and the questions that are left."""
    gone = next(m for m in values["measures"] if m["id"] == id)
    about = f"measures.{id}."
    open_ = [q["path"].removeprefix(about) for q in asked if q["path"].startswith(about)]
    quote = " ".join(gone["source"]["quote"].split())
    note = f"{LEFT_OUT}a tariff of which the text leaves {', '.join(open_)} open: “{quote}”"
    kept = [m for m in values["measures"] if m["id"] != id]
    rest = [q for q in asked if not q["path"].startswith(about)]
    return {**values, "measures": kept, "notes": [*values["notes"], note]}, rest
