"""The address of a server, its limits, and the checks of every request: host, origin, size, token and client.

`ServerSettings` says how a server is set up. `RequestGuard` checks every request and adds what every answer carries. A
client is a token or a cookie, never an address. Without tokens the cookie is a random name and nothing more. With
them it is signed with the token that was given at `/enter`, so that a page needs no header.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.errors import BadInput
from detente.web.callers import Caller, WrongTokens
from detente.web.models import MEDIA, ApiError

VARIABLE: Final = "DETENTE_DATA_DIR"
"""Names the folder in which runs are kept."""
TOKENS: Final = "DETENTE_TOKEN"
"""Holds a token, where the list of processes of a shared machine should not show it."""
SHORTEST_TOKEN: Final = 16
KEPT: Final = ("keep", "keep_days", "most_stored")
"""Settings of how much is kept, and for how long."""


@dataclass(frozen=True)
class ServerSettings:
    """A server.

    Attributes
    ----------
    folder
        Where the store lies; one server at a time uses it.
    host, port
        The address. Any but a loopback one needs a token.
    tokens
        Whoever brings one of them may use the server; none means that everybody who reaches it may.
    workers
        Processes that compute. One more draws charts and tables.
    most_bytes
        Longest body of a request, in bytes; over it 413.
    most_seconds
        Longest time that a run may compute; then it is stopped.
    most_runs
        Runs of one client that wait or compute; over it 429.
    most_waiting
        Runs of all clients together that wait; over it 429.
    most_drawings
        Charts and tables that wait to be drawn; over it 429.
    keep
        Finished runs whose numbers are kept; of older ones the dispute stays, so that a link can compute them again.
    keep_days
        Days that a finished run and its dispute are kept.
    most_stored
        Largest size of the store, in bytes; over it the oldest numbers go.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8000
    tokens: tuple[str, ...] = ()
    workers: int = 2
    most_bytes: int = 5_000_000
    most_seconds: float = 600.0
    most_runs: int = 4
    most_waiting: int = 200
    most_drawings: int = 100
    keep: int = 1000
    keep_days: float = 180.0
    most_stored: float = 2e9

    def __post_init__(self) -> None:
        if not self.tokens and not is_loopback(self.host):
            raise BadInput(
                f"{self.host} can be reached from other machines, and no token is set: give --token, or listen on "
                "127.0.0.1"
            )
        for token in self.tokens:
            if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
                raise BadInput(
                    f"a token has {len(token)} characters: give at least {SHORTEST_TOKEN} letters, digits or signs "
                    "without blanks, such as `openssl rand -hex 16` prints"
                )
        for name in ("workers", "most_bytes", "most_seconds", "most_runs", "most_waiting", "most_drawings", *KEPT):
            if getattr(self, name) <= 0:
                raise BadInput(f"{name.replace('_', ' ')} is {getattr(self, name)}: give a number above zero")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def data_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """The folder of runs: DETENTE_DATA_DIR, or the user's data folder by the platform's rules."""
    given = environ.get(VARIABLE)
    if given:
        return Path(given)
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "detente" / "Data"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "detente"
    xdg = environ.get("XDG_DATA_HOME", "")
    return (Path(xdg) if os.path.isabs(xdg) else home / ".local" / "share") / "detente"


def own_folder() -> Path:
    """The folder of whoever runs this process."""
    return data_folder(os.environ, sys.platform, Path.home())


