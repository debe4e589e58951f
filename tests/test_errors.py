"""One sentence shape, one exit code per kind."""

from __future__ import annotations

import pytest

from funnelsim import errors
from funnelsim.errors import DataError, FunnelsimError, Problem, ScenarioError, Shown, raise_if_any


def test_the_sentence_has_place_name_rule_value_and_hint():
    problem = Problem("deals.csv, row 17", "PC", "a number in [0, 1]", "1.4", "write 14% for fourteen in a hundred")
    assert str(problem) == (
        "deals.csv, row 17: PC must be a number in [0, 1]; got '1.4'.\n  hint: write 14% for fourteen in a hundred"
    )


def test_a_sentence_without_place_hint_or_quotes():
    assert (
        str(Problem("", "seed", "small", Shown("a lot"), detail="in row 3"))
        == "seed must be small; got a lot in row 3."
    )


def test_long_values_are_cut():
    text = Problem("x", "name", "short", "y" * 500).sentence
    assert len(text) < 160
    assert text.endswith("....")


def test_a_problem_becomes_plain_strings():
    assert Problem("w", "n", "r", 3, "h", "d").as_dict() == {
        "where": "w",
        "name": "n",
        "rule": "r",
        "value": "3",
        "hint": "h",
        "detail": "d",
    }
    assert Problem("w", "n", "r", Shown("3 h")).as_dict()["value"] == "3 h"


def test_all_problems_are_raised_at_once_and_numbered():
    problems = [Problem("w", f"n{number}", "r", number, "do") for number in range(3)]
    with pytest.raises(DataError) as caught:
        raise_if_any(problems, DataError)
    assert caught.value.problems == tuple(problems)
    assert str(caught.value).splitlines()[:3] == ["3 problems:", "  1. w: n0 must be r; got 0.", "    hint: do"]


def test_many_problems_are_counted():
    with pytest.raises(DataError, match="57 problems:") as caught:
        raise_if_any((Problem("w", "n", "r", number) for number in range(57)), DataError)
    assert str(caught.value).endswith("and 37 more.")
    assert len(caught.value.problems) == 57


def test_no_problem_raises_nothing():
    raise_if_any([], ScenarioError)


@pytest.mark.parametrize(
    ("name", "code", "builtin"),
    [
        ("DataError", 1, ValueError),
        ("ScenarioError", 1, ValueError),
        ("CalibrationError", 1, RuntimeError),
        ("CheckFailed", 70, RuntimeError),
        ("WriteError", 74, OSError),
        ("ResourceError", 75, MemoryError),
    ],
)
def test_each_kind_has_its_exit_code_and_a_builtin_parent(name, code, builtin):
    kind = getattr(errors, name)
    assert issubclass(kind, FunnelsimError)
    assert issubclass(kind, builtin)
    error = kind(Problem("w", "n", "r", 1))
    assert error.exit_code == code
    assert str(error) == "w: n must be r; got 1."
