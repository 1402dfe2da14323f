"""Masking a snippet whose matches are marked with « and »: the marks must not hide a key from the masking."""

from __future__ import annotations

import re

from customer360.privacy.masking import mask_text

_MARKED = re.compile("«([^«»]*)»")
_MARKS = str.maketrans("", "", "«»")
# At the edges of a fragment a key may be cut in two, and a part of it has no check digit to be known by.
_EDGES = re.compile(r"^[\d\s.()/+\-]*\d[\d\s.()/+\-]*|[\d\s.()/+\-]*\d[\d\s.()/+\-]*$")


def mask_marked(snippet: str) -> str:
    """The snippet with every personal key masked, and its marks around what is still there to be marked."""
    plain = snippet.translate(_MARKS)
    masked = mask_text(plain)
    return snippet if masked == plain else _mark(masked, _MARKED.findall(snippet))


def without_split_keys(fragment: str) -> str:
    """A fragment that was cut out of a longer text anywhere: digits at its edges may be half a key and are left out."""
    plain = fragment.translate(_MARKS)
    whole = _EDGES.sub("", plain)
    return fragment if whole == plain else _mark(whole.strip(), _MARKED.findall(fragment))


def _mark(text: str, words: list[str]) -> str:
    known = sorted({word for word in words if word}, key=len, reverse=True)
    if not known:
        return text
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)"
    return re.sub(pattern, lambda found: f"«{found[0]}»", text)
