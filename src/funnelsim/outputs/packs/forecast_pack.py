"""The board pack of a forecast: what we will book, how sure that is, and what it hangs on.

The order is that of a board paper: the answer, the fan against the plan, the chance of the plan, the periods, coverage,
the deals that matter, who brings it, and an appendix of assumptions and data quality.

What it leaves out: how slides and pages look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Role, Series, Table
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import NAME_LENGTH, Answer, axis_of, calendar_of, days_text, period_at
from funnelsim.outputs.packs.forecast_appendix import forecast_appendix
from funnelsim.outputs.plain_text import plain

PERCENTS = (5, 10, 25, 50, 75, 90, 95)
ROLES: tuple[Role, ...] = ("p5", "p10", "p25", "p50", "p75", "p90", "p95")
SHOWN_LEADS = 10
NOT_TESTED = "These bands are not yet back-tested: no record shows how often earlier ones held what happened."


def forecast_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a forecast.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        Exhibits without numbers are left out: no plan, no chance of it.
    """
    answer = Answer(document)
    made = (
        _answer(answer),
        _fan(answer),
        _plan(answer),
        _periods(answer),
        _coverage(answer),
        _leads(answer),
        _components(answer),
        _groups(answer),
    )
    return Pack(
        command="forecast",
        title="Bookings forecast",
        subtitle=f"{days_text(answer, '/total')}, as of {day_text(calendar_of(document).as_of)}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=forecast_appendix(answer),
        track=track_words(answer),
        provenance=provenance,
        answer=document,
    )


def track_words(answer: Answer) -> str:
    """Return the track record in a sentence.

    Parameters
    ----------
    answer : Answer
        Any answer.

    Returns
    -------
    str
        What the answer says of it; that there is none yet where it says nothing.
    """
    return answer.text("/track_record/sentence") or NOT_TESTED


def percentile(answer: Answer, path: str, percent: int, *, named: bool = False) -> Quantity:
    """Return a percentile of a band, rounded to its standard error.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where the band stands.
    percent : int
        One of 5, 10, 25, 50, 75, 90, 95.
    named : bool
        Whether the currency stands in front.

    Returns
    -------
    Quantity
        P5, P25, P75 and P95 take the error of the nearest reported percentile.
    """
    nearest = "p10" if percent <= 10 else "p90" if percent >= 90 else "p50"
    error = answer.at(f"{path}/standard_error/{nearest}") or 0.0
    return answer.money(f"{path}/p{percent}", error, named=named)


def band_series(answer: Answer, paths: list[str]) -> tuple[Series, ...]:
    """Return the seven percentiles of several bands as series of a fan.

    Parameters
    ----------
    answer : Answer
        The answer.
    paths : list of str
        Where the bands stand, in order.

    Returns
    -------
    tuple of Series
        P5 to P95.
    """
    return tuple(
        Series(f"P{percent}", role, tuple(percentile(answer, path, percent) for path in paths))
        for percent, role in zip(PERCENTS, ROLES, strict=True)
    )


def period_labels(answer: Answer, name: str) -> tuple[str, ...]:
    """Return the names of the periods of a list of bands.

    Parameters
    ----------
    answer : Answer
        The answer.
    name : str
        The list, such as ``/periods``.

    Returns
    -------
    tuple of str
        As a planner would say them.
    """
    calendar = calendar_of(answer.document)
    return tuple(calendar.label(period_at(answer, f"{name}/{row}")) for row in range(answer.count(name)))


def _sentences(answer: Answer, *names: str) -> tuple[str, ...]:
    said = (answer.text(f"/sentences/{name}") for name in names)
    return tuple(one for one in said if one)


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[str | Quantity, ...]] = [
        ("P10: 9 in 10 futures book more", percentile(answer, "/total", 10, named=True)),
        ("P50: the middle", percentile(answer, "/total", 50, named=True)),
        ("P90: 1 in 10 futures books more", percentile(answer, "/total", 90, named=True)),
        ("Mean", answer.money("/total/mean", answer.at("/total/standard_error/mean") or 0.0, named=True)),
        ("Stated, PR x PC", answer.stated("/total", named=True)),
    ]
    if answer.at("/plan") is not None:
        rows.append(("Plan", answer.money("/plan/target", named=True)))
        rows.append(("Chance of the plan", answer.chance("/plan/probability")))
    points = (*_sentences(answer, "plan", "shortfall", "shared_risk"), *(answer.at("/warnings") or ()))
    return Exhibit(
        "answer",
        answer.text("/sentences/headline"),
        table=Table(("", "Bookings"), tuple(rows)),
        points=(*points, track_words(answer)),
        notes=("If the open pipeline and the assumptions in the appendix hold.", *_sentences(answer, "bands")),
    )


