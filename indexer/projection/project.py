"""One projection transaction's work: from events to rows and change rows. Everything but the cursor of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from customer360.clock import local_hour
from customer360.events import Event
from customer360.events.definitions import (
    MessageState,
    OfferDefined,
    OfferEvent,
    OfferWithdrawn,
    PurchaseCompleted,
)
from customer360.events.envelope import instant
from customer360.ids import Ids, partition_of
from customer360.stores.postgres.engine import Cursor
from customer360.stores.postgres.readmodels import counts, entries, latest, members, targets
from customer360.stores.postgres.readmodels.changes import Change, publish
from customer360.stores.postgres.readmodels.rows import Bundle, StateFact
from indexer.projection import identity, states
from indexer.projection.corrections import Corrections, changes_of, correction_of
from indexer.projection.entries import bundle_of, target_of
from indexer.projection.latest import NAME, latest_rows

Publish = Callable[[Cursor, Iterable[Change]], int]


class Projector:
    """Stateless between batches; the same rows come of the same events in any order, repetition or batching."""

    def __init__(self, ids: Ids, zone: ZoneInfo, publish: Publish = publish) -> None:
        self._ids = ids
        self._zone = zone
        self._publish = publish

    def project(self, cursor: Cursor, events: Sequence[Event]) -> int:
        """Writes all rows and change rows of these events; returns how many documents changed."""
        changes = identity.apply(cursor, events, self._ids)
        changes += self._latest(cursor, events)
        _catalogue(cursor, events)
        told = self._fold_states(cursor, events)
        changes += [
            Change(partition, member_id, "entry", "put", entry_id)
            for entry_id, member_id, partition in targets.show(cursor, told)
        ]
        changes += self._entries(cursor, events, told)
        return self._publish(cursor, changes)

    def _entries(
        self, cursor: Cursor, events: Sequence[Event], told: dict[str, dict[str, Any]]
    ) -> list[Change]:
        bundles = [bundle for event in events if (bundle := bundle_of(event, self._ids)) is not None]
        reached = entries.put(cursor, bundles, told) if bundles else []
        waiting = {row.id for row in reached}
        fresh = [bundle for bundle in bundles if bundle.visible and bundle.entry.id not in waiting]
        changes = [change for bundle in fresh for change in changes_of(bundle, "put")]
        corrections = [item for event in events if (item := correction_of(event, self._ids)) is not None]
        shown = [(bundle, 1) for bundle in fresh]
        if corrections or reached:
            settled = Corrections(self._ids, {event.id: event for event in events}).apply(
                cursor, corrections, reached
            )
            shown += settled.bundles
            changes += settled.changes
        self._count(cursor, shown)
        return changes

    def _count(self, cursor: Cursor, shown: Iterable[tuple[Bundle, int]]) -> None:
        deltas: counts.Deltas = Counter()
        for bundle, amount in shown:
            entry = bundle.entry
            if entry.member_id is not None:
                interaction = entry.type == "interaction.recorded"
                hour = local_hour(entry.occurred_at, self._zone)
                deltas[entry.member_id, entry.channel, interaction, hour] += amount
        counts.add(cursor, deltas)

    def _fold_states(self, cursor: Cursor, events: Sequence[Event]) -> dict[str, dict[str, Any]]:
        facts = [fact for event in events if (fact := self._fact(event)) is not None]
        waited_for = {fact.target_id for fact in facts}
        waited_for |= {
            target
            for event in events
            if event.name == "offer.presented" and (target := target_of(event, self._ids))
        }
        if not waited_for:
            return {}
        held = targets.lock(cursor, waited_for)
        folded = {
            target_id: states.fold(state, (fact for fact in facts if fact.target_id == target_id))
            for target_id, state in held.items()
        }
        targets.store(
            cursor, {target_id: state for target_id, state in folded.items() if state != held[target_id]}
        )
        return {target_id: states.shown(state) for target_id, state in folded.items()}

    def _fact(self, event: Event) -> StateFact | None:
        target_id = target_of(event, self._ids)
        data = event.data
        if target_id is None or event.name == "offer.presented":
            return None
        until = data.until if isinstance(data, OfferEvent) else None
        return StateFact(
            target_id=target_id,
            event_id=event.id,
            kind=event.name,
            at=event.occurred_at,
            channel=getattr(data, "channel", None),
            reason=data.reason if isinstance(data, OfferEvent | MessageState) else None,
            until=None if until is None else instant(until, "data.until"),
        )

    def _latest(self, cursor: Cursor, events: Sequence[Event]) -> list[Change]:
        written = latest.put(cursor, (row for event in events for row in latest_rows(event)))
        named = {
            row.key["member_id"]: row.values["value"].value
            for row in written
            if row.table == "profile_attribute" and row.key["name"] == NAME
        }
        members.set_names(cursor, named)
        return [Change(partition_of(member_id), member_id, "member", "put", member_id) for member_id in named]


def _catalogue(cursor: Cursor, events: Sequence[Event]) -> None:
    """The offers there are, and what customers own."""
    latest.put_offers(
        cursor,
        [
            (event.data.offer, msgspec.to_builtins(event.data), event.occurred_at, event.id)
            for event in events
            if isinstance(event.data, OfferDefined)
        ],
    )
    latest.withdraw_offers(
        cursor,
        [
            (event.data.offer, event.occurred_at, event.id)
            for event in events
            if isinstance(event.data, OfferWithdrawn)
        ],
    )
    latest.put_ownership(
        cursor,
        [
            (event.id, event.member_id, event.data.product, event.occurred_at)
            for event in events
            if isinstance(event.data, PurchaseCompleted) and event.member_id is not None
        ],
    )
