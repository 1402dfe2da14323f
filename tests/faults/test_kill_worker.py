"""kill -9 of a worker: at each failpoint, and anywhere under load. Another one goes on; nothing is lost or done twice."""

from __future__ import annotations

import pytest

from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("failpoint", ["after_projection", "after_projection_commit", "after_bulk"])
def test_worker_killed_at(failpoint: str, installation: Installation, sent: Sent) -> None:
    # given events coming in, and a worker that dies at the third pass of the failpoint
    installation.api()
    with load(installation.url, installation.key, sent):
        dying = installation.worker(failpoint=f"{failpoint}:kill:3")
        eventually(lambda: dying.exit_code is not None, "it was never reached")
        assert dying.exit_code == -9
        # when another one takes over
        installation.worker()
    # then
    assert not sent.refusals, "intake does not depend on workers"
    check(installation.engine, installation.writer, sent.answered)


def test_one_of_two_workers_killed_under_load(installation: Installation, sent: Sent) -> None:
    # given two workers at work
    installation.api()
    killed = installation.worker()
    installation.worker()
    with load(installation.url, installation.key, sent):
        eventually(lambda: len(sent.answered) > 100, "the senders were not answered")
        # when one is killed
        killed.kill()
        before = len(sent.answered)
        eventually(lambda: len(sent.answered) > before + 100, "the senders were not answered any more")
    # then the other one does all of it, without being told
    check(installation.engine, installation.writer, sent.answered)
