"""What stands behind packs: futures that give the answer's own chances and percentiles, and leads as read."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sample_forecast import sample_forecast
from sample_simulation import sample_file, sample_simulation

from funnelsim.inputs.saved_answer import read_answer
from funnelsim.model.board_pack import Quantity
from funnelsim.outputs.documents import canonical_json, forecast_document
from funnelsim.outputs.packs.forecast_data import forecast_data
from funnelsim.outputs.run_folder import write_parts
from funnelsim.outputs.run_tables import leads_table
from funnelsim.outputs.simulation_run import simulation_parts


@pytest.fixture(scope="module")
def forecast():
    return sample_forecast()


def data_of(forecast, **changes):
    document = json.loads(canonical_json(forecast_document(forecast))) | changes
    return document, forecast_data(document, leads_table(forecast), forecast.bookings, forecast.minor_digits)


def test_futures_give_the_chance_of_the_plan_and_the_bands(forecast):
    document, data = data_of(forecast)
    plan = document["plan"]
    assert np.mean(data.futures["plan"] >= plan["target"]) == plan["probability"]
    names = [name for name in data.futures if name not in {"total", "plan"}]
    assert len(names) == len(document["periods"])
    for name, band in (*zip(names, document["periods"], strict=True), ("total", document["total"])):
        ordered = np.sort(data.futures[name])
        assert ordered[int(np.ceil(0.5 * len(ordered))) - 1] == pytest.approx(band["p50"])
    assert sum(data.futures[name] for name in names) == pytest.approx(data.futures["total"])


def test_a_window_that_cuts_a_period_has_no_futures(forecast):
    window = {"start": "2026-01-01", "end": "2026-09-15", "actuals": 0}
    document = forecast_document(forecast)
    _, data = data_of(forecast, plan={**document["plan"], "window": window})
    assert "plan" not in data.futures
    _, data = data_of(forecast, plan=None)
    assert "plan" not in data.futures


def test_leads_are_numbers_where_they_are_numbers(forecast):
    _, data = data_of(forecast)
    assert data.leads is not None
    leads = forecast.table.leads
    assert len(data.leads.rows) == len(leads)
    pr, pc = (data.leads.headers.index(name) for name in ("PR", "PC"))
    for row, minor, stated in zip(data.leads.rows, leads.pr.tolist(), leads.pc, strict=True):
        assert isinstance(row[pr], Quantity)
        assert row[pr].value == minor / 10**forecast.minor_digits
        assert row[pc].value == float(stated)
        assert row[pc].text.endswith("%")


def test_a_simulation_keeps_its_futures(tmp_path):
    simulation = sample_simulation()
    cost = np.zeros((simulation.replications, len(simulation.calendar.periods)), dtype=np.int64)
    parts = simulation_parts(simulation, sample_file(), cost)
    folder = write_parts(tmp_path / "run", parts, {"command": "simulate"})
    answer = read_answer(folder)
    assert (answer.command, answer.leads) == ("simulate", None)
    data = forecast_data(answer.document, answer.leads, answer.bookings, answer.minor_digits)
    assert data.leads is None
    assert np.mean(data.futures["total"]) == pytest.approx(answer.document["total"]["mean"])
    assert read_answer(folder).key == answer.key
