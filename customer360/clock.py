"""Instants as integer microseconds since the epoch (UTC), and their ISO 8601 form at the edges."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LATEST = 253_370_764_800_000_000  # 9999-01-01: whatever the zone, it stays within the calendar
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> int:
    return time.time_ns() // 1_000


def from_datetime(moment: datetime) -> int:
    """Exact; the datetime must carry its offset."""
    if moment.tzinfo is None:
        raise ValueError("a time without offset has no instant")
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def isoformat(instant: int) -> str:
    """RFC 3339 in UTC, with microseconds only where there are any."""
    return to_datetime(min(instant, LATEST)).isoformat().replace("+00:00", "Z")


def local_hour(instant: int, zone: ZoneInfo) -> int:
    return to_datetime(instant).astimezone(zone).hour
