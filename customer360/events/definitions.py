"""The `data` of every event type, as msgspec structs: the published JSON Schemas are made from these."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Title = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(max_length=20_000)]
Code = Annotated[str, Meta(max_length=200)]
Time = Annotated[
    str, Meta(max_length=40, description="RFC 3339 with offset", extra_json_schema={"format": "date-time"})
]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
# Larger numbers come back from JSON columns as integers that JSON encoders refuse.
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Whole = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Scalar = str | Whole | Number | bool | None


class Channel(StrEnum):
    VOICE = "voice"
    IVR = "ivr"
    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"
    MMS = "mms"
    WHATSAPP = "whatsapp"
    WEB = "web"
    MOBILE_APP = "mobile_app"
    BRANCH = "branch"
    SOCIAL = "social"
    PRINT = "print"
    QR = "qr"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EventData(Struct, frozen=True, rename="camel", kw_only=True):
    """Common base; unknown fields are kept in the ledger and ignored here."""


class KeyRef(Struct, frozen=True):
    """An identity key inside `data`, in the sender's spelling."""

    type: Literal["cpf", "cnpj", "phone", "email", "account", "protocol", "external"]
    value: Annotated[str, Meta(min_length=1, max_length=320)]


class InteractionRecorded(EventData, frozen=True):
    channel: Channel
    direction: Direction | None = None
    title: Title | None = None
    summary: Text | None = None
    started_at: Time | None = None
    ended_at: Time | None = None
    agent: Code | None = None
    queue: Code | None = None
    reason: Code | None = None
    disposition: Code | None = None
    protocol: Code | None = None
    approximate: bool = False


