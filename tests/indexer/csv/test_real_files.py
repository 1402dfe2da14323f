"""The public files, from the CSV to the customer's page, against a count of the files by nothing but the csv module."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customer360.stores.postgres.imports import ImportJobs
from customer360.stores.postgres.ledger import Ledger
from indexer.backlog import Backlog
from indexer.sources.csv.importing import CsvImport, Outcome
from tests.indexer.test_delivery import Delivering
from tests.schema.desk import Desk
from tests.servers.process import ServerMissing

ROOT = Path(__file__).parents[3]
BANK = "anonymous-bank/calls_august.csv.gz"
MARKETING = "bank-marketing/bank-additional-full.csv.gz"
TIMELINE = """
query Page($value: String!, $after: String) { customer(key: {type: EXTERNAL, value: $value}) {
  timeline(first: 100, after: $after) {
    facets { channel count } pageInfo { hasNextPage endCursor } freshness { degraded }
    nodes { occurredAt title ... on InteractionEntry { disposition queue endedAt } ... on OfferEntry { timeFlag response } }
} } }
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]


@pytest.fixture
def data(had: Callable[[Callable[[], None]], None]) -> Callable[[str], Path]:
    """The path of a public file, which is not part of the repository."""

    def path(name: str) -> Path:
        file = ROOT.parent / "shared" / "data" / name

        def check() -> None:
            if not file.exists():
                raise ServerMissing(f"the import of {name}: put the file at ../shared/data/{name}")

        had(check)
        return file

    return path


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk.open(database_url, tmp_path)
    yield desk
    await desk.services.close()


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def load(desk: Desk, mapping: str, file: Path, errors: Path) -> Outcome:
    """Import, projection and delivery, one after the other."""
    engine = desk.services.engine
    delivering = Delivering(desk.scenario)
    job = CsvImport(ROOT / "examples" / mapping, file, errors)
    outcome = job.run(Ledger(engine), desk.services.ids, ImportJobs(engine), Backlog(engine))
    desk.scenario.project()
    delivering.deliver()
    return outcome


async def whole_timeline(desk: Desk, value: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    nodes: list[dict[str, Any]] = []
    facets: dict[str, int] = {}
    after = None
    while True:
        answer = await desk.ask(TIMELINE, value=value, after=after)
        page = answer["customer"]["timeline"]
        assert page["freshness"]["degraded"] is False
        facets = facets or {facet["channel"]: facet["count"] for facet in page["facets"]}
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes, facets
        after = page["pageInfo"]["endCursor"]


def counted(desk: Desk, statement: str) -> Counter[Any]:
    return Counter(dict(desk.scenario.rows(statement)))


async def test_the_calls_of_a_bank(desk: Desk, data: Callable[[str], Path], tmp_path: Path) -> None:
    # given the file, counted by hand
    file = data(BANK)
    calls = list(rows_of(file))
    known = [call for call in calls if call["customer_id"] != "0"]
    assert (len(calls), len(calls) - len(known)) == (42_078, 23_030)

    # when it is loaded
    outcome = await asyncio.to_thread(load, desk, "anonymous-bank.toml", file, tmp_path / "errors.csv")

    # then every call is one event and one entry, those of nobody included
    assert outcome.counts == {"rows": 42_078, "rows_failed": 0, "accepted": 42_078}
    rows = desk.scenario.rows
    assert rows("SELECT count(*), count(*) FILTER (WHERE member_id IS NULL) FROM event_log") == [
        (42_078, 23_030)
    ]
    assert rows("SELECT count(*), count(*) FILTER (WHERE member_id IS NULL) FROM timeline_entry") == [
        (42_078, 23_030)
    ]
    assert rows("SELECT count(DISTINCT member_id) FROM timeline_entry") == [
        (len({call["customer_id"] for call in known}),)
    ]
    names = {"AGENT": "answered", "HANG": "hung_up", "PHANTOM": "phantom"}
    assert counted(
        desk, "SELECT detail ->> 'disposition', count(*) FROM timeline_entry GROUP BY 1"
    ) == Counter(names[call["outcome"]] for call in calls)
    assert counted(desk, "SELECT detail ->> 'queue', count(*) FROM timeline_entry GROUP BY 1") == Counter(
        call["type"].strip() for call in calls
    )
    found = "search_p0001.entry WHERE NOT deleted"
    assert counted(desk, f"SELECT channel, count(*) FROM {found} GROUP BY 1") == {"voice": 42_078}
    assert rows("SELECT count(*) FROM failure") == [(0,)]

    # and the customer who called most has all calls, newest first
    (most, times), *_ = Counter(call["customer_id"] for call in known).most_common(1)
    nodes, facets = await whole_timeline(desk, f"anonymous-bank-{most}")
    assert facets == {"VOICE": times}
    expected = sorted((began(call) for call in known if call["customer_id"] == most), reverse=True)
    assert [datetime.fromisoformat(node["occurredAt"]) for node in nodes] == expected
    assert Counter(node["disposition"] for node in nodes) == Counter(
        names[call["outcome"]] for call in known if call["customer_id"] == most
    )
    assert all(
        datetime.fromisoformat(node["endedAt"]) >= datetime.fromisoformat(node["occurredAt"])
        for node in nodes
    )


def began(call: dict[str, str]) -> datetime:
    text = f"{call['date']} {call['vru_entry']}"
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo("Asia/Jerusalem"))


