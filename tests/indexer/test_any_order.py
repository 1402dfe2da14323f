"""Invariant 3: any order, duplication or batch split of the same events gives the same projection."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.indexer.scenario import Scenario, event

SUBJECTS = ["cpf:52998224725", "cpf:11144477735", "phone:+5511987654321", "email:maria@example.com", None]
TABLES = {
    "member": "id, key_type, key_value, group_id, root_id, shared, name",
    "claim": "*",
    "alias": "*",
    "merge": "*",
    "review": "*",
    "profile_attribute": "*",
    "consent": "*",
    "segment": "*",
    "offer_contact": "*",
    "document": "id, member_id, title, hidden",
    "target": "id, state",
    "timeline_entry": "id, member_id, occurred_at, type, channel, title, detail, state, target_id, origin_id, known, hidden",
}


def moment(draw: st.DrawFn) -> str:
    return f"2026-03-01T12:00:{draw(st.integers(0, 5)):02d}Z"


@st.composite
def facts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A few events that talk about each other: the same customers, messages, offers and corrections."""
    made: list[dict[str, Any]] = []
    for number in range(draw(st.integers(2, 9))):
        subject = draw(st.sampled_from(SUBJECTS))
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("interaction.recorded", {"channel": "voice", "protocol": "P1"}),
            ("interaction.recorded", {"channel": "chat"}),
            ("message.sent", {"messageId": "m1", "channel": "email"}),
            ("message.delivered", {"messageId": "m1"}),
            ("message.bounced", {"messageId": "m1", "reason": "full"}),
            ("offer.presented", {"offer": "o", "channel": "web", "decisionId": "d"}),
            ("offer.accepted", {"offer": "o", "channel": "web", "decisionId": "d"}),
            ("offer.declined", {"offer": "o", "channel": "voice", "decisionId": "d"}),
            ("document.archived", {"title": "Fatura"}),
            ("profile.updated", {"name": "A", "keys": [{"type": "phone", "value": "+5511987654321"}]}),
            ("profile.updated", {"name": "B", "attributes": {"city": "Recife"}}),
            ("identity.linked", {"key": {"type": "email", "value": "maria@example.com"}}),
            ("identity.unlinked", {"key": {"type": "email", "value": "maria@example.com"}}),
            ("consent.granted", {"purpose": "marketing"}),
            ("consent.revoked", {"purpose": "marketing"}),
            ("segment.entered", {"segment": "gold"}),
            ("segment.left", {"segment": "gold"}),
            ("entry.retracted", {"source": "crm", "id": f"n{number - 1}", "reason": "r"}),
            ("entry.reassigned", {"source": "crm", "id": f"n{number - 1}", "reason": "r"}),
            ("entry.reassigned", {"source": "crm", "id": "n0", "reason": "r"}),
        ]
        name, data = draw(st.sampled_from(kinds))
        if subject is None and ("key" in data or "keys" in data):
            subject = SUBJECTS[0]  # a key belongs to somebody
        made.append(event(name, data, subject=subject, id=f"n{number}", source="crm", time=moment(draw)))
    return made


# An entry that was shown under a reassignment until a later one came stays as a hidden row, the tombstone that the search
# store is told of. When both reassignments come together it was never shown. No reader sees the difference.
TOMBSTONES = "SELECT id FROM timeline_entry WHERE hidden AND origin_id IS NOT NULL"
SHOWN = {
    "timeline_entry": f"id NOT IN ({TOMBSTONES})",
    "offer_contact": f"event_id NOT IN ({TOMBSTONES})",
    "document": f"id NOT IN ({TOMBSTONES})",
}


def read_models(scenario: Scenario) -> dict[str, list[tuple[Any, ...]]]:
    held = {
        table: sorted(
            map(repr, scenario.rows(f"SELECT {columns} FROM {table} WHERE {SHOWN.get(table, 'true')}"))
        )
        for table, columns in TABLES.items()
    }
    held["entry_count"] = sorted(map(repr, scenario.rows("SELECT * FROM entry_count WHERE entries <> 0")))
    return held  # type: ignore[return-value]  # reprs stand for rows: jsonb values do not sort


def empty(scenario: Scenario) -> None:
    tables = ", ".join([*TABLES, "entry_count", "score", "ownership", "offer", "page"])
    scenario.rows(
        f"TRUNCATE {tables}, event_log, event_key, change_log, failure, quarantine;"
        " UPDATE consumer_cursor SET pos = 0, stalled = NULL; SELECT 1"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=facts(), data=st.data())
def test_the_same_events_give_the_same_rows(
    scenario: Scenario, made: list[dict[str, Any]], data: st.DataObject
) -> None:
    # given a projection of the events, all at once
    empty(scenario)
    scenario.given(*made)
    expected = read_models(scenario)
    # when they come in another order, some twice, split into batches anyhow
    order = data.draw(st.permutations(made))
    repeated = [raw for raw in order for _ in range(data.draw(st.integers(1, 2)))]
    empty(scenario)
    while repeated:
        size = data.draw(st.integers(1, len(repeated)))
        scenario.given(*repeated[:size])
        repeated = repeated[size:]
    # then every read model says the same
    assert read_models(scenario) == expected
