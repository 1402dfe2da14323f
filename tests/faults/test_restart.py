"""A worker that starts on a ledger with history goes on where the last one stopped, in every partition."""

from __future__ import annotations

from tests.faults.senders import interaction
from tests.indexer.scenario import Scenario


def test_a_restarted_projection_reads_past_what_is_done(scenario: Scenario) -> None:
    # given more projected events than one batch, of few customers, so that most partitions stand at the beginning
    scenario.given(*(interaction(f"old-{n}", n, "cpf:52998224725") for n in range(1, 451)))
    # when more come while no worker runs, and one starts
    scenario.send(*(interaction(f"new-{n}", n, "cpf:11144477735") for n in range(1, 451)))
    scenario.project()
    # then all of them are projected
    assert scenario.rows("SELECT count(*) FROM timeline_entry") == [(900,)]


def test_cursors_at_different_places_read_the_log_in_order(scenario: Scenario) -> None:
    # given a consumer that took over half of the partitions at the end of the log, the others at its beginning
    scenario.send(*(interaction(f"e-{n}", 1, f"email:p{n}@example.com") for n in range(600)))
    scenario.rows(
        "UPDATE consumer_cursor SET pos = (SELECT max(seq) FROM event_log) WHERE consumer = 'projection'"
        " AND partition % 2 = 0 RETURNING 1"
    )
    # when
    scenario.project()
    # then exactly the other half is projected
    assert scenario.rows("SELECT count(*), bool_and(partition % 2 = 1) FROM timeline_entry") == scenario.rows(
        "SELECT count(*), true FROM event_log WHERE partition % 2 = 1"
    )
