"""The part of a text that shows why it was found, its matching words between « and »."""

from __future__ import annotations

from customer360.history.portuguese import TextQuery
from customer360.privacy.masking import mask_text

_WIDTH = 160  # characters of text, marks and ellipses aside
_LEAD = 40  # of them before the first matching word


def snippet(text: str, query: TextQuery) -> str:
    """At most about 160 characters around the first match, else the beginning; personal keys are masked."""
    text = mask_text(" ".join(text.split()))  # before it is cut and marked: both could hide a key
    first = next(query.spans(text), (0, 0))[0]
    start = _word_start(text, max(0, first - _LEAD), first)
    end = _word_end(text, start + _WIDTH)
    shown = _marked(text[start:end], query)
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"


def _word_start(text: str, wanted: int, limit: int) -> int:
    if wanted == 0:
        return 0
    space = text.find(" ", wanted, limit)
    return space + 1 if space >= 0 else limit


def _word_end(text: str, wanted: int) -> int:
    if wanted >= len(text):
        return len(text)
    space = text.rfind(" ", wanted - _LEAD, wanted + 1)
    return space if space >= 0 else wanted


def _marked(part: str, query: TextQuery) -> str:
    pieces, done = [], 0
    for start, end in query.spans(part):
        pieces += [part[done:start], "«", part[start:end], "»"]
        done = end
    return "".join([*pieces, part[done:]])