class OfferRule(EventData, frozen=True):
    """A condition on what is known of the customer; all rules of an offer must hold."""

    fact: Literal["profile", "segment", "owns", "score"]
    name: Name
    op: Literal["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "is", "is_not"] = "is"
    value: Scalar | list[Scalar] = None


class OfferDefined(EventData, frozen=True):
    offer: Code
    name: Name
    summary: Text | None = None
    talk_track: Text | None = None
    value: Number = 0.0
    group: Code | None = None
    product: Code | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    channels: list[Channel] | None = None
    rules: list[OfferRule] = []
    repeat_after_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    consent: Code | None = None


class OfferWithdrawn(EventData, frozen=True):
    offer: Code
    reason: Title | None = None


class OfferEvent(EventData, frozen=True):
    """presented, seen, accepted, declined, deferred, ignored, converted. `presentation` is the id of the presented
    event of the same source, when the sender knows which showing this answers."""

    offer: Code
    channel: Channel
    direction: Direction | None = None
    decision_id: Code | None = None
    presentation: Code | None = None
    title: Title | None = None
    agent: Code | None = None
    reason: Title | None = None
    until: Time | None = None
    value: Number | None = None
    approximate: bool = False


class DocumentArchived(EventData, frozen=True):
    title: Title
    kind: Code = "document"
    media_type: Code = "application/pdf"
    channel: Channel | None = None
    direction: Direction | None = None
    number: Code | None = None
    sha256: Digest | None = None
    size: Annotated[int, Meta(ge=0, le=10**15)] | None = None
    file_name: Title | None = None


class ProfileUpdated(EventData, frozen=True):
    """Attributes not named stay; null removes one. `keys` are claims that tie each key to the subject."""

    name: Title | UnsetType | None = UNSET
    attributes: dict[Name, Scalar] = {}
    keys: list[KeyRef] = []


class LifeEventObserved(EventData, frozen=True):
    kind: Code
    title: Title | None = None
    summary: Text | None = None
    channel: Channel | None = None


class ConsentEvent(EventData, frozen=True):
    purpose: Code
    channel: Channel | None = None
    via: Channel | None = None
    evidence: Text | None = None


class MergePair(EventData, frozen=True):
    """The two public customer ids of that moment."""

    survivor: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    merged: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class IdentityLinked(EventData, frozen=True):
    """Either `key` (the subject and this key are one customer) or, from this service's own people, `merge`."""

    key: KeyRef | None = None
    merge: MergePair | None = None
    reason: Title | None = None


class IdentityUnlinked(EventData, frozen=True):
    """Withdraws a claim (`key`), or takes back one merge by its id."""

    key: KeyRef | None = None
    merge_id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None = None
    reason: Title | None = None


class ScoreUpdated(EventData, frozen=True):
    name: Name
    value: Number
    valid_until: Time | None = None


class SegmentEvent(EventData, frozen=True):
    segment: Code
    name: Name | None = None


class PurchaseCompleted(EventData, frozen=True):
    product: Code
    title: Title | None = None
    amount: Number | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "BRL"
    order: Code | None = None
    channel: Channel | None = None


class PaymentReceived(EventData, frozen=True):
    amount: Number
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "BRL"
    title: Title | None = None
    reference: Code | None = None
    channel: Channel | None = None


class AccountQueried(EventData, frozen=True):
    what: Code
    title: Title | None = None
    channel: Channel | None = None


class MessageSent(EventData, frozen=True):
    message_id: Code
    channel: Channel
    title: Title | None = None
    summary: Text | None = None
    campaign: Code | None = None
    template: Code | None = None


class MessageState(EventData, frozen=True):
    """delivered, opened, clicked, bounced, failed, returned, complained, unsubscribed."""

    message_id: Code
    channel: Channel | None = None
    reason: Title | None = None
    url: Annotated[str, Meta(max_length=2_000)] | None = None


class LinkVisited(EventData, frozen=True):
    url: Annotated[str, Meta(max_length=2_000)]
    title: Title | None = None
    channel: Channel = Channel.WEB
    message_id: Code | None = None


class NoteAdded(EventData, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    title: Title | None = None
    agent: Code | None = None
    channel: Channel | None = None
    interaction: Code | None = None


class EntryRetracted(EventData, frozen=True):
    """Names the event to hide by the source and id it was sent with."""

    source: Annotated[str, Meta(min_length=1, max_length=500)]
    id: Annotated[str, Meta(min_length=1, max_length=500)]
    reason: Title


class EntryReassigned(EntryRetracted, frozen=True):
    """The event's subject is the customer the entry belongs to."""


DEFINITIONS: dict[str, type[EventData]] = {
    "interaction.recorded": InteractionRecorded,
    "offer.defined": OfferDefined,
    "offer.withdrawn": OfferWithdrawn,
    "offer.presented": OfferEvent,
    "offer.seen": OfferEvent,
    "offer.accepted": OfferEvent,
    "offer.declined": OfferEvent,
    "offer.deferred": OfferEvent,
    "offer.ignored": OfferEvent,
    "offer.converted": OfferEvent,
    "document.archived": DocumentArchived,
    "profile.updated": ProfileUpdated,
    "life_event.observed": LifeEventObserved,
    "consent.granted": ConsentEvent,
    "consent.revoked": ConsentEvent,
    "identity.linked": IdentityLinked,
    "identity.unlinked": IdentityUnlinked,
    "score.updated": ScoreUpdated,
    "segment.entered": SegmentEvent,
    "segment.left": SegmentEvent,
    "purchase.completed": PurchaseCompleted,
    "payment.received": PaymentReceived,
    "account.queried": AccountQueried,
    "message.sent": MessageSent,
    "message.delivered": MessageState,
    "message.opened": MessageState,
    "message.clicked": MessageState,
    "message.bounced": MessageState,
    "message.failed": MessageState,
    "message.returned": MessageState,
    "message.complained": MessageState,
    "message.unsubscribed": MessageState,
    "link.visited": LinkVisited,
    "note.added": NoteAdded,
    "entry.retracted": EntryRetracted,
    "entry.reassigned": EntryReassigned,
}
