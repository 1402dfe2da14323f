"""Links are a pure function of claims and merges: roots, hanging, shared keys, merges, the size limit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.customers import links
from customer360.customers.claims import Claim, Member, fold, pair_of
from customer360.customers.links import GROUP_FULL, MAX_MEMBERS, SHARED, resolve
from customer360.customers.merges import Merge, components
from customer360.customers.propagation import Propagation
from customer360.keys import ROOT_TYPES
from tests.customers.graphs import IDS, MEMBERS, Graph, claim, claims, merges, sets

CPF, CPF_2, CNPJ, ACCOUNT, ACCOUNT_2, EXTERNAL, PHONE, PHONE_2, PHONE_3, EMAIL, EMAIL_2 = IDS


def place(*told: Claim, merged: tuple[Merge, ...] = ()) -> dict[str, links.Placement]:
    return resolve(MEMBERS.values(), told, merged)


def together(placements: dict[str, links.Placement], *members: str) -> bool:
    return frozenset(members) in sets(placements)


def test_a_member_without_claims_is_a_customer_of_its_own() -> None:
    # given members and no claims, then each is its own customer
    assert {member: placement.group for member, placement in place().items()} == {
        member: member for member in IDS
    }


def test_keys_hang_on_the_strongest_key_that_claims_them() -> None:
    # given an account, a phone and an e-mail claimed by a CPF, directly and through each other
    placements = place(claim(CPF, ACCOUNT), claim(ACCOUNT, PHONE), claim(CPF, PHONE), claim(PHONE, EMAIL))
    # then they are one customer, known by its CPF
    assert together(placements, CPF, ACCOUNT, PHONE, EMAIL)
    assert placements[EMAIL].group == CPF
    assert [placements[member].parent for member in (CPF, ACCOUNT, PHONE, EMAIL)] == [None, CPF, CPF, PHONE]


def test_any_number_of_accounts_may_hang_on_one_root() -> None:
    # given two accounts claimed by one CPF, then all are one customer
    assert together(place(claim(CPF, ACCOUNT), claim(CPF, ACCOUNT_2)), CPF, ACCOUNT, ACCOUNT_2)


def test_a_phone_claimed_by_two_customers_links_nothing_and_waits_for_review() -> None:
    # given a phone that two CPFs claim, with an e-mail of its own
    placements = place(claim(CPF, PHONE), claim(CPF_2, PHONE), claim(PHONE, EMAIL))
    # then it is a customer of its own, marked and in the queue; the CPFs stay apart; what only it claims is alone
    assert {frozenset({PHONE}), frozenset({CPF}), frozenset({CPF_2})} <= sets(placements)
    assert (placements[PHONE].standing.shared, placements[PHONE].review) == (True, SHARED)
    assert together(placements, EMAIL)
    assert placements[EMAIL].review is None


def test_machines_never_join_two_roots() -> None:
    # given a claim between a CPF and a CNPJ, then nothing is joined
    placements = place(claim(CPF, CNPJ))
    assert {frozenset({CPF}), frozenset({CNPJ})} <= sets(placements)


def test_a_persons_word_outranks_machines_until_a_person_changes_it() -> None:
    # given a machine's claim, a person's later denial and a still later claim by the machine
    told = [
        claim(CPF, PHONE, 1),
        claim(CPF, PHONE, 2, linked=False, by_person=True),
        claim(CPF, PHONE, 9),
    ]
    # then the person's word holds; when the person says otherwise later, that holds
    assert together(place(*told), PHONE)
    assert together(place(*told, claim(CPF, PHONE, 3, by_person=True)), CPF, PHONE)


def test_the_latest_claim_of_a_pair_holds() -> None:
    # given claim and withdrawal, then the later one holds, and of the same instant the greater id
    assert together(place(claim(CPF, PHONE, 1), claim(CPF, PHONE, 2, linked=False)), PHONE)
    assert together(place(claim(CPF, PHONE, 2), claim(CPF, PHONE, 1, linked=False)), CPF, PHONE)
    assert together(place(claim(CPF, PHONE, 1, "b"), claim(CPF, PHONE, 1, "a", linked=False)), CPF, PHONE)


def test_a_merge_joins_two_roots_and_what_hangs_on_them() -> None:
    # given two customers that share a phone, merged by a person
    told = (claim(CPF, PHONE), claim(CPF_2, PHONE), claim(CPF, EMAIL), claim(CPF_2, ACCOUNT))
    placements = place(*told, merged=(Merge("m1", CPF_2, CPF, 5),))
    # then all is one customer under the survivor's id, and the phone is no longer shared
    assert together(placements, CPF, CPF_2, PHONE, EMAIL, ACCOUNT)
    assert {placements[member].group for member in (CPF, CPF_2, PHONE)} == {CPF_2}
    assert placements[PHONE].review is None


def test_the_latest_live_merge_gives_the_public_id() -> None:
    # given two merges of one set, the later one undone or not
    first, second = Merge("m1", CPF_2, CPF, 5), Merge("m2", CNPJ, CPF_2, 6)
    undone = Merge("m2", CNPJ, CPF_2, 6, live=False)
    # then the survivor of the latest live one is the public id
    assert place(merged=(first, second))[CPF].group == CNPJ
    assert place(merged=(first, undone))[CPF].group == CPF_2


def test_a_chain_of_merges_through_a_weak_key_stays_together() -> None:
    # given a phone customer merged with one CPF and then with another
    placements = place(merged=(Merge("m1", PHONE, CPF, 1), Merge("m2", PHONE, CPF_2, 2)))
    # then the three are one customer
    assert together(placements, PHONE, CPF, CPF_2)


def test_a_machine_claim_on_a_merged_phone_does_not_pull_in_another_root() -> None:
    # given a phone merged with one CPF by a person and claimed for another CPF by a machine
    placements = place(claim(CPF_2, PHONE), merged=(Merge("m1", CPF, PHONE, 1),))
    # then the two CPFs stay apart and the phone waits for a person
    assert {frozenset({CPF}), frozenset({CPF_2})} <= sets(placements)
    assert placements[PHONE].review == SHARED


def test_a_merge_of_a_member_not_seen_yet_waits_for_it() -> None:
    # given a merge that names an unknown member, then it changes nothing
    assert place(merged=(Merge("m1", CPF, "f" * 32, 1),)) == place()


def test_a_customer_has_at_most_a_hundred_members_the_earliest_claimed() -> None:
    # given a CPF with 105 accounts claimed one after the other
    cpf = Member("0" * 32, "cpf")
    accounts = [Member(f"{number:032x}", "account") for number in range(1, 106)]
    told = [Claim(pair_of(cpf, a), True, False, 1000 - at, f"e{at}") for at, a in enumerate(accounts)]
    # when they are resolved
    placements = resolve([cpf, *accounts], told, ())
    # then the root and the 99 earliest are one customer; each later one is alone and waits as group full
    waiting = {member for member, placement in placements.items() if placement.review == GROUP_FULL}
    assert waiting == {account.id for account in accounts[:6]}
    assert sum(placement.group == cpf.id for placement in placements.values()) == MAX_MEMBERS
    assert all(placements[member].group == member for member in waiting)


@given(claims(), merges(), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    told: list[Claim], merged: list[Merge], chance: random.Random
) -> None:
    # given claims and merges in another order, some of them twice
    again = told + chance.sample(told, len(told) // 2)
    chance.shuffle(again)
    # then the result is the same
    assert resolve(MEMBERS.values(), again, reversed(merged)) == resolve(MEMBERS.values(), told, merged)


@given(claims(), merges(), st.sampled_from(IDS), st.sampled_from(IDS))
def test_unmerge_after_merge_restores_exactly(
    told: list[Claim], merged: list[Merge], one: str, other: str
) -> None:
    # given any state, when two customers are merged and that merge is undone
    undone = Merge("merge9", one, other, 9, live=False)
    # then all is as before
    assert resolve(MEMBERS.values(), told, [*merged, undone]) == resolve(MEMBERS.values(), told, merged)


@given(claims(), merges())
def test_two_roots_are_together_only_by_merges(told: list[Claim], merged: list[Merge]) -> None:
    # given any claims and merges
    placements = resolve(MEMBERS.values(), told, merged)
    tied = components(merged)
    # then CPFs and CNPJs of one customer are tied by live merges, and tied ones are of one customer
    roots = [member for member in IDS if MEMBERS[member].key_type in ROOT_TYPES]
    for one in roots:
        for other in roots:
            joined = placements[one].group == placements[other].group
            assert joined == (other in tied.get(one, {one}))


@given(claims(), merges())
def test_a_key_joins_only_where_all_who_claim_it_agree(told: list[Claim], merged: list[Merge]) -> None:
    # given any claims and merges
    placements = resolve(MEMBERS.values(), told, merged)
    # then a shared key is alone, and a linked key's not shared claimants are all in its own set
    for (stronger, weaker), state in fold(told).items():
        shared = placements[weaker].standing.shared
        assert not shared or frozenset({weaker}) in sets(placements)
        plain = MEMBERS[weaker].key_type not in ROOT_TYPES
        if state.holds and plain and not shared and not placements[stronger].standing.shared:
            assert placements[stronger].standing.root == placements[weaker].standing.root


@given(st.lists(st.tuples(claims(4), merges(1)), min_size=1, max_size=5))
def test_propagation_gives_what_a_full_recompute_gives(
    batches: list[tuple[list[Claim], list[Merge]]],
) -> None:
    # given a graph that learns claims and merges batch by batch
    graph = Graph()
    for number, (told, merged) in enumerate(batches):
        before, now = fold(graph.claims), fold(graph.claims + told)
        touched = {w for (s, w), state in now.items() if before.get((s, w)) != state}
        news = [Merge(f"{m.id}.{number}", m.survivor, m.merged, m.occurred_at) for m in merged]
        undone = [m for m in graph.live if merged and not merged[0].live]
        graph.claims, graph.live = graph.claims + told, [m for m in graph.live + news if m not in undone]
        named = {member for m in news + undone for member in (m.survivor, m.merged)}
        # when each batch is propagated
        graph.standings |= Propagation(graph).run(touched, named)
        # then every standing is what the pure function over everything gives
        full = resolve(MEMBERS.values(), graph.claims, graph.live)
        assert graph.standings == {member: placement.standing for member, placement in full.items()}


def test_a_phone_claimed_by_many_is_decided_without_reading_them() -> None:
    # given a phone that is shared already
    graph = Graph()
    graph.claims = [claim(CPF, PHONE), claim(CPF_2, PHONE), claim(CPF_2, EMAIL)]
    graph.standings |= Propagation(graph).run({PHONE, EMAIL})
    # when a third customer claims it
    graph.claims.append(claim(CNPJ, PHONE))
    graph.read.clear()
    changed = Propagation(graph).run({PHONE})
    # then nothing changes and no customer behind it was read
    assert changed == {}
    assert graph.read == {PHONE}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_customer_is_larger_than_the_limit(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a smaller limit and a CPF with three other keys
    monkeypatch.setattr(links, "MAX_MEMBERS", limit)
    placements = place(claim(CPF, PHONE, 1), claim(CPF, EMAIL, 2), claim(CPF, ACCOUNT, 3))
    # then the earliest claims are admitted
    assert together(placements, *[CPF, PHONE, EMAIL, ACCOUNT][:limit])
