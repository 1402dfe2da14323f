"""Settings from the environment: what is taken, and that a wrong value is named with what is allowed."""

from __future__ import annotations

import pytest

from customer360.config import RANGES, Settings, unknown_variables
from customer360.errors import ConfigurationError


@pytest.mark.parametrize("variable", RANGES)
def test_a_number_is_taken_up_to_its_bounds_and_refused_beyond(variable: str) -> None:
    least, most = RANGES[variable]
    for allowed in (least, most):
        Settings.from_env({variable: str(allowed)})
    for value in (str(least - 1), str(most + 1), "9" * 5_000, "1.5", "\u0663", "many"):
        with pytest.raises(ConfigurationError) as refused:
            Settings.from_env({variable: value})
        assert refused.value.field == variable
        assert refused.value.reason == f"{variable} must be a whole number from {least} to {most}"


def test_the_defaults_are_within_their_bounds() -> None:
    Settings.from_env({})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("C360_PUBLIC_URL", "foo"),
        ("C360_PUBLIC_URL", "ftp://c360.example.com"),
        ("C360_PUBLIC_URL", "https://"),
        ("C360_PUBLIC_URL", "https://c360.example.com/office"),
        ("C360_PUBLIC_URL", "https://c360.example.com:99999"),
        ("C360_PUBLIC_URL", "https://ana:secret@c360.example.com"),
        ("C360_INDEX_PREFIX", "C360"),
        ("C360_INDEX_PREFIX", "_c360"),
        ("C360_INDEX_PREFIX", "c360*,other"),
        ("C360_INDEX_PREFIX", "c" * 41),
        ("C360_FAILPOINT", "after_parse"),
        ("C360_FAILPOINT", "after_parse:kill:0"),
        ("C360_FAILPOINT", "after_parse:stop"),
        ("C360_TIME_ZONE", "Mars/Base"),
    ],
)
def test_a_value_of_another_form_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_env({variable: value})
    assert refused.value.field == variable
    assert refused.value.reason.startswith(f"{variable} ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("C360_PUBLIC_URL", "https://c360.example.com"),
        ("C360_PUBLIC_URL", "http://127.0.0.1:8360/"),
        ("C360_INDEX_PREFIX", "acme-2026_c360"),
        ("C360_FAILPOINT", "after_parse:kill"),
        ("C360_FAILPOINT", "before_commit:kill:3"),
    ],
)
def test_a_value_of_the_right_form_is_taken(variable: str, value: str) -> None:
    Settings.from_env({variable: value})


def test_only_unknown_names_with_our_prefix_are_told() -> None:
    names = ["C360_PORT", "C360_PROT", "DATABASE_URL", "HOME", "C360_", "C360_URL", "C360_TOKEN"]
    assert unknown_variables(names) == ["C360_", "C360_PROT"]
