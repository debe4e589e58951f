"""A funnel simulation as one page in a terminal.

The question: what would a planner read out?  The answer in a sentence, bookings by period with their bands drawn, the
funnel, the teams, where leads are lost, what happened on the way, and on whose word it all rests.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import math
import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.funnel_words import LOSS_WORDS, reason_name
from funnelsim.model.results import PERCENTS
from funnelsim.model.simulation import MoneyBand, Simulation
from funnelsim.outputs import simulation_sentences as sentences
from funnelsim.outputs.band_drawing import draw_band
from funnelsim.outputs.comparison_text import standard_error
from funnelsim.outputs.control_parts import control_sentence
from funnelsim.outputs.number_text import whole_percent
from funnelsim.outputs.page import DIM, STRONG, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import (
    amount_text,
    count_text,
    estimated_amount,
    percentile_text,
    plain_share,
    share_text,
    use_text,
)

SHOWN_LOSSES = 6
SHOWN_SOURCES = 8
_FIGURES = ("mean", "P10", "P50", "P90")
_NARROWEST_DRAWING, _WIDEST_DRAWING = 12, 48
_EV_COLUMN = 10
_NAME = 24
_WIDE = 78
Row = list[Text | str]


def print_simulation(simulation: Simulation, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a simulation as one page.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(simulation), STRONG)
    page.say(sentences.goal_sentence(simulation) or "")
    page.say(sentences.profit_sentence(simulation))
    page.say(_control_sentence(simulation))
    page.say(sentences.strategy_sentence(simulation), DIM)
    for part in (_print_bands, _print_funnel, _print_value, _print_teams, _print_sources, _print_losses):
        page.gap()
        part(page, simulation)
    page.gap()
    page.say("What happened on the way, on average", DIM)
    page.bullets(sentences.happened(simulation))
    page.gap()
    page.say("What was assumed that is not the user's own, with the grade of its source", DIM)
    page.grid(sentences.assumption_lines(simulation.scenario), gap=2)
    if simulation.notes:
        page.gap()
        page.say("Notes", DIM)
        page.bullets(simulation.notes)
    page.gap()
    page.say(sentences.footer(simulation), DIM)
    page.finish()


def _control_sentence(simulation: Simulation) -> str:
    """Return what a twin world did for mean bookings; nothing where it was not asked."""
    if simulation.control is None:
        return ""
    (estimate,) = simulation.control.estimates
    interval = estimate.interval
    error = standard_error(interval)
    mean = amount_text(simulation, interval.estimate, error)
    low, high = (amount_text(simulation, end, error, named=False) for end in (interval.low, interval.high))
    return control_sentence(
        simulation.control, estimate, "mean bookings", f"{mean} ({interval.label}: {low} to {high})"
    )


def _print_bands(page: Page, simulation: Simulation) -> None:
    bookings, calendar = simulation.bookings, simulation.calendar
    rows = [_band_row(page, simulation, calendar.label(band.period), band) for band in bookings.periods]
    rows.append(_band_row(page, simulation, "Total bookings", bookings.total, STRONG))
    rows.append(_band_row(page, simulation, "Cost", simulation.cost.total))
    rows.append(_band_row(page, simulation, "Profit", simulation.profit.total, STRONG))
    headers = [("bookings", False), *((name, True) for name in _FIGURES)]
    named = [[name for name, _ in headers], *rows]
    taken = sum(max(len(cell) for cell in column) + 2 for column in zip(*named, strict=True)) + 2
    width = min(page.console.width - taken, _WIDEST_DRAWING)
    if width < _NARROWEST_DRAWING:
        page.table(headers, rows)
        return
    largest, whole, lines = _drawn(page, simulation, width)
    headers.append(("0" + amount_text(simulation, largest, named=False).rjust(width - 1), False))
    page.table(headers, [[*row, Text(line)] for row, line in zip(rows, [*lines, "", ""], strict=True)])
    glyphs = page.glyphs
    goal = f"  {glyphs.plan} goal" if any(glyphs.plan in line for line in lines) else ""
    parts = f"{glyphs.inner} half of futures  {glyphs.middle} 8 in 10  {glyphs.outer} 9 in 10  {glyphs.median} middle"
    page.say(f"{parts}{goal}  (total's own scale: 0 to {amount_text(simulation, whole, named=False)})", DIM)


def _drawn(page: Page, simulation: Simulation, width: int) -> tuple[int, int, list[str]]:
    """Return what the last character of a period's line and of the total's stands for, and the lines."""
    bookings, goal = simulation.bookings, simulation.goal.target if simulation.goal else None
    largest = max(band.percentiles[PERCENTS[-1]] for band in bookings.periods)
    whole = max(bookings.total.percentiles[PERCENTS[-1]], goal or 0)
    lines = [draw_band(band.percentiles, largest, width, None, page.glyphs) for band in bookings.periods]
    return largest, whole, [*lines, draw_band(bookings.total.percentiles, whole, width, goal, page.glyphs)]


def _band_row(page: Page, simulation: Simulation, label: str, band: MoneyBand, style: str = "") -> Row:
    mean = amount_text(simulation, band.mean, band.standard_error.mean, named=False)
    percentiles = [percentile_text(simulation, band, percent) for percent in (10, 50, 90)]
    return [page.text(cell, style) for cell in (label, mean, *percentiles)]


def _print_funnel(page: Page, simulation: Simulation) -> None:
    """Print stages as rows; on a narrow page without the spread of days."""
    rows: list[Row] = []
    wide = page.console.width >= _WIDE
    for stage in simulation.stages:
        spread = f" +/- {stage.days_sd:.0f}" if wide else ""
        days = "-" if math.isnan(stage.days) else f"{stage.days:.0f}{spread}"
        cells = (count_text(stage.entered), share_text(stage.conversion), plain_share(stage.stated_conversion), days)
        rows.append([plain(stage.name, _NAME), *cells, count_text(stage.open_at_end)])
    wins = simulation.counts.flows.get("wins")
    if wins is not None:
        rows.append([page.text("Customers", STRONG), page.text(count_text(wins), STRONG), "", "", "", ""])
    names = ("entered", "advanced", "as stated", "days there", "open at end")
    names = names if wide else ("entered", "advanced", "stated", "days", "open")
    page.table([("the funnel", False), *((name, True) for name in names)], rows)
    slower = [stage.name for stage in simulation.stages if _falls_short(stage.conversion, stage.stated_conversion)]
    named = f" In {', '.join(plain(name, _NAME) for name in slower)} fewer advance than that." if slower else ""
    page.say(
        f"Leads a future; days: mean{' +/- sd' if wide else ''}. As stated: of leads that get all the work they absorb."
        f"{named}",
        DIM,
    )


def _falls_short(simulated: Estimate, stated: float) -> bool:
    return simulated.mean < stated - max(0.01, 3 * simulated.standard_error)


def _print_value(page: Page, simulation: Simulation) -> None:
    """Print EV by stage at as many period ends as fit, the last one always."""
    series = simulation.value.by_stage
    ends = [simulation.calendar.label(period).removeprefix("week of ") for period in simulation.calendar.periods]
    widest = max([len(end) for end in ends] + [_EV_COLUMN - 2]) + 2
    shown = _chosen(len(ends), max(2, min(7, (page.console.width - 28) // widest)))
    rows: list[Row] = []
    for name, amounts in series.items():
        cells = [amount_text(simulation, amounts[k], _rough(amounts[k]), named=False) for k in shown]
        rows.append([plain(name, _NAME), *cells])
    totals = [sum(amounts[k] for amounts in series.values()) for k in shown]
    rows.append([
        page.text("EV in all", STRONG),
        *(page.text(amount_text(simulation, total, _rough(total), named=False), STRONG) for total in totals),
    ])
    page.table([("EV of open leads, end of", False), *((ends[k], True) for k in shown)], rows)


def _rough(amount: float) -> float:
    """Return a hundredth of an amount, which EV is rounded to: the record has no standard error of it."""
    return abs(amount) / 100


def _chosen(count: int, most: int) -> list[int]:
    """Return at most ``most`` evenly spaced places out of ``count``, the last among them."""
    stride = -(-count // most)
    return list(range(count))[::-1][::stride][::-1]


def _print_teams(page: Page, simulation: Simulation) -> None:
    rows: list[Row] = []
    wide = page.console.width >= _WIDE
    for team in simulation.teams:
        share = share_text(team.utilisation)
        used = f"{share}, {use_text(team.utilisation)}" if wide and team.utilisation.mean > 0 else share
        cost = estimated_amount(simulation, team.cost, named=False)
        touches = [count_text(team.touches)] if wide else []
        rows.append([
            plain(team.name, _NAME), count_text(team.hours), used, *touches, cost, count_text(team.neglected_days),
        ])  # fmt: skip
    named = ("hours", "used", "touches", "cost", "neglected days")
    names = named if wide else ("hours", "used", "cost", "neglected days")
    page.table([("teams", False), *((name, True) for name in names)], rows)
    grace = simulation.scenario.forces.neglect.grace_days
    beyond = f" beyond a lead's first {grace:g}" if grace else ""
    page.say(f"Neglected days: of all leads together, days without an effective touch{beyond}.", DIM)


def _print_sources(page: Page, simulation: Simulation) -> None:
    rows: list[Row] = []
    for source in simulation.sources[:SHOWN_SOURCES]:
        money = [estimated_amount(simulation, one, named=False) for one in (source.booked, source.cost)]
        rows.append([plain(source.name, _NAME), count_text(source.leads), *money])
    page.table([("where leads come from", False), ("leads", True), ("booked", True), ("bought for", True)], rows)
    hidden = len(simulation.sources) - SHOWN_SOURCES
    if hidden > 0:
        page.say(f"and {hidden:,} more; --json has all of them", DIM)


def _print_losses(page: Page, simulation: Simulation) -> None:
    """Print where leads are lost and why, most first; what is not shown is counted."""
    rows: list[Row] = []
    for loss in simulation.losses[:SHOWN_LOSSES]:
        why = LOSS_WORDS.get(reason_name(loss.reason), plain(loss.reason, _NAME))
        cells = (count_text(loss.leads), _percent(loss.share))
        rows.append([f"{plain(loss.stage, _NAME)}, {why}", plain(loss.team, _NAME), *cells])
    if not rows:
        page.say("No lead was lost in any simulated future.")
        return
    page.table([("where leads are lost", False), ("with", False), ("leads", True), ("of losses", True)], rows)
    rest = simulation.losses[SHOWN_LOSSES:]
    if rest:
        share = _percent(sum(loss.share for loss in rest))
        places = "1 more place" if len(rest) == 1 else f"{len(rest):,} more places"
        page.say(f"and {places} with {share} of losses; --json has all of them", DIM)


def _percent(share: float) -> str:
    """Return a share of all losses in whole percents, small words at the ends."""
    return "all" if share >= 1 else whole_percent(share)
