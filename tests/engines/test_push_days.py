"""The day law of winners: PC keeps its meaning, and days are exact sums of pushes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from funnelsim.engines.push_days import push_day_law, winner_pushes
from funnelsim.model.assumptions import PushLaw

DEFAULT = PushLaw()
PUSHES = [
    DEFAULT,
    PushLaw(odds=1.0),
    PushLaw(first=1.0, again=1.0, most=3, odds=0.3),
    PushLaw(first=0.7, again=0.7, odds=1e-3),
    PushLaw(first=0.7, again=0.7, odds=1e-100),
    PushLaw(first=0.2, days=(7,), weights=(1.0,), most=2),
]
CHANCES = [1e-300, 1e-9, 0.1, 0.3, 0.5, 0.5000001, 0.9, 0.999999, 1 - 1e-12]


def enumerated(push, counts):
    """Law of days by listing every sequence of pushes."""
    law = {}
    for count, chance in enumerate(counts):
        for lengths in product(range(len(push.days)), repeat=count):
            days = sum(push.days[one] for one in lengths)
            law[days] = law.get(days, 0.0) + chance * float(np.prod([push.weights[one] for one in lengths]))
    return law


@pytest.mark.parametrize("overdue", [False, True])
@pytest.mark.parametrize("push", PUSHES, ids=range(len(PUSHES)))
def test_days_are_those_of_every_sequence_of_pushes(push, overdue):
    law = push_day_law(push, 0.3, overdue=overdue)
    expected = enumerated(push, winner_pushes(push, 0.3, overdue=overdue))
    for day, weight in zip(law.offset_days.tolist(), law.weight.tolist(), strict=True):
        assert weight == pytest.approx(expected[day], rel=1e-12, abs=1e-300)
    assert law.weight.sum() == pytest.approx(1.0, abs=1e-14)
    assert np.all(np.diff(law.offset_days) > 0)


@pytest.mark.parametrize("overdue", [False, True])
@pytest.mark.parametrize("push", PUSHES, ids=range(len(PUSHES)))
@pytest.mark.parametrize("chance", CHANCES)
def test_winners_come_from_odds_that_keep_the_chance_of_ever_closing(push, overdue, chance):
    counts = push.counts(overdue=overdue)
    winners = winner_pushes(push, chance, overdue=overdue)
    assert winners.sum() == pytest.approx(1.0, abs=1e-14)
    # the chance given k pushes must be odds that fall by one factor a push
    reached = np.flatnonzero((counts > 0) & (winners > 0))
    given_pushes = winners[reached] * chance / counts[reached]
    assert np.all(given_pushes <= 1 + 1e-9)
    if chance <= 0.9:
        inner = given_pushes < 1 - 1e-3
        odds = given_pushes[inner] / (1 - given_pushes[inner])
        expected = push.odds ** (reached[inner] - reached[inner][0] if inner.any() else reached[inner])
        assert odds == pytest.approx(odds[:1] * expected if inner.any() else odds, rel=1e-8)


def test_certain_leads_follow_the_push_law_itself():
    assert winner_pushes(DEFAULT, 1.0, overdue=False) == pytest.approx([0.6, 0.2, 0.1, 0.05, 0.05])
    assert winner_pushes(DEFAULT, 1.0, overdue=True) == pytest.approx([0, 0.5, 0.25, 0.125, 0.125])


def test_a_lead_that_is_never_won_has_the_days_of_one_hardly_ever_won():
    assert winner_pushes(DEFAULT, 0.0, overdue=False) == pytest.approx(winner_pushes(DEFAULT, 1e-12, overdue=False))


def test_known_days_of_the_default_law():
    law = push_day_law(DEFAULT, 1.0, overdue=False)
    assert law.offset_days[:4].tolist() == [0, 30, 60, 90]
    two, three = 0.2 * 0.3 + 0.1 * 0.25, 0.2 * 0.2 + 0.1 * 0.3 + 0.05 * 0.125
    assert law.weight[:4] == pytest.approx([0.6, 0.2 * 0.5, two, three])
    assert law.offset_days[-1] == 4 * 90


def test_overdue_leads_are_pushed_at_least_once():
    assert push_day_law(DEFAULT, 0.4, overdue=True).offset_days[0] == 30
    assert push_day_law(PushLaw(first=0.0), 0.4, overdue=True).offset_days.tolist() == [30, 60, 90]


def test_without_pushes_winners_close_on_the_stated_day():
    law = push_day_law(PushLaw(most=0), 0.4, overdue=False)
    assert (law.offset_days.tolist(), law.weight.tolist()) == ([0], [1.0])
    assert push_day_law(PushLaw(first=0.0), 0.4, overdue=False).weight.tolist() == [1.0]


def test_pushes_that_cost_odds_let_winners_close_earlier():
    harmless = push_day_law(PushLaw(odds=1.0), 0.3, overdue=False)
    costly = push_day_law(PushLaw(odds=0.5), 0.3, overdue=False)
    assert harmless.weight == pytest.approx(push_day_law(DEFAULT, 1.0, overdue=False).weight)
    assert costly.offset_days @ costly.weight < harmless.offset_days @ harmless.weight


def test_laws_are_cached_and_cannot_be_changed():
    law = push_day_law(DEFAULT, 0.25, overdue=False)
    assert push_day_law(DEFAULT, 0.25, overdue=False) is law
    with pytest.raises(ValueError, match="read-only"):
        law.weight[0] = 0.0
