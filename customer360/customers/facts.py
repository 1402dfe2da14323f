"""What one event says about keys: keys seen, claims, merges and protocols. Pure; the store applies it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from customer360.customers.claims import Claim, Member, pair_of
from customer360.errors import EventRejected
from customer360.events import OWN_SOURCE, Event, KeyRef
from customer360.events.definitions import (
    IdentityLinked,
    IdentityUnlinked,
    InteractionRecorded,
    ProfileUpdated,
)
from customer360.ids import Ids
from customer360.keys import Key


@dataclass(frozen=True, slots=True)
class KeySeen:
    """An event named this key, so its member exists."""

    member_id: str
    key: Key = field(repr=False)
    occurred_at: int = 0
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class MergeMade:
    """A person joined two customers; `id` is the event's. `principal`: who, as the event's source tells."""

    id: str
    survivor: str
    merged: str
    occurred_at: int
    reason: str | None
    principal: str


@dataclass(frozen=True, slots=True)
class MergeUndone:
    merge_id: str
    occurred_at: int


@dataclass(frozen=True, slots=True)
class ProtocolCarried:
    """An event of `member_id` carried the protocol; None: the protocol is the subject of an event."""

    alias_id: str
    value: str = field(repr=False)
    member_id: str | None = None
    occurred_at: int = 0
    event_id: str = ""


IdentityChange = KeySeen | Claim | MergeMade | MergeUndone | ProtocolCarried


def identity_changes(event: Event, ids: Ids) -> list[IdentityChange]:
    """Everything the event says about keys; the same event always says the same."""
    return [*_subject(event), *_told(event, ids)]


def _subject(event: Event) -> Iterator[IdentityChange]:
    if event.subject is None or event.member_id is None:
        return
    if event.subject.type == "protocol":
        yield ProtocolCarried(event.member_id, event.subject.value, None, event.occurred_at, event.id)
    else:
        yield KeySeen(event.member_id, event.subject, event.occurred_at, event.id)


def _told(event: Event, ids: Ids) -> Iterator[IdentityChange]:
    data = event.data
    if isinstance(data, ProfileUpdated):
        yield from _claims(event, data.keys, ids, linked=True, by_person=False)
    elif isinstance(data, IdentityLinked | IdentityUnlinked):
        linked = isinstance(data, IdentityLinked)
        yield from _claims(event, [data.key] if data.key else [], ids, linked=linked, by_person=event.own)
        yield from _merge(event)
    elif isinstance(data, InteractionRecorded) and data.protocol is not None:
        yield from _protocol(event, data.protocol, ids)


def _merge(event: Event) -> Iterator[IdentityChange]:
    """Only people of this service merge; `parse` refuses it from anybody else."""
    data = event.data
    if not event.own:
        return
    if isinstance(data, IdentityLinked) and data.merge is not None:
        yield MergeMade(
            event.id,
            data.merge.survivor,
            data.merge.merged,
            event.occurred_at,
            data.reason,
            event.source.removeprefix(OWN_SOURCE),
        )
    elif isinstance(data, IdentityUnlinked) and data.merge_id is not None:
        yield MergeUndone(data.merge_id, event.occurred_at)


def _claims(
    event: Event, refs: Iterable[KeyRef], ids: Ids, *, linked: bool, by_person: bool
) -> Iterator[IdentityChange]:
    for ref in refs:
        key = Key.make(ref.type, ref.value)
        if key.type == "protocol":
            yield from _protocol(event, key.value, ids)
            continue
        member = Member(ids.member(key.type, key.value), key.type)
        yield KeySeen(member.id, key, event.occurred_at, event.id)
        subject = _member(event)
        if subject is not None and subject.id != member.id:
            yield Claim(pair_of(subject, member), linked, by_person, event.occurred_at, event.id)


def _protocol(event: Event, sent: str, ids: Ids) -> Iterator[IdentityChange]:
    """A protocol in the data of an event of a customer; text that is no protocol is only shown, it leads nowhere."""
    subject = _member(event)
    if subject is None:
        return
    try:
        key = Key.make("protocol", sent)
    except EventRejected:
        return
    yield ProtocolCarried(ids.member(key.type, key.value), key.value, subject.id, event.occurred_at, event.id)


def _member(event: Event) -> Member | None:
    """The subject as a member; a protocol is none."""
    if event.subject is None or event.member_id is None or event.subject.type == "protocol":
        return None
    return Member(event.member_id, event.subject.type)
