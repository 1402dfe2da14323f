"""Identity in PostgreSQL: the same as the pure function, for any batches and any racing transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from customer360.customers import links
from customer360.customers.claims import Claim, Member, pair_of
from customer360.customers.facts import IdentityChange, KeySeen, MergeMade, MergeUndone, ProtocolCarried
from customer360.customers.links import GROUP_FULL, SHARED, resolve
from customer360.customers.merges import Merge
from customer360.keys import Key
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.identity import apply_identity, placing
from customer360.stores.postgres.identity import claims as claim_rows
from customer360.stores.postgres.locks import IDENTITY
from tests.customers import graphs
from tests.customers.graphs import IDS, MEMBERS

CPF, CPF_2, CNPJ, ACCOUNT, ACCOUNT_2, EXTERNAL, PHONE, PHONE_2, PHONE_3, EMAIL, EMAIL_2 = IDS


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, size=10)
    yield engine
    engine.dispose()


def seen(*members: str, at: int = 0) -> list[IdentityChange]:
    return [KeySeen(m, Key(MEMBERS[m].key_type, m[-4:]), at, f"seen{m[-2:]}") for m in members]


def claim(one: str, other: str, at: int = 0, **more: Any) -> list[IdentityChange]:
    return [*seen(one, other), graphs.claim(one, other, at, **more)]


def made(merge: Merge) -> MergeMade:
    return MergeMade(merge.id, merge.survivor, merge.merged, merge.occurred_at, "same person", "ana")


def apply(engine: Engine, *changes: IdentityChange) -> set[str]:
    with transaction(engine) as cursor:
        return apply_identity(cursor, changes)


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with transaction(engine) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def groups(engine: Engine) -> dict[str, str]:
    return dict(rows(engine, "SELECT id, group_id FROM member"))


def reviews(engine: Engine) -> list[tuple[Any, ...]]:
    return rows(engine, "SELECT member_id, reason, since FROM review ORDER BY member_id")


def everything(engine: Engine) -> list[Any]:
    tables = ("member", "claim", "merge", "review", "alias")
    return [rows(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def test_a_key_seen_for_the_first_time_is_a_customer_of_its_own(engine: Engine) -> None:
    # given a key seen twice, the earlier time last
    apply(engine, *seen(PHONE, at=7))
    touched = apply(engine, *seen(PHONE, at=3))
    # then there is one member, its own customer, with the earlier time, and nobody's customer changed
    assert rows(
        engine, "SELECT id, key_type, key_value, group_id, root_id, shared, first_at FROM member"
    ) == [(PHONE, "phone", PHONE[-4:], PHONE, PHONE, False, 3)]
    assert touched == set()


def test_a_claim_joins_and_its_withdrawal_parts(engine: Engine) -> None:
    # given a claim, then both members are one customer and both are told
    assert apply(engine, *claim(CPF, PHONE, 1)) == {CPF, PHONE}
    assert groups(engine) == {CPF: CPF, PHONE: CPF}
    # when it is withdrawn, then they are apart again and both are told
    assert apply(engine, *claim(CPF, PHONE, 2, linked=False)) == {CPF, PHONE}
    assert groups(engine) == {CPF: CPF, PHONE: PHONE}


def test_all_members_of_a_customer_are_told_when_one_joins(engine: Engine) -> None:
    # given a customer of two, when a third key joins, then all three are told
    apply(engine, *claim(CPF, PHONE))
    assert apply(engine, *claim(PHONE, EMAIL)) == {CPF, PHONE, EMAIL}


def test_a_shared_phone_waits_for_review_and_leaves_it_when_resolved(engine: Engine) -> None:
    # given a phone that two CPFs claim
    apply(engine, *claim(CPF, PHONE, 5))
    touched = apply(engine, *claim(CPF_2, PHONE, 8))
    # then it is a customer of its own, in the queue since the second claim
    assert groups(engine) == {CPF: CPF, CPF_2: CPF_2, PHONE: PHONE}
    assert reviews(engine) == [(PHONE, SHARED, 8)]
    assert touched == {CPF, PHONE}
    # when a person says that it is not the second's
    apply(engine, *claim(CPF_2, PHONE, 9, linked=False, by_person=True))
    # then it belongs to the first and the queue is empty
    assert groups(engine)[PHONE] == CPF
    assert reviews(engine) == []


def test_merge_and_unmerge(engine: Engine) -> None:
    # given two customers that share a phone
    apply(engine, *claim(CPF, PHONE), *claim(CPF_2, PHONE), *claim(CPF, EMAIL))
    before = everything(engine)
    # when they are merged, then all is one customer under the survivor's id
    touched = apply(engine, made(Merge("m1", CPF_2, CPF, 5)))
    assert groups(engine) == dict.fromkeys([CPF, CPF_2, PHONE, EMAIL], CPF_2)
    assert touched == {CPF, CPF_2, PHONE, EMAIL}
    assert reviews(engine) == []
    # when that is undone, then all is as before, but for the merge's own row
    assert apply(engine, MergeUndone("m1", 6)) == {CPF, CPF_2, PHONE, EMAIL}
    now = everything(engine)
    assert (now[0], now[1], now[3]) == (before[0], before[1], before[3])
    assert rows(engine, "SELECT id, survivor, merged, undone_at FROM merge") == [("m1", CPF_2, CPF, 6)]


def test_an_unmerge_that_arrives_before_its_merge(engine: Engine) -> None:
    # given the undoing first and the merge later, then nothing is joined
    apply(engine, *seen(CPF, CPF_2))
    apply(engine, MergeUndone("m1", 6))
    apply(engine, made(Merge("m1", CPF_2, CPF, 5)))
    assert groups(engine) == {CPF: CPF, CPF_2: CPF_2}


def test_a_merge_that_arrives_before_its_members(engine: Engine) -> None:
    # given a merge whose members are not known yet, when they are seen, then they are one customer
    apply(engine, made(Merge("m1", CPF_2, CPF, 5)))
    apply(engine, *seen(CPF))
    assert apply(engine, *seen(CPF_2)) == {CPF, CPF_2}
    assert groups(engine) == {CPF: CPF_2, CPF_2: CPF_2}
    assert rows(engine, "SELECT id, key_type, first_at FROM member ORDER BY id") == [
        (CPF, "cpf", 0),
        (CPF_2, "cpf", 0),
    ]


def test_a_full_customer_admits_the_earliest_and_the_next_when_one_leaves(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given customers of at most three members, and four keys claimed for one CPF
    monkeypatch.setattr(links, "MAX_MEMBERS", 3)
    monkeypatch.setattr(placing, "MAX_MEMBERS", 3)
    for at, member in enumerate([EMAIL, ACCOUNT, PHONE], start=1):
        apply(engine, *claim(CPF, member, at))
    # then the latest waits as group full
    assert groups(engine) == {CPF: CPF, EMAIL: CPF, ACCOUNT: CPF, PHONE: PHONE}
    assert reviews(engine) == [(PHONE, GROUP_FULL, 3)]
    # when it is claimed again, nothing changes; when another leaves, it moves up
    apply(engine, *claim(CPF, PHONE, 9))
    assert reviews(engine) == [(PHONE, GROUP_FULL, 3)]
    apply(engine, *claim(CPF, EMAIL, 9, linked=False))
    assert groups(engine) == {CPF: CPF, EMAIL: EMAIL, ACCOUNT: CPF, PHONE: CPF}
    assert reviews(engine) == []


def test_a_repeated_claim_takes_no_lock(engine: Engine) -> None:
    # given a claim that is held, and somebody who holds the identity lock
    apply(engine, *claim(CPF, PHONE, 1))
    with transaction(engine) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (IDENTITY,))
        # when the claim is told again, earlier and later, then it does not wait, and its time moves on
        with transaction(engine) as cursor:
            cursor.execute("SET LOCAL lock_timeout = 1")
            assert apply_identity(cursor, claim(CPF, PHONE, 1)) == set()
            assert apply_identity(cursor, claim(CPF, PHONE, 9)) == set()
    assert rows(engine, "SELECT machine_at, first_at, holds FROM claim") == [(9, 1, True)]
    # and a withdrawal of the time between is too late
    apply(engine, *claim(CPF, PHONE, 5, linked=False))
    assert groups(engine)[PHONE] == CPF


def test_a_repeated_claim_sees_a_withdrawal_that_came_between(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a held claim that is withdrawn by another transaction right after a repetition has read it
    apply(engine, *claim(CPF, PHONE, 1))
    read = claim_rows._read
    withdrawn = iter([True])

    def read_then_withdrawn(cursor: Any, pairs: Any) -> Any:
        state = read(cursor, pairs)
        if next(withdrawn, False):
            apply(engine, *claim(CPF, PHONE, 5, linked=False))
        return state

    monkeypatch.setattr(claim_rows, "_read", read_then_withdrawn)
    # when the repetition, of a later time, goes on, then the later claim holds
    apply(engine, graphs.claim(CPF, PHONE, 9))
    assert groups(engine)[PHONE] == CPF


@pytest.mark.parametrize("known", [0, 4, 9])
def test_eight_racing_first_claims_of_one_phone(engine: Engine, known: int) -> None:
    # given eight transactions open, with none, some or all of the keys known before
    rounds = 12
    start = threading.Barrier(8)

    def keys_of(phone: int) -> list[Member]:
        cpfs = [Member(f"{phone:030x}a{number:x}", "cpf") for number in range(8)]
        return [Member(f"{phone:031x}f", "phone"), *cpfs]

    def seen_keys(members: Sequence[Member]) -> list[IdentityChange]:
        return [KeySeen(m.id, Key(m.key_type, m.id), 1, m.id) for m in members]

    def claim_them(number: int) -> None:
        for phone in range(rounds):
            shared, *cpfs = keys_of(phone)
            with transaction(engine) as cursor:
                cursor.execute("SELECT 1")
                start.wait()
                told = Claim(pair_of(cpfs[number], shared), True, False, 1, cpfs[number].id)
                apply_identity(cursor, [*seen_keys([shared, cpfs[number]]), told])

    for phone in range(rounds):
        apply(engine, *seen_keys(keys_of(phone)[:known]))
    # when each claims the same phone for another customer, all at once
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(claim_them, range(8)))
    # then the phone is shared, whoever came first, and no customer took it
    assert groups(engine) == {member.id: member.id for phone in range(rounds) for member in keys_of(phone)}
    assert reviews(engine) == [(keys_of(phone)[0].id, SHARED, 1) for phone in range(rounds)]


def test_a_phone_of_many_customers_is_decided_without_reading_them(engine: Engine) -> None:
    # given a phone that 300 customers claim
    cpfs = [Member(f"c{number:031x}", "cpf") for number in range(300)]
    keys: list[IdentityChange] = [KeySeen(c.id, Key("cpf", c.id), 0, c.id) for c in cpfs]
    told = [Claim(pair_of(c, MEMBERS[PHONE]), True, False, at, c.id) for at, c in enumerate(cpfs)]
    apply(engine, *seen(PHONE), *keys, *told)
    # when one more claims it, then no row but its own is read or told
    with transaction(engine) as cursor:
        counting = _Counting(cursor)
        assert apply_identity(counting, claim(CPF, PHONE, 999)) == set()  # type: ignore[arg-type]  # counts fetched rows
    assert counting.fetched < 20
    assert reviews(engine) == [(PHONE, SHARED, 1)]


class _Counting:
    """A cursor that counts the rows it hands out."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.fetched = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchall(self) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        self.fetched += len(found)
        return found


