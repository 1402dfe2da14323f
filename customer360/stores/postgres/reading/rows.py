"""Rows of PostgreSQL as the dataclasses of the features: one column list per kind, in the dataclass's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from customer360.archive.model import Document
from customer360.history.model import TimelineEntry

ENTRY_COLUMNS = """e.id, e.member_id, e.occurred_at, e.received_at, e.type, e.channel, e.direction, e.title, e.summary,
    e.source, e.with_document, e.detail::text, e.state::text, e.version, e.hidden"""

DOCUMENT_COLUMNS = """d.id, d.member_id, d.occurred_at, d.received_at, d.title, d.kind, d.media_type, d.channel,
    d.number, d.sha256, d.size, d.source, d.version, d.hidden, x.state, x.pages"""


def entry(row: Sequence[Any]) -> TimelineEntry:
    """From ENTRY_COLUMNS, or from the same columns out of a JSON array."""
    values = list(row)
    values[11], values[12] = _decoded(row[11]), _decoded(row[12])
    return TimelineEntry(*values)


def document(row: Sequence[Any]) -> Document:
    """From DOCUMENT_COLUMNS. Bytes that nobody read out yet wait; a document without bytes has no text."""
    values = list(row)
    state = row[14] or ("none" if row[9] is None else "pending")
    values[14] = state.upper()
    return Document(*values)


def _decoded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
