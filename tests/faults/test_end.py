"""SIGTERM under load: what is under way is answered, the end takes less than ten seconds, nothing is done twice."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load

LIMIT_S = 10.0


@pytest.mark.slow
def test_sigterm_under_load(installation: Installation, sent: Sent) -> None:
    # given a service in full swing
    api = installation.api(worker=True)
    with load(installation.url, installation.key, sent):
        eventually(lambda: len(sent.answered) > 100, "the senders were not answered")
        # when it is asked to end
        assert api.pid is not None
        os.kill(api.pid, signal.SIGTERM)
        eventually(lambda: api.exit_code is not None, "it takes too long to end", LIMIT_S)
        # then it ends well
        assert api.exit_code == 0
        installation.api(worker=True)
    # and everything that was committed had been answered: nothing that was sent again was there already
    assert set(sent.outcomes) == {"accepted"}
    assert set(sent.refusals) <= {0, 503}
    check(installation.engine, installation.writer, sent.answered)
