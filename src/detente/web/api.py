"""The API: disputes in, runs as jobs, results out. Every error is a problem of RFC 9457."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from detente import __version__
from detente.analyses.analysis import Analysis
from detente.analyses.registry import REGISTRY, analysis_of
from detente.data.bundled import list_elasticities, list_worlds
from detente.dispute.schema import Dispute, list_cases
from detente.report.blocks import rows_of
from detente.web import checking
from detente.web.callers import Caller
from detente.web.models import MEDIA, ApiError, CheckedModel, HealthModel, NamedModel, ProblemModel, RunModel
from detente.web.questions import parameters_of
from detente.web.services import PostedBody, Services, caller_of, posted_in, services_of
from detente.web.store import ENDED, Inquiry

router = APIRouter(prefix="/api")

LONGEST_WAIT: Final = 25.0
"""Seconds that a request may wait for news; proxies often cut at 30."""

_PROBLEM: Final[dict[str, Any]] = {"model": ProblemModel, "content": {MEDIA: {}}}


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an address, for its description; those that any address can have come along."""
    every = (400, 401, 403, 408, 413, 422, 500, 503, 507, *codes)
    return {code: {**_PROBLEM, "description": DESCRIPTIONS[code]} for code in every}


DESCRIPTIONS: Final = {
    400: "the request cannot be read",
    401: "a token is needed",
    403: "not allowed to this client, or from this site",
    404: "not there",
    409: "the run has not finished, or failed",
    410: "the numbers are no longer kept",
    408: "the body came too slowly",
    413: "the body is too long",
    415: "a body of a type that is not read",
    422: "the dispute, the options or the parameters have faults",
    429: "too many runs at once; Retry-After says when to try again",
    500: "a fault of detente itself",
    503: "the process that draws went away, or the store does not answer; Retry-After says when to try again",
    507: "the disk of the server is full; Retry-After says when to try again",
}

DISPUTE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "A dispute, as in a dispute file; without a body, name a bundled case.",
        "required": False,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Dispute"}},
            "application/yaml": {"schema": {"type": "string"}},
            "multipart/form-data": {"schema": {"$ref": "#/components/schemas/Form"}},
        },
    }
}

Here = Annotated[Services, Depends(services_of)]
Client = Annotated[Caller, Depends(caller_of)]
Sent = Annotated[PostedBody, Depends(posted_in)]
Id = Annotated[str, Path(description="id of a run", max_length=64)]
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]+$", max_length=120)]
State = Annotated[
    str | None,
    Query(description="a state of the dispute; by default that of the headline", pattern=r"^[A-Za-z0-9_.-]+$"),
]


KindName = Annotated[str, Query(description=f"one of: {', '.join(REGISTRY)}")]
CaseName = Annotated[str | None, Query(description="a bundled case, in place of a body")]


@router.get("/health", responses=problems())
async def health(request: Request) -> HealthModel:
    """Whether the server works, and how much it has to do. Needs no token, and waits for nothing."""
    services: Services = request.app.state.services
    running, queued, alive = services.jobs.counts
    storage = services.store.problem or "ok"
    return HealthModel(version=__version__, running=running, queued=queued, workers=alive, storage=storage)


@router.get("/kinds", responses=problems())
def kinds() -> list[NamedModel]:
    """The questions that can be computed."""
    return [NamedModel(name=entry.name, title=entry.title) for entry in REGISTRY.values()]


@router.get("/worlds", responses=problems())
def worlds() -> list[dict[str, Any]]:
    """The bundled worlds, with source, licence and known defects."""
    return list(rows_of(list_worlds()))


@router.get("/elasticities", responses=problems())
def elasticities() -> list[dict[str, Any]]:
    """The bundled sets of trade elasticities, with their papers."""
    return list(rows_of(list_elasticities()))


@router.get("/cases", responses=problems())
def cases() -> list[NamedModel]:
    """The bundled disputes."""
    return [NamedModel(name=name, title=Dispute.read(name).title) for name in list_cases()]


@router.get("/cases/{name}", responses=problems(404), response_class=Response)
def case(name: Name) -> Response:
    """A bundled dispute as YAML, to be changed and sent back."""
    if name not in list_cases():
        raise ApiError(404, "not-found", f"there is no case {name!r}; there are: {', '.join(list_cases())}")
    return Response(Dispute.read(name).to_yaml(), media_type="application/yaml")


def given_in(request: Request) -> dict[str, Any]:
    """The options in an address as they are written; of one that is given several times, all in a list."""
    parameters = request.query_params
    found = {name: parameters.getlist(name) for name in parameters if name not in ("kind", "case")}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


