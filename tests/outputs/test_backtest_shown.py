"""A back-test as sentences, a page, a document, tables and charts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from sample_backtest import sample
from scipy.stats import binom

from funnelsim.engines.statistics.held import binomial_range, counts_by_share
from funnelsim.model.backtest import LEVELS
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.outputs.backtest_charts import NAMES, backtest_chart
from funnelsim.outputs.backtest_document import backtest_csv, backtest_document
from funnelsim.outputs.backtest_page import marks, print_backtest
from funnelsim.outputs.backtest_readings import percentile_title, place_title, readings, recalibration
from funnelsim.outputs.backtest_sentences import headline, remarks
from funnelsim.outputs.backtest_tables import forecasts_table, scores_table
from funnelsim.outputs.backtest_text import (
    lean,
    misses,
    nearer,
    origin_text,
    rivals,
    scores_of,
    share_text,
    shown,
    skill,
)
from funnelsim.outputs.charts import chart_svg
from funnelsim.outputs.documents import canonical_json

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
HOSTILE = "\x1b[31m[bold red]=1+1|\u202e"

VARIANTS = {
    "sample": lambda: sample(),
    "narrow": lambda: sample(40, unit="month", horizon=12, width=0.4),
    "wide": lambda: sample(40, unit="month", horizon=3, width=3.0),
    "few": lambda: sample(6, unit="month", horizon=3),
    "few_missed": lambda: sample(6, unit="month", horizon=3, width=0.3),
    "one": lambda: sample(1, unit="quarter", horizon=1, recalibration=None),
    "independent": lambda: sample(settings=BacktestSettings(every="week", independent=True)),
    "counts": lambda: sample(counts_only=True, currency=None, target="total", value="pr"),
    "nothing": lambda: sample(actual=np.zeros((14, 5), dtype=np.int64)),
    "hostile": lambda: sample(name=HOSTILE, currency=HOSTILE, notes=(HOSTILE,)),
}


@pytest.fixture(scope="module")
def schema():
    found = json.loads((ROOT / "docs" / "schemas" / "backtest.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def page_of(one, width=100, encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_backtest(one, stream, width=width)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_the_headline_is_what_a_board_would_repeat():
    assert headline(sample()) == (
        "Of 14 weekly forecasts, the 80 % band held what was booked in the week ahead 11 times and missed it 3 times; "
        "honest bands hold it 8 to 14 times. That is within what luck explains."
    )


def test_misses_are_as_loud_as_hits():
    narrow = headline(VARIANTS["narrow"]())
    assert "More misses than luck explains: the bands are too narrow, or lie in the wrong place." in narrow
    assert "More hits than luck explains: the bands are too wide." in headline(VARIANTS["wide"]())
    told = " ".join(remarks(VARIANTS["narrow"]()))
    assert "Bands that held too rarely for luck: " in told
    assert "Missed in month 1: " in told


def test_under_twelve_forecasts_nothing_is_verified_but_misses_are_said():
    few = headline(VARIANTS["few"]())
    assert few.startswith("Too few periods to verify: of 6 monthly forecasts, the 80 % band held ")
    assert few.endswith("at least 12 forecasts are needed to say more.")
    assert headline(VARIANTS["few_missed"]()).startswith(
        "Too few periods to verify, yet more misses than luck explains: of 6 monthly forecasts"
    )
    assert headline(VARIANTS["one"]()).startswith("Too few periods to verify: one quarterly forecast was made, ")


def test_how_little_they_prove_and_what_they_share_is_said():
    told = " ".join(remarks(sample()))
    assert (
        "14 forecasts prove little: bands that in truth hold anything from 49 to 96 in 100 could show 11 of 14" in told
    )
    assert "Overlapping forecasts are not independent: beyond week 1 they share weeks" in told
    assert "14 totals prove hardly more than 4 that stand apart" in told
    assert "Overlapping" not in " ".join(remarks(VARIANTS["one"]()))


def test_rivals_that_were_nearer_are_named():
    assert "Beaten by CRPS, ours larger by so much: independent leads in 4-week total (8%)." in remarks(sample())


def test_independent_bands_are_shown_in_place_of_the_real_ones():
    one = VARIANTS["independent"]()
    assert shown(one).name == "independent leads"
    assert "the 80 % band with leads made independent held" in headline(one)
    assert rivals(one)[0].name == "funnelsim"


def test_skill_of_ours_is_that_of_the_record():
    one = sample()
    for rival in rivals(one):
        for place, label in enumerate(one.labels):
            assert skill(one, rival, place) == pytest.approx(one.score(rival.name, label).skill, rel=1e-12)


def test_counts_are_those_of_the_record():
    one = sample()
    for place, label in enumerate(one.labels):
        for level in LEVELS:
            held = one.score("funnelsim", label).hits[level]
            assert len(misses(one, place, level)) == len(one.origins) - held
        assert marks(one, place, (".", "^", "v")).count(".") == scores_of(one, place).hits[80]
    above = [miss.origin for miss in misses(one, 0) if miss.above]
    assert [at for at, mark in enumerate(marks(one, 0, (".", "^", "v"))) if mark == "^"] == above
    found = lean(one, 0)
    assert found.above + found.below == found.of == 14
    assert (found.low, found.high) == tuple(map(int, binom.interval(0.95, 14, 0.5)))
    rival = nearer(one, one.forecasters[-1])
    assert rival.of == 11, "three origins had no forecast"
    assert rival.nearer == int((one.ours.crps[3:, 0] < one.forecasters[-1].crps[3:, 0]).sum())


@pytest.mark.parametrize("count", [0, 1, 8, 12, 20, 40])
@pytest.mark.parametrize("chance", [0.05, 0.2, 0.5, 0.8, 0.95])
def test_the_honest_range_is_the_central_binomial_one(count, chance):
    if count:
        assert binomial_range(count, chance) == tuple(map(int, binom.interval(0.95, count, chance)))
    else:
        assert binomial_range(count, chance) == (0, 0)


def test_shares_are_counted_in_equal_bins():
    shares = np.array([0.0, 0.19, 0.2, 0.5, 0.99, 1.0, np.nan])
    assert counts_by_share(shares, 5).tolist() == [2, 1, 1, 0, 2]


def test_leans_and_shapes_beyond_luck_are_said():
    one = sample(20)
    low = replace(one, actual=one.actual + 10**9)
    assert "the forecasts are too low" in " ".join(readings(low))
    assert place_title(low).startswith(
        "In the week ahead actuals lay above the median every time; even luck gives 6 to"
    )
    odd = "P25, P50, P75, P90, P95"
    assert f"share nothing: {odd} of week 1; {odd} of 4-week total (whose weeks overlap)." in percentile_title(low)
    level = replace(one, actual=one.ours.percentiles[:, :, 3].copy())
    assert place_title(level) == "Where in their forecasts actuals lay."
    high = replace(one, actual=np.zeros_like(one.actual))
    assert "the forecasts are too high" in " ".join(readings(high))


def test_recalibration_is_told_and_never_applied():
    told = recalibration(sample())
    assert "the first 7 forecasts ask for bands 1.12 times as wide" in told
    assert "that was better: CRPS 210K before, 205K after; 80 % bands held 17 before, 21 after, of 25." in told
    assert told.endswith("It is reported, not applied.")
    assert "not tried" in recalibration(VARIANTS["one"]())


def test_no_share_is_said_to_be_nothing_or_all():
    assert [share_text(one) for one in (0.0, 0.004, 0.17, 2.54)] == ["<1%", "<1%", "17%", "254%"]
    assert [share_text(one, signed=True) for one in (0.3, -0.3, 1.0, None, float("nan"))] == [
        "+30%", "-30%", ">+99%", "-", "-",
    ]  # fmt: skip


def test_origins_have_the_names_of_their_first_periods():
    assert origin_text(sample(), 0) == "14 Nov 2011"
    assert origin_text(VARIANTS["few"](), 1) == "Feb 2017"
    assert origin_text(VARIANTS["one"](), 0) == "Q1 FY2017"


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("width", "encoding"), [(100, "utf-8"), (40, "ascii")])
def test_pages_fit_and_show_no_control_characters(name, width, encoding):
    text = page_of(VARIANTS[name](), width, encoding)
    assert max(map(len, text.splitlines())) <= width
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "nan" not in text.replace("funnelsim", "")


@pytest.mark.parametrize(("name", "width"), [("sample", 100), ("narrow", 80), ("few_missed", 60)])
def test_the_page_reads_as_it_was_reviewed(name, width, update_golden):
    text = page_of(VARIANTS[name](), width)
    path = GOLDEN / f"backtest_{name}_{width}.txt"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VARIANTS)
def test_documents_are_valid(name, schema):
    one = VARIANTS[name]()
    document = json.loads(canonical_json(backtest_document(one)))
    schema.validate(document)
    assert len(document["forecasts"]) == one.actual.size
    assert len(document["scores"]) == len(one.scores)


def test_the_csv_has_a_row_a_forecaster_and_target():
    one = sample()
    rows = list(csv.DictReader(io.StringIO(backtest_csv(one))))
    assert [(row["forecaster"], row["target"]) for row in rows] == [(s.forecaster, s.target) for s in one.scores]
    first = one.scores[0]
    assert (float(rows[0]["wape"]), int(rows[0]["held_80"])) == (first.wape, first.hits[80])
    assert rows[0]["skill"] == ""
    (point,) = (row for row in rows if (row["forecaster"], row["target"]) == ("last period", "week 1"))
    assert point["held_80"] == point["pinball"] == ""
    assert None not in rows[0]


def test_tables_hold_every_forecast_and_score():
    one = sample()
    scores, forecasts = scores_table(one), forecasts_table(one)
    assert scores.num_rows == len(one.scores)
    assert forecasts.num_rows == len(one.forecasters) * one.actual.size
    rows = forecasts.to_pylist()
    own = [row for row in rows if (row["forecaster"], row["target"]) == ("funnelsim", "week 2")]
    assert [row["actual_minor"] for row in own] == one.actual[:, 1].tolist()
    assert [row["p10_minor"] for row in own] == one.ours.percentiles[:, 1, 1].tolist()
    assert [row["pit"] for row in own] == one.ours.pit[:, 1].tolist()
    ets = [row for row in rows if (row["forecaster"], row["target"]) == ("AutoETS", "week 1")]
    assert [row["mean_minor"] is None for row in ets[:4]] == [True, True, True, False]
    assert ets[0]["p50_minor"] is None


@pytest.mark.parametrize("chart", NAMES)
def test_charts_can_be_drawn(chart):
    svg = chart_svg(backtest_chart(sample(), f"x_{chart}.svg")).decode()
    assert "If the assumptions hold" not in svg
    words = {
        "bands": "held",
        "coverage": "80 % bands",
        "pit": "below what happened",
        "reliability": "percentile of the",
    }
    assert words[chart] in svg


@pytest.mark.parametrize("name", ["one", "nothing", "hostile", "counts"])
def test_charts_of_odd_answers_are_specifications(name):
    for chart in NAMES:
        spec = backtest_chart(VARIANTS[name](), chart)
        assert "\x1b" not in json.dumps(spec)
        assert spec["description"]
