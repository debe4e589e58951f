"""``pytest benchmarks``: run everything, refuse wrong answers, write the figures, say which bounds hold.

A bound that does not hold fails here and nowhere else: timing is never part of the test suite.
"""

from __future__ import annotations

import importlib

import pytest

from measuring import write
from run import NAMES, line


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_right_and_bounds_hold(name: str) -> None:
    result = importlib.import_module(f"bench_{name}").measure()
    write(result)
    broken = [line(bound) for bound in result.bounds if not bound.holds]
    assert not broken, "\n".join(broken)
