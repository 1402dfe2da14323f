from __future__ import annotations

from typing import Any

import pytest

from customer360.errors import LedgerUnavailable
from customer360.privacy.reveals import Reveal
from schema.nodes import KEY, to_global
from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, BIA, Desk

REVEAL = """
mutation($input: RevealKeyInput!) { revealKey(input: $input) {
  __typename ... on KeyRevealed { key { id type value masked } } ... on Refusal { code field } } }"""


@pytest.fixture
def input(desk: Desk) -> dict[str, Any]:
    desk.given("profile.updated", {"name": "Ana"})
    desk.given("profile.updated", {"name": "Bia"}, subject=BIA)
    ids = desk.services.ids
    key = to_global(KEY, ids.member("cpf", "52998224725"))
    return {
        "idempotencyKey": "v1",
        "customerId": global_id(ids, ANA),
        "keyId": key,
        "reason": "conferir cadastro",
    }


async def reveal(desk: Desk, input: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await desk.ask(REVEAL, input=input))["revealKey"]
    return answer


def logged(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.scenario.rows(
        "SELECT principal_id, member_id, detail->>'reason', detail->>'key_type' FROM audit_entry"
        " WHERE action = 'key.revealed' ORDER BY seq"
    )


async def test_a_reveal_shows_the_key_whole_and_says_who_and_why(desk: Desk, input: dict[str, Any]) -> None:
    # when
    result = await reveal(desk, input)
    # then
    assert result["key"] == {"id": input["keyId"], "type": "CPF", "value": "52998224725", "masked": False}
    member = desk.services.ids.member("cpf", "52998224725")
    assert logged(desk) == [(desk.principal("agent").id, member, "conferir cadastro", "cpf")]
    # and the log does not hold the value, nor is the key open to others now
    assert "52998224725" not in str(desk.scenario.rows("SELECT * FROM audit_entry"))
    answer = await desk.ask(
        "query($id: ID!) { customer(id: $id) { keys { value } } }", id=input["customerId"]
    )
    assert answer["customer"]["keys"] == [{"value": "***.982.247-**"}]


async def test_each_answer_with_the_value_is_logged_a_repeated_one_too(
    desk: Desk, input: dict[str, Any]
) -> None:
    assert await reveal(desk, input) == await reveal(desk, input)
    assert len(logged(desk)) == 2


async def test_without_the_log_nothing_is_revealed(
    desk: Desk, input: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a log that cannot be written
    async def broken(_: Reveal) -> None:
        raise LedgerUnavailable("the database does not answer")

    monkeypatch.setattr(desk.services.reveals, "log", broken)
    # then
    answer = await desk.answer(REVEAL, input=input)
    assert answer.data is None
    assert answer.errors[0]["extensions"]["code"] == "LEDGER_UNAVAILABLE"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"reason": " "}, "REASON_REQUIRED", "reason"),
        ({"keyId": "x"}, "KEY_NOT_FOUND", "keyId"),
        ({"keyId": BIA}, "KEY_NOT_FOUND", "keyId"),
        ({"customerId": to_global("customer", "0" * 32)}, "CUSTOMER_NOT_FOUND", "customerId"),
        ({"idempotencyKey": ""}, "INVALID_IDEMPOTENCY_KEY", "idempotencyKey"),
    ],
)
async def test_a_refused_reveal_shows_and_logs_nothing(
    desk: Desk, input: dict[str, Any], change: dict[str, str], code: str, field: str
) -> None:
    sent = input | change
    if sent["keyId"] == BIA:  # another customer's key
        sent["keyId"] = to_global(KEY, desk.services.ids.member(*BIA.split(":")))
    assert await reveal(desk, sent) == {"__typename": "Refusal", "code": code, "field": field}
    assert logged(desk) == []


async def test_the_same_key_with_another_input_is_refused_and_not_logged(
    desk: Desk, input: dict[str, Any]
) -> None:
    await reveal(desk, input)
    refusal = await reveal(desk, input | {"reason": "outra razão"})
    assert (refusal["code"], refusal["field"]) == ("IDEMPOTENCY_CONFLICT", "idempotencyKey")
    assert len(logged(desk)) == 1
