"""Two and more consumers at once on the same database: the rows come out as if one had done all of it in order."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from customer360.ids import partition_of
from indexer.projection.consumer import ProjectionConsumer
from indexer.projection.project import Projector
from tests.faults.senders import CPFS
from tests.indexer.scenario import ZONE, Scenario, event, interaction
from tests.indexer.test_any_order import empty, read_models

PHONE, EMAIL = "+5511987654321", "maria@example.com"


def together(*work: Callable[[], None]) -> None:
    """All at once; the first error of any of them is raised here."""
    errors: list[BaseException] = []

    def guarded(each: Callable[[], None]) -> None:
        try:
            each()
        except BaseException as error:  # noqa: BLE001 - handed to the test that waits
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def consumers(scenario: Scenario, holders: int) -> list[ProjectionConsumer]:
    """Their leases are shared out before any of them starts."""
    made = [
        ProjectionConsumer(scenario.engine, scenario.ids, Projector(scenario.ids, ZONE), f"holder-{n}")
        for n in range(holders)
    ]
    for _ in range(2):
        for consumer in made:
            consumer.take_leases()
    return made


def run(consumer: ProjectionConsumer) -> Callable[[], None]:
    def until_done() -> None:
        while consumer.run_once():
            pass

    return until_done


def facts(seed: int) -> list[dict[str, Any]]:
    """Customers of several partitions whose keys, states and corrections meet, merged and parted by a person."""
    chance = random.Random(seed)
    made = [event("profile.updated", {"name": f"P{n}", "keys": [{"type": "phone", "value": PHONE}]},
                  subject=f"cpf:{cpf}", id=f"claim-{n}") for n, cpf in enumerate(CPFS[:3])]  # fmt: skip
    made += [interaction(subject=f"cpf:{chance.choice(CPFS)}", id=f"i{n}") for n in range(12)]
    made += [interaction(subject=f"phone:{PHONE}", id=f"p{n}") for n in range(3)]
    made += [
        event("message.sent", {"messageId": "m1", "channel": "email"}, subject=f"cpf:{CPFS[0]}", id="m-sent"),
        event("message.delivered", {"messageId": "m1"}, subject=f"email:{EMAIL}", id="m-delivered"),
        event("message.bounced", {"messageId": "m1", "reason": "full"}, subject=None, id="m-bounced"),
        event(
            "identity.linked", {"key": {"type": "email", "value": EMAIL}}, subject=f"cpf:{CPFS[1]}", id="l1"
        ),
        event(
            "identity.unlinked", {"key": {"type": "email", "value": EMAIL}}, subject=f"cpf:{CPFS[1]}", id="l2"
        ),
        event(
            "entry.reassigned",
            {"source": "crm", "id": "i1", "reason": "r"},
            subject=f"cpf:{CPFS[4]}",
            id="r1",
        ),
        event("entry.retracted", {"source": "crm", "id": "i2", "reason": "r"}, subject=None, id="r2"),
    ]
    return made


def merges(scenario: Scenario) -> list[dict[str, Any]]:
    """Two customers merged by a person and parted again, and two that stay merged."""
    member = [scenario.ids.member("cpf", cpf) for cpf in CPFS]
    merge = event(
        "identity.linked", {"merge": {"survivor": member[3], "merged": member[4]}}, subject=None, id="g1"
    )
    kept = event(
        "identity.linked", {"merge": {"survivor": member[0], "merged": member[5]}}, subject=None, id="g2"
    )
    undo = event("identity.unlinked", {"mergeId": scenario.ids.event("crm", "g1")}, subject=None, id="g3")
    return [merge, kept, undo]


@pytest.mark.parametrize("seed", range(6))
def test_two_consumers_and_any_order_give_the_rows_of_one(seed: int, scenario: Scenario) -> None:
    # given what one consumer makes of the events in the order they happened
    made = [*facts(seed), *merges(scenario)]
    empty(scenario)
    scenario.given(*made, own=True)
    expected = read_models(scenario)
    # when they arrive in another order, and two consumers project them at once
    empty(scenario)
    random.Random(seed).shuffle(made)
    for start in range(0, len(made), 7):
        scenario.send(*made[start : start + 7], own=True)
    together(*(run(consumer) for consumer in consumers(scenario, 2)))
    # then
    assert scenario.rows("SELECT count(*) FROM failure") == [(0,)]
    assert read_models(scenario) == expected


def test_racing_first_claims_of_one_phone(scenario: Scenario) -> None:
    # given eight customers of eight partitions, each claiming the same phone first, and nothing projected yet
    claimants = eight_subjects(scenario)
    phones = [f"+55119{80000000 + turn:08d}" for turn in range(20)]
    for phone in phones:
        scenario.send(*(claim(subject, phone) for subject in claimants))
    # when eight consumers project them at once
    together(*(run(consumer) for consumer in consumers(scenario, 8)))
    # then every phone is shared: claimed by all, linked to none
    assert scenario.rows("SELECT count(*) FROM failure") == [(0,)]
    members = [scenario.ids.member("phone", phone) for phone in phones]
    assert scenario.rows(
        "SELECT count(*), bool_and(shared), bool_and(group_id = id) FROM member WHERE id = ANY(%s)", members
    ) == [(20, True, True)]
    assert scenario.rows("SELECT count(*) FROM claim WHERE weaker = ANY(%s) AND holds", members) == [(160,)]
    assert scenario.rows("SELECT count(*) FROM review WHERE member_id = ANY(%s)", members) == [(20,)]


def claim(subject: str, phone: str) -> dict[str, Any]:
    return event("profile.updated", {"keys": [{"type": "phone", "value": phone}]}, subject=subject)


def eight_subjects(scenario: Scenario) -> Sequence[str]:
    """Accounts whose members lie in eight different partitions."""
    found: dict[int, str] = {}
    for number in range(1_000):
        partition = partition_of(scenario.ids.member("account", f"A{number}"))
        found.setdefault(partition, f"account:A{number}")
    return list(found.values())[:8]
