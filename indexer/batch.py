"""One group commit: parse what was sent, append it, and find the guilty event when PostgreSQL refuses the batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import orjson

from customer360 import clock, failpoints
from customer360.errors import EventRejected
from customer360.events import Event, parse
from customer360.ids import Ids, partition_of
from customer360.stores.postgres.ledger import DataRefused, Ledger, LedgerRow, Refused


@dataclass(frozen=True, slots=True)
class Submission:
    """What one caller sent together: decoded JSON values."""

    raws: Sequence[object]
    key_id: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """accepted | duplicate | rejected | conflict; `id` is the event's id inside, once it could be read."""

    outcome: str
    id: str | None = None
    code: str | None = None
    field: str | None = None
    reason: str | None = None

    @property
    def stored(self) -> bool:
        return self.outcome in ("accepted", "duplicate")


@dataclass(frozen=True, slots=True)
class _Parsed:
    raw: object
    row: LedgerRow | None
    verdict: Verdict  # 'accepted' until the ledger says otherwise
    key_id: str | None


CONFLICT = "an event with this source and id was accepted before, with other content"


def commit(ledger: Ledger, ids: Ids, submissions: Sequence[Submission]) -> list[list[Verdict]]:
    """Verdicts per submission. LedgerUnavailable when nothing at all could be stored."""
    parsed = [_parse(raw, ids, submission) for submission in submissions for raw in submission.raws]
    failpoints.reach("after_parse")
    verdicts = iter(_store(ledger, ids, parsed))
    return [[next(verdicts) for _ in submission.raws] for submission in submissions]


def commit_atomic(ledger: Ledger, ids: Ids, submission: Submission) -> list[Verdict]:
    """All or nothing in a transaction of its own; when anything is refused nothing is stored, quarantine included."""
    parsed = [_parse(raw, ids, submission) for raw in submission.raws]
    verdicts = [item.verdict for item in parsed]
    if all(item.row for item in parsed):
        rows, repeated = _distinct(parsed)
        if not repeated:
            try:
                outcomes = ledger.append(rows)
            except DataRefused as error:
                return [
                    Verdict("rejected", item.verdict.id, error.code, None, error.reason) for item in parsed
                ]
            verdicts = [_judged(item, outcomes) for item in parsed]
            if all(verdict.stored for verdict in verdicts):
                return verdicts
        verdicts = [
            _conflict(item) if index in repeated else verdict
            for index, (item, verdict) in enumerate(zip(parsed, verdicts, strict=True))
        ]
    aborted = "not stored: another event of this atomic request was refused"
    return [
        Verdict("rejected", verdict.id, "ATOMIC_ABORTED", None, aborted) if verdict.stored else verdict
        for verdict in verdicts
    ]


def _store(ledger: Ledger, ids: Ids, parsed: list[_Parsed]) -> list[Verdict]:
    rows, repeated = _distinct(parsed)
    verdicts = [_conflict(item) if index in repeated else item.verdict for index, item in enumerate(parsed)]
    refused = [
        _refused(ids, item, verdict)
        for item, verdict in zip(parsed, verdicts, strict=True)
        if not verdict.stored
    ]
    try:
        outcomes = ledger.append(rows, refused, _conflicting(ids, parsed))
    except DataRefused as error:
        if len(parsed) == 1:
            return [_refuse_alone(ledger, ids, parsed[0], error)]
        middle = len(parsed) // 2
        return _store(ledger, ids, parsed[:middle]) + _store(ledger, ids, parsed[middle:])
    verdicts = [
        _judged(item, outcomes) if verdict.stored else verdict
        for item, verdict in zip(parsed, verdicts, strict=True)
    ]
    _mark_repeats(verdicts)
    return verdicts


def _conflicting(ids: Ids, parsed: list[_Parsed]) -> Callable[[str], Refused]:
    def refused(event_id: str) -> Refused:
        item = next(item for item in parsed if item.row is not None and item.row.event_id == event_id)
        return _refused(ids, item, _conflict(item))

    return refused


