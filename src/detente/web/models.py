"""What the API answers with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from detente.web.jobs import Progress
from detente.web.kinds import KINDS
from detente.web.problems import ProblemModel
from detente.web.store import Asked, Run


class ProgressModel(BaseModel):
    """How far a run is."""

    done: int = Field(description="states that are solved")
    total: int = Field(description="states in all; 0 before it is known")
    what: str = Field(description="what comes next, in words")
    version: int = Field(description="grows with every change; give it as `after` to wait for the next")
    ahead: int = Field(description="runs that wait before this one")
    headline: str | None = Field(default=None, description="that of the result, once its state is solved and audited")


class RunModel(BaseModel):
    """A run."""

    id: str
    kind: str = Field(description=f"one of: {', '.join(KINDS)}")
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


def moment(seconds: float | None) -> str | None:
    """A time of the store as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def run_model(run: Run, asked: Asked, progress: Progress, ahead: int) -> RunModel:
    """A run as the API shows it."""
    here = f"/api/runs/{run.id}"
    links = {"self": here, "page": f"/runs/{run.id}", "dispute": f"{here}/dispute.yaml"}
    if run.state in ("queued", "running"):
        links |= {"events": f"{here}/events"}
    if run.state == "done":
        links |= {name: f"{here}/{name}" for name in ("result", "tables", "charts", "tables.xlsx", "report.html")}
    return RunModel(
        id=run.id,
        kind=asked.kind,
        title=asked.title,
        state=run.state,
        progress=ProgressModel(
            done=progress.done,
            total=progress.total,
            what=progress.what,
            version=progress.version,
            ahead=ahead,
            headline=None if progress.first is None else progress.first["headline"],
        ),
        options={name: value["name"] if name == "prices" else value for name, value in asked.options.items()},
        created=moment(run.created) or "",
        started=moment(run.started),
        ended=moment(run.ended),
        problem=None if run.problem is None else ProblemModel(**run.problem),
        links=links,
    )
