"""From an article to a dispute, on the page and in the API: read, look at the words, answer what is open, run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from detente.analyses.registry import REGISTRY
from detente.article import EXTRA, MODULES
from detente.dispute.schema import Dispute
from detente.dispute.vintage import put
from detente.errors import BadInput, DetenteError
from detente.policy.measure import parse_day
from detente.web.api import Client, Here, problems
from detente.web.models import ApiError, ReadModel, problem_of
from detente.web.pages import Fields, begun
from detente.web.render import render
from detente.web.services import Services, options_in, question
from detente.web.store import DOCUMENT

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
api = APIRouter(prefix="/api")

TEXT_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "The article: English text, UTF-8.",
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


async def _bytes(request: Request) -> bytes:
    return await request.body()


@api.post("/articles/read", responses=problems(415, 429, 503), openapi_extra=TEXT_BODY)
def read_text(
    request: Request, services: Here, body: Annotated[bytes, Depends(_bytes)],
    day: Annotated[date | None, Query(description="of the article; by default the one it bears")] = None,
) -> ReadModel:  # fmt: skip
    """Draft a dispute from the text of an article. Needs the extra `read` on the server."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "text/plain":
        raise ApiError(415, "bad-request", f"a body of type {media[:80] or 'none'!r} is not read; allowed: text/plain")
    found = services.readings.read(body, None if day is None else day.isoformat())
    return ReadModel(**{name: value for name, value in found.items() if name != "html"})


def _missing() -> str | None:
    """The command that installs what reading needs; None where it is there."""
    return None if all(find_spec(name) for name in MODULES) else EXTRA


@router.get("/read")
def paste(request: Request, services: Here) -> HTMLResponse:
    """The form for an article."""
    missing = _missing()
    if missing is None:
        services.readings.begin()
    return _page(request, {"missing": missing})


@router.post("/read")
def read(request: Request, services: Here, sent: Fields) -> HTMLResponse:
    """The article with the words marked that the draft rests on, and what they leave open."""
    try:
        found = _read(services, sent.fields)
    except (DetenteError, ApiError) as error:
        return _page(request, {"given": sent.fields, "problem": problem_of(error).as_dict()}, 422)
    return _page(request, {"given": sent.fields, "found": found, "draft": found["draft"]})


@router.post("/read/run")
def run(request: Request, services: Here, client: Client, sent: Fields) -> Response:
    """Run the draft with the answers, or show it again with every fault."""
    draft = sent.fields.get("draft", "").replace("\r\n", "\n")
    try:
        entry = REGISTRY["run"]
        asked = question(entry, settled(draft, sent.fields), options_in(entry, {}))
    except DetenteError as error:
        problem = problem_of(error).as_dict()
        found = _read(services, sent.fields)
        return _page(request, {"given": sent.fields, "found": found, "draft": draft, "problem": problem}, 422)
    return begun(services, asked, client)


def settled(draft: str, answers: Mapping[str, str]) -> Dispute:
    """The draft with every question answered, by the field `answer-ID` where there is one, else by its default.

    Raises BadDispute with every fault, BadInput where an answer leads nowhere.
    """
    dispute = Dispute.parse(draft, document=DOCUMENT)
    values = {key: value for key, value in dispute.values_as_written().items() if key != "questions"}
    for each in dispute.questions:
        put(values, each.path, answers.get(f"answer-{each.id}", each.default or "").strip() or None)
    return Dispute.from_values(values, document=DOCUMENT)


def _read(services: Services, fields: Mapping[str, str]) -> dict[str, Any]:
    """The facts that the reader finds in the field `article`. Raises ApiError, BadInput."""
    day = fields.get("day", "").strip()
    try:
        written = parse_day(day).isoformat() if day else None
    except ValueError as problem:
        raise BadInput(f"the day of the article: {problem}") from problem
    return services.readings.read(fields.get("article", "").replace("\r\n", "\n").encode(), written)


def _page(request: Request, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """The page, with what is known of it."""
    known: dict[str, Any] = {"missing": None, "given": {}, "found": None, "draft": "", "problem": None}
    return render(request, "read", status, **{**known, **values})
