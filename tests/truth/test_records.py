"""The main job on real records, held to the file's own figures and to the exact law; skipped where there are none."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

import funnelsim
from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.exact_law import window_law
from funnelsim.engines.grid_law import quantile_check
from funnelsim.engines.lowering import lower_leads
from funnelsim.engines.windows import all_windows
from properties.lead_tables import Row
from tools import assert_mean

MANY = 100_000
MAPPING = {
    "pr": "ProductRevenue",
    "pc": "Probability",
    "expected_close": "EstimatedCloseDate",
    "lead_id": "Opportunity ID",
    "stage": "Sales Stage",
}


@pytest.fixture(scope="module")
def opportunities(records):
    path = records / "ms_opportunity_tracking" / "opportunities_joined.csv"
    if not path.is_file():
        pytest.skip(f"no {path.name}")
    return path


def ask(path, **more):
    return funnelsim.forecast(
        path, mapping=MAPPING, duplicates="lines", as_of=date(2014, 12, 31), horizon=12, seed=7, **more
    )


def windows_with_bookings(answer):
    """Windows of the answer, and the simulated money in each."""
    book = lower_leads(answer.table.leads, answer.calendar, answer.assumptions)
    windows = all_windows(answer.calendar)
    return book, windows, [answer.bookings @ window for window in windows]


def test_stated_values_are_the_files_own_to_the_cent(opportunities):
    answer = ask(opportunities, replications=100)
    assert answer.expected_value == 461_120_880_80
    assert len(answer.table.leads) == 487
    assert answer.table.rows == 487
    assert answer.table.leads.lead_count == 486
    by_month = defaultdict(Decimal)
    with opportunities.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["EstimatedCloseDate"][:10])
            by_month[day.year, day.month] += Decimal(row["FactoredProductRevenue"])
    for band in answer.periods:
        file_says = by_month[band.period.start.year, band.period.start.month].quantize(Decimal("0.01"))
        assert Decimal(band.expected_value) / 100 == file_says
    assert sum(band.expected_value for band in answer.periods) + answer.beyond.expected_value == answer.expected_value


@pytest.mark.slow
def test_as_stated_every_month_is_the_exact_one(opportunities):
    """Notices a month's mean that is off by 5 standard errors, a percentile off by .005 (P10) to .008 (P50)."""
    answer = ask(opportunities, as_stated=True, replications=MANY)
    book, windows, money = windows_with_bookings(answer)
    moments = window_moments(book, windows)
    for row, totals in enumerate(money[:-1]):
        assert_mean(totals, float(moments.mean[row]), sd=float(moments.sd[row]))
        law = window_law(book, windows[row])
        for percent in (10, 50, 90):
            assert quantile_check(law, np.sort(totals), percent / 100), (row, percent)
    for band, exact in zip(answer.periods, moments.mean, strict=False):
        assert band.exact_mean == pytest.approx(exact, rel=1e-12)
        assert band.exact_mean == pytest.approx(band.expected_value, rel=1e-9)
    assert answer.independent_band_ratio == 1.0


@pytest.mark.slow
def test_by_default_nothing_is_lost_and_the_band_is_the_mixtures(opportunities):
    """Notices a total mean that is off by 0.3 %, a percentile off by .005 (P10) to .008 (P50)."""
    answer = ask(opportunities, replications=MANY)
    book, windows, money = windows_with_bookings(answer)
    everything = window_moments(book, np.ones((1, book.bins + 1), dtype=bool))
    assert everything.mean[0] == pytest.approx(461_120_880_80, rel=1e-12)
    assert_mean(answer.bookings.sum(axis=1), 461_120_880_80, sd=float(everything.sd[0]))
    moments = window_moments(book, windows)
    for row in (0, 3, 7, 11, 17, 23):
        assert_mean(money[row], float(moments.mean[row]), sd=float(moments.sd[row]))
        law = window_law(book, windows[row])
        for percent in (10, 50, 90):
            assert quantile_check(law, np.sort(money[row]), percent / 100), (row, percent)
    assert answer.independent_band_ratio > 1
    assert answer.check.passed


@pytest.mark.slow
def test_the_answer_of_exact_is_that_of_the_law(opportunities):
    answer = ask(opportunities, replications=1000, as_stated=True, exact=True)
    book, windows, _ = windows_with_bookings(answer)
    total = window_law(book, windows[23])
    assert answer.exact.total.percentiles[50] == total.quantile(0.5)
    assert answer.exact.total.mean == pytest.approx(answer.total.exact_mean, rel=1e-12)
    assert answer.exact.total.mean == pytest.approx(total.mean, rel=1e-9)
    assert answer.exact.total.sd == pytest.approx(total.sd, rel=1e-3)


def spread_file(folder, rows):
    """Write rows with spreads as a person would."""
    lines = ["lead_id,pr,pc,expected_close,pr_p10,pr_p90,close_p10,close_p90"]
    for row in rows:
        amount = [f"{each / 100:.2f}" for each in row.amount] if row.amount else ["", ""]
        days = [str(each) for each in row.days] if row.days else ["", ""]
        lines.append(",".join([row.lead_id, f"{row.pr / 100:.2f}", row.pc, str(row.close), *amount, *days]))
    path = folder / "spreads.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_file_with_spreads_has_the_closed_forms_mean_variance_and_percentiles(tmp_path):
    """The file read and forecast whole; tests/truth/test_pipeline.py holds the closed form itself to lognormals."""
    rng = np.random.default_rng(3)
    rows = []
    for place in range(60):
        low = int(rng.integers(1000, 10**6))
        first = int(rng.integers(5, 200))
        rows.append(
            Row(
                f"L{place}",
                2 * low,
                str(rng.integers(5, 95) / 100),
                date(2026, 6, 15),
                (low, low * int(rng.integers(2, 9))) if place % 3 else None,
                (date.fromordinal(739_706 + first), date.fromordinal(739_706 + 2 * first)) if place % 2 else None,
            )
        )
    path = spread_file(tmp_path, rows)
    answer = funnelsim.forecast(path, as_of=date(2026, 3, 31), replications=MANY, shock=0.0, seed=4)
    assert answer.table.leads.pr_p90.tolist() == [row.amount[1] if row.amount else -1 for row in rows]
    book, windows, money = windows_with_bookings(answer)
    moments = window_moments(book, windows)
    for row, totals in enumerate(money[:-1]):
        assert_mean(totals, float(moments.mean[row]), sd=float(moments.sd[row]))
        law = window_law(book, windows[row])
        for percent in (5, 10, 25, 50, 75, 90, 95):
            assert quantile_check(law, np.sort(totals), percent / 100), (row, percent)
        assert np.var(totals) == pytest.approx(float(moments.variance[row]), rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_the_example_passes_its_own_check_with_any_seed(seed):
    answer = funnelsim.forecast(replications=20_000, seed=seed)
    assert answer.check.passed
    money = answer.bookings.sum(axis=1)
    assert abs(money.mean() - answer.expected_value) < 5 * money.std() / np.sqrt(20_000)
