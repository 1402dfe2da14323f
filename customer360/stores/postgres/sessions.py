"""Rows of sessions: browser sessions with a CSRF token, bearer tokens without. Only hashes of the secrets are stored."""

from __future__ import annotations

from sqlalchemy import Engine

from customer360 import clock
from customer360.privacy.principal import Principal
from customer360.stores.postgres import audit
from customer360.stores.postgres.engine import transaction

_FIND = """
SELECT account.id, account.name, account.role, account.locale, session.csrf_token,
       (extract(epoch FROM session.expires_at) * 1000000)::bigint
  FROM session JOIN account ON account.id = session.account_id
 WHERE session.token_hash = %s AND NOT session.revoked AND NOT account.disabled
   AND session.expires_at > clock_timestamp()
"""


class Sessions:
    """Blocking; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, account_id: str, token_hash: bytes, csrf_token: str | None, expires_at: int) -> None:
        """`expires_at` in µs. Rows that ended more than a day ago are cleared on the way."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "INSERT INTO session (token_hash, account_id, csrf_token, expires_at) VALUES (%s, %s, %s, %s)",
                (token_hash, account_id, csrf_token, clock.to_datetime(expires_at)),
            )
            cursor.execute("DELETE FROM session WHERE expires_at < clock_timestamp() - interval '1 day'")
            action = "token.created" if csrf_token is None else "session.opened"
            audit.record(cursor, action, by=account_id, object_id=account_id)

    def refused(self, account_id: str | None) -> None:
        """Notes a failed sign-in; the account's id only where there is such an account."""
        with transaction(self._engine) as cursor:
            audit.record(cursor, "session.refused", by=None, object_id=account_id)

    def find(self, token_hash: bytes) -> Principal | None:
        """Who it stands for; None when unknown, ended, revoked, or its account is disabled."""
        with transaction(self._engine) as cursor:
            cursor.execute(_FIND, (token_hash,))
            row = cursor.fetchone()
        if row is None:
            return None
        account_id, name, role, locale, csrf_token, expires_at = row
        return Principal.of_account(
            account_id, name, role, locale, csrf_token=csrf_token, expires_at=expires_at
        )

    def revoke(self, token_hash: bytes) -> None:
        """Ends one; one that ended before is fine."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE session SET revoked = true WHERE token_hash = %s AND NOT revoked RETURNING account_id",
                (token_hash,),
            )
            row = cursor.fetchone()
            if row is not None:
                audit.record(cursor, "session.closed", by=row[0], object_id=row[0])
