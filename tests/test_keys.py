"""Identity keys: one value per key, whatever its spelling; wrong check digits are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.errors import EventRejected
from customer360.keys import KEY_TYPES, MAX_KEY, Key, cnpj_is_valid, cpf_is_valid, normalise

LETTERS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_check_digits(body: str, first_weight: int) -> str:
    """The textbook rule, written a second time: weights 2..first_weight from the right, again and again."""
    for _ in range(2):
        total = sum(
            (ord(c) - 48) * (2 + place % (first_weight - 1)) for place, c in enumerate(reversed(body))
        )
        body += str(0 if total % 11 < 2 else 11 - total % 11)
    return body


def cpfs() -> st.SearchStrategy[str]:
    bodies = st.text("0123456789", min_size=9, max_size=9).filter(lambda body: len(set(body)) > 1)
    return bodies.map(lambda body: with_check_digits(body, 12))


def cnpjs() -> st.SearchStrategy[str]:
    bodies = st.text(LETTERS_AND_DIGITS, min_size=12, max_size=12).filter(lambda body: len(set(body)) > 1)
    return bodies.map(lambda body: with_check_digits(body, 9))


def mobiles() -> st.SearchStrategy[str]:
    numbers = st.integers(0, 9_999_999).map(lambda number: f"9{number:07d}")
    return st.tuples(st.sampled_from(["11", "21", "31", "41", "51", "55", "61", "85"]), numbers).map("".join)


@pytest.mark.parametrize(
    ("key_type", "sent", "value"),
    [
        ("cpf", "529.982.247-25", "52998224725"),
        ("cpf", " 529982247 25 ", "52998224725"),
        ("cnpj", "11.222.333/0001-81", "11222333000181"),
        ("cnpj", "12.abc.345/01de-35", "12ABC34501DE35"),  # the example of the tax office
        ("phone", "(11) 98765-4321", "+5511987654321"),
        ("phone", "(11) 8765-4321", "+5511987654321"),  # before the ninth digit
        ("phone", "551187654321", "+5511987654321"),
        ("phone", "0 15 11 98765-4321", "+5511987654321"),  # with trunk and carrier code
        ("phone", "(11) 3456-7890", "+551134567890"),  # a landline stays
        ("phone", "0800 701 7000", "+558007017000"),
        ("phone", "+1 650 253 0000", "+16502530000"),
        ("email", " Maria.Silva@Exemplo.COM.br", "maria.silva@exemplo.com.br"),
        ("email", "jose\u0301@exemplo.com", "jos\u00e9@exemplo.com"),
        ("account", " ag 0001  12345-6 ", "AG 0001 12345-6"),
        ("protocol", "2026.0001/2345-6", "2026000123456"),
        ("external", " crm:Ab-12 ", "crm:Ab-12"),
    ],
)
def test_a_key_has_one_normal_form(key_type: str, sent: str, value: str) -> None:
    # given a key in a sender's spelling, when it is normalised, then it has exactly this value
    assert normalise(key_type, sent) == value


@pytest.mark.parametrize(
    ("key_type", "sent"),
    [
        ("cpf", "529.982.247-24"),
        ("cpf", "111.111.111-11"),
        ("cpf", "5299822472"),
        ("cpf", "\u0665\u0662\u0669\u0669\u0668\u0662\u0662\u0664\u0667\u0662\u0665"),
        ("cnpj", "11.222.333/0001-82"),
        ("cnpj", "00000000000000"),
        ("cnpj", "12ABC34501DEA5"),
        ("phone", "3456-7890"),
        ("phone", "(20) 98765-4321"),
        ("phone", "(11) 3456-7890 ramal 12"),
        ("phone", "maria"),
        ("email", "maria@localhost"),
        ("email", "maria exemplo@x.com"),
        ("email", "a@b@c.com"),
        ("account", "  "),
        ("protocol", " -./ "),
        ("external", "a\u0000b"),
        ("external", "a\ud800"),
        ("external", "x" * (MAX_KEY + 1)),
        ("passport", "AB123"),
    ],
)
def test_what_is_no_key_is_refused_with_code_and_field(key_type: str, sent: str) -> None:
    # given something that is no key of its type, when it is normalised
    with pytest.raises(EventRejected) as refused:
        normalise(key_type, sent, field="data.key")
    # then the refusal names code and field, and does not repeat the value
    assert (refused.value.code, refused.value.field) == ("INVALID_KEY", "data.key")
    assert sent.strip() == "" or sent not in refused.value.reason


@given(cpfs())
def test_punctuation_of_a_cpf_does_not_matter(cpf: str) -> None:
    # given a CPF written with and without punctuation, then both are the same key
    dotted = f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"
    assert cpf_is_valid(cpf)
    assert normalise("cpf", dotted) == normalise("cpf", cpf) == cpf


@given(cpfs(), st.integers(0, 10), st.integers(1, 9))
def test_a_wrong_digit_in_a_cpf_is_refused(cpf: str, place: int, shift: int) -> None:
    # given a CPF with one digit changed, then it is a CPF only if the remainder rule (10 counts as 0) hides it
    wrong = cpf[:place] + str((int(cpf[place]) + shift) % 10) + cpf[place + 1 :]
    assert cpf_is_valid(wrong) == (len(set(wrong)) > 1 and with_check_digits(wrong[:9], 12) == wrong)
    assert place < 9 or not cpf_is_valid(wrong)


@given(cnpjs(), st.sampled_from([12, 13]), st.integers(1, 9))
def test_a_wrong_check_digit_in_a_cnpj_is_refused(cnpj: str, place: int, shift: int) -> None:
    # given an alphanumeric CNPJ in any spelling, then it is known; with a changed check digit it is not
    spelled = f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}".lower()
    wrong = cnpj[:place] + str((int(cnpj[place]) + shift) % 10) + cnpj[place + 1 :]
    assert normalise("cnpj", spelled) == cnpj
    assert not cnpj_is_valid(wrong)


@given(mobiles())
def test_a_mobile_number_is_the_same_with_and_without_its_ninth_digit(old: str) -> None:
    # given a mobile number as it was written before and after the ninth digit, then both are one key
    new = f"+55{old[:2]}9{old[2:]}"
    assert normalise("phone", old) == normalise("phone", f"({old[:2]}) 9{old[2:6]}-{old[6:]}") == new


@given(st.sampled_from(KEY_TYPES), st.one_of(cpfs(), cnpjs(), mobiles(), st.emails(), st.text(max_size=40)))
def test_normal_forms_normalise_to_themselves(key_type: str, sent: str) -> None:
    # given anything that is a key
    try:
        once = normalise(key_type, sent)
    except EventRejected:
        return
    # when its normal form is normalised again, then nothing changes
    assert normalise(key_type, once) == once


def test_a_subject_is_read_and_written_back() -> None:
    # given the subject of an event, when it is read, then type, value and strength are known
    key = Key.parse("phone:(11) 98765-4321")
    assert key == Key("phone", "+5511987654321")
    assert str(key) == "phone:+5511987654321"
    assert Key.parse("external:crm:17").value == "crm:17"
    assert sorted(
        ["email", "phone", "cnpj", "cpf", "external", "account"], key=lambda t: Key(t, "").strength
    ) == [
        "cpf",
        "cnpj",
        "account",
        "external",
        "phone",
        "email",
    ]


def test_a_key_does_not_show_its_value_in_a_log() -> None:
    # given a key, when it is printed for developers, then its value is absent
    assert "529" not in repr(Key("cpf", "52998224725"))


@pytest.mark.parametrize("subject", ["52998224725", "", "passport:1", "cpf:"])
def test_a_subject_without_a_known_type_is_refused(subject: str) -> None:
    # given no usable subject, when it is read, then the refusal names the field
    with pytest.raises(EventRejected) as refused:
        Key.parse(subject)
    assert (refused.value.code, refused.value.field) == ("INVALID_KEY", "subject")
