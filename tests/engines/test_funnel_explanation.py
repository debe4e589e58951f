"""Why a simulation says what it says: bridges add up to the cent, planted faults come first, shares are 1 together."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from small_scenarios import merged, opening_of, small_scenario

from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining.funnel_bridge import cross, walked
from funnelsim.engines.explaining.funnel_explanation import explain_funnel
from funnelsim.engines.explaining.funnel_faults import faults_between
from funnelsim.engines.explaining.funnel_flow import Flow, flow_of, jackknifed
from funnelsim.engines.explaining.funnel_losses import loss_cells, shortfalls, stage_worth
from funnelsim.engines.explaining.funnel_mixtures import Mixer
from funnelsim.engines.explaining.funnel_shares import _alike as alike_of
from funnelsim.engines.explaining.funnel_shares import arrivals_of, width_shares, with_arrivals
from funnelsim.engines.explaining.funnel_tornado import tornado
from funnelsim.engines.funnel_blocks import rows_of
from funnelsim.engines.funnel_runs import prepare_run
from funnelsim.engines.statistics.moments import centred, student_quantile
from funnelsim.errors import ScenarioError
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.inputs.shipped import shipped_scenarios
from funnelsim.kernels.funnel_arrays import BOOKED
from funnelsim.model.funnel_explanation import ExplainedRun
from funnelsim.model.scenario_changes import changed
from tools import assert_mean

COUNT = 60
ONE = Execution(threads=1)
BUSY = {"Sales": {"heads": 2, "hours_per_day": 4.0}}
IDLE_COSTS = {"neglect": {"grace_days": 5, "rise_per_week": 0.6}}


def asked(scenario, opening=None, *, name="run", strategy=None, seed=7, count=COUNT):
    leads = opening_of(scenario) if opening is None else opening
    return ExplainedRun(name, scenario, strategy or scenario.strategy_names[0], leads, seed, count)


def walk_of(run):
    prepared = prepare_run(run.scenario, run.strategy, run.opening, run.seed)
    return walked(prepared, prepared.setting.calendar.periods, run.replications, ONE)


def busy(*, teams=None, forces=None, **more):
    return small_scenario(teams=merged(BUSY, teams or {}), forces=forces or IDLE_COSTS, **more)


LEADS = [("one", 500_000, 0.4, "B"), ("two", 250_050, 0.6, "A"), ("three", 99_999, 0.1, "C")]


def test_a_bridge_adds_up_to_the_cent_and_ends_in_the_later_run() -> None:
    before, after = busy(), busy(stages={"B": {"conversion": 0.3}}, sources={"web": {"per_day": 1.5}})
    after = changed(after, [("teams.Sales.hours_per_day", 3.0), ("strategies.relay.ownership.idle_days", 7)])
    earlier = asked(before, opening_of(before, LEADS[:1]), name="earlier")
    later = asked(after, opening_of(after, LEADS), name="later")
    crossing = cross(Mixer(earlier, later), ONE, 0.95)
    bridge = crossing.bridge
    assert [step.name for step in bridge.steps] == [
        "leads at the start", "market and sources", "stage B", "team Sales", "strategy",
    ]  # fmt: skip
    assert bridge.start.bookings + sum(step.bookings for step in bridge.steps) == bridge.end.bookings
    assert bridge.start.profit + sum(step.profit for step in bridge.steps) == bridge.end.profit
    direct = walk_of(later)
    for one, other in zip(direct.out, crossing.last.out, strict=True):
        assert np.array_equal(one, other)
    assert int(direct.bookings.sum()) == bridge.end.bookings_sum
    assert int(walk_of(earlier).bookings.sum()) == bridge.start.bookings_sum
    step = bridge.steps[3]
    assert [(one.path, one.first, one.second) for one in step.changes] == [("hours_per_day", 4.0, 3.0)]
    assert step.bookings_interval.low <= step.bookings_interval.estimate <= step.bookings_interval.high
    assert abs(step.bookings_interval.estimate - step.bookings) <= 1


def test_a_run_against_itself_is_all_zeros() -> None:
    scenario = busy()
    run = asked(scenario, opening_of(scenario, LEADS))
    crossing = cross(Mixer(run, run), ONE, 0.95)
    assert crossing.bridge.steps == ()
    assert crossing.bridge.start == crossing.bridge.end
    assert faults_between(crossing.first, crossing.last, 0.95) == ()
    for cell in loss_cells(crossing.last, crossing.first, 0.95):
        assert (cell.change.estimate, cell.change.low, cell.change.high) == (0.0, 0.0, 0.0)


def test_what_changes_nothing_is_a_step_of_exactly_nothing() -> None:
    before, after = busy(), busy(teams={"Sales": {"cost_per_hour": 95.0}})
    (step,) = cross(Mixer(asked(before), asked(after)), ONE, 0.95).bridge.steps
    found = step.bookings_interval
    assert (step.bookings, found.estimate, found.low, found.high) == (0, 0.0, 0.0, 0.0)
    assert step.profit < 0
    assert step.undone == found


def test_parts_that_cannot_stand_alone_are_changed_together() -> None:
    before = busy()
    after = busy(
        stages={"A": {"owner": "Closers"}},
        teams={"Closers": {"role": "sales", "heads": 1, "hours_per_day": 5.0, "effectiveness": {"A": 1.0}}},
    )
    crossing = cross(Mixer(asked(before), asked(after)), ONE, 0.95)
    assert [step.name for step in crossing.bridge.steps] == ["stage A and the list of teams"]
    assert "could not be changed apart" in crossing.notes[0]


def test_runs_of_other_lengths_are_compared_over_the_days_of_both() -> None:
    long, short = busy(calendar={"horizon": 4}), busy(calendar={"horizon": 2})
    bridge = cross(Mixer(asked(long), asked(short)), ONE, 0.95).bridge
    assert bridge.window.end.isoformat() == "2027-02-28"
    assert bridge.steps == ()
    two_months = walk_of(asked(long)).out.flow[:, :2, BOOKED].sum()
    assert bridge.start.bookings_sum == two_months


def test_runs_without_a_common_day_are_refused() -> None:
    apart = small_scenario(calendar={"as_of": "2030-12-31"})
    with pytest.raises(ScenarioError, match="whole period"):
        cross(Mixer(asked(busy()), asked(apart)), ONE, 0.95)
    with pytest.raises(ScenarioError, match="money"):
        explain_funnel(asked(busy()), asked(busy(currency="EUR")), execution=ONE)


def test_another_seed_leaves_no_noise() -> None:
    scenario = busy()
    bridge = cross(Mixer(asked(scenario, seed=1, count=30), asked(scenario, seed=2)), ONE, 0.95).bridge
    assert bridge.steps == ()
    assert bridge.start.bookings_sum == int(walk_of(asked(scenario, seed=2)).bookings.sum())


PLANTED = [
    *((f"stages.{name}.conversion", share, {("stage", name)}) for name, share in (("C", 0.25), ("B", 0.2), ("A", 0.3))),
    ("teams.Sales.hours_per_day", 2.0, {("team", "Sales")}),
    ("teams.Sales.effectiveness.B", 0.1, {("stage", "B"), ("team", "Sales")}),
    ("teams.Sales.effectiveness.A", 0.1, {("stage", "A"), ("team", "Sales")}),
    ("sources.web.per_day", 1.0, {("leads coming in", "")}),
]


@pytest.mark.parametrize(("path", "value", "place"), PLANTED)
def test_a_planted_fault_ranks_first(path, value, place) -> None:
    before = busy(calendar={"horizon": 9})
    first, last = walk_of(asked(before)), walk_of(asked(changed(before, [(path, value)])))
    found = faults_between(first, last, 0.95)
    assert (found[0].kind, found[0].name) in place
    assert found[0].money.high < 0


def test_two_faults_are_both_named_before_everything_else() -> None:
    before = busy(calendar={"horizon": 9})
    after = changed(before, [("stages.A.conversion", 0.3), ("teams.Sales.hours_per_day", 2.4)])
    found = faults_between(walk_of(asked(before)), walk_of(asked(after)), 0.95)
    assert {(one.kind, one.name) for one in found[:2]} == {("stage", "A"), ("team", "Sales")}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(shipped_scenarios()))
def test_a_fault_planted_anywhere_in_a_shipped_scenario_ranks_first(name: str) -> None:
    """Every fault that costs money beyond luck (paired |z| > 3), in each stage and team, must be the first named."""
    read = read_scenario_file(name)
    before = asked(read.document, read.opening, count=100)
    first = walk_of(before)
    harmed = 0
    for changes, places in planted_in(read.document):
        last = walk_of(replace(before, scenario=changed(read.document, changes)))
        loss = centred(last.bookings - first.bookings)
        if loss.mean > -3 * loss.sd / math.sqrt(before.replications):
            continue
        harmed += 1
        top = faults_between(first, last, 0.95)[0]
        assert (top.kind, top.name) in places, (changes, top)
    assert harmed >= 4


def planted_in(scenario):
    """Return faults: conversion halved, losses three times as fast, effect a tenth, hours halved; and their places."""
    for stage in scenario.stages:
        place = {("stage", stage.name)}
        yield [(f"stages.{stage.name}.conversion", stage.conversion / 2)], place
        yield [(f"stages.{stage.name}.median_days", stage.median_days / 3)], place
        owner = next(team for team in scenario.teams if team.name == stage.owner)
        effect = owner.effectiveness[stage.name]
        yield [(f"teams.{owner.name}.effectiveness.{stage.name}", effect / 10)], {*place, ("team", owner.name)}
    for team in scenario.teams:
        yield [(f"teams.{team.name}.hours_per_day", team.hours_per_day / 2)], {("team", team.name)}


def test_a_flow_is_what_a_loop_over_days_says() -> None:
    walk = walk_of(asked(busy()))
    flow = flow_of(walk)
    there, wins = flow.start[0].tolist(), 0.0
    for _ in range(flow.days):
        left = [n * (1 - math.exp(-a - b)) for n, a, b in zip(there, flow.onward[0], flow.away[0], strict=True)]
        forward = [n * a / (a + b) for n, a, b in zip(left, flow.onward[0], flow.away[0], strict=True)]
        there = [n - gone + new for n, gone, new in zip(there, left, flow.coming[0], strict=True)]
        there = [n + more for n, more in zip(there, [0.0, *forward[:-1]], strict=True)]
        wins += forward[-1]
    assert flow.bookings()[0] == pytest.approx(wins * flow.worth[0], rel=1e-12)


def test_leaving_one_out_gives_the_error_of_a_mean() -> None:
    values = np.random.default_rng(5).normal(3.0, 2.0, 20)
    ways = np.array([values.mean(), *((values.sum() - values) / 19)])
    found = jackknifed(ways, 0.95)
    assert found.half_width == pytest.approx(student_quantile(19, 0.95) * values.std(ddof=1) / math.sqrt(20), rel=1e-9)
    zero = jackknifed(np.zeros(21), 0.95)
    assert (zero.estimate, zero.low, zero.high) == (0.0, 0.0, 0.0)
    assert jackknifed(np.array([3.0]), 0.95).high == math.inf


def test_a_starved_stage_falls_short_and_its_team_is_full() -> None:
    short = small_scenario(teams={"Sales": {"heads": 1, "hours_per_day": 2.0}}, calendar={"horizon": 9})
    first, *_ = shortfalls(walk_of(asked(short)), 0.95)
    assert (first.team, first.stage) in {("Sales", "A"), ("Sales", "B")}
    assert first.utilisation.mean > 0.9
    assert first.conversion.high < first.stated
    plenty = small_scenario(strategies={"relay": {"unlimited": ["Marketing", "Sales"]}}, calendar={"horizon": 9})
    for one in shortfalls(walk_of(asked(plenty, count=200)), 0.9999994):
        assert one.conversion.low <= one.stated + 0.03  # stays that the horizon cut off are not counted
        assert one.missing.low < one.missing.high


@pytest.mark.slow
def test_intervals_of_what_is_missing_hold_it_as_often_as_they_say() -> None:
    """1,000 runs of 40 replications against all 40,000: not below 95 % by more than 4 binomial errors (2.8 points)."""
    runs, count = 1000, 40
    whole = walk_of(asked(busy(), count=runs * count))
    truth = {one.stage: one.missing.estimate for one in shortfalls(whole, 0.95)}
    held = dict.fromkeys(truth, 0)
    for run in range(runs):
        low, high = run * count, (run + 1) * count
        part = replace(whole, out=rows_of(whole.out, low, high), bookings=whole.bookings[low:high])
        for one in shortfalls(part, 0.95):
            held[one.stage] += one.missing.low <= truth[one.stage] <= one.missing.high
    tolerance = 4 * math.sqrt(0.95 * 0.05 / runs)
    assert all(times / runs > 0.95 - tolerance for times in held.values()), held


def test_losses_are_weighed_and_add_up() -> None:
    scenario = busy()
    walk = walk_of(asked(scenario, opening_of(scenario, [("big", 10_000_000, 0.5, "A")])))
    worth = stage_worth(walk.run.setting, walk.out)
    implied = walk.run.setting.implied
    assert worth[0] == pytest.approx(100_000 * implied[0].true_pc)
    assert worth[2] > 100_000 * implied[2].true_pc  # the large lead stands there
    cells = loss_cells(walk, None, 0.95)
    assert sum(cell.share for cell in cells) == pytest.approx(1)
    assert cells[-1].cumulative == pytest.approx(1)
    assert all(one.money >= other.money for one, other in pairwise(cells))
    assert sum(cell.leads.mean for cell in cells) == pytest.approx(walk.out.lost.sum() / COUNT)


def test_a_strong_driver_is_the_first_of_a_tornado() -> None:
    told = {"sources.web.per_day": {"source": "a guess", "grade": "D"}}
    scenario = small_scenario(strategies={"relay": {"unlimited": ["Marketing", "Sales"]}}, provenance=told)
    run = asked(scenario, count=20)
    base = prepare_run(scenario, "relay", run.opening, run.seed)
    found = tornado(run, base, ONE, 0.95)
    assert found.measure == "mean bookings"
    assert found.bars[0].path == "sources.web.per_day"
    assert (found.bars[0].low, found.bars[0].high, found.bars[0].grade) == (1.0, 3.0, "D")
    assert found.bars[0].at_low.high < 0 < found.bars[0].at_high.low
    assert [bar.span for bar in found.bars] == sorted((bar.span for bar in found.bars), reverse=True)
    assert "forces.neglect.grace_days" in found.left_out  # the force is off
    assert "strategies.relay.nurture.cost_per_touch" in found.without_effect


def test_shares_of_the_width_are_one_together() -> None:
    scenario = busy(forces={**IDLE_COSTS, "shocks": {"conversion_sd": 0.6, "arrivals_cv": 0.3}})
    run = asked(scenario)
    walk = walk_of(run)
    found = width_shares(walk.run, walk.bookings, ONE)
    assert math.fsum(part.share for part in found.parts) == 1.0
    assert [part.name for part in found.parts] == [
        "shared shock on advancing", "shared factor on arrivals", "chance in arrivals", "luck of leads",
    ]  # fmt: skip
    assert found.parts[0].share > 5 * found.parts[0].standard_error > 0
    assert width_shares(walk.run, walk.bookings, Execution(threads=2)) == found
    calm = walk_of(asked(busy()))
    off = width_shares(calm.run, calm.bookings, ONE).parts
    assert [(part.share, part.standard_error) for part in off[:2]] == [(0.0, 0.0), (0.0, 0.0)]


def test_groups_are_as_alike_as_they_were_made() -> None:
    """Smallest noticeable bias of the share: five jackknife errors, about .17 here."""
    rng = np.random.default_rng(11)
    common, own = rng.normal(0, 3, (400, 1)), rng.normal(0, 4, (400, 4))
    ways = alike_of(np.rint(1e4 * (common + own)).astype(np.int64))
    blocks = len(ways) - 1
    error = math.sqrt((blocks - 1) / blocks * float(((ways[1:] - ways[1:].mean()) ** 2).sum()))
    assert abs(ways[0] - 9 / 25) < 5 * error


def test_common_arrivals_have_the_law_of_the_scenario_and_are_what_is_born() -> None:
    run = asked(small_scenario())
    prepared = prepare_run(run.scenario, run.strategy, run.opening, run.seed)
    drawn = [arrivals_of(prepared.tables, 1.0, 7, group) for group in range(40)]
    counts = np.concatenate([one.ravel() for one in drawn]).astype(np.float64)
    assert_mean(counts, 2.0, sd=math.sqrt(2.0))
    half = np.concatenate([arrivals_of(prepared.tables, 0.5, 7, group).ravel() for group in range(40)])
    assert_mean(half.astype(np.float64), 1.0, sd=1.0)
    fixed = replace(prepared, tables=with_arrivals(prepared.tables, drawn[0]))
    out = fixed.outcome(0, 3, ONE)
    assert out.born[:, 0].sum(axis=1).tolist() == [int(drawn[0].sum())] * 3


def test_an_explanation_says_everything_at_once_and_the_same_for_any_threads() -> None:
    scenario = busy(goal={"revenue": 20_000.0})
    later = asked(changed(scenario, [("stages.A.conversion", 0.3)]), name="later", count=16)
    done: list[float] = []
    how = Execution(threads=1, progress=done.append)
    found = explain_funnel(later, asked(scenario, name="earlier", seed=3), execution=how, saved_hash="00")
    assert found.faults[0].name == "A"
    assert found.chance is not None
    assert sum(done) == pytest.approx(1, abs=0.03)
    assert any("not what was saved" in note for note in found.notes)
    assert any("seed (7)" in note for note in found.notes)
    assert found.reliefs[0].team == "Sales"
    assert isinstance(found.run.scenario, type(scenario))
    again = explain_funnel(later, asked(scenario, name="earlier", seed=3), execution=Execution(threads=2, block=3))
    for part in ("mean", "chance", "bridge", "losses", "shortfalls", "reliefs", "faults", "tornado", "shares"):
        assert getattr(again, part) == getattr(found, part) or part == "faults"  # holds nan: days of no stage


def test_flow_is_a_record_of_arrays() -> None:
    flow = flow_of(walk_of(asked(busy(), count=1)))
    assert isinstance(flow, Flow)
    assert flow.start.shape == (1, 3)  # a single replication cannot be left out
