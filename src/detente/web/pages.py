"""The page. Every address of it is HTML that can be read and used without JavaScript.

An article becomes a dispute here and in the API: it is read, its words are marked, open questions are answered, and the
draft is run.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints
from starlette.datastructures import UploadFile

from detente.analyses.registry import REGISTRY, analysis_of
from detente.analyses.reproduce import command_of, python_of
from detente.article import EXTRA, MODULES
from detente.dispute.schema import Dispute, list_cases, template
from detente.dispute.vintage import put
from detente.errors import BadDispute, BadInput, DetenteError
from detente.policy.periods import parse_day
from detente.web.api import LONGEST_WAIT, Client, Here, Id, Name, file_of, found, problems
from detente.web.callers import Caller
from detente.web.forms import (
    OF_THE_RUN,
    Form,
    changeable,
    changed,
    changed_part,
    filled,
    form_of,
    form_of_part,
    parts_of,
)
from detente.web.models import ApiError, ReadModel, problem_of
from detente.web.render import choices, render
from detente.web.security import address_of, cookie_of, signed, token_among
from detente.web.services import Services, bundled, case_asked, case_titles, options_in, question, world_of
from detente.web.store import DOCUMENT, ENDED, Inquiry

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


@router.get("/read")
def paste(request: Request, services: Here) -> HTMLResponse:
    """The form for an article."""
    missing = None if all(find_spec(name) for name in MODULES) else EXTRA
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


_KEY: Final = r"^[0-9a-f]{32}$"
Key = Annotated[str, Path(pattern=_KEY)]
Then = Annotated[str | None, Query(pattern=_KEY)]
State = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.-]+$", max_length=120)]
Chosen = Annotated[list[Annotated[str, StringConstraints(pattern=_KEY)]] | None, Query(max_length=len(REGISTRY))]
Tab = Annotated[str | None, Query(pattern=r"^[a-z-]+$", max_length=40)]


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent."""

    fields: dict[str, str]
    sectors: list[str]
    upload: tuple[str, bytes] | None


async def sent_in(request: Request) -> SentForm:
    """The fields, and the file if there is one. A field that is given twice counts once, but for the sectors."""
    form = await request.form(max_files=1, max_fields=500)
    upload = None
    for value in form.values():
        if isinstance(value, UploadFile) and value.filename:
            upload = (value.filename.replace("\\", "/").rpartition("/")[2][:100], await value.read())
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    sectors = [value for value in form.getlist("sectors") if isinstance(value, str)]
    await form.close()
    return SentForm(fields, sectors, upload)


Fields = Annotated[SentForm, Depends(sent_in)]


def see(place: str) -> RedirectResponse:
    """Go there next."""
    return RedirectResponse(place, 303)


def place_of(asked: Inquiry, then: str | None) -> str:
    """The address of an answer: by itself, beside the run it was changed from, or as a part of the run it is for."""
    if then is None:
        return f"/q/{asked.key}"
    return f"/compare/{then}/{asked.key}" if asked.kind == "run" else f"/q/{then}?tab={asked.kind}&part={asked.key}"


def begun(services: Services, asked: Inquiry, client: Caller, then: str | None = None) -> RedirectResponse:
    """Begin the run, and go where it can be watched, or to the answer where that is known."""
    run = services.jobs.submit(asked, client)
    if run.state == "done":
        return see(place_of(asked, then))
    return see(f"/runs/{run.id}" + (f"?then={then}" if then else ""))


@router.get("/")
def home(request: Request, services: Here, client: Client) -> HTMLResponse:
    """The bundled cases, the way to a dispute of one's own, and the runs of this client."""
    runs = [(run, services.asked(run.key)) for run in services.store.runs_of(client.name, 12)]
    return render(
        request, "home", cases=case_titles(), runs=runs, registry=REGISTRY, locked=bool(services.settings.tokens)
    )


@router.post("/cases/{name}")
def run_case(services: Here, client: Client, name: Name) -> RedirectResponse:
    """Run a bundled case as it is."""
    if name not in list_cases():
        raise ApiError(404, "not-found", f"there is no case {name!r}; there are: {', '.join(list_cases())}")
    return begun(services, case_asked(name), client)


@router.get("/new")
def new(request: Request) -> HTMLResponse:
    """An empty form."""
    return render(request, "new", form=Form(), **choices())


@router.post("/new")
def build(request: Request, services: Here, client: Client, sent: Fields) -> Response:
    """Run what the form says, or show it again with what is wrong beside each field."""
    form = form_of(sent.fields, sent.sectors, sent.upload)
    entry = REGISTRY["run"]
    try:
        dispute = Dispute.from_values(form.values(), document=DOCUMENT)
        asked = question(entry, dispute, options_in(entry, form.options()))
    except BadDispute as problem:
        form.blame(problem.faults)
    except DetenteError as problem:
        form.say("form", str(problem))
    if form.wrong:
        return render(request, "new", 422, form=form, **choices())
    return begun(services, asked, client)


