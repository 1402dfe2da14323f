"""The PostgreSQL side of offers: catalogue, the facts of a group in one statement, and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from sqlalchemy import Engine

from customer360.offers.catalogue import OfferRow, read_offer
from customer360.offers.model import Answer, ConsentFact, Decision, Facts, Impression, Offer, Score
from customer360.offers.ports import Draft, Inputs
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.reading.session import Prepared, ReadSession

# The catalogue's version is made of the events that define it: equal ids mean equal content.
_VERSION = """
SELECT coalesce(md5(string_agg(id || coalesce(defined_by, '') || '-' || coalesce(withdrawn_by, ''), ','
                               ORDER BY id)), '') FROM offer"""

# Of each thing the latest word among all members holds, by (occurred_at, event_id). A card that the asker put on the
# screen in this conversation and that has no answer yet is still on the table: no impression that rules it out.
_FACTS = """
SELECT jsonb_build_object(
  'profile', (SELECT jsonb_object_agg(name, value) FROM (
     SELECT DISTINCT ON (name) name, value FROM profile_attribute WHERE member_id = ANY(%(members)s)
     ORDER BY name, occurred_at DESC, event_id DESC) latest),
  'segments', (SELECT jsonb_agg(segment ORDER BY segment) FROM (
     SELECT DISTINCT ON (segment) segment, entered FROM segment WHERE member_id = ANY(%(members)s)
     ORDER BY segment, occurred_at DESC, event_id DESC) latest WHERE entered),
  'owned', (SELECT jsonb_agg(DISTINCT product) FROM ownership WHERE member_id = ANY(%(members)s)),
  'scores', (SELECT jsonb_object_agg(name, jsonb_build_array(value, valid_until)) FROM (
     SELECT DISTINCT ON (name) name, value, valid_until FROM score WHERE member_id = ANY(%(members)s)
     ORDER BY name, occurred_at DESC, event_id DESC) latest),
  'consents', (SELECT jsonb_agg(jsonb_build_array(purpose, channel, granted, occurred_at, event_id)
                                ORDER BY purpose, channel) FROM (
     SELECT DISTINCT ON (purpose, channel) * FROM consent WHERE member_id = ANY(%(members)s)
     ORDER BY purpose, channel, occurred_at DESC, event_id DESC) latest),
  'impressions', (SELECT jsonb_object_agg(offer_id, jsonb_build_array(occurred_at, channel)) FROM (
     SELECT DISTINCT ON (offer_id) offer_id, occurred_at, channel FROM offer_contact c
     WHERE member_id = ANY(%(members)s) AND kind = 'presented' AND NOT hidden AND NOT (
       c.occurred_at > %(conversation)s::bigint AND EXISTS (SELECT FROM timeline_entry e
         WHERE e.id = c.event_id AND e.source = %(asker)s::text AND e.state = '{}'))
     ORDER BY offer_id, occurred_at DESC, event_id DESC) latest),
  'deferred', (SELECT jsonb_object_agg(offer_id, until) FROM (
     SELECT DISTINCT ON (offer_id) offer_id, kind, until FROM offer_contact
     WHERE member_id = ANY(%(members)s) AND kind IN ('accepted', 'declined', 'deferred') AND NOT hidden
     ORDER BY offer_id, occurred_at DESC, event_id DESC) latest WHERE kind = 'deferred' AND until IS NOT NULL)
)::text"""

_INPUTS = Prepared(f"SELECT ({_VERSION}), ({_FACTS})")

_CATALOGUE = """
SELECT id, defined, defined_at, defined_by, withdrawn_at, withdrawn_by FROM offer
WHERE defined IS NOT NULL ORDER BY id"""

# Two requests that race in the same minute make the same id, and the second takes the first one's row.
_KEEP = """
WITH recent AS (
  SELECT id, asked_at, body FROM decision
  WHERE customer_id = %(customer)s AND question_hash = %(question)s AND asked_at > %(since)s
  ORDER BY asked_at DESC LIMIT 1
), made AS (
  INSERT INTO decision (id, customer_id, member_ids, question_hash, asked_at, principal_id, body)
  SELECT %(id)s, %(customer)s, %(members)s, %(question)s, %(at)s, %(principal)s, %(body)s::jsonb
  WHERE NOT EXISTS (SELECT FROM recent)
  ON CONFLICT (id) DO UPDATE SET asked_at = decision.asked_at
  RETURNING id, asked_at, body, xmax <> 0 AS reused
)
SELECT id, asked_at, true, body::text FROM recent
UNION ALL SELECT id, asked_at, reused, body::text FROM made"""

_DECISION = "SELECT id, customer_id, asked_at, body::text FROM decision WHERE id = %(id)s"

_SHOWN = """
SELECT DISTINCT c.offer_id FROM offer_contact c JOIN timeline_entry e ON e.id = c.event_id
WHERE c.member_id = ANY(%(members)s) AND c.decision_id = %(decision)s AND c.kind = 'presented' AND NOT c.hidden
  AND e.source = %(asker)s"""


class PostgresOffers:
    """An OfferStore; decisions are written over the pool for transactions."""

    def __init__(self, session: ReadSession, engine: Engine) -> None:
        self._session = session
        self._engine = engine

    def inputs(self, member_ids: Sequence[str], asker: str, conversation: int) -> Inputs:
        values = {"members": list(member_ids), "asker": asker, "conversation": conversation}
        [(version, raw)] = self._session.rows(_INPUTS, values)
        return Inputs(version, raw, _facts(orjson.loads(raw)))

    def catalogue(self) -> list[Offer]:
        offers = (read_offer(OfferRow(*row)) for row in self._session.rows(_CATALOGUE, {}))
        return [offer for offer in offers if offer is not None]

    def keep(self, draft: Draft) -> Decision:
        values = {
            "id": draft.id,
            "customer": draft.customer_id,
            "members": list(draft.member_ids),
            "question": draft.question,
            "at": draft.at,
            "since": draft.since,
            "principal": draft.principal_id,
            "body": msgspec.json.encode(draft.answer).decode(),
        }
        with transaction(self._engine) as cursor:
            cursor.execute(_KEEP, values)
            [(decision_id, at, reused, body)] = cursor.fetchall()
        return Decision(decision_id, draft.customer_id, at, reused, _answer(body))

    def decision(self, decision_id: str) -> Decision | None:
        for found, customer_id, at, body in self._session.rows(_DECISION, {"id": decision_id}):
            return Decision(found, customer_id, at, False, _answer(body))
        return None

    def shown(self, decision_id: str, member_ids: Sequence[str], asker: str) -> frozenset[str]:
        values = {"members": list(member_ids), "decision": decision_id, "asker": asker}
        return frozenset(offer for (offer,) in self._session.rows(_SHOWN, values))


def _answer(body: str) -> Answer:
    return msgspec.json.decode(body, type=Answer)


def _facts(told: dict[str, Any]) -> Facts:
    return Facts(
        profile=told["profile"] or {},
        segments=frozenset(told["segments"] or ()),
        owned=frozenset(told["owned"] or ()),
        scores={name: Score(value, until) for name, (value, until) in (told["scores"] or {}).items()},
        consents={
            (purpose, channel): ConsentFact(granted, at, event_id)
            for purpose, channel, granted, at, event_id in told["consents"] or ()
        },
        impressions={
            offer: Impression(at, channel) for offer, (at, channel) in (told["impressions"] or {}).items()
        },
        deferred=told["deferred"] or {},
    )
