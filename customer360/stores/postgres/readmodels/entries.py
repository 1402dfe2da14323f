"""Writing timeline entries, offer contacts and documents: the rows of one event, shown and hidden together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.stores.postgres.readmodels.json_values import jsonb
from customer360.stores.postgres.readmodels.rows import Bundle, ContactRow, DocumentRow, EntryRow

_ENTRY = (
    "INSERT INTO timeline_entry (id, member_id, partition, occurred_at, received_at, type, channel, direction, title,"
    " summary, source, with_document, detail, target_id, origin_id, state, hidden) VALUES %s"
    " ON CONFLICT (id) DO UPDATE SET member_id = excluded.member_id, partition = excluded.partition,"
    " occurred_at = excluded.occurred_at, received_at = excluded.received_at, type = excluded.type,"
    " channel = excluded.channel, direction = excluded.direction, title = excluded.title, summary = excluded.summary,"
    " source = excluded.source, with_document = excluded.with_document, detail = excluded.detail,"
    " target_id = excluded.target_id, origin_id = excluded.origin_id, state = excluded.state, known = true,"
    " hidden = excluded.hidden OR timeline_entry.correction IS NOT NULL"
    " RETURNING id, correction"
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """An event's row that corrections meet on: the correction that holds, and whether the event itself has come."""

    id: str
    known: bool
    correction: Mapping[str, Any] | None


def put(
    cursor: Cursor, bundles: Sequence[Bundle], states: Mapping[str, Mapping[str, Any]]
) -> list[Corrected]:
    """Writes the bundles (distinct ids); returns those that a correction had already reached. In id order."""
    ordered = sorted(bundles, key=lambda bundle: bundle.entry.id)
    returned = execute_values(
        cursor, _ENTRY, [_values(bundle.entry, states) for bundle in ordered], page_size=1_000, fetch=True
    )
    put_contacts(cursor, [bundle.contact for bundle in ordered if bundle.contact])
    put_documents(cursor, [bundle.document for bundle in ordered if bundle.document])
    return [
        Corrected(entry_id, True, correction) for entry_id, correction in returned if correction is not None
    ]


def _values(row: EntryRow, states: Mapping[str, Mapping[str, Any]]) -> tuple[object, ...]:
    state = states.get(row.target_id, {}) if row.target_id else {}
    return (
        row.id, row.member_id, row.partition, row.occurred_at, row.received_at, row.type, row.channel, row.direction,
        row.title, row.summary, row.source, row.with_document, jsonb(row.detail), row.target_id, row.origin_id,
        jsonb(state), not row.title,
    )  # fmt: skip


def put_contacts(cursor: Cursor, rows: Sequence[ContactRow]) -> None:
    if rows:
        execute_values(
            cursor,
            "INSERT INTO offer_contact (event_id, member_id, offer_id, kind, channel, occurred_at, decision_id, reason,"
            " until) VALUES %s ON CONFLICT (event_id) DO NOTHING",
            [
                (
                    r.event_id,
                    r.member_id,
                    r.offer_id,
                    r.kind,
                    r.channel,
                    r.occurred_at,
                    r.decision_id,
                    r.reason,
                    r.until,
                )
                for r in rows
            ],
            page_size=1_000,
        )


def put_documents(cursor: Cursor, rows: Sequence[DocumentRow]) -> None:
    if rows:
        execute_values(
            cursor,
            "INSERT INTO document (id, member_id, partition, occurred_at, received_at, title, kind, media_type, channel,"
            " number, sha256, size, source) VALUES %s ON CONFLICT (id) DO NOTHING",
            [
                (
                    r.id, r.member_id, r.partition, r.occurred_at, r.received_at, r.title, r.kind, r.media_type,
                    r.channel, r.number, r.sha256, r.size, r.source,
                )
                for r in rows
            ],
            page_size=1_000,
        )  # fmt: skip


def meet(cursor: Cursor, event_ids: Iterable[str]) -> dict[str, Corrected]:
    """Locks the rows of these events, making an empty hidden one for each that has not come yet."""
    ordered = sorted(set(event_ids))
    execute_values(
        cursor,
        "INSERT INTO timeline_entry (id, partition, occurred_at, received_at, type, channel, title, source, known,"
        " hidden) VALUES %s ON CONFLICT (id) DO NOTHING",
        [(event_id, 0, 0, 0, "", "system", "", "", False, True) for event_id in ordered],
        page_size=1_000,
    )
    cursor.execute(
        "SELECT id, known, correction FROM timeline_entry WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
        (ordered,),
    )
    return {row[0]: Corrected(*row) for row in cursor.fetchall()}


def hold_correction(cursor: Cursor, event_id: str, correction: Mapping[str, Any]) -> None:
    cursor.execute("UPDATE timeline_entry SET correction = %s WHERE id = %s", (jsonb(correction), event_id))


def set_hidden(cursor: Cursor, row_id: str, *, hidden: bool) -> bool:
    """Hides or shows all rows of one id; True when that changed the entry."""
    cursor.execute(
        "UPDATE timeline_entry SET hidden = %s WHERE id = %s AND hidden <> %s RETURNING 1",
        (hidden, row_id, hidden),
    )
    changed = cursor.fetchone() is not None
    for statement in (
        "UPDATE offer_contact SET hidden = %s WHERE event_id = %s",
        "UPDATE document SET hidden = %s WHERE id = %s",
        "UPDATE page SET hidden = %s WHERE document_id = %s",
    ):
        cursor.execute(statement, (hidden, row_id))
    return changed


def pages_of(cursor: Cursor, document_id: str) -> list[str]:
    cursor.execute("SELECT id FROM page WHERE document_id = %s", (document_id,))
    return [row[0] for row in cursor.fetchall()]
