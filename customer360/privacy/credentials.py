"""Secrets of sessions, bearer tokens and API keys: how they are made, spelled, hashed and compared. No storage here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

KEY_PREFIX = "c360_"
_KEY = re.compile(r"c360_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class KeyText:
    """An API key as it is sent: `c360_<id>_<secret>`, 48 bits of id and 256 bits of secret."""

    id: str
    secret: str

    def __str__(self) -> str:
        return f"{KEY_PREFIX}{self.id}_{self.secret}"

    def __repr__(self) -> str:
        return f"KeyText({self.id})"

    @classmethod
    def make(cls, key_id: str | None = None) -> KeyText:
        """A new secret, for a new id or for the rotation of an existing one."""
        return cls(key_id or secrets.token_hex(6), secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> KeyText | None:
        """None when it is not spelled like a key of ours."""
        found = _KEY.fullmatch(text)
        return cls(found[1], found[2]) if found else None


def new_token() -> str:
    """256 random bits in 43 URL-safe characters: a session cookie, a bearer token or a CSRF token."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """What is stored instead of a secret of 256 random bits; a slow hash would add nothing to those."""
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()


def same(left: str, right: str) -> bool:
    """Compares in a time that does not depend on where they differ."""
    return compare_digest(left.encode("utf-8", "surrogateescape"), right.encode("utf-8", "surrogateescape"))
