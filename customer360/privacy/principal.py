"""Who acts: a signed-in account or an API key, with what it may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from customer360.errors import Forbidden
from customer360.privacy.roles import SCOPES_OF, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """`id` is that of the account or key and is what audit entries and the ledger name.

    `csrf_token` is only there for a cookie session; `expires_at` (µs) only where the credential ends by itself.
    """

    id: str
    kind: Literal["account", "key"]
    name: str
    role: Role | None
    scopes: frozenset[str]
    locale: str = "pt-BR"
    csrf_token: str | None = field(default=None, repr=False)
    expires_at: int | None = None

    @classmethod
    def of_account(
        cls,
        account_id: str,
        name: str,
        role: str,
        locale: str,
        *,
        csrf_token: str | None = None,
        expires_at: int | None = None,
    ) -> Principal:
        """An account holds the scopes of its role."""
        held = Role(role)
        return cls(
            account_id,
            "account",
            name,
            held,
            SCOPES_OF[held],
            locale,
            csrf_token=csrf_token,
            expires_at=expires_at,
        )

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Forbidden when the scope is missing; the reason names the scope, never the principal."""
        if scope not in self.scopes:
            raise Forbidden(f"this needs the scope {scope}")
