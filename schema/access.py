"""Who may use which field, in one table. A root field that is not in it does not start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema

from customer360.privacy.roles import Scope
from schema.context import context_of
from schema.nodes import CUSTOMER, DOCUMENT, ENTRY

READ, WRITE, IDENTITY = Scope.GRAPHQL_READ, Scope.GRAPHQL_WRITE, Scope.IDENTITY_WRITE

# Every root field, and the fields below them that open another room. All scopes of a field are needed.
ACCESS: Mapping[str, frozenset[Scope]] = {
    name: frozenset(scopes)
    for name, scopes in {
        "Query.node": {READ},
        "Query.customer": {READ},
        "Query.customers": {READ},
        "Query.document": {READ, Scope.DOCUMENTS_READ},
        "Query.documents": {READ, Scope.DOCUMENTS_READ},
        "Query.reviewQueue": {READ, IDENTITY},
        "Query.viewer": set[Scope](),
        "Customer.documents": {Scope.DOCUMENTS_READ},
        "Mutation.recordInteraction": {WRITE},
        "Mutation.presentOffers": {WRITE},
        "Mutation.respondToOffer": {WRITE},
        "Mutation.addNote": {WRITE},
        "Mutation.recordConsent": {WRITE},
        "Mutation.mergeCustomers": {WRITE, IDENTITY},
        "Mutation.unmergeCustomers": {WRITE, IDENTITY},
        "Mutation.resolveLink": {WRITE, IDENTITY},
        "Mutation.revealKey": {READ, Scope.KEYS_REVEAL},
        "Mutation.retractEntry": {WRITE},
        "Mutation.reassignEntry": {WRITE},
        "Subscription.customerTimeline": {READ},
        "Subscription.agentFeed": {READ},
    }.items()
}

# What `node(id)` needs besides, by the type of the id: the way around must not be wider than the door.
NODE_ACCESS: Mapping[str, frozenset[Scope]] = {
    CUSTOMER: frozenset({READ}),
    ENTRY: frozenset({READ}),
    DOCUMENT: frozenset({READ, Scope.DOCUMENTS_READ}),
}


def guard(schema: GraphQLSchema) -> None:
    """Puts the check before the resolver (or subscriber) of every field of the table. KeyError for a forgotten root field."""
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root is not None
        for name in root.fields:
            _guard_field(root, name, ACCESS[f"{root.name}.{name}"])
    for place, scopes in ACCESS.items():
        type_name, _, name = place.partition(".")
        owner = schema.type_map[type_name]
        assert isinstance(owner, GraphQLObjectType)
        if owner not in (schema.query_type, schema.mutation_type, schema.subscription_type):
            _guard_field(owner, name, scopes)


def _guard_field(owner: GraphQLObjectType, name: str, scopes: frozenset[Scope]) -> None:
    field = owner.fields[name]
    if field.subscribe is not None:
        field.subscribe = _guarded(field.subscribe, scopes)
    else:
        assert field.resolve is not None
        field.resolve = _guarded(field.resolve, scopes)


def _guarded(resolve: Callable[..., Any], scopes: frozenset[Scope]) -> Callable[..., Any]:
    @wraps(resolve)
    def checked(root: Any, info: Any, **arguments: Any) -> Any:
        require(info, scopes)
        return resolve(root, info, **arguments)

    return checked


def require(info: Any, scopes: frozenset[Scope]) -> None:
    """Forbidden when the principal lacks one of them."""
    principal = context_of(info).principal
    for scope in sorted(scopes):
        principal.require(scope)
