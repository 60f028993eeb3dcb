"""The page. Every address of it is HTML that can be read and used without JavaScript.

An article becomes a dispute here and in the API: it is read, its words are marked, open questions are answered, and the
draft is run.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from detente.analyses.registry import REGISTRY, analysis_of
from detente.analyses.reproduce import command_of, python_of
from detente.article import EXTRA, MODULES
from detente.dispute.schema import list_cases, template
from detente.web import checking
from detente.web.api import LONGEST_WAIT, Client, Here, Id, Name, Sent, file_of, found, problems
from detente.web.callers import Caller
from detente.web.checking import RefusedForm
from detente.web.forms import (
    AnswerParts,
    Form,
    changeable,
    filled,
    form_of_part,
    parts_of,
)
from detente.web.models import ApiError, ReadModel
from detente.web.questions import bundled, case_asked, case_titles
from detente.web.render import choices, render
from detente.web.security import address_of, cookie_of, signed, token_among
from detente.web.services import PostedBody, Services, article_posted_in
from detente.web.store import ENDED, Inquiry

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
api = APIRouter(prefix="/api")

SentArticle = Annotated[PostedBody, Depends(article_posted_in)]

LONGEST_ENTRY: Final = 2000
"""Bytes of a field of the form for a token."""

TEXT_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "The article: English text, UTF-8.",
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


@api.post("/articles/read", responses=problems(415, 429, 503), openapi_extra=TEXT_BODY)
async def read_text(
    sent: SentArticle,
    day: Annotated[date | None, Query(description="of the article; by default the one it bears")] = None,
) -> ReadModel:
    """Draft a dispute from the text of an article. Needs the extra `read` on the server."""
    media = sent.sent.media.partition(";")[0].strip().lower()
    if media != "text/plain":
        raise ApiError(415, "bad-request", f"a body of type {media[:80] or 'none'!r} is not read; allowed: text/plain")
    found = await sent.through(checking.article_of_body, None if day is None else day.isoformat())
    return ReadModel(**{name: value for name, value in found.items() if name != "html"})


@router.get("/read")
def paste(request: Request, services: Here) -> HTMLResponse:
    """The form for an article."""
    missing = None if all(find_spec(name) for name in MODULES) else EXTRA
    if missing is None:
        services.readings.begin()
    return _page(request, {"missing": missing})


@router.post("/read")
async def read(request: Request, sent: SentArticle) -> HTMLResponse:
    """The article with the words marked that the draft rests on, and what they leave open."""
    found = await sent.through(checking.pasted)
    if isinstance(found, RefusedForm):
        return await run_in_threadpool(_page, request, {"given": found.fields, "problem": found.problem}, 422)
    values = {"given": found.fields, "found": found.found, "draft": found.found["draft"]}
    return await run_in_threadpool(_page, request, values)


@router.post("/read/run")
async def run(request: Request, services: Here, client: Client, sent: SentArticle) -> Response:
    """Run the draft with the answers, or show it again with every fault."""
    asked = await sent.through(checking.drafted)
    if isinstance(asked, RefusedForm):
        shown = {"given": asked.fields, "found": asked.found, "draft": asked.fields["draft"], "problem": asked.problem}
        return await run_in_threadpool(_page, request, shown, 422)
    return await run_in_threadpool(begun, services, asked, client)


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
async def build(request: Request, services: Here, client: Client, sent: Sent) -> Response:
    """Run what the form says, or show it again with what is wrong beside each field."""
    found = await sent.through(checking.built)
    if isinstance(found, Form):
        return await run_in_threadpool(lambda: render(request, "new", 422, form=found, **choices()))
    return await run_in_threadpool(begun, services, found, client)


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
async def run_text(request: Request, services: Here, client: Client, sent: Sent) -> Response:
    """Run the text, or show it again with every fault and its line."""
    asked = await sent.through(checking.written)
    if isinstance(asked, RefusedForm):
        shown = {"text": asked.fields["dispute"], "options": asked.fields, "problem": asked.problem}
        return await run_in_threadpool(lambda: render(request, "text", 422, **shown, **choices()))
    return await run_in_threadpool(begun, services, asked, client)


@router.get("/runs/{id}")
async def watch(
    request: Request, services: Here, client: Client, id: Id, then: Then = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:  # fmt: skip
    """The progress of a run. With `after` it waits for news, and once the run is done it leads to the answer."""
    run = await run_in_threadpool(services.run, id)
    if after is not None and run.state not in ENDED:
        with services.watching.room(client.payer):
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
async def answer(
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
    asked = await run_in_threadpool(services.asked, key)
    return await _answer(request, services, asked, tab, state, part or (), whole)


async def _answer(
    request: Request, services: Services, asked: Inquiry, tab: str | None,
    state: str | None = None, chosen: Sequence[str] = (),
    whole: bool = False, given: Mapping[str, str] | None = None, problem: dict[str, Any] | None = None,
) -> HTMLResponse:  # fmt: skip
    first = await run_in_threadpool(services.store.first, asked.key)
    if first is None:
        return await run_in_threadpool(lambda: render(request, "ask", asked=asked, entry=analysis_of(asked.kind)))
    known, asked = json.loads(first), await services.with_dispute(asked)
    parts = await run_in_threadpool(parts_of, services.store, asked, known, chosen)
    tab = tab or next(iter(parts.titles))
    if tab not in parts.titles:
        raise ApiError(404, "not-found", f"there is no part {tab!r}")
    of = parts.others.get(tab, asked)
    shown = state if of is asked and state != known["state"] else None
    sections, later = None, False
    if await run_in_threadpool(services.store.has_result, of.key):
        name = f"tab/{tab}{'@' + shown if shown else ''}.json"
        later = not (whole or "hx-request" in request.headers)
        later = later and not await run_in_threadpool(services.drawings.soon, of, name)
        sections = None if later else json.loads((await services.drawings.get(of, name))[1])
    return await run_in_threadpool(
        _laid_out, request, services, asked, known, parts, tab, shown, sections, later, given or {}, problem
    )


def _laid_out(
    request: Request, services: Services, asked: Inquiry, known: Mapping[str, Any], parts: AnswerParts, tab: str,
    shown: str | None, sections: Any, later: bool, given: Mapping[str, str], problem: dict[str, Any] | None,
) -> HTMLResponse:  # fmt: skip
    of, dispute = parts.others.get(tab, asked), asked.subject
    more = parts.query() + (f"&state={shown}" if shown else "")
    return render(
        request, "answer", 200 if problem is None else 422, asked=asked, first=known, parts=parts, tab=tab, of=of,
        state=shown or known["state"], more=more, query=f"?state={shown}" if shown else "", sections=sections,
        finding=json.loads(services.store.first(of.key) or b"{}").get("headline", ""),
        later=f"/q/{asked.key}?tab={tab}&whole=true{more}" if later else "",
        entry=analysis_of(of.kind), form=form_of_part(analysis_of(of.kind)), dispute=dispute,
        changeable=changeable(dispute) if asked.kind == "run" else [],
        again=reproduced(asked, known), part=reproduced(of, known),
        fields={**filled(analysis_of(of.kind), of.options), **given}, problem=problem,
        sides=[(code, party.name) for code, party in dispute.parties.items()], **choices(),
    )  # fmt: skip


def reproduced(asked: Inquiry, first: Mapping[str, Any]) -> dict[str, str]:
    """The command and the Python that give an answer again; those of a run name its world and check its id."""
    if asked.kind == "run":
        return {"command": first["command"], "python": first["python"]}
    entry = analysis_of(asked.kind)
    return {"command": command_of(entry, asked.options), "python": python_of(entry, asked.options)}


@router.post("/q/{key}/part/{name}")
async def ask_part(request: Request, services: Here, client: Client, key: Key, name: Name, sent: Sent) -> Response:
    """Compute a part of an answer, as its form says."""
    asked = await run_in_threadpool(services.asked, key)
    other = await sent.through(checking.part_in, asked, analysis_of(name).name)
    if isinstance(other, RefusedForm):
        return await _answer(request, services, asked, name, given=other.fields, problem=other.problem)
    return await run_in_threadpool(begun, services, other, client, key)


@router.post("/q/{key}/run")
def compute(services: Here, client: Client, key: Key, then: Then = None) -> RedirectResponse:
    """Compute a question that was asked before."""
    return begun(services, services.asked(key), client, then)


@router.post("/q/{key}/change")
async def change(request: Request, services: Here, client: Client, key: Key, sent: Sent) -> Response:
    """Run the question with something changed, and show both side by side."""
    asked = await services.with_dispute(await run_in_threadpool(services.asked, key))
    other = await sent.through(checking.changed_in, asked)
    if isinstance(other, RefusedForm):
        shown = {"dispute": asked.subject, "given": other.fields, "problem": other.problem}
        fields = changeable(asked.subject)
        return await run_in_threadpool(
            lambda: render(request, "change", 422, asked=asked, changeable=fields, **shown, **choices())
        )
    return see(f"/q/{key}") if other.key == key else await run_in_threadpool(begun, services, other, client, key)


@router.get("/compare/{key}/{other}")
async def compare(request: Request, services: Here, key: Key, other: Key) -> Response:
    """Two answers side by side."""
    both = [await run_in_threadpool(services.asked, each) for each in (key, other)]
    firsts = [await run_in_threadpool(services.store.first, asked.key) for asked in both]
    for asked, first in zip(both, firsts, strict=True):
        if first is None:
            return see(f"/q/{asked.key}")
    sections = json.loads((await services.drawings.get(both[0], "compared.json", both[1]))[1])
    known = [json.loads(first or b"{}") for first in firsts]
    return await run_in_threadpool(lambda: render(request, "compare", both=both, firsts=known, sections=sections))


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
async def chart(
    services: Here, key: Key, name: Name, ending: Literal["svg", "png", "json"], state: State = None
) -> Response:
    """A chart as picture, or as Vega-Lite (json)."""
    return await file_of(
        services, await run_in_threadpool(services.asked, key), f"chart/{name}{'@' + state if state else ''}.{ending}"
    )


@router.get("/q/{key}/tables/{name}.{ending}")
async def table(
    services: Here, key: Key, name: Name, ending: Literal["csv", "parquet", "json", "tex", "xlsx"]
) -> Response:
    """A table."""
    return await file_of(services, await run_in_threadpool(services.asked, key), f"table/{name}.{ending}")


@router.get("/q/{key}/{name}")
async def whole(
    services: Here, key: Key, name: Literal["tables.xlsx", "brief.html", "report.html", "report.md"]
) -> Response:
    """Everything in one file."""
    return await file_of(services, await run_in_threadpool(services.asked, key), name)


@router.get("/enter")
def enter(request: Request, to: Annotated[str, Query(max_length=300)] = "/") -> HTMLResponse:
    """The form for a token."""
    return render(request, "enter", to=to, wrong=False)


@router.post("/enter")
async def entered(request: Request, services: Here) -> Response:
    """A cookie for whoever has a token."""
    async with request.form(max_files=0, max_fields=2, max_part_size=LONGEST_ENTRY) as form:
        given, to = (str(form.get(name, default)) for name, default in (("token", ""), ("to", "/")))
    token = token_among(services.settings.tokens, given.strip(), services.wrong, address_of(request.scope))
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
