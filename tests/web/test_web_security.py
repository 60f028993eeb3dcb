"""What the guard lets through: hosts, origins, sizes, tokens, cookies; and what every answer carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from detente.web import security
from detente.web.callers import WrongTokens
from detente.web.models import ApiError
from detente.web.security import POLICY, RequestGuard, ServerSettings, token_among

TOKEN = "a-token-of-some-length"


async def who(request: Request) -> Response:
    try:
        await request.body()
    except ApiError as problem:
        return PlainTextResponse(problem.code, problem.status)
    return PlainTextResponse(f"{request.state.caller.name} {request.state.caller.payer}")


def ask(
    settings: ServerSettings,
    method: str = "GET",
    path: str = "/",
    host: str = "127.0.0.1:8000",
    wrong: WrongTokens | None = None,
    **more: object,
) -> httpx.Response:
    inner = Starlette(routes=[Route("/{path:path}", who, methods=["GET", "POST"])])

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=RequestGuard(inner, settings, wrong))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]

    return asyncio.run(send())


@pytest.fixture
def plain(tmp_path: Path) -> ServerSettings:
    return ServerSettings(tmp_path, most_bytes=100)


@pytest.fixture
def locked(tmp_path: Path) -> ServerSettings:
    return ServerSettings(tmp_path, host="0.0.0.0", tokens=(TOKEN,))


def test_every_answer_has_the_headers(plain: ServerSettings) -> None:
    for answer in (ask(plain), ask(plain, host="evil.example")):
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_the_policy_lets_no_text_become_script() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY.replace("https:", "http:").replace("'self'", "")
    assert POLICY.startswith("default-src 'none'")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_this_machine_is_let_in(plain: ServerSettings, host: str) -> None:
    assert ask(plain, host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000"])
def test_a_name_that_points_here_is_not(plain: ServerSettings, host: str) -> None:
    assert ask(plain, host=host).json()["code"] == "bad-request"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
     {"origin": "http://127.0.0.1:9000"}],
)  # fmt: skip
def test_another_site_sends_no_form(plain: ServerSettings, headers: dict[str, str]) -> None:
    assert ask(plain, "POST", headers=headers).status_code == 403
    assert ask(plain, "GET", headers=headers).status_code == 200


def test_its_own_page_does(plain: ServerSettings) -> None:
    headers = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    assert ask(plain, "POST", headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_whatever_it_says_of_itself(plain: ServerSettings) -> None:
    assert ask(plain, "POST", content=b"x" * 101).status_code == 413

    async def unnamed() -> object:
        for _ in range(3):
            yield b"x" * 50

    assert ask(plain, "POST", content=unnamed()).status_code == 413
    assert ask(plain, "POST", content=b"x" * 100).status_code == 200
    assert ask(plain, "POST", content=b"", headers={"content-length": "many"}).status_code == 400


def test_a_client_is_its_cookie(plain: ServerSettings) -> None:
    first = ask(plain)
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    again = ask(plain, headers={"cookie": cookie.partition(";")[0]})
    assert again.text.split()[0] == first.text.split()[0]
    assert "set-cookie" not in again.headers
    assert ask(plain).text.split()[0] != first.text.split()[0]


@pytest.mark.parametrize(
    "cookie", ["detente=me", "detente=me.forged", "detente=", "detente=.", "b\xe4d=;;", "detente=a.\xe9"]
)
def test_a_forged_cookie_is_nobody(plain: ServerSettings, cookie: str) -> None:
    answer = ask(plain, headers={"cookie": cookie.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 200
    assert answer.text not in ("me", "", "a")


def test_a_token_is_a_client_of_its_own(locked: ServerSettings) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert ask(locked, headers=headers).text == ask(locked, headers=headers, host="other.example").text
    assert ask(locked, headers={"authorization": "Bearer wrong-wrong-wrong"}).status_code == 401


def test_without_a_token_there_is_nothing_but_the_way_in(locked: ServerSettings, plain: ServerSettings) -> None:
    refused = ask(locked, path="/api/runs")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["code"] == "unauthorised"
    page = ask(locked, path="/runs/x", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/enter?to=%2Fruns%2Fx")
    assert [ask(locked, path=path).status_code for path in ("/enter", "/static/page.css", "/api/health")] == [200] * 3
    stranger = ask(plain).headers["set-cookie"].partition(";")[0]  # signed by a server without tokens
    assert ask(locked, path="/api/runs", headers={"cookie": stranger}).status_code == 401


def test_without_a_cookie_the_quota_counts_the_address(plain: ServerSettings) -> None:
    first, second = ask(plain), ask(plain)
    assert first.text.split(" ", 1)[1] == second.text.split(" ", 1)[1] == "address 127.0.0.1"
    assert first.text.split()[0] != second.text.split()[0]
    cookie = first.headers["set-cookie"].partition(";")[0]
    name, payer = ask(plain, headers={"cookie": cookie}).text.split(" ", 1)
    assert name == payer == first.text.split()[0]


@pytest.mark.parametrize("host", ["[::1].evil.com", "[::1]evil", "127.0.0.1.evil.com", "[127.0.0.1].evil.com:8000"])
def test_a_host_that_only_begins_like_this_machine_is_refused(plain: ServerSettings, host: str) -> None:
    assert ask(plain, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["[::1]", "[::1]:8000", "localhost:8000", "127.0.0.1"])
def test_this_machine_by_its_names_is_let_through(plain: ServerSettings, host: str) -> None:
    assert ask(plain, headers={"host": host}).status_code == 200


def test_wrong_tokens_of_an_address_have_to_wait_longer_and_longer() -> None:
    now = [0.0]
    wrong = WrongTokens(lambda: now[0])
    waits = []
    for _ in range(20):
        assert token_among((TOKEN,), "no", wrong, "a") is None
        try:
            wrong.check("a")
        except ApiError as problem:
            waits.append(problem.retry_after or 0)
            now[0] += float(waits[-1])
    assert waits[:4] == [2, 3, 5, 9]
    assert max(waits) == 301
    assert token_among((TOKEN,), TOKEN, wrong, "b") == TOKEN  # others do not wait
    assert token_among((TOKEN,), TOKEN, wrong, "a") == TOKEN  # nor, once it is right, does the address
    wrong.check("a")


def test_a_right_token_is_not_looked_at_while_the_address_waits(locked: ServerSettings) -> None:
    wrong = WrongTokens(lambda: 0.0)
    for _ in range(5):
        wrong.wrong("127.0.0.1")
    answer = ask(locked, wrong=wrong, headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 429
    assert answer.json()["retry_after"] == 2


def test_a_body_that_does_not_come_is_given_up(plain: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "BODY_SECONDS", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(5)
        yield b"b"

    answer = ask(plain, "POST", content=slow())
    assert (answer.status_code, answer.text) == (408, "too-slow")
