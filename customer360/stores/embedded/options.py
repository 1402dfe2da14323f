"""The server settings of a small site on 2 cores. What decides durability is left at PostgreSQL's safe defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from customer360.stores.embedded.folder import PORT

# fsync, synchronous_commit and full_page_writes are on by default and are not named here on purpose.
SMALL_SITE: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",  # costs more than it gives on short queries
    "max_parallel_workers_per_gather": "0",  # two cores are better given to two requests; spares /dev/shm in containers
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values of customers must not reach a log: client errors, statements and details stay out. The client gets them.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


def arguments(cluster: Path, socket_dir: Path, chosen: Mapping[str, str]) -> list[str]:
    """Of the `postgres` program: the settings above, those chosen, and those that nobody may change."""
    fixed = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": _quoted(socket_dir),
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
    }
    settings = {**SMALL_SITE, **chosen, **fixed}
    return [
        "-D",
        str(cluster),
        *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
    ]


def _quoted(path: Path) -> str:
    """The setting is a list, in which a path with a comma or a space must stand in double quotes."""
    return '"' + str(path).replace('"', '""') + '"'
