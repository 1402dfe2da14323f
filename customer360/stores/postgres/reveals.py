"""Writes reveals into the audit log."""

from __future__ import annotations

from sqlalchemy import Engine

from customer360.privacy.reveals import Reveal
from customer360.stores.postgres.audit import record
from customer360.stores.postgres.engine import transaction

ACTION = "key.revealed"
_OTHER = """
SELECT 1 FROM audit_entry
WHERE object_id = %s AND principal_id = %s AND action = %s AND detail->>'input' <> %s LIMIT 1"""


class PostgresReveals:
    """A RevealStore over one pool."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def log(self, reveal: Reveal) -> bool:
        """Twins that race with different inputs may both be logged; neither leaves unlogged."""
        with transaction(self._engine) as cursor:
            cursor.execute(_OTHER, (reveal.request_id, reveal.principal_id, ACTION, reveal.digest))
            if cursor.fetchone() is not None:
                return False
            record(
                cursor,
                ACTION,
                by=reveal.principal_id,
                object_id=reveal.request_id,
                member_id=reveal.member_id,
                detail={"reason": reveal.reason, "key_type": reveal.key_type, "input": reveal.digest},
            )
        return True
