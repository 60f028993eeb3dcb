"""Who speaks in the transcript of a broadcast, where a name in capitals stands before the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detente.article.scene import Actor, Scene

_LINE: Final = re.compile(r"(?m)^(?P<name>[A-ZÀ-Þ][A-ZÀ-Þ.’' -]{2,40}):[ \t]+(?P<words>\S[^\n]*)$")
_MEDIA: Final = re.compile(r"\b(?:correspondent|reporter|presenter|anchor|host|editor)\b", re.IGNORECASE)
_BEFORE: Final = 60
"""Characters before a name in which a text says that somebody is a reporter."""


def spoken_lines(scene: Scene) -> Iterator[tuple[tuple[int, int], Actor]]:
    """The words of each line of a transcript and who says them: those whom the text names, reporters aside."""
    text = scene.text
    for line in _LINE.finditer(text):
        surname = line["name"].split()[-1].title()
        actor = _actor(scene, surname)
        place = text.find(surname)
        if actor is not None and not _MEDIA.search(text[max(0, place - _BEFORE) : place]):
            yield line.span("words"), actor


def _actor(scene: Scene, surname: str) -> Actor | None:
    person = scene.introduced.get(surname)
    if person is not None:
        return Actor(person.name, person.side, "person")
    token = next((t for t in scene.doc if t.text == surname), None)
    return scene.actor(token) if token is not None else None