Given = Annotated[dict[str, Any], Depends(given_in)]


def routes_of_questions(registry: Mapping[str, Analysis]) -> APIRouter:
    """The addresses of questions: one for each, with its own options, and one at which `kind` names it."""
    asking = APIRouter(prefix="/api")
    of_any = {**DISPUTE_BODY, "parameters": parameters_of(registry.values())}
    posted: dict[str, Any] = {"methods": ["POST"], "responses": problems(415, 429)}
    asking.add_api_route("/disputes/check", check, response_model=CheckedModel, openapi_extra=of_any, **posted)
    created = {**posted, "status_code": 202}
    asking.add_api_route("/runs", create, openapi_extra=of_any, **created)
    for entry in registry.values():
        of_one = {**DISPUTE_BODY, "parameters": parameters_of([entry])}
        asking.add_api_route(f"/{entry.name}", _asks(entry), openapi_extra=of_one, summary=entry.title, **created)
    return asking


async def check(sent: Sent, given: Given, kind: KindName = "run", case: CaseName = None) -> Response:
    """Look a dispute through without computing it; 422 lists every fault. Product lists are told code by code."""
    told = await sent.through(checking.checked, analysis_of(kind).name, case, given)
    return Response(told, media_type="application/json")


async def create(
    response: Response,
    services: Here,
    client: Client,
    sent: Sent,
    given: Given,
    kind: KindName = "run",
    case: CaseName = None,
) -> RunModel:
    """Begin a run. A question that was answered before is done at once."""
    asked = await sent.through(checking.asked_in, analysis_of(kind).name, case, given)
    return await run_in_threadpool(_begun, response, services, asked, client)


def _asks(entry: Analysis) -> Callable[..., Awaitable[RunModel]]:
    """The address of one question."""

    async def ask(
        response: Response, services: Here, client: Client, sent: Sent, given: Given, case: CaseName = None
    ) -> RunModel:
        return await create(response, services, client, sent, given, entry.name, case)

    ask.__name__, ask.__doc__ = entry.name, entry.description
    return ask


def _begun(response: Response, services: Services, asked: Inquiry, client: Caller) -> RunModel:
    run = services.jobs.submit(asked, client)
    response.headers["location"] = f"/api/runs/{run.id}"
    return services.model(run)


@router.get("/runs", responses=problems())
def own_runs(services: Here, client: Client) -> list[RunModel]:
    """The latest runs of this client, newest first, at most 50."""
    return [services.model(run) for run in services.store.runs_of(client.name)]


@router.get("/runs/{id}", responses=problems(404, 429))
async def run(
    services: Here,
    client: Client,
    id: Id,
    after: Annotated[int | None, Query(description="a version of its progress: wait for a later one", ge=0)] = None,
    wait: Annotated[float, Query(description="seconds to wait at most", ge=0, le=LONGEST_WAIT)] = LONGEST_WAIT,
) -> RunModel:
    """A run: its state, how far it is, where its results are. With `after` it waits for news."""
    found = await run_in_threadpool(services.run, id)
    if after is not None and found.state not in ENDED:
        with services.watching.room(client.payer):
            await services.jobs.board.wait(id, after, wait)
        found = await run_in_threadpool(services.run, id)
    return await run_in_threadpool(services.model, found)


@router.get("/runs/{id}/events", responses={**problems(404, 429), 200: {"content": {"text/event-stream": {}}}},
            response_class=StreamingResponse)  # fmt: skip
