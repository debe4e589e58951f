"""The words: what they claim is what the numbers say, at both ends of every scale."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from forecast_variants import HOSTILE, empty, hostile, variants, year
from sample_forecast import sample_forecast

from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar
from funnelsim.model.proofs import SelfCheck
from funnelsim.model.results import Band, Forecast
from funnelsim.outputs import account, sentences
from funnelsim.outputs.plain_text import plain, spreadsheet_cell

SHAPES = variants()
KNOWN = {5: 1, 10: 31_812_345_678, 25: 1, 50: 42_049_000_000, 75: 1, 90: 52_149_000_000, 95: 1}
SAYINGS = (
    sentences.headline,
    sentences.plan_sentence,
    sentences.plan_title,
    sentences.shortfall_sentence,
    sentences.shared_risk_sentence,
    sentences.adding_sentence,
    sentences.concentration_sentence,
    sentences.effects_sentence,
    sentences.optimism_sentence,
    sentences.outside_sentence,
    sentences.narrow_sentences,
    account.left_out,
    account.precision_sentence,
    account.check_sentence,
    account.footer,
)


def said(forecast: Forecast) -> list[str]:
    found: list[str] = []
    for saying in SAYINGS:
        words = saying(forecast)
        found += [words] if isinstance(words, str) else list(words or ())
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_can_be_said(name: str) -> None:
    for words in said(SHAPES[name]):
        assert words
        assert words == words.strip()
        assert not re.search(r"\bnan\b|\binf\b|None|  |\b100%|\b(0|100) in 100|-0\b", words), words


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sentence_carries_anything_active(text: str) -> None:
    for words in said(hostile(text)):
        assert words == plain(words)
        assert words.isprintable()


def test_the_headline_names_the_band_and_the_middle() -> None:
    base = year()
    total = replace(
        base.total, percentiles={5: 1, 10: 31_812_345_678, 25: 1, 50: 42_049_000_000, 75: 1, 90: 52_149_000_000, 95: 1}
    )
    total = replace(total, standard_error=replace(total.standard_error, p10=1e7, p50=1e7, p90=1e7))
    assert sentences.headline(replace(base, total=total)) == (
        "There is an 80% chance that bookings from the open leads, Jan 2015 to Dec 2015, fall between 318 and 521 "
        "million; the middle is 420 million."
    )


def test_a_headline_is_no_finer_than_its_error() -> None:
    base = year()
    total = replace(
        base.total, percentiles={5: 1, 10: 31_812_345_678, 25: 1, 50: 42_049_000_000, 75: 1, 90: 52_149_000_000, 95: 1}
    )
    total = replace(total, standard_error=replace(total.standard_error, p10=1.4e9, p50=3e8, p90=1.1e9))
    assert "between 320 and 520 million; the middle is 420 million" in sentences.headline(replace(base, total=total))


def test_nothing_to_forecast_is_said() -> None:
    assert sentences.headline(empty()).startswith("There is no open lead to forecast")
    assert sentences.headline(SHAPES["zero"]).startswith("At least 80 in 100 simulated futures book nothing")
    assert sentences.optimism_sentence(SHAPES["zero"]) is None


@pytest.mark.parametrize(
    ("probability", "made", "missed", "percent"),
    [
        (0.62, "About 62 in 100", "about 38 in 100", "62%"),
        (0.0, "Fewer than 1 in 100", "more than 99 in 100", "less than 1%"),
        (1.0, "More than 99 in 100", "fewer than 1 in 100", "more than 99%"),
        (0.003, "Fewer than 1 in 100", "more than 99 in 100", "less than 1%"),
        (0.997, "More than 99 in 100", "fewer than 1 in 100", "more than 99%"),
    ],
)
def test_the_plan_is_said_from_both_sides(probability: float, made: str, missed: str, percent: str) -> None:
    base = year()
    assert base.plan is not None
    error = (probability * (1 - probability) / 100_000) ** 0.5
    plan = replace(base.plan, probability=probability, standard_error=error)
    words = sentences.plan_sentence(replace(base, plan=plan, replications=100_000))
    assert words is not None
    assert words.startswith(f"{made} simulated futures make the plan of 450M")
    assert f"and {missed} miss it: the chance of the plan is {percent}." in words


def test_ten_futures_do_not_prove_certainty() -> None:
    base = year()
    assert base.plan is not None
    few = replace(base, plan=replace(base.plan, probability=1.0, standard_error=0.0), replications=10)
    words = sentences.plan_sentence(few)
    assert words is not None
    assert "More than 90 in 100" in words
    assert "more than 90%" in words


def test_without_a_plan_nothing_is_said_about_one() -> None:
    bare = SHAPES["no plan"]
    assert sentences.plan_sentence(bare) is sentences.plan_title(bare) is sentences.shortfall_sentence(bare) is None
    words = sentences.concentration_sentence(bare)
    assert words is not None
    assert "plan" not in words


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1.83, "Shared risk makes this band 1.8 times wider than if leads were independent."),
        (1.0, "Shared risk leaves this band about as wide as it would be if leads were independent."),
        (0.8, "Shared risk makes this band 0.8 times as wide as if leads were independent."),
        (None, "Without shared risk the band would have no width at all."),
    ],
)
def test_shared_risk_is_a_ratio(ratio: float | None, words: str) -> None:
    assert sentences.shared_risk_sentence(replace(year(), independent_band_ratio=ratio)) == words


def test_independence_is_not_hidden() -> None:
    bare = replace(year(), assumptions=ForecastAssumptions.stated(), independent_band_ratio=1.0)
    assert "leads are independent here" in sentences.shared_risk_sentence(bare)


def test_p10s_do_not_add_and_by_how_much() -> None:
    assert (
        sentences.adding_sentence(year())
        == "P10s do not add: the 12 months' sum to 100M, the total's is 250M, 150M more."
    )
    assert sentences.adding_sentence(SHAPES["one period"]) is None


def narrowed(band: Band, share: float) -> Band:
    middle = 1_000_000
    low, high = round(middle * (1 - share)), round(middle * (1 + share))
    return replace(band, percentiles={5: low, 10: low, 25: low, 50: middle, 75: high, 90: high, 95: high})


def test_a_band_narrower_than_published_errors_warns() -> None:
    base = year()
    assert sentences.narrow_sentences(replace(base, total=narrowed(base.total, 0.2))) == ()
    assert sentences.narrow_sentences(replace(base, total=narrowed(base.total, 0.1))) == ()
    (warning,) = sentences.narrow_sentences(replace(base, total=narrowed(base.total, 0.09)))
    assert warning.startswith("Warning: the 80% band of the total is within 10% of its middle")
    months = replace(base, periods=tuple(narrowed(band, 0.05) for band in base.periods))
    assert sentences.narrow_sentences(months) == ()
    quarters = SHAPES["quarters"]
    quarters = replace(quarters, periods=(narrowed(quarters.periods[0], 0.05), *quarters.periods[1:]))
    assert "band of Q1 FY2027 is" in sentences.narrow_sentences(quarters)[0]


def test_everything_that_happened_to_a_row_is_said() -> None:
    lines = "\n".join(account.left_out(sample_forecast()))
    for part in (
        "Left out: 2 rows, no PC: not a QSL (PR USD 70.0K).",
        "Left out: 1 row, no expected close",
        "Filled in: pc of 1 row by the mean PC of 34 rows",
        "Lost already: 4 rows",
        "Won already: 6 rows, not forecast.",
        "Booked in the fiscal year Jan 2026 to Dec 2026: USD 2.90M in 6 bookings.",
        "Overdue: 1 open row (USD 40.0K of PR x PC) due by 30 Jun 2026",
        "After 31 Dec 2026: USD 40.0K of PR x PC due as stated; USD 300K expected there",
        "Note: 5 report footer lines removed",
    ):
        assert part in lines


def test_a_failed_check_cannot_be_overlooked() -> None:
    assert "CHECK FAILED" in account.check_sentence(replace(year(), check=SelfCheck(7.2, False)))


def test_a_precision_not_reached_is_said() -> None:
    base = sample_forecast()
    assert base.precision is not None
    words = account.precision_sentence(replace(base, precision=replace(base.precision, reached=0.02)))
    assert words is not None
    assert "asked 1%, NOT reached" in words


def test_the_footer_names_day_stub_file_seed_and_version() -> None:
    words = account.footer(SHAPES["stub"])
    for part in (
        "As of 21 Nov 2026",
        "stub of 9 days",
        "deals.csv (sha256 abababab)",
        "2,000 simulated futures",
        "seed 7",
        "funnelsim ",
    ):
        assert part in words
    assert "currency not given" in account.footer(year())


def test_one_year_in_ten_is_said_of_years_only() -> None:
    assert "1 year in 10" in sentences.outside_sentence(year())
    half = replace(year(), calendar=Calendar(year().calendar.as_of, "month", 6))
    assert "1 forecast in 10" in sentences.outside_sentence(half)


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_text_is_printable_and_settled(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable() or "\u200d" in shown
    assert plain(shown) == shown
    assert len(plain(text, 10)) <= 10
    assert not spreadsheet_cell(text).lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "text", ["Zoë & Søn", "東京 商事", "שלום", "naïve — “quotes”", "👩\u200d🔧 GmbH", "می\u200cخواهم"]
)
def test_ordinary_names_stay_as_they_are(text: str) -> None:
    assert plain(text) == spreadsheet_cell(text) == text
