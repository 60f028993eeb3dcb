"""What API and page share: the store, the jobs, the drawings, and how they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.requests import Request

from detente.app.web.drawings import Drawings
from detente.app.web.inputs import dispute_in, question
from detente.app.web.jobs import Jobs
from detente.app.web.kinds import kind_of, options_of
from detente.app.web.models import RunModel, run_model
from detente.app.web.problems import Problem
from detente.app.web.settings import Settings
from detente.app.web.store import Asked, Run, Store
from detente.dispute import Dispute, list_cases
from detente.errors import UnknownCase


@dataclass(frozen=True)
class Desk:
    """The parts of a server."""

    settings: Settings
    store: Store
    jobs: Jobs
    drawings: Drawings

    def begin(self) -> None:
        """Start every process."""
        self.drawings.begin()
        self.jobs.begin()

    def end(self) -> None:
        """Stop every process and close the store."""
        self.jobs.end()
        self.drawings.end()
        self.store.close()

    def ask_text(self, kind: str, body: bytes, media: str, case: str | None, options: dict[str, Any]) -> Asked:
        """The question in a body, or about a bundled case. Raises whatever is wrong with it."""
        known = kind_of(kind)
        chosen = options_of(known, options)
        if case is not None and body:
            raise Problem(
                400, "bad-request", f"the case {case[:80]!r} is named and a dispute is sent: give one of them"
            )
        if case is not None:
            return question(known, bundled(case, chosen.world), chosen)
        return question(known, dispute_in(body, media, chosen.world), chosen)

    def run(self, id: str) -> Run:
        """The run of that id; raises Problem (404)."""
        run = self.store.run(id)
        if run is None:
            raise Problem(404, "not-found", f"there is no run {id[:80]!r}")
        return run

    def asked(self, key: str) -> Asked:
        """The question of that key; raises Problem (404)."""
        asked = self.store.asked(key)
        if asked is None:
            raise Problem(404, "not-found", f"nothing was asked under {key[:80]!r}")
        return asked

    def own_run(self, id: str, client: str) -> Run:
        """The same for its client alone: to see a run one needs its id, to stop it one must have begun it."""
        run = self.run(id)
        if run.client != client:
            raise Problem(403, "forbidden", "another client began this run")
        return run

    def finished(self, id: str) -> Asked:
        """The question of a run that is done; raises Problem (409, 410) where there are no numbers."""
        run = self.run(id)
        if run.state != "done":
            detail = f"the run is {run.state}" + (f": {run.problem['detail']}" if run.problem else "")
            raise Problem(409, "not-finished", detail)
        if not self.store.has_result(run.key):
            raise Problem(410, "gone", "the numbers are no longer kept: run the dispute again")
        return self.asked(run.key)

    def model(self, run: Run) -> RunModel:
        """The run as the API shows it."""
        ahead = self.jobs.ahead(run.id) if run.state == "queued" else 0
        return run_model(run, self.asked(run.key), self.jobs.board.of(run.id), ahead)


def bundled(case: str, world: str | None) -> Dispute:
    """The bundled dispute of that name, and no file of that name; raises UnknownCase."""
    from detente.data import load_world

    if case not in list_cases():
        raise UnknownCase(case, list_cases())
    return Dispute.read(case, world=None if world is None else load_world(world))


@cache
def case_asked(name: str) -> Asked:
    """The question that running a bundled case as it is asks. Raises UnknownCase.

    Its open questions are answered by their defaults; one that has none gets no option, as the command is typed, so
    that the id of its findings is the command's.
    """
    kind, dispute = kind_of("run"), bundled(name, None)
    return question(kind, dispute, options_of(kind, {"accept_defaults": True} if dispute.questions else {}))


@cache
def case_titles() -> tuple[tuple[str, Dispute], ...]:
    """The bundled disputes by name."""
    return tuple((name, Dispute.read(name)) for name in list_cases())


def desk_of(request: Request) -> Desk:
    """The desk of the application that has the request."""
    desk: Desk = request.app.state.desk
    return desk


def client_of(request: Request) -> str:
    """Who asks, as the guard found out."""
    return str(request.state.client)


async def body_of(request: Request) -> bytes:
    """The body, which the guard cuts off where it is too long."""
    return await request.body()
