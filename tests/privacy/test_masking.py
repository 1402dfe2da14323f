"""Masking: no key survives, nothing else changes, hostile text costs no more than its length."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customer360.keys import cnpj_is_valid, cpf_is_valid
from customer360.privacy import masking
from customer360.privacy.masking import mask, mask_text

PROSE = st.text("abcçdeé fghijklmnopqrstuvwxyzABC,.;:!?\n/()", max_size=60)
NOISE = st.text("0123456789 .-/()+@ab*\n", max_size=80)


def check_digits(body: str, longest_weight: int) -> str:
    for _ in range(2):
        total = sum((ord(c) - 48) * (2 + at % (longest_weight - 1)) for at, c in enumerate(reversed(body)))
        body += str(0 if total % 11 < 2 else 11 - total % 11)
    return body


def bodies(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size).filter(lambda body: len(set(body)) > 1)


CPFS = bodies("0123456789", 9).map(lambda body: check_digits(body, 12))
CNPJS = bodies("0123456789ABCDEFGHIJ", 12).map(lambda body: check_digits(body, 9))
SPELLINGS = ("{}{}{}{}", "{}.{}.{}-{}", "{} {} {} {}", "{}.{}.{}\u2011{}", "{}{}{} - {}", "CPF{}.{}.{}/{}")


@pytest.mark.parametrize(
    ("key_type", "value", "shown"),
    [
        ("cpf", "52998224725", "***.982.247-**"),
        ("cnpj", "12ABC34501DE35", "**.ABC.345/****-**"),
        ("phone", "+5511987651234", "(11) *****-1234"),
        ("phone", "+551134561234", "(11) ****-1234"),
        ("phone", "+16502530000", "+*******0000"),
        ("email", "maria@dominio.com", "m***@dominio.com"),
        ("email", "m@dominio.com", "***@dominio.com"),
        ("account", "0001 12345-6", "0001 12345-6"),
        ("external", "crm:17", "crm:17"),
    ],
)
def test_a_key_shows_only_what_recognises_it(key_type: str, value: str, shown: str) -> None:
    # given a normalised key, when it is masked, then only this is left of it
    assert mask(key_type, value) == shown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cliente 529.982.247-25 ligou", "cliente ***.982.247-** ligou"),
        ("CPF52998224725;", "CPF***.982.247-**;"),
        ("cnpj 12.abc.345/01de-35", "cnpj **.ABC.345/****-**"),
        ("12 11222333000181", "12 **.222.333/****-**"),
        ("12 112223330001-81", "12 **.222.333/****-**"),
        ("ligar (11) 98765-4321 hoje", "ligar (11) *****-4321 hoje"),
        ("ligar 11987654321", "ligar (11) *****-4321"),
        ("(11) 3456-7890", "(11) *****-7890"),
        ("+55 11 98765-4321", "(11) *****-4321"),
        ("+1 (650) 253-0000", "+*******0000"),
        ("no 98765-4321.", "no *****-4321."),
        ("**maria@ex.com.br** **12ABC34501DE35**", "**m***@ex.com.br** ****.ABC.345/****-****"),
        ("de maria.silva@ex.com.br, ok", "de m***@ex.com.br, ok"),
        ("52998224725@ex.com", "***@ex.com"),
        ("a@52998224725.com", "***@***.982.247-**.com"),
    ],
)
def test_keys_in_free_text_are_masked(text: str, masked: str) -> None:
    # given free text with a key, when it is masked, then the key is hidden and the rest stays
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Reclamação sobre a fatura de 11/2026, R$ 1.234.567,89",
        "protocolo 20260001234567",
        "em 22/11/2026 às 14:51:23",
        "CPF errado 529.982.247-24",
        "eu vou ali hoje 25 e atendimentos12",
        "0800 701 7000, de 2025-2026",
        "arroba @ sozinha e a@b",
    ],
)
def test_text_without_keys_is_unchanged(text: str) -> None:
    # given text that holds no key, when it is masked, then it is the same text
    assert mask_text(text) == text


@given(PROSE)
def test_prose_is_unchanged(text: str) -> None:
    # given letters and punctuation only, then nothing is masked
    assert mask_text(text) == text


@given(PROSE, CPFS, st.sampled_from(SPELLINGS), PROSE)
def test_no_valid_cpf_survives(before: str, cpf: str, spelling: str, after: str) -> None:
    # given a CPF in any usual spelling inside prose, when the text is masked
    masked = mask_text(before + spelling.format(cpf[:3], cpf[3:6], cpf[6:9], cpf[9:]) + after)
    # then neither the CPF nor any eleven of its digits are left
    assert cpf not in re.sub(r"[^0-9]", "", masked)
    assert not [run for run in re.findall(r"[0-9]{11}", re.sub(r"[ .\-/]", "", masked)) if cpf_is_valid(run)]


@given(PROSE, CNPJS)
def test_no_valid_cnpj_survives(before: str, cnpj: str) -> None:
    # given a numeric or alphanumeric CNPJ, dotted or not, that does not look like a word
    if cnpj[:12].isalpha():
        return
    dotted = f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"
    # when the text is masked, then it is gone
    for spelled in (cnpj, dotted, dotted.lower()):
        assert spelled not in mask_text(f"{before} {spelled}.")
    assert cnpj_is_valid(cnpj)


@given(PROSE, st.emails(), PROSE)
def test_no_email_survives(before: str, email: str, after: str) -> None:
    # given an address in prose, when the text is masked, then its local part is gone unless it is hidden already
    if re.fullmatch(r"[\w.!#$%&'+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+", email):
        assert email not in mask_text(f"{before} {email} {after}")


@given(st.one_of(NOISE, st.lists(st.one_of(NOISE, CPFS, CNPJS, st.emails()), max_size=6).map("".join)))
@example("a@b.com@c.com")
@example("0@A.aG00000000191=@A.AC")
@example("00000000191A0000000000032")
@example("+1 650 253 01234567890123@x.com")
@example("+55 12 3456 (11) 98765-4321 98765-4321")
def test_masking_twice_changes_nothing_more(text: str) -> None:
    # given any text, when it is masked, then masking again gives the same
    once = mask_text(text)
    assert mask_text(once) == once


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "11 9", "a@", "a.", "aA1.", "+1(", "52998224724 ", "9-", "(11) ", "@.", "a@b."]
)
def test_hostile_text_is_looked_at_a_bounded_number_of_times(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given text of repeated near misses, when it is masked
    judged = 0
    replace = masking._replace

    def counting(pattern: re.Pattern[str], judge: masking._Judge, text: str) -> str:
        def judged_once(found: re.Match[str]) -> str | None:
            nonlocal judged
            judged += len(found[0])
            return judge(found)

        return replace(pattern, judged_once, text)

    monkeypatch.setattr(masking, "_replace", counting)
    text = unit * 20_000
    mask_text(text)
    # then candidates were few and short for the length of the text, whatever the machine's speed
    assert judged <= 60 * len(text)
