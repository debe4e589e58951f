"""Every interval that is printed holds the truth as often as its name says, on laws whose truth is known.

``docs/coverage.md`` has the table; these tests read it, and measure a part of it again.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from funnelsim.engines.bands import percentile_interval
from funnelsim.engines.exact_law import window_law
from funnelsim.engines.precision import PERCENTS, simulate_until_precise
from funnelsim.engines.statistics.looking import look_confidence
from funnelsim.engines.windows import all_windows
from properties.lead_tables import DEFAULT, ONE_THREAD, YEAR, Row, book_of
from tools import LIMIT
from truth.coverage_cases import LAWS, limits, measured

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
NAME = 0.95
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([\d,]+) \| (at least 95 %|95 %) \| ([\d.]+) % \| [^|]+ \|$", re.MULTILINE)


def allowed(runs: int, errors: float) -> float:
    """The lowest coverage that is chance if 95 % is true."""
    return NAME - errors * math.sqrt(NAME * (1 - NAME) / runs)


def repeated(law, count, runs, draws=2000):
    for name, tally in measured(law, count, runs, draws).items():
        assert tally.runs == runs
        assert tally.coverage >= allowed(runs, LIMIT), (name, tally.coverage)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_the_truth_of_a_law_is_what_very_many_replications_show(law):
    """Notices a truth that is off by .02 standard deviations; 200,000 replications (5 standard errors)."""
    count = 200_000
    pair = law.draw(np.random.default_rng(1), count)
    error = LIMIT / math.sqrt(count)
    for side, values in enumerate((pair.base, pair.other)):
        sd = float(values.std())
        assert abs(values.mean() - law.means[side]) < error * sd
        assert abs((values >= law.goal).mean() - law.chances[side]) < error / 2
        for at, percent in enumerate(PERCENTS):
            truth, share = law.percentiles[side][at], percent / 100
            assert (values < truth - 1).mean() < share + error / 2
            assert (values <= truth + 1).mean() > share - error / 2
        worst = np.sort(values)[: count // 10]
        # its error is that of (value - P10) below P10, divided by a tenth
        lacking = np.minimum(values - law.percentiles[side][0], 0)
        assert abs(worst.mean() - law.tails[side]) < error * float(lacking.std()) * 10
    beats = (np.sign(pair.other - pair.base).mean() + 1) / 2
    assert abs(beats - law.beats) < error / 2
    assert abs(pair.control.mean()) < error * pair.control.std()
    assert law.sd == pytest.approx(float(pair.base.std()), rel=0.05)


def test_the_page_has_every_interval_on_every_law_and_none_falls_short():
    """At most 3 standard errors below 95 %; the page says how many repetitions that is."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition("## Where they do not hold")[0]
    runs = dict(
        zip(
            (1000, 100),
            map(
                _number,
                re.search(
                    r"With ([\d,]+) repetitions \(of 1,000 replications; ([\d,]+) of 100", " ".join(table.split())
                ).groups(),
            ),
            strict=True,
        )
    )
    assert min(runs.values()) >= 1000
    rows = ROW.findall(table)
    found = {(name, law, _number(count)): (label, float(share) / 100) for name, law, count, label, share in rows}
    assert len(found) == len(rows) == table.count("\n| ") - 1
    names = set(measured(LAWS[0], 100, 1, draws=20))
    assert set(found) == {(name, law.name, count) for name in names for law in LAWS for count in (100, 1000)}
    rounding = 0.0005
    for (name, law, count), (_, share) in found.items():
        assert share + rounding >= allowed(runs[count], 3), (name, law, count)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_intervals_hold_on_skewed_money():
    """150 samples of 100 replications; notices a coverage of .95 that is below .861."""
    repeated(LAWS[1], 100, 150, draws=400)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_intervals_hold_with_100_replications(law):
    """1,500 samples; notices a coverage of .95 that is below .922."""
    repeated(law, 100, 1500)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_intervals_hold_with_1000_replications(law):
    """1,000 samples; notices a coverage of .95 that is below .915."""
    repeated(law, 1000, 1000, draws=1000)


@pytest.mark.slow
def test_what_the_page_says_of_the_limits_is_so():
    """The cases it warns of fall short of 95 % by more than 3 standard errors of 1,000 samples."""
    for name, tally in limits(100, 1000).items():
        assert tally.coverage < allowed(1000, 3), name


@pytest.mark.slow
def test_a_forecasts_percentile_bands_hold_the_exact_percentiles():
    """1,000 forecasts of 20 shocked leads that double until 4 % of the mean; notices a coverage below .915."""
    horizon = all_windows(YEAR)[23]
    book = book_of([Row(f"L{place}", 1000 + 53 * place, f"0.{20 + place}") for place in range(20)], assumptions=DEFAULT)
    law = window_law(book, horizon)
    runs, start, held = 1000, 100, dict.fromkeys(PERCENTS, 0)
    for seed in range(runs):
        bookings, precision = simulate_until_precise(book, seed, start, 0.04, horizon, ONE_THREAD)
        assert precision.reached <= 0.04
        look = 1 + round(math.log2(len(bookings) / start))
        ordered = np.sort(bookings @ horizon)
        for percent in PERCENTS:
            low, high = percentile_interval(ordered, percent / 100, look_confidence(look))
            held[percent] += low - law.cell <= law.quantile(percent / 100) <= high + law.cell
    for percent, hits in held.items():
        assert hits / runs >= allowed(runs, LIMIT), percent
