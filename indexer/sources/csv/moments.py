"""When a row happened: from its date and time columns, or counted along the calendar of an undated file."""

from __future__ import annotations

from collections.abc import Mapping as Row
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from customer360.errors import BadInput
from indexer.sources.csv.mapping import Calendar, Clock, Mapping


class RowInvalid(BadInput):
    """A row that the mapping cannot turn into events; goes to the error file with its column."""

    code = "ROW_INVALID"


class Moments(Protocol):
    approximate: bool

    def of(self, row: Row[str, str]) -> datetime:
        """With the file's zone. Must be called for every row, in file order. RowInvalid names the column."""
        ...


def moments_of(mapping: Mapping) -> Moments:
    if mapping.calendar is not None:
        return ByCalendar(mapping.calendar, mapping.zone)
    assert mapping.clock is not None, "checked when the mapping was loaded"
    return ByColumns(mapping.clock, mapping.zone)


class ByColumns:
    approximate = False

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone

    def of(self, row: Row[str, str]) -> datetime:
        if self._clock.instant is not None:
            return self._instant(row[self._clock.instant], self._clock.instant)
        assert self._clock.date is not None
        day = self._day(row[self._clock.date])
        at = time(12) if self._clock.time is None else time_of_day(row[self._clock.time], self._clock.time)
        return datetime.combine(day, at, self._zone)

    def _instant(self, text: str, column: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise RowInvalid("not an ISO 8601 time", field=column) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)

    def _day(self, text: str) -> date:
        try:
            return datetime.strptime(text, self._clock.date_format).date()  # noqa: DTZ007 - only its date is used
        except ValueError:
            raise RowInvalid(f"not a date as {self._clock.date_format}", field=self._clock.date) from None


class ByCalendar:
    """Rows in date order tell only month and weekday: each change of weekday is the next such day of that month.

    The first row of a month is on its first such weekday. A month that comes before the last one is of the next
    year. When the weekdays of a month run out, its last such weekday holds.
    """

    approximate = True

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        self._calendar = calendar
        self._zone = zone
        year, month = map(int, calendar.start.split("-"))
        self._year = year
        self._month = month
        self._day: date | None = None

    def of(self, row: Row[str, str]) -> datetime:
        month = _place(self._calendar.months, row[self._calendar.month], self._calendar.month) + 1
        weekday = _place(self._calendar.weekdays, row[self._calendar.weekday], self._calendar.weekday)
        if month != self._month:
            self._year += month < self._month
            self._month, self._day = month, None
        self._day = self._next(weekday)
        return datetime.combine(self._day, time(self._calendar.hour), self._zone)

    def _next(self, weekday: int) -> date:
        first = date(self._year, self._month, 1)
        after = first if self._day is None else self._day
        day = after + timedelta(days=(weekday - after.weekday()) % 7)
        return day if day.month == self._month else day - timedelta(days=7)


def time_of_day(text: str, column: str) -> time:
    """H:MM:SS or H:MM, the hour with one digit or two."""
    parts = text.split(":")
    try:
        hour, minute, second = map(int, parts if len(parts) == 3 else [*parts, "0"])
        return time(hour, minute, second)
    except ValueError:
        raise RowInvalid("not a time of day", field=column) from None


def _place(names: list[str], text: str, column: str) -> int:
    try:
        return [name.lower() for name in names].index(text.strip().lower())
    except ValueError:
        raise RowInvalid("not one of the names in the calendar", field=column) from None
