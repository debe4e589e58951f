"""The funnel's exact answers against brute force: leads walked one by one, laws added up term by term."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.daily_queue import backlog_law, stationary_backlog
from funnelsim.engines.funnel_closed_form import chain_law, daily_chances, flow_means, poisson_law
from funnelsim.errors import ScenarioError

ADVANCE = [0.02, 0.03, 0.05]
LOST = [0.03, 0.01, 0.02]
BACK = [0.0, 0.01, 0.004]


def followed(chances, stage, days=4000):
    """Follow the probability of one lead day by day: chances to be won, and to have ended, on each day."""
    there = np.zeros(len(chances.advance))
    there[stage] = 1.0
    won, ended = np.zeros(days), np.zeros(days)
    for day in range(days):
        after = np.zeros_like(there)
        for place, share in enumerate(there):
            forward, out, back = (share * one[place] for one in (chances.advance, chances.lost, chances.back))
            after[place] += share - forward - out - back
            if place + 1 == len(there):
                won[day] += forward
                ended[day] += forward
            else:
                after[place + 1] += forward
            if back:
                after[place - 1] += back
            ended[day] += out
        there = after
    return won, ended


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_the_chain_agrees_with_following_a_lead_day_by_day(stage):
    chances = daily_chances(ADVANCE, LOST, BACK)
    law = chain_law(chances)
    won, ended = followed(chances, stage)
    day = np.arange(1, len(won) + 1)
    assert ended.sum() == pytest.approx(1, abs=1e-12)
    assert law.conversion[stage] == pytest.approx(won.sum(), rel=1e-12)
    assert law.days[stage] == pytest.approx(ended @ day, rel=1e-11)
    assert law.days_variance[stage] == pytest.approx(ended @ day**2 - (ended @ day) ** 2, rel=1e-10)
    mean = won @ day / won.sum()
    assert law.win_days[stage] == pytest.approx(mean, rel=1e-11)
    assert law.win_days_variance[stage] == pytest.approx(won @ day**2 / won.sum() - mean**2, rel=1e-10)
    assert law.expected_value(500)[stage] == pytest.approx(500 * won.sum(), rel=1e-12)


def test_one_stage_is_a_geometric_law():
    law = chain_law(daily_chances([0.03], [0.01]))
    chance = 1 - math.exp(-0.04)
    assert law.conversion == pytest.approx([0.75])
    for mean, variance in ((law.days, law.days_variance), (law.win_days, law.win_days_variance)):
        assert mean == pytest.approx([1 / chance])
        assert variance == pytest.approx([(1 - chance) / chance**2])


def test_without_falling_back_conversions_multiply():
    law = chain_law(daily_chances(ADVANCE, LOST))
    each = np.array(ADVANCE) / (np.array(ADVANCE) + np.array(LOST))
    assert law.conversion == pytest.approx(np.cumprod(each[::-1])[::-1])


def test_stages_cut_off_from_every_win_say_so():
    law = chain_law(daily_chances([0.1, 0.0, 0.1], [0.1, 0.1, 0.1]))
    assert law.conversion == pytest.approx([0, 0, 0.5])
    assert np.isnan(law.win_days[:2]).all()
    assert law.win_days[2] == pytest.approx(1 / (1 - math.exp(-0.2)))


@pytest.mark.parametrize(
    ("advance", "lost", "back"),
    [
        ([0.1], [-0.1], None),
        ([0.1, 0.1], [0.1], None),
        ([0.1], [0.1], [0.1]),
        ([math.inf], [0.1], None),
    ],
)
def test_rates_that_mean_nothing_are_refused(advance, lost, back):
    with pytest.raises(ScenarioError):
        daily_chances(advance, lost, back)


def test_a_lead_that_stays_for_ever_is_refused():
    with pytest.raises(ScenarioError, match="every lead ends"):
        chain_law(daily_chances([0.0, 0.1], [0.0, 0.1]))


def test_flows_are_sums_over_birthdays():
    chances = daily_chances(ADVANCE, LOST, BACK)
    rng = np.random.default_rng(5)
    arrivals = rng.random((30, 3)) * 4
    found = flow_means(chances, arrivals)
    open_leads, wins, losses = np.zeros((30, 3)), np.zeros(30), np.zeros(30)
    for birth in range(30):
        for stage in range(3):
            there = np.zeros(3)
            there[stage] = arrivals[birth, stage]
            for day in range(birth, 30):
                wins[day] += there[2] * chances.advance[2]
                losses[day] += there @ chances.lost
                there = there @ chances.moves
                open_leads[day] += there
    assert found.open_leads == pytest.approx(open_leads, rel=1e-12)
    assert found.wins == pytest.approx(wins, rel=1e-12, abs=1e-15)
    assert found.losses == pytest.approx(losses, rel=1e-12)


def test_steady_flows_hold_as_many_leads_as_arrive_in_the_days_they_stay():
    """Little's law: arrivals a day times mean days in each stage, less the day of the end itself."""
    chances = daily_chances(ADVANCE, LOST, BACK)
    found = flow_means(chances, np.tile([2.0, 0, 0], (5000, 1)))
    at_work = found.open_leads[-1] + [2.0, 0, 0]
    assert at_work == pytest.approx(2.0 * chain_law(chances).visits[0], rel=1e-9)
    assert found.wins[-1] == pytest.approx(2.0 * chain_law(chances).conversion[0], rel=1e-9)


