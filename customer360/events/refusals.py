"""What a sender is told of `data` that does not fit: the sender's own field names, what is allowed, never what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import inspect

from customer360.errors import EventRejected

_STEP = re.compile(r"\.([^.\[]+)|\[[^\]]*\]")
_QUOTING = ("Invalid enum value", "Invalid value")


def of_data(kind: type[msgspec.Struct], error: msgspec.ValidationError) -> EventRejected:
    """EventRejected with code INVALID_DATA and the place; refused texts may be personal, so none is repeated."""
    reason, _, path = str(error).partition(" - at `$")
    path = path.rstrip("`")
    if reason.startswith(_QUOTING):
        allowed = ", ".join(dict.fromkeys(_allowed(inspect.type_info(kind), path)))
        reason = f"must be one of {allowed}" if allowed else "not one of the allowed values"
    return EventRejected(reason, field=f"data{path}", code="INVALID_DATA")


def _allowed(kind: inspect.Type, path: str) -> Iterator[str]:
    """The values that an enum or literal at this path may have."""
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _allowed(one, path)
    elif isinstance(kind, inspect.Metadata):
        yield from _allowed(kind.type, path)
    elif not path:
        if isinstance(kind, inspect.EnumType):
            yield from (str(member.value) for member in kind.cls)
        elif isinstance(kind, inspect.LiteralType):
            yield from map(str, kind.values)
    else:
        yield from _below(kind, path)


def _below(kind: inspect.Type, path: str) -> Iterator[str]:
    step = _STEP.match(path)
    rest = "" if step is None else path[step.end() :]
    if step is None:
        return
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if field.encode_name == step[1]:
                yield from _allowed(field.type, rest)
    elif isinstance(kind, inspect.ListType):
        yield from _allowed(kind.item_type, rest)
    elif isinstance(kind, inspect.DictType):
        yield from _allowed(kind.value_type, rest)
