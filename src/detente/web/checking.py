"""What is done with a user's bytes: forms are taken apart, disputes and articles read, questions looked through.

Every function here runs in a process of `detente.web.input_processes`, and gives back plain values or a question.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from detente.analyses.product_lists import lists_as_dict
from detente.analyses.registry import REGISTRY, analysis_of
from detente.data.bundled import load_world
from detente.dispute.schema import Dispute
from detente.dispute.vintage import put
from detente.errors import BadDispute, BadInput, DetenteError
from detente.policy.list_readings import list_readings
from detente.policy.periods import parse_day
from detente.web.forms import OF_THE_RUN, Form, changed, changed_part, form_of
from detente.web.models import ApiError, problem_of
from detente.web.questions import JSON, YAML, bundled, dispute_in, options_in, question, upload_of, world_of
from detente.web.store import DOCUMENT, Inquiry

T = TypeVar("T")

MOST_CODES: Final = 20_000
"""Codes of product lists that an answer tells one by one: all ten-digit lines of the United States."""


@dataclass(frozen=True)
class SentBody:
    """The body of a request, and the type that it states."""

    body: bytes
    media: str


@dataclass(frozen=True)
class SentForm:
    """A form of the page as it was sent."""

    fields: dict[str, str]
    sectors: list[str]
    upload: tuple[str, bytes] | None


@dataclass(frozen=True)
class RefusedForm:
    """The fields of a form, and what is wrong with it; of an article also what is read in it."""

    fields: dict[str, str]
    problem: dict[str, Any]
    found: dict[str, Any] | None = None


@dataclass(frozen=True)
class ReadForm:
    """The fields of a form with an article, and what is read in it."""

    fields: dict[str, str]
    found: dict[str, Any]


def _taken(sent: SentBody, take: Callable[[Request], Coroutine[Any, Any, T]]) -> T:
    """A body taken apart as a request. Raises ApiError (400) for a form that is none."""

    async def receive() -> Message:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    headers = [(b"content-type", sent.media.encode("latin-1"))]
    try:
        return asyncio.run(take(Request({"type": "http", "method": "POST", "headers": headers}, receive)))
    except MultiPartException as problem:
        raise ApiError(400, "bad-request", f"the form cannot be read: {problem.message[:200]}") from problem


def form_in(sent: SentBody) -> SentForm:
    """The fields, and the file if there is one. A field that is given twice counts once, but for the sectors."""

    async def take(request: Request) -> SentForm:
        async with request.form(max_files=1, max_fields=500, max_part_size=len(sent.body)) as form:
            upload = None
            for value in form.values():
                if isinstance(value, UploadFile) and value.filename:
                    upload = (value.filename.replace("\\", "/").rpartition("/")[2][:100], await value.read())
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            sectors = [value for value in form.getlist("sectors") if isinstance(value, str)]
            return SentForm(fields, sectors, upload)

    return _taken(sent, take)


def _posted(sent: SentBody) -> tuple[bytes, str, dict[str, str] | None]:
    """The dispute in a body with its type, and a file of prices; of a form they are its parts `dispute`, `prices`."""
    if sent.media.partition(";")[0].strip().lower() != "multipart/form-data":
        return sent.body, sent.media, None

    async def take(request: Request) -> dict[str, tuple[str, bytes]]:
        async with request.form(max_files=2, max_fields=2, max_part_size=len(sent.body)) as form:
            unknown = sorted(set(form) - {"dispute", "prices"})
            if unknown:
                raise ApiError(400, "bad-request", f"a form has the parts dispute and prices, not {unknown[0][:80]!r}")
            return {name: await _part(name, value) for name, value in form.items()}

    parts = _taken(sent, take)
    body = parts.get("dispute", ("", b""))[1]
    prices = None if "prices" not in parts else upload_of(*parts["prices"])
    return body, JSON[0] if body.lstrip().startswith(b"{") else YAML[0], prices


async def _part(name: str, value: UploadFile | str) -> tuple[str, bytes]:
    """The name of a part of a form, and its bytes."""
    if isinstance(value, str):
        return f"{name}.csv", value.encode()
    return value.filename or f"{name}.csv", await value.read()


def asked_in(sent: SentBody, kind: str, case: str | None, given: Mapping[str, Any]) -> Inquiry:
    """The question in a body, or about a bundled case. Raises whatever is wrong with it."""
    body, media, prices = _posted(sent)
    entry = analysis_of(kind)
    options = options_in(entry, given, prices)
    if case is not None and body:
        raise ApiError(400, "bad-request", f"the case {case[:80]!r} is named and a dispute is sent: give one of them")
    if case is not None:
        return question(entry, bundled(case, world_of(options)), options)
    return question(entry, dispute_in(body, media, world_of(options)), options)


def checked(sent: SentBody, kind: str, case: str | None, given: Mapping[str, Any]) -> bytes:
    """The JSON of a `CheckedModel` for the same."""
    asked = asked_in(sent, kind, case, given)
    lists = lists_as_dict(list_readings(asked.subject.own_measures))
    codes = lists["codes"]
    told = {
        "ok": True, "yaml": asked.dispute, "key": asked.key, **lists,
        "codes": codes[:MOST_CODES], "codes_left_out": max(0, len(codes) - MOST_CODES),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def built(sent: SentBody) -> Form | Inquiry:
    """What the form of `/new` asks, or the form with what is wrong beside each field."""
    its = form_in(sent)
    form, entry = form_of(its.fields, its.sectors, its.upload), REGISTRY["run"]
    try:
        dispute = Dispute.from_values(form.values(), document=DOCUMENT)
        asked = question(entry, dispute, options_in(entry, form.options()))
    except BadDispute as problem:
        form.blame(problem.faults[: problem.MOST])
    except DetenteError as problem:
        form.say("form", str(problem))
    return form if form.wrong else asked


def written(sent: SentBody) -> Inquiry | RefusedForm:
    """What the text of `/text` asks."""
    fields = {name: value.replace("\r\n", "\n") for name, value in form_in(sent).fields.items()}
    names = [*(each.name for each in OF_THE_RUN), "accept_defaults"]
    options = {name: fields[name] for name in names if fields.get(name)}
    entry = REGISTRY["run"]
    try:
        chosen = options_in(entry, options)
        dispute = Dispute.parse(fields.get("dispute", ""), document=DOCUMENT, world=world_of(chosen))
        return question(entry, dispute, chosen)
    except DetenteError as error:
        return RefusedForm({"dispute": "", **fields}, problem_of(error).as_dict())


def changed_in(sent: SentBody, asked: Inquiry) -> Inquiry | RefusedForm:
    """A question with what the form of `/q/KEY/change` says."""
    fields = form_in(sent).fields
    try:
        return changed(asked, fields)
    except DetenteError as error:
        return RefusedForm(fields, problem_of(error).as_dict())


def part_in(sent: SentBody, asked: Inquiry, kind: str) -> Inquiry | RefusedForm:
    """The question of a part of an answer, as its form says."""
    its = form_in(sent)
    try:
        return changed_part(asked, analysis_of(kind), its.fields, its.upload)
    except DetenteError as error:
        return RefusedForm(its.fields, problem_of(error).as_dict())


@lru_cache(4)
def subject_of(text: str, world: str | None) -> Dispute:
    """The dispute of a text that was looked through before."""
    return Dispute.parse(text, document=DOCUMENT, world=None if world is None else load_world(world))


def article_in(text: bytes, day: str | None) -> dict[str, Any]:
    """draft (YAML), day, text, html (marked), marks, questions and what is left out of an article."""
    from detente.article import read_article

    article = read_article(text, day=None if day is None else date.fromisoformat(day), today=date.today())
    return {
        "draft": article.yaml,
        "day": article.reading.date.isoformat(),
        "text": article.text,
        "html": str(article.html),
        "marks": [asdict(mark) for mark in article.marks],
        "questions": [question.model_dump(mode="json") for question in article.draft.questions],
        "left_out": article.left_out,
    }


def article_of_body(sent: SentBody, day: str | None) -> dict[str, Any]:
    """The same of a body that is the text itself."""
    return article_in(sent.body, day)


def _article_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """What is read in the field `article`. Raises BadInput."""
    day = fields.get("day", "").strip()
    try:
        written = parse_day(day).isoformat() if day else None
    except ValueError as problem:
        raise BadInput(f"the day of the article: {problem}") from problem
    return article_in(fields.get("article", "").replace("\r\n", "\n").encode(), written)


def pasted(sent: SentBody) -> ReadForm | RefusedForm:
    """What is read in the form of `/read`."""
    fields = form_in(sent).fields
    try:
        return ReadForm(fields, _article_of(fields))
    except DetenteError as error:
        return RefusedForm(fields, problem_of(error).as_dict())


def drafted(sent: SentBody) -> Inquiry | RefusedForm:
    """What the draft of an article asks with its answers."""
    fields = form_in(sent).fields
    draft, entry = fields.get("draft", "").replace("\r\n", "\n"), REGISTRY["run"]
    try:
        return question(entry, settled(draft, fields), options_in(entry, {}))
    except DetenteError as error:
        return RefusedForm({**fields, "draft": draft}, problem_of(error).as_dict(), _article_of(fields))


def settled(draft: str, answers: Mapping[str, str]) -> Dispute:
    """The draft with every question answered, by the field `answer-ID` where there is one, else by its default.

    Raises BadDispute with every fault, BadInput where an answer leads nowhere.
    """
    dispute = Dispute.parse(draft, document=DOCUMENT)
    values = {key: value for key, value in dispute.values_as_written().items() if key != "questions"}
    for each in dispute.questions:
        put(values, each.path, answers.get(f"answer-{each.id}", each.default or "").strip() or None)
    return Dispute.from_values(values, document=DOCUMENT)
