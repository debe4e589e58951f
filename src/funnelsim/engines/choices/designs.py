"""The table of designs of a sweep: every combination, or points spread evenly over ranges.

The question: which values are tried together?  Drawn designs are a pure function of the seed: Latin hypercubes and
scrambled Sobol points (Owen) from ``scipy.stats.qmc`` under a key of their own.

What it leaves out: reading a table of designs from a file (``inputs/sweep_files.py``).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.buyer_rates import solve_funnel
from funnelsim.engines.execution import Execution, run_blocks
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.levers import Lever
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import changed, full_path
from funnelsim.model.scenario_paths import known_path, value_of_path
from funnelsim.model.sweep import Designs
from funnelsim.model.sweep_settings import MOST_DESIGNS, SweepSettings

DESIGN_KEY: Final = 0x64657369676E73
"""Goes with the seed into the key that designs are drawn under."""
_DIGITS: Final = 5
"""A drawn value is rounded to this many digits of its range, so that it can be read and written."""


Told = Callable[[int, bool], None]


def untold(number: int, feasible: bool) -> None:
    """Ignore what was found of a design.

    Parameters
    ----------
    number : int
        Its row.
    feasible : bool
        Whether it can be simulated.
    """


def made_designs(scenario: Scenario, levers: Sequence[Lever], settings: SweepSettings) -> Designs:
    """Make the table of designs that was asked for.

    Parameters
    ----------
    scenario : Scenario
        What the levers belong to: a range of a key that is a count gives whole numbers.
    levers : sequence of Lever
        At least one.
    settings : SweepSettings
        How to make them, and the seed.

    Returns
    -------
    Designs
        No two rows equal; the first lever changes slowest in a grid.

    Raises
    ------
    ScenarioError
        If a range has no points for a grid, two levers are one key, or there would be too many designs.
    """
    raise_if_any([*_lever_problems(scenario, levers, settings), *_size_problems(levers, settings)], ScenarioError)
    paths = tuple(lever.path for lever in levers)
    if settings.sampling == "grid":
        values = (tuple(map(_readable, lever.values)) for lever in levers)
        return distinct(Designs(paths, tuple(product(*values)), "grid"))
    count = settings.lhs if settings.sobol is None else settings.sobol
    assert count is not None, "a drawn sweep has a number of designs"
    shares = _latin(len(levers), count, settings.seed) if settings.sobol is None else _sobol(levers, count, settings)
    columns = [_values(scenario, lever, shares[:, number]) for number, lever in enumerate(levers)]
    notes: tuple[str, ...] = ()
    if settings.sobol is not None and count & (count - 1):
        below, above = 1 << (count.bit_length() - 1), 1 << count.bit_length()
        notes = (f"Sobol points are balanced in powers of two: {below:,} or {above:,} would be, {count:,} are not.",)
    return distinct(Designs(paths, tuple(zip(*columns, strict=True)), settings.sampling, notes))


def distinct(designs: Designs) -> Designs:
    """Return designs without repeated rows, the first of each kept and the others counted.

    Parameters
    ----------
    designs : Designs
        Made, not given.

    Returns
    -------
    Designs
        The same one where no row is repeated.
    """
    rows = {tuple((type(value) is bool, value) for value in row): row for row in reversed(designs.rows)}
    twice = len(designs.rows) - len(rows)
    if not twice:
        return designs
    kept = tuple(reversed(rows.values()))
    said = "1 design was" if twice == 1 else f"{twice:,} designs were"
    note = f"{said} drawn twice and {'is' if twice == 1 else 'are'} simulated once: {len(kept):,} are left."
    return Designs(designs.paths, kept, designs.sampling, (*designs.notes, note))


def design_changes(designs: Designs, number: int) -> tuple[tuple[str, object], ...]:
    """Return what a design changes in the scenario.

    Parameters
    ----------
    designs : Designs
        The table.
    number : int
        Row, from 0.

    Returns
    -------
    tuple of (str, object)
        As ``scenario_changes.changed`` takes it.
    """
    return tuple(zip(designs.paths, designs.rows[number], strict=True))


def refuse_infeasible(
    scenario: Scenario,
    designs: Designs,
    strategies: Iterable[str],
    where: str,
    execution: Execution | None = None,
    first: int = 0,
    told: Told = untold,
) -> None:
    """Refuse, before anything is simulated, designs that cannot be; all of them at once.

    Parameters
    ----------
    scenario : Scenario
        What the designs change.
    designs : Designs
        The table.
    strategies : iterable of str
        Must be there in every design.
    where : str
        What the table is called in messages.
    execution : Execution, optional
        Threads, and whom to tell that work goes on.
    first : int
        Designs before this one are known to be feasible.
    told : callable
        Told of every design whether it is feasible, from the thread that looked.

    Raises
    ------
    ScenarioError
        One problem for each reason, with the first design that has it and a count of the others.
    """
    how, names = execution or Execution(threads=1), tuple(strategies)
    found: dict[int, tuple[Problem, ...]] = {}

    def work(begin: int, end: int, stop: Event) -> None:
        for number in range(first + begin, first + end):
            if stop.is_set():
                return
            problems = _problems_of(scenario, designs, number, names, where)
            told(number, not problems)
            how.progress(0.0)
            if problems:
                found[number] = problems

    run_blocks(work, len(designs) - first, Execution(threads=how.threads, block=1))
    reasons: dict[tuple[str, str], list[tuple[int, Problem]]] = {}
    for number in sorted(found):
        for problem in found[number]:
            reasons.setdefault((problem.name, problem.rule), []).append((number, problem))
    raise_if_any((_grouped(where, some) for some in reasons.values()), ScenarioError)


def _problems_of(
    scenario: Scenario, designs: Designs, number: int, strategies: tuple[str, ...], where: str
) -> tuple[Problem, ...]:
    try:
        document = changed(scenario, design_changes(designs, number), f"{where}, design {number + 1}")
        solve_funnel(document)
        for name in strategies:
            document.strategy(name)
    except ScenarioError as error:
        return error.problems
    return ()


def _grouped(where: str, some: list[tuple[int, Problem]]) -> Problem:
    number, first = some[0]
    others = len({other for other, _ in some} - {number})
    more = f"(and in {others:,} more design{'s' if others > 1 else ''})" if others else ""
    detail = " ".join(part for part in (first.detail, more) if part)
    return Problem(f"{where}, design {number + 1}", first.name, first.rule, first.value, first.hint, detail)


def _lever_problems(scenario: Scenario, levers: Sequence[Lever], settings: SweepSettings) -> list[Problem]:
    problems = repeated_keys(scenario, [lever.path for lever in levers], "--set")
    for lever in levers:
        if lever.is_range and not lever.values and settings.sampling == "grid":
            hint = f"such as {lever.path}={_short(lever.low)}..{_short(lever.high)}:5, or pass --lhs 100 or --sobol 128"
            rule = "a list of values, or a range with a number of points"
            got = Shown(f"a range without points for {lever.path}")
            problems.append(Problem("command line", "--set", rule, got, hint))
        elif not lever.values and _is_count(scenario, lever) and not lever.whole:
            got = Shown(f"{_short(lever.low)}..{_short(lever.high)} for {lever.path}")
            problems.append(Problem("command line", "--set", "a range with whole ends, because it is a count", got))
    return problems


def repeated_keys(scenario: Scenario, paths: Sequence[str], where: str) -> list[Problem]:
    """Return a problem for every key that is named by two of several paths.

    Parameters
    ----------
    scenario : Scenario
        Whose keys.
    paths : sequence of str
        In the user's words.
    where : str
        Said first in the message.

    Returns
    -------
    list of Problem
        Empty when all keys differ.
    """
    meant = [full_path(scenario, path) for path in paths]
    twice = [number for number, path in enumerate(meant) if path in meant[:number]]
    return [
        Problem(where, "the levers", "different keys", Shown(f"{paths[meant.index(meant[k])]!r} and {paths[k]!r}"))
        for k in twice
    ]


def _size_problems(levers: Sequence[Lever], settings: SweepSettings) -> list[Problem]:
    if settings.sampling != "grid":
        return []
    count = math.prod(max(1, len(lever.values)) for lever in levers)
    if count <= MOST_DESIGNS:
        return []
    hint = "take fewer values, or draw some of the designs with --lhs or --sobol"
    return [Problem("command line", "--set", f"at most {MOST_DESIGNS:,} designs", Shown(f"{count:,}"), hint)]


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, DESIGN_KEY])))  # scipy spawns from it


def _latin(dimensions: int, count: int, seed: int) -> npt.NDArray[np.float64]:
    from scipy.stats import qmc

    drawn: npt.NDArray[np.float64] = qmc.LatinHypercube(d=dimensions, rng=_generator(seed)).random(count)
    return drawn


def _sobol(levers: Sequence[Lever], count: int, settings: SweepSettings) -> npt.NDArray[np.float64]:
    from scipy.stats import qmc

    points = qmc.Sobol(d=len(levers), scramble=True, rng=_generator(settings.seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a note says so of a number that is no power of two
        drawn: npt.NDArray[np.float64] = points.random(count)
    return drawn


def _values(scenario: Scenario, lever: Lever, shares: npt.NDArray[np.float64]) -> list[object]:
    """Return the values that shares in [0, 1) of a lever's range stand for."""
    if lever.values:
        places = np.minimum((shares * len(lever.values)).astype(np.int64), len(lever.values) - 1)
        return [_readable(lever.values[place]) for place in places.tolist()]
    low, high = lever.low, lever.high
    assert low is not None, "a lever has values or a range"
    assert high is not None, "a lever has values or a range"
    if _is_count(scenario, lever):
        first, many = int(low), int(high) - int(low) + 1
        return [first + min(int(share * many), many - 1) for share in shares.tolist()]
    digits = _DIGITS - math.floor(math.log10(high - low))
    return [min(max(round(low + share * (high - low), digits), low), high) for share in shares.tolist()]


def _readable(value: object) -> object:
    """Return a double with the 15 digits that a table of designs keeps."""
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _is_count(scenario: Scenario, lever: Lever) -> bool:
    """Tell whether a key takes whole numbers only; of one that has no value yet, what the ends look like."""
    path = full_path(scenario, lever.path)
    if known_path(scenario, path)[0]:
        return False
    now = value_of_path(scenario, path)
    return lever.whole if now is None else isinstance(now, int) and not isinstance(now, bool)


def _short(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"
