"""Answers in a notebook: one piece of inactive HTML, a table that adds up, a picture."""

from __future__ import annotations

import base64
import importlib.util
import io
import re
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from forecast_variants import hostile
from sample_backtest import sample as sample_backtest
from sample_calibration import sample as sample_calibration
from sample_comparison import sample_comparison
from sample_forecast import sample_forecast
from sample_simulation import sample_simulation
from sample_track import sample_track
from test_selection_page import sample_optimum

import funnelsim
from funnelsim.errors import ScenarioError
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import (
    CHANCE,
    Bridge,
    BridgeStep,
    DriverBar,
    Explanation,
    RunFacts,
    Shares,
    Tornado,
    WindowState,
)
from funnelsim.model.goal_plan import GoalPlan, PlanLever, Trial, Verification
from funnelsim.model.intervals import Interval
from funnelsim.model.showing import Showing
from funnelsim.outputs.notebook import answer_charts, answer_pages, answer_tables
from funnelsim.outputs.notebook.answer_html import PAGE_WIDTH, split
from funnelsim.outputs.notebook.picture import ChartPicture
from funnelsim.outputs.page import PartsStream
from funnelsim.outputs.terminal import print_forecast

EVIL = '<script>alert(1)</script>" onmouseover="x\' &amp; \x1b[31m\u202e=1+1'
VOID = {"meta", "br", "img", "hr", "input", "link"}
ALLOWED = {"div", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "bdi", "details", "summary"}
ATTRIBUTES = {"class", "lang", "style", "scope"}