def _mark_repeats(verdicts: list[Verdict]) -> None:
    """Of the same event twice in one commit only the first was accepted; the others are its duplicates."""
    seen: set[str] = set()
    for index, verdict in enumerate(verdicts):
        if verdict.outcome != "accepted" or verdict.id is None:
            continue
        if verdict.id in seen:
            verdicts[index] = replace(verdict, outcome="duplicate")
        seen.add(verdict.id)


def _parse(raw: object, ids: Ids, submission: Submission) -> _Parsed:
    try:
        event = parse(raw, ids, clock.now(), own=submission.own)
    except EventRejected as error:
        event_id = _id_if_any(raw, ids)
        verdict = Verdict("rejected", event_id, error.code, error.field, error.reason)
        return _Parsed(raw, None, verdict, submission.key_id)
    return _Parsed(raw, _row(event, ids, submission.key_id), Verdict("accepted", event.id), submission.key_id)


def _row(event: Event, ids: Ids, key_id: str | None) -> LedgerRow:
    return LedgerRow(
        event_id=event.id,
        body_hash=ids.body_hash(event.body),
        partition=partition_of(event.member_id),
        member_id=event.member_id,
        type=event.type,
        occurred_at=event.occurred_at,
        key_id=key_id,
        body=event.body,
    )


def _id_if_any(raw: object, ids: Ids) -> str | None:
    if isinstance(raw, dict) and isinstance(raw.get("source"), str) and isinstance(raw.get("id"), str):
        return ids.event(raw["source"], raw["id"])
    return None


def _distinct(parsed: list[_Parsed]) -> tuple[list[LedgerRow], set[int]]:
    """The rows with distinct ids, and the places of those that contradict an earlier one of the same commit."""
    rows: dict[str, LedgerRow] = {}
    contradicting: set[int] = set()
    for index, item in enumerate(parsed):
        if item.row is None:
            continue
        first = rows.setdefault(item.row.event_id, item.row)
        if first.body_hash != item.row.body_hash:
            contradicting.add(index)
    return list(rows.values()), contradicting


def _judged(item: _Parsed, outcomes: dict[str, str]) -> Verdict:
    if item.row is None:
        return item.verdict
    outcome = outcomes[item.row.event_id]
    if outcome == item.verdict.outcome:
        return item.verdict
    return _conflict(item) if outcome == "conflict" else replace(item.verdict, outcome=outcome)


def _conflict(item: _Parsed) -> Verdict:
    return Verdict("conflict", item.verdict.id, "ID_CONFLICT", "id", CONFLICT)


def _refused(ids: Ids, item: _Parsed, verdict: Verdict) -> Refused:
    body = as_json(item.raw)
    code = verdict.code or "REJECTED"
    return Refused(
        digest=ids.digest("quarantine", code, item.key_id or "", body.decode("utf-8", "surrogateescape")),
        code=code,
        field=verdict.field,
        reason=(verdict.reason or "").replace("\x00", "�"),
        event_id=verdict.id,
        key_id=item.key_id,
        body=body,
    )


def as_json(raw: object) -> bytes:
    """For the quarantine and for measuring; what is no JSON by the book (NaN, lone surrogates) as it was written."""
    if isinstance(raw, bytes):
        return raw  # a part of a batch that was not JSON at all
    try:
        return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    except (TypeError, orjson.JSONEncodeError):
        pass
    try:
        return json.dumps(raw, sort_keys=True, default=float).encode()
    except (TypeError, ValueError, RecursionError):  # hundreds of levels deep, for one
        return b'"cannot be written down"'


def _refuse_alone(ledger: Ledger, ids: Ids, item: _Parsed, error: DataRefused) -> Verdict:
    verdict = Verdict("rejected", item.verdict.id, error.code, error.field, error.reason)
    ledger.quarantine([_refused(ids, item, verdict)])
    return verdict
