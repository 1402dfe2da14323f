"""Everything a node can answer to a bulk, under load: projection keeps moving, and the index is whole afterwards."""

from __future__ import annotations

import pytest

from tests.elasticsearch.server import ElasticsearchServer
from tests.faults.conftest import Make
from tests.faults.elasticsearch_faults import (
    answer,
    drop,
    faulty_elasticsearch,
    first_of_many,
    forwarding,
    half_a_body,
    hang,
)
from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load

UNAVAILABLE = answer(503, {"error": {"type": "unavailable_shards_exception", "reason": "x"}, "status": 503})
REJECTED = answer(429, {"error": {"type": "circuit_breaking_exception", "reason": "x"}, "status": 429})


@pytest.mark.slow
def test_projection_keeps_moving_and_the_index_is_whole_afterwards(
    elasticsearch: ElasticsearchServer, database_url: str, index_prefix: str, make_installation: Make
) -> None:
    real = elasticsearch.url
    with faulty_elasticsearch(forwarding(real)) as node:
        more = {"ELASTICSEARCH_URL": node.url, "C360_INDEX_PREFIX": index_prefix}
        installation = make_installation(database_url, more)
        sent = Sent(installation.ids)
        installation.api(worker=True)
        with load(installation.url, installation.key, sent, customers=2):
            # given bulk requests that are answered in every bad way, the last one with nothing at all
            eventually(lambda: node.asked("/_bulk") > 3, "nothing was delivered")
            node.script(
                "/_bulk",
                first_of_many(real),
                UNAVAILABLE,
                half_a_body,
                drop,
                REJECTED,
                first_of_many(real),
                hang,
            )
            asked = node.asked("/_bulk")
            eventually(lambda: node.asked("/_bulk") >= asked + 7, "the faults were not met")
            # then, while the node hangs, what is accepted becomes visible
            before = entries(installation)
            eventually(lambda: entries(installation) > before + 50, "projection stopped")
            assert node.asked("/_bulk") == asked + 7, "it hangs no more"
        assert not sent.refusals, "intake does not depend on the search store"
        # and once it answers again, it has everything once
        check(installation.engine, installation.writer, sent.answered)
    assert set(sent.outcomes) == {"accepted"}


def entries(installation: Installation) -> int:
    with installation.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM timeline_entry").scalar() or 0)
