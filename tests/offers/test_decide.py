from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360 import clock
from customer360.offers.decide import decide
from customer360.offers.model import (
    Answer,
    ConsentFact,
    Context,
    Facts,
    Impression,
    Offer,
    Reason,
    Rule,
    Score,
)

NOW = 1_764_000_000_000_000
NOBODY = Facts()
BY_PHONE = Context(channel="voice")


def only_exclusion(answer: Answer) -> Reason:
    assert answer.offers == ()
    (exclusion,) = answer.excluded
    (reason,) = exclusion.reasons
    return reason


def ids(answer: Answer) -> list[str]:
    return [suggestion.offer for suggestion in answer.offers]


def test_ranks_by_value_and_breaks_ties_by_id() -> None:
    # given two offers of equal value and one better
    offers = [Offer("b", "B", value=10), Offer("a", "A", value=10), Offer("c", "C", value=99.5)]
    # when
    answer = decide(offers, NOBODY, BY_PHONE, NOW, first=3)
    # then
    assert [(s.offer, s.rank) for s in answer.offers] == [("c", 1), ("a", 2), ("b", 3)]
    assert answer.offers[0].reasons[-1].text_en == "Value 99.5: number 1 of 3 possible offers"


def test_what_does_not_fit_into_first_is_excluded_by_arbitration() -> None:
    answer = decide([Offer("a", "A", value=2), Offer("b", "B", value=1)], NOBODY, BY_PHONE, NOW, first=1)
    assert ids(answer) == ["a"]
    assert answer.excluded[0].offer == "b"
    assert answer.excluded[0].reasons == (
        Reason(
            "arbitration",
            "first",
            "Ficou em 2º lugar por valor (1); foram pedidas 1",
            "Came 2 by value (1); 1 were asked for",
            "2",
            "1",
        ),
    )


def test_presented_in_any_channel_is_held_to_the_microsecond() -> None:
    # given an offer shown by e-mail, held 10 days
    offer = Offer("a", "A", repeat_after_days=10)
    shown_at = NOW - 10 * clock.DAY
    facts = Facts(impressions={"a": Impression(shown_at, "email")})
    # then a microsecond before the end it is held, at the end no more
    held = only_exclusion(decide([offer], facts, BY_PHONE, NOW - 1, 3))
    assert (held.stage, held.rule, held.limit, held.until) == (
        "contact_policy",
        "repeat_after_days",
        "10 d",
        NOW,
    )
    assert "e-mail" in held.text_pt
    assert ids(decide([offer], facts, BY_PHONE, NOW, 3)) == ["a"]


def test_zero_days_never_hold() -> None:
    facts = Facts(impressions={"a": Impression(NOW, "voice")})
    assert ids(decide([Offer("a", "A", repeat_after_days=0)], facts, BY_PHONE, NOW, 3)) == ["a"]


def test_a_deferred_offer_waits_until_its_time() -> None:
    facts = Facts(deferred={"a": NOW + 1})
    reason = only_exclusion(decide([Offer("a", "A")], facts, BY_PHONE, NOW, 3))
    assert (reason.rule, reason.until) == ("deferred", NOW + 1)
    assert ids(decide([Offer("a", "A")], facts, BY_PHONE, NOW + 1, 3)) == ["a"]


def test_validity_bounds() -> None:
    offer = Offer("a", "A", valid_from=NOW, valid_to=NOW + 10)
    assert only_exclusion(decide([offer], NOBODY, BY_PHONE, NOW - 1, 3)).rule == "valid_from"
    assert ids(decide([offer], NOBODY, BY_PHONE, NOW, 3)) == ["a"]
    assert ids(decide([offer], NOBODY, BY_PHONE, NOW + 9, 3)) == ["a"]
    assert only_exclusion(decide([offer], NOBODY, BY_PHONE, NOW + 10, 3)).rule == "valid_to"
    withdrawn = replace(offer, withdrawn_at=NOW)
    assert only_exclusion(decide([withdrawn], NOBODY, BY_PHONE, NOW, 3)).rule == "withdrawn"


def test_channel() -> None:
    offer = Offer("a", "A", channels=frozenset({"voice", "chat"}))
    assert ids(decide([offer], NOBODY, BY_PHONE, NOW, 3)) == ["a"]
    assert ids(decide([offer], NOBODY, Context(), NOW, 3)) == ["a"]
    reason = only_exclusion(decide([offer], NOBODY, Context(channel="web"), NOW, 3))
    assert (reason.stage, reason.measured, reason.limit) == ("channel", "web", "chat, voice")


