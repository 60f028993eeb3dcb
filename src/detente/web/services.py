"""The services of API and page: store, jobs, drawings and input processes of a server, and what requests ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from detente.web import checking
from detente.web.callers import Caller, Rooms, WrongTokens
from detente.web.checking import SentBody
from detente.web.input_processes import InputProcesses
from detente.web.jobs import Drawings, Jobs
from detente.web.models import ApiError, ProblemModel, ProgressModel, RunModel
from detente.web.security import ServerSettings
from detente.web.store import Inquiry, RunStore, StoredRun


@dataclass(frozen=True)
class Services:
    """The parts of a server."""

    settings: ServerSettings
    store: RunStore
    jobs: Jobs
    drawings: Drawings
    checks: InputProcesses
    readings: InputProcesses
    wrong: WrongTokens
    watching: Rooms

    def begin(self) -> None:
        """Start every process."""
        self.checks.begin()
        self.drawings.begin()
        self.jobs.begin()

    def end(self) -> None:
        """Stop every process and close the store."""
        self.jobs.end()
        self.drawings.end()
        self.checks.end()
        self.readings.end()
        self.store.close()

    async def with_dispute(self, asked: Inquiry) -> Inquiry:
        """The question with its dispute at hand, read in a process where it is not."""
        if asked.known is not None:
            return asked
        dispute = await self.checks.ask(checking.subject_of, asked.dispute, asked.options.get("world"))
        return self.store.remember(replace(asked, known=dispute))

    def run(self, id: str) -> StoredRun:
        """The run of that id; raises ApiError (404)."""
        run = self.store.run(id)
        if run is None:
            raise ApiError(404, "not-found", f"there is no run {id[:80]!r}")
        return run

    def asked(self, key: str) -> Inquiry:
        """The question of that key; raises ApiError (404)."""
        asked = self.store.asked(key)
        if asked is None:
            raise ApiError(404, "not-found", f"nothing was asked under {key[:80]!r}")
        return asked

    def own_run(self, id: str, client: Caller) -> StoredRun:
        """The same for its client alone: to see a run one needs its id, to stop it one must have begun it."""
        run = self.run(id)
        if run.client != client.name:
            raise ApiError(403, "forbidden", "another client began this run")
        return run

    def finished(self, id: str) -> Inquiry:
        """The question of a run that is done; raises ApiError (409, 410) where there are no numbers."""
        run = self.run(id)
        if run.state != "done":
            detail = f"the run is {run.state}" + (f": {run.problem['detail']}" if run.problem else "")
            raise ApiError(409, "not-finished", detail)
        if not self.store.has_result(run.key):
            raise ApiError(410, "gone", "the numbers are no longer kept: run the dispute again")
        return self.asked(run.key)

    def model(self, run: StoredRun) -> RunModel:
        """The run as the API shows it."""
        ahead = self.jobs.ahead(run.id) if run.state == "queued" else 0
        asked, progress = self.asked(run.key), self.jobs.board.of(run.id)
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


def moment(seconds: float | None) -> str | None:
    """A time of the store as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def services_of(request: Request) -> Services:
    """The services of the application that has the request."""
    services: Services = request.app.state.services
    return services


def caller_of(request: Request) -> Caller:
    """The caller that the guard found."""
    caller: Caller = request.state.caller
    return caller


@dataclass(frozen=True)
class PostedBody:
    """The body of a request, and the processes that look at it."""

    sent: SentBody
    processes: InputProcesses
    gone: Callable[[], Awaitable[bool]]

    async def through(self, function: Callable[..., Any], *given: Any) -> Any:
        """What a function of `detente.web.checking` makes of the body. Raises ApiError with what is wrong."""
        return await self.processes.ask(function, self.sent, *given, gone=self.gone)


async def posted_in(request: Request) -> AsyncIterator[PostedBody]:
    """The body, to be checked; room for it is there before it is received."""
    async for body in _posted(request, services_of(request).checks):
        yield body


async def article_posted_in(request: Request) -> AsyncIterator[PostedBody]:
    """The same with an article in it."""
    async for body in _posted(request, services_of(request).readings):
        yield body


async def _posted(request: Request, processes: InputProcesses) -> AsyncIterator[PostedBody]:
    services = services_of(request)
    size = int(request.headers.get("content-length") or services.settings.most_bytes)
    with processes.rooms.room(caller_of(request).payer, size):
        sent = SentBody(await request.body(), request.headers.get("content-type", ""))
        yield PostedBody(sent, processes, request.is_disconnected)
