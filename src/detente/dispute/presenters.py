"""The texts on results: each question of the registry enters itself here when it is loaded.

A result stands below the modules that write about it, and imports none of them. It finds its headline and its charts
under the name of its question, which is entered before any result of it can be made. Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol


class Presenter(Protocol):
    """The texts of a question on its results. Each member is a function of a result."""

    @property
    def name(self) -> str:
        """The question in a word, as a command is called."""

    @property
    def heading(self) -> str:
        """The title of the section on its result in a report on several questions."""

    @property
    def door(self) -> str:
        """The function of `detente` that answers it."""

    @property
    def headline(self) -> Callable[[Any], str]:
        """The finding, in a sentence or a few."""

    @property
    def brief(self) -> Callable[[Any], str]:
        """The finding, in one sentence."""

    @property
    def sections(self) -> Callable[[Any], tuple[Any, ...]]:
        """The sections of its report."""

    @property
    def caveats(self) -> Callable[[Any], tuple[str, ...]]:
        """The assumptions without a source behind the headline."""

    @property
    def facts(self) -> Callable[[Any], Sequence[Any]]:
        """The finding before it is words; see `detente.report.facts`."""

    @property
    def sign_table(self) -> Callable[[Any], Any]:
        """Its headline under all usual assumptions, of a session; a run has it, and it loads compiled code."""

    @property
    def qualify(self) -> Callable[[Any, Any], Any]:
        """The statement on another result that it stands beside, or None; see `detente.report.blocks`."""

    @property
    def figures(self) -> Callable[[Any], Sequence[Any]]:
        """Its charts with their words, the one that a reader wants first at the head; each has a name and a chart."""

    @property
    def document(self) -> Callable[..., Any]:
        """The whole report."""


PRESENTERS: Final[dict[str, Presenter]] = {}
"""Question → what presents its results, in the order in which questions are loaded."""
