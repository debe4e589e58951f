"""Charts of a comparison that a board can read: the difference over time, the score card, and null twins.

Differences are drawn, never two fans side by side.  Titles are findings; labels stand beside what they name.

What it leaves out: pages and slides around the charts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import altair as alt

from funnelsim.model.comparison import Comparison, Contest, ScoreDifference
from funnelsim.model.intervals import Interval
from funnelsim.outputs import comparison_sentences as sentences
from funnelsim.outputs import difference_drawing, interval_drawing
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import WIDTH, Spec, amount_axis, caption_axis, finished
from funnelsim.outputs.charts import day_axis, images_of
from funnelsim.outputs.comparison_page import SHOWN_SCORES
from funnelsim.outputs.comparison_text import ends_text, other_names, signed_text, verdict_text
from funnelsim.outputs.interval_drawing import IntervalRow
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.plain_text import plain

DIFFERENCES, SCORE_CARD, NULL_TWINS = "differences", "scores", "twins"
NAMES: Final = (DIFFERENCES, SCORE_CARD, NULL_TWINS)
"""Charts, by the names of their files."""
RUNNING_HEIGHT, MONTHLY_HEIGHT = 290, 130
_NAME = 30


def chart_names(comparison: Comparison) -> tuple[str, ...]:
    """Return the charts that a comparison has.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    tuple of str
        Of ``NAMES``; null twins only where there are some.
    """
    return NAMES if comparison.null_twins else NAMES[:2]


def chart_asked(comparison: Comparison, path: str | Path) -> str:
    """Return which chart a file name asks for.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    path : path
        Any name.

    Returns
    -------
    str
        The one whose name it ends in before ``.png`` or ``.svg``; the differences for every other name.
    """
    stem = Path(path).stem.lower()
    return next((name for name in chart_names(comparison) if stem.endswith(name)), DIFFERENCES)


def comparison_images(comparison: Comparison) -> dict[str, bytes]:
    """Draw every chart, as PNG and SVG.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    return images_of({name: comparison_chart(comparison, name) for name in chart_names(comparison)})


def comparison_chart(comparison: Comparison, name: str) -> Spec:
    """Return one chart.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    name : str
        One of ``chart_names(comparison)``.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    return {DIFFERENCES: differences_chart, SCORE_CARD: scores_chart, NULL_TWINS: twins_chart}[name](comparison)


def differences_chart(comparison: Comparison) -> Spec:
    """Return the difference of bookings over time: from the start, and in each period.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    contest, calendar = sentences.leading(comparison), comparison.calendar
    unit = difference_drawing.unit_of(comparison, contest)
    caption = [
        f"Bookings of {_who(contest.other)} minus those of {_who(contest.base)}, in the same futures with the same "
        f"luck, counted from {day_text(calendar.window.start)}. Line: mean difference. Dark band: its interval "
        f"({contest.periods[0].mean.label}). Pale band: single futures, P10 to P90; 1 in 10 ends below it, 1 in 10 "
        "above."
    ]
    running = difference_drawing.running_panel(comparison, contest, unit, RUNNING_HEIGHT)
    monthly = difference_drawing.monthly_panel(comparison, contest, unit, MONTHLY_HEIGHT)
    panels = []
    for panel, words, below, ticks in (
        (running, "from the start to the end of the period", [], 6),
        (monthly, f"in each {calendar.unit}", caption, 3),
    ):
        axis = amount_axis(unit, comparison.currency)
        axis["title"] = f"difference {words}, {axis['title']}"
        axis["tickCount"] = ticks
        drawn = alt.layer(*difference_drawing.layers(panel, day_axis(calendar, calendar.as_of, below), axis))
        panels.append(drawn.properties(width=WIDTH, height=panel.height))
    title = [sentences.conclusion(comparison)]
    words = " ".join(["Lines and bands of the difference of bookings over time.", *title, *caption])
    chart = alt.vconcat(*panels, spacing=42)
    return finished(chart, sentences.footer(comparison), title, words)