def window_state(mean: int) -> WindowState:
    return WindowState(mean * 2000, mean, mean // 2, mean, mean * 2, 0.4)


def explained(*, bridge: bool) -> Explanation:
    """A forecast of June, and one step from that of May."""
    facts = RunFacts(**{
        one.name: {"as_of": date(2026, 6, 30), "verified": True}.get(one.name, 0 if "int" in str(one.type) else "x")
        for one in RunFacts.__dataclass_fields__.values()
    })
    start, end = window_state(100_000_050), window_state(100_000_075)
    window = Period(date(2026, 7, 1), date(2026, 12, 31))
    steps = (BridgeStep("new leads", 1, 50_000, 25, 24.0, 3.0, end, ()),)
    moved = Bridge(replace(facts, as_of=date(2026, 5, 31)), start, end, steps, (0, 0), None, (), (), 0, 0, 0, 0, None)
    swing = Interval(0.1, 0.05, 0.15, 0.95, "paired t")
    bars = (DriverBar("shared shock", "0", ".4", 0.3, 0.4, swing, "ours"),)
    tornado = Tornado(**{
        one.name: {"measure": CHANCE, "baseline": 0.35, "bars": bars}.get(one.name, 0)
        for one in Tornado.__dataclass_fields__.values()
    })
    shares = Shares(**{one.name: {"parts": ()}.get(one.name, 0) for one in Shares.__dataclass_fields__.values()})
    parts = (moved if bridge else None, tornado, shares, (), None)
    return Explanation(facts, False, window, None, 0, end, "USD", 2, *parts)


def planned() -> GoalPlan:
    """A search for a lever's value, in round numbers."""

    def trial(value: float, share: float) -> Trial:
        chance = Interval(share, share - 0.02, share + 0.02, 0.95, "Clopper-Pearson", at_least=True)
        return Trial((value,), 1000, chance, 4e8 * share, 200_000_001, 300_000_000, 500_000_000, None)

    trials = (trial(1.0, 0.45), trial(1.2, 0.82))
    return GoalPlan(
        kind="leads", name="deals.csv", sha256="ab" * 32, strategy="", as_of=date(2026, 6, 30),
        window=Period(date(2026, 7, 1), date(2026, 12, 31)), currency="USD", minor_digits=2, goal=500_000_000,
        booked=0, asked=0.8, seed=0, replications=1000, levers=(PlanLever("leads", 1.0),), status="reached",
        present=trials[0], values=(1.2,), low=1.1, high=1.3, answer=trials[1], best=trials[1],
        verifications=(Verification(1, trials[1], True),),
        trials=trials, falls=(), required=None, coverage=None, extra=None, notes=(),
    )  # fmt: skip


ANSWERS: dict[str, Callable[[], Any]] = {
    "forecast": sample_forecast,
    "simulation": sample_simulation,
    "comparison": sample_comparison,
    "backtest": sample_backtest,
    "track": sample_track,
    "optimum": sample_optimum,
    "calibration": sample_calibration,
    "plan": planned,
}


class Strict(HTMLParser):
    """Collects the text, and every tag and attribute that is not known to be harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bad += [tag] if tag not in ALLOWED else []
        self.bad += [name for name, value in attrs if name not in ATTRIBUTES or "url" in (value or "")]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        self.bad += [] if self.open and self.open.pop() == tag else [f"/{tag}"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Strict:
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert not parser.open, "every tag ends"
    return parser


@pytest.mark.parametrize("name", ANSWERS)
def test_a_cell_shows_every_word_of_the_page_and_nothing_active(name: str) -> None:
    answer = ANSWERS[name]()
    shown = read(answer._repr_html_())
    assert not shown.bad
    page = io.StringIO()
    answer_pages.print_page(answer, page, PAGE_WIDTH)
    said = set("".join(shown.words).replace("-", " ").split())
    missing = [word for word in page.getvalue().replace("-", " ").split() if not any(word in one for one in said)]
    assert not missing, f"the page says, and the cell does not: {missing[:20]}"


def test_headline_table_and_record_are_seen_at_once() -> None:
    answer = sample_forecast()
    stream = PartsStream()
    print_forecast(answer, stream, width=PAGE_WIDTH)
    first, rest, foot = split(stream.parts)
    assert [*first, *rest, *foot] == stream.parts
    seen = read(re.sub(r"<details>.*</details>", "", answer._repr_html_(), flags=re.DOTALL))
    text = " ".join(seen.words)
    assert text.index("chance that bookings") < text.index("P90") < text.index("Total")
    assert "back-test" in text, "the record, or that there is none, is never folded away"


def test_a_users_text_stays_text() -> None:
    html = hostile(EVIL)._repr_html_()
    shown = read(html)
    assert not shown.bad
    assert "alert(1)" in "".join(shown.words), "it is shown"
    assert "\x1b" not in html
    assert "\u202e" not in html
    kept = hostile(EVIL).to_polars()["group"].drop_nulls().to_list()
    assert all(not one.startswith("'") for one in kept), "a frame is no spreadsheet: text is as it was read"


def test_every_public_answer_shows_itself_and_has_a_page_a_table_and_charts() -> None:
    import inspect

    homes = {home for home in funnelsim._HOMES.values() if home.startswith("funnelsim.model.")}
    homes.add("funnelsim.model.funnel_explanation")
    found = {
        one
        for home in homes
        for _, one in inspect.getmembers(import_module(home), inspect.isclass)
        if issubclass(one, Showing) and one is not Showing
    }
    assert len(found) == 11
    for doors in (answer_pages.print_page, answer_tables._table, answer_charts._charts):
        assert found <= set(doors.registry), doors


def test_a_forecasts_table_is_exact_where_the_answer_is() -> None:
    answer = sample_forecast()
    table = answer.to_polars()
    rows = table.filter((pl.col("kind") == "period") & pl.col("group").is_null())
    assert table.schema["p50"] == pl.Decimal(24, 2)
    assert table.schema["start"] == pl.Date
    assert rows["p50"].to_list() == [Decimal(band.percentiles[50]).scaleb(-2) for band in answer.periods]
    assert rows["start"].to_list() == [band.period.start for band in answer.periods]
    assert rows["mean"].to_list() == [band.mean / 100 for band in answer.periods]
    total = table.filter(pl.col("kind") == "total")["expected_value"].item()
    assert rows["expected_value"].sum() == total == Decimal(answer.total.expected_value).scaleb(-2)


def test_tables_hold_the_answers_own_numbers_in_major_units() -> None:
    comparison = sample_comparison()
    decided = comparison.to_polars().filter(pl.col("decides") & pl.col("without").is_null())
    assert decided["difference"].to_list() == [one.decided.difference.estimate / 100 for one in comparison.contests]
    track = sample_track()
    bands = track.to_polars()
    assert bands["actual"].to_list() == [Decimal(band.actual).scaleb(-2) for _, band in track.bands]
    assert bands["held_80"].to_list() == [band.held(80) for _, band in track.bands]
    backtest = sample_backtest()
    scores = backtest.to_polars()
    assert scores["crps"].to_list() == [one.crps / 100 for one in backtest.scores]
    assert not [name for name in scores.columns if "minor" in name]
    trials = planned().to_polars()
    assert trials["is"].to_list() == ["today", "answer"]
    assert trials["p10"].to_list() == [Decimal("2000000.01")] * 2
    calibration = sample_calibration()
    first = calibration.to_polars().row(0, named=True)
    assert first["estimate"] == calibration.stages[0].conversion.estimate


def test_a_bridges_table_adds_up() -> None:
    table = explained(bridge=True).to_polars()
    start, *steps, end = table.rows(named=True)
    assert start["mean"] + sum(step["change"] for step in steps) == end["mean"] == Decimal("1000000.75")
    drivers = explained(bridge=False).to_polars()
    assert drivers.select("driver", "low", "high", "swing_low").row(0) == ("shared shock", 0.3, 0.4, 0.05)


def test_a_table_without_rows_has_its_columns() -> None:
    answer = explained(bridge=False)
    nothing = replace(answer, tornado=replace(answer.tornado, bars=()))
    assert nothing.to_polars().schema.keys() == answer.to_polars().schema.keys()


def test_a_picture_shows_itself_keeps_itself_and_says_what_it_shows(tmp_path: Path) -> None:
    picture = sample_forecast().plot()
    assert isinstance(picture, ChartPicture)
    data, about = picture._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png == picture.png()
    assert png.startswith(b"\x89PNG")
    assert about["image/png"]["width"] * 2 == pytest.approx(int.from_bytes(png[16:20], "big"), abs=1)
    assert about["image/png"]["alt"] == picture.spec["description"]
    assert picture.chart.to_dict()["description"] == picture.spec["description"]
    picture.save(tmp_path / "fan.svg")
    assert (tmp_path / "fan.svg").read_bytes() == picture.svg()
    with pytest.raises(ScenarioError, match=r"ends in \.png or \.svg"):
        picture.save(tmp_path / "fan.pdf")


def test_charts_go_by_the_names_that_run_folders_give_them() -> None:
    answer = sample_forecast()
    assert answer.plot("periods").spec["description"].startswith("Bands of")
    with pytest.raises(ScenarioError, match="one of fan, periods; got 'fans'"):
        answer.plot("fans")
    names = {"simulation": "stages", "comparison": "scores", "backtest": "pit", "track": "plan"}
    for name, chart in names.items():
        assert chart in answer_charts.charts_of(ANSWERS[name]()), name
    nothing = explained(bridge=False)
    with pytest.raises(ScenarioError, match="something to draw"):
        replace(nothing, tornado=replace(nothing.tornado, bars=())).plot()


def test_pandas_is_asked_for_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("funnelsim.api.faces.find_spec", lambda name: None if name == "pandas" else found(name))
    with pytest.raises(ScenarioError, match="pandas must be installed") as raised:
        sample_track().to_pandas()
    assert "to_polars()" in str(raised.value)
    monkeypatch.setattr("funnelsim.api.faces.find_spec", lambda name: types.ModuleType(name))
    monkeypatch.setattr(pl.DataFrame, "to_pandas", lambda frame: ("pandas", frame.height), raising=True)
    assert sample_track().to_pandas() == ("pandas", len(sample_track().bands))


def test_an_answer_shows_itself_without_another_import() -> None:
    program = (
        "import sys, funnelsim\n"
        "from funnelsim.model.showing import Showing, _load\n"
        "assert issubclass(funnelsim.Forecast, Showing)\n"
        "assert not {'polars', 'altair', 'rich', 'funnelsim.api.faces'} & set(sys.modules)\n"
        "assert _load[0]().html.__module__ == 'funnelsim.api.faces'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
