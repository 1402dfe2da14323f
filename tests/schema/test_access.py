from __future__ import annotations

from dataclasses import replace

import pytest

from customer360.privacy.principal import Principal
from customer360.privacy.roles import Role, Scope
from schema.access import ACCESS
from schema.nodes import to_global
from schema.root import build_schema
from tests.schema.desk import Desk

NOBODY = to_global("customer", "0" * 32)
KEYED = f'idempotencyKey: "k", customerId: "{NOBODY}"'
REASON = 'reason: "r"'

# One harmless call of every root field: it finds nothing, or is refused after the check of rights.
CALLS = {
    "Query.node": f'{{ node(id: "{NOBODY}") {{ id }} }}',
    "Query.customer": f'{{ customer(id: "{NOBODY}") {{ id }} }}',
    "Query.customers": '{ customers(search: "zz", first: 1) { nodes { id } } }',
    "Query.document": f'{{ document(id: "{NOBODY}") {{ id }} }}',
    "Query.documents": "{ documents(first: 1) { nodes { id } } }",
    "Query.reviewQueue": "{ reviewQueue(first: 1) { nodes { id } } }",
    "Query.viewer": "{ viewer { id } }",
    "Mutation.recordInteraction": f"mutation {{ recordInteraction(input: {{{KEYED}, channel: VOICE}}) {{ __typename }} }}",
    "Mutation.presentOffers": f'mutation {{ presentOffers(input: {{{KEYED}, decisionId: "x", offerIds: ["a"], channel: VOICE}}) {{ __typename }} }}',
    "Mutation.respondToOffer": f'mutation {{ respondToOffer(input: {{{KEYED}, decisionId: "x", offerId: "a", response: ACCEPTED, channel: VOICE}}) {{ __typename }} }}',
    "Mutation.addNote": f'mutation {{ addNote(input: {{{KEYED}, text: "t"}}) {{ __typename }} }}',
    "Mutation.recordConsent": f'mutation {{ recordConsent(input: {{{KEYED}, purpose: "m", granted: true}}) {{ __typename }} }}',
    "Mutation.mergeCustomers": f'mutation {{ mergeCustomers(input: {{idempotencyKey: "k", survivorId: "{NOBODY}", mergedId: "{NOBODY}", {REASON}}}) {{ __typename }} }}',
    "Mutation.unmergeCustomers": f'mutation {{ unmergeCustomers(input: {{idempotencyKey: "k", mergeId: "{NOBODY}", {REASON}}}) {{ __typename }} }}',
    "Mutation.resolveLink": f'mutation {{ resolveLink(input: {{{KEYED}, keyId: "{NOBODY}", resolution: LINK, {REASON}}}) {{ __typename }} }}',
    "Mutation.revealKey": f'mutation {{ revealKey(input: {{{KEYED}, keyId: "{NOBODY}", {REASON}}}) {{ __typename }} }}',
    "Mutation.retractEntry": f'mutation {{ retractEntry(input: {{idempotencyKey: "k", entryId: "{NOBODY}", {REASON}}}) {{ __typename }} }}',
    "Mutation.reassignEntry": f'mutation {{ reassignEntry(input: {{{KEYED}, entryId: "{NOBODY}", {REASON}}}) {{ __typename }} }}',
    "Subscription.customerTimeline": f'subscription {{ customerTimeline(customerId: "{NOBODY}", after: "x") {{ __typename }} }}',
    "Subscription.agentFeed": f'subscription {{ agentFeed(customers: [{{id: "{NOBODY}", after: "x"}}]) {{ customerId }} }}',
}

