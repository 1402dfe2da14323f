"""A ledger with its projection, driven by hand: what tests of the write side are written in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from customer360.ids import Ids
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.ledger import Ledger
from indexer.batch import Submission, Verdict, commit
from indexer.projection.consumer import ProjectionConsumer
from indexer.projection.project import Projector

ZONE = ZoneInfo("America/Sao_Paulo")
SECRET = b"a secret for tests"
_numbers = itertools.count(1)


def event(
    name: str, data: dict[str, Any], *, subject: str | None = "cpf:52998224725", **attributes: Any
) -> dict[str, Any]:
    """A CloudEvent as a sender would post it; id, source and time can be given."""
    number = next(_numbers)
    raw = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "crm",
        "type": f"c360.{name}.v1",
        "time": f"2026-03-01T12:{number // 60 % 60:02d}:{number % 60:02d}-03:00",
        "data": data,
        **attributes,
    }
    return raw if subject is None else {**raw, "subject": subject}


def interaction(**given: Any) -> dict[str, Any]:
    data = {"channel": given.pop("channel", "voice"), "title": given.pop("title", "Dúvida sobre fatura")}
    return event("interaction.recorded", data, **given)


@dataclass
class Scenario:
    engine: Engine
    ids: Ids = field(default_factory=lambda: Ids(SECRET))

    def send(self, *raws: object, own: bool = False) -> list[Verdict]:
        return commit(Ledger(self.engine), self.ids, [Submission(raws, "key1", own)])[0]

    def consumer(self, holder: str = "test") -> ProjectionConsumer:
        consumer = ProjectionConsumer(self.engine, self.ids, Projector(self.ids, ZONE), holder)
        consumer.take_leases()
        return consumer

    def project(self) -> None:
        """Everything that is in the ledger."""
        consumer = self.consumer()
        while consumer.run_once():
            pass
        consumer.release()

    def given(self, *raws: object, own: bool = False) -> list[str]:
        """Sends and projects; the ids of the events."""
        verdicts = self.send(*raws, own=own)
        assert all(verdict.stored for verdict in verdicts), verdicts
        self.project()
        return [verdict.id or "" for verdict in verdicts]

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with transaction(self.engine) as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall()

    def timeline(self, member_id: str) -> Sequence[tuple[Any, ...]]:
        return self.rows(
            "SELECT title, channel, state FROM timeline_entry WHERE member_id = %s AND NOT hidden"
            " ORDER BY occurred_at DESC, id DESC",
            member_id,
        )
