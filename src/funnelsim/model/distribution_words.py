"""Distributions as people write them: a number, or a few percentiles, ends, or values.

====================================  =============================================
written                               read as
====================================  =============================================
``40``                                always 40
``{p10 = 20, p90 = 90}``              lognormal with these percentiles
``{median = 40, p90 = 90}``           lognormal with this median and percentile
``{mean = 45, sd = 20}``              lognormal with this mean and spread
``{low = 10, mode = 30, high = 90}``  PERT (a stretched beta law)
``{values = [..], weights = [..]}``   one of the values; equal weights when left out
====================================  =============================================

What it leaves out: what the number is for.  A caller that needs whole days or a ratio below 1 checks that itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from funnelsim.errors import FunnelsimError, Problem, ScenarioError, raise_if_any
from funnelsim.model.distributions import Constant, Empirical, Lognormal, Pert
from funnelsim.model.quantile_law import Distribution

FORMS: tuple[tuple[str, ...], ...] = (
    ("p10", "p90"),
    ("median", "p90"),
    ("mean", "sd"),
    ("low", "mode", "high"),
    ("values", "weights"),
)
KEYS = tuple(dict.fromkeys(key for form in FORMS for key in form))
WRITTEN = "a number or one of " + ", ".join("{" + ", ".join(f"{key}=" for key in form) + "}" for form in FORMS)


def distribution(spec: object, where: str = "distribution") -> Distribution:
    """Read a distribution as a person wrote it.

    Parameters
    ----------
    spec : object
        A number, a mapping in one of the forms above, or a Distribution, which is returned as it is.
    where : str, default 'distribution'
        Place for messages, such as ``scenario.toml: stages[2].hours``.

    Returns
    -------
    Distribution
        Frozen and hashable.

    Raises
    ------
    ScenarioError
        With every problem of the specification at once.
    """
    if isinstance(spec, Distribution):
        return spec
    if _is_number(spec):
        return _built(where, lambda: Constant(float(spec)))  # type: ignore[arg-type]
    if not isinstance(spec, Mapping):
        raise ScenarioError(Problem(where, "a distribution", WRITTEN, spec))
    form = _form(spec, where)
    if form == ("values", "weights"):
        return _empirical(spec, where)
    _check_numbers(spec, form, where)
    numbers = tuple(float(spec[key]) for key in form)
    return _built(where, lambda: _PARAMETRIC[form](*numbers))


def _form(spec: Mapping[object, object], where: str) -> tuple[str, ...]:
    """Return the form that the keys belong to, or raise with everything wrong about the keys."""
    keys = set(spec)
    for form in FORMS:
        if keys == set(form) or (form[0] == "values" and keys == {"values"}):
            return form
    problems = []
    for key in sorted(keys - set(KEYS), key=str):
        close = get_close_matches(str(key), KEYS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else ""
        problems.append(Problem(where, "each key", "one of " + ", ".join(map(repr, KEYS)), key, hint))
    if not problems:
        problems = [Problem(where, "a distribution", WRITTEN, dict(spec))]
    raise ScenarioError(problems)


def _check_numbers(spec: Mapping[object, object], form: tuple[str, ...], where: str) -> None:
    """Hold the numbers of a form to their own rules and to their order."""
    problems = []
    positive = form[0] != "low"
    rule = "a positive number" if positive else "a number, at least 0"
    for key in form:
        value = spec[key]
        if not _is_number(value) or not math.isfinite(value) or value < 0 or (positive and value == 0):  # type: ignore[arg-type, operator]
            problems.append(
                Problem(where, key, rule, value, "write a plain number for no spread" if value == 0 else "")
            )
    if not problems and form[-1] == "p90" and not spec[form[0]] < spec["p90"]:  # type: ignore[operator]
        hint = "write a plain number for no spread" if spec[form[0]] == spec["p90"] else "were the two swapped?"
        problems.append(Problem(where, "p90", f"above {form[0]} ({spec[form[0]]!r})", spec["p90"], hint))
    raise_if_any(problems, ScenarioError)


def _empirical(spec: Mapping[object, object], where: str) -> Distribution:
    problems = []
    for key in spec:
        value = spec[key]
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(_is_number(one) for one in value):
            problems.append(Problem(where, str(key), "a list of numbers", value))
    raise_if_any(problems, ScenarioError)
    values = tuple(map(float, spec["values"]))  # type: ignore[call-overload]
    weights = tuple(map(float, spec.get("weights", ())))  # type: ignore[call-overload]
    if "weights" in spec and not weights:
        raise ScenarioError(Problem(where, "weights", f"one per value ({len(values)})", 0))
    return _built(where, lambda: Empirical(values, weights))


def _built(where: str, make: Callable[[], Distribution]) -> Distribution:
    """Make the law, and say of its problems where they are."""
    try:
        return make()
    except FunnelsimError as error:
        raise ScenarioError(
            Problem(where, one.name, one.rule, one.value, one.hint, one.detail) for one in error.problems
        ) from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_PARAMETRIC: dict[tuple[str, ...], Callable[..., Distribution]] = {
    ("p10", "p90"): Lognormal.from_p10_p90,
    ("median", "p90"): Lognormal.from_median_p90,
    ("mean", "sd"): Lognormal.from_mean_sd,
    ("low", "mode", "high"): Pert,
}
