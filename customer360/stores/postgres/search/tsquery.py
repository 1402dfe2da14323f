"""Words as the text of a tsquery. Our words are letters and digits only, so quotes around them are enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customer360.stores.name_search import SHORTEST, one_letter_less


def all_of(words: Iterable[str]) -> str:
    """No words match nothing, as PostgreSQL has it for an empty tsquery."""
    return " & ".join(f"'{word}'" for word in words)


def complete_names(typed: Sequence[str]) -> str:
    """Every word typed is a word of the name."""
    return all_of(f"={word}" for word in typed)


def begun_names(typed: Sequence[str]) -> str:
    """The same, but the last word may be the beginning of one."""
    return " & ".join([*(f"'={word}'" for word in typed[:-1]), *map(_begun, typed[-1:])])


def names_with_typos(typed: Sequence[str]) -> str:
    """The same, but each word may have a typo; also finds some that are two typos away."""
    return " & ".join(f"({_nearly(word, last=place == len(typed))})" for place, word in enumerate(typed, 1))


def _nearly(word: str, *, last: bool) -> str:
    if len(word) < SHORTEST:
        return f"'={word}'"
    parts = [f"'{part}'" for part in sorted(one_letter_less(word))]
    return " | ".join([*parts, _begun(word)] if last else parts)


def _begun(word: str) -> str:
    return f"'={word}':*" if len(word) >= SHORTEST else f"'={word}'"
