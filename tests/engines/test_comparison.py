"""Strategies compared on the same leads and luck: identical is exactly equal, sums agree, worlds are not mixed up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.small_scenarios import opening_of, small_scenario
from funnelsim.engines.choices.comparison import ComparisonRequest, Entry, compare_strategies
from funnelsim.engines.choices.looks import Precise
from funnelsim.engines.choices.null_twins import mechanisms_of, null_twin
from funnelsim.engines.choices.worlds import differing_worlds
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel import simulate_scenario
from funnelsim.errors import ScenarioError
from funnelsim.kernels.funnel_arrays import BOOKED
from funnelsim.model.scenario_changes import changed
from funnelsim.model.score_words import SCORES

ROWS = [
    {"id": f"L{number}", "pr": 100_000 + 7000 * number, "pc": 0.3, "stage": "CBA"[number % 3], "idle": 3 * number}
    for number in range(9)
]
ASKED = ComparisonRequest("revenue", 60, 3, 0.95, None, 12, ())


@pytest.fixture(scope="module")
def world():
    """Enough leads for Sales to be short of hours, and hand-backs to matter."""
    return small_scenario(
        sources={"web": {"per_day": 3.0}},
        teams={"Sales": {"heads": 1}},
        strategies={
            "relay": {"title": "one way"},
            "back": {"ownership": {"idle_days": 6}},
            "ev": {"priority": {"sales": "ev"}, "ownership": {"idle_days": 6}},
        },
        forces={"neglect": {"rise_per_week": 1.0, "grace_days": 3}},
        calendar={"horizon": 4},
        goal={"revenue": 20_000.0},
    )


def entries_of(world, *names, opening=()):
    leads = opening_of(world, opening)
    return [Entry(f"{name} {at}", "", world, name, leads) for at, name in enumerate(names)]


@pytest.fixture(scope="module")
def three(world):
    return compare_strategies(entries_of(world, "relay", "back", "ev", opening=ROWS), ASKED, (), Execution(threads=2))


def test_a_strategy_against_itself_differs_by_exactly_nothing(world):
    asked = replace(ASKED, null_twins=("neglect",))
    found = compare_strategies(entries_of(world, "back", "back", opening=ROWS), asked, (), Execution())
    (contest,) = found.contests
    assert contest.identical
    assert not contest.gains.any()
    assert not contest.metric_gains.any()
    for score in contest.scores:
        interval = score.difference
        assert (interval.estimate, interval.low, interval.high) == (0, 0, 0), score.score.name
        assert score.better is None
    assert contest.sure == 0.5
    assert contest.beats.estimate == 0.5
    assert contest.dominance.verdict == "equal"
    assert all(one.mean.low == 0 == one.mean.high for one in (*contest.periods, *contest.cumulative))
    assert contest.ledger.lines == ()
    assert contest.ledger.amount == 0
    assert contest.ledger.leads == ()
    assert [(one.low, one.high) for one in found.null_twins[0].due] == [(0, 0)]


def test_the_score_card_is_that_of_the_simulations(three, world):
    opening = opening_of(world, ROWS)
    for label, entrant in zip(("relay", "back", "ev"), three.entrants, strict=True):
        alone = simulate_scenario(world, label, opening, replications=60, seed=3)
        assert entrant.answer.content_hash == alone.content_hash
    contest = three.contests[1]
    base, other = three.entrants[0].answer, three.entrants[2].answer
    figures = {one.score.name: one for one in contest.scores}
    assert list(figures) == [name for name in SCORES if name in figures]
    for name, of in {
        "revenue": lambda one: one.bookings.total.mean,
        "profit": lambda one: one.profit.total.mean,
        "cost": lambda one: one.cost.total.mean,
        "p10": lambda one: one.bookings.total.percentiles[10],
        "chance_of_goal": lambda one: one.goal.probability,
        "cost_per_win": lambda one: one.counts.cost_per_win.mean,
        "cost_per_qsl": lambda one: one.counts.cost_per_qsl.mean,
        "waste": lambda one: one.counts.waste.mean,
        "market_share": lambda one: one.counts.market_share.mean,
        "neglect_days": lambda one: sum(team.neglected_days.mean for team in one.teams),
    }.items():
        found = figures[name]
        assert found.base == pytest.approx(of(base), rel=1e-12), name
        assert found.other == pytest.approx(of(other), rel=1e-12), name
        assert found.difference.estimate == pytest.approx(of(other) - of(base), rel=1e-9, abs=1e-9), name
        assert found.difference.low <= found.difference.estimate <= found.difference.high, name


def test_periods_add_up_to_the_whole(three):
    contest = three.contests[0]
    total = {one.score.name: one for one in contest.scores}["revenue"].difference.estimate
    assert sum(one.mean.estimate for one in contest.periods) == pytest.approx(total, rel=1e-12)
    assert contest.cumulative[-1].mean.estimate == pytest.approx(total, rel=1e-12)
    assert np.array_equal(contest.gains.sum(axis=1), contest.metric_gains)
    assert contest.break_even == {one.score.name: one for one in contest.scores}["profit"].difference


def test_the_best_of_many_agrees_with_the_contests(three):
    assert sum(three.best.chances) == pytest.approx(1)
    means = [entrant.answer.bookings.total.mean for entrant in three.entrants]
    for at, interval in enumerate(three.best.intervals):
        others = max(mean for other, mean in enumerate(means) if other != at)
        assert interval.low <= means[at] - others <= interval.high
    assert min(three.best.opportunity_cost) >= 0


def test_threads_do_not_matter(three, world):
    again = compare_strategies(entries_of(world, "relay", "back", "ev", opening=ROWS), ASKED, (), Execution(threads=1))
    assert again.content_hash == three.content_hash
    assert again.contests[1].scores == three.contests[1].scores
    assert again.best == three.best
    assert [one.ledger for one in again.contests] == [one.ledger for one in three.contests]


def test_looking_until_the_sign_is_known_is_the_longer_run(world):
    entries = entries_of(world, "relay", "ev")
    asked = replace(ASKED, replications=10, precise=Precise("sign", "sign"), ledger=0)
    found = compare_strategies(entries, asked, (), Execution())
    assert found.looks.reached
    assert found.looks.looks[0] == 10
    assert found.replications == found.looks.looks[-1]
    longer = compare_strategies(entries, replace(ASKED, replications=found.replications, ledger=0), (), Execution())
    assert np.array_equal(longer.contests[0].gains, found.contests[0].gains)
    once, looked = longer.contests[0].decided.difference, found.contests[0].decided.difference
    assert looked.half_width >= once.half_width
    assert looked.estimate == once.estimate
    assert looked.at_least == (len(found.looks.looks) > 0)
    assert looked.confidence == 0.95
    assert looked.known


def test_a_difference_that_is_never_known_ends_after_the_last_look(world):
    entries = entries_of(world, "relay", "back")
    asked = replace(ASKED, replications=1, precise=Precise("1", "amount", 1.0), ledger=0)
    found = compare_strategies(entries, asked, (), Execution())
    assert not found.looks.reached
    assert found.looks.looks == tuple(2**look for look in range(11))


def test_identical_ones_are_known_at_once(world):
    asked = replace(ASKED, replications=4, precise=Precise("sign", "sign"), ledger=0)
    found = compare_strategies(entries_of(world, "ev", "ev"), asked, (), Execution())
    assert found.looks.reached
    assert found.looks.looks == (4,)


def test_a_null_twin_says_what_is_due_to_the_mechanism(world):
    asked = replace(ASKED, null_twins=("neglect", "touches of Marketing"), ledger=0)
    found = compare_strategies(entries_of(world, "relay", "back"), asked, (), Execution())
    for twin in found.null_twins:
        gain, without = found.contests[0].metric_gains, twin.contests[0].metric_gains
        assert twin.due[0].estimate == pytest.approx((gain - without).mean(), rel=1e-12)
        assert twin.contests[0].ledger is None
    alone = simulate_scenario(null_twin(world, "neglect"), "back", opening_of(world, ()), replications=60, seed=3)
    base = simulate_scenario(null_twin(world, "neglect"), "relay", opening_of(world, ()), replications=60, seed=3)
    gains = (alone.outcome["flow"] - base.outcome["flow"])[:, :, BOOKED]
    assert np.array_equal(found.null_twins[0].contests[0].gains, gains)


def test_mechanisms_are_those_that_are_on(world):
    names = mechanisms_of(world)
    assert "neglect" in names
    assert "touches of Marketing" in names
    assert "temperature" not in names
    assert "touches of Sales" not in names
    off = null_twin(world, "neglect")
    assert "neglect" not in mechanisms_of(off)
    assert off.teams == world.teams
    with pytest.raises(ScenarioError, match="did you mean 'neglect'"):
        null_twin(world, "neglct")


def test_the_cost_of_idle_touches_stays(world):
    idle = null_twin(world, "touches of Marketing")
    leads = opening_of(world, ())
    found = simulate_scenario(idle, "relay", leads, replications=20, seed=3)
    assert found.teams[0].hours.mean > 0
    assert not any(team.effectiveness["C"] for team in idle.teams if team.role == "marketing")


def test_worlds_are_not_mixed_up(world):
    richer = changed(world, [("sources.web.per_day", 4.5), ("teams.Sales.heads", 5)])
    first, second = entries_of(world, "relay")[0], replace(entries_of(world, "relay")[0], scenario=richer)
    with pytest.raises(ScenarioError) as refused:
        differing_worlds([first, second], allowed=False)
    assert "sources.web.per_day (3.0 there, 4.5 here)" in str(refused.value)
    assert "--allow-different-worlds" in str(refused.value)
    found = differing_worlds([first, second], allowed=True)
    assert [one.path for one in found] == ["sources.web.per_day", "teams.Sales.heads"]
    longer = changed(world, [("calendar.horizon", 5)])
    with pytest.raises(ScenarioError, match="the same days and currency"):
        differing_worlds([first, replace(first, scenario=longer)], allowed=True)


def test_other_leads_at_the_start_are_another_world(world):
    first = Entry("a", "", world, "relay", opening_of(world, ROWS))
    fewer = Entry("b", "", world, "relay", opening_of(world, ROWS[:-1]))
    same = Entry("c", "", world, "relay", opening_of(world, ROWS))
    assert differing_worlds([first, same], allowed=False) == ()
    with pytest.raises(ScenarioError, match="leads at the start"):
        differing_worlds([first, fewer], allowed=False)


def test_the_ledger_adds_up_to_the_whole_change(three):
    for contest in three.contests:
        ledger = contest.ledger
        assert ledger.replications == 12
        whole = int(contest.gains[:12].sum())
        assert ledger.amount * 12 == pytest.approx(whole, abs=1e-6)
        assert sum(line.amount for line in ledger.lines) == pytest.approx(ledger.amount, rel=1e-12)
        leads = sum(line.leads for line in ledger.lines) + ledger.unchanged
        born = three.entrants[0].answer.outcome["born"][:12].sum() / 12
        assert leads == pytest.approx(born)
        assert len(ledger.leads) <= 20


def test_the_ledger_knows_the_fates_of_the_simulation(three):
    ends = three.entrants[1].answer.outcome["ends"][:12].sum(axis=0) / 12
    ledger = three.contests[0].ledger
    before = three.entrants[0].answer.outcome["ends"][:12].sum(axis=0) / 12
    gained = sum(line.leads for line in ledger.lines if line.after == "won") - sum(
        line.leads for line in ledger.lines if line.before == "won"
    )
    assert gained == pytest.approx(ends[3] - before[3])
