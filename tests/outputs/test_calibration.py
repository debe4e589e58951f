"""What records say as sentences, a page, a document, a table and charts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.errors import ScenarioError
from funnelsim.outputs.band_drawing import ASCII
from funnelsim.outputs.calibration_charts import (
    CALIBRATION_CHARTS,
    calibration_chart,
    calibration_chart_asked,
    calibration_images,
)
from funnelsim.outputs.calibration_document import calibration_csv, calibration_document
from funnelsim.outputs.calibration_page import draw_share, print_calibration
from funnelsim.outputs.calibration_sentences import answer_sentences, headline, track_sentence
from funnelsim.outputs.calibration_text import days_number, days_span, hundred_span
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.documents import canonical_json
from outputs.sample_calibration import VARIANTS, DaysFigure, Figure, sample, segments, share

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(scope="module")
def schema():
    found = json.loads((ROOT / "docs" / "schemas" / "calibrate.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def variant(name):
    return sample(**{key: dict(one) if key == "learned" else one for key, one in VARIANTS[name].items()})


def page_of(one, width=100, encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_calibration(one, stream, width=width)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_the_headline_is_what_a_planner_would_repeat():
    assert headline(sample()) == (
        "Of 100 new leads 18 are won (14 to 22), half of all ends come within 49 days of birth: 620 leads, 112 won, "
        "430 lost, 78 open, 1 Jul 2024 to 30 Jun 2026."
    )
    nothing = sample(learned={})
    nothing = replace(nothing, learned=replace(nothing.learned, won=0, lost=0))
    assert headline(nothing).startswith("No lead has ended in the records of 1 Jul 2024")


def test_sentences_tell_what_is_known_and_what_is_not():
    said = " ".join(answer_sentences(sample()))
    assert "Stated PC: 28 in 100 when first stated, 21 were won (17 to 25; 200 leads): too high by 7 points." in said
    assert (
        "By owner: Ann Lee 1.30 times the pace of all; the 2 values of owner differ by about 20% (5% to 45%)." in said
    )
    assert "Amounts: 70 in 100 won leads brought exactly their PR (66 to 74), the others 0.85 times it" in said
    assert "Dates: of close dates stated again, 40 in 100 were later (36 to 44; 200), by 31 days in the mean." in said
    assert "Arrivals: 26 new leads a month (23 to 29), +10% (+0% to +20%) a year" in said
    assert "the last month of the quarter has 1.35 times the mean (1.15 to 1.55)" in said
    assert "Amounts: none is recorded; every lead counts as one." in answer_sentences(variant("bare"))


def test_a_stated_pc_is_called_wrong_only_where_that_is_proved():
    told = sample().stated
    even = sample(stated=replace(told, stated=0.22))
    assert "the two are not told apart" in answer_sentences(even)[0]
    low = sample(stated=replace(told, stated=0.1))
    assert "too low by 11 points" in answer_sentences(low)[0]
    young = sample(stated=replace(told, undecided=0.3))
    assert "30 in 100 are not decided yet, so that proves nothing" in answer_sentences(young)[0]


def test_segments_that_are_alike_are_said_to_be():
    alike = sample(segments=(segments(("Ann", 100, 1.2, 1.05, 0.9, 1.2), ("Bo", 90, 0.8, 0.97, 0.85, 1.1)),))
    assert "By owner: none is told apart from the others" in " ".join(answer_sentences(alike))


def test_the_track_record_travels_with_its_caveat():
    assert "Not yet back-tested" in track_sentence(sample())
    assert track_sentence(variant("tested")) == (
        "Back-tested at 14 origins: the 80 % band of month 1 held what happened in 11 of 14; honest bands hold 8 to 14."
    )
    assert "too few periods to verify" in track_sentence(variant("too few"))


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (49.2, "49 days"),
        (2.53, "2.5 days"),
        (1.0, "1 day"),
        (0.29, "7 hours"),
        (0.005, "7 min"),
        (0.0001, "under a min"),
    ],
)
def test_times_are_said_in_their_own_unit(length, said):
    assert days_number(length) == said


def test_intervals_are_rounded_outwards_and_share_a_unit():
    assert hundred_span(Figure(0.5, 0.1, 0.4811, 0.5211, 9)) == "48 to 53"
    assert days_span(DaysFigure(0.5, 20.0, 18.0, 22.0)) == "18 to 22 days"
    assert days_span(DaysFigure(0.5, 1.0, 0.5, 1.5)) == "12 hours to 1.5 days"
    assert days_span(DaysFigure(0.5, 20.0, 18.0, None)) == "from 18 days"


def test_a_share_is_drawn_with_its_interval():
    assert draw_share(share(0.5, 0.1), None, ASCII, 20) == "        --|--       "
    assert draw_share(share(0.5, 0.1), 0.8, ASCII, 20) == "        --|--   ^   "


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("width", "encoding"), [(100, "utf-8"), (48, "ascii")])
def test_pages_fit_and_show_no_control_characters(name, width, encoding):
    text = page_of(variant(name), width, encoding)
    assert max(map(len, text.splitlines())) <= width
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("name", ["sample", "bare"])
def test_the_page_reads_as_it_was_reviewed(name, update_golden):
    text = page_of(variant(name))
    path = GOLDEN / f"calibration_{name}_100.txt"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VARIANTS)
def test_documents_are_valid_and_tables_whole(name, schema):
    one = variant(name)
    document = json.loads(canonical_json(calibration_document(one)))
    schema.validate(document)
    rows = list(csv.DictReader(io.StringIO(calibration_csv(one))))
    assert {row["grade"] for row in rows} == {"yours"}
    assert sum(row["part"] == "stage" for row in rows) == sum(3 + len(stage.exits) for stage in one.stages)


@pytest.mark.parametrize("name", ["sample", "nothing", "hostile"])
def test_charts_can_be_drawn(name):
    one = variant(name)
    for which in CALIBRATION_CHARTS:
        spec = calibration_chart(one, which)
        assert chart_png(spec).startswith(b"\x89PNG")
        assert "deals.csv" in chart_svg(spec).decode()


def test_a_chart_that_the_records_cannot_fill_is_refused():
    bare = variant("bare")
    assert set(calibration_images(bare)) == {"conversion.png", "conversion.svg", "time.png", "time.svg"}
    with pytest.raises(ScenarioError, match="--with FILE"):
        calibration_chart(bare, "stated")
    with pytest.raises(ScenarioError, match="--segment owner"):
        calibration_chart(bare, "segments")
    names = ("x.png", "a/time.svg", "my_stated.png", "segments.png")
    assert [calibration_chart_asked(name) for name in names] == ["conversion", "time", "stated", "segments"]
