from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.edge import Edge
from customer360.privacy.roles import Role, Scope
from tests.api.test_session import sign_in
from tests.api.toy import World, graphql

TYPED = "application/graphql-response+json"


@pytest.fixture(autouse=True)
def world(edge: Edge) -> World:
    made = World()
    edge.graphql = graphql(made)
    return made


@pytest.fixture
def agent(bearer: Callable[[Role], dict[str, str]]) -> dict[str, str]:
    return bearer(Role.AGENT)


def ask(client: TestClient, query: str, headers: dict[str, str]) -> Any:
    return client.post("/graphql", json={"query": query}, headers=headers)


def test_a_query_is_answered_for_its_principal(client: TestClient, agent: dict[str, str]) -> None:
    answer = ask(client, "{ who }", agent)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"who": "Token agent"}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_a_query_may_come_by_get(client: TestClient, agent: dict[str, str]) -> None:
    answer = client.get("/graphql", params={"query": "{ who }"}, headers=agent | {"Accept": TYPED})
    assert answer.json()["data"] == {"who": "Token agent"}
    assert answer.headers["content-type"] == f"{TYPED}; charset=utf-8"


def test_a_mutation_never_runs_by_get(client: TestClient, agent: dict[str, str], world: World) -> None:
    answer = client.get("/graphql", params={"query": "mutation { touch { count } }"}, headers=agent)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert world.touched == 0


@pytest.mark.parametrize("role", list(Role))
def test_only_some_roles_write(
    client: TestClient, bearer: Callable[[Role], dict[str, str]], world: World, role: Role
) -> None:
    # when
    answer = ask(client, "mutation { touch { count } }", bearer(role))

    # then
    allowed = role is not Role.AUDITOR
    assert answer.status_code == (200 if allowed else 403)
    assert world.touched == int(allowed)
    if not allowed:
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("role", list(Role))
def test_only_integrators_and_administrators_explore(
    client: TestClient, bearer: Callable[[Role], dict[str, str]], role: Role
) -> None:
    answer = ask(client, "{ __schema { queryType { name } } }", bearer(role))
    allowed = role in (Role.INTEGRATOR, Role.ADMINISTRATOR)
    assert ("errors" not in answer.json()) is allowed
    assert ask(client, '{ __type(name: "Query") { name } }', bearer(role)).json()["data"] == {
        "__type": {"name": "Query"}
    }


def test_a_key_needs_the_scope(client: TestClient, key_header: Callable[..., dict[str, str]]) -> None:
    assert ask(client, "{ who }", key_header(Scope.EVENTS_WRITE)).status_code == 403
    assert ask(client, "{ who }", key_header(Scope.GRAPHQL_READ)).status_code == 200


def test_nobody_is_answered_in_the_shape_of_graphql(client: TestClient) -> None:
    answer = ask(client, "{ who }", {})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_cookie_needs_the_csrf_header_by_either_method(
    client: TestClient, account: Callable[..., str], method: str
) -> None:
    # given a session
    account()
    csrf = sign_in(client).json()["csrfToken"]
    sent: dict[str, Any] = {"params" if method == "GET" else "json": {"query": "{ who }"}}

    # when
    without = client.request(method, "/graphql", **sent)
    with_header = client.request(method, "/graphql", headers={"X-CSRF-Token": csrf}, **sent)

    # then
    assert (without.status_code, without.json()["errors"][0]["extensions"]["code"]) == (403, "CSRF")
    assert with_header.json()["data"] == {"who": "Ana"}


def test_the_resolvers_see_the_csrf_token_of_a_session(
    client: TestClient, account: Callable[..., str], world: World
) -> None:
    account()
    csrf = sign_in(client).json()["csrfToken"]
    ask(client, "{ who }", {"X-CSRF-Token": csrf})
    assert world.principal is not None
    assert world.principal.csrf_token == csrf


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{who}", "application/graphql", 415),
        (b"query={who}", "application/x-www-form-urlencoded", 415),
        (b'[{"query":"{who}"}]', "application/json", 400),
        (b'{"query":"' + b" " * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_request_is_refused(
    client: TestClient, agent: dict[str, str], content: bytes, content_type: str, status: int
) -> None:
    answer = client.post("/graphql", content=content, headers=agent | {"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"]


def test_errors_of_resolvers_do_not_leak(client: TestClient, agent: dict[str, str]) -> None:
    answer = ask(client, "{ lost broken }", agent)
    lost, broken = answer.json()["errors"]
    assert (lost["message"], lost["extensions"]["code"]) == ("not here", "NOT_FOUND")
    assert broken["message"] == "internal error"
    assert "Maria" not in answer.text
