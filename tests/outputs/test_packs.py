"""Board packs of every command: each number is the answer's own, and no title says more than the answer."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
import sample_backtest
import sample_calibration
import test_explanation
import test_funnel_explanation_shown
import test_goal_plan
import test_selection_page
from sample_comparison import sample_comparison, sample_of_forecasts
from sample_forecast import sample_forecast
from sample_learned_explanation import learned_explanation
from sample_simulation import sample_file, sample_simulation
from sample_track import ended_plans, many_weeks, sample_track

import funnelsim
from funnelsim.model.board_pack import Pack, Provenance
from funnelsim.outputs.backtest_document import backtest_document
from funnelsim.outputs.calibration_document import calibration_document
from funnelsim.outputs.comparison_document import comparison_document
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.explanation_document import explanation_document
from funnelsim.outputs.funnel_explanation_document import funnel_explanation_document
from funnelsim.outputs.goal_plan_document import goal_plan_document
from funnelsim.outputs.packs.all_packs import pack_of
from funnelsim.outputs.selection_document import selection_document
from funnelsim.outputs.simulation_document import simulation_document
from funnelsim.outputs.sweep_document import sweep_document
from funnelsim.outputs.track_document import track_document

FOOT = Provenance("2026-06-30", 0, 2000, "0.1.0", "deals.csv", "ab" * 32, "cd" * 32)
SIZES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
PRINTED = re.compile(r"([-+]?)(?:[^\d.-]*?)([-+]?[\d,]*\.?\d+)\s*([KMBT%]?)")


MAKERS = {
    "backtest": lambda: backtest_document(sample_backtest.sample()),
    "backtest counts": lambda: backtest_document(sample_backtest.sample(counts_only=True)),
    "compare": lambda: comparison_document(sample_comparison()),
    "compare forecasts": lambda: comparison_document(sample_of_forecasts()),
    "explain": lambda: explanation_document(test_explanation.explained()),
    "explain alone": lambda: explanation_document(test_explanation.explained(alone=True)),
    "explain records": lambda: explanation_document(learned_explanation()),
    "explain simulation": lambda: funnel_explanation_document(test_funnel_explanation_shown.explained()),
    "forecast": lambda: forecast_document(sample_forecast()),
    "calibrate": lambda: calibration_document(sample_calibration.sample()),
    "optimize": lambda: selection_document(test_selection_page.sample_optimum()),
    "sweep": lambda: sweep_document(
        funnelsim.sweep(
            sample_file(), ["teams.Sales.heads=1,2", "stages.B.conversion=.4,.5"], replications=20, threads=1
        )
    ),
    "track": lambda: track_document(sample_track()),
    "track plans": lambda: track_document(ended_plans()),
    "track weeks": lambda: track_document(many_weeks()),
    "simulate": lambda: simulation_document(sample_simulation()),
    **{
        f"plan {name}": lambda changes=changes: goal_plan_document(test_goal_plan.sample(**changes))
        for name, changes in test_goal_plan.VARIANTS.items()
    },
}


@cache
def answer(name: str) -> dict:
    return json.loads(canonical_json(MAKERS[name]()))


def at(document, path):
    for word in path.split("/")[1:]:
        document = document[int(word)] if isinstance(document, list) else document[word]
    return document


@pytest.fixture(params=sorted(MAKERS))
def pack(request) -> Pack:
    return pack_of(request.param.split(" ")[0], answer(request.param), FOOT)


def test_causes_of_the_width_that_are_off_have_no_bar():
    document = answer("explain simulation")
    parts = [
        {"name": name, "share": share, "standard_error": error}
        for name, share, error in (("A", 0.0, 0.0), ("B", -0.002, 0.03), ("C", 1.002, 0.03))
    ]
    document = {**document, "shares": {**document["shares"], "parts": parts}}
    (shown,) = [one for one in pack_of("explain", document, FOOT).exhibits if one.key == "shares"]
    assert shown.chart.categories == ("B", "C")
    assert [cell.text for _, cell in shown.table.rows] == ["off", "less than 5%", "more than 95%"]


def test_every_number_is_the_one_in_the_answer(pack):
    found = 0
    for key, quantity in pack.quantities():
        if quantity.path:
            value = at(pack.answer, quantity.path)
            assert quantity.value == (None if value is None else float(value)), (key, quantity)
            found += 1
    assert found >= 10


def test_every_printed_number_is_the_value_rounded(pack):
    for key, quantity in pack.quantities():
        if quantity.value is None or not quantity.text:
            assert quantity.text in {"-", ""}, (key, quantity)
            continue
        if quantity.text.startswith(("less than", "more than")):
            assert 0.0 <= quantity.value <= 1.0, (key, quantity)
            continue
        if quantity.text in {"off", "all"}:
            assert quantity.value == float(quantity.text == "all"), (key, quantity)
            continue
        sign, digits, unit = PRINTED.search(quantity.text).groups()
        unit = "%" if "points" in quantity.text else unit
        value = float(digits.replace(",", "")) * SIZES.get(unit, 0.01 if unit == "%" else 1.0)
        value = -value if sign == "-" else value
        whole, _, decimals = digits.lstrip("+-").replace(",", "").partition(".")
        step = 10.0 ** -len(decimals) * SIZES.get(unit, 0.01 if unit == "%" else 1.0)
        trailing = len(whole) - len(whole.rstrip("0")) if not decimals else 0
        # numbers are rounded to their Monte Carlo error: to 1, 2 or 5 of the last digit that is not 0
        assert abs(value - quantity.value) <= 5.0 * step * 10.0 ** max(0, trailing) / 2 * 1.0001, (key, quantity)


def test_no_chance_is_certain(pack):
    said = [one.title for one in pack.all] + [point for one in pack.all for point in one.points]
    said += [quantity.text for _, quantity in pack.quantities() if quantity.path.endswith(("probability", "chance"))]
    for text in said:
        assert not re.search(r"(?<![\d.,+])(0|100)\s?%", text), text


def test_every_exhibit_is_a_sentence_and_can_be_heard(pack):
    assert pack.track
    for exhibit in pack.all:
        assert exhibit.title.endswith("."), exhibit.key
        assert len(exhibit.title) < 400, exhibit.key
        assert exhibit.alt or exhibit.chart is None, exhibit.key
        assert re.fullmatch("[a-z][a-z0-9_]*", exhibit.key)
