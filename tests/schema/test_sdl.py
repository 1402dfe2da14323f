from __future__ import annotations

from pathlib import Path

from schema.root import build_schema, sdl

CHECKED_IN = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_checked_in_sdl_is_that_of_the_code() -> None:
    printed = sdl(build_schema().graphql_schema)
    assert CHECKED_IN.read_text(encoding="utf-8") == printed, (
        "run `python -m schema` and commit schema.graphql"
    )
