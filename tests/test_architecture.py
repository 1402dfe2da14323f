"""The arrows between the layers, read from the code's own imports. Imports no module of the product."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("customer360", "indexer", "schema", "api")
FEATURES = ("customers", "history", "offers", "archive", "outreach", "privacy")
# One home per library. SQLAlchemy's Engine is only a type elsewhere: what is passed on, never used.
HOMES = {
    "sqlalchemy": "customer360.stores",
    "psycopg2": "customer360.stores",
    "alembic": "customer360.stores",
    "elasticsearch": "customer360.stores",
    "obstore": "customer360.stores",
    "graphene": "schema",
    "graphql": "schema",
    "dramatiq": "indexer",
    "starlette": "api",
    "uvicorn": "api",
}
ONLY_A_TYPE = {("sqlalchemy", "Engine")}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name), relative ones resolved; an `import x` has no name."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, alias.name) for alias in node.names)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def broken(source: str, forbidden: tuple[str, ...], *, but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{module} imports {imported}"
        for module, path in modules()
        if inside(module, source) and not any(inside(module, other) for other in but)
        for imported, name in imports(path)
        if any(inside(imported, target) or inside(f"{imported}.{name}", target) for target in forbidden)
    ]


def test_the_product_knows_no_layer_above_it() -> None:
    assert broken("customer360", ("indexer", "schema", "api")) == []


def test_schema_and_indexer_never_meet() -> None:
    assert broken("schema", ("indexer", "api")) == []
    assert broken("indexer", ("schema", "api")) == []


@pytest.mark.parametrize("feature", FEATURES)
def test_features_do_not_import_stores(feature: str) -> None:
    adapters = ("customer360.stores.postgres", "customer360.stores.elasticsearch", "customer360.stores.blobs",
                "customer360.stores.embedded", "customer360.services")  # fmt: skip
    assert broken(f"customer360.{feature}", adapters) == []


@pytest.mark.parametrize("base", ["events", "errors", "keys", "ids", "clock"])
def test_the_base_imports_no_feature(base: str) -> None:
    above = tuple(f"customer360.{name}" for name in (*FEATURES, "stores", "services"))
    assert broken(f"customer360.{base}", above) == []


def test_stores_do_not_import_the_composition_root() -> None:
    assert broken("customer360.stores", ("customer360.services",)) == []


@pytest.mark.parametrize("library", HOMES)
def test_each_library_has_one_home(library: str) -> None:
    strangers = [
        f"{module} imports {imported}"
        for module, path in modules()
        if not inside(module, HOMES[library])
        for imported, name in imports(path)
        if inside(imported, library) and (imported, name) not in ONLY_A_TYPE
    ]
    assert strangers == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        module
        for module, path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    # a child process is handed an environment made of the settings; the flag says that it is one
    assert set(readers) <= {"customer360.config", "api.serve", "indexer.worker", "indexer.supervise"}


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        module
        for module, path in modules()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []
