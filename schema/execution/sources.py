"""Reading fields from values that are not plain dicts, as graphene's default resolver does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def reader(source: Any) -> Callable[[str, Any], Any]:
    """What graphene's default resolver does for other sources; an exception becomes the value and fails on completion."""

    def read_item(key: str, default: Any) -> Any:
        try:
            return source.get(key, default)
        except Exception as error:  # noqa: BLE001 - any failure of a source is a field error
            return error

    def read_attribute(key: str, default: Any) -> Any:
        try:
            return getattr(source, key, default)
        except Exception as error:  # noqa: BLE001 - any failure of a source is a field error
            return error

    return read_item if isinstance(source, dict) else read_attribute
