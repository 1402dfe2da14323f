"""Claims as rows: folded by the database, so that transactions may tell the same pair in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from customer360.customers.claims import Claim, Moment, Pair, PairState, Word, fold


def _later(speaker: str, column: str) -> str:
    """Takes the told word of a speaker if it is later than the one held."""
    at, event = f"{speaker}_at", f"{speaker}_event"
    return (
        f"{speaker}_{column} = CASE WHEN v.{at} IS NOT NULL AND (c.{at} IS NULL"
        f" OR (v.{at}, v.{event}) > (c.{at}, c.{event})) THEN v.{speaker}_{column} ELSE c.{speaker}_{column} END"
    )


def _earlier(column: str) -> str:
    return (
        f"{column} = CASE WHEN v.first_at IS NOT NULL AND (c.first_at IS NULL"
        f" OR (v.first_at, v.first_event) < (c.first_at, c.first_event)) THEN v.{column} ELSE c.{column} END"
    )


_COLUMNS = (
    "weaker, stronger, machine_at, machine_event, machine_linked, person_at, person_event, person_linked,"
    " first_at, first_event"
)
_TEMPLATE = (
    "(%s, %s, %s::bigint, %s::text, %s::boolean, %s::bigint, %s::text, %s::boolean, %s::bigint, %s::text"
)
_WORDS = ", ".join(
    _later(speaker, column) for speaker in ("machine", "person") for column in ("at", "event", "linked")
)
_TELL = (
    f"INSERT INTO claim AS c ({_COLUMNS}) VALUES %s ON CONFLICT (weaker, stronger) DO UPDATE"
    f" SET {_WORDS}, {_earlier('first_at')}, {_earlier('first_event')}".replace("v.", "excluded.")
    + " RETURNING weaker, stronger, holds, first_at, first_event"
)
# Only where the link and its first moment are as they were read; the row lock makes that exact.
_REPEAT = (
    f"UPDATE claim AS c SET {_WORDS} FROM (VALUES %s) AS v ({_COLUMNS}, holds)"
    " WHERE c.weaker = v.weaker AND c.stronger = v.stronger AND c.holds = v.holds"
    " AND (c.first_at, c.first_event) IS NOT DISTINCT FROM (v.first_at, v.first_event)"
)
_READ = (
    f"SELECT {_COLUMNS} FROM claim WHERE (weaker, stronger) IN"
    " (SELECT * FROM unnest(%(weaker)s::text[], %(stronger)s::text[]))"
)


def repeat(cursor: Cursor, told: Iterable[Claim]) -> bool:
    """True when all claims are held already, their times moved on if need be; False: links may change, nothing is done.

    Not locked: of claims that change nothing, any number of transactions may speak at once.
    """
    told = list(told)
    pairs = {claim.pair for claim in told}
    before = _read(cursor, pairs)
    after = dict(before)
    for claim in told:
        after[claim.pair] = after.get(claim.pair, PairState()).told(claim)
    if any(pair not in before or _link(before[pair]) != _link(state) for pair, state in after.items()):
        return False
    moved = {pair: state for pair, state in after.items() if state != before[pair]}
    if not moved:
        return True
    rows = [(*_row(pair, state), state.holds) for pair, state in sorted(moved.items(), key=_in_order)]
    execute_values(cursor, _REPEAT, rows, template=_TEMPLATE + ", %s)", page_size=len(rows))
    return cursor.rowcount == len(rows)


def tell(cursor: Cursor, told: Iterable[Claim]) -> set[str]:
    """Writes the claims, under the identity lock; returns the weaker members of the pairs whose link changed."""
    states = fold(told)
    if not states:
        return set()
    before = {pair: _link(state) for pair, state in _read(cursor, states).items()}
    rows = [_row(pair, state) for pair, state in sorted(states.items(), key=_in_order)]
    written = execute_values(cursor, _TELL, rows, template=_TEMPLATE + ")", page_size=len(rows), fetch=True)
    return {
        weaker
        for weaker, stronger, holds, at, event in written
        if before.get((stronger, weaker), (False, None)) != (holds, None if at is None else (at, event))
    }


def _read(cursor: Cursor, pairs: Iterable[Pair]) -> dict[Pair, PairState]:
    wanted = sorted(pairs)
    if not wanted:
        return {}
    cursor.execute(_READ, {"weaker": [w for _, w in wanted], "stronger": [s for s, _ in wanted]})
    return {(row[1], row[0]): _state(row[2:]) for row in cursor.fetchall()}


def _state(row: tuple[Any, ...]) -> PairState:
    machine_at, machine_event, machine, person_at, person_event, person, first_at, first_event = row
    return PairState(
        None if machine_at is None else Word((machine_at, machine_event), machine),
        None if person_at is None else Word((person_at, person_event), person),
        None if first_at is None else (first_at, first_event),
    )


def _link(state: PairState) -> tuple[bool, Moment | None]:
    """What links depend on."""
    return state.holds, state.first


def _row(pair: Pair, state: PairState) -> tuple[object, ...]:
    stronger, weaker = pair
    words = [part for word in (state.machine, state.person) for part in _word(word)]
    return (weaker, stronger, *words, *(state.first or (None, None)))


def _word(word: Word | None) -> tuple[object, ...]:
    return (None, None, None) if word is None else (*word.at, word.linked)


def _in_order(told: tuple[Pair, PairState] | tuple[Pair, Mapping[str, object]]) -> Pair:
    """Rows are locked in one order everywhere."""
    (stronger, weaker), _ = told
    return weaker, stronger