def _fan(answer: Answer) -> Exhibit:
    """Return cumulative bookings against the plan: what is booked counts from the start of the plan's window."""
    rows = range(answer.count("/cumulative"))
    series = list(band_series(answer, [f"/cumulative/{row}" for row in rows]))
    plan = answer.money("/plan/target", named=True) if answer.at("/plan") is not None else None
    booked = float(answer.at("/plan/window/actuals") or 0.0)
    still = None
    if plan is not None and plan.value is not None:
        still = answer.amount(plan.value - booked, "" if booked else "/plan/target", named=True)
    axis, scale = axis_of([*series[-1].values, *([still] if still else [])], answer.currency)
    chart = Chart(
        "fan",
        period_labels(answer, "/periods"),
        tuple(series),
        "money",
        axis,
        scale,
        reference=still,
        reference_name="still to book for the plan" if booked else "plan",
        reference_end=_last_planned(answer) if still else None,
    )
    low, high = percentile(answer, "/total", 10, named=True).text, percentile(answer, "/total", 90, named=True).text
    title = f"Cumulative bookings end between {low} and {high} in 8 of 10 futures"
    gap = f"; the plan needs {still.text} more" if still and booked else f"; the plan is {still.text}" if still else ""
    return Exhibit(
        "fan",
        f"{title}{gap}.",
        chart=chart,
        notes=(*_sentences(answer, "bands", "adding"),),
        alt=f"Fan chart of cumulative bookings by {answer.at('/calendar/period')}. {title}{gap}.",
    )


def _last_planned(answer: Answer) -> int:
    """Return the last period that the plan speaks about; the horizon may go on beyond it."""
    end = period_at(answer, "/plan/window").end
    ends = [period_at(answer, f"/periods/{row}").end for row in range(answer.count("/periods"))]
    return max((row for row, last in enumerate(ends) if last <= end), default=0)


def _plan(answer: Answer) -> Exhibit | None:
    if answer.at("/plan") is None:
        return None
    made, missed = answer.both_sides("/plan/probability")
    chance = answer.chance("/plan/probability")
    chart = Chart(
        "bars",
        ("make the plan", "miss the plan"),
        (Series("share of simulated futures", "bar", (chance, answer.opposite("/plan/probability"))),),
        "chance",
        "share of simulated futures",
    )
    rows = tuple(
        (
            calendar_of(answer.document).label(period_at(answer, f"/plan/by_period/{row}")),
            answer.money(f"/plan/by_period/{row}/target"),
            answer.chance(f"/plan/by_period/{row}/probability"),
        )
        for row in range(answer.count("/plan/by_period"))
    )
    return Exhibit(
        "plan",
        answer.text("/sentences/plan"),
        chart=chart,
        table=Table(("Period", "Plan", "Chance"), rows) if rows else None,
        points=(*_sentences(answer, "shortfall", "effects"), track_words(answer)),
        notes=(
            "The chance of the plan is the share of simulated futures in which bookings to date and to come reach it.",
        ),
        alt=f"Two bars: {made} simulated futures make the plan, {missed} miss it.",
    )


def _periods(answer: Answer) -> Exhibit:
    count = answer.count("/periods")
    labels, paths = period_labels(answer, "/periods"), [f"/periods/{row}" for row in range(count)]
    columns = ("expected_value", "mean", "p10", "p50", "p90")
    rows = [_period_row(answer, label, path) for label, path in zip(labels, paths, strict=True)]
    rows.append(_period_row(answer, "Total", "/total"))
    series = band_series(answer, paths)
    axis, scale = axis_of(series[-1].values, answer.currency)
    widest = max(range(count), key=lambda row: answer.at(f"/periods/{row}/p50") or 0.0)
    title = (
        f"{labels[widest]} is the largest {answer.at('/calendar/period')}: the middle is "
        f"{percentile(answer, paths[widest], 50, named=True).text}, 8 in 10 futures lie between "
        f"{percentile(answer, paths[widest], 10).text} and {percentile(answer, paths[widest], 90).text}."
    )
    assert len(columns) == len(rows[0]) - 1, "a column for each header"
    return Exhibit(
        "periods",
        title,
        chart=Chart("fan", labels, series, "money", axis, scale, running=False),
        table=Table(("Period", "PR x PC", "Mean", "P10", "P50", "P90"), tuple(rows), total=True),
        points=_sentences(answer, "adding"),
        notes=_sentences(answer, "bands"),
        alt=f"Bands of bookings by {answer.at('/calendar/period')}. {title}",
    )


