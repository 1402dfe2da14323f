"""CloudEvents 1.0 over HTTP: headers and body of a request become decoded events. Nothing is validated here but JSON.

Binary, structured and batch content mode, told apart by the content type as the HTTP binding says. An event whose
data is not JSON is passed on with its data as text, so that intake refuses it alone and keeps it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from customer360.errors import BadInput
from indexer.sources import lenient

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_PREFIX = "ce-"
_REQUIRED = frozenset({"ce-specversion", "ce-id", "ce-source", "ce-type"})
_NAME = re.compile(r"[a-z0-9]{1,50}")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class UnsupportedMediaType(BadInput):
    """The content type is none of the three content modes."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class Mode(Enum):
    BINARY = "binary"
    STRUCTURED = "structured"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers tell before the body is read. `attributes` are those of a binary event."""

    mode: Mode
    content_type: str
    attributes: Mapping[str, str]

    def events(self, body: bytes) -> list[Any]:
        """Decoded events, each as one JSON value. BadInput with code INVALID_JSON when the body cannot be read."""
        if self.mode is Mode.BINARY:
            return [_binary(self, body)]
        decoded = _json(body)
        if self.mode is Mode.STRUCTURED:
            return [_with_data(decoded)]
        if not isinstance(decoded, list):
            raise BadInput("a batch is a JSON array of events", code="NOT_AN_ARRAY")
        return [_with_data(event) for event in decoded]


def envelope(headers: Iterable[tuple[str, str]]) -> Envelope:
    """Content mode and attributes. Names are expected in lower case, values as received (ISO 8859-1).

    UnsupportedMediaType when the content type is none of ours; BadInput for attributes that cannot be read.
    """
    fields: dict[str, str] = {}
    for name, value in headers:
        if name in fields and (name.startswith(_PREFIX) or name == "content-type"):
            raise BadInput(f"the header {name} is there twice", field=name, code="REPEATED_HEADER")
        fields[name] = value
    content_type = fields.get("content-type", "")
    essence = _essence(content_type)
    if essence.startswith("application/cloudevents"):
        return Envelope(_event_format(essence, content_type), content_type, {})
    if not any(name in _REQUIRED for name in fields):
        raise UnsupportedMediaType(
            f"send {STRUCTURED}, {BATCH}, or one event in binary mode with ce- headers", field="content-type"
        )
    return Envelope(Mode.BINARY, content_type, _attributes(fields))


def _event_format(essence: str, content_type: str) -> Mode:
    charset = _charset(content_type)
    if essence not in (STRUCTURED, BATCH) or charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("only the JSON event format in UTF-8 is understood", field="content-type")
    return Mode.BATCH if essence == BATCH else Mode.STRUCTURED


def _essence(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _attributes(fields: Mapping[str, str]) -> dict[str, str]:
    read: dict[str, str] = {}
    for header, value in fields.items():
        if not header.startswith(_PREFIX):
            continue
        name = header.removeprefix(_PREFIX)
        if not _NAME.fullmatch(name) or name in ("data", "datacontenttype"):
            raise BadInput("not the name of an attribute", field=header, code="INVALID_ATTRIBUTE")
        read[name] = _unescaped(header, value)
    return read


def _unescaped(header: str, value: str) -> str:
    """Quoted string, then percent-encoding of UTF-8, as section 3.1.3.2 of the HTTP binding says."""
    quoted = _QUOTED.fullmatch(value)
    if quoted:
        value = _ESCAPED.sub(r"\1", quoted[1])
    try:
        return unquote_to_bytes(value.encode("latin-1")).decode()
    except UnicodeError:
        raise BadInput("not percent-encoded UTF-8", field=header, code="INVALID_TEXT") from None


def _binary(envelope: Envelope, body: bytes) -> dict[str, Any]:
    event: dict[str, Any] = dict(envelope.attributes)
    if envelope.content_type:
        event["datacontenttype"] = envelope.content_type
    if not body:
        return event
    try:
        event["data"] = orjson.loads(body) if _is_json(envelope.content_type) else _text(body)
    except orjson.JSONDecodeError:
        event["data"] = _text(body)
    return event


def _text(body: bytes) -> str:
    """For the quarantine: every byte is found again in it."""
    return body.decode("utf-8", "backslashreplace")


def _is_json(content_type: str) -> bool:
    """No content type at all means JSON, as in the event formats."""
    essence = _essence(content_type)
    return essence in ("", "application/json", "text/json") or essence.endswith("+json")


def _with_data(event: Any) -> Any:
    """`data_base64` that holds JSON becomes `data`; anything else stays as it was sent."""
    if not isinstance(event, dict) or "data_base64" not in event or "data" in event:
        return event  # with both of them it is refused, see events.parse
    content_type = event.get("datacontenttype", "")
    if not isinstance(content_type, str) or not _is_json(content_type):
        return event
    try:
        data = orjson.loads(base64.b64decode(event["data_base64"], validate=True))
    except (TypeError, ValueError, binascii.Error):
        return event
    return {**{name: value for name, value in event.items() if name != "data_base64"}, "data": data}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return lenient.decode(body)