@router.get("/text")
def text(
    request: Request, services: Here, case: str | None = None, of: Annotated[str | None, Query(pattern=_KEY)] = None
) -> HTMLResponse:
    """A dispute as text: a bundled one, that of a question, or the one to start from."""
    options: dict[str, Any] = {}
    if of is not None:
        asked = services.asked(of)
        given, options = asked.dispute, asked.options
    else:
        given = template() if case is None else bundled(case).to_yaml()
    return render(request, "text", text=given, options=options, problem=None, **choices())


@router.post("/text")
def run_text(request: Request, services: Here, client: Client, sent: Fields) -> Response:
    """Run the text, or show it again with every fault and its line."""
    given = sent.fields.get("dispute", "").replace("\r\n", "\n")
    names = [*(each.name for each in OF_THE_RUN), "accept_defaults"]
    options = {name: sent.fields[name] for name in names if sent.fields.get(name)}
    entry = REGISTRY["run"]
    try:
        chosen = options_in(entry, options)
        asked = question(entry, Dispute.parse(given, document=DOCUMENT, world=world_of(chosen)), chosen)
    except DetenteError as error:
        problem = problem_of(error).as_dict()
        return render(request, "text", 422, text=given, options=options, problem=problem, **choices())
    return begun(services, asked, client)


