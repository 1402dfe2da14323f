"""A mapping that is wrong says where; the one in the documentation loads, and does what its text says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from customer360.ids import Ids
from indexer.sources.csv.importing import CsvImport
from indexer.sources.csv.mapping import MappingInvalid, load

ROOT = Path(__file__).parents[3]
GOOD = """
source = "s"
id = ["n"]
[clock]
date = "day"
[[events]]
type = "interaction.recorded"
data = { channel = { const = "voice" } }
"""


def mapping(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (("[clock]", "[clok]"), None, "unknown field `clok`"),
        (('source = "s"', "source ="), None, "not a TOML file"),
        (('date = "day"', 'date = "day"\ninstant = "at"'), "clock", "either `instant` or `date`"),
        (('[clock]\ndate = "day"', ""), "clock", "either [clock] or [calendar]"),
        (("[clock]", '[file]\ntime-zone = "Mars/Base"\n[clock]'), "file.time-zone", "not a known time zone"),
        (("[clock]", '[file]\nencoding = "klingon"\n[clock]'), "file.encoding", "not a known encoding"),
        (("interaction.recorded", "interaction.sung"), "events[0].type", "is no event type"),
        (('{ const = "voice" }', "{}"), "events[0].data.channel", "give exactly one of"),
        (
            ('{ const = "voice" }', '{ const = "a", column = "b" }'),
            "events[0].data.channel",
            "give exactly one of",
        ),
        (
            ('{ const = "voice" }', '{ first-of = [{ column = "a" }, {}] }'),
            "events[0].data.channel.first-of[1]",
            "give exactly one of",
        ),
        (('{ const = "voice" }', '{ template = "{a.b}" }'), "events[0].data.channel", "columns in braces"),
        (('{ const = "voice" }', '{ template = "{a" }'), "events[0].data.channel", "not a template"),
        (('{ const = "voice" }', '{ colum = "a" }'), "events[0].data[...]", "unknown field `colum`"),
        (
            ("[[events]]", '[[events]]\ntype = "note.added"\ndata = {}\n[[events]]'),
            "events[0].suffix",
            "same id",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, change: tuple[str, str], place: str | None, reason: str
) -> None:
    with pytest.raises(MappingInvalid) as caught:
        load(mapping(tmp_path, GOOD.replace(*change)))
    assert caught.value.field == place
    assert reason in caught.value.reason
    assert caught.value.reason.startswith(place or "")


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("n,date\n1,2026-01-01\n")
    job = CsvImport(mapping(tmp_path, GOOD), file, tmp_path / "errors.csv")
    with pytest.raises(MappingInvalid, match="the file has no column day; it has n, date"):
        job.dry_run(Ids(b"x"))


@pytest.mark.parametrize("name", ["anonymous-bank", "bank-marketing"])
def test_the_examples_load(name: str) -> None:
    assert load(ROOT / "examples" / f"{name}.toml").source == name


def test_the_example_in_the_documentation_works(tmp_path: Path) -> None:
    # given its two files
    blocks = re.findall(
        r"```(csv|toml)\n(.*?)```", (ROOT / "docs" / "import.md").read_text("utf-8"), re.DOTALL
    )
    rows, declared = blocks[0][1], blocks[1][1]
    file = tmp_path / "visits.csv"
    file.write_text(rows, encoding="utf-8")

    # when it is tried
    outcome = CsvImport(mapping(tmp_path, declared), file, tmp_path / "errors.csv").dry_run(Ids(b"x"))

    # then three visits and one purchase come of it
    assert dict(outcome.counts) == {"rows": 3, "rows_failed": 0, "events": 4}
