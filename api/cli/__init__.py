"""The command `c360`: one file per group of commands, each importing what it needs only when it runs."""

from api.cli.main import main

__all__ = ["main"]
