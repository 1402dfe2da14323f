from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.access.authentication import COOKIE
from api.access.lookups import TTL, Lookups
from api.edge import Edge
from customer360 import clock
from customer360.privacy.credentials import KeyText, fingerprint, new_token
from customer360.privacy.roles import Role, Scope
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.sessions import Sessions
from tests.api.events import STRUCTURED, event
from tests.api.test_events import stored
from tests.api.test_session import sign_in


def post(client: TestClient, headers: dict[str, Any], event_id: str = "1") -> int:
    answer = client.post("/events", content=orjson.dumps(event(event_id)), headers=STRUCTURED | headers)
    return int(answer.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_only_integrators_and_administrators_send_events(
    client: TestClient, bearer: Callable[[Role], dict[str, str]], engine: Engine, role: Role
) -> None:
    # when a bearer of the role sends an event
    status = post(client, bearer(role))

    # then
    allowed = role in (Role.INTEGRATOR, Role.ADMINISTRATOR)
    assert status == (202 if allowed else 403)
    assert stored(engine) == int(allowed)


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_works_in_either_header(client: TestClient, engine: Engine, header: str) -> None:
    made = str(ApiKeys(engine).create("crm", [Scope.EVENTS_WRITE]))
    assert post(client, {header: f"Bearer {made}" if header == "Authorization" else made}) == 202


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer nothing"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer c360_000000000000_" + "A" * 43},
        {"Authorization": "Bearer c360_x"},
        {"X-API-Key": "nothing"},
        {"X-API-Key": ""},
        {"Authorization": b"Bearer \xe9\xff"},
    ],
)
def test_an_unknown_credential_is_refused(client: TestClient, engine: Engine, header: dict[str, Any]) -> None:
    assert post(client, header) == 401
    assert stored(engine) == 0


def test_the_right_key_id_with_another_secret_is_refused(client: TestClient, engine: Engine) -> None:
    made = ApiKeys(engine).create("crm", [Scope.EVENTS_WRITE])
    assert post(client, {"X-API-Key": str(KeyText.make(made.id))}) == 401


def test_a_token_that_has_ended_is_refused(client: TestClient, engine: Engine) -> None:
    # given a token of yesterday
    token = new_token()
    account = Accounts(engine).for_tokens(Role.INTEGRATOR)
    Sessions(engine).open(account.id, fingerprint(token), None, clock.now() - clock.HOUR)

    # then
    assert post(client, {"Authorization": f"Bearer {token}"}) == 401


def test_a_bad_header_is_not_passed_over_for_a_good_cookie(
    client: TestClient, account: Callable[..., str]
) -> None:
    # given a session
    account()
    sign_in(client)

    # then
    assert client.get("/session", headers={"Authorization": "Bearer nothing"}).status_code == 401


def test_the_token_of_a_cookie_is_no_bearer_token(client: TestClient, account: Callable[..., str]) -> None:
    account("ana", Role.ADMINISTRATOR)
    sign_in(client)
    token = client.cookies[COOKIE]
    client.cookies.clear()
    assert post(client, {"Authorization": f"Bearer {token}"}) == 401


def test_a_bearer_token_is_no_cookie(client: TestClient, bearer: Callable[[Role], dict[str, str]]) -> None:
    token = bearer(Role.AGENT)["Authorization"].removeprefix("Bearer ")
    assert client.get("/session", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_after_a_rotation_both_secrets_work_and_after_two_the_first_is_gone(
    edge: Edge, client: TestClient, engine: Engine
) -> None:
    # given a key with its second secret
    keys = ApiKeys(engine)
    first = keys.create("crm", [Scope.EVENTS_WRITE])
    second = keys.rotate(first.id)
    assert [post(client, {"X-API-Key": str(secret)}) for secret in (first, second)] == [202, 200]

    # when it gets a third
    third = keys.rotate(first.id)
    edge.authentication.lookups.expire()

    # then
    assert [post(client, {"X-API-Key": str(secret)}) for secret in (first, second, third)] == [401, 200, 200]


def test_the_old_secret_can_be_ended_alone(edge: Edge, client: TestClient, engine: Engine) -> None:
    # given
    keys = ApiKeys(engine)
    first = keys.create("crm", [Scope.EVENTS_WRITE])
    second = keys.rotate(first.id)

    # when
    keys.revoke(first.id, old_only=True)

    # then
    assert [post(client, {"X-API-Key": str(secret)}) for secret in (first, second)] == [401, 202]


def test_a_revoked_key_works_at_most_for_what_is_remembered(
    client: TestClient, edge: Edge, engine: Engine
) -> None:
    # given a key that was just used
    made = ApiKeys(engine).create("crm", [Scope.EVENTS_WRITE])
    assert post(client, {"X-API-Key": str(made)}) == 202

    # when it is revoked, and what is remembered has run out
    ApiKeys(engine).revoke(made.id)
    edge.authentication.lookups.expire()

    # then it is refused, and what is remembered runs out within the promised five seconds
    assert post(client, {"X-API-Key": str(made)}, "2") == 401
    assert TTL < 5


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_remembered_credential_asks_no_sql_until_its_time_is_over(edge: Edge, engine: Engine) -> None:
    # given a key asked for once
    keys, time = ApiKeys(engine), Clock()
    made = keys.create("crm", [Scope.EVENTS_WRITE])
    lookups = Lookups(Sessions(engine), keys, edge.threads, time)
    first = await lookups.key(str(made))

    # when it is revoked
    keys.revoke(made.id)

    # then it is known a moment longer, and not after
    time.now += TTL - 0.01
    assert await lookups.key(str(made)) is first is not None
    time.now += 0.02
    assert await lookups.key(str(made)) is None


def test_the_last_use_of_a_key_is_noted(client: TestClient, engine: Engine) -> None:
    made = ApiKeys(engine).create("crm", [Scope.EVENTS_WRITE])
    before = ApiKeys(engine).all()[0].last_used
    post(client, {"X-API-Key": str(made)})
    after = ApiKeys(engine).all()[0].last_used
    assert before is None
    assert after is not None
    assert abs(clock.now() - after) < clock.MINUTE


def test_secrets_are_not_stored(engine: Engine) -> None:
    made = ApiKeys(engine).create("crm", [Scope.EVENTS_WRITE])
    (held,) = ApiKeys(engine).all()
    assert held.hashes == (fingerprint(made.secret),)
    assert made.secret not in repr(held) + repr(made)
