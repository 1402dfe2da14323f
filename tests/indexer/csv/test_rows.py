"""From a row to its events: values, times, the night, and the calendar of undated files."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.csv.mapping import Mapping
from indexer.sources.csv.moments import RowInvalid
from indexer.sources.csv.rows import RowTranslator

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def translator(data: dict[str, Any], **more: Any) -> RowTranslator:
    rule = {"type": "interaction.recorded", "data": data, **more.pop("rule", {})}
    raw = {"source": "s", "id": ["n"], "clock": {"date": "day", "time": "at"}, "events": [rule], **more}
    return RowTranslator(msgspec.convert(raw, Mapping))


def made(data: dict[str, Any], row: dict[str, str], **more: Any) -> dict[str, Any]:
    (event,) = translator(data, **more).translate(7, {"n": "1", "day": "2026-01-31", "at": "23:50:00", **row})
    return event


def value(declared: dict[str, Any], **row: str) -> Any:
    return made({"x": declared}, row)["data"].get("x")


@pytest.mark.parametrize(
    ("declared", "row", "expected"),
    [
        ({"const": "voice"}, {}, "voice"),
        ({"column": "c"}, {"c": " a "}, "a"),
        ({"column": "c", "prefix": "p-", "suffix": "-s"}, {"c": "a"}, "p-a-s"),
        ({"column": "c"}, {"c": ""}, None),
        ({"column": "c", "null": ["0"]}, {"c": "0"}, None),
        ({"column": "c", "type": "integer"}, {"c": "-12"}, -12),
        ({"column": "c", "type": "number"}, {"c": "1.5"}, 1.5),
        ({"column": "c", "map": {"A": "answered"}}, {"c": "A"}, "answered"),
        ({"template": "Fila {c}"}, {"c": "PS"}, "Fila PS"),
        ({"first-of": [{"column": "c"}, {"column": "d"}]}, {"c": "", "d": "x"}, "x"),
        ({"row-number": True, "prefix": "row-"}, {}, "row-7"),
        ({"row-time": True}, {}, "2026-01-31T23:50:00-03:00"),
        ({"time": "c"}, {"c": "23:59:59"}, "2026-01-31T23:59:59-03:00"),
        ({"time": "c"}, {"c": "0:05:00"}, "2026-02-01T00:05:00-03:00"),  # after midnight, in the next month
        (
            {"time": "c"},
            {"c": "12:00:00"},
            "2026-01-31T12:00:00-03:00",
        ),  # less than 12 hours before: the same day
    ],
)
def test_values(declared: dict[str, Any], row: dict[str, str], expected: object) -> None:
    assert value(declared, **row) == expected


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ({"column": "c", "type": "integer"}, "1.5"),
        ({"column": "c", "type": "integer"}, "1_000"),
        ({"column": "c", "type": "number"}, "nan"),
        ({"column": "c", "map": {"A": "answered"}}, "B"),
        ({"time": "c"}, "25:00:00"),
        ({"time": "c"}, "noon"),
    ],
)
def test_a_text_that_does_not_fit_is_an_error_of_its_column(declared: dict[str, Any], text: str) -> None:
    with pytest.raises(RowInvalid) as caught:
        value(declared, c=text)
    assert caught.value.field == "c"


def test_an_event_has_the_rows_id_time_and_subject() -> None:
    rule = {"subject": {"type": "cpf", "value": {"column": "cpf"}}, "suffix": "/a", "delay-seconds": 60}
    event = made({"channel": {"const": "voice"}}, {"cpf": "52998224725"}, rule=rule)
    assert event == {
        "specversion": "1.0",
        "id": "1/a",
        "source": "s",
        "type": "c360.interaction.recorded.v1",
        "time": "2026-01-31T23:51:00-03:00",
        "subject": "cpf:52998224725",
        "data": {"channel": "voice"},
    }
    assert "subject" not in made({"channel": {"const": "voice"}}, {"cpf": ""}, rule=rule)


def test_a_row_that_the_condition_leaves_out_makes_nothing() -> None:
    rule = {"when": {"column": "y", "values": ["yes"]}}
    row = {"n": "1", "day": "2026-01-31", "at": "10:00"}
    assert translator({}, rule=rule).translate(1, {**row, "y": "no"}) == []
    assert len(translator({}, rule=rule).translate(1, {**row, "y": "yes"})) == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.lists(st.integers(0, 6), min_size=1, max_size=12)),
        min_size=1,
        max_size=8,
    )
)
def test_the_calendar_keeps_month_and_weekday_and_goes_back_only_at_the_end_of_a_month(
    stretches: list[tuple[int, list[int]]],
) -> None:
    # given an undated file: months one after the other, in each some weekdays
    calendar = {
        "start": f"2008-{stretches[0][0] + 1:02d}",
        "month": "month",
        "weekday": "day",
        "months": MONTHS,
        "weekdays": WEEKDAYS,
    }
    raw = {
        "source": "s",
        "calendar": calendar,
        "events": [{"type": "interaction.recorded", "data": {"channel": {"const": "voice"}}}],
    }
    rows = RowTranslator(msgspec.convert(raw, Mapping))

    # when it is read
    told = [(month, weekday) for month, weekdays in stretches for weekday in weekdays]
    days = []
    for number, (month, weekday) in enumerate(told, start=1):
        (event,) = rows.translate(number, {"month": MONTHS[month].upper(), "day": WEEKDAYS[weekday]})
        assert event["data"]["approximate"] is True
        days.append(datetime.fromisoformat(event["time"]).date())

    # then every row is on the weekday and in the month it tells
    assert [(day.month - 1, day.weekday()) for day in days] == told
    # and time goes on, but for a month that has no such weekday left: there its last one holds
    for before, after in pairwise(days):
        if after < before:
            assert (before.year, before.month) == (after.year, after.month)
            assert (before - after).days < 7
            assert after.day + 7 > last_day(after.year, after.month)


def last_day(year: int, month: int) -> int:
    return 28 + next(more for more in (3, 2, 1, 0) if exists(year, month, 28 + more))


def exists(year: int, month: int, day: int) -> bool:
    try:
        datetime(year, month, day)  # noqa: DTZ001 - only whether there is such a day
    except ValueError:
        return False
    return True
