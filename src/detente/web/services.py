"""What API and page share: the store, the jobs, the drawings, and how they are asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request

from detente.analyses.analysis import Analysis
from detente.data.world import World
from detente.dispute.schema import Dispute, list_cases
from detente.errors import UnknownCase
from detente.web.jobs import Drawings, Jobs, Readings
from detente.web.models import ApiError, RunModel, run_model
from detente.web.questions import JSON, YAML, dispute_in, key_of, options_in, question, upload_of, world_of
from detente.web.settings import ServerSettings
from detente.web.store import Inquiry, RunStore, StoredRun

_CHECKING: Final = threading.Semaphore(2)
"""Disputes that are looked through at once: forty threads that share one interpreter would each wait for all others."""


@dataclass(frozen=True)
class Services:
    """The parts of a server."""

    settings: ServerSettings
    store: RunStore
    jobs: Jobs
    drawings: Drawings
    readings: Readings

    def begin(self) -> None:
        """Start every process."""
        self.drawings.begin()
        self.jobs.begin()

    def end(self) -> None:
        """Stop every process and close the store."""
        self.jobs.end()
        self.drawings.end()
        self.readings.end()
        self.store.close()

    def ask_text(self, entry: Analysis, sent: PostedDispute, case: str | None, given: Mapping[str, Any]) -> Inquiry:
        """The question in a body, or about a bundled case. Raises whatever is wrong with it."""
        options = options_in(entry, given, sent.prices)
        if case is not None and sent.body:
            raise ApiError(
                400, "bad-request", f"the case {case[:80]!r} is named and a dispute is sent: give one of them"
            )
        with _CHECKING:
            if case is not None:
                return question(entry, bundled(case, world_of(options)), options)
            return question(entry, dispute_in(sent.body, sent.media, world_of(options)), options)

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

    def own_run(self, id: str, client: str) -> StoredRun:
        """The same for its client alone: to see a run one needs its id, to stop it one must have begun it."""
        run = self.run(id)
        if run.client != client:
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
        return run_model(run, self.asked(run.key), self.jobs.board.of(run.id), ahead)


def bundled(case: str, world: World | None = None) -> Dispute:
    """The bundled dispute of that name, and no file of that name; raises UnknownCase."""
    if case not in list_cases():
        raise UnknownCase(case, list_cases())
    return Dispute.read(case, world=world)


@cache
def case_asked(name: str) -> Inquiry:
    """The question that running a bundled case as it is asks. Raises UnknownCase.

    Its open questions are answered by their defaults; one that has none gets no option, as the command is typed, so
    that the id of its findings is the command's. That bundled cases have no faults is tested, not looked up here, since
    laying one out takes up to a second.
    """
    dispute = bundled(name)
    given = {"accept_defaults": True} if dispute.questions else {}
    text = dispute.to_yaml()
    return Inquiry(key_of("run", text, given), "run", text, given, dispute.title, dispute)


@cache
def case_titles() -> tuple[tuple[str, Dispute], ...]:
    """The bundled disputes by name."""
    return tuple((name, Dispute.read(name)) for name in list_cases())


def services_of(request: Request) -> Services:
    """The services of the application that has the request."""
    services: Services = request.app.state.services
    return services


def client_of(request: Request) -> str:
    """Who asks, as the guard found out."""
    return str(request.state.client)


@dataclass(frozen=True)
class PostedDispute:
    """What a request brings: a dispute as it is, with the type it says it has, and a file of prices."""

    body: bytes
    media: str
    prices: dict[str, str] | None = None


async def posted_in(request: Request) -> PostedDispute:
    """The body, which the guard cuts off where it is too long; of a form its parts `dispute` and `prices`."""
    media = request.headers.get("content-type", "")
    if media.partition(";")[0].strip().lower() != "multipart/form-data":
        return PostedDispute(await request.body(), media)
    async with request.form(max_files=2, max_fields=2) as form:
        unknown = sorted(set(form) - {"dispute", "prices"})
        if unknown:
            raise ApiError(400, "bad-request", f"a form has the parts dispute and prices, not {unknown[0][:80]!r}")
        parts = {name: await _part(name, value) for name, value in form.items()}
    body = parts.get("dispute", ("", b""))[1]
    prices = None if "prices" not in parts else upload_of(*parts["prices"])
    return PostedDispute(body, JSON[0] if body.lstrip().startswith(b"{") else YAML[0], prices)


async def _part(name: str, value: UploadFile | str) -> tuple[str, bytes]:
    """What a part of a form is called, and its bytes."""
    if isinstance(value, str):
        return f"{name}.csv", value.encode()
    return value.filename or f"{name}.csv", await value.read()
