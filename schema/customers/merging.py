"""Mutations mergeCustomers and unmergeCustomers, both with a dry run that records nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from customer360.customers.merges import Merge
from customer360.customers.merging import refusal_of
from customer360.customers.model import CustomerKey as KnownKey
from customer360.customers.model import CustomerSnapshot
from customer360.customers.previews import Preview, preview
from schema.context import RequestContext, context_of
from schema.customers.customer import Customer, CustomerNode, shown_customer
from schema.customers.parts import CustomerKey, shown_key
from schema.nodes import CUSTOMER, MERGE, internal_id, to_global
from schema.recording import Fact, customer_of, reason_of, record, subject_of
from schema.refusals import Refused, payload, refusable
from schema.results import outcome, result


class MergeCustomersInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    survivor_id = graphene.ID(required=True)
    merged_id = graphene.ID(required=True)
    reason = graphene.String(required=True)


class UnmergeCustomersInput(graphene.InputObjectType):
    idempotency_key = graphene.String(required=True)
    merge_id = graphene.ID(required=True)
    reason = graphene.String(required=True)


class MergePreview(graphene.ObjectType):
    """What a customer would consist of"""

    customer_id = graphene.ID(required=True)
    name = graphene.String()
    members = graphene.Int(required=True)
    entries = graphene.Int(required=True)
    documents = graphene.Int(required=True)
    keys = graphene.List(graphene.NonNull(CustomerKey), required=True)


class CustomersMerged(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    merge_id = graphene.ID(description="null for a dry run")
    customer = graphene.Field(Customer, required=True)
    preview = graphene.List(graphene.NonNull(MergePreview), required=True)


class CustomersUnmerged(graphene.ObjectType):
    projected = graphene.Boolean(required=True)
    customers = graphene.List(graphene.NonNull(Customer), required=True)
    preview = graphene.List(graphene.NonNull(MergePreview), required=True)


MergeCustomersResult = result("MergeCustomersResult", CustomersMerged)
UnmergeCustomersResult = result("UnmergeCustomersResult", CustomersUnmerged)


def dry_run() -> graphene.Argument:
    return graphene.Argument(graphene.Boolean, default_value=False)


class CustomerMerging(graphene.ObjectType):
    merge_customers = outcome(MergeCustomersResult, MergeCustomersInput, dry_run=dry_run())
    unmerge_customers = outcome(UnmergeCustomersResult, UnmergeCustomersInput, dry_run=dry_run())

    @staticmethod
    @refusable
    async def resolve_merge_customers(_root: Any, info: Any, input: Any, dry_run: bool | None = False) -> Any:
        context = context_of(info)
        if dry_run:
            survivor, merged = await _pair(context, input)
            shown = await _joined(context, survivor, merged, Merge("", survivor.id, merged.id, context.now()))
            return _merged(survivor, shown, None, projected=False)
        recorded = await record(context, "mergeCustomers", input, lambda: _merge(context, input))
        survivor = await customer_of(context, input["survivor_id"], "survivorId")
        merged = await customer_of(context, input["merged_id"], "mergedId")
        expected = Merge(recorded.id, survivor.id, merged.id, context.now())
        shown = await _joined(context, survivor, merged, None if recorded.projected else expected)
        return _merged(survivor, shown, recorded.id, projected=recorded.projected)

    @staticmethod
    @refusable
    async def resolve_unmerge_customers(
        _root: Any, info: Any, input: Any, dry_run: bool | None = False
    ) -> Any:
        context = context_of(info)
        merge = await _known_merge(context, input)
        if dry_run:
            customer = await _survivor(context, _live(merge))
            shown = await _previews(context, customer.member_ids, drop=merge.id)
            return payload(
                "CustomersUnmerged",
                projected=False,
                customers=[shown_customer(customer)],
                preview=list(map(shown_preview, shown)),
            )
        recorded = await record(context, "unmergeCustomers", input, lambda: _unmerge(context, merge, input))
        found = await context.services.customers.snapshots([merge.survivor, merge.merged])
        customers = {snapshot.id: snapshot for snapshot in found if snapshot is not None}
        about = [member for snapshot in customers.values() for member in snapshot.member_ids]
        return payload(
            "CustomersUnmerged",
            projected=recorded.projected,
            customers=[CustomerNode(snapshot) for snapshot in customers.values()],
            preview=list(map(shown_preview, await _previews(context, about, drop=merge.id))),
        )


async def _pair(context: RequestContext, input: Any) -> tuple[CustomerSnapshot, CustomerSnapshot]:
    """Both customers, checked: two different ones that fit into one."""
    reason_of(input)
    survivor = await customer_of(context, input["survivor_id"], "survivorId")
    merged = await customer_of(context, input["merged_id"], "mergedId")
    refusal = refusal_of(survivor, merged)
    if refusal is not None:
        raise Refused(refusal.code, refusal.reason, f"{refusal.side}Id")
    return survivor, merged


async def _merge(context: RequestContext, input: Any) -> list[Fact]:
    survivor, merged = await _pair(context, input)
    data = {"merge": {"survivor": survivor.id, "merged": merged.id}, "reason": reason_of(input)}
    return [Fact("identity.linked", data, subject_of(survivor))]


async def _known_merge(context: RequestContext, input: Any) -> Merge:
    internal = internal_id(input["merge_id"], MERGE)
    merge = None if internal is None else await context.services.linking.merge(internal)
    if merge is None:
        raise Refused("MERGE_NOT_FOUND", "there is no such merge", "mergeId")
    return merge


def _live(merge: Merge) -> Merge:
    if not merge.live:
        raise Refused("ALREADY_UNMERGED", "this merge was taken back before", "mergeId")
    return merge


async def _unmerge(context: RequestContext, merge: Merge, input: Any) -> list[Fact]:
    survivor = await _survivor(context, _live(merge))
    data = {"mergeId": merge.id, "reason": reason_of(input)}
    return [Fact("identity.unlinked", data, subject_of(survivor))]


async def _survivor(context: RequestContext, merge: Merge) -> CustomerSnapshot:
    return await customer_of(context, to_global(CUSTOMER, merge.survivor), "mergeId")


async def _joined(
    context: RequestContext, survivor: CustomerSnapshot, merged: CustomerSnapshot, add: Merge | None
) -> list[Preview]:
    return await _previews(context, [*survivor.member_ids, *merged.member_ids], add=add)


async def _previews(context: RequestContext, about: Sequence[str], **change: Any) -> list[Preview]:
    return preview(await context.services.linking.graph(about), about, **change)


def _merged(
    survivor: CustomerSnapshot, shown: Sequence[Preview], merge_id: str | None, *, projected: bool
) -> dict[str, Any]:
    return payload(
        "CustomersMerged",
        projected=projected,
        merge_id=None if merge_id is None else to_global(MERGE, merge_id),
        customer=shown_customer(survivor),
        preview=list(map(shown_preview, shown)),
    )


def shown_preview(outcome: Preview) -> dict[str, Any]:
    return {
        "customer_id": to_global(CUSTOMER, outcome.id),
        "name": outcome.name,
        "members": len(outcome.parts),
        "entries": outcome.entries,
        "documents": outcome.documents,
        "keys": [
            shown_key(KnownKey(part.id, part.key_type, part.key_value, outcome.shared))
            for part in outcome.parts
        ],
    }