def test_leads_at_the_start_follow_the_same_chain():
    chances = daily_chances(ADVANCE, LOST)
    found = flow_means(chances, np.zeros((3000, 3)), start=[10, 20, 30])
    assert found.wins.sum() == pytest.approx(chain_law(chances).conversion @ [10, 20, 30], rel=1e-12)


@given(st.floats(0, 200))
def test_poisson_chances_by_their_recursion(mean):
    law = poisson_law(mean, 400)
    assert law[0] == pytest.approx(math.exp(-mean), rel=1e-12)
    terms = law[:-1] * mean / np.arange(1, 401)
    assert law[1:] == pytest.approx(terms, rel=1e-9, abs=1e-300)


def queue_by_hand(arrivals, served, days, start):
    """Add up every way to get from one backlog to the next, one arrival count at a time."""
    law = {start: 1.0}
    laws = []
    for _ in range(days):
        following: dict[int, float] = {}
        for waiting, share in law.items():
            for count in range(40):
                chance = math.exp(-arrivals) * arrivals**count / math.factorial(count)
                there = max(waiting + count - served, 0)
                following[there] = following.get(there, 0.0) + share * chance
        law = following
        laws.append(law)
    return laws


@pytest.mark.parametrize(("arrivals", "served", "start"), [(1.7, 2, 0), (3.0, 2, 5), (0.0, 1, 3), (0.4, 0, 0)])
def test_the_backlog_of_the_first_days_by_hand(arrivals, served, start):
    laws = backlog_law(arrivals, served, 6, start)
    for law, wanted in zip(laws, queue_by_hand(arrivals, served, 6, start), strict=True):
        assert law.sum() == pytest.approx(1, abs=1e-12)
        for waiting, chance in wanted.items():
            found = law[waiting] if waiting < len(law) else 0.0
            assert found == pytest.approx(chance, abs=1e-13)


@pytest.mark.parametrize(("arrivals", "served"), [(1.7, 2), (7.5, 8), (0.1, 1), (4.0, 9), (0.99, 1)])
def test_the_stationary_backlog_stays_as_it_is(arrivals, served):
    law = stationary_backlog(arrivals, served)
    assert law.sum() == pytest.approx(1, abs=1e-11)
    there = np.convolve(law, poisson_law(arrivals, 120))
    after = np.concatenate([[there[: served + 1].sum()], there[served + 1 :]])[: len(law)]
    assert after == pytest.approx(law, abs=1e-11)


def test_the_stationary_mean_of_single_service():
    """Served one a day: the mean backlog is rho^2 / (2 (1 - rho)) (Pollaczek-Khinchine in whole days)."""
    for rate in (0.3, 0.8, 0.95):
        law = stationary_backlog(rate, 1)
        assert law @ np.arange(len(law)) == pytest.approx(rate**2 / (2 * (1 - rate)), rel=1e-8)


def test_a_long_backlog_becomes_stationary():
    law, late = stationary_backlog(1.7, 2), backlog_law(1.7, 2, 600)[-1]
    assert late[: len(law)] == pytest.approx(law, abs=1e-9)


@pytest.mark.parametrize(("arrivals", "served"), [(2.0, 2), (3.0, 2), (-1.0, 2), (math.nan, 2), (0.9999999, 1)])
def test_queues_without_a_stationary_law_are_refused(arrivals, served):
    with pytest.raises(ScenarioError):
        stationary_backlog(arrivals, served)


def test_a_queue_of_no_days_is_refused():
    with pytest.raises(ScenarioError) as caught:
        backlog_law(-1.0, -1, 0, -1)
    assert len(caught.value.problems) == 4
