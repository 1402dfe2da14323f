"""Free text as everybody may see it. Short texts repeat (titles, reasons), so what became of them is remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import overload

from customer360.events import OWN_SOURCE
from customer360.privacy.masking import mask_text

SHORT = 100  # characters
KEPT = 8_192  # texts


@overload
def masked(text: str) -> str: ...
@overload
def masked(text: None) -> None: ...
def masked(text: str | None) -> str | None:
    """The text with the personal keys in it masked; null stays null."""
    if text is None:
        return None
    return _short(text) if len(text) <= SHORT else mask_text(text)


_short = lru_cache(maxsize=KEPT)(mask_text)


def masked_source(source: str) -> str:
    """Senders name themselves as they like; our own names hold ids only."""
    return source if source.startswith(OWN_SOURCE) else masked(source)
