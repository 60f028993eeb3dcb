"""From the body of a request to a question: the same schema, checks and messages as a dispute file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from detente import __version__
from detente.analyses.analysis import Analysis
from detente.data.bundled import load_world
from detente.data.world import with_blocs
from detente.dispute.loader import MOST_DEPTH
from detente.dispute.schema import Dispute
from detente.dispute.vintage import answered
from detente.errors import BadDispute, BadInput, BadTable
from detente.web.models import Refusal
from detente.web.options import OPTIONS, Options, UploadedFile
from detente.web.store import Inquiry

DOCUMENT: Final = "dispute"
"""What messages call a dispute that has no file."""

YAML: Final = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")
JSON: Final = ("application/json",)


def dispute_in(body: bytes, media: str, world: str | None) -> Dispute:
    """The dispute in a body, its names checked against the world that it will be run on.

    Raises BadDispute with every fault, UnknownWorld, and Refusal where the body is of no known type or is not JSON.
    """
    settled = None if world is None else load_world(world)
    kind = media.partition(";")[0].strip().lower()
    if kind in YAML:
        return Dispute.parse(body, document=DOCUMENT, world=settled)
    if kind in JSON:
        return Dispute.from_values(values_in(body), document=DOCUMENT, world=settled)
    allowed = ", ".join((*JSON, *YAML))
    raise Refusal(415, "bad-request", f"a body of type {kind[:80] or 'none'!r} is not read; allowed: {allowed}")


def values_in(body: bytes) -> dict[str, Any]:
    """The values of a JSON object; raises Refusal where the body is something else."""
    try:
        values = json.loads(body, parse_constant=_refuse_constant, object_pairs_hook=_once)
        json.dumps(values, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is text that nobody can write
    except (ValueError, RecursionError) as problem:
        raise Refusal(400, "bad-request", f"the body is not JSON that can be read: {str(problem)[:200]}") from problem
    if not isinstance(values, dict):
        raise Refusal(400, "bad-request", "the body is no JSON object: give a dispute, with the keys of a dispute file")
    _refuse_depth(values)
    return values


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


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
            raise Refusal(400, "bad-request", f"the body is nested deeper than {MOST_DEPTH} levels")
        inner = (item for node in level for item in (node.values() if isinstance(node, dict) else node))
        level = [item for item in inner if isinstance(item, dict | list)]


def upload_of(name: str, body: bytes) -> UploadedFile:
    """A file that was sent, by the last part of its name. Raises BadTable where it is no text."""
    called = name.replace("\\", "/").rpartition("/")[2][-100:] or "file"
    try:
        return UploadedFile(name=called, text=body.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise BadTable(f"{called} is not UTF-8 text (byte {problem.start}): save it as CSV in UTF-8") from problem


def options_of(entry: Analysis, given: Mapping[str, Any]) -> Options:
    """The options, checked. Raises BadInput, which says what is wrong with which."""
    try:
        return OPTIONS[entry.name].model_validate(given).checked()
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"])) or "options"
        message = str(first["msg"]).removeprefix("Value error, ")
        raise BadInput(
            f"{where}: {message}; options of {entry.name}: {', '.join(OPTIONS[entry.name].model_fields)}"
        ) from problem


def question(entry: Analysis, dispute: Dispute, options: Options) -> Inquiry:
    """The question, checked as far as can be without computing. Raises BadDispute with every fault."""
    settled = with_blocs(load_world(options.world or dispute.world), dispute.parties)
    text = dispute.to_yaml()
    Dispute.parse(text, document=DOCUMENT, world=settled)  # what the worker will read
    asked, _ = answered(dispute, options.accept_defaults, settled)
    faults = asked.faults_of_laying(settled)
    if faults:
        raise BadDispute(DOCUMENT, faults)
    options.arguments(asked)
    given = options.model_dump(mode="json", exclude_defaults=True)
    key = key_of(entry.name, text, given)
    return Inquiry(key, entry.name, text, given, dispute.title)


def key_of(kind: str, dispute: str, options: dict[str, Any]) -> str:
    """The same for the same question to the same version of the package."""
    return hashlib.sha256(json.dumps([kind, dispute, options, __version__], sort_keys=True).encode()).hexdigest()[:32]
