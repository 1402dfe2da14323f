"""The small types a customer is shown with, and the masked form of what is personal in them."""

from __future__ import annotations

from typing import Any

import graphene
import orjson

from customer360.customers.model import Attribute as KnownAttribute
from customer360.customers.model import CustomerKey as KnownKey
from customer360.customers.model import CustomerSnapshot
from customer360.privacy.masking import MASKED_TYPES, mask
from schema.enums import Channel, KeyType, Preference
from schema.nodes import KEY, MERGE, SEGMENT, to_global
from schema.privacy.masked_text import masked
from schema.scalars import DateTime


class CustomerKey(graphene.ObjectType):
    """value is masked for CPF, CNPJ, phone and e-mail; revealKey shows it once and logs who and why"""

    id = graphene.ID(required=True)
    type = graphene.Field(KeyType, required=True)
    value = graphene.String(required=True)
    masked = graphene.Boolean(required=True)
    shared = graphene.Boolean(required=True)


class Attribute(graphene.ObjectType):
    name = graphene.String(required=True)
    value = graphene.String(required=True)
    updated_at = DateTime(required=True)


class Segment(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    since = DateTime(required=True)


class Score(graphene.ObjectType):
    name = graphene.String(required=True)
    value = graphene.Float(required=True)
    updated_at = DateTime(required=True)
    valid_until = DateTime()


class Consent(graphene.ObjectType):
    purpose = graphene.String(required=True)
    channel = graphene.Field(Channel)
    granted = graphene.Boolean(required=True)
    at = DateTime(required=True)
    source = graphene.String(required=True)


class ChannelUse(graphene.ObjectType):
    channel = graphene.Field(Channel, required=True)
    interactions = graphene.Int(required=True)
    last_at = DateTime()
    preference = graphene.Field(Preference, required=True)
    best_hour = graphene.Int(description="Hour of the day in the installation's zone, 0-23")
    sample_size = graphene.Int(required=True)


class Merge(graphene.ObjectType):
    id = graphene.ID(required=True)
    at = DateTime(required=True)
    reason = graphene.String(required=True)
    by = graphene.String(required=True)


def shown_key(key: KnownKey, *, revealed: bool = False) -> dict[str, Any]:
    """A key as people see it; whole only for a reveal that was logged."""
    hidden = key.type in MASKED_TYPES and not revealed
    return {
        "id": to_global(KEY, key.id),
        "type": key.type,
        "value": mask(key.type, key.value) if hidden else key.value,
        "masked": hidden,
        "shared": key.shared,
    }


def shown_attribute(attribute: KnownAttribute) -> dict[str, Any]:
    value = attribute.value
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return {"name": attribute.name, "value": masked(text), "updated_at": attribute.updated_at}


def shown_segments(snapshot: CustomerSnapshot) -> list[dict[str, Any]]:
    return [
        {"id": to_global(SEGMENT, segment.id), "name": segment.name, "since": segment.since}
        for segment in snapshot.segments
    ]


def shown_merges(snapshot: CustomerSnapshot) -> list[dict[str, Any]]:
    return [
        {
            "id": to_global(MERGE, merge.id),
            "at": merge.at,
            "reason": masked(merge.reason),
            "by": merge.by.removeprefix("graphql:"),
        }
        for merge in snapshot.merges
    ]
