"""Values for jsonb columns, written by the fast encoder: half of a projection's rows have two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from psycopg2.extras import Json


def jsonb(value: Mapping[str, Any]) -> Json:
    """For text keys and what JSON can hold."""
    return Json(value, dumps=_text)


def _text(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()
