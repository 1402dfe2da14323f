"""Roles, scopes and which role holds which scopes. The only list of both; keys carry scopes of their own."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a principal may do; checked at the edge and by the GraphQL resolvers."""

    EVENTS_WRITE = "events:write"
    GRAPHQL_READ = "graphql:read"
    GRAPHQL_WRITE = "graphql:write"
    EXPLORE = "explore"  # __schema
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    IDENTITY_WRITE = "identity:write"  # merge, unmerge, the review queue
    KEYS_REVEAL = "keys:reveal"  # an unmasked key, logged, with a reason
    AUDIT_READ = "audit:read"
    METRICS_READ = "metrics:read"
    ADMIN = "admin"


_READS = {Scope.GRAPHQL_READ, Scope.DOCUMENTS_READ}
_WORKS = _READS | {Scope.GRAPHQL_WRITE, Scope.KEYS_REVEAL}

SCOPES_OF = MappingProxyType(
    {
        Role.AGENT: frozenset(_WORKS),
        Role.SUPERVISOR: frozenset(_WORKS | {Scope.IDENTITY_WRITE}),
        Role.AUDITOR: frozenset(_READS | {Scope.AUDIT_READ}),
        Role.INTEGRATOR: frozenset(
            _READS | {Scope.GRAPHQL_WRITE, Scope.EVENTS_WRITE, Scope.DOCUMENTS_WRITE, Scope.EXPLORE}
        ),
        Role.PRIVACY_OFFICER: frozenset(_WORKS | {Scope.AUDIT_READ}),
        Role.ADMINISTRATOR: frozenset(Scope),
    }
)
