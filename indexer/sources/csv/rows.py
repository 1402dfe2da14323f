"""Turning one row into CloudEvents by the declared mapping. Pure but for the calendar's memory of the last row."""

from __future__ import annotations

from collections.abc import Mapping as Row
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from indexer.sources.csv.mapping import EventRule, Mapping, Value
from indexer.sources.csv.moments import RowInvalid, moments_of, time_of_day

_ROLL_OVER = timedelta(hours=12)  # a time of day this long before the row's own is of the next day


class RowTranslator:
    """One per run, fed with every row in file order."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._moments = moments_of(mapping)
        self._null = set(mapping.file.null)

    def translate(self, number: int, row: Row[str, str]) -> list[dict[str, Any]]:
        """CloudEvents as decoded JSON; RowInvalid with the column. `number` counts rows from 1."""
        moment = self._moments.of(row)
        row_id = self._row_id(number, row)
        return [
            self._event(rule, number, row_id, row, moment)
            for rule in self._mapping.events
            if rule.when is None or row[rule.when.column] in rule.when.values
        ]

    def _row_id(self, number: int, row: Row[str, str]) -> str:
        return "/".join(row[column] for column in self._mapping.id) if self._mapping.id else f"row-{number}"

    def _event(
        self, rule: EventRule, number: int, row_id: str, row: Row[str, str], moment: datetime
    ) -> dict[str, Any]:
        data = {name: self._value(value, number, row, moment) for name, value in rule.data.items()}
        made: dict[str, Any] = {
            "specversion": "1.0",
            "id": row_id + rule.suffix,
            "source": self._mapping.source,
            "type": f"c360.{rule.type}.v1",
            "time": (moment + timedelta(seconds=rule.delay_seconds)).isoformat(),
            "data": {name: value for name, value in data.items() if value is not None},
        }
        if self._moments.approximate:
            made["data"]["approximate"] = True
        key = None if rule.subject is None else self._value(rule.subject.value, number, row, moment)
        if rule.subject is not None and key is not None:
            made["subject"] = f"{rule.subject.type}:{key}"
        return made

    def _value(self, value: Value, number: int, row: Row[str, str], moment: datetime) -> Any:
        if value.const is not None:
            return value.const
        if value.row_time:
            return moment.isoformat()
        if value.row_number:
            return f"{value.prefix}{number}{value.suffix}"
        if value.template is not None:
            return value.template.format_map(row)
        if value.first_of is not None:
            found = (self._value(other, number, row, moment) for other in value.first_of)
            return next((made for made in found if made is not None), None)
        if value.time is not None:
            return self._time(value, row, moment)
        assert value.column is not None, "checked when the mapping was loaded"
        return self._column(value, value.column, row)

    def _column(self, value: Value, column: str, row: Row[str, str]) -> Any:
        text = row[column].strip()
        if text in self._null or text in value.null:
            return None
        if value.map is not None:
            if text not in value.map:
                raise RowInvalid("a text that the mapping does not name", field=column)
            return value.map[text]
        if value.type == "text":
            return value.prefix + text + value.suffix
        return _number(text, column, whole=value.type == "integer")

    def _time(self, value: Value, row: Row[str, str], moment: datetime) -> str | None:
        assert value.time is not None
        text = row[value.time].strip()
        if text in self._null or text in value.null:
            return None
        at = datetime.combine(moment.date(), time_of_day(text, value.time), moment.tzinfo)
        return (at + timedelta(days=1) if moment - at > _ROLL_OVER else at).isoformat()


def _number(text: str, column: str, *, whole: bool) -> int | float:
    """As written in data: Python's underscores, `nan` and `inf` are no numbers here."""
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        raise RowInvalid("not a whole number" if whole else "not a number", field=column) from None
    if "_" in text or not isfinite(number):
        raise RowInvalid("not a number", field=column)
    return number
