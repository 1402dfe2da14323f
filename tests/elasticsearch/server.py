"""One Elasticsearch node on loopback, on a folder of its own, to be started, stopped and killed by tests."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from customer360.stores.embedded import account
from tests.elasticsearch import distribution
from tests.servers.process import OURSELVES, ServerProcess, free_port

START_LIMIT_S = 180  # 12 s alone on two cores; more when other programs want them too
NOT_A_CLUSTER = Path("/nonexistent")


class ElasticsearchServer:
    """`url` stays the same over stop, kill and start."""

    def __init__(self, heap: str = "1g") -> None:
        self._heap = heap
        self._port, self._transport = free_port(), free_port()
        self._process: ServerProcess | None = None
        self._tree = Path()
        self._java = Path()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Returns when the node answers. ServerMissing when it cannot be had here."""
        if self._process is None:
            self._process = self._prepare()
        folder = self._process.folder
        env = {
            "ES_JAVA_HOME": str(self._java),
            "ES_JAVA_OPTS": f"-Xms{self._heap} -Xmx{self._heap}",
            "ES_PATH_CONF": str(folder / "config"),
            "ES_TMPDIR": str(folder / "tmp"),
            "HOME": str(folder),
        }
        self._process.launch([str(self._tree / "bin" / "elasticsearch"), "-p", str(folder / "pid")], env)
        self._process.wait_until(self._answers, START_LIMIT_S)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """SIGKILL to the node and to the program that started it."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        if self._process is not None:
            self._process.close()

    def wipe(self) -> None:
        """Forgets every index, as a new machine would; to be called while it is stopped."""
        assert self._process is not None, "start it once before"
        assert self._process.pid is None, "stop it first"
        for path in (self._process.folder / "data").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _prepare(self) -> ServerProcess:
        tree, java = distribution.installed(), distribution.java_home()
        who = account.choose(NOT_A_CLUSTER) if os.geteuid() == 0 else OURSELVES  # it refuses to run as root
        process = ServerProcess("elasticsearch", who)
        needed = [tree / "bin" / "elasticsearch", java / "bin" / "java"]
        if who.first_failing("-x", needed) is not None:  # the checkout is in a private folder of root
            tree = Path(shutil.copytree(tree, process.folder / "server"))
            java = Path(shutil.copytree(java, process.folder / "java", symlinks=True))
            (process.folder / "server").chmod(0o755)
        self._tree, self._java = tree, java
        self._configure(process.folder)
        if who.dropped:
            for path in process.folder.rglob("*"):
                os.chown(path, who.uid, who.gid, follow_symlinks=False)
        return process

    def _configure(self, folder: Path) -> None:
        shutil.copytree(self._tree / "config", folder / "config")
        for name in ("data", "logs", "tmp", "snapshots"):
            (folder / name).mkdir()
        settings = {
            "cluster.name": f"test-{self._port}",
            "discovery.type": "single-node",
            "xpack.security.enabled": False,
            "network.host": "127.0.0.1",
            "http.port": self._port,
            "transport.port": self._transport,
            "path.data": str(folder / "data"),
            "path.logs": str(folder / "logs"),
            "path.repo": str(folder / "snapshots"),
            # the free space of the machine that runs the tests must not decide them
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
        (folder / "config" / "elasticsearch.yml").write_text("\n".join(lines) + "\n")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_cluster/health?timeout=1s", timeout=5) as answer:
                return bool(json.load(answer)["status"] != "red")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
