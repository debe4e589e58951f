"""The settings of every command survive a manifest, and one that this version does not know is refused."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date

import pytest

from funnelsim.errors import ScenarioError
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.compare_settings import CompareSettings
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.optimum import OptimizeSettings
from funnelsim.model.plan_settings import PlanSettings
from funnelsim.model.settings import ForecastSettings
from funnelsim.model.simulation_settings import SimulationSettings
from funnelsim.model.sweep_settings import SweepSettings
from funnelsim.model.track_settings import TrackSettings

WHERE = "june/manifest.json"
LEADS = ForecastSettings(as_of=date(2026, 3, 31), shock=0.4, mapping={"pr": "Amount"}, history_with=("a.csv", "b.csv"))
LEVERS = (("teams.sales.heads", (8, 9.5, True)), ("sources.web.channel", ("mail", None)))
COMPARED = CompareSettings(("a", "b"), 12, "wins", "sign", 500, 7, ("queues",), 25, True, 0.9)

ASKED = {
    "forecast": LEADS,
    "forecast, nothing asked": ForecastSettings(),
    "simulate": SimulationSettings("a", 20, 2**64 - 1, 6, control=True),
    "simulate, nothing asked": SimulationSettings(),
    "compare": COMPARED,
    "compare with controls": dataclasses.replace(COMPARED, precision=None, ledger=0, control=True),
    "sweep": SweepSettings(("teams.sales.heads=8..10",), lhs=9, strategies=("a",), metric="p10", horizon=3),
    "sweep of given designs": SweepSettings(designs="designs.csv"),
    "optimize": OptimizeSettings("wins", ("a",), LEVERS, 2.0, 0.01, 0.9, 5, 30, 2, 99),
    "optimize strategies": OptimizeSettings("profit"),
    "plan": PlanSettings("5M", "90%", ("sources.web.rate=1..2",), "a", 3, 200, 6),
    "plan from leads": PlanSettings(leads=LEADS),
    "track": TrackSettings(("may", "june"), "won.csv", "5M", HistorySettings(extract=date(2026, 6, 30))),
    "calibrate": CalibrateSettings(segments=("region",), track_record="tested"),
    "backtest": BacktestSettings(origins=(date(2026, 1, 1), date(2026, 3, 1)), horizon=3),
}

KEPT = {  # as manifests of earlier runs hold them
    "simulate": {"strategy": "a", "replications": 20, "seed": 2**64 - 1, "horizon": 6, "control": True},
    "simulate, nothing asked": {"strategy": None, "replications": 1000, "seed": 0, "horizon": None},
    "compare": {
        "strategies": ["a", "b"], "horizon": 12, "metric": "wins", "precision": "sign", "replications": 500, "seed": 7,
        "null_twins": ["queues"], "ledger": 25, "allow_different_worlds": True, "confidence": 0.9,
    },
    "sweep": {
        "levers": ["teams.sales.heads=8..10"], "lhs": 9, "sobol": None, "designs": None, "strategies": ["a"],
        "metric": "p10", "replications": 200, "seed": 0, "horizon": 3,
    },
    "optimize": {
        "metric": "wins", "strategies": ["a"],
        "levers": [
            {"path": "teams.sales.heads", "values": [8, 9.5, True]},
            {"path": "sources.web.channel", "values": ["mail", None]},
        ],
        "delta": 2.0, "delta_share": 0.01, "confidence": 0.9, "seed": 5, "first_stage": 30, "batch": 2, "most": 99,
    },
    "plan": {
        "goal": "5M", "confidence": "90%", "vary": ["sources.web.rate=1..2"], "strategy": "a", "seed": 3,
        "replications": 200, "horizon": 6, "leads": None,
    },
    "forecast": {
        "as_of": "2026-03-31", "period": "month", "horizon": 12, "fiscal_start": 1, "seed": 0, "replications": 10000,
        "precision": None, "as_stated": False, "shock": 0.4, "group_shock": None, "no_push": False, "plan": None,
        "actuals": None, "add_actuals": None, "by": None, "exact": False, "mapping": {"pr": "Amount"}, "pc": None,
        "dates": None, "decimal": None, "currency": None, "rates": {}, "impute": None, "stage_pc": {},
        "duplicates": "error", "timezone": None, "round_cents": False, "sheet": None, "encoding": None,
        "allow_empty": False, "history": None, "model": None, "history_map": {}, "history_with": ["a.csv", "b.csv"],
        "exposure_from": None, "extract_date": None, "segment": None, "new_business": True, "independent": False,
        "track_record": None,
    },
}  # fmt: skip


def kept(settings):
    return json.loads(json.dumps(settings.as_document(), allow_nan=False))


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_settings_come_back_from_a_manifest(asked):
    found = type(asked).from_document(kept(asked), WHERE)
    assert found == asked
    assert json.dumps(found.as_document()) == json.dumps(asked.as_document())


@pytest.mark.parametrize("name", KEPT)
def test_a_manifest_holds_what_it_always_held(name):
    assert json.dumps(ASKED[name].as_document()) == json.dumps(KEPT[name])


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_setting_of_a_newer_version_is_refused_in_one_sentence(asked):
    with pytest.raises(ScenarioError) as caught:
        type(asked).from_document({**kept(asked), "colour": None}, WHERE)
    assert str(caught.value) == (
        f"{WHERE}: request must be made of settings this version knows; got settings: ['colour'].\n"
        "  hint: rerun it with the version that wrote it; the manifest names it"
    )


@pytest.mark.parametrize(
    ("name", "part"),
    [("plan from leads", "leads"), ("track", "history"), ("backtest", "history"), ("calibrate", "history")],
)
def test_a_setting_of_a_newer_version_is_refused_inside_another_one(name, part):
    document = kept(ASKED[name])
    document[part]["colour"] = None
    with pytest.raises(ScenarioError, match=re.escape(f"got settings.{part}: ['colour'].")):
        type(ASKED[name]).from_document(document, WHERE)


def test_more_about_a_lever_than_this_version_knows_is_refused():
    document = kept(ASKED["optimize"])
    document["levers"][1]["weights"] = [1, 2]
    with pytest.raises(ScenarioError, match=re.escape(f"{WHERE}: request must be")) as caught:
        OptimizeSettings.from_document(document, WHERE)
    assert "settings.levers[1]: {'path'" in str(caught.value)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_setting_that_an_earlier_manifest_lacks_takes_its_default(asked):
    plain = type(asked)
    defaults = {
        one.name: one.default_factory() if one.default is dataclasses.MISSING else one.default
        for one in dataclasses.fields(plain)
        if (one.default, one.default_factory) != (dataclasses.MISSING, dataclasses.MISSING)
    }
    assert defaults
    for name, default in defaults.items():
        if plain is SweepSettings and name in {"levers", "designs"} and getattr(asked, name) != default:
            continue  # a sweep needs one of the two
        document = {key: value for key, value in kept(asked).items() if key != name}
        assert plain.from_document(document, WHERE) == dataclasses.replace(asked, **{name: default}), name


@pytest.mark.parametrize(("name", "key"), [("compare", "horizon"), ("optimize", "metric"), ("track", "runs")])
def test_a_manifest_without_what_must_be_asked_is_refused(name, key):
    document = kept(ASKED[name])
    del document[key]
    with pytest.raises(ScenarioError, match=f"{WHERE}: request must be .* got settings: nothing called {key}"):
        type(ASKED[name]).from_document(document, WHERE)


def test_more_than_this_version_allows_is_refused_with_the_manifest_and_the_way_out():
    with pytest.raises(ScenarioError) as caught:
        SimulationSettings.from_document({"replications": 0, "horizon": 0}, WHERE)
    assert [one.name for one in caught.value.problems] == ["replications", "horizon"]
    assert {one.where for one in caught.value.problems} == {WHERE}
    assert all("the version that wrote it" in one.hint for one in caught.value.problems)


def test_a_value_of_another_kind_is_refused():
    with pytest.raises(ScenarioError, match=re.escape("got settings.seed: tomorrow.")):
        PlanSettings.from_document({"seed": "tomorrow"}, WHERE)


def test_what_python_lets_through_is_kept_and_comes_back_equal():
    loose = ForecastSettings(horizon=6.0, exact=1, no_push=0, shock=1, history_with=["a.csv"])
    found = ForecastSettings.from_document(kept(loose), WHERE)
    assert found == ForecastSettings(horizon=6, exact=True, shock=1.0, history_with=("a.csv",))
    assert (type(found.horizon), type(found.exact)) == (int, bool)


@pytest.mark.parametrize("wrong", [{"horizon": 6.5}, {"horizon": True}, {"exact": 2}, {"exact": "yes"}])
def test_what_has_another_value_is_not_let_through(wrong):
    with pytest.raises(ScenarioError, match="settings this version knows"):
        ForecastSettings.from_document(wrong, WHERE)
