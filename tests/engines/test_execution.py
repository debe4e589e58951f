"""Blocks, threads, stopping, and the memory budget."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelsim.engines.execution import Execution, available_cores, blocks_of, refuse_beyond, run_blocks
from funnelsim.engines.forecast import forecast_leads
from funnelsim.errors import ResourceError, ScenarioError
from funnelsim.model.request import ForecastRequest
from properties.lead_tables import ONE_THREAD, YEAR, Row, book_of, table_of, walk


@settings(derandomize=True)
@given(st.integers(0, 200), st.integers(1, 60))
def test_blocks_cover_everything_once_in_order(count, block):
    found = [place for first, end in blocks_of(count, block) for place in range(first, end)]
    assert found == list(range(count))
    assert all(0 < end - first <= block for first, end in blocks_of(count, block))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_block_is_worked_on_once(threads):
    seen = np.zeros(103, dtype=int)

    def work(first, end, stop):
        assert not stop.is_set()
        seen[first:end] += 1

    run_blocks(work, 103, Execution(threads=threads, block=10))
    assert np.all(seen == 1)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_in_a_block_comes_out_and_stops_the_rest(threads):
    started = []

    def work(first, end, stop):
        started.append(first)
        if first == 0:
            message = "broken block"
            raise RuntimeError(message)
        stop.wait(5)

    began = time.monotonic()
    with pytest.raises(RuntimeError, match="broken block"):
        run_blocks(work, 1000, Execution(threads=threads, block=1))
    assert time.monotonic() - began < 4
    assert len(started) <= threads + 1


def test_threads_end_with_the_run():
    before = threading.active_count()
    run_blocks(lambda first, end, stop: None, 50, Execution(threads=4, block=1))
    assert threading.active_count() == before


def test_progress_adds_up_to_1():
    shares = []
    way = Execution(threads=2, block=16, progress=shares.append)
    walk(book_of([Row(f"L{place}") for place in range(7)]), count=100, execution=way)
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0


@pytest.mark.parametrize("wrong", [{"threads": 0}, {"threads": -2}, {"block": 0}])
def test_no_threads_and_no_blocks_are_refused(wrong):
    with pytest.raises(ScenarioError, match="must be an integer, at least 1"):
        Execution(**wrong)


def test_there_is_a_core():
    assert available_cores() >= 1
    assert Execution().threads == available_cores()


def test_a_budget_is_kept_before_anything_is_allocated():
    way = Execution(threads=1, memory_budget=2**20)
    refuse_beyond(2**20, way, "this much")
    refuse_beyond(2**60, ONE_THREAD, "no limit")
    with pytest.raises(ResourceError) as caught:
        refuse_beyond(3 * 2**30, way, "9 replications")
    assert str(caught.value) == (
        "forecast: memory for 9 replications must be within 0.00 GiB, the memory budget; got 3.00 GiB.\n"
        "  hint: ask for fewer replications or periods"
    )


def test_a_forecast_beyond_its_budget_is_refused_at_once():
    request = ForecastRequest(YEAR, replications=2**30)
    began = time.monotonic()
    with pytest.raises(ResourceError, match=r"memory for 1,073,741,824 replications must be within"):
        forecast_leads(table_of([Row("a")]), request, Execution(threads=1, memory_budget=2**30))
    assert time.monotonic() - began < 2
