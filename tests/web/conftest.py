"""One server for the tests that need no server of their own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from web_lab import Served, served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("web") / "data", "--most-runs", "3", "--workers", "1") as running:
        yield running


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client() as asking:
        yield asking
