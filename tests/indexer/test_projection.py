"""What the read models say after some events, whatever their order."""

from __future__ import annotations

from tests.indexer.scenario import Scenario, event, interaction


def test_an_interaction_is_a_line_of_its_customer_with_channel_and_time(scenario: Scenario) -> None:
    # given one interaction
    (entry_id,) = scenario.given(interaction(title="Segunda via", time="2026-03-01T12:00:00-03:00"))
    # then it is the customer's one visible entry, published once, its version the change's seq
    assert scenario.rows(
        "SELECT e.id, title, channel, occurred_at, hidden, e.version FROM timeline_entry e JOIN member m ON m.id = member_id"
    ) == [(entry_id, "Segunda via", "voice", 1_772_377_200_000_000, False, 1)]
    assert scenario.rows("SELECT seq, kind, op, doc_id FROM change_log WHERE kind = 'entry'") == [
        (1, "entry", "put", entry_id)
    ]


def test_the_parts_of_the_day_are_counted_in_the_installations_zone(scenario: Scenario) -> None:
    scenario.given(interaction(time="2026-03-01T01:30:00Z"), interaction(time="2026-03-01T22:10:00-03:00"))
    assert scenario.rows("SELECT channel, interaction, hour, entries FROM entry_count") == [
        ("voice", True, 22, 2)
    ]


def test_delivery_states_show_on_their_message_whichever_comes_first(scenario: Scenario) -> None:
    # given a bounce that comes before the message it is about, from a provider that does not know the customer
    scenario.given(
        event("message.bounced", {"messageId": "m1", "reason": "mailbox full"}, subject=None, source="esp")
    )
    scenario.given(event("message.sent", {"messageId": "m1", "channel": "email", "title": "Fatura"}))
    # then the message says so
    ((state,),) = scenario.rows("SELECT state FROM timeline_entry WHERE type = 'message.sent'")
    assert (state["state"], state["reason"]) == ("bounced", "mailbox full")
    # and when it is opened after all, that outranks the bounce
    scenario.given(event("message.opened", {"messageId": "m1"}, subject=None, source="esp"))
    ((state,),) = scenario.rows("SELECT state FROM timeline_entry WHERE type = 'message.sent'")
    assert state["state"] == "opened"


def test_a_response_shows_on_the_presentation_and_is_gone_when_retracted(scenario: Scenario) -> None:
    # given a presentation and its answer
    shown = event("offer.presented", {"offer": "o1", "channel": "voice", "decisionId": "d1"})
    answer = event(
        "offer.declined", {"offer": "o1", "channel": "voice", "decisionId": "d1", "reason": "caro"}
    )
    scenario.given(answer, shown)
    ((state,),) = scenario.rows("SELECT state FROM timeline_entry WHERE type = 'offer.presented'")
    assert (state["response"], state["reason"]) == ("declined", "caro")
    # when the answer is retracted
    scenario.given(
        event("entry.retracted", {"source": "crm", "id": answer["id"], "reason": "engano"}, subject=None)
    )
    # then it shows nowhere and counts nowhere
    assert scenario.rows("SELECT state FROM timeline_entry WHERE type = 'offer.presented'") == [({},)]
    assert scenario.rows("SELECT kind, hidden FROM offer_contact ORDER BY kind") == [
        ("declined", True),
        ("presented", False),
    ]
    assert scenario.rows("SELECT sum(entries) FROM entry_count") == [(1,)]


def test_a_retraction_that_comes_first_waits_for_its_event(scenario: Scenario) -> None:
    raw = interaction(id="i1")
    scenario.given(event("entry.retracted", {"source": "crm", "id": "i1", "reason": "engano"}, subject=None))
    scenario.given(raw)
    assert scenario.rows("SELECT known, hidden, title FROM timeline_entry") == [
        (True, True, "Dúvida sobre fatura")
    ]
    assert scenario.rows("SELECT * FROM entry_count") == []
    assert scenario.rows("SELECT count(*) FROM change_log WHERE kind = 'entry'") == [(0,)]


def test_a_reassigned_entry_leaves_one_customer_and_appears_on_the_other(scenario: Scenario) -> None:
    # given an interaction recorded under the wrong customer
    scenario.given(interaction(id="i1", title="Perdi o cartão"))
    # when it is reassigned
    right = "cpf:11144477735"
    (moved,) = scenario.given(
        event("entry.reassigned", {"source": "crm", "id": "i1", "reason": "pessoa errada"}, subject=right)
    )
    # then the right one has it under the id of the reassignment, at its own time, and the wrong one no longer
    assert scenario.timeline(scenario.ids.member("cpf", "52998224725")) == []
    assert scenario.timeline(scenario.ids.member("cpf", "11144477735")) == [("Perdi o cartão", "voice", {})]
    assert scenario.rows("SELECT id FROM timeline_entry WHERE NOT hidden") == [(moved,)]
    assert scenario.rows("SELECT member_id, entries FROM entry_count WHERE entries <> 0") == [
        (scenario.ids.member("cpf", "11144477735"), 1)
    ]


