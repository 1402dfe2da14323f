"""Search in PostgreSQL: the adapter of an installation without Elasticsearch. The ledger is no concern of it."""

from customer360.stores.postgres.search.reader import PostgresSearchReader
from customer360.stores.postgres.search.writer import PostgresSearchWriter

__all__ = ["PostgresSearchReader", "PostgresSearchWriter"]
