"""The simulated funnel against mathematics: chains, Poisson networks, the daily queue, Little's law.

Seeds are fixed.  Every docstring names the smallest mistake its test would notice.
"""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from engines.small_scenarios import EVERY_DAY, opening_of, small_scenario
from funnelsim.engines.buyer_rates import implied_funnel, solve_funnel
from funnelsim.engines.daily_queue import backlog_law, stationary_backlog
from funnelsim.engines.funnel import deterministic_ev, simulate_scenario
from funnelsim.engines.funnel_closed_form import chain_law, daily_chances, flow_means, poisson_law
from funnelsim.kernels.funnel_arrays import BOOKED, WINS
from tools import assert_mean, assert_proportion, assert_same_distribution, assert_variance

pytestmark = pytest.mark.slow

MANY = 12_000
PR = 30_000
UNLIMITED = {"relay": {"unlimited": ["Marketing", "Sales"]}}
SEVEN_DAYS = {"workdays": EVERY_DAY}

TOUCH = {
    name: {"touch_hours": hours * math.log(2) / days}
    for name, hours, days in (("C", 4, 14), ("B", 6, 20), ("A", 5, 10))
}
"""One touch of each lead a day: every day of a stay is like every other, as the chain assumes."""


def chain_of(scenario):
    """Daily chances from what the stated figures imply; falling back as the scenario's weights say."""
    advance, lost, back = [], [], []
    for stage, implied in zip(scenario.stages, implied_funnel(scenario), strict=True):
        weights = stage.losses
        share = weights.regress / (weights.competitor + weights.no_decision + weights.regress)
        advance.append(implied.advance_per_hour * implied.pace_hours)
        lost.append(implied.loss_per_day * (1 - share))
        back.append(implied.loss_per_day * share)
    return daily_chances(advance, lost, back)


def one_lead(stage, **changes):
    """Walk worlds that hold one lead each; return the scenario and the outcomes."""
    stages = {name: TOUCH[name] | changes.get(name, {}) for name in TOUCH}
    scenario = small_scenario(
        stages=stages,
        sources={"web": {"per_day": 0.0}},
        strategies=UNLIMITED,
        calendar=SEVEN_DAYS | {"horizon": 36},
    )
    opening = opening_of(scenario, [("lead", PR, 0.5, stage)])
    return scenario, simulate_scenario(scenario, "relay", opening, replications=MANY, seed=17).outcome


@pytest.mark.parametrize(("stage", "place"), [("C", 0), ("B", 1), ("A", 2)])
@pytest.mark.parametrize("regress", [0.0, 0.3], ids=["forward only", "falling back"])
def test_a_lead_is_an_absorbing_chain(stage, place, regress):
    """Notices: conversion off by .015 (of .12) to .022 (of .6), mean days by 4 to 6 % and their variance by 13 %.

    Also days to a win off by 6 to 8 %, their variance by 30 %, and EV by 4 % from the last stage, 12 % from the first.
    """
    losses = {"losses": {"competitor": 0.4, "no_decision": 0.3, "regress": regress}}
    scenario, outcome = one_lead(stage, B=losses, A=losses)
    law = chain_law(chain_of(scenario))
    won = outcome["flow"][:, :, WINS].sum(axis=1)
    days = outcome["owned"].sum(axis=1)
    assert outcome["ends"][:, :3].sum() == 0, "every lead must have ended"
    assert_proportion(int(won.sum()), MANY, float(law.conversion[place]))
    assert_mean(days, float(law.days[place]), sd=math.sqrt(law.days_variance[place]))
    assert_variance(days, float(law.days_variance[place]))
    win_days = outcome["spent"][won == 1, 3] + 1
    assert_mean(win_days, float(law.win_days[place]), sd=math.sqrt(law.win_days_variance[place]))
    assert_variance(win_days, float(law.win_days_variance[place]))
    sd = PR * math.sqrt(law.conversion[place] * (1 - law.conversion[place]))
    assert_mean(outcome["flow"][:, :, BOOKED].sum(axis=1), float(law.expected_value(PR)[place]), sd=sd)


