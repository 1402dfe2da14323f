from __future__ import annotations

from typing import Any

import pytest

from tests.schema.customers.test_page import global_id
from tests.schema.desk import ANA, Desk

CONSENT = """
mutation($input: RecordConsentInput!) { recordConsent(input: $input) {
  __typename
  ... on ConsentRecorded { projected customer { consents { purpose channel granted } } }
  ... on Refusal { code field } } }"""


async def consent(desk: Desk, key: str, **input: Any) -> dict[str, Any]:
    sent = {"idempotencyKey": key, "customerId": global_id(desk.services.ids, ANA), **input}
    answer: dict[str, Any] = (await desk.ask(CONSENT, input=sent))["recordConsent"]
    return answer


async def test_consents_are_given_and_taken_back_per_channel(desk: Desk) -> None:
    desk.given("profile.updated", {"name": "Ana"})
    # when
    await consent(desk, "1", purpose="marketing", granted=True, evidence="gravação 17")
    await consent(desk, "2", purpose="marketing", channel="SMS", granted=True)
    result = await consent(desk, "3", purpose="marketing", channel="SMS", granted=False)
    # then
    assert result["projected"] is True
    told = {(one["purpose"], one["channel"], one["granted"]) for one in result["customer"]["consents"]}
    assert told == {("marketing", None, True), ("marketing", "SMS", False)}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"purpose": " "}, "PURPOSE_REQUIRED", "purpose"),
        ({"channel": "SYSTEM"}, "INVALID_CHANNEL", "channel"),
    ],
)
async def test_a_refused_consent_changes_nothing(
    desk: Desk, change: dict[str, str], code: str, field: str
) -> None:
    desk.given("profile.updated", {"name": "Ana"})
    before = desk.everything()
    refusal = await consent(desk, "1", **{"purpose": "marketing", "granted": True, **change})
    assert refusal == {"__typename": "Refusal", "code": code, "field": field}
    assert desk.everything() == before
