"""A customer out of the rows of its members: counters add, everything else takes the latest (occurred_at, event id).

Pure. `RawCustomer` is what the store hands over: arrays of columns, not yet folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from customer360 import clock
from customer360.customers.channels import ChannelCounts, channel_uses
from customer360.customers.model import (
    Attribute,
    Consent,
    CustomerKey,
    CustomerSnapshot,
    HotTail,
    Merge,
    Score,
    Segment,
)
from customer360.keys import STRENGTH

Columns = Sequence[Any]


@dataclass(frozen=True, slots=True)
class RawCustomer:
    """`installation` and `body` are the JSON of stores/postgres/reading/installation.sql and customer.sql."""

    installation: dict[str, Any]
    body: dict[str, Any] = field(repr=False)
    hot: HotTail = field(repr=False)


def fold(raw: RawCustomer, zone: ZoneInfo) -> CustomerSnapshot:
    """The snapshot a reader gets. Hours are counted in `zone`."""
    body, installation = raw.body, raw.installation
    keys = _keys(body)
    attributes = _attributes(body["attributes"] or ())
    consents = _consents(body["consents"] or ())
    counts = _counts(body, zone)
    confirmed = installation["confirmed"]
    return CustomerSnapshot(
        id=body["id"],
        member_ids=tuple(sorted(row[0] for row in body["keys"] or ())) or (body["id"],),
        reading_ids=tuple(sorted(body["reading"])),
        shared=any(row[3] for row in body["keys"] or () if row[0] == body["id"]),
        incomplete=body["incomplete"],
        name=next((item.value for item in attributes if item.name == "name"), None),
        keys=keys,
        attributes=tuple(item for item in attributes if item.name != "name"),
        segments=_segments(body["segments"] or ()),
        scores=_scores(body["scores"] or ()),
        consents=consents,
        products=tuple(body["products"] or ()),
        channels=channel_uses(counts, body["last"] or {}, consents),
        merges=_merges(body["merges"] or ()),
        counts={channel: count.entries for channel, count in counts.items() if count.entries},
        confirmed=None if confirmed is None else {int(part): pos for part, pos in confirmed.items()},
        live_cursor=installation["liveCursor"] or 0,
        read_at=installation["now"],
        as_of=installation["now"] if installation["unprojected"] is None else installation["unprojected"],
        index_lag_ms=_age_ms(installation["unconfirmed"], installation["now"]),
        hot=raw.hot,
    )


def latest(rows: Iterable[Columns], key: Callable[[Columns], Any]) -> list[Columns]:
    """Of the rows with the same key the one whose last two columns (occurred_at, event id) are largest; by key."""
    held: dict[Any, Columns] = {}
    for row in rows:
        name = key(row)
        if name not in held or tuple(row[-2:]) > tuple(held[name][-2:]):
            held[name] = row
    return [held[name] for name in sorted(held)]


def _age_ms(since: int | None, now: int) -> int:
    return 0 if since is None else max(0, (now - since) // 1_000)


def _keys(body: dict[str, Any]) -> tuple[CustomerKey, ...]:
    """Strongest first; a protocol only where it is all that is known. A member that only a merge named has no key."""
    rows = body["keys"] or [body["protocol"]]
    keys = [CustomerKey(*row) for row in rows if row[1]]
    return tuple(sorted(keys, key=lambda key: (STRENGTH[key.type], key.value)))


def _attributes(rows: Iterable[Columns]) -> tuple[Attribute, ...]:
    """A null value removed the attribute."""
    told = latest(rows, key=lambda row: row[0])
    return tuple(Attribute(name, value, at) for name, value, at, _ in told if value is not None)


def _segments(rows: Iterable[Columns]) -> tuple[Segment, ...]:
    told = latest(rows, key=lambda row: row[0])
    return tuple(Segment(segment, name or segment, at) for segment, name, entered, at, _ in told if entered)


def _scores(rows: Iterable[Columns]) -> tuple[Score, ...]:
    told = latest(rows, key=lambda row: row[0])
    return tuple(Score(name, value, at, valid_until) for name, value, valid_until, at, _ in told)


def _consents(rows: Iterable[Columns]) -> tuple[Consent, ...]:
    told = latest(rows, key=lambda row: (row[0], row[1]))
    return tuple(
        Consent(purpose, channel or None, granted, at, source)
        for purpose, channel, granted, source, at, _ in told
    )


def _merges(rows: Iterable[Columns]) -> tuple[Merge, ...]:
    merges = [
        Merge(id=id, at=at, reason=reason or "", by=by or "", survivor=survivor, merged=merged)
        for id, survivor, merged, at, reason, by in rows
    ]
    return tuple(sorted(merges, key=lambda merge: (merge.at, merge.id), reverse=True))


def _counts(body: dict[str, Any], zone: ZoneInfo) -> dict[str, ChannelCounts]:
    counts: dict[str, ChannelCounts] = {}
    for channel, interaction, hour, entries in body["counts"] or ():
        count = counts.setdefault(channel, ChannelCounts())
        count.entries += entries
        if interaction:
            count.interactions[hour] = count.interactions.get(hour, 0) + entries
    for channel, at in body["responses"] or ():
        responses = counts.setdefault(channel, ChannelCounts()).responses
        hour = clock.local_hour(at, zone)
        responses[hour] = responses.get(hour, 0) + 1
    return counts
