"""Assumptions are data: checked, printed with their grade, switched off together."""

from __future__ import annotations

import numpy as np
import pytest

from funnelsim.errors import ScenarioError
from funnelsim.model.assumption_table import assumption_table
from funnelsim.model.assumptions import ForecastAssumptions, GroupShock, PushLaw


def test_the_default_law_of_pushes_by_hand():
    """.40 pushed at all, .50 again each time, at most 4: .6, .4*.5, .4*.25, .4*.125, .4*.125."""
    assert PushLaw().counts(overdue=False) == pytest.approx([0.6, 0.2, 0.1, 0.05, 0.05], abs=1e-15)


def test_an_overdue_lead_has_been_pushed_at_least_once():
    assert PushLaw().counts(overdue=True) == pytest.approx([0, 0.5, 0.25, 0.125, 0.125], abs=1e-15)


@pytest.mark.parametrize("push", [PushLaw(), PushLaw(first=1), PushLaw(again=1), PushLaw(most=1), PushLaw(first=0.07)])
@pytest.mark.parametrize("overdue", [False, True])
def test_chances_of_pushes_sum_to_1(push, overdue):
    counts = push.counts(overdue=overdue)
    assert counts.sum() == pytest.approx(1, abs=1e-15)
    assert counts.min() >= 0
    assert len(counts) == push.most + 1


def test_a_law_without_pushes():
    assert PushLaw(most=0).counts(overdue=False).tolist() == [1.0]
    assert PushLaw(first=0).counts(overdue=False).tolist() == [1, 0, 0, 0, 0]


def test_an_overdue_lead_under_a_law_that_never_pushes_is_one_push_away():
    assert PushLaw(first=0).counts(overdue=True).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first": 1.2}, "assumptions: push chance must be a number in [0, 1]; got 1.2."),
        ({"again": -0.1}, "assumptions: push-again chance must be a number in [0, 1]; got -0.1."),
        ({"first": float("nan")}, "assumptions: push chance must be a number in [0, 1]; got nan."),
        ({"odds": 0}, "assumptions: odds factor per push must be a number in (0, 1]; got 0."),
        ({"weights": (0.5, 0.3, 0.3)}, "assumptions: push weights must be shares that sum to 1; got (0.5, 0.3, 0.3)."),
        (
            {"days": (0, 60, 90)},
            "assumptions: push lengths must be whole days, at least 1, one weight each; "
            "got ((0, 60, 90), (0.5, 0.3, 0.2)).",
        ),
        (
            {"days": (30, 60)},
            "assumptions: push lengths must be whole days, at least 1, one weight each; "
            "got ((30, 60), (0.5, 0.3, 0.2)).",
        ),
    ],
)
def test_a_wrong_law_of_pushes_is_refused_in_a_sentence(wrong, sentence):
    with pytest.raises(ScenarioError) as caught:
        PushLaw(**wrong)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("sd", [-0.1, 3.1, float("nan"), float("inf")])
def test_a_shock_outside_its_range_is_refused(sd):
    with pytest.raises(ScenarioError, match="shared shock sd must be a number in"):
        ForecastAssumptions(shock_sd=sd)
    with pytest.raises(ScenarioError, match="group shock sd must be a number in"):
        ForecastAssumptions(group_shock=GroupShock("region", sd))


def test_as_stated_switches_everything_of_ours_off():
    stated = ForecastAssumptions.stated()
    assert stated.shock_sd == stated.group_sd == 0
    assert stated.push is None
    assert stated.as_stated
    assert {row.grade for row in assumption_table(stated)} == {"yours"}
    assert all("ours" not in row.grade.replace("yours", "") for row in assumption_table(stated))


def test_the_table_names_every_number_with_source_and_grade():
    rows = {row.name: row for row in assumption_table(ForecastAssumptions(group_shock=GroupShock("region", 0.5)))}
    assert rows["shared shock sd"].value == 0.25
    assert rows["shared shock sd"].grade == "C, ours"
    assert rows["group shock sd by region"].value == 0.5
    assert rows["group shock sd by region"].grade == "yours"
    assert rows["pushed at all"].value == 0.40
    assert rows["pushed at all"].grade == "B"
    assert rows["pushed again"].value == 0.50
    assert rows["odds of winning per push"].value == 0.8
    assert rows["length of a push"].value == "30/60/90 days at 0.5/0.3/0.2"
    assert all(row.source and row.grade and row.effect for row in rows.values())


def test_what_the_user_set_is_the_users():
    rows = {row.name: row for row in assumption_table(ForecastAssumptions(shock_sd=0.4, yours=frozenset({"shock"})))}
    assert (rows["shared shock sd"].source, rows["shared shock sd"].grade) == ("set by you", "yours")
    assert rows["pushed at all"].grade == "B"


def test_counts_are_fresh_arrays():
    push = PushLaw()
    push.counts(overdue=False)[0] = 9
    assert np.all(push.counts(overdue=False) <= 1)
