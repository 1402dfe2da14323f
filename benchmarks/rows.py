"""One measured value and the line it has to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, le

_COMPARE: dict[str, Callable[[float, float], bool]] = {">=": ge, "<=": le}


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is like ">= 0.5"; empty for a value that is only told."""

    name: str
    value: float
    unit: str
    line: str = ""
    note: str = ""

    @property
    def held(self) -> bool | None:
        if not self.line:
            return None
        sign, limit = self.line.split()
        return _COMPARE[sign](self.value, float(limit))


@dataclass(frozen=True, slots=True)
class Scale:
    """How long a run may take: `quick` shows that everything works, the other gives figures to publish."""

    quick: bool

    def of(self, quick: int, full: int) -> int:
        return quick if self.quick else full


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` of all are not above; raises on an empty list."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
