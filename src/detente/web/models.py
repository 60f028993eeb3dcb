"""The answers of the API: runs, lists, drafts of articles, and the one shape of an error.

An error of the API, of a run that failed and of the page is a problem of RFC 9457 ("problem details"). `Problem` is
raised anywhere in this layer; `problem_of` turns what detente raises elsewhere into one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import BaseModel, Field

from detente.analyses.registry import REGISTRY
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
    "too-slow": "It came too slowly",
    "too-many": "Too many at once",
    "too-long": "Stopped: it took too long",
    "interrupted": "Stopped: the process that computed it went away",
    "storage": "Nothing can be kept or read now",
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
    """The shape of every error (RFC 9457)."""

    type: str = Field(default="about:blank")
    title: str
    status: int
    code: str = Field(description=f"one of: {', '.join(TITLES)}")
    detail: str = Field(description="what is wrong, where, by how much, and what to try")
    faults: list[FaultModel] = Field(
        default=[], description="the first 50 faults of a dispute, each with its place; detail counts all"
    )
    retry_after: int | None = Field(default=None, description="seconds, as in the header Retry-After")


class ApiError(Exception):
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


def problem_of(error: BaseException) -> ApiError:
    """The problem for an error: its own message if detente raised it on purpose, else only that it occurred."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BadDispute):
        return ApiError(422, "bad-dispute", str(error), [asdict(fault) for fault in error.faults[: error.MOST]])
    if isinstance(error, NotSolved):
        return ApiError(422, "not-solved", str(error))
    if isinstance(error, DetenteError):
        return ApiError(422, "bad-input", str(error))
    _LOG.error("unexpected error", exc_info=error)
    return ApiError(
        500, "own-fault", f"{type(error).__name__}; please report it with what was sent and the server's log"
    )


@dataclass(frozen=True)
class RunProgress:
    """The progress of a run: states done, states in all, the next state; `version` grows with every change.

    `first` is what a page shows first of the result, once that is known.
    """

    done: int = 0
    total: int = 0
    what: str = ""
    version: int = 0
    first: Mapping[str, Any] | None = None


class ProgressModel(BaseModel):
    """The progress of a run."""

    done: int = Field(description="states that are solved")
    total: int = Field(description="states in all; 0 before it is known")
    what: str = Field(description="what comes next, in words")
    version: int = Field(description="grows with every change; give it as `after` to wait for the next")
    ahead: int = Field(description="runs that wait before this one")
    headline: str | None = Field(default=None, description="that of the result, once its state is solved and audited")


class RunModel(BaseModel):
    """A run."""

    id: str
    kind: str = Field(description=f"one of: {', '.join(REGISTRY)}")
    title: str = Field(description="title of the dispute")
    state: str = Field(description="queued, running, done, failed or cancelled")
    progress: ProgressModel
    options: dict[str, Any]
    created: str = Field(description="UTC")
    started: str | None
    ended: str | None
    problem: ProblemModel | None = Field(description="why it failed")
    links: dict[str, str] = Field(description="addresses of what there is of it")


class FormModel(BaseModel):
    """A dispute with a file beside it, as a form."""

    dispute: str | None = Field(default=None, description="the dispute as YAML or JSON; without it, name a case")
    prices: str | None = Field(default=None, description="for markets: a CSV of daily prices")


class NamedModel(BaseModel):
    """Something with a name and a title."""

    name: str
    title: str


class CheckedModel(BaseModel):
    """A dispute without faults."""

    ok: bool
    yaml: str = Field(description="its canonical text")
    key: str = Field(description="the same for the same question to the same version")
    lists: list[dict[str, Any]] = Field(
        description="each product list: how many codes are read, moved, unknown and without a sector, with their values"
    )
    codes: list[dict[str, Any]] = Field(description="the codes of the lists, with the status of each; 20,000 at most")
    codes_left_out: int = Field(default=0, description="how many more there are")


class MarkModel(BaseModel):
    """Words of an article that an entry of the draft rests on."""

    start: int = Field(description="first character, from 0")
    end: int = Field(description="the character after the last")
    kind: str
    says: str


class ReadModel(BaseModel):
    """The draft of a dispute that was read from an article."""

    draft: str = Field(description="a dispute file: check it, then run it")
    day: str = Field(description="of the article, ISO")
    text: str = Field(description="what marks count the characters of: line breaks are one character")
    marks: list[MarkModel]
    questions: list[dict[str, Any]] = Field(description="what the words leave open; they are in the draft too")
    left_out: list[str] = Field(
        description="what the article says and the draft does not hold, such as a quota, and why"
    )


class HealthModel(BaseModel):
    """Whether the server works."""

    version: str
    running: int
    queued: int
    workers: int = Field(description="processes that compute and are alive")
    storage: str = Field(description="ok, or why the store cannot be read or written")