def test_consent_is_needed_and_the_latest_word_for_the_channel_holds() -> None:
    offer = Offer("a", "A", consent="marketing")
    assert only_exclusion(decide([offer], NOBODY, BY_PHONE, NOW, 3)).stage == "consent"
    # given a yes for every channel and a later no by phone
    facts = Facts(
        consents={
            ("marketing", ""): ConsentFact(True, NOW - 20, "1"),
            ("marketing", "voice"): ConsentFact(False, NOW - 10, "0"),
        }
    )
    # then it is held back by phone only
    assert only_exclusion(decide([offer], facts, BY_PHONE, NOW, 3)).measured == "revoked"
    assert ids(decide([offer], facts, Context(channel="email"), NOW, 3)) == ["a"]
    assert ids(decide([offer], facts, Context(), NOW, 3)) == ["a"]


def passes(rule: Rule, facts: Facts) -> bool:
    answer = decide([Offer("a", "A", rules=(rule,))], facts, BY_PHONE, NOW, 3)
    assert len(answer.offers) + len(answer.excluded) == 1
    return bool(answer.offers)


def test_eligibility_rules() -> None:
    facts = Facts(
        profile={"uf": "PR", "idade": 41, "vip": True, "faltante": None},
        segments=frozenset({"gold"}),
        owned=frozenset({"cartao"}),
        scores={"churn": Score(0.8), "velho": Score(0.9, valid_until=NOW)},
    )
    expected: list[tuple[str, str, str, Any, bool]] = [
        ("segment", "gold", "is", None, True),
        ("segment", "gold", "is_not", None, False),
        ("segment", "silver", "is", None, False),
        ("segment", "silver", "eq", False, True),
        ("segment", "gold", "in", ("x",), False),  # cannot be evaluated: never lets an offer through
        ("owns", "cartao", "is_not", None, False),
        ("owns", "seguro", "is_not", None, True),
        ("profile", "uf", "eq", "PR", True),
        ("profile", "uf", "is", "SP", False),
        ("profile", "uf", "ne", "SP", True),
        ("profile", "uf", "in", ("SP", "PR"), True),
        ("profile", "uf", "not_in", ("SP", "PR"), False),
        ("profile", "uf", "lt", 5, False),
        ("profile", "uf", "is", None, True),
        ("profile", "faltante", "is", None, False),
        ("profile", "faltante", "is_not", None, True),
        ("profile", "faltante", "ne", 3, True),
        ("profile", "faltante", "ge", 3, False),
        ("profile", "idade", "ge", 41, True),
        ("profile", "idade", "gt", 41, False),
        ("profile", "idade", "lt", 41.5, True),
        ("profile", "vip", "eq", 1, False),
        ("profile", "vip", "eq", True, True),
        ("profile", "vip", "gt", 0, False),
        ("score", "churn", "ge", 0.8, True),
        ("score", "velho", "ge", 0.1, False),
    ]
    for fact, name, op, value, passed in expected:
        assert passes(Rule(fact, name, op, value), facts) is passed, (fact, name, op, value)


@pytest.mark.parametrize(
    ("rule", "pt", "en", "limit"),
    [
        (
            Rule("profile", "idade", "ge", 60),
            "idade: 41 (pede pelo menos 60)",
            "41 (asks for at least 60)",
            "≥ 60",
        ),
        (Rule("profile", "idade", "gt", 41), "(pede mais de 41)", "(asks for more than 41)", "> 41"),
        (Rule("profile", "idade", "lt", 18), "(pede menos de 18)", "(asks for less than 18)", "< 18"),
        (Rule("profile", "idade", "le", 18), "(pede no máximo 18)", "(asks for at most 18)", "≤ 18"),
        (Rule("profile", "uf", "is", "SP"), "uf: PR (pede SP)", "uf: PR (asks for SP)", "= SP"),
        (Rule("profile", "uf", "ne", "PR"), "(pede outro que não PR)", "(asks for anything but PR)", "≠ PR"),
        (
            Rule("profile", "uf", "in", ("SP", "RJ")),
            "(pede um de SP, RJ)",
            "(asks for one of SP, RJ)",
            "SP, RJ",
        ),
        (Rule("profile", "uf", "not_in", ("PR",)), "(pede nenhum de PR)", "(asks for none of PR)", "≠ PR"),
        (Rule("profile", "uf", "gt", None), "não pode ser avaliada", "cannot be evaluated", None),
        (Rule("profile", "cor", "is", None), "cor: não informado", "cor: unknown", None),
    ],
)
def test_a_rule_reads_in_words(rule: Rule, pt: str, en: str, limit: str | None) -> None:
    facts = Facts(profile={"idade": 41, "uf": "PR"})
    reason = only_exclusion(decide([Offer("a", "A", rules=(rule,))], facts, BY_PHONE, NOW, 3))
    assert reason.text_pt.endswith(pt)
    assert reason.text_en.endswith(en)
    assert reason.limit == limit


