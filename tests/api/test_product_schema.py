"""The product's own schema behind the edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.assembly import add_graphql
from api.edge import Edge
from customer360.config import Settings
from customer360.privacy.roles import Role
from tests.api.test_session import sign_in
from tests.schema.execution.http_audit import audit, installed


@pytest.fixture(autouse=True)
def _with_schema(edge: Edge, settings: Settings, database_url: str) -> None:
    add_graphql(edge, settings, database_url)


@pytest.mark.timeout(300)  # the first run on a machine installs the npm package
def test_all_61_audits_are_ok_with_an_agents_token(
    served: str, bearer: Callable[[Role], dict[str, str]], had: Callable[[Callable[[], None]], None]
) -> None:
    # given the npm package and a bearer token
    had(lambda: void(installed()))
    token = bearer(Role.AGENT)["Authorization"].removeprefix("Bearer ")

    # when
    results = audit(f"{served}/graphql", token)

    # then
    assert [result for result in results if result.status != "ok"] == []
    assert len(results) == 61


def test_the_viewer_of_a_session_gets_its_csrf_token(client: TestClient, account: Callable[..., str]) -> None:
    account("ana", Role.SUPERVISOR)
    csrf = sign_in(client).json()["csrfToken"]
    answer = client.post(
        "/graphql", json={"query": "{ viewer { name role csrfToken } }"}, headers={"X-CSRF-Token": csrf}
    )
    assert answer.json()["data"] == {"viewer": {"name": "Ana", "role": "SUPERVISOR", "csrfToken": csrf}}


def void(_value: Any) -> None:
    """Drops a result."""
