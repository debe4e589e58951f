"""A forecast, and a file of leads, as one page in a terminal.

The question: what would a planner read out?  The answer in a sentence, the table with its bands drawn, what was assumed
and what was left out.  Colour only where the stream is a terminal and ``NO_COLOR`` is not set; text from the user's
file is shown as text, whatever it holds.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TextIO

from rich.text import Text

from funnelsim.model.leads import LeadTable
from funnelsim.model.proofs import ExactAnswer
from funnelsim.model.results import Band, Forecast
from funnelsim.outputs import account, sentences
from funnelsim.outputs.band_drawing import Glyphs, draw_band
from funnelsim.outputs.forecast_text import chance_text, percentile_text
from funnelsim.outputs.learned_sentences import components_sentence, faded_sentence
from funnelsim.outputs.number_text import day_text, money_text
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.track_record_sentences import track_record_sentence

SHOWN_GROUPS = 12
_FIGURES = ("PR x PC", "mean", "P10", "P50", "P90")
_NARROWEST_DRAWING = 12
_WIDEST_DRAWING = 48


def print_forecast(forecast: Forecast, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a forecast as one page.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(forecast), STRONG)
    plan = [sentences.plan_sentence(forecast), sentences.shortfall_sentence(forecast)]
    page.say(" ".join(sentence for sentence in plan if sentence))
    for warning in sentences.narrow_sentences(forecast):
        page.say(warning, WARNING)
    page.gap()
    _print_bands(page, forecast)
    if len(forecast.components) > 1:
        page.gap()
        _print_components(page, forecast)
    if forecast.exact:
        page.gap()
        _print_exact(page, forecast, forecast.exact)
    if forecast.groups:
        page.gap()
        _print_groups(page, forecast)
    page.gap()
    _print_reported(page, forecast)
    page.gap()
    _print_assumptions(page, forecast)
    _print_left_out(page, forecast)
    page.gap()
    page.say(account.footer(forecast), DIM)
    page.finish()


def print_check(
    table: LeadTable,
    stream: TextIO | None = None,
    *,
    as_of: date | None = None,
    quality: Sequence[str] = (),
    width: int | None = None,
) -> None:
    """Print what reading a file of leads found: whether it is fit to forecast, and what it rests on.

    Parameters
    ----------
    table : LeadTable
        The file as read.
    stream : text stream, optional
        Where to; stdout by default.
    as_of : date, optional
        The day that overdue leads are counted against.
    quality : sequence of str
        Notes of :func:`funnelsim.engines.data_quality.data_quality`.
    width : int, optional
        Columns; as for :func:`print_forecast`.
    """
    page = Page(stream or sys.stdout, width)
    leads = table.leads
    money = money_text(round(leads.expected_value()), leads.minor_digits, leads.currency)
    word = "lead" if leads.lead_count == 1 else "leads"
    verdict = f"can be forecast: {_rows(len(leads))}, {leads.lead_count:,} open {word}, PR x PC {money}"
    page.say(f"{plain(table.name)} {verdict if len(leads) else 'has no open lead to forecast'}.", STRONG)
    currency = leads.currency or "not given (--currency says it; nothing is ever taken for USD)"
    asof = f"as of {day_text(as_of)}; " if as_of else ""
    page.say(f"{asof}dialect {plain(table.dialect)}; currency {currency}; sha256 {table.sha256[:16]}", DIM)
    page.gap()
    _print_rows(page, table)
    page.gap()
    _print_columns(page, table)
    for title, notes in (("What reading decided", table.notes), ("What to look at", quality)):
        if notes:
            page.gap()
            page.say(title, STRONG)
            page.bullets(notes)
    page.finish()


def _print_bands(page: Page, forecast: Forecast) -> None:
    rows = [_band_row(page, forecast, band, forecast.calendar.label(band.period), "") for band in forecast.periods]
    rows.append(_band_row(page, forecast, forecast.total, "Total", STRONG))
    headers = [("", False), *((name, True) for name in _FIGURES)]
    taken = sum(max(len(cell) for cell in column) + 2 for column in zip(*rows, strict=True)) + 2
    width = min(page.console.width - taken, _WIDEST_DRAWING)
    if width < _NARROWEST_DRAWING:
        page.table(headers, rows)
    else:
        largest, whole, lines = _drawn(page, forecast, width)
        headers.append((_scale(forecast, largest, width), False))
        page.table(headers, [[*row, Text(line)] for row, line in zip(rows, lines, strict=True)])
        page.say(_key(page.glyphs, forecast, whole, any(page.glyphs.plan in line for line in lines)), DIM)
    if forecast.plan and forecast.plan.by_period:
        _print_plan_periods(page, forecast)


def _drawn(page: Page, forecast: Forecast, width: int) -> tuple[int, int, list[str]]:
    """Return what the last character of a period's line and of the total's stands for, and the lines."""
    plans: dict[object, int] = {one.period: one.target for one in forecast.plan.by_period} if forecast.plan else {}
    largest = max([band.percentiles[95] for band in forecast.periods] + list(plans.values()))
    needed = _still_needed(forecast)
    whole = max(forecast.total.percentiles[95], needed or 0)
    lines = [
        draw_band(band.percentiles, largest, width, plans.get(band.period), page.glyphs) for band in forecast.periods
    ]
    return largest, whole, [*lines, draw_band(forecast.total.percentiles, whole, width, needed, page.glyphs)]


def _scale(forecast: Forecast, largest: int, width: int) -> str:
    end = money_text(largest, forecast.minor_digits)
    return "0" + end.rjust(width - 1)


def _still_needed(forecast: Forecast) -> int | None:
    """Return the plan less actuals, when its window ends with the horizon: only then it fits the total."""
    plan = forecast.plan
    if plan is None or plan.window.end != forecast.calendar.window.end:
        return None
    return max(plan.target - plan.actuals, 0)


def _key(glyphs: Glyphs, forecast: Forecast, whole: int, planned: bool) -> str:
    plan = f"  {glyphs.plan} plan to go" if planned else ""
    total = money_text(whole, forecast.minor_digits)
    parts = f"{glyphs.inner} half of futures  {glyphs.middle} 8 in 10  {glyphs.outer} 9 in 10  {glyphs.median} middle"
    return f"{parts}{plan}  (total's own scale: 0 to {total})"


def _band_row(page: Page, forecast: Forecast, band: Band, label: str, style: str) -> list[Text | str]:
    digits = forecast.minor_digits
    stated = money_text(band.expected_value, digits) if forecast.is_stated else "-"
    mean = money_text(band.mean, digits, error=band.standard_error.mean)
    percentiles = [percentile_text(forecast, band, percent, named=False) for percent in (10, 50, 90)]
    return [page.text(cell, style) for cell in (label, stated, mean, *percentiles)]


def _print_plan_periods(page: Page, forecast: Forecast) -> None:
    assert forecast.plan is not None
    chances = [
        f"{forecast.calendar.label(one.period)} {chance_text(forecast, one.probability)}"
        for one in forecast.plan.by_period
    ]
    page.say(f"Chance of each period's own plan: {', '.join(chances)}.")


def _print_groups(page: Page, forecast: Forecast) -> None:
    rows: list[list[Text | str]] = []
    for group in forecast.groups[:SHOWN_GROUPS]:
        label = plain(group.value, 30) or "(blank)"
        rows.append([
            page.text(label),
            page.text(f"{group.rows:,}"),
            *_band_row(page, forecast, group.total, "", "")[1:],
        ])
    headers = [(f"by {plain(forecast.by or '', 30)}", False), ("rows", True)]
    page.table([*headers, *((name, True) for name in _FIGURES)], rows)
    hidden = len(forecast.groups) - SHOWN_GROUPS
    more = f"and {hidden:,} more in --json; " if hidden > 0 else ""
    page.say(f"{more}PR x PC and means add to the total, percentiles do not", DIM)


def _print_components(page: Page, forecast: Forecast) -> None:
    """Print what the total is made of."""
    rows = [_band_row(page, forecast, part.total, part.name, "") for part in forecast.components]
    page.table([("of the total", False), *((name, True) for name in _FIGURES)], rows)
    page.say("means add to the total, percentiles do not", DIM)


def _print_exact(page: Page, forecast: Forecast, exact: ExactAnswer) -> None:
    """Print the law in closed form, period by period; a dash where only mean and spread are known."""
    labels = [*(forecast.calendar.label(band.period) for band in forecast.periods), "Total"]
    rows: list[list[Text | str]] = []
    for label, band in zip(labels, (*exact.periods, exact.total), strict=True):
        known = band.percentiles
        figures = [band.mean, band.sd, *(known[percent] if known else None for percent in (10, 50, 90))]
        cells = ["-" if value is None else money_text(value, forecast.minor_digits) for value in figures]
        rows.append([page.text(cell, STRONG if label == "Total" else "") for cell in (label, *cells)])
    page.table([("in closed form", False), *((name, True) for name in ("mean", "sd", "P10", "P50", "P90"))], rows)
    page.say(account.exact_sentence(exact), DIM)


def _print_reported(page: Page, forecast: Forecast) -> None:
    lines = (
        track_record_sentence(forecast),
        components_sentence(forecast),
        sentences.shared_risk_sentence(forecast),
        faded_sentence(forecast),
        sentences.adding_sentence(forecast),
        sentences.concentration_sentence(forecast),
        sentences.effects_sentence(forecast),
        sentences.optimism_sentence(forecast),
        account.precision_sentence(forecast),
        account.check_sentence(forecast),
    )
    page.bullets([line for line in lines if line])


def _print_assumptions(page: Page, forecast: Forecast) -> None:
    """Print the assumptions; those that share grade and source share a line."""
    page.say("What was assumed, with the grade of its source", DIM)
    found: dict[tuple[str, str], list[str]] = {}
    for row in forecast.assumption_rows:
        value = f"{row.value:g}" if isinstance(row.value, float | int) else row.value
        found.setdefault((row.grade, row.source), []).append(f"{row.name} {value}")
    page.grid([(grade, f"{'; '.join(named)}: {source}") for (grade, source), named in found.items()], gap=2)


def _print_left_out(page: Page, forecast: Forecast) -> None:
    lines = account.left_out(forecast)
    if not lines:
        page.say("Nothing was left out: every row of the file is in the bands.", DIM)
        return
    page.say("What is not in the bands, or was changed on the way", DIM)
    page.bullets(lines)


def _print_rows(page: Page, table: LeadTable) -> None:
    leads = table.leads
    rows = [["open, forecast", f"{len(leads):,}", money_text(int(leads.pr.sum()), leads.minor_digits)]]
    if len(table.won.amount):
        won = money_text(int(table.won.amount.sum()), leads.minor_digits)
        rows.append(["booked already", f"{len(table.won.amount):,}", won])
    if table.lost_rows:
        rows.append(["lost already", f"{table.lost_rows:,}", ""])
    rows += [
        [f"left out: {one.reason}", f"{one.rows:,}", money_text(one.amount, leads.minor_digits)]
        for one in table.excluded
    ]
    rows.append(["rows in the file", f"{table.rows:,}", ""])
    page.table([("", False), ("rows", True), ("amount", True)], rows)
    page.bullets([f"Filled in: {one.field} of {_rows(one.rows)} by the {one.rule}" for one in table.imputed])


def _print_columns(page: Page, table: LeadTable) -> None:
    rows = [[one.field, one.header, one.decided] for one in table.columns]
    page.table([("column", False), ("header in the file", False), ("how it was read", False)], rows)
    if table.kept_columns:
        names = ", ".join(plain(name, 40) for name in table.kept_columns)
        page.say(f"Kept for --by, not understood: {names}", DIM)


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
