"""One row of the change log as live updates see it. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is entry, member, document, page or group; `op` is put or remove; `at` in µs of the database's clock."""

    seq: int
    at: int
    member_id: str | None
    kind: str
    op: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Extent:
    """The oldest and the newest seq the log holds (0 when empty), the highest it ever gave, and the database's time."""

    oldest: int
    newest: int
    highest: int
    now: int