READS = {
    "Query.node",
    "Query.customer",
    "Query.customers",
    "Query.document",
    "Query.documents",
    "Query.viewer",
}
READS |= {"Subscription.customerTimeline", "Subscription.agentFeed"}
WRITES = {
    f"Mutation.{name}"
    for name in (
        "recordInteraction",
        "presentOffers",
        "respondToOffer",
        "addNote",
        "recordConsent",
        "retractEntry",
        "reassignEntry",
    )
}
LINKS = {"Query.reviewQueue", "Mutation.mergeCustomers", "Mutation.unmergeCustomers", "Mutation.resolveLink"}
REVEAL = {"Mutation.revealKey"}
MAY: dict[Role, set[str]] = {
    Role.AGENT: READS | WRITES | REVEAL,
    Role.SUPERVISOR: READS | WRITES | REVEAL | LINKS,
    Role.AUDITOR: READS,
    Role.INTEGRATOR: READS | WRITES,
    Role.PRIVACY_OFFICER: READS | WRITES | REVEAL,
    Role.ADMINISTRATOR: READS | WRITES | REVEAL | LINKS,
}


def key_with(*scopes: Scope) -> Principal:
    return Principal("k" * 12, "key", "CRM", None, frozenset(scopes))


def test_every_root_field_is_in_the_table_and_has_a_call() -> None:
    schema = build_schema().graphql_schema
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    fields = {f"{root.name}.{name}" for root in roots if root for name in root.fields}
    assert fields == set(CALLS)
    assert fields <= set(ACCESS)


async def forbidden(desk: Desk, query: str, principal: Principal) -> bool:
    """Whether the check of rights refused it; any other outcome means that it was let through."""
    if query.startswith("subscription"):
        responses = [response async for response in desk.stream(query, role=principal)]
    else:
        responses = [await desk.answer(query, role=principal)]
    codes = {error["extensions"]["code"] for response in responses for error in response.errors}
    assert "INTERNAL" not in codes
    return "FORBIDDEN" in codes


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_use_its_fields_and_no_other(desk: Desk, role: Role) -> None:
    before = desk.everything()
    refused = {
        name for name, query in CALLS.items() if await forbidden(desk, query, desk.principal(role.value))
    }
    assert refused == set(CALLS) - MAY[role]
    assert desk.everything() == before


async def test_a_key_without_scopes_may_only_ask_who_it_is(desk: Desk) -> None:
    refused = {name for name, query in CALLS.items() if await forbidden(desk, query, key_with())}
    assert refused == set(CALLS) - {"Query.viewer"}


async def test_a_key_that_may_not_read_documents_finds_no_way_around(desk: Desk) -> None:
    # given a document and a key that reads everything else
    document = desk.given("document.archived", {"title": "Contrato"})
    reader = key_with(Scope.GRAPHQL_READ)
    cpf = '{type: CPF, value: "52998224725"}'
    # then neither the document, nor node, nor the customer's list gives it
    for query in (
        f'{{ document(id: "{to_global("document", document)}") {{ title }} }}',
        f'{{ node(id: "{to_global("document", document)}") {{ id }} }}',
        f"{{ customer(key: {cpf}) {{ documents(first: 1) {{ nodes {{ title }} }} }} }}",
    ):
        answer = await desk.answer(query, role=reader)
        assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"
        assert "Contrato" not in str(answer.data)
    # and the customer itself is there
    assert (await desk.ask(f"{{ customer(key: {cpf}) {{ name }} }}", role=reader))["customer"] == {
        "name": None
    }


async def test_viewer_tells_role_scopes_and_the_csrf_token_of_a_session(desk: Desk) -> None:
    session = replace(desk.principal("supervisor"), csrf_token="t0k3n")
    query = "{ viewer { id name role scopes locale csrfToken } }"
    viewer = (await desk.ask(query, role=session))["viewer"]
    assert (viewer["role"], viewer["locale"], viewer["csrfToken"]) == ("SUPERVISOR", "pt-BR", "t0k3n")
    assert viewer["scopes"] == sorted(str(scope) for scope in session.scopes)
    assert (await desk.ask(query, role=key_with()))["viewer"]["role"] == "INTEGRATOR"