def _period_row(answer: Answer, label: str, path: str) -> tuple[str | Quantity, ...]:
    return (
        label,
        answer.stated(path),
        answer.money(f"{path}/mean", answer.at(f"{path}/standard_error/mean") or 0.0),
        *(percentile(answer, path, percent) for percent in (10, 50, 90)),
    )


def _coverage(answer: Answer) -> Exhibit | None:
    if not answer.at("/coverage"):
        return None
    held, needed = answer.number("/coverage/ratio", 1, "x"), answer.number("/coverage/required", 1, "x")
    side = "more than" if (held.value or 0.0) > (needed.value or 0.0) else "less than"
    return Exhibit(
        "coverage",
        f"Open leads due inside the plan are {held.text} what is still to book; these leads' own conversion asks for "
        f"{needed.text}, so coverage is {side} enough.",
        chart=Chart(
            "bars",
            ("coverage held", "coverage required"),
            (Series("PR over what is still to book", "bar", (held, needed)),),
            "number",
            "times what is still to book",
        ),
        notes=("Required coverage is PR over mean bookings of the same leads in the same window, not a rule of 3x.",),
        alt=f"Two bars: coverage held {held.text}, required {needed.text}.",
    )


def _leads(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/lead_effects"), SHOWN_LEADS)
    if not count:
        return None
    rows = tuple(_lead_row(answer, f"/lead_effects/{row}") for row in range(count))
    headers = ("Lead", "PR", "EV", "Stated close", "Chance with", "Chance without")
    without = _sentences(answer, "concentration")
    return Exhibit(
        "leads",
        without[0] if without else f"The {count} leads that matter most.",
        table=Table(headers, rows),
        points=_sentences(answer, "effects"),
        notes=("A lead's effect is the chance of the plan with it minus without it, on the same luck.",),
    )


def _lead_row(answer: Answer, path: str) -> tuple[str | Quantity, ...]:
    name = answer.text(f"{path}/name", NAME_LENGTH).strip() or answer.text(f"{path}/lead_id", NAME_LENGTH)
    return (
        name,
        answer.money(f"{path}/pr"),
        answer.stated(path),
        answer.text(f"{path}/expected_close"),
        answer.chance(f"{path}/probability_with"),
        answer.chance(f"{path}/probability_without"),
    )


def _components(answer: Answer) -> Exhibit | None:
    count = answer.count("/components")
    if count < 2:
        return None
    names = tuple(answer.text(f"/components/{row}/name", NAME_LENGTH) for row in range(count))
    return _ranges(answer, "components", [f"/components/{row}" for row in range(count)], names, "part of the total")


def _groups(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/groups"), 12)
    if not count:
        return None
    names = tuple(answer.text(f"/groups/{row}/value", NAME_LENGTH) or "(none)" for row in range(count))
    paths = [f"/groups/{row}/total" for row in range(count)]
    return _ranges(answer, "groups", paths, names, plain(str(answer.at("/by")), NAME_LENGTH))


def _ranges(answer: Answer, key: str, paths: list[str], names: tuple[str, ...], what: str) -> Exhibit:
    parts = {
        role: tuple(percentile(answer, path, percent) for path in paths)
        for role, percent in (("low", 10), ("middle", 50), ("high", 90))
    }
    series = (
        Series("P10", "low", parts["low"]),
        Series("P50", "middle", parts["middle"]),
        Series("P90", "high", parts["high"]),
    )
    axis, scale = axis_of(parts["high"], answer.currency)
    largest = max(range(len(names)), key=lambda row: parts["middle"][row].value or 0.0)
    rows: list[tuple[str | Quantity, ...]] = [
        (name, *(values[row] for values in parts.values())) for row, name in enumerate(names)
    ]
    between = f"{parts['low'][largest].text} to {parts['high'][largest].text}"
    title = f"{names[largest]} brings most: {between} in 8 of 10 futures."
    return Exhibit(
        key,
        title,
        chart=Chart("ranges", names, series, "money", axis, scale),
        table=Table((what.capitalize(), "P10", "P50", "P90"), tuple(rows)),
        notes=("Percentiles of parts do not add up to those of the total; the parts do, future by future.",),
        alt=f"Floating bars from P10 to P90 by {what}. {title}",
    )
