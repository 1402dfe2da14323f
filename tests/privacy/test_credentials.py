from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from customer360.errors import BadInput, Forbidden
from customer360.privacy.credentials import KeyText, fingerprint, new_token, same
from customer360.privacy.passwords import Passwords, normal_login
from customer360.privacy.principal import Principal
from customer360.privacy.roles import SCOPES_OF, Role, Scope

PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_key_is_spelled_with_its_id_and_comes_back() -> None:
    made = KeyText.make()
    assert str(made) == f"c360_{made.id}_{made.secret}"
    assert KeyText.parse(str(made)) == made
    assert KeyText.make(made.id).id == made.id
    assert KeyText.make(made.id).secret != made.secret


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    parsed = KeyText.parse(text)
    assert parsed is None or str(parsed) == text


def test_tokens_are_256_random_bits_in_letters_for_urls() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(token) for token in made} == {43}


@given(st.text(), st.text())
def test_same_is_equality(left: str, right: str) -> None:
    assert same(left, right) is (left == right)
    assert same(left, left)
    assert (fingerprint(left) == fingerprint(right)) is (left == right)


def test_a_password_is_verified_in_any_unicode_form() -> None:
    stored = PASSWORDS.hash("ação e reação")
    assert PASSWORDS.verify(stored, "ac\u0327a\u0303o e reac\u0327a\u0303o")
    assert not PASSWORDS.verify(stored, "acao e reacao")
    assert not PASSWORDS.verify(None, "ação e reação")
    assert not PASSWORDS.verify("not a hash", "ação e reação")


@pytest.mark.parametrize(
    ("password", "code"), [("curta", "PASSWORD_TOO_SHORT"), ("x" * 201, "PASSWORD_TOO_LONG")]
)
def test_passwords_have_a_length(password: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        PASSWORDS.hash(password)
    assert refused.value.code == code


@pytest.mark.parametrize("login", ["ANA", " ana ", "ＡＮＡ", "ana"])
def test_a_login_has_one_form(login: str) -> None:
    assert normal_login(login) == "ana"


def test_every_role_has_its_scopes() -> None:
    held = {role: {scope.value for scope in scopes} for role, scopes in SCOPES_OF.items()}
    reads = {"graphql:read", "documents:read"}
    works = reads | {"graphql:write", "keys:reveal"}
    assert held == {
        Role.AGENT: works,
        Role.SUPERVISOR: works | {"identity:write"},
        Role.AUDITOR: reads | {"audit:read"},
        Role.INTEGRATOR: reads | {"graphql:write", "events:write", "documents:write", "explore"},
        Role.PRIVACY_OFFICER: works | {"audit:read"},
        Role.ADMINISTRATOR: {scope.value for scope in Scope},
    }


def test_a_principal_is_refused_by_the_name_of_the_scope() -> None:
    principal = Principal.of_account("a" * 32, "Ana", "agent", "pt-BR", csrf_token="secret token")
    principal.require(Scope.GRAPHQL_READ)
    with pytest.raises(Forbidden) as refused:
        principal.require(Scope.ADMIN)
    assert refused.value.reason == "this needs the scope admin"
    assert "secret token" not in repr(principal)
