"""Members by name: without accents, with a typo in a word, unfinished; best first, the same order from every store."""

from __future__ import annotations

import random

import pytest

from customer360.stores.ports import MemberHit, MembersQuestion
from tests.contracts.search.brazilian_names import mistyped, names
from tests.contracts.search.stores import SearchStore, member, tombstone

CROWD = 5_000
SOUGHT = 200


@pytest.fixture(scope="module")
def crowd(search: SearchStore) -> tuple[SearchStore, dict[str, str]]:
    """Five thousand members by name."""
    ids = {name: search.new_member() for name in names(random.Random(8360), CROWD)}
    search.put([member(id, name) for name, id in ids.items()])
    return search, ids


@pytest.fixture(scope="module")
def people(search: SearchStore) -> dict[str, str]:
    """A few with names that the crowd does not have."""
    ids = {
        name: search.new_member()
        for name in [
            "Zilá Quitéria Zumbi",
            "Zilá Zumbi",
            "Zilma Zumbi",
            "Zilá Zumbira",
            "Ló D'Ávila-Zappa",
            "Ló Zambê",
            "Ló de Zambê",
        ]
    }
    search.put([member(id, name) for name, id in ids.items()])
    return ids


def test_of_200_mistyped_names_190_are_among_the_first_ten(
    crowd: tuple[SearchStore, dict[str, str]],
) -> None:
    # given 200 of the names, with one typo and without accents
    search, ids = crowd
    rng = random.Random(95)
    sought = rng.sample(sorted(ids), SOUGHT)
    # when each is searched
    found = search.ask(*(MembersQuestion(mistyped(rng, name), 10) for name in sought))
    # then at least 95 % are there
    hits = [
        name
        for name, answer in zip(sought, found, strict=True)
        if ids[name] in [hit.member_id for hit in answer if isinstance(hit, MemberHit)]
    ]
    assert len(hits) >= 190


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "zila zumbi",
            [
                ("Zilá Zumbi", 1.0),
                ("Zilá Quitéria Zumbi", 1.0),
                ("Zilá Zumbira", 0.9),
                ("Zilma Zumbi", 0.8),
            ],
        ),
        (
            "ZUMBI de ZILÁ",  # in any order, particles as one likes
            [("Zilá Zumbi", 1.0), ("Zilá Quitéria Zumbi", 1.0), ("Zilma Zumbi", 0.8)],
        ),
        ("zlia zunbi", [("Zilá Zumbi", 0.6), ("Zilá Quitéria Zumbi", 0.6)]),  # a typo in each word
        ("zil zum", [("Zilá Zumbi", 0.7), ("Zilá Zumbira", 0.7), ("Zilá Quitéria Zumbi", 0.7)]),
        ("quit", [("Zilá Quitéria Zumbi", 0.8)]),
        ("lo davila", [("Ló D'Ávila-Zappa", 0.8)]),  # an apostrophe forgotten
        ("lo avila zapa", [("Ló D'Ávila-Zappa", 0.8667)]),
        ("lo dos zambe", [("Ló Zambê", 1.0), ("Ló de Zambê", 1.0)]),  # a particle makes no name longer
        ("zila umbix", []),  # one letter lost at the front and one added at the end are two typos
        ("zxlx zumbi", []),  # two typos in a word
        ("zila zumbi nogueira", []),  # a word too many
        ("", []),
        ("?!", []),
    ],
)
def test_scores_and_order(
    search: SearchStore, people: dict[str, str], typed: str, expected: list[tuple[str, float]]
) -> None:
    # when a name is typed so
    hits = search.ask_one(MembersQuestion(typed, 20))
    # then these are found, whole words before unfinished ones before typos, shorter names first
    own = [(hit.name, hit.score) for hit in hits if hit.member_id in people.values()]
    assert own == expected


def test_a_name_is_forgotten_with_its_member(search: SearchStore) -> None:
    # given a member, when the name changes and then the member goes
    id = search.new_member()
    search.put([member(id, "Ximbica Outrora")])
    search.put([member(id, "Ximbica Agora", version=2)])
    # then only the new name finds it
    assert [hit.name for hit in search.ask_one(MembersQuestion("ximbica", 5))] == ["Ximbica Agora"]
    assert search.ask_one(MembersQuestion("outrora", 5)) == []
    search.put([tombstone(member(id, ""), 3)])
    assert search.ask_one(MembersQuestion("ximbica", 5)) == []


def test_offsets_go_through_all_hits_once(crowd: tuple[SearchStore, dict[str, str]]) -> None:
    # given a common name
    search, _ = crowd
    whole = search.ask_one(MembersQuestion("silva", 100))
    assert len(whole) > 30
    # when it is asked in parts
    parts = search.ask(*(MembersQuestion("silva", 10, offset) for offset in range(0, 100, 10)))
    # then they are the whole, in the same order
    assert [hit for part in parts for hit in part] == whole
