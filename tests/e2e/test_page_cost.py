"""What a customer page costs on either search store: the same few round trips, however much there is to show."""

from __future__ import annotations

from typing import Any

from tests.e2e.office import Office
from tests.indexer.scenario import event
from tests.schema.customers.test_page import PAGE

PROFILE = {"name": "Ana Lúcia", "keys": [{"type": "phone", "value": "41 99988-7766"}]}


def fill(office: Office, entries: int, offers: int, documents: int) -> None:
    channels = ("voice", "chat", "email", "whatsapp")
    raws = [
        event("interaction.recorded", {"channel": channels[n % 4], "title": f"Contato {n}"})
        for n in range(entries)
    ]
    raws += [
        event("offer.defined", {"offer": f"o{n}", "name": f"Oferta {n}", "value": n}, subject=None)
        for n in range(offers)
    ]
    raws += [
        event("offer.presented", {"offer": f"o{n}", "channel": "web"}, time=f"2026-01-02T00:{n:02d}:00Z")
        for n in range(offers // 2)
    ]
    raws += [event("document.archived", {"title": f"Fatura {n}"}) for n in range(documents)]
    office.scenario.given(*raws, event("profile.updated", PROFILE))


def searches(office: Office) -> int:
    """HTTP requests for _msearch, as the server itself has counted them."""
    assert office.client is not None
    told = office.client.perform_request(
        "GET", "/_nodes/stats/http", headers={"accept": "application/json"}
    ).body
    (node,) = told["nodes"].values()
    return int(node["http"]["routes"].get("/_msearch", {"requests": {"count": 0}})["requests"]["count"])


async def cost(office: Office, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    """The SQL statements of a page that was asked once before, and the page."""
    page = {"id": office.customer(), **variables}
    await office.ask(PAGE, **page)
    statements: list[str] = []
    office.services.session.on_statement = statements.append
    customer = (await office.ask(PAGE, **page))["customer"]
    office.services.session.on_statement = None
    return statements, customer


async def test_a_page_is_one_search_request_and_as_many_statements_for_little_as_for_much(
    office: Office,
) -> None:
    # given a customer with one entry, one offer and one document, confirmed
    fill(office, entries=1, offers=1, documents=1)
    office.deliver()
    little, small = await cost(office)
    # and then with very much, some of it not confirmed yet
    fill(office, entries=200, offers=30, documents=20)
    office.deliver()
    fill(office, entries=3, offers=0, documents=1)
    # when the page is asked
    before = searches(office) if office.client else 0
    much, large = await cost(office)
    # then it is whole
    assert (len(small["timeline"]["edges"]), len(small["documents"]["nodes"])) == (2, 1)
    assert (len(large["timeline"]["edges"]), len(large["documents"]["nodes"])) == (50, 5)
    assert len(large["nextBestOffers"]["offers"]) == 3
    assert large["timeline"]["freshness"]["degraded"] is False
    # and cost no more
    assert sorted(little) == sorted(much)
    assert len(much) == 3
    # and each of the two times it was asked was one request to the search server
    if office.client:
        assert searches(office) - before == 2
