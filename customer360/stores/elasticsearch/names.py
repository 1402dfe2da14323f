"""How indices and aliases are called, and which index a document belongs to: decided by kind and time, for ever."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from customer360.clock import DAY, to_datetime
from customer360.stores.ports import Kind, SearchDocument

_GENERATION = re.compile(r"[a-z0-9_]{1,40}")
_PLURAL: dict[Kind, str] = {"entry": "entries", "member": "members", "document": "documents", "page": "pages"}
_FIRST_YEAR = 2000
OLD, ALL = "old", "all"


@dataclass(frozen=True, slots=True)
class Names:
    """`<prefix>-<kinds>-<quarter>-<generation>`; what is written goes through `<index>-write`, searches ask `<prefix>-<kinds>`."""

    prefix: str

    def read_alias(self, kind: Kind) -> str:
        return f"{self.prefix}-{_PLURAL[kind]}"

    def index(self, kind: Kind, quarter: str, generation: str) -> str:
        return f"{self.prefix}-{_PLURAL[kind]}-{quarter}-{checked(generation)}"

    def of(self, document: SearchDocument, generation: str) -> str:
        """ValueError for a time outside the years 1 to 9999."""
        quarter = ALL if document.kind == "member" else quarter_of(document.occurred_at)
        return f"{self.prefix}-{_PLURAL[document.kind]}-{quarter}-{generation}"

    def base(self, generation: str) -> str:
        """The index that every generation has from its start to its end."""
        return self.index("member", ALL, generation)

    def first(self, generation: str) -> dict[str, Kind]:
        """The indices a new generation starts with, the base last."""
        kinds: tuple[Kind, ...] = ("entry", "document", "page")
        return {self.index(kind, OLD, generation): kind for kind in kinds} | {self.base(generation): "member"}

    def kind_of(self, index: str) -> Kind:
        kinds = {plural: kind for kind, plural in _PLURAL.items()}
        return kinds[index.removeprefix(f"{self.prefix}-").split("-")[0]]

    def pattern(self, generation: str, kinds: Iterable[Kind] = tuple(_PLURAL)) -> str:
        """Every index of a generation, of these kinds."""
        return ",".join(f"{self.prefix}-{_PLURAL[kind]}-*-{checked(generation)}" for kind in kinds)

    def read_aliases(self) -> str:
        return ",".join(self.read_alias(kind) for kind in _PLURAL)


def write_alias(index: str) -> str:
    return f"{index}-write"


def checked(generation: str) -> str:
    """ValueError for a name that could mean something else in a list of indices."""
    if _GENERATION.fullmatch(generation) is None:
        raise ValueError("a generation's name is 1 to 40 lower-case letters, digits or _")
    return generation


def quarter_of(instant: int) -> str:
    """`2024q1` of an instant in µs, in UTC; `old` before 2000."""
    return _quarter_of_day(instant // DAY)


@lru_cache(maxsize=20_000)
def _quarter_of_day(day: int) -> str:
    try:
        moment = to_datetime(day * DAY)
    except OverflowError:
        raise ValueError("occurred_at is out of range") from None
    return OLD if moment.year < _FIRST_YEAR else f"{moment.year}q{(moment.month + 2) // 3}"
