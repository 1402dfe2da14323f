"""`python -m schema` writes schema.graphql from the code."""

from __future__ import annotations

from pathlib import Path

from schema.root import build_schema, sdl

CHECKED_IN = Path(__file__).with_name("schema.graphql")


if __name__ == "__main__":
    CHECKED_IN.write_text(sdl(build_schema().graphql_schema), encoding="utf-8")
