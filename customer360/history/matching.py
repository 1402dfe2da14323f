"""The filter of the timeline, applied to entries that the search store has not confirmed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from customer360.history.model import TimelineEntry
from customer360.history.portuguese import TextQuery
from customer360.stores.ports import EntryFilter


class Matcher:
    """Hidden entries match nothing."""

    def __init__(self, where: EntryFilter) -> None:
        self._where = where
        self._text = None if where.text is None else TextQuery(where.text)

    def __call__(self, entry: TimelineEntry) -> bool:
        return (
            not entry.hidden and self._kinds(entry) and self._time(entry.occurred_at) and self._words(entry)
        )

    def _kinds(self, entry: TimelineEntry) -> bool:
        where = self._where
        return (
            (not where.channels or entry.channel in where.channels)
            and (not where.directions or entry.direction in where.directions)
            and (not where.types or entry.type in where.types)
            and (where.with_document is None or entry.with_document == where.with_document)
        )

    def _time(self, at: int) -> bool:
        where = self._where
        return (where.since is None or at >= where.since) and (where.until is None or at < where.until)

    def _words(self, entry: TimelineEntry) -> bool:
        return self._text is None or self._text.matches(entry.title, entry.summary)


def facets(entries: Iterable[TimelineEntry], where: EntryFilter) -> Counter[str]:
    """Matching entries per channel, whatever the filter's channels are."""
    matches = Matcher(replace(where, channels=frozenset()))
    return Counter(entry.channel for entry in entries if matches(entry))


def only_channels(where: EntryFilter) -> bool:
    """True when nothing but channels is filtered: then the counters kept by projection are the facets."""
    return replace(where, channels=frozenset()) == EntryFilter()