async def events(services: Here, client: Client, id: Id) -> StreamingResponse:
    """The run as server-sent events, one at every change, until it has ended."""
    await run_in_threadpool(services.run, id)
    services.watching.check(client.payer)
    return StreamingResponse(
        _events(services, id, client.payer), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _events(services: Services, id: str, payer: str) -> AsyncIterator[str]:
    end = time.monotonic() + services.settings.most_seconds * 2
    with services.watching.taken(payer):
        while time.monotonic() < end:
            model = await run_in_threadpool(lambda: services.model(services.run(id)))
            yield f"event: {'end' if model.state in ENDED else 'progress'}\ndata: {model.model_dump_json()}\n\n"
            if model.state in ENDED:
                return
            await asyncio.sleep(0.05)  # changes that come closer together are told as one
            await services.jobs.board.wait(id, model.progress.version, LONGEST_WAIT)


@router.post("/runs/{id}/cancel", responses=problems(404))
def cancel(services: Here, client: Client, id: Id) -> RunModel:
    """Stop a run; one that has ended stays as it is."""
    services.own_run(id, client)
    services.jobs.cancel(id)
    return services.model(services.run(id))


@router.delete("/runs/{id}", status_code=204, responses=problems(404))
def delete(services: Here, client: Client, id: Id) -> None:
    """Stop a run and take it off the list."""
    services.own_run(id, client)
    services.jobs.cancel(id)
    services.store.forget(id)


@router.get("/runs/{id}/dispute.yaml", responses=problems(404), response_class=Response)
def dispute(services: Here, id: Id) -> Response:
    """The dispute of a run: the canonical text, for `detente run`."""
    return Response(services.asked(services.run(id).key).dispute, media_type="application/yaml")


@router.get("/runs/{id}/result", responses=problems(404, 409, 410), response_class=Response)
def result(request: Request, services: Here, id: Id) -> Response:
    """All that was found: byte for byte what the command of the question prints with `--json`."""
    return found(request, services, services.finished(id))


@router.get("/runs/{id}/charts", responses=problems(404, 409, 410, 429, 503))
async def charts(services: Here, id: Id) -> Response:
    """The charts of a result."""
    return await drawn(services, id, "charts.json")


@router.get("/runs/{id}/charts/{name}.{ending}", responses=problems(404, 409, 410, 429, 503), response_class=Response)
async def chart(
    services: Here, id: Id, name: Name, ending: Literal["svg", "png", "json"], state: State = None
) -> Response:
    """A chart as picture, or as Vega-Lite (json)."""
    return await drawn(services, id, f"chart/{name}{'@' + state if state else ''}.{ending}")


@router.get("/runs/{id}/tables", responses=problems(404, 409, 410, 429, 503))
async def tables(services: Here, id: Id) -> Response:
    """The names of the tables of a result."""
    return await drawn(services, id, "names.json")


@router.get("/runs/{id}/tables/{name}.{ending}", responses=problems(404, 409, 410, 429, 503), response_class=Response)
async def table(
    services: Here, id: Id, name: Name, ending: Literal["csv", "parquet", "json", "tex", "xlsx"]
) -> Response:
    """A table. Rates and changes are fractions, money is USD million a year."""
    return await drawn(services, id, f"table/{name}.{ending}")


@router.get("/runs/{id}/tables.xlsx", responses=problems(404, 409, 410, 429, 503), response_class=Response)
async def workbook(services: Here, id: Id) -> Response:
    """Every table, a sheet each."""
    return await drawn(services, id, "tables.xlsx")


@router.get("/runs/{id}/report.{ending}", responses=problems(404, 409, 410, 429, 503), response_class=Response)
async def report(services: Here, id: Id, ending: Literal["html", "md"]) -> Response:
    """The report, one file that works offline."""
    return await drawn(services, id, f"report.{ending}")


@router.get("/runs/{id}/brief.html", responses=problems(404, 409, 410, 422, 429, 503), response_class=Response)
async def brief(services: Here, id: Id) -> Response:
    """The brief on a run: two pages when it is printed, one file that works offline."""
    return await drawn(services, id, "brief.html")


def found(request: Request, services: Services, asked: Inquiry, **headers: str) -> Response:
    """The JSON of a result, as it is kept where the client takes gzip. Raises ApiError (410)."""
    packed = services.store.packed(asked.key)
    if packed is None:
        raise ApiError(410, "gone", "the numbers are no longer kept: run the dispute again")
    headers["vary"] = "accept-encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="application/json", headers={**headers, "content-encoding": "gzip"})
    return Response(gzip.decompress(packed), media_type="application/json", headers=headers)


async def drawn(services: Services, id: str, name: str) -> Response:
    """Something drawn of a run, as a file of its own."""
    return await file_of(services, await run_in_threadpool(services.finished, id), name)


async def file_of(services: Services, asked: Inquiry, name: str) -> Response:
    """Something drawn of the answer to a question, as a file of its own."""
    media, body = await services.drawings.get(asked, name)
    stem, _, ending = name.rpartition(".")
    file = f"{stem.partition('/')[2] or stem}.{ending}".replace("@", "-")
    headers = {"cache-control": "private, max-age=86400, immutable"}
    if ending not in ("svg", "png", "json"):
        headers["content-disposition"] = f'attachment; filename="{file}"'
    if ending in ("svg", "html"):  # their own styles, and nothing else
        headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return Response(body, media_type=media, headers=headers)
