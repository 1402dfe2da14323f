"""Structured logs: one line of JSON (or text) with a static event name and the few fields declared here, no others.

What is not in FIELDS never reaches a log, so a message or an object that quotes somebody cannot slip in by `extra`.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import orjson

from customer360 import clock

FIELDS = (
    "request_id",
    "method",
    "route",
    "status",
    "ms",
    "code",
    "error",
    "trace_id",
    "reason",
    "count",
    "pid",
    "port",
    "partition",
    "type",
    "event_id",
    "exit_code",
    "loop",
    "fate",
    "documents",
    "generation",
)


def configure(log_format: str, stream: TextIO | None = None) -> None:
    """For the whole process; `log_format` is json or text."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("uvicorn.error", "uvicorn.access", "uvicorn", "alembic", "dramatiq", "elastic_transport"):
        logger = logging.getLogger(noisy)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(fields(record), default=str).decode()


class TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        shown = fields(record)
        head = (shown.pop("time"), shown.pop("level"), shown.pop("event"))
        rest = (f"{name}={value}" for name, value in shown.items() if name != "stack")
        return " ".join([*map(str, head), *rest]) + (f"\n{shown['stack']}" if "stack" in shown else "")


def fields(record: logging.LogRecord) -> dict[str, object]:
    shown: dict[str, object] = {
        "time": clock.isoformat(int(record.created * clock.SECOND)),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    shown.update((name, getattr(record, name)) for name in FIELDS if hasattr(record, name))
    if record.exc_info and record.exc_info[0] is not None:
        shown["error"] = record.exc_info[0].__name__  # not its message, which may quote data
        shown["stack"] = "".join(traceback.format_tb(record.exc_info[2]))
    return shown
