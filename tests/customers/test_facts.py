"""Keys inside events: checked on receipt; merges only from the service itself; what an event says about keys."""

from __future__ import annotations

from typing import Any

import pytest

from customer360.customers.claims import Claim, Member, pair_of
from customer360.customers.facts import (
    IdentityChange,
    KeySeen,
    MergeMade,
    MergeUndone,
    ProtocolCarried,
    identity_changes,
)
from customer360.errors import EventRejected
from customer360.events import Event, parse
from customer360.ids import Ids
from customer360.keys import Key

IDS = Ids(b"test")
NOW = 1_790_000_000_000_000
CPF = Key("cpf", "52998224725")
PHONE = Key("phone", "+5511987654321")


def event(name: str, data: dict[str, Any], *, subject: str | None = str(CPF), own: bool = False) -> Event:
    raw = {
        "specversion": "1.0",
        "source": "c360:ana" if own else "crm",
        "id": "1",
        "type": f"c360.{name}.v1",
        "data": data,
    }
    return parse(raw if subject is None else raw | {"subject": subject}, IDS, NOW, own=own)


def member(key: Key) -> Member:
    return Member(IDS.member(key.type, key.value), key.type)


def seen(key: Key, by: Event) -> KeySeen:
    return KeySeen(member(key).id, key, NOW, by.id)


def linked(one: Key, other: Key, by: Event, *, link: bool = True, person: bool = False) -> Claim:
    return Claim(pair_of(member(one), member(other)), link, person, NOW, by.id)


def said(by: Event) -> list[IdentityChange]:
    return identity_changes(by, IDS)


def test_a_profile_claims_its_keys_for_the_subject() -> None:
    # given a profile with a phone in a sender's spelling, and the subject's own CPF
    keys = [{"type": "phone", "value": "(11) 8765-4321"}, {"type": "cpf", "value": "529.982.247-25"}]
    profile = event("profile.updated", {"keys": keys})
    # then the phone is claimed, and nothing is claimed of the CPF itself
    own = seen(CPF, profile)
    assert said(profile) == [own, seen(PHONE, profile), linked(CPF, PHONE, profile), own]


def test_a_link_by_a_machine_and_by_a_person() -> None:
    # given the same link and its withdrawal, sent by a system and by a person of this service
    data = {"key": {"type": "phone", "value": PHONE.value}}
    for own in (False, True):
        made, gone = event("identity.linked", data, own=own), event("identity.unlinked", data, own=own)
        # then only the person's word is marked as such
        assert said(made)[-1] == linked(CPF, PHONE, made, person=own)
        assert said(gone)[-1] == linked(CPF, PHONE, gone, link=False, person=own)


def test_a_merge_and_its_undoing() -> None:
    # given a merge by a person and its undoing
    one, other = "1" * 32, "2" * 32
    data = {"merge": {"survivor": one, "merged": other}, "reason": "same"}
    merge = event("identity.linked", data, own=True)
    undo = event("identity.unlinked", {"mergeId": merge.id}, own=True)
    # then the merge has the event's id and names who made it
    assert said(merge)[-1] == MergeMade(merge.id, one, other, NOW, "same", "ana")
    assert said(undo)[-1] == MergeUndone(merge.id, NOW)


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("identity.linked", {"merge": {"survivor": "1" * 32, "merged": "2" * 32}}, "data.merge"),
        ("identity.unlinked", {"mergeId": "1" * 32}, "data.mergeId"),
    ],
)
def test_nobody_else_merges(name: str, data: dict[str, Any], field: str) -> None:
    # given a merge sent from outside, then it is refused with its field
    with pytest.raises(EventRejected) as refused:
        event(name, data)
    assert (refused.value.code, refused.value.field) == ("RESERVED_DATA", field)


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        (
            "profile.updated",
            {"keys": [{"type": "email", "value": "a@b.com"}, {"type": "cpf", "value": "1"}]},
            "keys[1]",
        ),
        ("identity.linked", {"key": {"type": "phone", "value": "12"}}, "key"),
    ],
)
def test_a_wrong_key_inside_an_event_is_refused_with_its_place(
    name: str, data: dict[str, Any], field: str
) -> None:
    # given an event with a key that is none, then it is refused and the place is named
    with pytest.raises(EventRejected) as refused:
        event(name, data)
    assert (refused.value.code, refused.value.field) == ("INVALID_KEY", f"data.{field}.value")


def test_a_protocol_is_carried_by_the_subject_or_is_the_subject() -> None:
    # given an interaction with a protocol, one whose subject is the protocol, and one without a customer
    data = {"channel": "voice", "protocol": "2026.123-4"}
    alias = IDS.member("protocol", "20261234")
    carrying, bare = event("interaction.recorded", data), event("interaction.recorded", data, subject=None)
    about = event("interaction.recorded", {"channel": "voice"}, subject="protocol:2026.1234")
    # then it leads to the customer, waits for one, or leads nowhere
    assert said(carrying)[-1] == ProtocolCarried(alias, "20261234", member(CPF).id, NOW, carrying.id)
    assert said(about) == [ProtocolCarried(alias, "20261234", None, NOW, about.id)]
    assert said(bare) == []
