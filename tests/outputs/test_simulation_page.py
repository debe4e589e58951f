"""The page of a simulation: what a planner reads, safe to show, as wide as the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from forecast_variants import HOSTILE
from sample_simulation import sample_scenario, sample_simulation

from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.simulation import MoneyBands, Simulation
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.simulation_page import print_simulation
from funnelsim.outputs.simulation_text import count_text, days_text, plain_share, share_of, share_text, use_text

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NEVER = Estimate(float("nan"), float("nan"))


def page(simulation: Simulation, width: int | None = 100) -> str:
    stream = io.StringIO()
    print_simulation(simulation, stream, width=width)
    return stream.getvalue()


def words(simulation: Simulation) -> str:
    return " ".join(page(simulation).split())


def nothing() -> Simulation:
    """A simulation in which nothing ever happens."""
    base = sample_simulation()

    def still(bands: MoneyBands) -> MoneyBands:
        periods = tuple(_zero(band) for band in bands.periods)
        return MoneyBands(periods, tuple(_zero(band) for band in bands.cumulative), _zero(bands.total))

    counts = base.counts
    flows = dict.fromkeys(counts.flows, Estimate(0.0, 0.0))
    never = {
        name: NEVER
        for name in ("waste", "never_called", "call_delay_days", "neglect_drift", "idle_over_14", "idle_over_30")
    }
    more = {
        name: NEVER for name in ("market_share", "first_win_days", "month_end_share", "cost_per_win", "cost_per_qsl")
    }
    stages = tuple(
        replace(one, entered=Estimate(0.0, 0.0), conversion=NEVER, days=float("nan"), days_sd=float("nan"),
                open_at_end=Estimate(0.0, 0.0))
        for one in base.stages
    )  # fmt: skip
    return replace(
        base, bookings=still(base.bookings), cost=still(base.cost), profit=still(base.profit), stages=stages,
        sources=(), losses=(), counts=replace(counts, flows=flows, passes={}, **never, **more),
        rates=replace(base.rates, qualification=NEVER, conversion=NEVER),
        value=replace(base.value, by_stage={name: (0.0,) * 6 for name in "CBA"}),
    )  # fmt: skip


def _zero(band):
    errors = replace(band.standard_error, mean=0.0, p10=0.0, p50=0.0, p90=0.0)
    return replace(band, mean=0.0, sd=0.0, percentiles=dict.fromkeys(band.percentiles, 0), standard_error=errors)


SHAPES = {
    "sample": sample_simulation(),
    "no goal": sample_simulation(goal=False),
    "no currency": sample_simulation(currency=None),
    "weeks": sample_simulation(unit="week", horizon=30),
    "quarters": sample_simulation(unit="quarter", horizon=8),
    "one period": sample_simulation(horizon=1),
    "nothing": nothing(),
}


def held(name: str, text: str, update: bool) -> None:
    path = GOLDEN / name
    text = text.replace(f"funnelsim {tool_version()}", "funnelsim VERSION")
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} changed; look at the diff, then run with --update-golden"


@pytest.mark.parametrize(("name", "width"), [("sample", 100), ("nothing", 80), ("quarters", 60)])
def test_pages_are_as_they_were(name: str, width: int, update_golden: bool) -> None:
    held(f"simulation_{name}_{width}.txt", page(SHAPES[name], width), update_golden)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", SHAPES)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    lines = page(SHAPES[name], width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert all(line == line.rstrip() for line in lines)
    assert not any("\N{HORIZONTAL ELLIPSIS}" in line for line in lines), "a cut cell"


@pytest.mark.parametrize("name", SHAPES)
def test_no_share_is_said_to_be_nothing_or_everything(name: str) -> None:
    text = page(SHAPES[name])
    assert not re.search(r"(?<![\d.])(0%|0\.0%|100%)", text)
    assert "nan" not in text
    assert "None" not in text


def test_the_first_sentence_is_the_answer() -> None:
    text = words(SHAPES["sample"])
    assert text.startswith("There is an 80% chance that 'relay' books between USD")
    assert re.search(
        r"About \d+ in 100 simulated futures reach the goal of USD 1.20M and about \d+ in 100 miss it", text
    )
    assert "the chance of the goal is" in text
    assert "It is one of 2; --strategy also takes 'hand back'" in text
    assert "goal" not in words(SHAPES["no goal"]).split("What happened")[0].split("bookings")[0]


def test_stated_stands_beside_simulated() -> None:
    row = next(line for line in page(SHAPES["sample"]).splitlines() if line.startswith("B "))
    assert row.split()[1:4] == ["70", "39%", "47%"]


def test_every_figure_that_somebody_asks_for_is_there() -> None:
    text = words(SHAPES["sample"])
    for wanted in (
        "all, full", "mostly free", "qualification 31% of inquiries", "conversion 12% of qualified leads delivered",
        "58% of Sales' hours on leads went to leads that were not won", "34% of leads once lay idle",
        "fell by 2.1 points", "70 because it qualified", "C, bought from somebody else", "and 4 more places with 2%",
        "Customers", "seed 7", "800 simulated futures", "scenario 'sample'", "of all stages (CSO Insights",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert "own records" not in text, "the user's own numbers are no assumption of somebody else's"


def test_nothing_says_so_in_words() -> None:
    text = words(SHAPES["nothing"])
    assert "At least 80 in 100 simulated futures under 'relay' book nothing" in text
    assert "No lead was won in any simulated future." in text
    assert "No lead was lost in any simulated future." in text
    assert "not known (there were no inquiries)" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_text(text: str) -> None:
    scenario = sample_scenario()
    chosen = scenario.strategies[0].model_copy(update={"title": text})
    named = scenario.model_copy(update={"title": text, "strategies": (chosen, *scenario.strategies[1:])})
    shown = page(replace(sample_simulation(), scenario=named, strategy=chosen, notes=(text,), currency=text))
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_stream_that_knows_ascii_only_gets_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_simulation(sample_simulation(), stream)
    stream.flush()
    assert raw.getvalue().isascii()


def test_colour_only_on_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    coloured = Terminal()
    print_simulation(sample_simulation(), coloured)
    assert "\x1b[1m" in coloured.getvalue()
    assert "\x1b" not in page(sample_simulation())


@pytest.mark.parametrize(
    ("mean", "error", "said"),
    [
        (0.312, 0.004, "31%"), (0.312, 0.03, "30%"), (0.0243, 0.0003, "2.4%"), (0.0001, 0.0005, "less than 0.1%"),
        (0.0, 0.0, "none"), (1.0, 0.0, "all"), (0.9999, 0.0005, "more than 99.9%"), (0.93, 0.002, "93%"),
        (0.98, 0.05, "more than 95%"), (float("nan"), float("nan"), "-"), (0.02, 0.2, "less than 20%"),
    ],
)  # fmt: skip
def test_shares_are_no_finer_than_they_are_known(mean: float, error: float, said: str) -> None:
    assert share_text(Estimate(mean, error)) == said


def test_shares_never_reach_the_ends() -> None:
    rng = np.random.default_rng(1)
    for mean, error in zip(rng.random(3000), rng.random(3000) ** 3, strict=True):
        said = share_text(Estimate(float(mean), float(error)))
        assert said not in {"0%", "100%", "0.0%", "100.0%"}, (mean, error, said)


@pytest.mark.parametrize(
    ("mean", "error", "said"),
    [(181.2, 0.5, "181"), (12_345.0, 30.0, "12,350"), (0.72, 0.03, "0.7"), (2.0, 0.0, "2"), (0.03, 0.01, "under 0.1"),
     (0.0, 0.0, "0"), (4.0, 0.07, "4.0"), (float("nan"), 0.0, "-")],
)  # fmt: skip
def test_counts_are_rounded_to_their_error(mean: float, error: float, said: str) -> None:
    assert count_text(Estimate(mean, error)) == said


def test_small_words() -> None:
    assert days_text(Estimate(1.0, 0.0)) == "1 day"
    assert days_text(Estimate(4.31, 0.05)) == "4.3 days"
    assert days_text(NEVER) == "-"
    assert share_of(Estimate(1.0, 0.0), "leads") == "all leads"
    assert plain_share(0.45) == "45%"
    assert plain_share(float("nan")) == "-"
    uses = [use_text(Estimate(one, 0.0)) for one in (1.0, 0.9, 0.5, 0.1)]
    assert uses == ["full", "busy", "room to spare", "mostly free"]
    assert use_text(NEVER) == "never there"
