"""Eligibility: the offer's own conditions on profile, segments, ownership and scores.

An unknown fact fails a condition that asks for something and passes one that asks for its absence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from customer360.offers.checks.words import shown
from customer360.offers.model import Context, Facts, Finding, Offer, Reason, Rule, Scalar

ABSENT_PASSES = frozenset({"ne", "not_in", "is_not"})
SIGNS = {
    "eq": "=",
    "is": "=",
    "ne": "≠",
    "is_not": "≠",
    "not_in": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
}
WORDS_PT = {
    "ne": "outro que não",
    "is_not": "outro que não",
    "in": "um de",
    "not_in": "nenhum de",
    "lt": "menos de",
    "le": "no máximo",
    "gt": "mais de",
    "ge": "pelo menos",
}
WORDS_EN = {
    "ne": "anything but",
    "is_not": "anything but",
    "in": "one of",
    "not_in": "none of",
    "lt": "less than",
    "le": "at most",
    "gt": "more than",
    "ge": "at least",
}
FACTS_PT = {"profile": "perfil", "score": "pontuação", "segment": "segmento", "owns": "produto"}
FACTS_EN = {"profile": "profile", "score": "score", "segment": "segment", "owns": "product"}


def check_eligibility(offer: Offer, facts: Facts, context: Context, now: int) -> Iterator[Finding]:
    """One finding per rule of the offer, in its order."""
    for rule in offer.rules:
        yield _membership(rule, facts) if rule.fact in ("segment", "owns") else _comparison(rule, facts, now)


def _membership(rule: Rule, facts: Facts) -> Finding:
    """segment and owns are there or not: `is`, `is_not`, or eq/ne with a boolean."""
    present = rule.name in (facts.segments if rule.fact == "segment" else facts.owned)
    wanted = _wanted_presence(rule)
    if wanted is None:
        return _unusable(rule)
    names = _MEMBER_WORDS[rule.fact, present]
    pt, en = f"{names[0]} {rule.name}", f"{names[1]} {rule.name}"
    return Finding(present == wanted, _reason(rule, pt, en, shown(present), shown(wanted)))


_MEMBER_WORDS = {
    ("segment", True): ("Está no segmento", "Is in segment"),
    ("segment", False): ("Não está no segmento", "Is not in segment"),
    ("owns", True): ("Já tem", "Already owns"),
    ("owns", False): ("Não tem", "Does not own"),
}


def _wanted_presence(rule: Rule) -> bool | None:
    if rule.op in ("is", "is_not") and rule.value in (None, True):
        return rule.op == "is"
    if rule.op in ("eq", "ne") and isinstance(rule.value, bool):
        return rule.value if rule.op == "eq" else not rule.value
    return None


def _comparison(rule: Rule, facts: Facts, now: int) -> Finding:
    """profile and score have a value; `is` without one asks whether there is any."""
    measured = facts.profile.get(rule.name) if rule.fact == "profile" else _score(rule.name, facts, now)
    if rule.op in ("is", "is_not") and rule.value is None:
        passed = (measured is not None) == (rule.op == "is")
    elif measured is None:
        passed = rule.op in ABSENT_PASSES
    else:
        holds = _compare(rule, measured)
        if holds is None:
            return _unusable(rule, shown(measured))
        passed = holds
    return Finding(passed, _compared(rule, measured))


def _compared(rule: Rule, measured: Scalar) -> Reason:
    known = None if measured is None else shown(measured)
    pt = f"{FACTS_PT[rule.fact].capitalize()} {rule.name}: {known or 'não informado'}{_asked(rule, WORDS_PT, 'pede')}"
    en = f"{FACTS_EN[rule.fact].capitalize()} {rule.name}: {known or 'unknown'}{_asked(rule, WORDS_EN, 'asks for')}"
    return _reason(rule, pt, en, known, _limit(rule))


def _asked(rule: Rule, words: dict[str, str], verb: str) -> str:
    if rule.value is None:
        return ""
    return f" ({' '.join(filter(None, (verb, words.get(rule.op), shown(rule.value))))})"


def _limit(rule: Rule) -> str | None:
    """The same in every language: `≥ 60`, or for a list its values; None when only presence is asked for."""
    if rule.value is None:
        return None
    return f"{SIGNS.get(rule.op, '')} {shown(rule.value)}".strip()


def _score(name: str, facts: Facts, now: int) -> float | None:
    score = facts.scores.get(name)
    if score is None or (score.valid_until is not None and now >= score.valid_until):
        return None
    return score.value


def _compare(rule: Rule, measured: Scalar) -> bool | None:
    """True or False; None when the two cannot be compared, such as a text with a number."""
    if rule.op in ("in", "not_in"):
        if not isinstance(rule.value, tuple):
            return None
        return any(_equal(measured, value) for value in rule.value) == (rule.op == "in")
    if isinstance(rule.value, tuple):
        return None
    if rule.op in ("eq", "is", "ne", "is_not"):
        return _equal(measured, rule.value) == (rule.op in ("eq", "is"))
    return _ordered(measured, rule.value, rule.op)


def _equal(one: Scalar, other: Scalar) -> bool:
    """Python takes True for 1; people do not."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _ordered(measured: Scalar, limit: Scalar, op: str) -> bool | None:
    if isinstance(measured, str) and isinstance(limit, str):
        return _TEXT_ORDER[op](measured, limit)
    if isinstance(measured, bool) or isinstance(limit, bool):
        return None
    if isinstance(measured, int | float) and isinstance(limit, int | float):
        return _NUMBER_ORDER[op](measured, limit)
    return None


_TEXT_ORDER: dict[str, Callable[[str, str], bool]] = {
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
}
_NUMBER_ORDER: dict[str, Callable[[float, float], bool]] = {
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
}


def _unusable(rule: Rule, measured: str | None = None) -> Finding:
    """A rule nobody can evaluate must not let an offer through."""
    pt = f"A regra sobre {FACTS_PT[rule.fact]} {rule.name} não pode ser avaliada"
    en = f"The rule on {FACTS_EN[rule.fact]} {rule.name} cannot be evaluated"
    return Finding(False, _reason(rule, pt, en, measured, _limit(rule)))


def _reason(rule: Rule, pt: str, en: str, measured: str | None, limit: str | None) -> Reason:
    return Reason("eligibility", f"{rule.fact}.{rule.name}", pt, en, measured, limit)
