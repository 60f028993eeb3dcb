"""Clients that send or read nothing: what they may keep, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from detente.web import connections
from detente.web.connections import BoundedConnection

LONG = 20_000_000
Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Answer without reading the body: `/long` with more than a socket holds."""
    body = b"x" * (LONG if scope["path"] == "/long" else 2)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


def against(does: Callable[[Callable[[], Awaitable[Client]], ServerState], Awaitable[None]]) -> None:
    """Do something against a server in this loop."""

    async def run() -> None:
        state, config = ServerState(), Config(answering, lifespan="off", log_level="critical")
        config.load()
        server = await asyncio.get_running_loop().create_server(
            lambda: BoundedConnection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        writers = []

        async def connect() -> Client:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
            writers.append(writer)
            return reader, writer

        async with server:
            await does(connect, state)
            for writer in writers:
                writer.transport.abort()
            await asyncio.sleep(0.02)

    asyncio.run(run())


async def ended(reader: asyncio.StreamReader, seconds: float = 5) -> bool:
    """Whether the server ends the connection in time."""
    try:
        async with asyncio.timeout(seconds):
            while await reader.read(1000):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_a_head_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)

    async def slowly(connect: Callable[[], Awaitable[Client]], state: ServerState) -> None:
        silent, _ = await connect()
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        dripping, drops = await connect()
        for letter in b"GET / HTTP/1.1\r\nX: ":
            drops.write(bytes([letter]))
            await asyncio.sleep(0.02)
        assert await ended(dripping)
        assert await ended(silent)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")  # one that is kept for another request is no such
        await asyncio.sleep(0.05)
        assert len(state.connections) == 1

    against(slowly)


def test_of_too_many_that_wait_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_WAITING", 5)

    async def many(connect: Callable[[], Awaitable[Client]], state: ServerState) -> None:
        first = [await connect() for _ in range(20)]
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert await ended(first[0][0])
        assert len(state.connections) <= 6

    against(many)


def test_a_body_that_nobody_wants_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)

    async def refused(connect: Callable[[], Awaitable[Client]], state: ServerState) -> None:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        for _ in range(10):
            writer.write(b"x")
            await asyncio.sleep(0.05)
        assert await ended(reader)

    against(refused)


def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.2)

    async def unread(connect: Callable[[], Awaitable[Client]], state: ServerState) -> None:
        _, writer = await connect()
        writer.write(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.1)
        assert len(state.connections) == 1
        await asyncio.sleep(0.6)
        assert len(state.connections) == 0
        reader, writer = await connect()
        writer.write(b"GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        read = 0
        while piece := await reader.read(400_000):
            read += len(piece)
        assert read > LONG  # who reads gets all of it

    against(unread)
