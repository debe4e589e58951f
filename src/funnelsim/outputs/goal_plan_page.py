"""A plan back from a goal as one page in a terminal.

The question: what would a planner read out?  The answer in a sentence, how well it is known, every setting tried with
its chance drawn, and what the goal requires of sources, teams and pipeline.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from typing import TextIO

from rich.text import Text

from funnelsim.model.goal_plan import GoalPlan, Trial
from funnelsim.model.required_planning import RequiredFigures, RequiredPlanning, RequiredTeam
from funnelsim.outputs import goal_plan_sentences as sentences
from funnelsim.outputs.band_drawing import Glyphs
from funnelsim.outputs.goal_plan_text import hundred_text, interval_text, lever_title, money, shown_trials, value_text
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain

MOST_TRIALS = 14
_NARROWEST_DRAWING, _WIDEST_DRAWING = 14, 51
_NAME, _SHORT_NAME = 24, 14
_WIDE = 78
Row = list[Text | str]


def print_goal_plan(plan: GoalPlan, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a plan as one page.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    page.say(sentences.headline(plan), STRONG if plan.held or plan.values is None else WARNING)
    page.bullets(sentences.answer_sentences(plan))
    page.gap()
    _print_trials(page, plan)
    required = sentences.required_sentences(plan)
    if plan.required is not None:
        page.gap()
        _print_required(page, plan, plan.required)
    if required:
        page.gap()
        page.bullets(required)
    page.gap()
    for note in plan.notes:
        page.say(note, DIM)
    page.say(sentences.meaning(plan), DIM)
    page.say(sentences.BASE_RATES, DIM)
    page.say(sentences.footer(plan), DIM)
    page.finish()


def _print_trials(page: Page, plan: GoalPlan) -> None:
    shown = shown_trials(plan, MOST_TRIALS)
    wide = page.console.width >= _WIDE
    most = _NAME if wide else max(5, _SHORT_NAME // len(plan.levers))
    headers = [(page.text(plain(lever_title(lever), most)).plain, True) for lever in plan.levers]
    headers += [("costs", True)] if any(lever.cost for lever in plan.levers) else []
    headers += [("reach it" if wide else "reach", True)]
    headers += [("95 %", True)] if wide or len(plan.levers) == 1 else []
    headers += [("futures", True), ("mean", True), ("P10", True)] if wide else []
    rows = [_trial_row(page, plan, one)[: len(headers)] for one in shown]
    taken = sum(
        max(len(str(cell)) for cell in column) + 2 for column in zip([name for name, _ in headers], *rows, strict=True)
    )
    width = min(page.console.width - taken - 2, _WIDEST_DRAWING)
    if width >= _NARROWEST_DRAWING:
        headers.append(("0" + "100".rjust(width - 1), False))
        rows = [
            [*row, Text(draw_chance(one, plan.asked, width, page.glyphs))] for row, one in zip(rows, shown, strict=True)
        ]
    page.table(headers, rows)
    hidden = len(plan.trials) - len(shown)
    more = f"  {hidden} more settings in --json and --csv." if hidden > 0 else ""
    glyphs = page.glyphs
    today = "today" if wide else "="
    marks = f">: the answer; {today}: as things are. " if plan.values is not None else f"{today}: as things are. "
    named = f"{glyphs.median} chance  {glyphs.middle} interval  {glyphs.plan} asked.  "
    drawn = named if width >= _NARROWEST_DRAWING else ""
    page.say(f"{drawn}{marks}Reach it: of 100 futures, the same ones for every setting.{more}", DIM)


def _trial_row(page: Page, plan: GoalPlan, one: Trial) -> Row:
    style = STRONG if one.values == plan.values else ""
    values = [value_text(lever, value) for lever, value in zip(plan.levers, one.values, strict=True)]
    mark = "> " if one.values == plan.values else "today " if one.values == plan.present.values else ""
    mark = mark if page.console.width >= _WIDE else mark.replace("today ", "= ")
    values[0] = f"{mark}{values[0]}"
    priced = any(lever.cost for lever in plan.levers)
    spent = [money(plan, one.spent * 10**plan.minor_digits)] if priced else []
    cells = [*values, *spent, hundred_text(one.chance.estimate).replace("fewer than ", "<").replace("more than ", ">")]
    cells += [interval_text(one.chance), f"{one.replications:,}", money(plan, one.mean), money(plan, one.p10)]
    return [page.text(cell, style) for cell in cells]


def draw_chance(trial: Trial, asked: float, width: int, glyphs: Glyphs) -> str:
    """Draw a chance, its interval and the asked chance on a scale from 0 to 1.

    Parameters
    ----------
    trial : Trial
        Any.
    asked : float
        In (0, 1).
    width : int
        Characters, at least 1.
    glyphs : Glyphs
        What to draw with.

    Returns
    -------
    str
        Exactly ``width`` characters; the chance is drawn over the mark of the asked one.
    """
    cells = [" "] * width

    def cell(share: float) -> int:
        return min(int(share * width), width - 1)

    first, last = cell(trial.chance.low), cell(trial.chance.high)
    cells[first : last + 1] = [glyphs.middle] * (last + 1 - first)
    cells[cell(asked)] = glyphs.plan
    cells[cell(trial.chance.estimate)] = glyphs.median
    return "".join(cells)


def _print_required(page: Page, plan: GoalPlan, needs: RequiredPlanning) -> None:
    columns = [one for one in (needs.today, needs.in_mean, needs.answer) if one is not None]
    wide = page.console.width >= _WIDE
    headers = [("required, a month", False)]
    headers += [(one.title if wide else one.title.split()[-1], True) for one in columns]
    rows: list[Row] = [_figure_row(f"leads, {plain(name, _NAME)}", columns, name) for name in needs.today.leads]
    rows.append(["qualified leads", *(f"{one.qsl.mean:,.3g}" for one in columns)])
    for at, team in enumerate(needs.today.teams):
        rows.append([f"hours, {plain(team.name, _NAME)}", *(_hours(one.teams[at], wide=wide) for one in columns)])
    rows.append(["bookings in all, mean", *(money(plan, one.bookings.mean) for one in columns)])
    rows.append([
        "futures that reach the goal",
        *(f"{hundred_text(one.chance)}{' in 100' if wide else ''}" for one in columns),
    ])
    page.table(headers, rows)
    of = " of those there are (what all leads would take if each got the work it absorbs)" if wide else ""
    page.say(f"Hours: spent{of}.", DIM)


def _figure_row(label: str, columns: list[RequiredFigures], name: str) -> Row:
    return [label, *(f"{one.leads[name]:,.3g}" for one in columns)]


def _hours(team: RequiredTeam, *, wide: bool) -> str:
    return f"{team.spent:,.0f}" if not wide else f"{team.spent:,.0f} of {team.there:,.0f} ({team.wanted:,.0f})"
