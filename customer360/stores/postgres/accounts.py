"""Rows of local accounts. Passwords come in hashed; who may change what is decided above."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field

import psycopg2
from sqlalchemy import Engine

from customer360.errors import BadInput, Conflict, NotFound
from customer360.privacy.passwords import normal_login
from customer360.privacy.roles import Role
from customer360.stores.postgres import audit
from customer360.stores.postgres.engine import transaction

_COLUMNS = "id, login, name, role, password_hash, disabled, locale"


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    login: str
    name: str
    role: str
    password_hash: str | None = field(repr=False)
    disabled: bool
    locale: str


class Accounts:
    """Blocking; call it from a thread. `by` is the acting principal's id for the audit entry."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        login: str,
        name: str,
        role: Role,
        password_hash: str | None,
        *,
        locale: str = "pt-BR",
        by: str | None = None,
    ) -> Account:
        """Conflict with code LOGIN_TAKEN when there is one already. Without a hash nobody can sign in with it.

        BadInput with code INVALID_TEXT for a login or name that cannot be written in one line.
        """
        _check_line(normal_login(login), "login")
        _check_line(name, "name")
        made = Account(
            secrets.token_hex(16), normal_login(login), name, role.value, password_hash, False, locale
        )
        try:
            with transaction(self._engine) as cursor:
                cursor.execute(
                    f"INSERT INTO account ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, false, %s)",
                    (made.id, made.login, made.name, made.role, password_hash, locale),
                )
                audit.record(cursor, "account.added", by=by, object_id=made.id, detail={"role": made.role})
        except psycopg2.errors.UniqueViolation:
            raise Conflict("there is an account of this login", field="login", code="LOGIN_TAKEN") from None
        return made

    def find(self, login: str) -> Account | None:
        with transaction(self._engine) as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM account WHERE login = %s", (normal_login(login),))
            row = cursor.fetchone()
        return Account(*row) if row else None

    def all(self) -> list[Account]:
        """Ordered by login."""
        with transaction(self._engine) as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM account ORDER BY login")
            return [Account(*row) for row in cursor.fetchall()]

    def disable(self, login: str, *, by: str | None = None) -> None:
        """Ends all its sessions and tokens too. NotFound for an unknown login."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE account SET disabled = true WHERE login = %s RETURNING id", (normal_login(login),)
            )
            row = cursor.fetchone()
            if row is None:
                raise NotFound("there is no account of this login", field="login")
            cursor.execute("UPDATE session SET revoked = true WHERE account_id = %s", row)
            audit.record(cursor, "account.disabled", by=by, object_id=row[0])

    def set_password(self, login: str, password_hash: str, *, by: str | None = None) -> None:
        """Ends all its sessions and tokens too. NotFound for an unknown login."""
        with transaction(self._engine) as cursor:
            cursor.execute(
                "UPDATE account SET password_hash = %s WHERE login = %s RETURNING id",
                (password_hash, normal_login(login)),
            )
            row = cursor.fetchone()
            if row is None:
                raise NotFound("there is no account of this login", field="login")
            cursor.execute("UPDATE session SET revoked = true WHERE account_id = %s", row)
            audit.record(cursor, "account.password_changed", by=by, object_id=row[0])

    def for_tokens(self, role: Role) -> Account:
        """The account without password that bearer tokens of a role are written against; made when missing."""
        login = f"token-{role.value}"
        found = self.find(login)
        if found is not None:
            return found
        try:
            return self.add(login, f"Token {role.value}", role, None)
        except Conflict:  # another process made it at the same moment
            return self.for_tokens(role)


def _check_line(text: str, field: str) -> None:
    """Control characters would move a terminal, U+0000 and lone surrogates do not even fit into the database."""
    held = all(unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in text)
    if not held or not 0 < len(text) <= 200:
        reason = "1 to 200 characters, without control characters"
        raise BadInput(f"a {field} has {reason}", field=field, code="INVALID_TEXT")
