"""The terminal page: one screen, nothing active in it, readable on any stream."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from forecast_variants import HOSTILE, empty, hostile, variants, year
from sample_forecast import sample_forecast

from funnelsim.engines.data_quality import data_quality
from funnelsim.model.leads import ColumnMapping, Exclusion, Imputation
from funnelsim.model.proofs import ExactAnswer, ExactBand
from funnelsim.model.results import Forecast
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.band_drawing import ASCII, UNICODE, draw_band
from funnelsim.outputs.terminal import print_check, print_forecast

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SHAPES = variants()


def page(forecast: Forecast, width: int | None = 100) -> str:
    stream = io.StringIO()
    print_forecast(forecast, stream, width=width)
    return stream.getvalue()


def check_page(forecast: Forecast, width: int | None = 100) -> str:
    stream = io.StringIO()
    as_of = forecast.calendar.as_of
    print_check(forecast.table, stream, as_of=as_of, quality=data_quality(forecast.table, as_of), width=width)
    return stream.getvalue()


def held(name: str, text: str, update: bool) -> None:
    """Compare with a golden file, or rewrite it."""
    path = GOLDEN / name
    text = text.replace(f"funnelsim {tool_version()}", "funnelsim VERSION")
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} changed; look at the diff, then run with --update-golden"


@pytest.mark.parametrize(
    ("name", "width"), [("sample", 100), ("year", 100), ("stub", 80), ("quarters", 60), ("empty", 80)]
)
def test_pages_are_as_they_were(name: str, width: int, update_golden: bool) -> None:
    forecast = sample_forecast() if name == "sample" else SHAPES[name]
    held(f"forecast_{name}_{width}.txt", page(forecast, width), update_golden)


def test_the_check_page_is_as_it_was(update_golden: bool) -> None:
    held("check_sample_100.txt", check_page(sample_forecast()), update_golden)


@pytest.mark.parametrize("width", [40, 100])
@pytest.mark.parametrize("name", SHAPES)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    lines = page(SHAPES[name], width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [40, 100])
def test_no_line_of_a_check_is_wider_than_the_page(width: int) -> None:
    assert all(len(line) <= width for line in check_page(sample_forecast(), width).splitlines())


def test_a_year_fits_one_screen() -> None:
    assert len(page(year(), 100).splitlines()) <= 53
    assert len(page(year(), 80).splitlines()) <= 65  # two lines of them for what is invisible in names


def crowded(texts: Sequence[str]) -> Forecast:
    """The sample with every text as a group, a reason, a rule, a column and a note."""
    base = hostile(texts[0])
    table = replace(
        base.table,
        excluded=tuple(Exclusion(text, 1, 100) for text in texts),
        imputed=tuple(Imputation(text, text, 1) for text in texts),
        columns=tuple(ColumnMapping(text, text, text) for text in texts),
        kept_columns=tuple(texts),
        notes=tuple(texts),
    )
    return replace(base, table=table, groups=tuple(replace(base.groups[0], value=text) for text in texts))


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 12))
def test_hostile_names_do_nothing(first: int) -> None:
    forecast = crowded(HOSTILE[first : first + 12])
    for shown in (page(forecast), check_page(forecast)):
        assert all(line.isprintable() for line in shown.split("\n"))


@pytest.mark.parametrize("text", ["[bold]markup[/bold]", "[link=http://evil.example]x[/link]", "[/]", ":smile:"])
def test_markup_in_a_name_stays_text(text: str) -> None:
    assert text in page(hostile(text), 160)
    assert text in check_page(hostile(text), 160)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(forecast: Forecast) -> str:
    stream = Terminal()
    print_forecast(forecast, stream, width=100)
    return stream.getvalue()


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


def test_a_terminal_gets_weight_and_colour_a_pipe_does_not(colours: pytest.MonkeyPatch) -> None:
    assert "\x1b[1m" in on_terminal(year())
    assert "\x1b" not in page(year())


def test_no_color_is_respected(colours: pytest.MonkeyPatch) -> None:
    colours.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-9]m", on_terminal(year()))


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 12))
def test_a_terminal_gets_no_escape_but_ours(colours: pytest.MonkeyPatch, first: int) -> None:
    shown = on_terminal(crowded(HOSTILE[first : first + 12]))
    assert not re.search(r"\x1b(?!\[[0-9;]*m)", shown)
    assert all(line.isprintable() for line in re.sub(r"\x1b\[(0|1|2|1;33)?m", "", shown).split("\n"))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
def test_any_encoding_can_be_written(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    print_forecast(sample_forecast(), stream, width=90)
    print_check(sample_forecast().table, stream, width=90)
    stream.flush()
    shown = raw.getvalue().decode(encoding)
    assert "There is an 80% chance" in shown
    assert (UNICODE.inner in shown) == (encoding == "utf-8")
    assert encoding == "utf-8" or ASCII.inner * 3 in shown


def test_a_pipe_without_a_width_gets_a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "37")
    assert page(year(), None) == page(year(), 100)


def test_bands_are_drawn_to_scale() -> None:
    percentiles = {5: 0, 10: 10, 25: 20, 50: 30, 75: 50, 90: 70, 95: 90}
    assert draw_band(percentiles, 100, 10, None, ASCII) == ".-=|==--.."
    assert draw_band(percentiles, 100, 10, 95, ASCII) == ".-=|==--.^"
    assert draw_band(percentiles, 1000, 10, None, ASCII) == "|" + " " * 9


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("width", [1, 2, 7, 48])
def test_a_drawn_band_has_its_width(name: str, width: int) -> None:
    for band in SHAPES[name].periods:
        assert len(draw_band(band.percentiles, band.percentiles[95], width, 1e30, UNICODE)) == width


def test_the_closed_form_is_shown_beside_the_simulation() -> None:
    forecast = sample_forecast()
    known = ExactBand(2e6, 1e6, {5: 1e5, 10: 2e5, 25: 3e5, 50: 4e5, 75: 5e5, 90: 6e5, 95: 7e5}, 10.0)
    unknown = ExactBand(3e6, 1e6, None, 0.0)
    periods = (known, *(unknown for _ in forecast.periods[1:]))
    exact = ExactAnswer(periods, periods, unknown, "mean and variance only", 0.0002)
    text = page(replace(forecast, exact=exact))
    lines = {line.split()[0]: line for line in text.splitlines() if line.endswith(("2.00K", "6.00K", " -"))}
    assert lines["Total"].split()[1:] == ["30.0K", "10.0K", "-", "-", "-"]
    assert "2.00K" in text
    assert "6.00K" in text
    assert "mean and variance only" in text
    assert "0.02%" in text
    assert "closed form" not in page(forecast)


def test_groups_are_shown_and_said_not_to_add() -> None:
    shown = page(sample_forecast())
    assert "by region" in shown
    assert "percentiles do not" in shown


def test_a_check_without_leads_says_so() -> None:
    assert "has no open lead to forecast" in check_page(empty())


def test_a_check_never_takes_money_for_dollars() -> None:
    assert "currency not given" in check_page(year())


def test_a_check_counts_every_row() -> None:
    shown = check_page(sample_forecast())
    for part in (
        "open, forecast",
        "booked already",
        "lost already",
        "left out: no PC: not a QSL",
        "rows in the file",
        "21",
        "Odd header",
    ):
        assert part in shown
    stream = io.StringIO()
    print_check(sample_forecast().table, stream, as_of=date(2026, 6, 30), width=100)
    assert "as of 30 Jun 2026" in stream.getvalue()
