"""Every shipped system, with the mechanism switched off that one of its strategies lives on: the gain is gone.

A null twin keeps what the mechanism costs and takes its effect.  **No gain**: the mean difference is not significantly
above 0 by a one-sided test at 99 %; often it is exactly 0, because the strategy then changes nothing at all.  **Due to
it**: the gain with the mechanism is significantly larger than without, on the same luck.  Smallest gain noticed: 2.4
standard errors of 80 paired replications, of 200 where the gain is small.
"""

from __future__ import annotations

import pytest

from funnelsim.engines.choices.comparison import ComparisonRequest, Entry, compare_strategies
from funnelsim.engines.execution import Execution
from funnelsim.scenarios_api import read_scenario

REPLICATIONS = 80
MORE = {"service level": 200}
"""For gains that are small beside their noise."""
TWO_SIDED = 0.98
"""An interval of this confidence has 1 % on either side."""

CLAIMS = [
    ("lead_generation", "relay", "dynamic", "touches of marketing"),
    ("lead_generation", "relay", "qsl", "touches of marketing"),
    ("marketing_2_relay", "mql", "mql veto", "reading"),
    ("marketing_2_relay", "mql veto", "mql recycle", "loops"),
    ("marketing_2_repair", "as is", "repair", "reading"),
    ("revenue_cycle", "two definitions", "fast track", "response"),
    ("inquiry_to_sale", "nurture", "resell", "loops"),
    ("integrated_team", "relay", "service level", "response"),
    ("integrated_team", "relay", "shared record", "information"),
    ("two_sales_bant", "appointment", "confirmed", "touches of setters"),
    ("month_end_crunch", "P0", "P3", "touches of marketing"),
]


@pytest.mark.parametrize(("system", "base", "strategy", "mechanism"), CLAIMS)
def test_without_its_mechanism_a_strategy_gains_nothing(system, base, strategy, mechanism):
    read = read_scenario(system)
    entries = [Entry(name, "", read.document, name, read.opening) for name in (base, strategy)]
    count = MORE.get(strategy, REPLICATIONS)
    asked = ComparisonRequest("revenue", count, 5, TWO_SIDED, None, 0, (mechanism,))
    (twin,) = compare_strategies(entries, asked, (), Execution()).null_twins
    assert twin.contests[0].decided.difference.low <= 0
    assert twin.due[0].low > 0


@pytest.mark.parametrize(
    ("system", "base", "strategy", "mechanism"),
    [
        ("lead_generation", "relay", "qsl", "touches of marketing"),
        ("marketing_2_relay", "mql veto", "mql recycle", "loops"),
        ("inquiry_to_sale", "nurture", "resell", "loops"),
        ("integrated_team", "relay", "shared record", "information"),
    ],
)
def test_where_only_the_mechanism_differs_nothing_is_left(system, base, strategy, mechanism):
    read = read_scenario(system)
    entries = [Entry(name, "", read.document, name, read.opening) for name in (base, strategy)]
    asked = ComparisonRequest("revenue", 20, 6, 0.95, None, 0, (mechanism,))
    (twin,) = compare_strategies(entries, asked, (), Execution()).null_twins
    assert not twin.contests[0].gains.any()
