"""The order of identity's writes, and when the one identity lock is taken."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2.extensions import cursor as Cursor

from customer360.customers.claims import Claim
from customer360.customers.facts import IdentityChange, KeySeen, MergeMade, MergeUndone, ProtocolCarried
from customer360.stores.postgres.identity import aliases, claims, members, merges, placing
from customer360.stores.postgres.locks import IDENTITY, append_lock


def apply_identity(cursor: Cursor, changes: Sequence[IdentityChange]) -> set[str]:
    """Writes members, claims, merges, aliases, groups and reviews; the members of every customer that changed.

    First thing in a READ COMMITTED transaction. Takes the identity lock, to its end, only when links may change:
    a repeated claim only moves its time. Repeating all of it changes nothing.
    """
    told = [c for c in changes if isinstance(c, Claim)]
    made = [c for c in changes if isinstance(c, MergeMade)]
    undone = [c for c in changes if isinstance(c, MergeUndone)]
    locked = bool(made or undone) or not claims.repeat(cursor, told)
    if locked:  # before any row of a member is locked, so that nobody under it waits for us
        append_lock(cursor, IDENTITY)
    awakened = members.see(cursor, [c for c in changes if isinstance(c, KeySeen)])
    touched = aliases.carry(cursor, [c for c in changes if isinstance(c, ProtocolCarried)])
    if awakened and not locked:
        append_lock(cursor, IDENTITY)
    if not awakened and not locked:
        return touched
    claimed = claims.tell(cursor, told)
    merged = awakened | merges.write(cursor, made, undone)
    return touched | placing.place(cursor, claimed, merged)
