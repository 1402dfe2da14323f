"""Our own text analysis for Portuguese: words, folded and lightly stemmed, so that "reclamacao" finds "reclamações".

Pure and linear in the text. The PostgreSQL search adapter indexes these tokens, the hot tail is matched with them and
snippets are marked by them; Elasticsearch has an analyzer chain of its own that answers the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A word may carry its accents as separate marks; the two classes share no character, so there is nothing to backtrack.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_LONGEST = 255  # characters of a word that count, as Elasticsearch's standard tokenizer has it

# Plural endings of folded words, what the singular ends in, and the fewest letters such a plural has; the first that
# fits is taken. -is as in perfis, perfil: see `_singular`.
_PLURALS = (
    ("oes", "ao", 5),
    ("aes", "ao", 5),
    ("ais", "al", 5),
    ("eis", "el", 5),
    ("ois", "ol", 5),
    ("uis", "ul", 5),
    ("res", "r", 5),
    ("zes", "z", 5),
    ("ses", "s", 5),
    ("ns", "m", 4),
    ("is", "el", 5),
    ("s", "", 4),
)
_SHORTEST_STEMMED = 4
_SHORTEST_STEM = 3


def tokens(text: str) -> list[str]:
    """The stems of all words in order, repeats included; every token is letters and digits only."""
    return [token for word in _WORD.findall(text) if (token := stem(word))]


def words(text: str) -> list[str]:
    """The words in order, folded but not stemmed: for names."""
    return [word for found in _WORD.findall(text) if (word := fold(found))]


class TextQuery:
    """What a person typed: a text matches when it has every word, in any form and order. No words match nothing."""

    def __init__(self, typed: str) -> None:
        self.wanted = frozenset(tokens(typed))

    def matches(self, *texts: str | None) -> bool:
        """Looks at all texts together, as one document."""
        if not self.wanted:
            return False
        missing = set(self.wanted)
        for text in texts:
            missing.difference_update(tokens(text or ""))
        return not missing

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the wanted words stand, as (start, end) in the text as it is written."""
        return (found.span() for found in _WORD.finditer(text) if stem(found.group()) in self.wanted)


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case without accents, and without whatever is neither letter nor digit then."""
    word = word[:_LONGEST].lower()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word).lower() if c.isalnum())


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Folded, plural taken to singular, one closing vowel off. A word with a digit keeps its form."""
    folded = fold(word)
    if len(folded) < _SHORTEST_STEMMED or not folded.isalpha():
        return folded
    singular = _singular(folded)
    if singular[-1] in "aeo" and len(singular) > _SHORTEST_STEM:
        return singular[:-1]
    return singular


def _singular(word: str) -> str:
    """Words in -el and -il share their plural ending -eis (móveis, difíceis), so both singulars are told as -el."""
    for ending, singular, fewest in _PLURALS:
        if word.endswith(ending) and len(word) >= fewest:
            return word[: -len(ending)] + singular
    if word.endswith("il") and len(word) > _SHORTEST_STEMMED:
        return word[:-2] + "el"
    return word