@router.get("/runs/{id}")
async def watch(
    request: Request, services: Here, client: Client, id: Id, then: Then = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:  # fmt: skip
    """The progress of a run. With `after` it waits for news, and once the run is done it leads to the answer."""
    run = await run_in_threadpool(services.run, id)
    if after is not None and run.state not in ENDED:
        await services.jobs.board.wait(id, after, LONGEST_WAIT)
        run = await run_in_threadpool(services.run, id)
    asked = await run_in_threadpool(services.asked, run.key)
    if run.state == "done":
        place = place_of(asked, then)
        return Response(headers={"hx-redirect": place}) if "hx-request" in request.headers else see(place)
    model = await run_in_threadpool(services.model, run)
    mine = run.client == client.name
    first = services.jobs.board.of(id).first
    return await run_in_threadpool(render, request, "run", run=model, asked=asked, then=then, mine=mine, first=first)


@router.post("/runs/{id}/cancel")
def cancel(services: Here, client: Client, id: Id) -> RedirectResponse:
    """Stop a run."""
    services.own_run(id, client)
    services.jobs.cancel(id)
    return see(f"/runs/{id}")


@router.get("/q/{key}")
def answer(
    request: Request,
    services: Here,
    key: Key,
    tab: Tab = None,
    state: State = None,
    part: Chosen = None,
    whole: bool = False,
) -> HTMLResponse:
    """The answer, part by part; if it is not stored, the question and a button that computes it again.

    A part that has not been drawn yet comes after the headline, by a request of its own; with `whole`, which is where a
    browser without JavaScript goes, the page waits for it. `part` names questions in place of the usual ones of parts.
    """
    return _answer(request, services, services.asked(key), tab, state, part or (), whole)


def _answer(
    request: Request, services: Services, asked: Inquiry, tab: str | None,
    state: str | None = None, chosen: Sequence[str] = (),
    whole: bool = False, given: Mapping[str, str] | None = None, problem: dict[str, Any] | None = None,
) -> HTMLResponse:  # fmt: skip
    first = services.store.first(asked.key)
    if first is None:
        return render(request, "ask", asked=asked, entry=analysis_of(asked.kind))
    known = json.loads(first)
    parts, dispute = parts_of(services, asked, known, chosen), asked.subject
    tab = tab or next(iter(parts.titles))
    if tab not in parts.titles:
        raise ApiError(404, "not-found", f"there is no part {tab!r}")
    of = parts.others.get(tab, asked)
    shown = state if of is asked and state != known["state"] else None
    more = parts.query() + (f"&state={shown}" if shown else "")
    sections, later = None, ""
    if services.store.has_result(of.key):
        name = f"tab/{tab}{'@' + shown if shown else ''}.json"
        if whole or "hx-request" in request.headers or services.drawings.soon(of, name):
            sections = json.loads(services.drawings.get(of, name)[1])
        else:
            later = f"/q/{asked.key}?tab={tab}&whole=true{more}"
    return render(
        request, "answer", 200 if problem is None else 422, asked=asked, first=known, parts=parts, tab=tab, of=of,
        state=shown or known["state"], more=more, query=f"?state={shown}" if shown else "", sections=sections,
        finding=json.loads(services.store.first(of.key) or b"{}").get("headline", ""),
        later=later, entry=analysis_of(of.kind), form=form_of_part(analysis_of(of.kind)), dispute=dispute,
        changeable=changeable(dispute) if asked.kind == "run" else [],
        again=reproduced(asked, known), part=reproduced(of, known),
        fields={**filled(analysis_of(of.kind), of.options), **(given or {})}, problem=problem,
        sides=[(code, party.name) for code, party in dispute.parties.items()], **choices(),
    )  # fmt: skip


def reproduced(asked: Inquiry, first: Mapping[str, Any]) -> dict[str, str]:
    """The command and the Python that give an answer again; those of a run name its world and check its id."""
    if asked.kind == "run":
        return {"command": first["command"], "python": first["python"]}
    entry = analysis_of(asked.kind)
    return {"command": command_of(entry, asked.options), "python": python_of(entry, asked.options)}


@router.post("/q/{key}/part/{name}")
def ask_part(request: Request, services: Here, client: Client, key: Key, name: Name, sent: Fields) -> Response:
    """Compute a part of an answer, as its form says."""
    asked, entry = services.asked(key), analysis_of(name)
    try:
        other = changed_part(asked, entry, sent.fields, sent.upload)
    except DetenteError as error:
        return _answer(request, services, asked, name, given=sent.fields, problem=problem_of(error).as_dict())
    return begun(services, other, client, key)


@router.post("/q/{key}/run")
def compute(services: Here, client: Client, key: Key, then: Then = None) -> RedirectResponse:
    """Compute a question that was asked before."""
    return begun(services, services.asked(key), client, then)


@router.post("/q/{key}/change")
def change(request: Request, services: Here, client: Client, key: Key, sent: Fields) -> Response:
    """Run the question with something changed, and show both side by side."""
    asked = services.asked(key)
    try:
        other = changed(asked, sent.fields)
    except DetenteError as error:
        return render(
            request, "change", 422, asked=asked, changeable=changeable(asked.subject), given=sent.fields,
            dispute=asked.subject, problem=problem_of(error).as_dict(), **choices(),
        )  # fmt: skip
    return see(f"/q/{key}") if other.key == key else begun(services, other, client, key)


@router.get("/compare/{key}/{other}")
def compare(request: Request, services: Here, key: Key, other: Key) -> Response:
    """Two answers side by side."""
    both = services.asked(key), services.asked(other)
    for asked in both:
        if not services.store.has_result(asked.key):
            return see(f"/q/{asked.key}")
    sections = json.loads(services.drawings.get(both[0], "compared.json", both[1])[1])
    firsts = [json.loads(services.store.first(asked.key) or b"{}") for asked in both]
    return render(request, "compare", both=both, firsts=firsts, sections=sections)


@router.get("/q/{key}/result.json")
def result(request: Request, services: Here, key: Key) -> Response:
    """All that was found: byte for byte what the command of the question prints with `--json`."""
    asked = services.asked(key)
    name = "findings" if asked.kind == "run" else asked.kind
    return found(request, services, asked, **{"content-disposition": f'attachment; filename="{name}.json"'})


@router.get("/q/{key}/dispute.yaml")
def dispute_file(services: Here, key: Key) -> Response:
    """The dispute, for `detente run`."""
    headers = {"content-disposition": 'attachment; filename="dispute.yaml"'}
    return Response(services.asked(key).dispute, media_type="application/yaml", headers=headers)


@router.get("/q/{key}/prices.csv")
def prices(services: Here, key: Key) -> Response:
    """The prices that a question was asked with, as they were sent."""
    given = services.asked(key).options.get("prices")
    if given is None:
        raise ApiError(404, "not-found", "the question was asked without prices")
    headers = {"content-disposition": 'attachment; filename="prices.csv"'}
    return Response(given["text"], media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/q/{key}/charts/{name}.{ending}")
def chart(services: Here, key: Key, name: Name, ending: Literal["svg", "png", "json"], state: State = None) -> Response:
    """A chart as picture, or as Vega-Lite (json)."""
    return file_of(services, services.asked(key), f"chart/{name}{'@' + state if state else ''}.{ending}")


@router.get("/q/{key}/tables/{name}.{ending}")
def table(services: Here, key: Key, name: Name, ending: Literal["csv", "parquet", "json", "tex", "xlsx"]) -> Response:
    """A table."""
    return file_of(services, services.asked(key), f"table/{name}.{ending}")


@router.get("/q/{key}/{name}")
def whole(services: Here, key: Key, name: Literal["tables.xlsx", "report.html", "report.md"]) -> Response:
    """Everything in one file."""
    return file_of(services, services.asked(key), name)


@router.get("/enter")
def enter(request: Request, to: Annotated[str, Query(max_length=300)] = "/") -> HTMLResponse:
    """The form for a token."""
    return render(request, "enter", to=to, wrong=False)


@router.post("/enter")
def entered(request: Request, services: Here, sent: Fields) -> Response:
    """A cookie for whoever has a token."""
    given, to = sent.fields.get("token", "").strip(), sent.fields.get("to", "/")
    token = token_among(services.settings.tokens, given, services.wrong, address_of(request.scope))
    if token is None:
        return render(request, "enter", 401, to=to, wrong=True)
    answer = see(to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/")
    answer.headers["set-cookie"] = cookie_of(signed(secrets.token_urlsafe(18), token), request.url.scheme == "https")
    return answer


@router.post("/leave")
def left(request: Request) -> Response:
    """The cookie taken away again, for a browser that others use."""
    answer = see("/enter")
    answer.headers["set-cookie"] = cookie_of("", request.url.scheme == "https", age=0)
    return answer