def test_a_worked_funnel_books_its_expected_value():
    """PR x true PC summed over the leads at the start, all of them worked; notices a mean off by 1.9 %."""
    scenario = small_scenario(
        stages=TOUCH,
        sources={"web": {"per_day": 0.0}},
        strategies=UNLIMITED,
        calendar=SEVEN_DAYS | {"horizon": 36},
    )
    chances = dict(zip(scenario.stage_names, (0.12, 0.24, 0.6), strict=True))
    rows = [(f"L{number}", 1000 * (1 + number), chances[stage], stage) for number, stage in enumerate("CCCCCCBBBBAAA")]
    opening = opening_of(scenario, rows)
    found = simulate_scenario(scenario, "relay", opening, replications=MANY, seed=19)
    value = deterministic_ev(scenario, opening).total
    assert value == sum(round(pr * pc) for _, pr, pc, _ in rows)
    variance = sum(pr * pr * pc * (1 - pc) for _, pr, pc, _ in rows)
    assert_mean(found.outcome["booked"].sum(axis=1), value, sd=math.sqrt(variance))


def february(shape, workdays, **document):
    """Walk leads that are born on the 28 days of one February, four of each weekday, until all have ended."""
    scenario = small_scenario(
        stages={name: {"shape": shape} for name in TOUCH},
        sources={"web": {"per_day": 10.0, "season": [0, 1, *[0] * 10]}},
        strategies=UNLIMITED,
        calendar={"as_of": "2027-01-31", "horizon": 11, "workdays": workdays},
        **document,
    )
    return scenario, simulate_scenario(scenario, "relay", opening_of(scenario), replications=100, seed=23).outcome


@pytest.mark.parametrize("shape", [1, 2, 4])
@pytest.mark.parametrize("workdays", [EVERY_DAY, EVERY_DAY[:5]], ids=["seven days", "five days"])
def test_stated_conversions_are_simulated_conversions(shape, workdays):
    """28,000 leads: notices a conversion off by .015 in the first stage, .021 in the second, .033 in the third."""
    scenario, outcome = february(shape, workdays)
    assert outcome["ends"][:, :3].sum() <= 28, "all but one lead in a thousand must have ended"
    for number, stage in enumerate(scenario.stages):
        advanced, other = outcome["stayed"][:, number, :2].sum(axis=0).tolist()
        assert_proportion(advanced, advanced + other, stage.conversion)


@pytest.mark.parametrize("fit", [0.4, 0.7])
def test_stated_conversions_hold_for_buyers_and_others_together(fit):
    """As above; only buyers pass the last stage, so a wrong share of buyers in it would show."""
    scenario, outcome = february(1, EVERY_DAY[:5], market={"fit": fit}, forces={"bant": {"buyers": 0.5, "others": 0.5}})
    for number, stage in enumerate(scenario.stages):
        advanced, other = outcome["stayed"][:, number, :2].sum(axis=0).tolist()
        assert_proportion(advanced, advanced + other, stage.conversion)


@pytest.fixture(scope="module")
def network():
    """A season of arrivals through three stages in 12,000 small worlds, and the exact means."""
    scenario = small_scenario(
        stages=TOUCH,
        sources={
            "web": {"per_day": 0.4, "season": [1, 2, 0.5, 1, 0, 1.5, *[1] * 6]},
            "fair": {"per_day": 0.1, "stage": "B", "pr": 10.0, "level": 3},
        },
        strategies=UNLIMITED,
        calendar=SEVEN_DAYS | {"horizon": 6},
    )
    found = simulate_scenario(scenario, "relay", opening_of(scenario), replications=MANY, seed=29)
    start = scenario.calendar.as_of + timedelta(days=1)
    days = [start + timedelta(days=day) for day in range(found.calendar.window.days)]
    season = np.array([scenario.sources[0].season[day.month - 1] for day in days])
    born = np.stack([0.4 * season, np.full(len(days), 0.1), np.zeros(len(days))], axis=1)
    ends = [(period.end - start).days for period in found.calendar.periods]
    return found.outcome, flow_means(chain_of(scenario), born), ends


def test_stages_hold_independent_poisson_counts(network):
    """Notices a mean off by 1.2 % (of 13 leads) to 6.5 % (of .5), a variance off by 7 to 9 %, a correlation of .046."""
    outcome, means, ends = network
    for period, day in enumerate(ends):
        for stage in range(3):
            count, mean = outcome["open_at"][:, period, stage], float(means.open_leads[day, stage])
            assert_mean(count, mean, sd=math.sqrt(mean))
            assert_variance(count, mean, fourth_moment=mean * (1 + 3 * mean))
            law = np.cumsum(poisson_law(mean, 200))
            assert_same_distribution(count, lambda x, law=law: np.where(x < 0, 0, law[np.floor(x).astype(int).clip(0)]))
        for one, other in ((0, 1), (0, 2), (1, 2)):
            pair = outcome["open_at"][:, period, [one, other]]
            assert abs(np.corrcoef(pair.T)[0, 1]) < 5 / math.sqrt(MANY)