def test_a_protocol_is_an_alias_of_the_first_member_that_carried_it(engine: Engine) -> None:
    # given events with a protocol, out of order, and one that has it as its subject
    alias = "a" * 32
    apply(engine, *claim(CPF, EMAIL), *seen(CPF_2))
    apply(engine, ProtocolCarried(alias, "2026123", None, 1, "e1"))
    assert rows(engine, "SELECT member_id, subject FROM alias") == [(None, True)]
    touched = apply(engine, ProtocolCarried(alias, "2026123", CPF_2, 7, "e7"))
    assert touched == {CPF_2}
    touched = apply(engine, ProtocolCarried(alias, "2026123", EMAIL, 5, "e5"))
    # then it leads to the member of the earliest event, and both customers were told
    assert rows(engine, "SELECT id, member_id, occurred_at, event_id, subject FROM alias") == [
        (alias, EMAIL, 5, "e5", True)
    ]
    assert touched == {CPF, EMAIL, CPF_2}
    assert apply(engine, ProtocolCarried(alias, "2026123", CPF_2, 6, "e6")) == set()


@given(st.lists(st.tuples(graphs.claims(5), graphs.merges(1)), min_size=1, max_size=4), st.integers(2, 12))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the database is emptied for each example
def test_any_batches_give_what_the_pure_function_gives(
    engine: Engine, batches: Sequence[tuple[list[Claim], list[Merge]]], limit: int
) -> None:
    # given claims and merges, some undone, in batches of any order
    told = [
        Claim(c.pair, c.linked, c.by_person, c.occurred_at, f"{n}{c.event_id}")
        for n, (cs, _) in enumerate(batches)
        for c in cs
    ]
    merged = [
        Merge(f"{n}{m.id}", m.survivor, m.merged, m.occurred_at, m.live)
        for n, (_, ms) in enumerate(batches)
        for m in ms
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "MAX_MEMBERS", limit)
        patch.setattr(placing, "MAX_MEMBERS", limit)
        with transaction(engine) as cursor:
            cursor.execute("TRUNCATE member, claim, merge, review")
        # when they are applied batch by batch, the members seen last in the first one
        sizes = [len(claims) for claims, _ in batches]
        for number, size in enumerate(sizes):
            start = sum(sizes[:number])
            news = [m for m in merged if m.id.startswith(str(number))]
            undone = [MergeUndone(m.id, 9) for m in news if not m.live]
            apply(engine, *map(made, news))
            apply(engine, *seen(*IDS), *told[start : start + size], *undone)
        # then every member stands, belongs and waits as the pure function over all of them says
        full = resolve(MEMBERS.values(), told, merged)
        stored = rows(engine, "SELECT id, group_id, root_id, shared, attached_at, attached_event FROM member")
        assert {row[0]: row[1:] for row in stored} == {
            member: (p.group, p.standing.root, p.standing.shared, *p.standing.attached)
            for member, p in full.items()
        }
        assert {member: reason for member, reason, _ in reviews(engine)} == {
            member: p.review for member, p in full.items() if p.review is not None
        }
        # and applying all of it again, in one go and backwards, changes nothing
        before = everything(engine)
        undoings = [MergeUndone(m.id, 9) for m in merged if not m.live]
        apply(engine, *seen(*IDS), *reversed(told), *map(made, merged), *undoings)
        assert everything(engine) == before
