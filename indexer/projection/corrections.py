"""Retracting and reassigning: of several corrections of an event the latest holds, in whatever order they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from customer360.events import Event
from customer360.history.corrections import RETRACTABLE
from customer360.ids import Ids
from customer360.stores.postgres.engine import Cursor
from customer360.stores.postgres.readmodels import entries, positions, targets
from customer360.stores.postgres.readmodels.changes import Change
from customer360.stores.postgres.readmodels.entries import Corrected
from customer360.stores.postgres.readmodels.rows import Bundle, Correction
from indexer.projection import states
from indexer.projection.decode import decode
from indexer.projection.entries import bundle_of, correction_target, target_of

_Held = Mapping[str, Any]  # a correction as the row keeps it: {"at", "id", "reassign", "reason"}


@dataclass(slots=True)
class Shown:
    """What became visible (+1) or hidden (-1), for the counters, and the change rows of it."""

    bundles: list[tuple[Bundle, int]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def correction_of(event: Event, ids: Ids) -> Correction | None:
    target_id = correction_target(event, ids)
    if target_id is None:
        return None
    reassign_to = event.member_id if event.name == "entry.reassigned" else None
    reason = getattr(event.data, "reason", "")
    return Correction(target_id, event.occurred_at, event.id, reassign_to, event.received_at, reason)


class Corrections:
    """Settles the rows that corrections reach, inside the projection transaction of one batch."""

    def __init__(self, ids: Ids, known: Mapping[str, Event]) -> None:
        self._ids = ids
        self._known = known  # events of this batch, by id

    def apply(self, cursor: Cursor, told: Iterable[Correction], reached: Iterable[Corrected]) -> Shown:
        """`told` came in this batch; `reached` are events of this batch that an earlier correction waited for."""
        shown = Shown()
        pending: dict[str, tuple[_Held | None, _Held]] = {
            row.id: (None, row.correction) for row in reached if row.correction is not None
        }
        latest: dict[str, Correction] = {}
        for correction in sorted(told, key=lambda item: item.order):
            latest[correction.target_id] = correction
        met = entries.meet(cursor, latest) if latest else {}
        for target_id, correction in sorted(latest.items()):
            before = met[target_id].correction
            if before is not None and (before["at"], before["id"]) >= correction.order:
                continue
            told_now = _stored(correction)
            entries.hold_correction(cursor, target_id, told_now)
            if met[target_id].known:
                pending[target_id] = (None if target_id in pending else before, told_now)
        originals = self._originals(cursor, pending)
        for target_id, (previous, holding) in sorted(pending.items(), key=lambda item: item[0]):
            self._settle(cursor, originals[target_id], previous, holding, shown)
        return shown

    def _originals(self, cursor: Cursor, event_ids: Iterable[str]) -> dict[str, Event]:
        found = {event_id: self._known[event_id] for event_id in event_ids if event_id in self._known}
        missing = [event_id for event_id in event_ids if event_id not in found]
        if missing:
            found |= {row.event_id: decode(row, self._ids) for row in positions.read_events(cursor, missing)}
        return found

    def _settle(
        self,
        cursor: Cursor,
        event: Event,
        previous: _Held | None,
        correction: _Held,
        shown: Shown,
    ) -> None:
        original = bundle_of(event, self._ids)
        if original is None:
            return
        if event.name not in RETRACTABLE:
            self._turn(cursor, original, shown, hidden=False)
            return
        self._turn(cursor, original, shown, hidden=True)
        if previous is not None and previous["reassign"]:
            self._turn(cursor, self._again(event, previous), shown, hidden=True)
        if correction["reassign"]:
            self._show_again(cursor, self._again(event, correction), shown)
        self._drop_response(cursor, event, shown, gone=not correction["reassign"])

    def _again(self, event: Event, correction: _Held) -> Bundle:
        bundle = bundle_of(event, self._ids, as_id=correction["id"], member_id=correction["reassign"])
        assert bundle is not None, "the original made a bundle, so its copy does"
        return bundle

    def _show_again(self, cursor: Cursor, bundle: Bundle, shown: Shown) -> None:
        target_id = bundle.entry.target_id
        told = {target_id: states.shown(targets.lock(cursor, [target_id])[target_id])} if target_id else {}
        entries.put(cursor, [bundle], told)
        if bundle.visible:
            shown.bundles.append((bundle, 1))
            shown.changes += changes_of(bundle, "put")

    def _turn(self, cursor: Cursor, bundle: Bundle, shown: Shown, *, hidden: bool) -> None:
        if not entries.set_hidden(cursor, bundle.entry.id, hidden=hidden) or not bundle.visible:
            return
        op = "remove" if hidden else "put"
        shown.bundles.append((bundle, -1 if hidden else 1))
        shown.changes += changes_of(bundle, op)
        if bundle.document is not None:
            entry = bundle.entry
            shown.changes += [
                Change(entry.partition, entry.member_id, "page", op, page_id)
                for page_id in entries.pages_of(cursor, bundle.document.id)
            ]

    def _drop_response(self, cursor: Cursor, event: Event, shown: Shown, *, gone: bool) -> None:
        """A retracted response no longer shows on the presentation it answered."""
        target_id = target_of(event, self._ids)
        if target_id is None or not event.name.startswith("offer."):
            return
        state = states.drop(targets.lock(cursor, [target_id])[target_id], event.id, gone=gone)
        targets.store(cursor, {target_id: state})
        for entry_id, member_id, partition in targets.show(cursor, {target_id: states.shown(state)}):
            shown.changes.append(Change(partition, member_id, "entry", "put", entry_id))


def changes_of(bundle: Bundle, op: str) -> list[Change]:
    entry = bundle.entry
    kinds = ["entry", "document"] if bundle.document else ["entry"]
    return [Change(entry.partition, entry.member_id, kind, op, entry.id) for kind in kinds]


def _stored(correction: Correction) -> dict[str, Any]:
    return {
        "at": correction.at,
        "id": correction.id,
        "reassign": correction.reassign_to,
        "reason": correction.reason,
    }
