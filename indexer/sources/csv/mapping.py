"""The declared mapping of a CSV file, as TOML: which columns become which parts of which events. See docs/import.md."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from customer360.errors import BadInput
from customer360.events import DEFINITIONS

Weekdays = tuple[str, str, str, str, str, str, str]


class MappingInvalid(BadInput):
    """The mapping file itself is wrong; `field` is the path inside it."""

    code = "MAPPING_INVALID"


class Value(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How one field is made. Exactly one of const, column, template, time, first-of, row-time, row-number."""

    const: str | int | float | bool | None = None
    column: str | None = None
    template: str | None = None  # "Fila {queue}": columns in braces
    time: str | None = None  # a column with a time of day, on the row's date, in the file's zone
    first_of: list[Value] | None = None
    row_time: bool = False  # the time of the row itself
    row_number: bool = False
    null: list[str] = []  # texts that mean: nothing
    map: dict[str, str | int | float | bool] | None = None  # other texts are errors
    type: Literal["text", "integer", "number"] = "text"
    prefix: str = ""
    suffix: str = ""

    @property
    def kinds(self) -> list[str]:
        given = {
            "const": self.const is not None,
            "column": self.column is not None,
            "template": self.template is not None,
            "time": self.time is not None,
            "first-of": self.first_of is not None,
            "row-time": self.row_time,
            "row-number": self.row_number,
        }
        return [name for name, used in given.items() if used]


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """The event is made only for rows whose column has one of these texts."""

    column: str
    values: Annotated[list[str], Meta(min_length=1)]


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    type: Literal["cpf", "cnpj", "phone", "email", "account", "protocol", "external"]
    value: Value


class EventRule(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One event of each row. `suffix` tells apart the ids of several events of one row."""

    type: str
    data: dict[str, Value]
    subject: Subject | None = None
    when: When | None = None
    suffix: str = ""
    delay_seconds: Annotated[int, Meta(ge=0)] = 0


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """When a row happened: columns `date` and `time`, or one `instant` column."""

    date: str | None = None
    time: str | None = None
    date_format: str = "%Y-%m-%d"
    instant: str | None = None


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """For undated files in date order: year and month of the first row, a month column, a weekday column."""

    start: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
    month: str
    weekday: str
    months: Annotated[list[str], Meta(min_length=12, max_length=12)]
    weekdays: Annotated[list[str], Meta(min_length=7, max_length=7)]
    hour: Annotated[int, Meta(ge=0, le=23)] = 12


class File(Struct, frozen=True, forbid_unknown_fields=True):
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    time_zone: str = "America/Sao_Paulo"
    null: list[str] = msgspec.field(default_factory=lambda: [""])


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """`id` names the columns that identify a row; without any the row's number does."""

    source: Annotated[str, Meta(min_length=1, max_length=200)]
    events: Annotated[list[EventRule], Meta(min_length=1)]
    file: File = File()
    id: list[str] = []
    clock: Clock | None = None
    calendar: Calendar | None = None
    setup: list[dict[str, object]] = []  # CloudEvents sent once before the rows, such as offer.defined

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.file.time_zone)


def load(path: Path) -> Mapping:
    """MappingInvalid with the place when the file is no TOML, has unknown names or contradicts itself."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingInvalid(f"not a TOML file: {error}") from None
    try:
        mapping = msgspec.convert(raw, Mapping)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise MappingInvalid(reason, field=place.rstrip("`").lstrip(".") or None) from None
    _check(mapping)
    return mapping


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Every column that the mapping names must be in the file."""
    missing = sorted(columns(mapping) - set(header))
    if missing:
        raise MappingInvalid(f"the file has no column {', '.join(missing)}; it has {', '.join(header)}")


def columns(mapping: Mapping) -> set[str]:
    named = set(mapping.id)
    for rule in mapping.events:
        values = [*rule.data.values(), *([rule.subject.value] if rule.subject else [])]
        named |= {name for value in values for name in _columns_of(value)}
        named |= {rule.when.column} if rule.when else set()
    if mapping.clock:
        named |= {name for name in (mapping.clock.date, mapping.clock.time, mapping.clock.instant) if name}
    if mapping.calendar:
        named |= {mapping.calendar.month, mapping.calendar.weekday}
    return named


def _columns_of(value: Value) -> set[str]:
    named = {name for name in (value.column, value.time) if name}
    for other in value.first_of or []:
        named |= _columns_of(other)
    return named


def _check(mapping: Mapping) -> None:
    try:
        ZoneInfo(mapping.file.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise MappingInvalid("not a known time zone", field="file.time_zone") from None
    if (mapping.clock is None) == (mapping.calendar is None):
        raise MappingInvalid("say when rows happened, by either [clock] or [calendar]", field="clock")
    if mapping.clock and (mapping.clock.instant is None) == (mapping.clock.date is None):
        raise MappingInvalid("give either `instant` or `date` (with `time`)", field="clock")
    for index, rule in enumerate(mapping.events):
        if rule.type not in DEFINITIONS:
            raise MappingInvalid(f"{rule.type} is no event type", field=f"events[{index}].type")
        values = {f"data.{name}": value for name, value in rule.data.items()}
        if rule.subject:
            values["subject.value"] = rule.subject.value
        for name, value in values.items():
            if len(value.kinds) != 1:
                raise MappingInvalid(
                    "give exactly one of const, column, template, time, first-of, row-time, row-number",
                    field=f"events[{index}].{name}",
                )
