"""The one shape of an error, for the API, for runs that failed, and for the page: problem details of RFC 9457."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, Final

from pydantic import BaseModel, Field

from detente.errors import BadDispute, DetenteError, NotSolved

MEDIA: Final = "application/problem+json"

TITLES: Final = {
    "bad-request": "The request cannot be read",
    "bad-input": "What was given cannot be used",
    "bad-dispute": "The dispute has faults",
    "not-solved": "No solution",
    "unauthorised": "A token is needed",
    "forbidden": "Not allowed",
    "not-found": "Not there",
    "not-allowed": "The address does not do that",
    "not-finished": "The run has not finished",
    "gone": "No longer kept",
    "too-large": "Too large",
    "too-many": "Too many at once",
    "too-long": "Stopped: it took too long",
    "interrupted": "Stopped: the process that computed it went away",
    "own-fault": "A fault of detente itself",
}
"""Code → title."""

_LOG: Final = logging.getLogger("detente.web")


class FaultModel(BaseModel):
    """One fault of a dispute, as the command line prints it."""

    path: str = Field(description="where in the dispute")
    message: str
    line: int | None = Field(default=None, description="line of the text that was sent, from 1")
    found: str | None = None
    allowed: str | None = None
    near: str | None = Field(default=None, description="the nearest valid name")


class ProblemModel(BaseModel):
    """What every error looks like (RFC 9457)."""

    type: str = Field(default="about:blank")
    title: str
    status: int
    code: str = Field(description=f"one of: {', '.join(TITLES)}")
    detail: str = Field(description="what is wrong, where, by how much, and what to try")
    faults: list[FaultModel] = Field(default=[], description="every fault of a dispute, each with its place")
    retry_after: int | None = Field(default=None, description="seconds, as in the header Retry-After")


class Problem(Exception):
    """An answer that is an error. `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: list[dict[str, Any]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults or []
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[self.code],
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "faults": self.faults,
        }
        return body if self.retry_after is None else {**body, "retry_after": self.retry_after}


def problem_of(error: BaseException) -> Problem:
    """What is said of an error: its own message where detente raised it on purpose, else only that it happened."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BadDispute):
        return Problem(422, "bad-dispute", str(error), [asdict(fault) for fault in error.faults])
    if isinstance(error, NotSolved):
        return Problem(422, "not-solved", str(error))
    if isinstance(error, DetenteError):
        return Problem(422, "bad-input", str(error))
    _LOG.error("unexpected error", exc_info=error)
    return Problem(
        500, "own-fault", f"{type(error).__name__}; please report it with what was sent and the server's log"
    )
