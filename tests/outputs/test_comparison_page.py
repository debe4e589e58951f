"""The page of a comparison: what a planner reads, safe to show, as wide as the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from forecast_variants import HOSTILE
from sample_comparison import sample_comparison, sample_of_forecasts, unknown_comparison

from funnelsim.model.comparison import Comparison
from funnelsim.model.scenario_changes import Difference
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.comparison_page import print_comparison

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
MANY = (0.09, 0.02, -0.1, 0.11)


def page(comparison: Comparison, width: int | None = 100) -> str:
    stream = io.StringIO()
    print_comparison(comparison, stream, width=width)
    return stream.getvalue()


def said(name: str) -> str:
    return " ".join(shape_page(name).split())


def words(comparison: Comparison) -> str:
    return " ".join(page(comparison).split())


@cache
def shape_page(name: str, width: int = 100) -> str:
    return page(SHAPES[name], width)


SHAPES = {
    "sample": sample_comparison(),
    "many": sample_comparison(gains=MANY),
    "unknown": unknown_comparison(),
    "same": sample_comparison(gains=(0.0,)),
    "forecasts": sample_of_forecasts(),
    "dear": sample_comparison(dearer=0.2),
    "profit": sample_comparison(metric="profit", extras=False),
    "cost": sample_comparison(metric="cost", extras=False),
}


@pytest.mark.parametrize(("name", "width"), [("sample", 100), ("many", 80), ("unknown", 60)])
def test_pages_are_as_they_were(name: str, width: int, update_golden: bool) -> None:
    path = GOLDEN / f"comparison_{name}_{width}.txt"
    text = shape_page(name, width).replace(f"funnelsim {tool_version()}", "funnelsim VERSION")
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "it changed; look at the diff, then run with --update-golden"


@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("name", SHAPES)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    lines = shape_page(name, width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert all(line == line.rstrip() for line in lines)
    assert not any("\N{HORIZONTAL ELLIPSIS}" in line for line in lines), "a cut cell"


@pytest.mark.parametrize("name", SHAPES)
def test_no_chance_is_said_to_be_nothing_or_everything(name: str) -> None:
    text = shape_page(name)
    assert not re.search(r"(?<![\d.,])(0|0\.0|100) %", text)
    assert not re.search(r"\b(nan|None|inf)\b", text)


@pytest.mark.parametrize("name", SHAPES)
def test_every_interval_stands_under_its_name(name: str) -> None:
    heads = [line for line in shape_page(name).splitlines() if "difference  " in line]
    assert heads
    assert all("95 %" in line for line in heads)


def test_the_first_line_is_the_conclusion() -> None:
    assert said("sample").startswith("'hand back' books USD 98K more than 'relay' on average (95 %: ")
    assert said("same").startswith("'hand back' and 'relay' are the same in every future.")
    assert said("unknown").startswith("Not known yet: 'hand back' books")


def test_the_metric_is_shown_even_where_the_card_leaves_it_out() -> None:
    shown = shape_page("sample")
    assert "revenue, P50" not in shown, "the card has what policies are judged by, and no more"
    base = sample_comparison(extras=False)
    wins = replace(base.contests[0], metric="wins")
    asked = replace(base, contests=(wins,), metric=next(one.score for one in wins.scores if one.score.name == "wins"))
    assert "'hand back' wins 2.0 leads more than 'relay'" in words(asked)
    assert re.search(r"^wins  +21", page(asked), re.MULTILINE)


def test_a_narrow_page_gives_up_columns_and_no_names() -> None:
    text = shape_page("many", 80)
    for name in ("relay", "hand back", "P2", "P3", "P4"):
        assert re.search(rf"^{name}  ", text, re.MULTILINE), name
    assert "chance best" in text


def test_mechanisms_without_a_part_are_said_in_one_line() -> None:
    twins = sample_comparison().null_twins
    zero = replace(twins[0].due[0], estimate=0.0, low=0.0, high=0.0)
    idle = tuple(replace(twins[0], mechanism=name, due=(zero,)) for name in ("loops", "reading"))
    text = words(replace(sample_comparison(), null_twins=(*twins, *idle)))
    assert "No part in any difference, to the last bit: loops, reading." in text
    alone = words(replace(sample_comparison(), null_twins=idle))
    assert "mechanism switched off" not in alone
    assert "to the last bit: loops, reading." in alone


def test_too_many_null_twins_are_shown_of_the_one_that_leads() -> None:
    many = sample_comparison(gains=MANY)
    twins = tuple(replace(many.null_twins[0], mechanism=f"m{k}") for k in range(6))
    text = words(replace(many, null_twins=twins))
    assert "The other strategies than 'P4': --json." in text
    assert "m5, P4" in text
    assert "m5, P2" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_text(text: str) -> None:
    base = sample_comparison()
    entrants = tuple(replace(one, label=f"{k} {text}", title=text) for k, one in enumerate(base.entrants))
    contest = replace(base.contests[0], base=entrants[0].label, other=entrants[1].label)
    twins = tuple(replace(one, mechanism=text) for one in base.null_twins)
    worlds = (Difference(text, text, {text: text}),)
    shown = page(
        replace(
            base, entrants=entrants, contests=(contest,), currency=text, notes=(text,), differing=worlds,
            null_twins=twins,
        )
    )  # fmt: skip
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_stream_that_knows_ascii_only_gets_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_comparison(sample_comparison(), stream)
    stream.flush()
    assert raw.getvalue().isascii()
    assert b"^ +98K" in raw.getvalue()