def test_wins_of_a_period_are_poisson(network):
    """Notices a mean off by 3 % (of 2 wins a month) to 10 % (of .2), and a variance off by 7 to 12 %."""
    outcome, means, ends = network
    first = 0
    for period, day in enumerate(ends):
        count, mean = outcome["flow"][:, period, WINS], float(means.wins[first : day + 1].sum())
        assert_mean(count, mean, sd=math.sqrt(mean))
        assert_variance(count, mean, fourth_moment=mean * (1 + 3 * mean))
        first = day + 1


def test_littles_law_holds_in_every_stage():
    """Open leads = entries a day x mean stay, week after week in the steady state; notices 1.5 % in the first stage.

    A lead counts in its next stage from the evening on which it left the one before, so the first stage alone lacks the
    day of the end.
    """
    scenario = small_scenario(
        sources={"web": {"per_day": 1.0}},
        strategies=UNLIMITED,
        calendar=SEVEN_DAYS | {"period": "week", "as_of": "2026-12-27", "horizon": 120},
    )
    outcome = simulate_scenario(scenario, "relay", opening_of(scenario), replications=600, seed=31).outcome
    settled = outcome["open_at"][:, 60:]
    mean_stay = [stage.days for stage in solve_funnel(scenario).stages]
    rates = np.cumprod([1.0, scenario.stages[0].conversion, scenario.stages[1].conversion])
    for stage in range(3):
        expected = rates[stage] * (mean_stay[stage] - (stage == 0))
        assert_mean(settled[:, :, stage].mean(axis=1), expected)


@pytest.fixture(scope="module")
def queue():
    """One team that can finish two leads a day, one touch each, because a touch is worth 50 hours; 1.7 arrive."""
    scenario = small_scenario(
        stages={
            "C": None, "B": None,
            "A": {"conversion": 0.5, "hours": 1.0, "touch_hours": 1.0, "decided_by": "work", "paced": False},
        },
        teams={
            "Marketing": None,
            "Sales": {"heads": 1, "hours_per_day": 2.0, "effectiveness": {"C": None, "B": None, "A": 50.0}},
        },
        sources={"web": {"per_day": 1.7, "stage": "A", "level": 5}},
        calendar=SEVEN_DAYS | {"period": "week", "as_of": "2026-12-27", "horizon": 26},
    )  # fmt: skip
    return simulate_scenario(scenario, "relay", opening_of(scenario), replications=MANY, seed=37).outcome


def test_the_backlog_of_a_team_is_the_daily_queue(queue):
    """Notices a distribution function off by .025 anywhere, and a mean backlog off by 6 %, in any of six weeks."""
    laws = backlog_law(1.7, 2, 7 * 26)
    for week in (0, 1, 2, 5, 10, 25):
        law = laws[7 * week + 6]
        waiting = np.arange(len(law))
        mean = float(law @ waiting)
        count = queue["open_at"][:, week, 0]
        assert_mean(count, mean, sd=math.sqrt(law @ waiting**2 - mean**2))
        cdf = np.minimum(np.cumsum(law), 1.0)
        assert_same_distribution(
            count, lambda x, cdf=cdf: np.where(x < 0, 0, cdf[np.floor(x).astype(int).clip(0, len(cdf) - 1)])
        )


def test_the_backlog_settles_where_the_stationary_law_says(queue):
    """Half a year is enough at this load: the exact means differ by less than a tenth of a standard error then."""
    law = stationary_backlog(1.7, 2)
    waiting = np.arange(len(law))
    mean = float(law @ waiting)
    assert_mean(queue["open_at"][:, -1, 0], mean, sd=math.sqrt(law @ waiting**2 - mean**2))


def test_every_lead_of_the_queue_takes_one_touch(queue):
    ended = queue["stayed"][:, 0, :2].sum()
    assert queue["touches"].sum() == ended
    assert queue["ticks"].sum() == 3_600_000 * ended
    assert_proportion(int(queue["stayed"][:, 0, 0].sum()), int(ended), 0.5)
