"""Preferred channel and hour from counts a person can check by hand."""

from __future__ import annotations

import pytest

from customer360.customers.channels import ChannelCounts, best_hour, channel_uses, share
from customer360.customers.model import Consent


def counted(interactions: dict[int, int], responses: dict[int, int] | None = None) -> ChannelCounts:
    return ChannelCounts(sum(interactions.values()), interactions, responses or {})


def preferences(counts: dict[str, ChannelCounts], *refused: str) -> dict[str, str]:
    consents = [Consent("marketing", channel, False, 1, "crm") for channel in refused]
    return {use.channel: use.preference for use in channel_uses(counts, {}, consents)}


def test_the_most_used_channel_is_preferred_and_a_hardly_used_one_is_rare() -> None:
    counts = {"voice": counted({9: 30}), "chat": counted({9: 10}), "email": counted({9: 1})}
    assert preferences(counts) == {"voice": "PREFERRED", "chat": "USED", "email": "RARE"}


def test_an_accepted_offer_counts_twice_a_contact() -> None:
    counts = {"voice": counted({9: 5}), "chat": counted({9: 2}, {9: 2})}
    assert preferences(counts) == {"chat": "PREFERRED", "voice": "USED"}


def test_a_refused_channel_is_never_preferred() -> None:
    counts = {"voice": counted({9: 30}), "chat": counted({9: 10})}
    assert preferences(counts, "voice") == {"voice": "REFUSED", "chat": "PREFERRED"}


def test_a_refusal_for_every_channel_names_none() -> None:
    use = channel_uses({"voice": counted({9: 3})}, {}, [Consent("marketing", None, False, 1, "crm")])
    assert [shown.preference for shown in use] == ["PREFERRED"]


def test_two_contacts_are_no_preference_and_no_best_hour() -> None:
    [use] = channel_uses({"voice": counted({9: 2})}, {"voice": 7}, [])
    assert (use.preference, use.best_hour, use.sample_size, use.last_at) == ("USED", None, 2, 7)


def test_what_reached_us_through_no_channel_is_never_preferred() -> None:
    counts = {"system": counted({9: 50}), "voice": counted({9: 3})}
    assert preferences(counts)["voice"] == "PREFERRED"
    assert preferences(counts)["system"] == "USED"


def test_a_channel_whose_entries_were_all_retracted_is_not_shown() -> None:
    assert channel_uses({"voice": ChannelCounts(0, {9: 0})}, {}, []) == ()


@pytest.mark.parametrize(
    ("hours", "best"),
    [
        ({9: 3}, 9),
        ({8: 2, 9: 3, 10: 2, 20: 4}, 9),  # three good hours beat one that is better alone
        ({23: 2, 0: 2}, 0),  # the clock is round, and the earlier of equals is taken
        ({5: 2, 17: 2}, 5),
    ],
)
def test_the_best_hour_is_smoothed_around_the_clock(hours: dict[int, int], best: int) -> None:
    assert best_hour(counted(hours)) == best


def test_the_share_is_smoothed_over_thirteen_channels() -> None:
    assert share(0, 0) == pytest.approx(1 / 13)
    assert share(12, 13) == pytest.approx(0.5)
