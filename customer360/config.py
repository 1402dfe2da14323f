"""Every setting on one page: its variable, default and meaning. Nothing else reads the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customer360.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. Secrets are kept out of `repr`."""

    # where it runs
    host: str = "127.0.0.1"  # C360_HOST
    port: int = 8360  # C360_PORT
    data_dir: Path = Path(".data")  # C360_DATA_DIR: embedded database, documents, installation secret
    public_url: str | None = None  # C360_PUBLIC_URL: https origin behind a proxy; makes cookies Secure
    time_zone: str = "America/Sao_Paulo"  # C360_TIME_ZONE: days and hours are counted in it

    # the parts behind the seams; an empty value means the embedded one
    database_url: str | None = field(default=None, repr=False)  # DATABASE_URL
    elasticsearch_url: str | None = field(default=None, repr=False)  # ELASTICSEARCH_URL
    index_prefix: str = "c360"  # C360_INDEX_PREFIX: every index and alias starts with it
    broker_url: str | None = field(default=None, repr=False)  # BROKER_URL: amqp:// or redis://
    blob_url: str | None = field(default=None, repr=False)  # BLOB_URL: s3://bucket/prefix
    s3_endpoint: str | None = None  # S3_ENDPOINT: for S3 servers other than AWS
    s3_region: str = "us-east-1"  # S3_REGION
    s3_access_key: str | None = field(default=None, repr=False)  # S3_ACCESS_KEY
    s3_secret_key: str | None = field(default=None, repr=False)  # S3_SECRET_KEY
    secret: str | None = field(default=None, repr=False)  # C360_SECRET: installation secret; embedded: a file

    # limits
    intake_queue: int = 20_000  # C360_INTAKE_QUEUE: events waiting for a commit before 429
    intake_batch: int = 500  # C360_INTAKE_BATCH: events of one group commit; 1 commits each request alone
    free_space_floor_mb: int = 200  # C360_FREE_SPACE_FLOOR_MB: below it intake answers 507
    max_document_mb: int = 50  # C360_MAX_DOCUMENT_MB
    max_pages: int = 2_000  # C360_MAX_PAGES: of one document
    replay_window_minutes: int = 15  # C360_REPLAY_WINDOW_MINUTES: how long change rows stay for live cursors
    reconcile_minutes: int = (
        60  # C360_RECONCILE_MINUTES: between comparisons of the search store; 0 for never
    )
    session_hours: int = 12  # C360_SESSION_HOURS

    # behaviour
    refresh_ms: int = 500  # C360_REFRESH_MS: how often delivery makes the search store show what it has
    log_format: str = "json"  # C360_LOG: json or text
    console_required: bool = True  # C360_CONSOLE_REQUIRED: refuse to start without the built console
    failpoint: str | None = None  # C360_FAILPOINT: name:kill, for fault tests only

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Reads the environment once; ConfigurationError names the variable that is wrong."""
        env = os.environ if environ is None else environ
        values = {
            name: _convert(variable, env[variable], cls.__dataclass_fields__[name].type)
            for name, variable in VARIABLES.items()
            if env.get(variable, "") != ""
        }
        settings = cls(**values)  # type: ignore[arg-type]  # each value was converted by its field's type
        _check(settings)
        return settings


VARIABLES: dict[str, str] = {
    "host": "C360_HOST",
    "port": "C360_PORT",
    "data_dir": "C360_DATA_DIR",
    "public_url": "C360_PUBLIC_URL",
    "time_zone": "C360_TIME_ZONE",
    "database_url": "DATABASE_URL",
    "elasticsearch_url": "ELASTICSEARCH_URL",
    "index_prefix": "C360_INDEX_PREFIX",
    "broker_url": "BROKER_URL",
    "blob_url": "BLOB_URL",
    "s3_endpoint": "S3_ENDPOINT",
    "s3_region": "S3_REGION",
    "s3_access_key": "S3_ACCESS_KEY",
    "s3_secret_key": "S3_SECRET_KEY",
    "secret": "C360_SECRET",
    "intake_queue": "C360_INTAKE_QUEUE",
    "intake_batch": "C360_INTAKE_BATCH",
    "free_space_floor_mb": "C360_FREE_SPACE_FLOOR_MB",
    "max_document_mb": "C360_MAX_DOCUMENT_MB",
    "max_pages": "C360_MAX_PAGES",
    "replay_window_minutes": "C360_REPLAY_WINDOW_MINUTES",
    "reconcile_minutes": "C360_RECONCILE_MINUTES",
    "session_hours": "C360_SESSION_HOURS",
    "refresh_ms": "C360_REFRESH_MS",
    "log_format": "C360_LOG",
    "console_required": "C360_CONSOLE_REQUIRED",
    "failpoint": "C360_FAILPOINT",
}

# Lowest and highest value of every number.
RANGES: dict[str, tuple[int, int]] = {
    "C360_PORT": (0, 65_535),  # 0: any free one, for tests
    "C360_INTAKE_QUEUE": (1, 1_000_000),
    "C360_INTAKE_BATCH": (1, 10_000),
    "C360_FREE_SPACE_FLOOR_MB": (0, 1_000_000_000),
    "C360_MAX_DOCUMENT_MB": (1, 2_000),
    "C360_MAX_PAGES": (1, 100_000),
    "C360_REPLAY_WINDOW_MINUTES": (1, 7 * 24 * 60),
    "C360_RECONCILE_MINUTES": (0, 7 * 24 * 60),
    "C360_SESSION_HOURS": (1, 366 * 24),
    "C360_REFRESH_MS": (10, 60_000),
}
_CALLERS = ("C360_URL", "C360_TOKEN")  # what the examples of docs/integrate.md set for their own use
_DIGITS = 12  # of any number in RANGES, generously: Python refuses to read thousands of them
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FAILPOINT = re.compile(r"[a-z_]+:kill(:[1-9][0-9]{0,5})?")


def unknown_variables(environ: Iterable[str] | None = None) -> list[str]:
    """Names in the environment that look like ours and are not: misspelt, most likely."""
    names = os.environ if environ is None else environ
    known = {*VARIABLES.values(), *_CALLERS}
    return sorted(name for name in names if name.startswith("C360_") and name not in known)


def _convert(variable: str, text: str, kind: object) -> object:
    if kind == "int":
        least, most = RANGES[variable]
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1
        if not least <= number <= most:
            raise ConfigurationError(
                f"{variable} must be a whole number from {least} to {most}", field=variable
            )
        return number
    if kind == "bool":
        if text.lower() not in ("0", "1", "true", "false"):
            raise ConfigurationError(f"{variable} must be true or false", field=variable)
        return text.lower() in ("1", "true")
    if kind == "Path":
        return Path(text).expanduser()
    return text


def _check(settings: Settings) -> None:
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigurationError("C360_TIME_ZONE is not a known time zone", field="C360_TIME_ZONE") from None
    if settings.broker_url and not settings.broker_url.startswith(
        ("amqp://", "amqps://", "redis://", "rediss://")
    ):
        raise ConfigurationError("BROKER_URL must start with amqp:// or redis://", field="BROKER_URL")
    if settings.blob_url and not settings.blob_url.startswith("s3://"):
        raise ConfigurationError("BLOB_URL must look like s3://bucket/prefix", field="BLOB_URL")
    if settings.public_url is not None and not _is_origin(settings.public_url):
        raise ConfigurationError(
            "C360_PUBLIC_URL must be an address such as https://c360.example.com, with nothing after the name",
            field="C360_PUBLIC_URL",
        )
    if not _PREFIX.fullmatch(settings.index_prefix):
        raise ConfigurationError(
            "C360_INDEX_PREFIX must be 1 to 40 of a-z, 0-9, _ and -, beginning with a letter or digit",
            field="C360_INDEX_PREFIX",
        )
    if settings.failpoint and not _FAILPOINT.fullmatch(settings.failpoint):
        raise ConfigurationError(
            "C360_FAILPOINT must look like name:kill or name:kill:3", field="C360_FAILPOINT"
        )
    if settings.log_format not in ("json", "text"):
        raise ConfigurationError("C360_LOG must be json or text", field="C360_LOG")
    if not settings.embedded and not settings.secret:
        raise ConfigurationError("C360_SECRET must be set together with DATABASE_URL", field="C360_SECRET")


def _is_origin(text: str) -> bool:
    """Scheme, host and port alone: it is compared with what browsers send as Origin."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and text.isprintable()
    return parts.scheme in ("http", "https") and named and bare and " " not in text


def installation_secret(settings: Settings) -> bytes:
    """The setting, or for an embedded installation a file made once in the data folder (mode 0600)."""
    if settings.secret:
        return settings.secret.encode()
    path = settings.data_dir / "secret"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        draft.rename(path)
    return path.read_text().strip().encode()
