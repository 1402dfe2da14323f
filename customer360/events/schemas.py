"""JSON Schemas of the event types, made from the definitions that validate."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from customer360.errors import NotFound
from customer360.events.definitions import DEFINITIONS
from customer360.events.envelope import PREFIX, VERSION


@cache
def json_schema(event_type: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one event as it is sent, `data` included; NotFound for an unknown type."""
    name = event_type.removeprefix(PREFIX).removesuffix(VERSION)
    if name not in DEFINITIONS or event_type != f"{PREFIX}{name}{VERSION}":
        raise NotFound("this event type is not known", field="type")
    (data,), components = msgspec.json.schema_components([DEFINITIONS[name]], ref_template="#/$defs/{name}")
    text = {"type": "string", "minLength": 1, "maxLength": 500}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": text,
            "type": {"const": event_type},
            "subject": {**text, "pattern": "^(cpf|cnpj|phone|email|account|protocol|external):.+"},
            "time": {"type": "string", "format": "date-time"},
            "data": data,
        },
        "$defs": components,
    }