def test_of_several_corrections_the_latest_holds(scenario: Scenario) -> None:
    raw = interaction(id="i1", title="Contato")
    third = "cpf:39053344705"
    corrections = [
        event("entry.reassigned", {"source": "crm", "id": "i1", "reason": "a"}, subject="cpf:11144477735",
              time="2026-03-02T10:00:00Z"),
        event("entry.reassigned", {"source": "crm", "id": "i1", "reason": "b"}, subject=third,
              time="2026-03-02T11:00:00Z"),
    ]  # fmt: skip
    scenario.given(raw)
    for correction in reversed(corrections):
        scenario.given(correction)
    assert scenario.timeline(scenario.ids.member("cpf", "39053344705")) == [("Contato", "voice", {})]
    assert scenario.rows("SELECT count(*) FROM timeline_entry WHERE NOT hidden") == [(1,)]


def test_what_is_not_retractable_stays(scenario: Scenario) -> None:
    raw = event("payment.received", {"amount": 10.0})
    scenario.given(raw)
    scenario.given(
        event("entry.retracted", {"source": "crm", "id": raw["id"], "reason": "engano"}, subject=None)
    )
    assert scenario.rows("SELECT hidden FROM timeline_entry WHERE type = 'payment.received'") == [(False,)]


def test_the_latest_profile_holds_and_null_removes_a_name(scenario: Scenario) -> None:
    late = event("profile.updated", {"name": "Maria Souza"}, time="2026-03-02T12:00:00Z")
    early = event(
        "profile.updated", {"name": "Maria", "attributes": {"city": "Recife"}}, time="2026-03-01T12:00:00Z"
    )
    scenario.given(late)
    scenario.given(early)
    assert scenario.rows("SELECT name FROM member") == [("Maria Souza",)]
    assert scenario.rows("SELECT name, value FROM profile_attribute ORDER BY name") == [
        ("city", "Recife"),
        ("name", "Maria Souza"),
    ]
    scenario.given(event("profile.updated", {"name": None}, time="2026-03-03T12:00:00Z"))
    assert scenario.rows("SELECT name FROM member") == [(None,)]


def test_an_event_without_customer_is_stored_and_on_no_timeline(scenario: Scenario) -> None:
    scenario.given(interaction(subject=None, channel="ivr"))
    assert scenario.rows("SELECT member_id, partition, hidden FROM timeline_entry") == [(None, 64, False)]
    assert scenario.rows("SELECT * FROM entry_count") == []


def test_an_unknown_type_stalls_its_partition_only(scenario: Scenario) -> None:
    # given an event of a type that came with a newer version, between others
    scenario.send(interaction())
    scenario.rows("UPDATE event_log SET type = 'c360.future.fact.v9' RETURNING 1")
    other = interaction(subject="cpf:11144477735")
    # when a worker that does not know it projects
    scenario.given(other)
    # then the others went on and the partition says why it waits
    assert scenario.rows("SELECT count(*) FROM timeline_entry") == [(1,)]
    assert scenario.rows("SELECT stalled FROM consumer_cursor WHERE stalled IS NOT NULL") == [
        ("c360.future.fact.v9",)
    ]


def test_an_event_that_cannot_be_projected_is_parked_and_the_cursor_passes(scenario: Scenario) -> None:
    # given a read model that refuses one event
    scenario.rows("ALTER TABLE timeline_entry ADD CONSTRAINT no_x CHECK (title <> 'x'); SELECT 1")
    scenario.send(interaction(title="antes"), interaction(title="x"), interaction(title="depois"))
    # when projection comes by
    scenario.project()
    # then its neighbours are there and it waits in `failure`
    assert scenario.rows("SELECT title FROM timeline_entry ORDER BY title") == [("antes",), ("depois",)]
    assert scenario.rows("SELECT attempts, error FROM failure") == [(2, "CheckViolation")]
    assert scenario.rows(
        "SELECT count(*) FROM event_log e JOIN consumer_cursor c USING (partition)"
        " WHERE c.consumer = 'projection' AND e.seq > c.pos"
    ) == [(0,)]
