"""What `c360 doctor` looks at. Every part answers with ok, note or wrong, and with what to do. Changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from api import console
from customer360.config import Settings, installation_secret
from customer360.errors import C360Error
from customer360.ids import Ids
from customer360.stores.embedded import running_url
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.measures import Measures
from customer360.stores.postgres.migrate import newest_revision

_PATIENCE = 5.0
_PORTS = {"amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Finding:
    state: Literal["ok", "note", "wrong"]
    part: str
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Every part, in the order in which they are needed."""
    parts: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _data_folder,
        _database,
        _search,
        _broker,
        _blobs,
        _console,
        _port,
    )
    found: list[Finding] = []
    for part in parts:
        try:
            found.extend(part(settings))
        except C360Error as error:
            found.append(Finding("wrong", part.__name__.strip("_").replace("_", " "), error.reason))
    return found


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.expanduser().absolute()
    if not folder.exists():
        yield Finding("note", "data folder", f"{folder} is not there yet; the first start makes it")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("wrong", "data folder", f"this account cannot write in {folder}; check its owner")
    else:
        yield Finding("ok", "data folder", str(folder))
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(standing).free // 1_000_000
    floor = settings.free_space_floor_mb
    if free < floor:
        yield Finding(
            "wrong", "free space", f"{free} MB, below C360_FREE_SPACE_FLOOR_MB={floor}: intake answers 507"
        )
    else:
        yield Finding("ok", "free space", f"{free} MB")


def _database(settings: Settings) -> Iterator[Finding]:
    url = settings.database_url or running_url(settings.data_dir)
    if url is None:
        yield Finding("note", "database", "embedded, not running now; `c360 serve` starts it")
        return
    engine = make_engine(url, size=1)
    try:
        with transaction(engine) as cursor:
            cursor.execute("SHOW server_version")
            row = cursor.fetchone()
        yield Finding("ok", "database", f"PostgreSQL {row[0] if row else '?'} answers")
        measures = Measures(engine)
        revision, newest = measures.revision(), newest_revision()
        if revision != newest:
            yield Finding(
                "wrong", "migrations", f"at {revision or 'none'}, {newest} is needed; `c360 serve` migrates"
            )
            return
        yield Finding("ok", "migrations", f"at {newest}")
        yield from _secret(settings, measures)
        yield from _state(measures)
    finally:
        engine.dispose()


def _secret(settings: Settings, measures: Measures) -> Iterator[Finding]:
    held = measures.fingerprint()
    if held is not None and held != Ids(installation_secret(settings)).fingerprint:
        text = "this database was made with another one; set C360_SECRET to that"
        yield Finding("wrong", "installation secret", text)
    else:
        yield Finding("ok", "installation secret", "fits the database")


def _state(measures: Measures) -> Iterator[Finding]:
    measured = measures.read()
    for count, part, text in (
        (
            measured.stalled,
            "projection",
            "partitions wait for a worker that knows newer events; upgrade the workers",
        ),
        (measured.failures, "projection", "events could not be projected and are parked"),
        (
            measured.undelivered,
            "delivery",
            "documents were refused by the search store; `c360 rebuild` writes them anew",
        ),
        (measured.quarantine_open, "quarantine", "refused events wait; see `c360 quarantine list`"),
    ):
        if count:
            yield Finding("wrong" if part == "projection" else "note", part, f"{count} {text}")


def _search(settings: Settings) -> Iterator[Finding]:
    if settings.elasticsearch_url is None:
        yield Finding("ok", "search", "in PostgreSQL")
        return
    try:
        with urllib.request.urlopen(settings.elasticsearch_url, timeout=_PATIENCE) as answer:  # noqa: S310 - the operator's own setting
            version = json.loads(answer.read(65_536))["version"]["number"]
    except (OSError, ValueError, KeyError, TypeError):
        text = "ELASTICSEARCH_URL does not answer as Elasticsearch; search falls back to PostgreSQL meanwhile"
        yield Finding("wrong", "search", text)
        return
    yield Finding("ok", "search", f"Elasticsearch {version}")


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.broker_url is None:
        yield Finding("ok", "broker", "in process")
    elif _reaches(settings.broker_url):
        yield Finding("ok", "broker", f"{urlsplit(settings.broker_url).scheme} takes connections")
    else:
        yield Finding(
            "wrong", "broker", "BROKER_URL takes no connections; nothing is lost, but work starts later"
        )


def _blobs(settings: Settings) -> Iterator[Finding]:
    if settings.blob_url is None:
        yield Finding("ok", "documents", "in the data folder")
    elif settings.s3_endpoint is None or _reaches(settings.s3_endpoint):
        missing = not (settings.s3_access_key and settings.s3_secret_key)
        text = "S3_ACCESS_KEY and S3_SECRET_KEY are not set" if missing else "S3"
        yield Finding("note" if missing else "ok", "documents", text)
    else:
        yield Finding("wrong", "documents", "S3_ENDPOINT takes no connections")


def _console(settings: Settings) -> Iterator[Finding]:
    if (console.FOLDER / console.PAGE).is_file():
        yield Finding("ok", "console", "built")
    elif settings.console_required:
        yield Finding("wrong", "console", "not built; run `make console`, or set C360_CONSOLE_REQUIRED=false")
    else:
        yield Finding("note", "console", "not built, and not required")


def _port(settings: Settings) -> Iterator[Finding]:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if _serves(settings):
                yield Finding("ok", "port", f"{settings.port}: the service runs")
            else:
                yield Finding(
                    "wrong", "port", f"{settings.port}: {error.strerror}; set C360_PORT to a free one"
                )
            return
    yield Finding("ok", "port", f"{settings.port} is free")


def _serves(settings: Settings) -> bool:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/healthz", timeout=_PATIENCE) as answer:
            return bool(json.loads(answer.read(1_024)) == {"status": "ok"})
    except (OSError, ValueError):
        return False


def _reaches(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection(
            (parts.hostname or "", parts.port or _PORTS[parts.scheme]), timeout=_PATIENCE
        ):
            return True
    except (OSError, KeyError, ValueError):
        return False
