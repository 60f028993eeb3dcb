"""schemathesis asks the running server for everything that its description allows, and for what it does not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_lab import Served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def fuzz(server: Served, examples: int) -> int:
    """Ask every address so often; the number of requests."""
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck),
                  phases=[Phase.explicit, Phase.generate], derandomize=True, database=None)  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=CHECKS, timeout=60)

        ask()
    return asked


def test_no_request_is_answered_by_a_fault_of_the_server(server: Served) -> None:
    assert fuzz(server, 6) > 60


@pytest.mark.slow
def test_no_request_of_many_is_answered_by_a_fault_of_the_server(server: Served) -> None:
    assert fuzz(server, 300) > 3000
