"""A full disk: intake answers 507 before PostgreSQL suffers, keeps what it accepted, goes on when there is room again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import Sent, load

MB = 1_000_000
FLOOR_MB = 60


@pytest.fixture
def small_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="c360-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600m,mode=755", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("only root, and not in every container, may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
def embedded(small_disk: Path) -> Iterator[Installation]:
    """`c360 serve` with its own PostgreSQL, all of it on the small disk."""
    more = {"C360_DATA_DIR": str(small_disk / "data"), "C360_FREE_SPACE_FLOOR_MB": str(FLOOR_MB)}
    made = Installation(None, more)
    yield made
    made.stop()
    made.close()


@pytest.mark.slow
def test_full_disk(embedded: Installation, small_disk: Path) -> None:
    # given a service in full swing
    embedded.api(worker=True)
    embedded.connect()
    sent = Sent(embedded.ids)
    with load(embedded.url, embedded.key, sent):
        eventually(lambda: len(sent.answered) > 100, "the senders were not answered")
        # when something else fills the disk down to below the floor
        with (small_disk / "filler").open("wb") as filler:
            while shutil.disk_usage(small_disk).free > (FLOOR_MB - 10) * MB:
                filler.write(bytes(MB))
                filler.flush()
        # then events are refused with 507, and none is accepted
        eventually(lambda: sent.refusals[507] > 20, "nobody was refused")
        refused = len(sent.answered)
        more = sent.refusals[507]
        eventually(lambda: sent.refusals[507] > more + 20, "nobody was refused any more")
        assert len(sent.answered) == refused
        # and once there is room again they are taken, by themselves
        (small_disk / "filler").unlink()
        eventually(lambda: len(sent.answered) > refused + 50, "the senders were not answered again")
    assert set(sent.refusals) == {507}
    check(embedded.engine, embedded.writer, sent.answered)
