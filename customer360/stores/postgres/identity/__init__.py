"""Identity inside a projection transaction: `apply_identity` writes what events say about keys and places the members."""

from customer360.stores.postgres.identity.apply import apply_identity

__all__ = ["apply_identity"]
