"""PostgreSQL from a wheel, run by the service itself: start, stop, restart after a crash. No SQL of the product here."""

from customer360.stores.embedded.attach import running_url
from customer360.stores.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "running_url"]
