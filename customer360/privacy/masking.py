"""Hiding personal keys: whole key values by type, and CPF, CNPJ, phones and e-mails found in free text.

What stays is enough for an agent to recognise a key the customer reads out, not enough to use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from customer360.keys import cnpj_is_valid, cpf_is_valid

MASKED_TYPES = frozenset({"cpf", "cnpj", "phone", "email"})

# Every pattern is bounded, or a run that can only start at its first character: time stays linear in the text.
_GAP = r"[ .\-/\t\u00a0\u2010\u2011\u2013]{0,3}"
_DASH = r"[ .\-\u00a0\u2010\u2011\u2013]?"
_LOCAL = r"\w.!#$%&'+/=?^`{|}~\-"
_EMAIL = re.compile(rf"(?<![{_LOCAL}@])[{_LOCAL}]+@[\w-]+(?:\.[\w-]+)+")
_CPF = re.compile(rf"(?<![0-9])[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}(?![0-9])")
_CNPJ = re.compile(
    rf"(?<![0-9])[0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{2}}(?![0-9])"
)
_CNPJ_WITH_LETTERS = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z]{2}\.?[0-9A-Za-z]{3}\.?[0-9A-Za-z]{3}/?[0-9A-Za-z]{4}-?[0-9]{2}(?![0-9A-Za-z])"
)
_AREA = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"  # the area codes in use in Brazil
_ABROAD = re.compile(r"\+[1-9](?:[ .()\-\u00a0\u2010\u2011\u2013]{0,3}[0-9]){7,14}(?![0-9])")
_BRAZILIAN = re.compile(
    rf"(?<![0-9])(?:55{_DASH})?(?:\(0?({_AREA})\)[ \u00a0]{{0,2}}|0?({_AREA}){_DASH})"
    rf"(?:9{_DASH})?[2-9][0-9]{{3}}{_DASH}([0-9]{{4}})(?![0-9])"
)
_LOCAL_MOBILE = re.compile(r"(?<![0-9])9[0-9]{4}[\-\u2010\u2011\u2013]([0-9]{4})(?![0-9])")
_TWO_DIGITS = re.compile(r"[0-9]{2}")  # every key but an e-mail ends in two
_ENOUGH_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,3}[0-9]){7}")

_Judge = Callable[[re.Match[str]], str | None]


def mask(key_type: str, value: str) -> str:
    """A normalised key as people without a reveal see it. Account and protocol numbers are shown whole, and external
    ids but for the personal keys in them."""
    masker = mask_text if key_type == "external" else _MASKERS.get(key_type)
    return value if masker is None else masker(value)


def mask_text(text: str) -> str:
    """The text with every CPF and CNPJ whose check digits hold, every phone and every e-mail masked.

    Linear in the length of the text; masking twice changes nothing more; a text without keys comes back as it is.
    """
    text = _without_emails(text)
    if _TWO_DIGITS.search(text) is None:
        return text
    if _ENOUGH_DIGITS.search(text) is not None:
        for pattern, judge in _DIGIT_RULES:
            text = _replace(pattern, judge, text)
    # each rule below may find what a mask above has set free
    return _without_emails(_replace(_CNPJ_WITH_LETTERS, _judge_cnpj, text))


def _without_emails(text: str) -> str:
    return _EMAIL.sub(lambda found: _mask_email(found[0]), text) if "@" in text else text


def _replace(pattern: re.Pattern[str], judge: _Judge, text: str) -> str:
    """Like `sub`, but what the judge declines is looked at again from its second character on."""
    parts: list[str] = []
    done = position = 0
    while (found := pattern.search(text, position)) is not None:
        masked = judge(found)
        if masked is None:
            position = found.start() + 1
            continue
        parts += (text[done : found.start()], masked)
        done = position = found.end()
    return text if done == 0 else "".join((*parts, text[done:]))


def _characters(found: re.Match[str]) -> str:
    return "".join(char for char in found[0] if char.isascii() and char.isalnum()).upper()


def _judge_cpf(found: re.Match[str]) -> str | None:
    digits = _characters(found)
    return _mask_cpf(digits) if cpf_is_valid(digits) else None


def _judge_cnpj(found: re.Match[str]) -> str | None:
    characters = _characters(found)
    a_word = characters[:12].isalpha()  # fourteen letters and digits in prose, not a company
    return _mask_cnpj(characters) if not a_word and cnpj_is_valid(characters) else None


def _mask_cpf(value: str) -> str:
    return f"***.{value[3:6]}.{value[6:9]}-**"


def _mask_cnpj(value: str) -> str:
    return f"**.{value[2:5]}.{value[5:8]}/****-**"


def _mask_email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    shown = local[0] if len(local) > 1 and local[0].isalpha() else ""
    return f"{shown}***@{domain}"


def _mask_phone(value: str) -> str:
    """`value` is E.164."""
    if value.startswith("+55") and len(value) >= 13:
        return f"({value[3:5]}) {'*' * (len(value) - 9)}-{value[-4:]}"
    return f"+{'*' * (len(value) - 5)}{value[-4:]}"


def _mask_abroad(found: re.Match[str]) -> str:
    digits = _characters(found)
    return _mask_phone(f"+{digits}")


def _mask_brazilian(found: re.Match[str]) -> str:
    area = found[1] or found[2]
    return f"({area}) *****-{found[3]}"


def _mask_local(found: re.Match[str]) -> str:
    return f"*****-{found[1]}"


_MASKERS: dict[str, Callable[[str], str]] = {
    "cpf": _mask_cpf,
    "cnpj": _mask_cnpj,
    "phone": _mask_phone,
    "email": _mask_email,
}

_DIGIT_RULES: tuple[tuple[re.Pattern[str], _Judge], ...] = (
    (_CNPJ, _judge_cnpj),
    (_CPF, _judge_cpf),
    (_ABROAD, _mask_abroad),
    (_BRAZILIAN, _mask_brazilian),
    (_LOCAL_MOBILE, _mask_local),
)