def scores_chart(comparison: Comparison) -> Spec:
    """Return the score card as dots and intervals, every row on its own scale, better to the right.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    contest = sentences.leading(comparison)
    shown = [
        one
        for one in contest.scores
        if one.score.name in {*SHOWN_SCORES, contest.metric} and one.difference.estimate == one.difference.estimate
    ]
    rows = [_score_row(comparison, one) for one in shown]
    caption = [
        f"Right of the line {_who(contest.other)} does better than {_who(contest.base)}, left of it worse. Each row "
        f"has its own scale; dot: difference, bar: its interval ({contest.decided.difference.label}). Circle: better. "
        "Square: worse. Empty diamond: not known, or no difference. "
        f"{other_names(shown, contest.decided.difference.label)}"
    ]
    axis = caption_axis(caption, labels=False, ticks=False, domain=False)
    chart = alt.layer(*interval_drawing.layers(rows, axis, (-1.1, 1.1)))
    title = [_card_title(shown, contest)]
    parts = [f"{row.name}: {row.words}." for row in rows]
    words = " ".join(["Dots and intervals of a score card.", *title, *parts, *caption])
    return finished(_sized(chart, len(rows)), sentences.footer(comparison), title, words)


def twins_chart(comparison: Comparison) -> Spec:
    """Return the difference as it is, and with each mechanism switched off.

    Parameters
    ----------
    comparison : Comparison
        With null twins.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside.
    """
    contest, score = sentences.leading(comparison), comparison.metric
    number = comparison.contests.index(contest)
    money = score.unit in {"money", "money each"}
    whole = contest.decided.difference
    parts = [("as it is", whole, "")]
    for twin in comparison.null_twins:
        due = f"; due to it {signed_text(comparison, score, twin.due[number])}"
        parts.append((f"without {plain(twin.mechanism, _NAME)}", twin.contests[number].decided.difference, due))
    widest = max(abs(end) for _, one, _ in parts for end in (one.low, one.high, 0.0))
    unit = axis_unit(widest / 10**comparison.minor_digits) if money else None
    size = unit.size * 10**comparison.minor_digits if unit else 1
    sign = 1 if score.higher else -1
    rows = [_twin_row(comparison, name, one, size, sign, due) for name, one, due in parts]
    counted = f"{unit.long} {comparison.currency or ''}".strip() if unit else score.unit
    caption = [
        f"Difference of {score.title}{f' in {plain(counted, 30)}' if counted else ''}, {_who(contest.other)} minus "
        f"{_who(contest.base)}; bar: its interval ({whole.label}). Without a mechanism: its strength at 0, its cost "
        "left on, same leads and same luck."
    ]
    axis = caption_axis(caption, tickCount=6)
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    air = (high - low) * 0.06 or 1.0
    chart = alt.layer(*interval_drawing.layers(rows, axis, (low - air, high + air)))
    title = [_twins_title(comparison, contest, number)]
    words = " ".join(["Dots and intervals of null twins.", *title, *(f"{r.name}: {r.words}." for r in rows), *caption])
    return finished(_sized(chart, len(rows)), sentences.footer(comparison), title, words)


def _sized(chart: Any, rows: int) -> Any:
    return chart.properties(width=interval_drawing.plot_width(), height=interval_drawing.ROW_HEIGHT * rows)


def _score_row(comparison: Comparison, one: ScoreDifference) -> IntervalRow:
    found, sign = one.difference, 1 if one.score.higher else -1
    scale = sign / (max(abs(found.low), abs(found.high)) or 1.0)
    low, high = sorted((found.low * scale, found.high * scale))
    verdict = verdict_text(one)
    kind = verdict if verdict in interval_drawing.COLOURS else "not known"
    ends = "" if found.low == found.high else f" ({ends_text(comparison, one.score, found)})"
    words = f"{signed_text(comparison, one.score, found)}{ends}, {verdict}"
    return IntervalRow(one.score.title, found.estimate * scale, low, high, kind, words)


def _twin_row(comparison: Comparison, name: str, one: Interval, size: float, sign: int, due: str) -> IntervalRow:
    kind = "not known" if not one.known else "better" if one.low * sign > 0 else "worse"
    words = f"{signed_text(comparison, comparison.metric, one)}{due}"
    return IntervalRow(name, one.estimate / size, one.low / size, one.high / size, kind, words)


def _card_title(shown: list[ScoreDifference], contest: Contest) -> str:
    """Return in how many scores the other one does better, worse, or is not known to."""
    verdicts = [verdict_text(one) for one in shown]
    parts = [
        f"{word} in {verdicts.count(kind)}"
        for kind, word in (("better", "better"), ("worse", "worse"), ("the same", "the same"))
        if kind in verdicts
    ]
    unknown = verdicts.count("not known")
    parts += [f"not known in {unknown}"] if unknown else []
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
    return f"{_who(contest.other)} against {_who(contest.base)}: {listed} of {len(shown)} scores."


def _twins_title(comparison: Comparison, contest: Contest, number: int) -> str:
    """Return which mechanism most of the difference is due to."""
    whole = contest.decided.difference
    if contest.identical or not whole.known:
        return f"{sentences.contest_sentence(comparison, contest)}"
    sign = 1 if whole.estimate > 0 else -1
    known = [
        twin for twin in comparison.null_twins if twin.due[number].low * sign > 0 or twin.due[number].high * sign < 0
    ]
    able = [twin for twin in known if twin.due[number].estimate * sign > 0]
    said = f"{_who(contest.other)} {sentences.gain_words(comparison, contest, contest.decided)} on average"
    if not able:
        return f"{said}; no mechanism that was switched off is known to have a part in it."
    most = max(able, key=lambda twin: twin.due[number].estimate * sign)
    part = signed_text(comparison, comparison.metric, most.due[number])
    return f"{said}; of what was switched off, {plain(most.mechanism, _NAME)} has the largest part in it, {part}."


def _who(label: str) -> str:
    return sentences.named(label)