async def test_offers_by_phone(desk: Desk, data: Callable[[str], Path], tmp_path: Path) -> None:
    # given the file, counted by hand
    file = data(MARKETING)
    answers = Counter(row["y"] for row in rows_of(file))
    assert sum(answers.values()) == 41_188

    # when it is loaded
    outcome = await asyncio.to_thread(load, desk, "bank-marketing.toml", file, tmp_path / "errors.csv")

    # then every row is a presentation and its answer
    assert outcome.counts == {"rows": 41_188, "rows_failed": 0, "accepted": 82_376}
    kinds = {"presented": 41_188, "accepted": answers["yes"], "declined": answers["no"]}
    assert counted(desk, "SELECT kind, count(*) FROM offer_contact GROUP BY 1") == kinds
    assert counted(
        desk,
        "SELECT state ->> 'response', count(*) FROM timeline_entry WHERE type = 'offer.presented' GROUP BY 1",
    ) == {"accepted": answers["yes"], "declined": answers["no"]}
    found = "search_p0001.entry WHERE NOT deleted"
    assert counted(desk, f"SELECT channel, count(*) FROM {found} GROUP BY 1") == {"voice": 82_376}

    # and a customer's page shows both, at an approximate time
    nodes, facets = await whole_timeline(desk, "bank-marketing-1")
    assert facets == {"VOICE": 2}
    assert [node["timeFlag"] for node in nodes] == ["APPROXIMATE", "APPROXIMATE"]
    answered, presented = (datetime.fromisoformat(node["occurredAt"]) for node in nodes)
    assert answered - presented == timedelta(seconds=60)
    assert presented.date().isoformat() == "2008-05-05"  # the first Monday of the first month
    assert nodes[1]["response"] == "declined"


def test_broken_rows_are_counted(desk: Desk, data: Callable[[str], Path], tmp_path: Path) -> None:
    # given the first calls of the file, every hundredth cut off and every hundred-and-first without a date
    lines = list(map(list, (row.values() for _, row in zip(range(5_000), rows_of(data(BANK)), strict=False))))
    header = next(iter(rows_of(data(BANK)))).keys()
    cut, undated = set(range(99, 5_000, 100)), set(range(100, 5_000, 101))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for number, fields in enumerate(lines):
        writer.writerow(
            fields[:9]
            if number in cut
            else [*fields[:5], "soon", *fields[6:]]
            if number in undated
            else fields
        )
    file = tmp_path / "calls.csv"
    file.write_text(text.getvalue(), encoding="utf-8")

    # when they are loaded
    outcome = load(desk, "anonymous-bank.toml", file, tmp_path / "errors.csv")

    # then exactly those are refused and listed
    bad = cut | undated
    assert outcome.counts == {"rows": 5_000, "rows_failed": len(bad), "accepted": 5_000 - len(bad)}
    with (tmp_path / "errors.csv").open(encoding="utf-8") as stream:
        listed = {int(row["row"]) - 1: row["field"] for row in csv.DictReader(stream)}
    assert listed == {number: "" if number in cut else "date" for number in bad}
    assert desk.scenario.rows("SELECT count(*) FROM timeline_entry") == [(5_000 - len(bad),)]
