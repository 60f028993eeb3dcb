"""From a news article to a draft of a dispute file; needs the extra `detente[read]` (spaCy, its model, dateparser).

`read_article` reads a text: `Article.draft` is the dispute, `.yaml` its file, `.marks` and `.html` the text with the
words marked that entries rest on. `update` puts what it says into an existing case. Each name is loaded
when it is first used; where the extra is missing, that raises BadInput with what to type.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from detente.errors import BadInput

EXTRA: Final = "pip install 'detente[read]'"
"""What installs what reading needs."""
MODULES: Final = ("spacy", "dateparser", "dateutil")
"""What reading needs beside the package."""

_HOMES: Final = {
    "Article": "detente.article.reader",
    "Change": "detente.article.updating",
    "Update": "detente.article.updating",
    "read_article": "detente.article.reader",
    "update": "detente.article.updating",
}
"""Public name → the module it lives in."""

__all__ = ["Article", "Change", "Update", "read_article", "update"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente.article' has no attribute {name!r}")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as problem:
        if (problem.name or "").split(".")[0] not in MODULES:
            raise
        raise BadInput(f"reading articles needs {problem.name}, which is not installed: {EXTRA}") from problem
