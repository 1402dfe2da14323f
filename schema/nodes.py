"""Opaque global ids: base64url of `type:id`. Clients send them back as they are; nothing else is promised of them."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import graphene

CUSTOMER, ENTRY, DOCUMENT, KEY = "customer", "entry", "document", "key"
DECISION, MERGE, SEGMENT, VIEWER, REVIEW, CONTACT = (
    "decision",
    "merge",
    "segment",
    "viewer",
    "review",
    "contact",
)

_INTERNAL = re.compile(r"[0-9a-f]{32}")
_LONGEST = 400


class Node(graphene.Interface):
    id = graphene.ID(required=True)


def to_global(kind: str, internal: str) -> str:
    return urlsafe_b64encode(f"{kind}:{internal}".encode()).rstrip(b"=").decode()


def from_global(text: str) -> tuple[str, str] | None:
    """(type, id) of an id of ours with 32 hex characters inside; None for any other text."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        kind, _, internal = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (kind, internal) if _INTERNAL.fullmatch(internal) else None


def internal_id(text: str, kind: str) -> str | None:
    """The id inside, when it is one of that type."""
    found = from_global(text)
    return found[1] if found is not None and found[0] == kind else None
