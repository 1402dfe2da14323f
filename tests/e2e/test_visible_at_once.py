"""Visible when projected, searchable when confirmed: what a timeline shows of entries in either state."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.office import Office
from tests.indexer.scenario import event, interaction

PAIRS = Path(__file__).parents[1] / "history" / "portuguese-pairs.csv"


def retraction(id: str) -> dict[str, Any]:
    return event("entry.retracted", {"source": "crm", "id": id, "reason": "engano"}, subject=None)


async def test_an_entry_is_in_the_timeline_before_any_delivery_and_the_same_after_it(office: Office) -> None:
    # given a confirmed entry
    office.scenario.given(interaction(title="um"))
    office.deliver()
    # when two more are only projected, one of them long ago
    office.scenario.given(
        interaction(title="dois", channel="chat"), interaction(title="zero", time="1999-05-01T10:00:00-03:00")
    )
    # then they are shown at once, where their time puts them
    hot = await office.timeline()
    assert [edge["node"]["title"] for edge in hot["edges"]] == ["dois", "um", "zero"]
    assert hot["facets"] == [{"channel": "VOICE", "count": 2}, {"channel": "CHAT", "count": 1}]
    assert hot["freshness"]["degraded"] is False
    assert hot["freshness"]["indexLagMs"] > 0
    # and nothing but the freshness changes when they are confirmed
    office.deliver()
    confirmed = await office.timeline()
    nodes = [[edge["node"] for edge in page["edges"]] for page in (hot, confirmed)]
    assert nodes[0] == nodes[1]
    assert confirmed["facets"] == hot["facets"]
    assert confirmed["freshness"]["indexLagMs"] == 0


async def test_a_retracted_entry_is_gone_at_once_although_the_index_has_it(office: Office) -> None:
    # given confirmed entries
    office.scenario.given(interaction(title="fica"), interaction(title="sai", id="wrong", channel="chat"))
    office.deliver()
    assert await office.titles() == ["sai", "fica"]
    # when one is retracted, and nothing is delivered yet
    office.scenario.given(retraction("wrong"))
    # then it is in no list, no search and no count
    for where in (None, {"text": "sai fica"}, {"text": "sai"}, {"channels": ["CHAT"]}):
        assert "sai" not in await office.titles(filter=where)
    page = await office.timeline(filter={"text": "fica"})
    assert (len(page["edges"]), page["facets"]) == (1, [{"channel": "VOICE", "count": 1}])
    assert (await office.timeline(filter={"text": "sai"}))["facets"] == []
    # and stays away once the tombstone is delivered
    office.deliver()
    assert await office.titles() == ["fica"]
    assert (await office.timeline())["facets"] == [{"channel": "VOICE", "count": 1}]


@pytest.mark.parametrize("state", ["confirmed", "written", "hot"])
async def test_facets_count_the_filter_without_its_channels_in_every_state(
    office: Office, state: str
) -> None:
    # given entries that are confirmed, written without being confirmed, or only projected
    office.scenario.given(
        interaction(title="fatura alta", channel="voice"),
        interaction(title="fatura baixa", channel="chat"),
        interaction(title="outra coisa", channel="chat"),
        event("interaction.recorded", {"channel": "email", "title": "faturas", "direction": "inbound"}),
    )
    if state == "written":
        office.write_unconfirmed()
    if state == "confirmed":
        office.deliver()
    # when facets are asked with and without other filters
    plain = await office.timeline(filter={"channels": ["CHAT"]})
    text = await office.timeline(filter={"channels": ["CHAT"], "text": "fatura"})
    inbound = await office.timeline(filter={"directions": ["INBOUND"]})
    # then each counts what its filter leaves, whatever the channel
    assert counts(plain) == {"VOICE": 1, "CHAT": 2, "EMAIL": 1}
    assert counts(text) == {"VOICE": 1, "CHAT": 1, "EMAIL": 1}
    assert counts(inbound) == {"EMAIL": 1}
    assert [edge["node"]["title"] for edge in text["edges"]] == ["fatura baixa"]


def counts(page: dict[str, Any]) -> dict[str, int]:
    return {facet["channel"]: facet["count"] for facet in page["facets"]}


async def test_a_text_finds_the_same_entries_before_and_after_they_are_indexed(office: Office) -> None:
    # given an entry for each word of the Portuguese pairs, only projected
    with PAIRS.open(encoding="utf-8") as file:
        pairs = [(row["indexed"], row["typed"]) for row in csv.DictReader(file)]
    words = list(dict.fromkeys(indexed for indexed, _ in pairs))
    office.scenario.given(*(interaction(title=word, id=f"w{n}") for n, word in enumerate(words)))
    hot = {typed: await office.titles(filter={"text": typed}) for _, typed in pairs}
    # when they are confirmed
    office.deliver()
    indexed = {typed: await office.titles(filter={"text": typed}) for _, typed in pairs}
    # then each typed word finds what it found before, but for the one that Elasticsearch's stemmer is known to miss
    differing = {typed: (hot[typed], indexed[typed]) for typed in hot if hot[typed] != indexed[typed]}
    known: dict[str, tuple[list[str], list[str]]] = (
        {"dificil": (["difíceis"], [])} if office.store == "elasticsearch" else {}
    )
    assert differing == known
    assert sum(bool(found) for found in indexed.values()) > 25
