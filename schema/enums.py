"""The enums of the contract. Their values are the product's own words: the names in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

CHANNELS = (
    "voice", "ivr", "chat", "email", "sms", "mms", "whatsapp", "web", "mobile_app", "branch", "social", "print", "qr",
    "system",
)  # fmt: skip


def words(name: str, values: Sequence[str], description: str) -> Any:
    """An enum whose names are the values in upper case."""
    return graphene.Enum(name, [(value.upper(), value) for value in values], description=description)


KeyType = words(
    "KeyType",
    ("cpf", "cnpj", "phone", "email", "account", "protocol", "external"),
    "What kind of key points at a customer; EXTERNAL is an id of another system.",
)
Channel = words(
    "Channel",
    CHANNELS,
    "SYSTEM: a fact that reached us through no channel, such as a payment or a life event.",
)
Direction = words("Direction", ("inbound", "outbound"), "Seen from the company.")
Role = words(
    "Role",
    ("agent", "supervisor", "auditor", "integrator", "privacy_officer", "administrator"),
    "What somebody is here for; scopes say what they may do.",
)
OfferResponse = words(
    "OfferResponse", ("accepted", "declined", "deferred"), "What the customer said to an offer."
)
LinkResolution = words(
    "LinkResolution",
    ("link", "separate"),
    "LINK: the key is this customer's alone. SEPARATE: it is not this customer's.",
)
DeliveryState = words(
    "DeliveryState",
    ("queued", "sent", "delivered", "opened", "clicked", "bounced", "failed", "returned"),
    "How far a message came.",
)
Preference = graphene.Enum(
    "Preference",
    [(name, name) for name in ("PREFERRED", "USED", "RARE", "REFUSED")],
    description="How much the customer uses a channel; REFUSED when consent to it was revoked.",
)