def test_days_are_those_of_the_company() -> None:
    # given half past one at night in UTC, which is the evening before in São Paulo
    late = clock.from_datetime(datetime.fromisoformat("2026-03-02T01:30:00+00:00"))
    here = Context(channel="voice", zone=ZoneInfo("America/Sao_Paulo"))
    facts = Facts(
        impressions={"b": Impression(late, "email")},
        deferred={"c": late + clock.HOUR},
        consents={("m", ""): ConsentFact(False, late, "1")},
    )
    ended, shown = Offer("a", "A", valid_to=late), Offer("b", "B", repeat_after_days=30)
    put_off, forbidden = Offer("c", "C"), Offer("d", "D", consent="m")
    # when it is told of
    answer = decide([ended, shown, put_off, forbidden], facts, here, late + 1, 3)
    # then every reason names the day that people there had
    told = {one.offer: one.reasons[-1] for one in answer.excluded}
    assert (told["a"].text_pt, told["a"].text_en) == ("Vencida em 01/03/2026", "Expired on 2026-03-01")
    assert told["b"].text_pt == "Apresentada em 01/03/2026 por e-mail; de novo só a partir de 31/03/2026"
    assert told["c"].text_en == "The customer deferred it until 2026-03-01"
    assert told["d"].text_en == "Consent revoked on 2026-03-01"
    assert told["a"].limit == "2026-03-02T01:30:00Z"


def test_an_exclusion_tells_every_reason() -> None:
    offer = Offer(
        "a", "A", valid_to=NOW, channels=frozenset({"web"}), rules=(Rule("segment", "x", "is"),), consent="m"
    )
    (exclusion,) = decide([offer], NOBODY, BY_PHONE, NOW, 3).excluded
    assert [reason.stage for reason in exclusion.reasons] == ["validity", "channel", "eligibility", "consent"]


moments = st.integers(NOW - 40 * clock.DAY, NOW + 40 * clock.DAY)
maybe = moments | st.none()
channels = st.sampled_from(["voice", "web", "email"])
scalars = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(["PR", "SP", ""])
)
OPS = ["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "is", "is_not"]
rules = st.builds(
    Rule,
    fact=st.sampled_from(["profile", "segment", "owns", "score"]),
    name=st.sampled_from(["x", "y"]),
    op=st.sampled_from(OPS),
    value=scalars | st.lists(scalars, max_size=3).map(tuple),
)
codes = st.sampled_from("abcdefgh")
offers = st.builds(
    Offer,
    id=codes,
    name=st.just("n"),
    value=st.sampled_from([0.0, 1.0, 2.0]),
    valid_from=maybe,
    valid_to=maybe,
    withdrawn_at=st.none() | st.just(NOW),
    channels=st.frozensets(channels),
    rules=st.lists(rules, max_size=2).map(tuple),
    repeat_after_days=st.integers(0, 60),
    consent=st.none() | st.just("m"),
)
consents = st.builds(ConsentFact, st.booleans(), moments, st.sampled_from("12"))
facts_ = st.builds(
    Facts,
    profile=st.dictionaries(st.sampled_from("xy"), scalars),
    segments=st.frozensets(st.sampled_from("xy")),
    owned=st.frozensets(st.sampled_from("xy")),
    scores=st.dictionaries(st.sampled_from("xy"), st.builds(Score, st.floats(-3, 3), maybe)),
    consents=st.dictionaries(st.tuples(st.just("m"), channels | st.just("")), consents),
    impressions=st.dictionaries(codes, st.builds(Impression, moments, channels)),
    deferred=st.dictionaries(codes, moments),
)
contexts = st.builds(Context, channel=channels | st.none())


@given(st.lists(offers, unique_by=lambda offer: offer.id), facts_, contexts, st.integers(1, 9))
def test_every_offer_is_suggested_or_excluded_with_a_reason_in_whatever_order_they_come(
    catalogue: list[Offer], facts: Facts, context: Context, first: int
) -> None:
    # when
    answer = decide(catalogue, facts, context, NOW, first)
    # then each offer is in exactly one place, with reasons in both languages
    placed = [s.offer for s in answer.offers] + [e.offer for e in answer.excluded]
    assert sorted(placed) == sorted(offer.id for offer in catalogue)
    assert len(answer.offers) <= first
    told = [s.reasons for s in answer.offers] + [e.reasons for e in answer.excluded]
    assert all(reasons and all(r.text_pt and r.text_en for r in reasons) for reasons in told)
    values = [(-s.value, s.offer) for s in answer.offers]
    assert values == sorted(values)
    # and the order of the catalogue does not matter
    assert decide(reversed(catalogue), facts, context, NOW, first) == answer
    assert (
        decide(sorted(catalogue, key=lambda offer: offer.name + offer.id), facts, context, NOW, first)
        == answer
    )


@given(offers, facts_, channels, contexts)
def test_an_impression_in_any_channel_holds_the_offer_everywhere(
    offer: Offer, facts: Facts, channel: str, context: Context
) -> None:
    # given it was shown just now in one channel
    shown = replace(facts, impressions={offer.id: Impression(NOW, channel)})
    # then it is suggested in none, unless it may repeat at once
    answer = decide([offer], shown, context, NOW, 3)
    assert offer.repeat_after_days == 0 or answer.offers == ()