COOKIE: Final = "detente"
BODY_SECONDS: Final = 60.0
"""Seconds in which the body of a request has to come."""
AGE: Final = 180 * 24 * 3600
"""Seconds that a browser keeps the cookie."""
IMPORTS: Final = json.dumps({"imports": {"vega-util": "/static/vega-util.js"}}, separators=(",", ":"))
"""The import map of the page: vega-interpreter asks for vega-util, which the bundle of vega holds."""
_HASH: Final = base64.b64encode(hashlib.sha256(IMPORTS.encode()).digest()).decode()
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'sha256-{_HASH}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a browser sends its own forms with the origin "null"
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
LONGEST_OPEN: Final = 10_000
"""Bytes of a body that whoever brings no token may send."""
OPEN: Final = ("/enter", "/static/", "/api/health")
"""What needs no token."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestGuard:
    """ASGI middleware over the whole application."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, wrong: WrongTokens | None = None) -> None:
        self._app = app
        self._settings = settings
        self._wrong = wrong or WrongTokens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client, fresh = None, None
        try:
            self._check_host(headers)
            self._check_origin(scope, headers)
            most = LONGEST_OPEN if scope["path"].startswith(OPEN) else self._settings.most_bytes
            _check_length(headers, most)
            client, fresh = self._client(scope, headers)
        except ApiError as problem:
            await _refuse(scope, headers, problem, _with_headers(send, None))
            return
        payer = client if fresh is None else f"address {address_of(scope)}"
        scope.setdefault("state", {})["caller"] = Caller(client, payer)
        secure = scope.get("scheme") == "https"
        guarded = _with_headers(send, None if fresh is None else cookie_of(fresh, secure))
        await self._app(scope, _counted(receive, most), guarded)

    def _check_host(self, headers: dict[str, str]) -> None:
        """A page of another site that points its name at this address would otherwise read what is here."""
        host = headers.get("host", "")
        written = re.fullmatch(r"\[([^\[\]]*)\](?::\d+)?|([^\[\]:]*)(?::\d+)?", host)
        name = "" if written is None else written[1] or written[2] or ""
        if is_loopback(self._settings.host) and not is_loopback(name) and name != self._settings.host:
            raise ApiError(400, "bad-request", f"this server is {self._settings.host}, not {name[:80]!r}")

    def _check_origin(self, scope: Scope, headers: dict[str, str]) -> None:
        """Another site must not have a browser send forms here."""
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] in SAFE:
            return
        foreign = origin is not None and origin.partition("://")[2] != headers.get("host", "")
        if foreign or site not in ("same-origin", "none"):
            raise ApiError(403, "forbidden", f"a request from {(origin or site)[:80]} is not taken here")

    def _client(self, scope: Scope, headers: dict[str, str]) -> tuple[str, str | None]:
        """The client, and the value of a new cookie where one is due. Raises ApiError (401) without a token."""
        tokens = self._settings.tokens
        kind, _, given = headers.get("authorization", "").partition(" ")
        if tokens and kind.lower() == "bearer":
            token = token_among(tokens, given.strip(), self._wrong, address_of(scope))
            if token is None:
                raise ApiError(401, "unauthorised", "the token is none of this server's")
            return "token-" + hashlib.sha256(token.encode()).hexdigest()[:24], None
        name, _, signature = cookie_in(headers).partition(".")
        if name and any(hmac.compare_digest(signature.encode(), _sign(name, key)) for key in tokens or ("",)):
            return name, None
        if not tokens:
            return (made := secrets.token_urlsafe(18)), signed(made, "")
        if scope["path"].startswith(OPEN):
            return "nobody", None
        raise ApiError(401, "unauthorised", "give a token of this server: Authorization: Bearer TOKEN, or open /enter")


def _check_length(headers: dict[str, str], most: int) -> None:
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise ApiError(400, "bad-request", "the length of the body is not a number")
    if int(length[:20]) > most:
        raise too_large(most)


def _counted(receive: Receive, most: int) -> Receive:
    """The body, cut off where it goes over the limit that its sender did not name, or comes too slowly."""
    seen, end, whole = 0, time.monotonic() + BODY_SECONDS, False

    async def counted() -> Message:
        nonlocal seen, whole
        try:
            message = await asyncio.wait_for(receive(), None if whole else max(0.0, end - time.monotonic()))
        except TimeoutError as problem:
            raise ApiError(
                408, "too-slow", f"the body did not come within {BODY_SECONDS:g} s: send it again"
            ) from problem
        whole = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_large(most)
        return message

    return counted


def address_of(scope: Scope) -> str:
    """Where a request comes from; of an address of version 6 the network that one customer has."""
    host = str((scope.get("client") or ("", 0))[0])
    try:
        given = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if given.version == 4 else str(ipaddress.ip_network((given, 64), strict=False))


def token_among(tokens: Iterable[str], given: str, wrong: WrongTokens, address: str) -> str | None:
    """The token that was given, if it is one of these; raises ApiError (429) where the address was wrong too often."""
    wrong.check(address)
    for token in tokens:
        if hmac.compare_digest(given.encode(), token.encode()):
            wrong.right(address)
            return token
    wrong.wrong(address)
    return None


def too_large(most: int) -> ApiError:
    """The answer to a body over the limit."""
    limit = f"{most / 1e6:g} MB" if most >= 1e6 else f"{most:,} bytes"
    return ApiError(413, "too-large", f"the body is over the {limit} that this server reads here")


def signed(name: str, token: str) -> str:
    """The value of a cookie that stands for a client with that token."""
    return f"{name}.{_sign(name, token).decode()}"


def _sign(name: str, token: str) -> bytes:
    return hmac.new(token.encode(), name.encode(), hashlib.sha256).hexdigest().encode()


def cookie_in(headers: dict[str, str]) -> str:
    """The value of our cookie, or nothing."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def cookie_of(value: str, secure: bool, age: int = AGE) -> str:
    """The header that sets our cookie; with `age=0` it takes it away."""
    return f"{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")


def _with_headers(send: Send, cookie: str | None) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}
            headers += [pair for pair in HEADERS if pair[0] not in given]
            if cookie is not None:
                headers.append((b"set-cookie", cookie.encode()))
            message["headers"] = headers
        await send(message)

    return guarded


async def _refuse(scope: Scope, headers: MutableMapping[str, str], problem: ApiError, send: Send) -> None:
    """The problem as an answer; whoever opens a page without a token is led to where it can be given."""
    wants_page = "text/html" in headers.get("accept", "") and not scope["path"].startswith("/api/")
    if problem.status == 401 and wants_page:
        place = "/enter?to=" + quote(scope["path"], safe="")
        await _answer(send, 303, [(b"location", place.encode())], b"")
        return
    kind: list[tuple[bytes, bytes]] = [(b"content-type", MEDIA.encode())]
    if problem.status == 401:
        kind.append((b"www-authenticate", b"Bearer"))
    await _answer(send, problem.status, kind, json.dumps(problem.as_dict()).encode())


async def _answer(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
