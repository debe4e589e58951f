"""Pages, documents and charts of explained forecasts: what is printed adds up, and is harmless."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from funnelsim.engines.explaining import forecast_tornado
from funnelsim.engines.explaining.forecast_explanation import explain_run
from funnelsim.model.explanation import Explanation, WidthShare
from funnelsim.model.intervals import Interval
from funnelsim.outputs.chart_style import Spec
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.explanation_charts import charts_of, explanation_chart
from funnelsim.outputs.explanation_document import explanation_csv, explanation_document
from funnelsim.outputs.explanation_drawing import waterfall_of
from funnelsim.outputs.explanation_page import print_explanation
from funnelsim.outputs.explanation_sentences import headline, moves_most, shares_sentence
from funnelsim.outputs.explanation_text import bridge_column, printed_steps
from properties.forecast_runs import LATER, run_of
from properties.lead_tables import ONE_THREAD, Row

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "schemas" / "explain.json").read_text())
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HOSTILE = "=cmd|' /C calc'!A0 \x1b[31mred\x07 \u202eevil"
SOON = date(2026, 4, 10)


def named(run, names, **more):
    columns = {"name": names, "stage": ("B", "C") * (len(names) // 2) + ("B",) * (len(names) % 2), **more}
    return replace(run, leads=replace(run.leads, attributes={"region": ("north",) * len(names), **columns}))


def explained(*, target: int | None = 15_000_00, alone: bool = False) -> Explanation:
    before = [Row(f"L{k}", pr=1000_00 + 123_45 * k, pc="0.4", close=date(2026, 5 + k % 6, 20)) for k in range(24)]
    after = [replace(row, close=date(2026, 12, 20)) if k % 7 == 1 else row for k, row in enumerate(before[:-4])]
    after += [Row("N1", pr=4321_09, pc="0.5", close=date(2026, 7, 3)), Row("N2", pr=1_01, pc="0.5")]
    closed = [("L23", "won", SOON, 1500_07), ("L22", "lost", SOON, 0), ("L21", "lost", SOON, 0)]
    names = tuple(f"Deal {k}" for k in range(24))
    earlier = named(run_of(before, target=target), (*names[:-1], HOSTILE), owner=(HOSTILE,) * 24)
    later = run_of(after, LATER, closed, target=target)
    later = named(later, (HOSTILE, *names[1:20], "New one", ""))
    return explain_run(later, None if alone else earlier, ONE_THREAD)


def around(low, high, *_: int) -> Interval:
    """An interval like that of a difference of middles, without its seconds of resampling."""
    swing = float(np.median(high) - np.median(low))
    return Interval(swing, swing - 500_00, swing + 400_00, 0.95, "paired bootstrap", True)


@pytest.fixture(scope="module")
def answers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecast_tornado, "percentile_difference", around)
        return {
            "bridge": explained(),
            "middle": explained(target=None),
            "alone": explained(alone=True),
        }


def page_of(answer, width=100, encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    print_explanation(answer, stream, width=width)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(("name", "width"), [("bridge", 100), ("middle", 80), ("alone", 100)])
def test_pages_read_as_they_were_reviewed(name, width, answers, update_golden):
    page = page_of(answers[name], width)
    path = GOLDEN / f"explanation_{name}_{width}.txt"
    if update_golden:
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")
    assert max(map(len, page.splitlines())) <= width


def test_the_first_line_is_the_sentence_to_repeat(answers):
    for answer in answers.values():
        first = " ".join(page_of(answer).split("\n\n")[0].split())
        assert first.startswith(" ".join(headline(answer).split()))
    said = r"The forecast for Jan 2026 to Dec 2026 (rose|fell) by .* since 31 Mar 2026, to "
    assert re.match(said, headline(answers["bridge"]))


def test_a_driver_that_moves_less_than_is_printed_is_not_said_to_move_most(answers):
    answer = answers["middle"]
    first = answer.tornado.bars[0]
    flat = replace(first, low=answer.tornado.baseline, high=answer.tornado.baseline * (1 + 1e-9))
    assert flat.low != flat.high
    said = moves_most(replace(answer, tornado=replace(answer.tornado, bars=(flat,))))
    assert said.startswith("Nothing that could be otherwise moves")
    assert "so far that it shows" in said
    assert first.name in moves_most(answer)


def number(found) -> int:
    return int(found[1].replace(",", ""))


def test_the_printed_column_adds_up(answers):
    for name in ("bridge", "middle"):
        answer = answers[name]
        column = bridge_column(answer, answer.bridge)
        lines = page_of(answer).splitlines()
        table = lines[next(i for i, line in enumerate(lines) if "change" in line) + 1 :]
        ends = [number(re.search(r"2026\s+([\d,]+)", line)) for line in table if line.startswith("As of")]
        found = [re.match(r"[a-zA-Z ]+?\s+\d+\s+([+-][\d,]+)", line) for line in table]
        changes = [number(one) for one in found if one]
        assert changes
        assert ends[0] + sum(changes) == ends[1]
        assert sum(printed_steps(answer.bridge, column)) == ends[1] - ends[0]


def test_documents_keep_their_schema_and_add_up_to_the_cent(answers):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for answer in answers.values():
        document = json.loads(json.dumps(explanation_document(answer), allow_nan=False))
        jsonschema.validate(document, SCHEMA)
        if answer.bridge:
            bridge = document["bridge"]
            steps = sum(Decimal(str(step["amount"])) for step in bridge["steps"])
            ends = [Decimal(str(bridge[name]["mean"])) for name in ("start", "end")]
            assert steps == ends[1] - ends[0] == Decimal(str(bridge["change"]))
            assert document["state"] == bridge["end"]


def test_an_interval_that_nobody_knows_is_null(answers):
    answer = answers["alone"]
    bar = replace(answer.tornado.bars[0], swing=Interval(1.0, -float("inf"), float("inf"), 0.95, "paired bootstrap"))
    changed = replace(answer, tornado=replace(answer.tornado, bars=(bar,)))
    document = json.loads(json.dumps(explanation_document(changed), allow_nan=False))
    jsonschema.validate(document, SCHEMA)
    assert document["tornado"]["bars"][0]["swing"]["low"] is None
    assert "inf" not in page_of(changed)


def test_csv_adds_up_and_runs_nothing(answers):
    rows = list(csv.DictReader(io.StringIO(explanation_csv(answers["bridge"]), newline="")))
    bridge = [row for row in rows if row["table"] == "bridge"]
    changes = [Decimal(row["change"]) for row in bridge if row["change"]]
    assert len(changes) == 12
    assert Decimal(bridge[0]["mean"]) + sum(changes) == Decimal(bridge[-1]["mean"])
    assert {row["table"] for row in rows} == {"bridge", "tornado", "share of the width", "lost"}
    for row in rows:
        assert not row["name"].lstrip().startswith(("=", "+", "-", "@"))
        assert "\x1b" not in row["name"]


def test_no_source_of_the_width_is_nothing_or_all_but_a_single_one(answers):
    shares = answers["alone"].shares
    few = (WidthShare("shock", 0.003, 0.002), WidthShare("luck", 0.997, 0.998))
    said = shares_sentence(replace(answers["alone"], shares=replace(shares, parts=few)))
    assert "shock less than 1% (less than 1%), luck more than 99% (more than 99%);" in said
    one = (WidthShare("luck", 1.0, 1.0),)
    assert "luck 100% (100%);" in shares_sentence(replace(answers["alone"], shares=replace(shares, parts=one)))


def test_hostile_names_do_not_reach_the_terminal(answers):
    for answer in answers.values():
        for encoding in ("utf-8", "ascii"):
            page = page_of(answer, encoding=encoding)
            assert "\x1b" not in page
            assert "\x07" not in page
            assert "\u202e" not in page
    assert "calc" in page_of(answers["bridge"])


def strings_of(spec: Spec) -> str:
    return json.dumps(spec, ensure_ascii=False)


def test_charts_hold_every_step_and_draw(answers):
    answer = answers["bridge"]
    assert charts_of(answer) == ("bridge", "tornado")
    assert charts_of(answers["alone"]) == ("tornado",)
    spec = explanation_chart(answer, "bridge")
    text = strings_of(spec)
    for step in answer.bridge.steps:
        assert (f"{step.name} ({step.leads})" in text) == bool(step.total)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "plan 15.0K" in text
    assert chart_png(spec).startswith(b"\x89PNG")
    svg = chart_svg(explanation_chart(answers["middle"], "tornado"))
    assert b"<desc>Tornado." in svg
    assert b"\x1b" not in svg


def test_bars_of_the_waterfall_stand_on_one_another(answers):
    drawn = waterfall_of(answers["bridge"], answers["bridge"].bridge)
    rows = drawn.rows
    assert [row["name"] for row in rows] == drawn.names
    assert rows[0]["start"] == rows[-1]["start"] == 0
    level = rows[0]["end"]
    for row in rows[1:-1]:
        assert row["start"] == level
        assert (row["end"] > level) == (row["kind"] == "gain")
        assert row["words"][0] == ("+" if row["kind"] == "gain" else "-")
        level = row["end"]
    assert rows[-1]["end"] == level
