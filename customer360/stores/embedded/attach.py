"""Finding a PostgreSQL that another process runs on a data folder: for commands beside a running service."""

from __future__ import annotations

from pathlib import Path

from customer360.errors import EmbeddedPostgresError
from customer360.stores.embedded import remains
from customer360.stores.embedded.folder import SERVICE, DataFolder, url


def running_url(data_dir: Path) -> str | None:
    """The service's URL of the PostgreSQL on this folder; None when none runs there.

    EmbeddedPostgresError when this account may not read the folder.
    """
    folder = DataFolder(data_dir)
    try:
        if remains.running_postmaster(folder.cluster) is None:
            return None
        lines = (folder.cluster / "postmaster.pid").read_text().splitlines()
        return url(Path(lines[4]), SERVICE, folder.password(SERVICE), SERVICE)
    except PermissionError as error:
        raise EmbeddedPostgresError(f"this account may not read {error.filename}") from error
    except (FileNotFoundError, IndexError):  # it ends or begins at this very moment
        return None
