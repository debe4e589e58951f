"""The page's views of bookings: of all or of one group, by period, by quarter, and cumulative.

Every view is made here and only chosen in the browser.  Quarters are summed future by future and ranked afterwards,
because percentiles do not add; so they need the futures, which a run keeps for all bookings but not for groups.

What it leaves out: how a view is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import ONE_SIGMA, percentile, percentile_interval
from funnelsim.model.board_pack import Chart, Pack, PackData, Quantity, Series, Table
from funnelsim.model.calendar import Calendar, Period
from funnelsim.outputs.packs.answer_words import DASH, NAME_LENGTH, Answer, axis_of, calendar_of, period_at
from funnelsim.outputs.packs.forecast_pack import PERCENTS, ROLES, band_series, period_labels
from funnelsim.outputs.packs.forecast_pack import percentile as band_percentile
from funnelsim.outputs.plain_text import plain

MOST_GROUPS = 40
"""Groups beyond these stand in the answer only; the page says so."""
_FINE = 1_000
"""Money is ranked in whole thousandths of a major unit, the smallest coin of any currency."""
_COMMANDS = ("forecast", "simulate")


@dataclass(frozen=True)
class View:
    """One choice of whose bookings, in which steps.

    Attributes
    ----------
    whose : int
        0 for all; else the group's place from 1.
    step : str
        ``period``, ``quarter`` or ``cumulative``.
    title : str
        What is shown.
    note : str
        What to keep in mind.
    chart : Chart
        Bands.
    table : Table
        The same numbers, fewer percentiles, and the mean.
    """

    whose: int
    step: str
    title: str
    note: str
    chart: Chart
    table: Table


def views_of(pack: Pack, data: PackData) -> tuple[View, ...]:
    """Return every view of a pack's bookings.

    Parameters
    ----------
    pack : Pack
        With or without bands by period.
    data : PackData
        Its futures give the quarters.

    Returns
    -------
    tuple of View
        Of all by period first; empty where the answer has no bands by period.
    """
    answer = Answer(pack.answer)
    if pack.command not in _COMMANDS or answer.at("/periods/0/p50") is None or answer.at("/calendar/period") is None:
        return ()
    unit = str(answer.at("/calendar/period"))
    made = [_banded(answer, 0, "period", f"All bookings by {unit}.", "/periods", "/total")]
    quarters = _quarters(answer, data) if unit == "month" else None
    made += [quarters] if quarters is not None else []
    made.append(_banded(answer, 0, "cumulative", f"All bookings, cumulative by {unit}.", "/cumulative", None))
    for k in range(min(answer.count("/groups"), MOST_GROUPS)):
        title = f"Bookings of {group_name(answer, k)} by {unit}."
        made.append(_banded(answer, k + 1, "period", title, f"/groups/{k}/periods", f"/groups/{k}/total"))
    return tuple(made)


def group_name(answer: Answer, place: int) -> str:
    """Return a group's name.

    Parameters
    ----------
    answer : Answer
        The answer.
    place : int
        From 0.

    Returns
    -------
    str
        ``(none)`` for the leads without one.
    """
    return answer.text(f"/groups/{place}/value", NAME_LENGTH) or "(none)"


def step_names(views: tuple[View, ...], unit: str) -> tuple[tuple[str, str], ...]:
    """Return the steps that any view has.

    Parameters
    ----------
    views : tuple of View
        All.
    unit : str
        Of a period.

    Returns
    -------
    tuple of tuple of two str
        Key and name, in order.
    """
    names = (("period", f"by {unit}"), ("quarter", "by quarter"), ("cumulative", "cumulative"))
    there = {view.step for view in views}
    return tuple(one for one in names if one[0] in there)


def _banded(answer: Answer, whose: int, step: str, title: str, where: str, total: str | None) -> View:
    paths = [f"{where}/{row}" for row in range(answer.count(where))]
    series = band_series(answer, paths)
    labels = period_labels(answer, "/periods")[: len(paths)]
    axis, scale = axis_of(series[-1].values, answer.currency)
    rows = [_row(answer, label, path) for label, path in zip(labels, paths, strict=True)]
    rows += [_row(answer, "Total", total)] if total else []
    note = "Each row counts from the first day." if step == "cumulative" else "Percentiles do not add up; means do."
    chart = Chart("fan", labels, series, "money", axis, scale, running=step == "cumulative")
    return View(whose, step, title, note, chart, Table(_headers(answer), tuple(rows), total=bool(total)))


def _headers(answer: Answer) -> tuple[str, ...]:
    return ("Period", *(("PR x PC",) if _has_stated(answer) else ()), "Mean", "P10", "P50", "P90")


def _has_stated(answer: Answer) -> bool:
    """Whether anybody states what leads are worth; in a scenario nobody does."""
    return answer.at("/total/expected_value") is not None


def _row(answer: Answer, label: str, path: str) -> tuple[str | Quantity, ...]:
    stated = (answer.stated(path),) if _has_stated(answer) else ()
    mean = answer.money(f"{path}/mean", answer.at(f"{path}/standard_error/mean") or 0.0)
    bands = (band_percentile(answer, path, percent) for percent in (10, 50, 90))
    return (label, *stated, mean, *bands)


def _quarters(answer: Answer, data: PackData) -> View | None:
    """Return all bookings by quarter; None where the run keeps no futures of its periods."""
    count = answer.count("/periods")
    labels = period_labels(answer, "/periods")
    starts = [str(answer.at(f"/periods/{row}/start")) for row in range(count)]
    names = [next((name for name in pair if name in data.futures), None) for pair in zip(labels, starts, strict=True)]
    if not count or any(name is None for name in names):
        return None
    months = [np.rint(np.asarray(data.futures[name]) * _FINE).astype(np.int64) for name in names if name is not None]
    calendar = calendar_of(answer.document)
    inside = _months_of_quarters(answer, calendar, count)
    sums = [np.sort(np.sum([months[row] for row in rows], axis=0)) for rows in inside.values()]
    bands = [_band(answer, ordered) for ordered in sums]
    columns = tuple(tuple(one[k] for one in bands) for k in range(len(PERCENTS)))
    series = tuple(
        Series(f"P{percent}", role, column) for percent, role, column in zip(PERCENTS, ROLES, columns, strict=True)
    )
    stated = [
        (_sum(answer, [answer.stated(f"/periods/{row}") for row in rows]),) if _has_stated(answer) else ()
        for rows in inside.values()
    ]
    rows: list[tuple[str | Quantity, ...]] = [
        (name, *stated[k], _mean(answer, sums[k]), bands[k][1], bands[k][3], bands[k][5])
        for k, name in enumerate(inside)
    ]
    rows.append(_row(answer, "Total", "/total"))
    axis, scale = axis_of(series[-1].values, answer.currency)
    chart = Chart("fan", tuple(inside), series, "money", axis, scale, running=False)
    note = "Quarters are summed future by future and ranked afterwards; percentiles of months do not add up to them."
    return View(0, "quarter", "All bookings by quarter.", note, chart, Table(_headers(answer), tuple(rows), total=True))


def _months_of_quarters(answer: Answer, calendar: Calendar, count: int) -> dict[str, list[int]]:
    """Return the periods of each fiscal quarter under its name; a quarter that is not whole names its days."""
    quarters = Calendar(calendar.as_of, "quarter", 1, calendar.fiscal_start)
    found: dict[Period, list[int]] = {}
    for row in range(count):
        found.setdefault(quarters.period_of(period_at(answer, f"/periods/{row}").start), []).append(row)
    named = {}
    for whole, rows in found.items():
        held = Period(period_at(answer, f"/periods/{rows[0]}").start, period_at(answer, f"/periods/{rows[-1]}").end)
        part = "" if held == whole else f", {held.start.day} {held.start:%b} to {held.end.day} {held.end:%b} only"
        named[plain(quarters.label(whole) + part)] = rows
    return named


def _band(answer: Answer, ordered: npt.NDArray[np.int64]) -> tuple[Quantity, ...]:
    """Return the seven percentiles of sorted sums, each rounded to the error of the nearest of P10, P50 and P90."""
    errors = {}
    for percent in (10, 50, 90):
        low, high = percentile_interval(ordered, percent / 100, ONE_SIGMA)
        errors[percent] = (high - low) / 2 / _FINE
    nearest = {percent: 10 if percent <= 10 else 90 if percent >= 90 else 50 for percent in PERCENTS}
    return tuple(answer.amount(percentile(ordered, one) / _FINE, "", errors[nearest[one]]) for one in PERCENTS)


def _sum(answer: Answer, parts: list[Quantity]) -> Quantity:
    """Return the sum of what is stated; a dash where nothing is."""
    known = [one.value for one in parts if one.value is not None]
    return answer.amount(sum(known)) if known else Quantity(None, DASH)


def _mean(answer: Answer, sums: npt.NDArray[np.int64]) -> Quantity:
    money = sums / _FINE
    error = float(money.std(ddof=1)) / len(money) ** 0.5 if len(money) > 1 else 0.0
    return answer.amount(float(money.mean()), "", error)
