"""A second try at JSON that orjson refuses: halves of surrogate pairs, NaN, Infinity, numbers beyond all bounds.

Each element of an array is read by itself, so that only those with such a value are refused, later and with a code.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any

import orjson

from customer360.errors import BadInput

_SPACE = re.compile(r"[ \t\n\r]*")


def _number(text: str) -> float | Decimal:
    """A Decimal stands for what is no finite number: nothing that JSON allows is decoded to one."""
    value = float(text)
    return value if math.isfinite(value) else Decimal(text)


_READER = json.JSONDecoder(parse_constant=Decimal, parse_float=_number, parse_int=_number)


def decode(body: bytes) -> Any:
    """The value of a JSON text; what orjson can read of it is as orjson reads it. BadInput with code INVALID_JSON."""
    try:
        text = body.decode()
        start = _after_space(text, 0)
        value, end = _array(text, start + 1) if text.startswith("[", start) else _value(text, start)
        if _after_space(text, end) != len(text):
            raise ValueError("something follows the value")
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON in UTF-8", code="INVALID_JSON") from None
    return value


def _array(text: str, place: int) -> tuple[list[Any], int]:
    """Elements and the place behind the closing bracket."""
    elements: list[Any] = []
    place = _after_space(text, place)
    if text.startswith("]", place):
        return elements, place + 1
    while True:
        element, place = _value(text, _after_space(text, place))
        elements.append(element)
        place = _after_space(text, place)
        if text.startswith("]", place):
            return elements, place + 1
        if not text.startswith(",", place):
            raise ValueError("neither a comma nor the end")
        place += 1


def _value(text: str, place: int) -> tuple[Any, int]:
    value, end = _READER.raw_decode(text, place)
    try:
        return orjson.loads(text[place:end]), end
    except orjson.JSONDecodeError:
        return value, end


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    assert found is not None  # it matches nothing too
    return found.end()
