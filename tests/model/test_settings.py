"""Settings survive the manifest."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime

import pytest

from funnelsim.errors import ScenarioError
from funnelsim.model.chosen_assumptions import assumptions_of
from funnelsim.model.settings import ForecastSettings

FULL = ForecastSettings(
    as_of=date(2026, 3, 31),
    period="week",
    horizon=9,
    fiscal_start=4,
    seed=2**64 - 1,
    replications=12_345,
    precision=0.005,
    shock=0.4,
    group_shock="region=0.2",
    no_push=True,
    plan="5M",
    actuals="won.csv",
    add_actuals="more.csv",
    by="owner",
    exact=True,
    mapping={"pr": "Amount", "pc": "Win %"},
    pc="percent",
    dates="dmy",
    decimal=",",
    currency="EUR",
    rates={"USD": "0.92"},
    impute="stage",
    stage_pc={"Proposal": "40%"},
    duplicates="lines",
    timezone="Europe/Berlin",
    round_cents=True,
    sheet="Q1",
    encoding="cp1252",
    allow_empty=True,
    history="records.csv",
    model="ours.json",
    history_map={"created": "Born"},
    history_with=("snapshots.csv", "stages.csv"),
    exposure_from=date(2024, 1, 1),
    extract_date=date(2026, 3, 31),
    segment="owner",
    new_business=False,
    independent=True,
    track_record="tested",
)


@pytest.mark.parametrize("settings", [ForecastSettings(), FULL, ForecastSettings(as_stated=True)])
def test_settings_come_back_from_a_manifest_as_they_were(settings):
    text = json.dumps(settings.as_document())
    assert ForecastSettings.from_document(json.loads(text), "manifest.json") == settings


def test_this_file_sets_every_setting_but_one():
    same = [one.name for one in fields(FULL) if getattr(FULL, one.name) == getattr(ForecastSettings(), one.name)]
    assert same == ["as_stated"]


def test_a_manifest_of_another_version_is_refused_in_a_sentence():
    with pytest.raises(ScenarioError) as caught:
        ForecastSettings.from_document({"seed": 1, "luck": 2}, "run/manifest.json")
    assert str(caught.value).startswith(
        "run/manifest.json: request must be made of settings this version knows; got settings: ['luck'].\n  hint: "
    )


def test_settings_become_assumptions_and_what_was_set_is_yours():
    names = [one.name for one in fields(FULL)]
    learning = names[names.index("history") :]  # what records say takes the place of what is assumed
    chosen = assumptions_of(replace(FULL, **{name: getattr(ForecastSettings(), name) for name in learning}))
    assert chosen.shock_sd == 0.4
    assert (chosen.group_shock.column, chosen.group_shock.sd) == ("region", 0.2)
    assert chosen.push is None
    assert chosen.yours == {"shock", "group shock", "push"}
    assert assumptions_of(ForecastSettings()).yours == frozenset()


@pytest.mark.parametrize("more", [{"shock": 0.1}, {"group_shock": "region=0.2"}, {"no_push": True}])
def test_as_stated_comes_alone(more):
    with pytest.raises(ScenarioError, match="--as-stated must be given alone"):
        assumptions_of(ForecastSettings(as_stated=True, **more))


@pytest.mark.parametrize("text", ["region", "=0.2", "region=", "region=much", ""])
def test_a_group_shock_is_written_column_and_sd(text):
    with pytest.raises(ScenarioError, match="--group-shock must be written COLUMN=SD"):
        assumptions_of(ForecastSettings(group_shock=text))


def test_a_column_name_may_hold_an_equals_sign():
    assert assumptions_of(ForecastSettings(group_shock="a=b=0.3")).group_shock.column == "a=b"


def test_a_day_may_be_text_and_nothing_else_is_taken_for_one():
    assert ForecastSettings(as_of="2026-06-30") == ForecastSettings(as_of=date(2026, 6, 30))
    with pytest.raises(ScenarioError, match="extract_date must be a day") as caught:
        ForecastSettings(as_of="30/06/2026", extract_date=datetime(2026, 6, 30, 3))
    assert "'30/06/2026'" in str(caught.value)
