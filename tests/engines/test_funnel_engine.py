"""The engine around the walk: the same bits in any blocks, room for all leads, stories, and the stated table."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from threading import Event

import numpy as np
import pytest

from engines.small_scenarios import opening_of, small_scenario
from funnelsim.engines import funnel_blocks, funnel_logs, funnel_story
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel import deterministic_ev, follow_lead, simulate_scenario
from funnelsim.engines.funnel_blocks import refuse_broken, simulate_outcomes
from funnelsim.engines.funnel_logs import Walker
from funnelsim.engines.funnel_lowering import lower_funnel
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.errors import CheckFailed, ResourceError, ScenarioError
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.kernels.funnel_arrays import HOURS_LEAK, LEADS_LEAK, Out
from funnelsim.model.funnel_words import EVENTS

ONE_THREAD = Execution(threads=1)

ROWS = [
    {"id": "L1", "name": "ABC", "pr": 250_000, "pc": 0.5, "stage": "B", "close": 10},
    {"id": "L2", "name": "DEF", "pr": 100_001, "pc": 0.3, "stage": "C", "close": 45, "idle": 9},
    {"id": "L3", "name": "GHI", "pr": 99_999, "pc": 0.8, "stage": "A", "close": -3, "team": "Sales"},
    {"id": "L4", "name": "DEF", "pr": 10_000, "pc": 0.1, "stage": "C", "close": 400},
]


@pytest.fixture(scope="module")
def loops():
    """A scenario in which leads come back and customers need more."""
    return small_scenario(
        sources={"web": {"per_day": 1.5, "hot": 0.2}},
        strategies={
            "relay": {
                "regenerate": True, "resurrect": True, "resell": True, "requalify_days": 20,
                "ownership": {"idle_days": 6}, "nurture": {"park": True},
            }
        },
        forces={
            "loops": {"resurrect_share": 0.5, "resurrect_days": 20.0, "regenerate_factor": 1.0, "resell_per_year": 12},
            "readiness": {"now": 0.5, "never": 0.1, "per_month": 0.6},
            "hand_off": {"days": 1, "hours": 0.25, "lost": 0.02, "kept": 0.5},
            "neglect": {"rise_per_week": 0.6},
        },
        market={"fit": 0.8},
    )  # fmt: skip


def outcomes(scenario, count=5, opening=(), seed=3, execution=ONE_THREAD):
    strategy = scenario.strategies[0]
    tables = lower_funnel(scenario, strategy, opening_of(scenario, opening))
    return simulate_outcomes(tables, funnel_luck(scenario, seed, 0, count), execution)[0]


def test_more_leads_than_expected_are_walked_again_with_more_room(loops, monkeypatch):
    whole = outcomes(loops, opening=ROWS)
    monkeypatch.setattr(funnel_blocks, "likely_leads", lambda tables: 5)
    again = outcomes(loops, opening=ROWS)
    assert all(np.array_equal(one, other) for one, other in zip(whole, again, strict=True))


def test_leads_without_end_are_refused_before_they_fill_the_memory(loops, monkeypatch):
    monkeypatch.setattr(funnel_blocks, "likely_leads", lambda tables: 5)
    tight = Execution(threads=1, memory_budget=60_000)
    with pytest.raises(ResourceError, match=r"simulate: memory for \d+ leads in one replication"):
        outcomes(loops, 1, opening=ROWS, execution=tight)


def test_a_broken_identity_is_our_bug_and_names_itself():
    breach = np.array([0, 0, HOURS_LEAK, LEADS_LEAK])
    with pytest.raises(
        CheckFailed, match=r"replication 102 .*more hours than it had \(2 of 4 replications\)"
    ) as caught:
        refuse_broken(breach, 100, "relay")
    assert caught.value.exit_code == 70
    assert "'relay'" in str(caught.value)
    refuse_broken(np.zeros(3, dtype=np.int64), 0, "relay")


def test_what_does_not_fit_in_memory_is_refused_first(loops):
    tight = Execution(threads=1, memory_budget=10_000_000)
    with pytest.raises(ResourceError, match=r"simulate: memory for 1,000,000 replications"):
        simulate_scenario(loops, "relay", opening_of(loops), replications=1_000_000, execution=tight)


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"replications": 10**8}, {"seed": -1}, {"seed": 2**64}])
def test_numbers_out_of_range_are_refused(loops, wrong):
    with pytest.raises(ScenarioError):
        simulate_scenario(loops, "relay", opening_of(loops), execution=ONE_THREAD, **wrong)


def test_an_unknown_strategy_is_refused(loops):
    with pytest.raises(ScenarioError, match=r"did you mean 'relay'\?"):
        simulate_scenario(loops, "relais", opening_of(loops), replications=1)


def test_progress_adds_up_to_everything(loops):
    told = []
    outcomes(loops, 40, execution=Execution(threads=2, block=8, progress=told.append))
    assert sum(told) == pytest.approx(1)


def test_a_stopped_block_looks_up_between_slices(loops, monkeypatch):
    walked = []
    monkeypatch.setattr(funnel_blocks, "_walk", lambda *arguments: walked.append(arguments))

    def at_once(work, count, execution):
        stop = Event()
        stop.set()
        work(0, count, stop)

    monkeypatch.setattr(funnel_blocks, "run_blocks", at_once)
    outcomes(loops, 40)
    assert not walked


def test_every_field_of_an_answer_is_filled(loops):
    found = simulate_scenario(loops, "relay", opening_of(loops, ROWS), replications=30, seed=5, execution=ONE_THREAD)
    assert found.replications == 30
    assert found.seed == 5
    assert set(found.outcome) == set(Out._fields)
    assert len(found.stages) == len(found.implied) == 3
    assert [one.name for one in found.sources] == ["web", "customers", "open at the start"]
    assert found.bookings.total.mean == found.outcome["booked"].sum() / 30
    assert found.profit.total.mean == pytest.approx(found.bookings.total.mean - found.cost.total.mean)
    assert sum(one.booked.mean for one in found.sources) == pytest.approx(found.bookings.total.mean)
    assert sum(one.share for one in found.losses) == pytest.approx(1)
    assert 0 < found.counts.waste.mean < 1
    assert found.seconds > 0
    totals = [sum(column) for table in (found.value.by_stage, found.value.by_step, found.value.by_journey)
              for column in zip(*table.values(), strict=True)]  # fmt: skip
    assert totals[:3] == pytest.approx(totals[3:6]) == totals[:3]
    assert totals[:3] == pytest.approx(totals[6:])


# --- stories


def names_in(scenario, opening, replication, seed):
    """Every lead of a replication that no customer brought, by a name that a user can write."""
    strategy = scenario.strategies[0]
    tables = lower_funnel(scenario, strategy, opening_of(scenario, opening))
    luck = funnel_luck(scenario, seed, replication, 1)
    walker = Walker(tables, strategy.name)
    walker.events(luck, 0)
    state = walker.state
    records = state.leads[: int(state.desk[0]["count"])]
    found = [row["id"] for row in opening]
    for record in records[records["source"] == 0]:
        day = int(record["born"])
        number = next(one for one in range(99) if funnel_story.born_key(0, day, one) == int(record["key"]))
        found.append(f"web-{day + 1}-{number + 1}")
    return found


def stories_of(scenario, opening, replication, seed):
    stories = {}
    for name in names_in(scenario, opening, replication, seed):
        waiting = [name]
        while waiting:
            asked = waiting.pop()
            try:
                story = follow_lead(scenario, "relay", opening_of(scenario, opening), asked, replication, seed)
            except ScenarioError:
                continue
            stories[asked] = story
            if story.outcome == "won":
                waiting += [f"{asked}/{number}" for number in range(1, 8)]
    return stories


@pytest.fixture(scope="module")
def told():
    scenario = small_scenario(
        sources={"web": {"per_day": 0.3}},
        strategies={"relay": {"resell": True, "resurrect": True}},
        forces={"loops": {"resurrect_share": 0.5, "resurrect_days": 10.0, "resell_per_year": 3.0}},
        calendar={"horizon": 3},
    )
    found = simulate_scenario(scenario, "relay", opening_of(scenario, ROWS), replications=3, seed=4)
    return found.outcome, stories_of(scenario, ROWS, 2, 4)


def test_the_stories_of_all_leads_add_up_to_the_replication(told):
    outcome, stories = told
    ends = Counter(story.outcome for story in stories.values())
    assert outcome["born"][2, 1].sum() == sum("/" in name for name in stories) > 0
    words = ("open", "on the way", "in nurture", "won", "lost")
    assert [ends[word] for word in words] == outcome["ends"][2].tolist()
    booked = sum(event[3] for story in stories.values() for event in story.events if EVENTS[event[1]] == "won")
    assert booked == outcome["booked"][2].sum()
    touches = sum(event[3] for story in stories.values() for event in story.events if EVENTS[event[1]] == "touch")
    assert touches == outcome["touches"][2].sum()
    passes = sum(EVENTS[event[1]] == "pass" for story in stories.values() for event in story.events)
    assert passes == outcome["flow"][2, :, codes.PASSES].sum()


def test_a_story_begins_with_birth_and_knows_its_lead(told):
    _, stories = told
    assert {story.events[0][1] for story in stories.values()} == {EVENTS.index("born")}
    for name, story in stories.items():
        assert story.lead_id == name
        assert min(event[0] for event in story.events) == story.events[0][0]
        if match := re.fullmatch(r"web-(\d+)-(\d+)", name):
            assert story.events[0][0] == int(match[1]) - 1
            assert story.name.startswith(f"web, lead {match[2]} of 2027-")
            assert story.pr == 100_000
        if name.count("/") == 1 and name.startswith("web"):
            assert story.pr == 100_000
            assert story.buyer
    assert stories["L1"].pr == 250_000
    assert stories["L1"].name == "ABC"


def test_a_lead_is_found_by_name(loops):
    opening = opening_of(loops, ROWS)
    assert follow_lead(loops, "relay", opening, "ABC") == follow_lead(loops, "relay", opening, "L1")


def test_a_name_of_several_leads_asks_for_an_id(loops):
    with pytest.raises(ScenarioError, match=r"'L2', 'L4'"):
        follow_lead(loops, "relay", opening_of(loops, ROWS), "DEF")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("L9", r"near: L\d, L\d"),
        ("web-3-900", r"near: web-\d+-\d+"),
        ("web-99999-1", r"near: web-\d+-\d+"),
        ("mail-3-1", "such as 'L1' or web-12-3"),
        ("L1/0", "near: L1"),
        ("", "such as 'L1'"),
    ],
)
def test_an_unknown_lead_names_near_ones_and_how_many_there_are(loops, asked, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        follow_lead(loops, "relay", opening_of(loops, ROWS), asked, 7)
    assert re.search(r"one of the \d+ leads of replication 7 \(4 at the start, \d+ born\)", str(caught.value))


def test_the_near_names_exist(loops):
    opening = opening_of(loops, ROWS)
    with pytest.raises(ScenarioError) as caught:
        follow_lead(loops, "relay", opening, "web-40-900", 1)
    near = re.search(r"near: (.*)", str(caught.value))[1].split(", ")
    assert near
    for name in near:
        assert follow_lead(loops, "relay", opening, name, 1).lead_id == name


def test_a_long_story_has_room(loops, monkeypatch):
    opening = opening_of(loops, ROWS)
    whole = follow_lead(loops, "relay", opening, "L2", 1)
    monkeypatch.setattr(funnel_logs, "ROWS", 2)
    assert follow_lead(loops, "relay", opening, "L2", 1) == whole
    assert len(whole.events) > 2


# --- the stated table


def test_stated_months_are_the_sum_a_spreadsheet_shows():
    scenario = small_scenario()
    opening = opening_of(scenario, ROWS)
    table = deterministic_ev(scenario, opening)
    assert table.expected_value == (125_000, 30_000, 0)
    assert table.leads == (1, 1, 0)
    assert (table.overdue_leads, table.overdue) == (1, 79_999)
    assert (table.beyond_leads, table.beyond) == (1, 1_000)
    exact = sum(Fraction(row["pr"]) * Fraction(Decimal(str(row["pc"]))) for row in ROWS)
    assert table.total == round(exact)
    assert table.periods[0].days == 31


def test_an_empty_funnel_has_an_empty_table():
    scenario = small_scenario()
    table = deterministic_ev(scenario, opening_of(scenario))
    assert table.total == table.beyond == table.overdue == sum(table.leads) == 0
