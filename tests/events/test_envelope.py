"""What events.parse takes and refuses; a refusal names the field as the sender wrote it and repeats no value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360 import clock
from customer360.errors import EventRejected
from customer360.events import parse
from customer360.events.envelope import instant
from customer360.ids import Ids
from tests.indexer.scenario import event, interaction

IDS = Ids(b"a secret for tests")
NOON = 1_772_377_200_000_000  # 2026-03-01T12:00:00-03:00
KEY = {"key": {"type": "email", "value": "maria@example.com"}}


def refused(raw: object, *, own: bool = False) -> tuple[str, str | None, str]:
    with pytest.raises(EventRejected) as refusal:
        parse(raw, IDS, NOON, own=own)
    return refusal.value.code, refusal.value.field, refusal.value.reason


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T12:00:00-03:00", NOON),
        ("2026-03-01t15:00:00z", NOON),
        ("2026-03-01T15:00:00.5Z", NOON + 500_000),
        ("2026-03-01T15:00:00.123456789Z", NOON + 123_456),
        ("2026-03-01T14:59:60Z", NOON - 1),
        ("2026-03-01T14:59:60.7Z", NOON - 1),
    ],
)
def test_times_of_rfc_3339_are_taken(text: str, moment: int) -> None:
    assert instant(text, "time") == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 12:00:00Z", "20260301T120000Z", "2026-W10-7T12:00:00Z", "2026-060T12:00:00Z", "2026-03-01",
        "2026-03-01T12:00:00,5Z", "2026-03-01T12:00Z", "2026-02-30T12:00:00Z", "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:61Z", "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+0300", " 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00Z\n", "\u0662026-03-01T12:00:00Z", "",
    ],
)  # fmt: skip
def test_other_spellings_are_no_times(text: str) -> None:
    with pytest.raises(EventRejected) as refusal:
        instant(text, "time")
    assert (refusal.value.code, refusal.value.field) == ("INVALID_TIME", "time")


@given(st.integers(-2_000_000_000_000_000, 7_000_000_000_000_000))
def test_what_we_write_we_read(moment: int) -> None:
    assert instant(clock.isoformat(moment), "time") == moment


def test_data_comes_once() -> None:
    raw = interaction() | {"data_base64": "e30="}
    assert refused(raw) == ("DATA_TWICE", "data_base64", "send either data or data_base64")


@pytest.mark.parametrize("name", ["identity.linked", "identity.unlinked"])
def test_a_link_names_its_key_and_its_customer(name: str) -> None:
    assert refused(event(name, {}))[:2] == ("KEY_REQUIRED", "data.key")
    assert refused(event(name, KEY, subject=None))[:2] == ("SUBJECT_REQUIRED", "subject")
    parse(event(name, KEY), IDS, NOON)


@pytest.mark.parametrize("source", ["c360:graphql:1", "C360:x", " c360:x", "\tC360:x"])
def test_the_reserved_source_has_no_look_alikes(source: str) -> None:
    assert refused(interaction(source=source))[:2] == ("RESERVED_SOURCE", "source")


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("interaction.recorded", {"channel": "voice", "startedAt": "yesterday"}, "data.startedAt"),
        ("score.updated", {"name": "risk", "value": 1, "validUntil": "2026"}, "data.validUntil"),
        ("identity.unlinked", {"mergeId": "1" * 32}, "data.mergeId"),
        ("identity.unlinked", {"mergeId": 7}, "data.mergeId"),
    ],
)
def test_fields_are_named_as_they_were_written(name: str, data: dict[str, Any], field: str) -> None:
    assert refused(event(name, data))[1] == field


@pytest.mark.parametrize(
    ("name", "data", "field", "allowed"),
    [
        ("interaction.recorded", {"channel": "529.982.247-25"}, "data.channel", "voice, ivr, chat"),
        (
            "interaction.recorded",
            {"channel": "voice", "direction": "up"},
            "data.direction",
            "inbound, outbound",
        ),
        ("identity.linked", {"key": {"type": "rg", "value": "1"}}, "data.key.type", "cpf, cnpj, phone"),
        (
            "profile.updated",
            {"keys": [{"type": "rg", "value": "1"}]},
            "data.keys[0].type",
            "cpf, cnpj, phone",
        ),
        ("offer.defined", {"offer": "o", "name": "O", "channels": ["fax"]}, "data.channels[0]", "voice, ivr"),
    ],
)
def test_a_refused_choice_tells_what_is_allowed_and_not_what_was_sent(
    name: str, data: dict[str, Any], field: str, allowed: str
) -> None:
    code, place, reason = refused(event(name, data))
    assert (code, place) == ("INVALID_DATA", field)
    listed = set(allowed.split(", "))
    assert reason.startswith("must be one of ")
    assert listed <= set(reason.removeprefix("must be one of ").split(", "))
    assert "529.982.247-25" not in reason


def test_what_is_no_number_and_no_text_is_told_apart() -> None:
    score = {"name": "risk", "value": Decimal("NaN")}
    assert refused(event("score.updated", score))[0] == "INVALID_NUMBER"
    assert refused(interaction(title="\ud800"))[0] == "INVALID_TEXT"
