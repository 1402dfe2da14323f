"""Identity keys: their types, strength and one normal form each. Nothing about who they belong to.

The same key written in different ways has one value here, so that ids made of it repeat; a wrong check digit is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from customer360.errors import EventRejected

# from the strongest; a protocol is an alias of a member, never a member, and so the weakest
KEY_TYPES: tuple[str, ...] = ("cpf", "cnpj", "account", "external", "phone", "email", "protocol")
STRENGTH: dict[str, int] = {name: place for place, name in enumerate(KEY_TYPES)}
ROOT_TYPES = frozenset({"cpf", "cnpj"})
MAX_KEY = 254  # characters: the longest e-mail address that can be delivered (RFC 5321, erratum 1690)

_PUNCTUATION = str.maketrans("", "", " .-/\t\u00a0\u2010\u2011\u2013")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_CPF_WEIGHTS = (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Key:
    """One identity key; `value` is in its normal form (see `make`)."""

    type: str
    value: str

    @classmethod
    def make(cls, key_type: str, value: str, *, field: str = "key") -> Key:
        """Normalises; EventRejected with code INVALID_KEY and the given field."""
        return cls(key_type, normalise(key_type, value, field=field))

    @classmethod
    def parse(cls, subject: str, *, field: str = "subject") -> Key:
        """Reads the subject of an event, `<type>:<value>`; EventRejected with code INVALID_KEY."""
        key_type, colon, value = subject.partition(":")
        if not colon:
            raise _rejected("must be <type>:<value>", field)
        return cls.make(key_type, value, field=field)

    @property
    def strength(self) -> int:
        """0 is the strongest."""
        return STRENGTH[self.type]

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"

    def __repr__(self) -> str:
        return f"Key({self.type})"  # a key is personal: it must not slip into a log


def normalise(key_type: str, value: str, *, field: str = "key") -> str:
    """The one normal form of a key's value; normal forms normalise to themselves.

    cpf: 11 digits. cnpj: 14 characters. phone: E.164. email: lower case. protocol: upper case without punctuation.
    account: upper case, single spaces. external: trimmed, else as sent. EventRejected (INVALID_KEY) otherwise.
    """
    normaliser = _NORMALISERS.get(key_type)
    if normaliser is None:
        raise _rejected(f"key type must be one of {', '.join(KEY_TYPES)}", field)
    if len(value) > MAX_KEY:  # before the cache, which must not hold long strings
        raise _rejected(f"key is longer than {MAX_KEY} characters", field)
    found = _cached(key_type, value)
    if found is None:
        raise _rejected(_REASONS[key_type], field)
    return found


def cpf_is_valid(digits: str) -> bool:
    """Eleven digits with both check digits right (Receita Federal, modulo 11); repeated digits are no CPF."""
    if len(digits) != 11 or not _plain_digits(digits) or digits == digits[0] * 11:
        return False
    return digits[9] == _check_digit(digits[:9], _CPF_WEIGHTS) and digits[10] == _check_digit(
        digits[:10], _CPF_WEIGHTS
    )


def cnpj_is_valid(characters: str) -> bool:
    """Fourteen characters, check digits by modulo 11 over ASCII code - 48 (IN RFB 2.229/2024); digits count as before."""
    if not _CNPJ.fullmatch(characters) or characters == characters[0] * 14:
        return False
    first, second = characters[12], characters[13]
    return first == _check_digit(characters[:12], _CNPJ_WEIGHTS) and second == _check_digit(
        characters[:13], _CNPJ_WEIGHTS
    )


def _check_digit(body: str, weights: tuple[int, ...]) -> str:
    total = sum((ord(char) - 48) * weight for char, weight in zip(body, weights[-len(body) :], strict=True))
    return "0" if total % 11 < 2 else str(11 - total % 11)


def _plain_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _rejected(reason: str, field: str) -> EventRejected:
    return EventRejected(reason, field=field, code="INVALID_KEY")


@lru_cache(maxsize=65_536)
def _cached(key_type: str, value: str) -> str | None:
    return _NORMALISERS[key_type](value)


def _cpf(value: str) -> str | None:
    digits = value.translate(_PUNCTUATION)
    return digits if cpf_is_valid(digits) else None


def _cnpj(value: str) -> str | None:
    characters = value.translate(_PUNCTUATION).upper()
    return characters if cnpj_is_valid(characters) else None


def _phone(value: str) -> str | None:
    try:
        number = phonenumbers.parse(value, "BR")
    except phonenumbers.NumberParseException:
        return None
    if number.extension:
        return None  # an extension is another telephone than its switchboard
    number = _with_ninth_digit(number)
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _with_ninth_digit(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """Brazilian mobile numbers of eight digits (first 6-9) got a leading 9 between 2012 and 2016; landlines did not."""
    national = str(number.national_number)
    if number.country_code != 55 or len(national) != 10 or national[2] not in "6789":
        return number
    return phonenumbers.PhoneNumber(country_code=55, national_number=int(f"{national[:2]}9{national[2:]}"))


def _email(value: str) -> str | None:
    address = unicodedata.normalize("NFC", unicodedata.normalize("NFC", value.strip()).lower())
    return address if _printable(address) and len(address) <= MAX_KEY and _EMAIL.fullmatch(address) else None


def _account(value: str) -> str | None:
    return _text(" ".join(value.upper().split()))


def _external(value: str) -> str | None:
    return _text(value.strip())


def _protocol(value: str) -> str | None:
    return _text(value.translate(_PUNCTUATION).upper())


def _text(value: str) -> str | None:
    return value if 0 < len(value) <= MAX_KEY and _printable(value) else None


def _printable(value: str) -> bool:
    """No control characters, no lone surrogates (which no database stores)."""
    return value.isprintable()


_NORMALISERS: dict[str, Callable[[str], str | None]] = {
    "cpf": _cpf,
    "cnpj": _cnpj,
    "account": _account,
    "external": _external,
    "phone": _phone,
    "email": _email,
    "protocol": _protocol,
}

_REASONS: dict[str, str] = {
    "cpf": "not a CPF: eleven digits with valid check digits",
    "cnpj": "not a CNPJ: fourteen characters with valid check digits",
    "account": "not an account: printable text",
    "external": "not an external id: printable text",
    "phone": "not a telephone number: with area code, or international with +",
    "email": "not an e-mail address",
    "protocol": "not a protocol: printable text",
}
