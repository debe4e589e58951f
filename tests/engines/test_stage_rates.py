"""Rates of stages: the stated conversion comes out exactly, by hand, by brute force, and for any mix of leads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from engines.small_scenarios import EVERY_DAY, small_scenario
from funnelsim.engines.buyer_rates import implied_funnel, solve_funnel
from funnelsim.engines.stage_rates import StageProblem, solve_stage
from funnelsim.engines.steady_rates import advancing, mean_stay, steady_rates
from funnelsim.errors import ScenarioError
from funnelsim.kernels.funnel_arrays import TICKS_PER_HOUR
from reference.stage_rates import conversion_on_a_grid, stays
from tools import assert_mean, assert_proportion

WEEKDAYS = (True,) * 5 + (False,) * 2
ALL_DAYS = (True,) * 7


def problem_of(
    conversion=0.4,
    median=20.0,
    hours=6.0,
    touch=0.5,
    *,
    shape=1,
    by_work=False,
    workdays=WEEKDAYS,
    other=0.0,
    buyers=1.0,
) -> StageProblem:
    pace = hours / mean_stay(conversion, median, shape) * 7 / sum(workdays)
    ticks = round(touch * TICKS_PER_HOUR), round(pace * TICKS_PER_HOUR)
    inflow = (buyers / 7,) * 7 + ((1 - buyers) / 7,) * 7
    return StageProblem(conversion, median, hours, *ticks, shape, by_work, workdays, other, inflow)


MIXES = [
    {},
    {"workdays": ALL_DAYS},
    {"shape": 2},
    {"shape": 4, "workdays": ALL_DAYS},
    {"shape": 4, "touch": 3.0},
    {"touch": 6.0, "conversion": 0.8},
    {"buyers": 0.3, "other": 0.4},
    {"buyers": 0.6, "other": 0.0, "shape": 2},
    {"by_work": True, "shape": 2, "buyers": 0.5, "other": 0.2},
    {"workdays": (True, False, False, True, False, False, False), "hours": 40.0, "median": 3.0},
]


# --- by hand -------------------------------------------------------------------------------------------------------


def test_tiny_touches_on_every_day_give_the_textbook_rates():
    problem = problem_of(touch=0.001, workdays=ALL_DAYS)
    rates = solve_stage(problem)
    leave = math.log(2) / problem.median
    assert rates.gain == pytest.approx(problem.conversion / problem.hours, rel=1e-3)
    assert rates.loss == pytest.approx(leave * (1 - problem.conversion), rel=1e-3)
    assert rates.at_median == pytest.approx(0.5, abs=1e-6)
    assert rates.days == pytest.approx(1 / leave + 0.5, rel=1e-3)  # a stay counts its last day whole


def test_one_touch_a_day_is_a_sum_that_can_be_written_down():
    # a touch on every day adds m, a day loses l: both exponential, so each day is m / (m + l) of what ends on it
    problem = problem_of(touch=0.5, workdays=ALL_DAYS)._replace(pace=TICKS_PER_HOUR // 2)
    rates = solve_stage(problem)
    m = rates.gain * 0.5
    assert m / (m + rates.loss) == pytest.approx(problem.conversion, rel=1e-12)
    assert rates.days == pytest.approx(1 / -math.expm1(-(m + rates.loss)), rel=1e-12)
    assert m + rates.loss == pytest.approx(math.log(2) / problem.median, rel=1e-8)


def test_a_touch_every_third_day_is_a_sum_that_can_be_written_down():
    problem = problem_of(touch=0.5, workdays=ALL_DAYS)._replace(pace=TICKS_PER_HOUR // 6)
    rates = solve_stage(problem)
    m, lost = rates.gain * 0.5, rates.loss
    on_the_day = m / (m + lost) * -math.expm1(-(m + lost))
    assert on_the_day / -math.expm1(-m - 3 * lost) == pytest.approx(0.4, rel=1e-12)


@pytest.mark.parametrize("shape", [1, 2, 4])
def test_decided_by_work_is_a_closed_form(shape):
    problem = problem_of(conversion=0.35, hours=8.0, shape=shape, by_work=True)
    rates = solve_stage(problem)
    advance = shape * rates.gain
    assert (advance / (advance + rates.loss)) ** shape == pytest.approx(0.35, rel=1e-12)
    assert (1 - 0.35) / rates.loss == pytest.approx(8.0, rel=1e-12)  # mean hours until either clock
    assert math.fsum(rates.advanced) == pytest.approx(0.35, rel=1e-10)


@pytest.mark.parametrize("shape", [1, 2, 4])
@pytest.mark.parametrize("conversion", [0.05, 0.5, 0.95])
def test_steady_clocks_meet_conversion_median_and_mean(conversion, shape):
    steady = steady_rates(conversion, shape)
    a, lost = steady.within_median(30.0)
    assert (shape * a / (shape * a + lost)) ** shape == pytest.approx(conversion, rel=1e-12)
    assert special.gammaincc(shape, shape * a * 30) * math.exp(-lost * 30) == pytest.approx(0.5, rel=1e-12)
    days = np.linspace(0, 3000, 300_001)
    there = special.gammaincc(shape, shape * a * days) * np.exp(-lost * days)
    assert mean_stay(conversion, 30.0, shape) == pytest.approx(np.trapezoid(there, days), rel=1e-6)
    if shape == 1:
        assert mean_stay(conversion, 30.0, 1) == pytest.approx(30 / math.log(2), rel=1e-12)


@pytest.mark.parametrize("shape", [2, 4])
def test_tiny_touches_reach_the_gamma_formula(shape):
    problem = problem_of(touch=0.001, workdays=ALL_DAYS, shape=shape)
    rates = solve_stage(problem)
    a = rates.gain * problem.pace / TICKS_PER_HOUR  # a day
    assert advancing(a / rates.loss, shape) == pytest.approx(problem.conversion, rel=1e-3)


def test_certain_advances_need_no_losses():
    rates = solve_stage(problem_of(conversion=1.0, shape=4))
    assert rates.loss == 0
    assert rates.buyer_conversion == pytest.approx(1, rel=1e-12)
    assert rates.at_median == pytest.approx(0.5, abs=1e-8)


def test_one_touch_that_does_it_all_keeps_conversion_and_median():
    problem = problem_of(conversion=0.6, median=15.0, hours=2.0, touch=2.0)
    rates = solve_stage(problem)
    assert rates.at_median == pytest.approx(0.5, abs=1e-8)
    assert math.fsum(rates.advanced) == pytest.approx(0.6, rel=1e-12)


# --- against brute force -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mix", MIXES)
def test_the_stated_conversion_is_the_integral_over_days(mix):
    problem = problem_of(**mix)
    rates = solve_stage(problem)
    # the midpoint rule is off by a 24th of the square of what the clocks run in a step
    touches = -(-problem.pace // problem.touch)
    runs = (problem.shape * rates.gain * problem.touch / TICKS_PER_HOUR + problem.by_work * rates.loss) * touches
    tolerance = ((runs + rates.loss) / 400) ** 2
    assert tolerance < 1e-3
    assert conversion_on_a_grid(problem, rates.gain, rates.loss) == pytest.approx(problem.conversion, rel=tolerance)


@pytest.mark.parametrize("mix", MIXES)
def test_leads_followed_one_by_one_convert_as_stated(mix):
    problem = problem_of(**mix)
    rates = solve_stage(problem)
    buyer, advanced, days = map(np.array, stays(np.random.default_rng(5), 4000, problem, rates.gain, rates.loss))
    assert_proportion(int(advanced.sum()), advanced.size, problem.conversion)
    assert_proportion(int(advanced[buyer].sum()), int(buyer.sum()), rates.buyer_conversion)
    if not buyer.all():
        assert_proportion(int(advanced[~buyer].sum()), int((~buyer).sum()), rates.other_conversion)
    assert_mean(days, rates.days)


@given(
    st.floats(0.01, 0.99), st.floats(1, 120), st.floats(0.5, 60), st.floats(0.05, 1), st.sampled_from([1, 2, 4]),
    st.integers(1, 7), st.floats(0.05, 1), st.floats(0.01, 1), st.booleans(),
)  # fmt: skip
def test_every_solvable_stage_is_solved(conversion, median, hours, share, shape, worked, buyers, other, by_work):
    workdays = tuple(day < worked for day in range(7))
    problem = problem_of(
        conversion, median, hours, hours * share, shape=shape, workdays=workdays, buyers=buyers, other=other,
        by_work=by_work,
    )  # fmt: skip
    rates = solve_stage(problem)
    assert math.fsum(rates.advanced) == pytest.approx(conversion, rel=1e-9)
    mixed = buyers * rates.buyer_conversion + (1 - buyers) * rates.other_conversion
    assert mixed == pytest.approx(conversion, rel=1e-9)
    assert math.fsum(rates.advanced) + math.fsum(rates.lost) == pytest.approx(1, rel=1e-9)
    assert rates.buyer_conversion >= rates.other_conversion - 1e-12


# --- buyers and others ---------------------------------------------------------------------------------------------


def test_buyer_shares_follow_from_conversions():
    scenario = small_scenario(market={"fit": 0.4}, stages={"C": {"shape": 2}, "A": {"shape": 4}})
    one = implied_funnel(scenario)
    assert one[0].buyer_share == pytest.approx(0.4, rel=1e-12)
    for stage, before, after in zip(scenario.stages, one, (*one[1:], None), strict=True):
        share = before.buyer_share
        mixed = share * before.buyer_conversion + (1 - share) * before.other_conversion
        assert mixed == pytest.approx(stage.conversion, rel=1e-12)
        if after is not None:
            assert after.buyer_share == pytest.approx(share * before.buyer_conversion / stage.conversion, rel=1e-12)
    assert one[-1].other_conversion == 0
    assert [stage.true_pc for stage in one] == pytest.approx([0.12, 0.24, 0.6], rel=1e-12)
    assert [stage.stated_pc for stage in one] == [stage.true_pc for stage in one]


def test_all_leads_are_buyers_where_fit_is_one():
    solved = solve_funnel(small_scenario())
    assert solved.nonbuyer_rate == 1
    assert solved.buyers == (1, 1, 1)


def test_the_solved_pace_of_others_spares_the_busiest_stage():
    free = small_scenario(market={"fit": 0.3})
    best = max(stage.buyer_conversion for stage in implied_funnel(free))
    for pace in (0.0, 0.05, 0.2, 0.6, 1.0):
        try:
            stages = implied_funnel(free.model_copy(update={"nonbuyer_rate": pace}))
        except ScenarioError:
            continue  # impossible, so no better
        assert max(stage.buyer_conversion for stage in stages) > best - 1e-3  # chosen by the formulas for steady work


def test_a_source_further_down_mixes_in():
    sources = {"web": {"fit": 0.2}, "fair": {"per_day": 1.0, "stage": "B", "pr": 10.0, "fit": 0.8, "gaming": 0.5}}
    scenario = small_scenario(sources=sources)
    solved = solve_funnel(scenario)
    first = solved.stages[0]
    assert solved.buyers[0] == pytest.approx(0.2, rel=1e-12)
    assert solved.buyers[1] == pytest.approx((2 * 0.2 * first.buyer_conversion + 0.4) / (2 * 0.5 + 1), rel=1e-10)


def test_leads_that_fall_back_are_counted_where_they_fall():
    losses = {"competitor": 0.5, "no_decision": 0.0, "regress": 0.5}
    solved = solve_funnel(small_scenario(stages={"B": {"losses": losses}}))
    assert math.fsum(solved.stages[0].advanced) == pytest.approx(0.5, rel=1e-12)
    # won from C: c V(B); from B: b V(A) + (1 - b) / 2 V(C)
    back = 0.4 * 0.6 / (1 - 0.6 * 0.5 * 0.5)
    assert solved.true_pc == pytest.approx((0.5 * back, back, 0.6), rel=1e-10)


def test_few_large_touches_ask_no_more_of_buyers_than_needed():
    touches = {"C": {"touch_hours": 4.0}, "B": {"touch_hours": 3.0, "shape": 4}, "A": {"touch_hours": 5.0, "shape": 2}}
    coarse = solve_funnel(small_scenario(market={"fit": 0.3}, stages=touches))
    assert max(one.buyer_conversion for one in coarse.stages) < 0.9


def test_too_few_buyers_are_refused_with_what_would_do():
    with pytest.raises(ScenarioError) as caught:
        implied_funnel(small_scenario(market={"fit": 0.1}))
    (problem,) = caught.value.problems
    assert problem.name == "stages[2].conversion"
    assert "fit" in problem.rule
    assert "0.12" in problem.hint
    implied_funnel(small_scenario(market={"fit": 0.2}))  # some more than 0.12 is enough


def test_unpaced_stages_keep_the_standard_rates():
    paced, free = (small_scenario(stages={"B": {"paced": one}}) for one in (True, False))
    assert implied_funnel(paced) == implied_funnel(free)


def test_the_weekday_of_entry_is_that_of_the_stage_before():
    every = small_scenario(calendar={"workdays": EVERY_DAY})
    few = small_scenario(calendar={"workdays": ["mon", "tue"]})
    assert np.ptp(solve_funnel(every).stages[0].advanced[:7]) < 1e-12
    advanced = solve_funnel(few).stages[0].advanced[:7]
    assert [day for day, share in enumerate(advanced) if share > 0] == [1, 2]  # worked Monday, enters on Tuesday
