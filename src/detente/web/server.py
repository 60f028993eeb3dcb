"""The application, put together, and the server that runs it."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from detente import __version__
from detente.analyses.registry import REGISTRY
from detente.dispute.schema import Dispute, list_cases
from detente.errors import DetenteError
from detente.web import api, pages
from detente.web.callers import Rooms, WrongTokens
from detente.web.input_processes import InputProcesses
from detente.web.jobs import Drawings, Jobs
from detente.web.models import MEDIA, ApiError, FormModel, problem_of
from detente.web.questions import case_asked, case_titles
from detente.web.render import choices, render
from detente.web.security import RequestGuard, ServerSettings
from detente.web.services import Services
from detente.web.static_files import packaged_files, static_file
from detente.web.store import RunStore

ABOUT = (
    "Disputes in, numbers out. A dispute is the object that a dispute file holds; a run is a job with an id. "
    "Every error has one shape, that of RFC 9457."
)

CHECKERS: Final = 2
"""Processes that look disputes through."""
CHECKING_SECONDS: Final = 20.0
"""Seconds that one dispute may take to be looked through: a hundred times what a long one needs."""
WATCHING_OF_ONE: Final = 30
"""Requests of one client that wait for news of runs; over it 429."""
WATCHING: Final = 300
"""The same of all clients together."""
READING_SECONDS: Final = 60.0
"""Seconds that one article may take."""


def create_app(settings: ServerSettings, *, warm: bool = True) -> FastAPI:
    """The application over a store of its own. Raises BadInput where the folder cannot be used.

    `warm` has every process solve the central case before its first run.
    """
    store = RunStore(settings.folder, settings.keep, settings.keep_days, settings.most_stored)
    jobs, drawings, wrong = Jobs(store, settings, warm), Drawings(store, settings, warm), WrongTokens()
    checks = InputProcesses("check", "check", CHECKERS, CHECKING_SECONDS)
    readings = InputProcesses("read", "read", 1, READING_SECONDS)
    watching = Rooms("requests that wait for news of a run", WATCHING_OF_ONE, WATCHING, 0)
    services = Services(settings, store, jobs, drawings, checks, readings, wrong, watching)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services.begin()
        # what the first visitor would wait for: worlds, the bundled disputes, what forms offer
        threading.Thread(target=_look_up, daemon=True).start()
        yield
        services.end()

    app = FastAPI(
        title="detente",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.services = services
    app.include_router(api.routes_of_questions(REGISTRY))
    app.include_router(api.router)
    app.include_router(pages.api)
    app.include_router(pages.router)
    app.add_api_route("/static/{path:path}", static_file, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/openapi.json", lambda: schema(app), include_in_schema=False)
    app.add_exception_handler(Exception, _told)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _told)
    app.add_exception_handler(ApiError, _told)
    app.add_exception_handler(DetenteError, _told)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(RequestGuard, settings=settings, wrong=wrong)
    return app


def _look_up() -> None:
    packaged_files()
    choices()
    for name in list_cases():
        case_asked(name)
    case_titles()


def schema(app: FastAPI) -> dict[str, Any]:
    """OpenAPI, with the schema of a dispute among its components."""
    if "Dispute" not in app.openapi().get("components", {}).get("schemas", {}):
        made = Dispute.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = app.openapi()["components"]["schemas"]
        schemas |= made.pop("$defs", {})
        schemas |= {"Dispute": made, "Form": FormModel.model_json_schema()}
    return app.openapi()


def _told(request: Request, error: Exception) -> Response:
    """The answer to an error, whatever it is."""
    problem = _problem(error)
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        return render(request, "problem", problem.status, problem=problem.as_dict())
    headers = {} if problem.retry_after is None else {"retry-after": str(problem.retry_after)}
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    return Response(json.dumps(problem.as_dict()), problem.status, headers, MEDIA)


def _problem(error: Exception) -> ApiError:
    if isinstance(error, RequestValidationError):
        faults = [
            {"path": ".".join(map(str, fault["loc"])), "message": str(fault["msg"]), "line": None, "found": None,
             "allowed": None, "near": None}
            for fault in error.errors()
        ]  # fmt: skip
        told = "; ".join(f"{fault['path']}: {fault['message']}" for fault in faults)
        return ApiError(422, "bad-request", told, faults)
    if isinstance(error, HTTPException):
        code = {404: "not-found", 405: "not-allowed"}.get(error.status_code, "bad-request")
        return ApiError(error.status_code, code, str(error.detail) or HTTPStatus(error.status_code).phrase)
    return problem_of(error)


def serve(settings: ServerSettings) -> None:
    """Run the server until it is stopped."""
    import uvicorn

    from detente.web.connections import BoundedConnection

    app = create_app(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(
        f"detente {__version__} at http://{host}:{settings.port}, runs in {settings.folder}; stop with Ctrl-C",
        flush=True,
    )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        http=BoundedConnection,
    )
