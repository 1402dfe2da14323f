"""How every internal id and partition number is made: keyed hashes, so that an id tells nothing and repeats exactly."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

PARTITIONS = 64
NO_CUSTOMER = PARTITIONS  # events without a customer have a partition of their own
ALL_PARTITIONS = range(PARTITIONS + 1)
_ID = re.compile(r"[0-9a-f]{32}")


class Ids:
    """Makes ids with the installation secret; one instance per process. All ids are 32 lowercase hex characters."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.new(secret, b"c360 ids v1", sha256)
        self.fingerprint = hmac.new(secret, b"c360 fingerprint v1", sha256).hexdigest()[:32]

    def digest(self, *parts: str) -> bytes:
        """Keyed SHA-256 over the parts, length-prefixed so that ("a", "bc") and ("ab", "c") differ."""
        mac = self._key.copy()
        mac.update(b"".join(map(_prefixed, parts)))
        return mac.digest()

    def make(self, *parts: str) -> str:
        return self.digest(*parts)[:16].hex()

    def event(self, source: str, event_id: str) -> str:
        """The id of an event everywhere inside; entries, documents and offer contacts use it too."""
        return self.make("event", source, event_id)

    def member(self, key_type: str, value: str) -> str:
        """The member that one normalised identity key stands for."""
        return self.make("member", key_type, value)

    def message(self, message_id: str) -> str:
        """What the delivery states of one message are kept under, whatever arrives first."""
        return self.make("message", message_id)

    def body_hash(self, canonical: bytes) -> bytes:
        """Keyed hash of an event's canonical JSON as it was sent."""
        mac = self._key.copy()
        mac.update(b"body" + canonical)
        return mac.digest()


def _prefixed(part: str) -> bytes:
    raw = part.encode("utf-8", "surrogatepass")
    return len(raw).to_bytes(4, "big") + raw


def is_id(text: str) -> bool:
    """Whether a text from outside has the form of our ids; nothing else is worth a look into the database."""
    return _ID.fullmatch(text) is not None


def partition_of(member_id: str | None) -> int:
    """0-63 by member, 64 without one."""
    return NO_CUSTOMER if member_id is None else int(member_id[:8], 16) % PARTITIONS
