"""What becomes of each document of a write: newer wins, removed stays removed, one that does not fit harms no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from customer360.clock import DAY
from customer360.stores.ports import (
    DocumentFilter,
    DocumentsQuestion,
    EntriesQuestion,
    EntryFilter,
    Fate,
    MembersQuestion,
    PagesQuestion,
    SearchDocument,
)
from tests.contracts.search.stores import SearchStore, entry, member, tombstone

NOW = 1_760_000_000_000_000


def _id(member_id: str, sign: str = "e") -> str:
    return f"{sign}{member_id[1:]}"


def test_a_newer_version_replaces_and_an_older_one_loses(search: SearchStore) -> None:
    # given version 5
    who = search.new_member()
    search.put([entry(_id(who), who, NOW, version=5, title="cinco", channel="voice")])
    # when version 4 and then version 6 come
    fates = search.put([entry(_id(who), who, NOW, version=4, title="quatro", channel="chat")])
    fates += search.put([entry(_id(who), who, NOW, version=6, title="seis", channel="sms")])
    # then the first is told to be stale and the second is what is stored, by its new channel too
    assert fates == [Fate.STALE, Fate.DONE]
    (found,) = search.ask_one(_all(who))
    assert (found.version, found.body["title"], found.body["channel"]) == (6, "seis", "sms")


def test_the_same_version_again_changes_nothing(search: SearchStore) -> None:
    # given a document
    who = search.new_member()
    search.put([entry(_id(who), who, NOW, version=5, title="uma vez")])
    # when it is written twice more, in one batch, with other words
    again = [entry(_id(who), who, NOW, version=5, title="outra")] * 2
    fates = search.put(again)
    # then it is as good as done, and what was stored first stays
    assert fates == [Fate.STALE, Fate.STALE]
    assert [e.body["title"] for e in search.ask_one(_all(who))] == ["uma vez"]


def test_several_versions_in_one_batch_leave_the_newest(search: SearchStore) -> None:
    who = search.new_member()
    fates = search.put([entry(_id(who), who, NOW, version=v, title=f"v{v}") for v in (2, 7, 3)])
    assert fates[1:] == [Fate.DONE, Fate.STALE]
    assert fates[0] in (Fate.DONE, Fate.STALE)  # written and replaced, or not written at all
    assert [e.body["title"] for e in search.ask_one(_all(who))] == ["v7"]


@pytest.mark.parametrize("kind", ["entry", "member", "document", "page"])
def test_what_was_removed_stays_removed(search: SearchStore, kind: str) -> None:
    # given a document of each kind that searches find
    who = search.new_member()
    document = _of_kind(kind, who)
    search.put([document])
    assert _finds(search, document)
    # when its tombstone comes, then old versions of it, then the refresh that could forget it
    assert search.put([tombstone(document, 3)]) == [Fate.DONE]
    assert search.put([document, tombstone(document, 2)]) == [Fate.STALE, Fate.STALE]
    assert search.writer.refresh(search.generation)
    # then no search finds it
    assert not _finds(search, document)
    # and a newer version brings it back
    back = SearchDocument(document.kind, document.id, 4, who, document.occurred_at, body=document.body)
    assert search.put([back]) == [Fate.DONE]
    assert _finds(search, document)


def test_a_tombstone_may_come_first(search: SearchStore) -> None:
    who = search.new_member()
    document = entry(_id(who), who, NOW, version=2)
    assert search.put([tombstone(document, 3), document]) == [Fate.DONE, Fate.STALE]
    assert search.ids(who) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"title": "\ud800"},  # a lone surrogate: no JSON text
        {"surprise": "a field that no mapping knows"},
        {"received_at": "yesterday"},
        {"title": 5},
        {"detail": "not an object"},
        {"received_at": 2**70},
    ],
    ids=["surrogate", "unknown", "not-a-number", "not-a-text", "not-an-object", "too-large"],
)
def test_a_document_that_does_not_fit_is_told_and_its_neighbours_are_stored(
    search: SearchStore, bad: dict[str, Any]
) -> None:
    # given twenty good documents with a bad one in the middle
    who = search.new_member()
    batch = [entry(f"{n:x}{who[2:]}", who, NOW + n) for n in range(16, 36)]
    batch[10] = entry(batch[10].id, who, NOW, **bad)
    # when they are written in one call
    results = search.writer.write(search.generation, batch)
    # then that one alone is poison, with a reason that does not quote it
    assert [r.fate for r in results] == [Fate.DONE] * 10 + [Fate.POISON] + [Fate.DONE] * 9
    assert [r.id for r in results] == [d.id for d in batch]
    assert results[10].reason
    assert "yesterday" not in results[10].reason
    # and the others are found
    assert search.writer.refresh(search.generation)
    assert set(search.ids(who)) == {d.id for d in batch if d is not batch[10]}


def test_an_entry_without_customer_is_stored_and_on_nobodys_timeline(search: SearchStore) -> None:
    # given an entry without member
    id = search.new_member()
    # when it is written, then a newer version of it
    assert search.put([entry(id, None, NOW), entry(id, None, NOW, version=2)])[1] is Fate.DONE
    # then it is there once
    (before,) = [d for d in _fingerprints(search, "entry") if d[0] == id]
    assert before == (id, 2, False)


def test_bodies_come_back_as_they_were_written(search: SearchStore) -> None:
    who = search.new_member()
    body: dict[str, Any] = {
        "type": "offer.presented",
        "channel": "whatsapp",
        "direction": "outbound",
        "title": "Oferta: cartão “Ouro” 'já' \\ %s",
        "summary": None,
        "source": "//crm",
        "received_at": NOW + 5,
        "with_document": True,
        "detail": {"offer": "ouro", "nested": {"list": [1, 2.5, None, {"x": "é"}]}},
        "state": {},
    }
    document = SearchDocument("entry", _id(who), 2**53, who, NOW, body=body)
    search.put([document])
    assert search.ask_one(_all(who)) == [document]


def test_an_empty_write_is_fine(search: SearchStore) -> None:
    assert search.writer.write(search.generation, []) == []


def test_writing_to_a_generation_that_is_not_there_stops(search: SearchStore) -> None:
    # given no generation g9
    who = search.new_member()
    # when something is written to it
    results = search.writer.write("g9", [entry(_id(who), who, NOW)])
    # then a person must act, and nothing was made by it
    assert [r.fate for r in results] == [Fate.STOP]
    assert search.writer.marks("g9") == {}
    assert search.writer.refresh("g9") is False
    assert search.writer.newest_version("g9") is None


def test_fingerprints_go_through_all_documents_in_id_order(search: SearchStore) -> None:
    # given some pages, one of them removed
    who = search.new_member()
    pages = [SearchDocument("page", f"{n:02d}{who[2:]}", n, who, NOW, body={"text": "x"}) for n in range(9)]
    search.put([*pages, tombstone(pages[4], 50)])
    # when they are listed four at a time
    listed = _fingerprints(search, "page", limit=4)
    # then all are there with version and whether they are removed, in order of their ids
    assert listed == sorted(listed)
    own = [row for row in listed if row[0].endswith(who[2:])]
    assert own == [(p.id, 50 if n == 4 else n, n == 4) for n, p in enumerate(pages)]


def test_the_newest_version_is_known(search: SearchStore) -> None:
    who = search.new_member()
    search.put([entry(_id(who), who, NOW, version=2**53 + 2)])
    search.put([entry(_id(who, "f"), who, NOW, version=8)])
    assert search.writer.newest_version(search.generation) == 2**53 + 2


def _all(who: str) -> EntriesQuestion:
    return EntriesQuestion([who], EntryFilter(), 100)


def _of_kind(kind: str, who: str) -> SearchDocument:
    if kind == "entry":
        return entry(_id(who), who, NOW)
    if kind == "member":
        return member(who, f"Zuleica {_letters(who)}")
    body = {"title": "Contrato", "kind": "contract", "media_type": "text/plain"}
    if kind == "page":
        body |= {"text": _letters(who)}
        return SearchDocument("page", _id(who), 1, who, NOW, body=body)
    return SearchDocument("document", _id(who), 1, who, NOW, body=body)


def _finds(search: SearchStore, document: SearchDocument) -> bool:
    who = document.member_id or ""
    match document.kind:
        case "entry":
            return search.ids(who) == [document.id]
        case "member":
            hits = search.ask_one(MembersQuestion(document.body["name"], 10))
            return document.id in [hit.member_id for hit in hits]
        case "document":
            found = search.ask_one(DocumentsQuestion([who], DocumentFilter(), 10))
            return [d.id for d in found] == [document.id]
        case "page":
            hits = search.ask_one(PagesQuestion(_letters(who), None, DocumentFilter(), 10))
            return [hit.page.id for hit in hits] == [document.id]


def _letters(who: str) -> str:
    """A word that only this member has."""
    return "".join("bcdfghjklmnpqrtv"[int(digit, 16)] for digit in who[-8:])


def _fingerprints(search: SearchStore, kind: Any, limit: int = 100) -> list[tuple[str, int, bool]]:
    rows: list[tuple[str, int, bool]] = []
    while True:
        page = search.writer.fingerprints(search.generation, kind, rows[-1][0] if rows else "", limit)
        rows += page
        if len(page) < limit:
            return rows


def test_places_tell_where_stored_documents_are(search: SearchStore) -> None:
    # given an entry, and the tombstone of another
    who = search.new_member()
    here = entry(_id(who, "a"), who, NOW, 3, title="x")
    gone = entry(_id(who, "b"), who, NOW - 400 * DAY)
    search.put([here, tombstone(gone, 5)])
    # when both and a stranger are looked for
    found = search.writer.places(search.generation, "entry", [here.id, gone.id, "f" * 32])
    # then both are told by id, version and place, without their bodies
    found.sort(key=lambda document: document.id)
    assert found == [replace(here, body={}), tombstone(gone, 5)]
