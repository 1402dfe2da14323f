"""One statement, one snapshot: reads run outside explicit transactions, on connections of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from psycopg2 import errors
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from sqlalchemy import Engine

from customer360.stores.postgres.engine import connected

Row = tuple[Any, ...]
_FOLDER = Path(__file__).parent
_PARAMETER = re.compile(r"%\((\w+)\)s")


class Prepared:
    """A large statement that each connection plans once: planning the snapshot takes longer than running it."""

    def __init__(self, statement: str) -> None:
        names = list(dict.fromkeys(_PARAMETER.findall(statement)))
        text = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
        self.plain = statement
        self.name = "c360_" + sha256(statement.encode()).hexdigest()[:16]
        self.prepare = f"PREPARE {self.name} AS {text}"
        self.execute = f"EXECUTE {self.name} ({', '.join(f'%({name})s' for name in names)})"


class ReadSession:
    """`on_statement` sees the text of every statement before it runs; tests count with it."""

    def __init__(self, engine: Engine, on_statement: Callable[[str], None] | None = None) -> None:
        self._engine = engine
        self._held: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()
        self.on_statement = on_statement

    def rows(self, statement: str | Prepared, values: Mapping[str, Any]) -> list[Row]:
        """Blocking. LedgerUnavailable when the database is down."""
        if self.on_statement is not None:
            self.on_statement(statement if isinstance(statement, str) else statement.plain)
        with connected(self._engine) as connection:
            if not connection.autocommit:
                connection.autocommit = True
            with connection.cursor() as cursor:
                if isinstance(statement, str):
                    cursor.execute(statement, values)
                else:
                    self._execute(connection, cursor, statement, values)
                return cursor.fetchall()

    def dispose(self) -> None:
        self._engine.dispose()

    def _execute(
        self, connection: Connection, cursor: Cursor, prepared: Prepared, values: Mapping[str, Any]
    ) -> None:
        """A pooler between us and the server may have changed the server session: then it runs as it is."""
        held = self._held.setdefault(connection, set())
        try:
            if prepared.name not in held:
                cursor.execute(prepared.prepare)
                held.add(prepared.name)
            cursor.execute(prepared.execute, values)
        except (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement):
            cursor.execute(prepared.plain, values)


def load(name: str) -> str:
    """The text of a statement kept as a file beside this one."""
    return (_FOLDER / name).read_text()
