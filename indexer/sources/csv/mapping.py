"""The declared mapping of a CSV file, as TOML: which columns become which parts of which events. See docs/import.md."""

from __future__ import annotations

import codecs
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from customer360.errors import BadInput
from customer360.events import DEFINITIONS

Weekdays = tuple[str, str, str, str, str, str, str]


class MappingInvalid(BadInput):
    """The mapping file itself is wrong; `field` is the path inside it, and stands before the reason too."""

    code = "MAPPING_INVALID"

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason if field is None else f"{field}: {reason}", field=field)


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


class Clock(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
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


class File(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
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
    """Every column the mapping reads."""
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
    if value.template is not None:
        named |= {name for _, name, _, _ in string.Formatter().parse(value.template) if name is not None}
    for other in value.first_of or []:
        named |= _columns_of(other)
    return named


def _check(mapping: Mapping) -> None:
    _check_file(mapping.file)
    if (mapping.clock is None) == (mapping.calendar is None):
        raise MappingInvalid("say when rows happened, by either [clock] or [calendar]", field="clock")
    if mapping.clock and (mapping.clock.instant is None) == (mapping.clock.date is None):
        raise MappingInvalid("give either `instant` or `date` (with `time`)", field="clock")
    for index, rule in enumerate(mapping.events):
        place = f"events[{index}]"
        if rule.type not in DEFINITIONS:
            raise MappingInvalid(f"{rule.type} is no event type", field=f"{place}.type")
        twins = [other for other in mapping.events if other.suffix == rule.suffix]
        if len(twins) > 1 and any(twin.when is None for twin in twins):
            raise MappingInvalid("another event of the same row has the same id", field=f"{place}.suffix")
        for name, value in _values(rule):
            _check_value(value, f"{place}.{name}")


def _check_file(file: File) -> None:
    try:
        ZoneInfo(file.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise MappingInvalid("not a known time zone", field="file.time-zone") from None
    try:
        codecs.lookup(file.encoding)
    except LookupError:
        raise MappingInvalid("not a known encoding", field="file.encoding") from None
    if file.delimiter in '\r\n"':
        raise MappingInvalid("a line end or a quote cannot part columns", field="file.delimiter")


def _values(rule: EventRule) -> Iterator[tuple[str, Value]]:
    yield from ((f"data.{name}", value) for name, value in rule.data.items())
    if rule.subject:
        yield "subject.value", rule.subject.value


def _check_value(value: Value, place: str) -> None:
    if len(value.kinds) != 1:
        reason = "give exactly one of const, column, template, time, first-of, row-time, row-number"
        raise MappingInvalid(reason, field=place)
    for number, other in enumerate(value.first_of or []):
        _check_value(other, f"{place}.first-of[{number}]")
    if value.template is not None:
        _check_template(value.template, place)


def _check_template(template: str, place: str) -> None:
    """Only whole columns in braces: no formats, and nothing that reaches into a value."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise MappingInvalid(f"not a template: {error}", field=place) from None
    for _, name, form, conversion in parts:
        if name is not None and (form or conversion or not name or not set(name).isdisjoint(".[")):
            raise MappingInvalid(f"a template has columns in braces, not {{{name}}}", field=place)
