"""Dry runs against what then happens, and the review queue, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from customer360.customers.claims import Claim, Member, pair_of
from customer360.customers.facts import IdentityChange, KeySeen, MergeMade, MergeUndone
from customer360.customers.linking import Waiting
from customer360.customers.merges import Merge
from customer360.customers.previews import Preview, preview
from customer360.keys import Key
from customer360.stores.postgres.engine import make_engine, transaction
from customer360.stores.postgres.identity import apply_identity
from customer360.stores.postgres.linking import PostgresLinks
from customer360.stores.postgres.reading.session import ReadSession
from tests.customers import graphs
from tests.customers.graphs import IDS, MEMBERS

CPF, CPF_2, CNPJ, _, _, _, PHONE, PHONE_2, _, EMAIL, _ = IDS


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, size=4)
    yield engine
    engine.dispose()


@pytest.fixture
def reader(database_url: str) -> Iterator[ReadSession]:
    session = ReadSession(make_engine(database_url, size=2))
    yield session
    session.dispose()


@pytest.fixture
def store(engine: Engine, reader: ReadSession) -> PostgresLinks:
    return PostgresLinks(reader, engine)


def seen(*members: str) -> list[IdentityChange]:
    return [KeySeen(m, Key(MEMBERS[m].key_type, m[-4:]), 0, f"seen{m[-2:]}") for m in members]


def made(merge: Merge) -> MergeMade:
    return MergeMade(merge.id, merge.survivor, merge.merged, merge.occurred_at, "same person", "ana")


def apply(engine: Engine, *changes: IdentityChange) -> None:
    with transaction(engine) as cursor:
        apply_identity(cursor, changes)


def customers(engine: Engine) -> dict[str, frozenset[str]]:
    """Members by public id."""
    with transaction(engine) as cursor:
        cursor.execute("SELECT group_id, array_agg(id) FROM member GROUP BY group_id")
        return {group: frozenset(members) for group, members in cursor.fetchall()}


def shown(previews: list[Preview]) -> dict[str, frozenset[str]]:
    return {one.id: frozenset(part.id for part in one.parts) for one in previews}


@given(graphs.claims(), graphs.merges(2), st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the database is emptied for each example
def test_a_dry_run_shows_what_then_happens(
    engine: Engine, store: PostgresLinks, told: list[Claim], merged: list[Merge], data: st.DataObject
) -> None:
    # given any customers, some merged before by their CPF or CNPJ, and two of them not shared
    merged = [merge for merge in merged if {merge.survivor, merge.merged} <= {CPF, CPF_2, CNPJ}]
    with transaction(engine) as cursor:
        cursor.execute("TRUNCATE member, claim, merge, review")
    apply(engine, *seen(*IDS), *told, *(made(merge) for merge in merged))
    before = customers(engine)
    with transaction(engine) as cursor:
        cursor.execute("SELECT id FROM member WHERE NOT shared AND id = group_id ORDER BY id")
        ids = [id for (id,) in cursor.fetchall()]
    assume(len(ids) > 1)
    survivor, other = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
    about = [*before[survivor], *before[other]]
    planned = Merge("planned", survivor, other, 99)
    # when the merge is shown and then made
    joining = shown(preview(store.graph(about), about, add=planned))
    apply(engine, made(planned))
    # then the customer is the one shown, keys that are no longer shared included
    after = customers(engine)
    assert joining == {id: members for id, members in after.items() if members & set(about)}
    # when taking it back is shown and then done, then that is true as well
    about = [member for id in joining for member in after[id]]
    parting = shown(preview(store.graph(about), about, drop=planned.id))
    apply(engine, MergeUndone(planned.id, 100))
    assert customers(engine) == before
    assert parting == {id: members for id, members in before.items() if members & set(about)}


def test_a_dry_run_reads_two_of_the_claims_of_other_customers(engine: Engine, store: PostgresLinks) -> None:
    # given a phone that two customers and fifty others claim
    others = [Member(f"c{number:031x}", "cpf") for number in range(50)]
    told = [Claim(pair_of(c, MEMBERS[PHONE]), True, False, at, c.id) for at, c in enumerate(others)]
    apply(
        engine, *seen(CPF, CPF_2, PHONE), *(KeySeen(c.id, Key("cpf", c.id), 0, c.id) for c in others), *told
    )
    apply(engine, graphs.claim(CPF, PHONE), graphs.claim(CPF_2, PHONE))
    # when merging the two is shown
    graph = store.graph([CPF, CPF_2])
    # then two of the others are read, and the phone stays shared
    assert len(graph.outside) == 2
    assert shown(preview(graph, [CPF, CPF_2], add=Merge("m", CPF, CPF_2, 1))) == {
        CPF: frozenset({CPF, CPF_2})
    }


def test_the_review_queue_is_read_oldest_first_page_by_page(engine: Engine, store: PostgresLinks) -> None:
    # given three shared keys, two of them since the same instant
    for key, at in ((PHONE_2, 5), (EMAIL, 3), (PHONE, 5)):
        apply(engine, *seen(CPF, CPF_2, key), graphs.claim(CPF, key, 1), graphs.claim(CPF_2, key, at))
    # when it is read two at a time
    first = store.waiting(None, 2)
    rest = store.waiting((first[-1].since, first[-1].member_id), 2)
    # then each comes once, oldest first, with the customers it lies between
    assert [(one.member_id, one.since) for one in (*first, *rest)] == [(EMAIL, 3), (PHONE, 5), (PHONE_2, 5)]
    assert rest[0] == Waiting(PHONE_2, "phone", PHONE_2[-4:], True, "SHARED", (CPF, CPF_2), 5)
