"""From what was sent to a question: a dispute is read and validated, and options are read by their one model.

A dispute is validated once, against the world that it will be run on, whether it comes as YAML, as JSON or from a form
of the page. Options come as text, from an address or a form, and are read by the one model that Python and the command
line have too, so that bounds and messages are the same. What is read here of a user's bytes is read in a process that
can be killed (`detente.web.checking`).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from io import StringIO
from typing import Any, Final

from detente import __version__
from detente.analyses.analysis import Analysis
from detente.analyses.doors import settled
from detente.analyses.options import Option, Options
from detente.data.bundled import load_world
from detente.data.sheets import cell_text, open_rows
from detente.data.world import World, with_blocs
from detente.dispute.loader import MOST_DEPTH
from detente.dispute.schema import Dispute, list_cases
from detente.dispute.vintage import answered
from detente.errors import BadDispute, UnknownCase
from detente.web.models import ApiError
from detente.web.store import DOCUMENT, Inquiry

_MOST_UNPACKED: Final = 20_000_000
"""Bytes of a table that was sent, unpacked: daily prices of a hundred assets over fifty years."""

YAML: Final = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")

JSON: Final = ("application/json",)


def dispute_in(body: bytes, media: str, world: World | None) -> Dispute:
    """The dispute in a body, its names checked against the world that it will be run on; None for its own.

    Raises BadDispute with every fault, and ApiError where the body is of no known type or is not JSON.
    """
    kind = media.partition(";")[0].strip().lower()
    if kind in YAML:
        return Dispute.parse(body, document=DOCUMENT, world=world)
    if kind in JSON:
        return Dispute.from_values(values_in(body), document=DOCUMENT, world=world)
    allowed = ", ".join((*JSON, *YAML))
    raise ApiError(415, "bad-request", f"a body of type {kind[:80] or 'none'!r} is not read; allowed: {allowed}")


def values_in(body: bytes) -> dict[str, Any]:
    """The values of a JSON object; raises ApiError where the body is something else."""
    try:
        values = json.loads(body, parse_constant=_refuse_constant, object_pairs_hook=_once)
        json.dumps(values, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is text that nobody can write
    except (ValueError, RecursionError) as problem:
        raise ApiError(400, "bad-request", f"the body is not JSON that can be read: {str(problem)[:200]}") from problem
    if not isinstance(values, dict):
        raise ApiError(
            400, "bad-request", "the body is no JSON object: give a dispute, with the keys of a dispute file"
        )
    _refuse_depth(values)
    return values


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"the key {twice[:80]!r} is given twice")
    return values


def _refuse_depth(values: Any) -> None:
    level, depth = [values], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise ApiError(400, "bad-request", f"the body is nested deeper than {MOST_DEPTH} levels")
        inner = (item for node in level for item in (node.values() if isinstance(node, dict) else node))
        level = [item for item in inner if isinstance(item, dict | list)]


def upload_of(name: str, body: bytes) -> dict[str, str]:
    """Name and text of a file that was sent, by the last part of its name; of what is no UTF-8 text, its cells as CSV.

    Raises BadTable where it holds no table.
    """
    called = name.replace("\\", "/").rpartition("/")[2][-100:] or "file"
    try:
        return {"name": called, "text": body.decode("utf-8-sig")}
    except UnicodeDecodeError:
        text = StringIO()
        csv.writer(text).writerows(
            map(cell_text, row) for row in open_rows(body, name=called, most=_MOST_UNPACKED).rows
        )
        return {"name": called, "text": text.getvalue()}


def asked_in_address(entry: Analysis) -> list[Option]:
    """The options that an address may carry: all but those of the own machine, and files."""
    return [each for each in entry.options.every() if not each.asked.local and each.kind != "prices"]


def parameters_of(entries: Iterable[Analysis]) -> list[dict[str, Any]]:
    """The options of questions as parameters of OpenAPI, with bounds, defaults and help from their models."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        properties = entry.options.model_json_schema()["properties"]
        for each in asked_in_address(entry):
            described = {"name": each.name, "in": "query", "required": False, "description": each.meaning}
            found.setdefault(each.name, {**described, "schema": properties[each.name]})
    return list(found.values())


def options_in(entry: Analysis, given: Mapping[str, Any], prices: dict[str, str] | None = None) -> Options:
    """The options of a question from text or from values as they are kept, with a file that was sent beside them.

    An option may go by the name of any of its flags at the command line. Raises BadInput for each that is wrong.
    """
    names = {flag.lstrip("-").replace("-", "_"): each.name for each in entry.options.every() for flag in each.flags}
    read = {names.get(name, name): value for name, value in given.items()}
    found: Options = entry.options.read({**read, **({} if prices is None else {"prices": prices})}, local=False)
    return found


def world_of(options: Options) -> World | None:
    """The world that the options name; None where they leave it to the dispute. Raises UnknownWorld."""
    return None if options.world is None else load_world(options.world)


def question(entry: Analysis, dispute: Dispute, options: Options) -> Inquiry:
    """The question, looked through as far as can be without computing; the dispute is one that has been validated.

    Raises BadDispute with every fault, and BadInput, UnknownName where an option does not fit the dispute.
    """
    world = with_blocs(world_of(options) or load_world(dispute.world), dispute.parties)
    subject, _ = answered(dispute, options.accept_defaults, world)
    faults = subject.feasibility_faults(world)
    if faults:
        raise BadDispute(DOCUMENT, faults)
    settled(options, subject.parties)
    text, given = dispute.to_yaml(), options.model_dump(mode="json", exclude_defaults=True)
    return Inquiry(key_of(entry.name, text, given), entry.name, text, given, dispute.title, dispute)


def key_of(kind: str, dispute: str, options: dict[str, Any]) -> str:
    """The same for the same question to the same version of the package."""
    return hashlib.sha256(json.dumps([kind, dispute, options, __version__], sort_keys=True).encode()).hexdigest()[:32]


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
