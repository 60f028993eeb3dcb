"""The files that the page loads, kept in memory and packed once: no disk and no thread is between them and a client."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from detente.report.lettering import FONTS
from detente.web.models import ApiError

FOLDER: Final = Path(__file__).parent / "static"


@dataclass(frozen=True)
class PackagedFile:
    """A file: its media type, its bytes as they are and by gzip, and the mark of its version."""

    media: str
    body: bytes
    packed: bytes
    mark: str


@cache
def packaged_files() -> dict[str, PackagedFile]:
    """Every file by its path in the folder, and the font of the charts in the files that browsers read."""
    named = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    named |= {f"fonts/{path.name}": path for path in sorted(Path(str(FONTS)).glob("*.woff2"))}
    found = {}
    for name, path in named.items():
        body, media = path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        found[name] = PackagedFile(media, body, gzip.compress(body, mtime=0), mark)
    return found


async def static_file(request: Request, path: str) -> Response:
    """A file of the page; raises ApiError (404)."""
    found = packaged_files().get(path)
    if found is None:
        raise ApiError(404, "not-found", f"there is no file {path[:80]!r}")
    headers = {"etag": found.mark, "vary": "accept-encoding"}
    if found.mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media, headers={**headers, "content-encoding": "gzip"})
    return Response(found.body, media_type=found.media, headers=headers)
