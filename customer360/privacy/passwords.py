"""Passwords of local accounts: argon2id, in few threads at a time, with the same cost for an unknown login."""

from __future__ import annotations

import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from customer360.errors import BadInput
from customer360.privacy.credentials import new_token

SHORTEST, LONGEST = 10, 200


def normal_login(text: str) -> str:
    """The form in which a login is stored and looked up: NFKC, without case or surrounding space."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class Passwords:
    """Hashes and verifies; blocking for about 50 ms of CPU and 64 MB, so callers bound how many run at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(new_token())

    def hash(self, password: str) -> str:
        """BadInput with code PASSWORD_TOO_SHORT or PASSWORD_TOO_LONG (10 to 200 characters)."""
        normal = unicodedata.normalize("NFKC", password)
        if len(normal) < SHORTEST:
            reason = f"a password has at least {SHORTEST} characters"
            raise BadInput(reason, field="password", code="PASSWORD_TOO_SHORT")
        if len(normal) > LONGEST:
            reason = f"a password has at most {LONGEST} characters"
            raise BadInput(reason, field="password", code="PASSWORD_TOO_LONG")
        return self._hasher.hash(normal)

    def verify(self, stored: str | None, password: str) -> bool:
        """False for a wrong password; without a stored hash the same work is done against nobody's."""
        try:
            self._hasher.verify(stored or self._nobody, unicodedata.normalize("NFKC", password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None
