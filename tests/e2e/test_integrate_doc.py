"""docs/integrate.md is true: its commands are run as they stand."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.service import RunningService

DOC = Path(__file__).parents[2] / "docs" / "integrate.md"
BLOCKS = re.findall(r"```bash\n(.*?)```", DOC.read_text(), flags=re.DOTALL)


def run(block: str, service: RunningService, folder: Path, token: str) -> Any:
    done = subprocess.run(
        ["bash", "-e", "-c", block],
        env={"PATH": service.environment["PATH"], "C360_URL": service.url, "C360_TOKEN": token},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_what_the_document_shows_works(service: RunningService, tmp_path: Path) -> None:
    # given an integrator's token and the document's three commands
    event, document, question = BLOCKS
    token = service.token("integrator")
    # when they are run in order
    assert run(event, service, tmp_path, token)["outcome"] == "accepted"
    assert run(event, service, tmp_path, token)["outcome"] == "duplicate"
    assert run(document, service, tmp_path, token)["outcome"] == "accepted"
    # then the customer soon has the call and the document
    until = time.monotonic() + 15
    while True:
        customer = run(question, service, tmp_path, token)["data"]["customer"]
        titles = [entry["title"] for entry in customer["timeline"]["nodes"]] if customer else []
        if len(titles) == 2 or time.monotonic() > until:
            break
    assert sorted(titles) == ["Contrato", "Dúvida sobre a fatura"]
    assert [found["title"] for found in customer["documents"]["nodes"]] == ["Contrato"]
    assert customer["timeline"]["freshness"]["degraded"] is False
