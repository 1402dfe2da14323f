"""kill -9 of the API at each failpoint of intake, under load: what was answered is kept, what was not is sent again."""

from __future__ import annotations

import pytest

from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load


@pytest.mark.slow
@pytest.mark.parametrize("failpoint", ["after_parse", "before_commit", "after_commit"])
def test_api_killed_at(failpoint: str, installation: Installation, sent: Sent) -> None:
    # given an API that dies at the failpoint of its tenth commit, while several senders send
    api = installation.api(failpoint=f"{failpoint}:kill:10")
    with load(installation.url, installation.key, sent):
        eventually(lambda: api.exit_code is not None, "it was never reached")
        assert api.exit_code == -9
        before = len(sent.answered)
        # when it is started again, with a worker, and the senders send again what was not answered
        installation.api(worker=True)
        eventually(lambda: len(sent.answered) > before + 50, "the senders were not answered again")
    # then
    assert sent.refusals[0] > 0
    check(installation.engine, installation.writer, sent.answered)
    # and what had been committed without an answer was a duplicate, otherwise nothing was
    assert (sent.outcomes["duplicate"] > 0) == (failpoint == "after_commit")


@pytest.mark.slow
def test_api_and_its_worker_killed_under_load(installation: Installation, sent: Sent) -> None:
    with load(installation.url, installation.key, sent):
        for _ in range(2):
            # given a service in full swing
            before = len(sent.answered)
            api = installation.api(worker=True)
            eventually(lambda: len(sent.answered) > before + 100, "the senders were not answered")  # noqa: B023 - called at once
            # when it is killed
            api.kill()
        installation.api(worker=True)
    # then
    check(installation.engine, installation.writer, sent.answered)
