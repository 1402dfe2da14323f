"""Rows of the read models written straight into PostgreSQL, and the real search tables: what the readers read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import psycopg2
from psycopg2.extras import Json

from customer360.config import Settings
from customer360.ids import partition_of
from customer360.services import Services, build
from customer360.stores.ports import SearchDocument

GENERATION = "p0001"
BASE = 1_760_000_000_000_000  # 2025-10-09T08:53:20Z


class World:
    """One database with its services. `member` and `entry` write and stamp a change, as projection does."""

    def __init__(self, database_url: str, **settings: Any) -> None:
        self.services: Services = build(
            Settings(database_url=database_url, secret="a secret of tests", **settings)
        )
        self.ids = self.services.ids
        self._connection = psycopg2.connect(database_url, options="-c search_path=model,public")
        self._connection.autocommit = True

    def close(self) -> None:
        self._connection.close()

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [] if cursor.description is None else cursor.fetchall()

    def live_generation(self, name: str = GENERATION) -> None:
        """An empty search generation, published and asked, all of the log so far counting as confirmed."""
        self.services.writer.create(name)
        self.services.writer.publish(name)
        self.sql("INSERT INTO search_generation (name, store, state) VALUES (%s, 'postgres', 'live')", name)
        self.sql(
            "INSERT INTO consumer_cursor (consumer, partition, pos) SELECT 'search:' || %s, p, 0"
            " FROM generate_series(0, 64) p",
            name,
        )

    def change(self, member_id: str | None, kind: str, doc_id: str, op: str = "put") -> int:
        rows = self.sql(
            "INSERT INTO change_log (partition, member_id, kind, op, doc_id) VALUES (%s, %s, %s, %s, %s)"
            " RETURNING seq",
            partition_of(member_id), member_id, kind, op, doc_id,
        )  # fmt: skip
        return int(rows[0][0])

    def member(
        self,
        key_type: str,
        value: str,
        group: str | None = None,
        *,
        name: str | None = None,
        shared: bool = False,
    ) -> str:
        member_id = self.ids.member(key_type, value)
        self.sql(
            "INSERT INTO member (id, key_type, key_value, partition, group_id, root_id, shared, first_at, first_event,"
            " name) VALUES (%s, %s, %s, %s, %s, %s, %s, 1, '', %s)",
            member_id, key_type, value, partition_of(member_id), group or member_id, group or member_id, shared, name,
        )  # fmt: skip
        version = self.change(member_id, "member", member_id)
        self.sql("UPDATE member SET version = %s WHERE id = %s", version, member_id)
        return member_id

    def join(self, group: str, *member_ids: str) -> None:
        """These members belong to the customer `group` from now on, as a merge leaves it."""
        self.sql("UPDATE member SET group_id = %s WHERE id = ANY(%s)", group, list(member_ids))
        for member_id in member_ids:
            self.change(member_id, "group", group)

    def entry(self, member_id: str | None, name: str, minute: int, **columns: Any) -> str:
        """An entry at BASE + minute; counted like a visible interaction."""
        entry_id = columns.pop("id", None) or self.ids.make("entry", name, str(minute))
        values = {
            "id": entry_id, "member_id": member_id, "partition": partition_of(member_id),
            "occurred_at": BASE + minute * 60_000_000, "received_at": BASE + minute * 60_000_000,
            "type": "interaction.recorded", "channel": "voice", "direction": "inbound", "title": name,
            "source": "crm", **columns,
        }  # fmt: skip
        self._insert("timeline_entry", values)
        self.sql(
            "INSERT INTO entry_count VALUES (%s, %s, true, 10, 1) ON CONFLICT (member_id, channel, interaction, hour)"
            " DO UPDATE SET entries = entry_count.entries + 1",
            member_id or "", values["channel"],
        )  # fmt: skip
        self.touch(entry_id)
        return entry_id

    def document(self, member_id: str | None, name: str, minute: int, **columns: Any) -> str:
        document_id = self.ids.make("document", name)
        values = {
            "id": document_id, "member_id": member_id, "partition": partition_of(member_id),
            "occurred_at": BASE + minute * 60_000_000, "received_at": BASE + minute * 60_000_000,
            "title": name, "kind": "contract", "media_type": "application/pdf", "channel": "branch",
            "source": "archive", **columns,
        }  # fmt: skip
        self._insert("document", values)
        self.touch(document_id, "document")
        return document_id

    def contact(self, member_id: str, offer: str, kind: str, minute: int, **columns: Any) -> str:
        event_id = self.ids.make("contact", offer, kind, str(minute))
        values = {
            "event_id": event_id, "member_id": member_id, "offer_id": offer, "kind": kind, "channel": "voice",
            "occurred_at": BASE + minute * 60_000_000, **columns,
        }  # fmt: skip
        self._insert("offer_contact", values)
        return event_id

    def touch(self, id: str, kind: str = "entry", op: str = "put") -> int:
        """A change row for an entry or document, which is stamped with it."""
        table = {"entry": "timeline_entry", "document": "document"}[kind]
        member_id = self.sql(f"SELECT member_id FROM {table} WHERE id = %s", id)[0][0]
        version = self.change(member_id, kind, id, op)
        self.sql(f"UPDATE {table} SET version = %s WHERE id = %s", version, id)
        return version

    def hide(self, entry_id: str) -> int:
        self.sql(
            "WITH gone AS (UPDATE timeline_entry SET hidden = true WHERE id = %s RETURNING member_id, channel)"
            " UPDATE entry_count c SET entries = entries - 1 FROM gone"
            " WHERE c.member_id = gone.member_id AND c.channel = gone.channel AND interaction AND hour = 10",
            entry_id,
        )
        return self.touch(entry_id, op="remove")

    def deliver(self, ids: Iterable[str] | None = None, *, confirm: bool = True) -> None:
        """Writes entries (all, or these) to the search tables; `confirm` moves the confirmed position to the end."""
        rows = self.sql(
            "SELECT id, version, member_id, occurred_at, hidden, json_build_object('type', type, 'channel', channel,"
            " 'direction', direction, 'title', title, 'summary', summary, 'source', source, 'received_at', received_at,"
            " 'with_document', with_document, 'detail', detail, 'state', state)::text FROM timeline_entry"
            " WHERE %s::text[] IS NULL OR id = ANY(%s)",
            None if ids is None else list(ids), None if ids is None else list(ids),
        )  # fmt: skip
        self.write([_search_document(row) for row in rows])
        if confirm:
            self.confirm()

    def write(self, documents: Sequence[SearchDocument]) -> None:
        fates = self.services.writer.write(GENERATION, documents)
        assert {result.fate.value for result in fates} <= {"done", "stale"}, fates

    def confirm(self) -> None:
        self.sql(
            "UPDATE consumer_cursor SET pos = (SELECT coalesce(max(seq), 0) FROM change_log)"
            " WHERE consumer LIKE 'search:%%'"
        )

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        columns = list(values)
        adapted = [Json(value) if isinstance(value, dict) else value for value in values.values()]
        places = ", ".join(["%s"] * len(columns))
        self.sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", *adapted)


def _search_document(row: tuple[Any, ...]) -> SearchDocument:
    id, version, member_id, occurred_at, hidden, body = row
    return SearchDocument("entry", id, version, member_id, occurred_at, hidden, orjson.loads(body))
