"""How a name is found: every word typed must be a word of the name, one typo each; the last may be unfinished.

Both search adapters give these scores and this order, so that an answer does not depend on the store behind it.
"""

from __future__ import annotations

from customer360.history.portuguese import words

EXACT, PREFIX, TYPO = 1.0, 0.8, 0.6  # what one word typed is worth
SHORTEST = 3  # letters: a shorter word must be right and complete
_LONGEST = 40
_PARTICLES = frozenset({"de", "da", "do", "das", "dos", "e"})


def name_words(name: str) -> list[str]:
    """Folded words of a name, as they are indexed."""
    return [word[:_LONGEST] for word in words(name)]


def typed_words(typed: str) -> list[str]:
    """Folded words of a search without the particles, which people leave out or put in as they like."""
    found = name_words(typed)
    return [word for word in found if word not in _PARTICLES] or found


def length(words: list[str]) -> int:
    """Words that count for "the shorter name first": all but the particles."""
    return sum(word not in _PARTICLES for word in words)


def one_letter_less(word: str) -> set[str]:
    """The word, and it without each of its letters: two words within one typo always have one of these in common."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def score(typed: list[str], name: list[str]) -> float:
    """0 when a typed word is missing, else the mean worth of the words."""
    worth = [_best(word, name, last=place == len(typed)) for place, word in enumerate(typed, 1)]
    return round(sum(worth) / len(worth), 4) if worth and all(worth) else 0.0


def _best(word: str, name: list[str], *, last: bool) -> float:
    if word in name:
        return EXACT
    if len(word) < SHORTEST:
        return 0.0
    if last and any(other.startswith(word) for other in name):
        return PREFIX
    return TYPO if any(within_one_typo(word, other) for other in name) else 0.0


def within_one_typo(one: str, other: str) -> bool:
    """At most one letter more, less or changed, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
