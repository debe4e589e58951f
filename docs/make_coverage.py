"""Make coverage.md: how often each interval that is printed holds the truth, measured on laws whose truth is known.

Run it after a change of an interval: ``python docs/make_coverage.py`` (some ten minutes on two cores).
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "coverage.md"
sys.path.insert(0, str(HERE.parent / "tests"))

from truth.coverage_cases import LAWS, Tally, limits, measured  # noqa: E402

RUNS = {100: 3000, 1000: 1500}
"""Repetitions for each number of replications."""

HEAD = """\
# How often intervals hold the truth

*Made by `docs/make_coverage.py`; the test `tests/truth/test_coverage.py` reads this page and repeats a part of it.*

An interval named 95 % should hold the true value in 95 of 100 runs. Here every kind of interval that is printed is
made again and again on laws whose truth is known exactly, and the runs are counted in which it does. **at least 95
%** marks the conservative ones: they are wider than they must be. With {low:,} repetitions (of 1,000 replications;
{high:,} of 100) a measured coverage is known to about half a point.

The laws, two strategies on the same luck each:

- **correlated normals**: correlation .8, standard deviations 1 and 1.3: a forecast of many leads;
- **skewed money, atom at 0**: lognormal with sigma 1, and nothing at all for both in one future of twenty: a handful
  of large deals;
- **equal deals**: Poisson numbers of deals of one size, most of them shared: ties within and between strategies.

*Width* is the mean distance between the ends, in standard deviations of the base strategy; of chances, in shares.
*MCB* compares four strategies with the best of the others, one of them nearly the same as another, one without shared
luck; it holds if all four intervals do. *Sign known* stops at the look at which the sign of the difference is known,
the least favourable rule; it starts with 25 replications here in place of 100, with 100 in place of 1,000. The bands
start with 50 and 200 and double until all three percentiles are known, or to 8 times 100 or 1,000.

"""

LIMITS = """\
## Where they do not hold

No method holds everywhere. These are not hidden, and where the program can see the case it says so.

- A mean difference of strategies that **differ in few futures** rests on these alone. Below some thirty of them
  Student's interval is too sure.
- A **control** that goes together with the estimate along a curve, as the logarithm of money with money, leaves a
  rest so skewed that the interval is too narrow; the answer then says how many replications it takes. A control in
  the same unit, such as the same futures without limits on capacity, does not have this.
- Below 36 replications nothing bounds a P10, a P90 or the worst tenth; the interval then says so: it has no ends.

"""

_ROWS = ["| interval | law | replications | name | measured | width |", "|---|---|---|---|---|---|"]


def row(name: str, law: str, count: int, tally: Tally) -> str:
    """Return one row of the table."""
    label = "at least 95 %" if tally.at_least else "95 %"
    width = tally.width / tally.runs
    return f"| {name} | {law} | {count:,} | {label} | {100 * tally.coverage:.1f} % | {width:.3g} |"


def page() -> str:
    """Return the page, measured anew."""
    jobs = [(law, count) for count in sorted(RUNS, reverse=True) for law in range(len(LAWS))]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(jobs, pool.map(_measured, jobs), strict=True))
        outside = dict(zip(sorted(RUNS), pool.map(_limits, sorted(RUNS)), strict=True))
    rows = [
        row(name, LAWS[law].name, count, found[law, count][name])
        for name in found[0, 100]
        for law in range(len(LAWS))
        for count in sorted(RUNS)
    ]
    beyond = [row(name, "see above", count, outside[count][name]) for name in outside[100] for count in sorted(RUNS)]
    head = HEAD.format(low=RUNS[1000], high=RUNS[100])
    return head + "\n".join([*_ROWS, *rows]) + "\n\n" + LIMITS + "\n".join([*_ROWS, *beyond]) + "\n"


def _measured(job: tuple[int, int]) -> dict[str, Tally]:
    law, count = job
    return measured(LAWS[law], count, RUNS[count])


def _limits(count: int) -> dict[str, Tally]:
    return limits(count, RUNS[count])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
