"""The events this product understands: `parse` is the only input validation, `DEFINITIONS` the only list of types."""

from customer360.events.definitions import DEFINITIONS, Channel, Direction, EventData, KeyRef
from customer360.events.envelope import OWN_SOURCE, Event, own_source, parse, restore
from customer360.events.schemas import json_schema

__all__ = [
    "DEFINITIONS",
    "OWN_SOURCE",
    "Channel",
    "Direction",
    "Event",
    "EventData",
    "KeyRef",
    "json_schema",
    "own_source",
    "parse",
    "restore",
]
