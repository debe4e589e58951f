"""A track record as sentences, a page, a document, a table and charts."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sample_track import VARIANTS

from funnelsim.outputs.charts import chart_svg
from funnelsim.outputs.documents import canonical_json
from funnelsim.outputs.track_charts import bands_chart, plan_chart, track_chart
from funnelsim.outputs.track_document import track_csv, track_document
from funnelsim.outputs.track_page import print_track
from funnelsim.outputs.track_sentences import chance_sentences, error_text, headline, remarks

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(scope="module")
def made():
    return {name: make() for name, make in VARIANTS.items()}


@pytest.fixture(scope="module")
def schema():
    found = json.loads((ROOT / "docs" / "schemas" / "track.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def page_of(track, width=100, encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_track(track, stream, width=width)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_few_forecasts_verify_nothing(made):
    assert headline(made["sample"]).startswith(
        "Too few forecasts to verify: of 4 monthly forecasts kept, the 80 % band held what was booked in the month "
        "ahead in 3 and missed it in 1;"
    )
    assert headline(made["week"]).startswith("Too few forecasts to verify: one weekly forecast is over, and its 80 %")


def test_many_forecasts_get_a_verdict(made):
    said = headline(made["weeks"])
    assert said.startswith("Of 104 weekly forecasts kept, ")
    assert said.endswith("That is within what luck explains.")


def test_misses_are_said_with_their_days(made):
    said = " ".join(remarks(made["sample"]))
    assert "Outside: 6 of 18, 4 above the band and 2 below" in said
    assert "May 2026 seen on 31 Mar 2026, 1.15M, above 801K" in said
    assert "evidence like 4, not like 18" in said


def test_a_plan_that_is_over_is_made_or_missed(made):
    first, second = chance_sentences(made["ended"])
    assert first.endswith("it was made, with USD 6.00M booked.")
    assert second.endswith("it was MISSED, with USD 6.00M booked.")


def test_no_chance_is_said_to_be_certain(made):
    for track in made.values():
        for text in (page_of(track), " ".join(remarks(track))):
            assert not re.search(r"(?<![\d.,+-])(0|100)% on|(?<!\d)(0|100) in 100", text)
    assert [error_text(share, signed=True) for share in (0.001, -0.5, 12.0, float("nan"))] == [
        "+<1%", "-50%", "+>999%", "-",
    ]  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("width", "encoding"), [(100, "utf-8"), (40, "ascii")])
def test_pages_fit_and_show_no_control_characters(made, name, width, encoding):
    text = page_of(made[name], width, encoding)
    assert max(map(len, text.splitlines())) <= width
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(("name", "width"), [("sample", 100), ("week", 60)])
def test_the_page_reads_as_it_was_reviewed(made, name, width, update_golden):
    text = page_of(made[name], width)
    path = GOLDEN / f"track_{name}_{width}.txt"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VARIANTS)
def test_documents_are_valid(made, name, schema):
    schema.validate(json.loads(canonical_json(track_document(made[name]))))


def test_the_csv_has_a_row_a_band(made):
    rows = list(csv.DictReader(io.StringIO(track_csv(made["sample"]))))
    assert len(rows) == 18
    (row,) = (row for row in rows if row["as_of"] == "2025-12-31" and row["ahead"] == "month 5")
    assert (row["start"], row["actual"], row["held_80"], row["held_90"]) == ("2026-05-01", "1150000.0", "no", "no")
    hostile = list(csv.DictReader(io.StringIO(track_csv(made["hostile"]))))
    assert "\x1b" not in hostile[0]["run"] or hostile[0]["run"].startswith("'")


@pytest.mark.parametrize("name", ["sample", "week"])
def test_charts_mark_hits_and_misses(made, name):
    track = made[name]
    held = [band.held(80) for _, band in track.bands[-48:]]
    values = json.dumps(bands_chart(track))
    assert ('"held": true' in values) == any(held)
    assert ('"held": false' in values) == (not all(held))


def test_the_chance_of_the_plan_has_a_chart_of_its_own(made):
    track, week = made["sample"], made["week"]
    assert track_chart(track, "board_plan.png") == plan_chart(track)
    assert track_chart(track, "plan_bands.svg") == bands_chart(track)
    assert plan_chart(week) == bands_chart(week), "without a plan there is nothing else to draw"


def test_a_chart_becomes_a_picture(made):
    assert "white diamond outside" in chart_svg(bands_chart(made["week"])).decode()


def test_a_long_record_stays_readable(made):
    drawn = json.dumps(bands_chart(made["weeks"]))
    assert "362 earlier bands are not drawn." in drawn
