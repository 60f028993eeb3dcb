"""Processes for what users send: a call that takes too long is killed, one that dies is told, and quotas hold."""

from __future__ import annotations

import asyncio
import operator
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from detente.web.callers import Rooms
from detente.web.input_processes import InputProcesses
from detente.web.models import ApiError


@pytest.fixture
def processes() -> Iterator[InputProcesses]:
    found = InputProcesses("test", "cold", 1, seconds=1.5)
    found.begin()
    yield found
    found.end()


def problem(processes: InputProcesses, function: Callable[..., Any], *given: Any, **more: Any) -> ApiError:
    with pytest.raises(ApiError) as told:
        asyncio.run(processes.ask(function, *given, **more))
    return told.value


def test_calls_end_whatever_they_do(processes: InputProcesses) -> None:
    assert asyncio.run(processes.ask(operator.add, 2, 3)) == 5
    (before,) = processes.pids
    start = time.monotonic()
    slow = problem(processes, time.sleep, 60)
    assert (slow.status, slow.code) == (422, "too-long")
    assert time.monotonic() - start < 10
    assert processes.pids != [before]
    assert not os.path.exists(f"/proc/{before}")
    dead = problem(processes, os._exit, 3)
    assert (dead.status, dead.retry_after) == (503, 2)
    assert problem(processes, operator.truediv, 1, 0).code == "own-fault"
    assert asyncio.run(processes.ask(operator.add, 2, 3)) == 5


def test_what_nobody_waits_for_is_not_begun(processes: InputProcesses) -> None:
    async def gone() -> bool:
        return True

    assert problem(processes, os._exit, 3, gone=gone).detail == "nobody waits for the answer"


def test_a_client_and_all_together_have_so_much_room() -> None:
    rooms = Rooms("requests", 4, 6, 100)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(rooms.room("a", 10))
        for client, size in (("a", 0), ("b", 61)):
            with pytest.raises(ApiError, match="are there already") as told, rooms.room(client, size):
                pytest.fail("there was room")
            assert (told.value.status, told.value.retry_after) == (429, 2)
        with rooms.room("b", 60), rooms.room("c"), pytest.raises(ApiError, match="6 requests"):
            rooms.check("d")
    with rooms.room("a", 100):
        pass
