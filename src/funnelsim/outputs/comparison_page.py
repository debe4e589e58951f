"""A comparison as one page in a terminal.

The question: which one should we take, by how much is it better, how sure is that, and why?  The conclusion in a
sentence first, then the score card, the difference month by month, what the certainty rests on, which leads change
fate, and what is left when a mechanism is switched off.

What it leaves out: words about errors and progress, which go to stderr from the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, TextIO

from rich.text import Text

from funnelsim.model.comparison import BestOfMany, Comparison, Contest, NullTwin, ScoreDifference
from funnelsim.outputs import comparison_reasons as reasons
from funnelsim.outputs import comparison_sentences as sentences
from funnelsim.outputs.band_drawing import UNICODE
from funnelsim.outputs.comparison_figures import figure_error
from funnelsim.outputs.comparison_months import month_rows
from funnelsim.outputs.comparison_text import (
    ends_text,
    figure_text,
    hundred_text,
    other_names,
    share_words,
    signed_text,
    sure_text,
    value_text,
    verdict_text,
)
from funnelsim.outputs.control_parts import control_sentence
from funnelsim.outputs.fitting_table import print_fitting
from funnelsim.outputs.ledger_sentences import SHOWN_LEADS, SHOWN_LINES, ledger_lines, ledger_title
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_sentences import assumption_lines

SHOWN_SCORES: Final = (
    "revenue", "profit", "cost", "p10", "chance_of_goal", "cost_per_win", "cost_per_qsl", "waste", "neglect_days",
    "first_win_days", "market_share",
)  # fmt: skip
"""What every policy is judged by (requirement R87); the metric is added where it is none of them."""
SHOWN_CARDS: Final = 6
"""Score cards on one page; the rest is in the JSON."""
SHOWN_ASSUMPTIONS: Final = 5
MOST_TWIN_ROWS: Final = 16
"""Rows of null twins; where there would be more, only those of the strategy that leads."""
MOST_LEDGER_LINES: Final = SHOWN_LINES + SHOWN_LEADS + 2
_NAME: Final = 22
_ARROWS: Final = ("▲", "▼", "=", "~")
_ASCII_ARROWS: Final = ("^", "v", "=", "~")
"""Up, down, no difference, sign not known."""
Row = list[Text | str]


def print_comparison(comparison: Comparison, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print a comparison as one page.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    stream : text stream, optional
        Where to; stdout by default.  What its encoding cannot say is shown in ASCII.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    lead = sentences.leading(comparison)
    page.say(sentences.conclusion(comparison), STRONG)
    page.say(sentences.profit_sentence(comparison, lead) or "")
    page.say(sentences.looks_sentence(comparison) or "", DIM)
    page.grid([(sentences.named(one.label), plain(one.title, 120)) for one in comparison.entrants if one.title], gap=2)
    for part in (_print_many, _print_cards, _print_months, _print_certainty, _print_ledger, _print_twins, _print_rest):
        part(page, comparison)
    page.gap()
    page.say(sentences.footer(comparison), DIM)
    page.finish()


def _print_many(page: Page, comparison: Comparison) -> None:
    """Print all entrants side by side, and each against the best of the others, where there are three or more."""
    if len(comparison.contests) < 2:
        return
    score, label = comparison.metric, comparison.contests[0].decided.difference.label
    base = comparison.contests[0].decided
    error = figure_error(comparison, base, comparison.baseline)
    first = [plain(comparison.baseline.label, _NAME), figure_text(comparison, score, base.base, error)]
    rows: list[Row] = [[*first, "baseline", "", "", ""]]
    for entrant, contest in zip(comparison.entrants[1:], comparison.contests, strict=True):
        one = contest.decided
        shown = figure_text(comparison, score, one.other, figure_error(comparison, one, entrant))
        ahead = "the same" if contest.identical else hundred_text(contest.beats, comparison.replications)
        sure = "" if contest.identical else _sure(contest)
        difference = _arrowed(page, comparison, one)
        ends = ends_text(comparison, score, one.difference)
        rows.append([plain(entrant.label, _NAME), shown, difference, ends, _short(ahead), sure])
    page.gap()
    titles = (f"by {score.title}", "mean", "difference", label, "ahead in 100", "on average")
    print_fitting(page, titles, rows, drop=(1, 5, 3))
    if comparison.best is not None:
        page.gap()
        _print_best(page, comparison, comparison.best)


def _print_best(page: Page, comparison: Comparison, best: BestOfMany) -> None:
    rows: list[Row] = []
    for k, entrant in enumerate(comparison.entrants):
        one = best.intervals[k]
        low, high = (value_text(comparison, comparison.metric, end, one) for end in (one.low, one.high))
        verdict = "is the best" if one.low >= 0 else "is not the best" if one.high <= 0 else "may be the best"
        cost = value_text(comparison, comparison.metric, best.opportunity_cost[k], one)
        rows.append([
            plain(entrant.label, _NAME), low if low == high else f"{low} to {high}", verdict,
            share_words(best.chances[k]), cost,
        ])  # fmt: skip
    titles = ("against the best of the others", best.intervals[0].label, "", "chance best", "wrong choice")
    print_fitting(page, titles, rows, drop=(2, 1))
    page.say(
        "Intervals hold all together. Chance best: share of resampled sets of futures in which it has the best mean. "
        "Wrong choice: what is expected to be lost against the best one by taking it.",
        DIM,
    )


def _print_cards(page: Page, comparison: Comparison) -> None:
    for contest in comparison.contests[:SHOWN_CARDS]:
        page.gap()
        _print_card(page, comparison, contest)
    hidden = len(comparison.contests) - SHOWN_CARDS
    if hidden > 0:
        page.say(f"and {hidden:,} more score cards; --json has all of them", DIM)
    page.say(
        "Difference: with the same luck, future by future. The arrow says which figure is larger, the word which one "
        "does better; ~ where the sign is not known.",
        DIM,
    )


def _print_card(page: Page, comparison: Comparison, contest: Contest) -> None:
    entrants = {one.label: one for one in comparison.entrants}
    rows: list[Row] = []
    scores = [one for one in contest.scores if one.score.name in {*SHOWN_SCORES, contest.metric}]
    for one in scores:
        shown = [
            figure_text(comparison, one.score, value, figure_error(comparison, one, entrants[who]))
            for value, who in ((one.base, contest.base), (one.other, contest.other))
        ]
        style = STRONG if one.score.name == contest.metric else ""
        cells = [one.score.title, *shown, _arrowed(page, comparison, one),
                 ends_text(comparison, one.score, one.difference), verdict_text(one)]  # fmt: skip
        rows.append([page.text(cell, style) for cell in cells])
    base, other = plain(contest.base, 14), plain(contest.other, 14)
    label = contest.decided.difference.label
    print_fitting(page, (f"{other} against {base}", base, other, "difference", label, ""), rows, drop=(1, 2, 4))
    page.say(other_names(scores, label), DIM)


def _print_months(page: Page, comparison: Comparison) -> None:
    """Print the difference of bookings period by period, of the contest that leads."""
    contest = sentences.leading(comparison)
    if contest.identical or not contest.periods:
        return
    page.gap()
    headers, rows, legend = month_rows(page, comparison, contest)
    page.table(headers, rows)
    page.say(legend, DIM)


def _print_certainty(page: Page, comparison: Comparison) -> None:
    """Print what the certainty rests on: in sentences for the one that leads, in a row for each of several."""
    page.gap()
    page.say("How sure that is, and what it rests on", DIM)
    page.bullets(reasons.certainty_lines(comparison, sentences.leading(comparison)))
    page.say(_control_sentence(comparison))
    if len(comparison.contests) > 1:
        rows: list[Row] = [
            [plain(one.other, _NAME), *reasons.certainty_cells(comparison, one)] for one in comparison.contests
        ]
        titles = (f"against {plain(comparison.baseline.label, _NAME)}", "correlation", "luck worth", "at every level",
                  "break-even", comparison.contests[0].decided.difference.label)  # fmt: skip
        page.gap()
        print_fitting(page, titles, rows, drop=(1, 5, 3))
        page.say(
            "Luck worth: times as many replications without common luck. At every level: of luck, from the worst "
            "futures to the best. Break-even: what it may cost more until its gain in profit is gone.",
            DIM,
        )
    for contest in comparison.contests:
        page.say(reasons.luck_warning(contest) or "", WARNING)


def _control_sentence(comparison: Comparison) -> str:
    """Return what a twin world did for the leading difference; nothing where it was not asked."""
    control, lead = comparison.control, sentences.leading(comparison)
    if control is None or lead.identical:
        return ""
    estimate = control.estimates[comparison.contests.index(lead)]
    score, interval = comparison.metric, estimate.interval
    ends = ends_text(comparison, score, interval)
    estimated = f"{signed_text(comparison, score, interval)} ({interval.label}: {ends})"
    return control_sentence(control, estimate, f"the difference of {score.title}", estimated)


def _print_ledger(page: Page, comparison: Comparison) -> None:
    contest = sentences.leading(comparison)
    if contest.ledger is None or contest.identical:
        return
    page.gap()
    page.say(ledger_title(comparison, contest, contest.ledger), DIM)
    page.bullets(ledger_lines(comparison, contest, contest.ledger), MOST_LEDGER_LINES)


def _print_twins(page: Page, comparison: Comparison) -> None:
    """Print what every contest comes to with each mechanism switched off."""
    score, idle = comparison.metric, reasons.idle_mechanisms(comparison)
    twins = [twin for twin in comparison.null_twins if twin.mechanism not in idle]
    contests = list(enumerate(comparison.contests))
    crowded = len(contests) * len(twins) > MOST_TWIN_ROWS
    if crowded:
        lead = sentences.leading(comparison)
        contests = [(number, one) for number, one in contests if one is lead]
    rows = [_twin_row(comparison, twin, number, contest) for twin in twins for number, contest in contests]
    if comparison.null_twins:
        page.gap()
    if rows:
        label = twins[0].due[0].label
        titles = ("mechanism switched off", "with it", "without it", "due to it", label, "")
        print_fitting(page, titles, rows, drop=(5, 4))
        others = f" The other strategies than {sentences.named(contests[0][1].other)}: --json." if crowded else ""
        page.say(
            f"Difference of {score.title}, with the mechanism, with its strength at 0 and its cost left on, and how "
            f"much of the difference is due to it.{others}",
            DIM,
        )
    if idle:
        page.say(f"No part in any difference, to the last bit: {plain(', '.join(idle))}.", DIM)


def _twin_row(comparison: Comparison, twin: NullTwin, number: int, contest: Contest) -> Row:
    score, due = comparison.metric, twin.due[number]
    name = plain(twin.mechanism, 2 * _NAME)
    return [
        f"{name}, {plain(contest.other, _NAME)}" if len(comparison.contests) > 1 else name,
        signed_text(comparison, score, contest.decided.difference),
        signed_text(comparison, score, twin.contests[number].decided.difference),
        signed_text(comparison, score, due),
        ends_text(comparison, score, due),
        reasons.null_twin_verdict(twin, number),
    ]


def _print_rest(page: Page, comparison: Comparison) -> None:
    answer = comparison.baseline.answer
    assumed = assumption_lines(answer.scenario, SHOWN_ASSUMPTIONS) if answer is not None else []
    parts: tuple[tuple[str, Callable[[], None], bool], ...] = (
        ("The worlds differ, so luck and policy are not the only difference",
         lambda: page.bullets(reasons.differing_lines(comparison), reasons.SHOWN_DIFFERENCES + 1),
         bool(comparison.differing)),
        ("What was assumed that is not the user's own, with the grade of its source",
         lambda: page.grid(assumed, gap=2), bool(assumed)),
        ("Notes", lambda: page.bullets(comparison.notes), bool(comparison.notes)),
    )  # fmt: skip
    for heading, show, there in parts:
        if there:
            page.gap()
            page.say(heading, DIM)
            show()


def _arrowed(page: Page, comparison: Comparison, one: ScoreDifference) -> str:
    up, down, same, unknown = _ARROWS if page.glyphs is UNICODE else _ASCII_ARROWS
    text = signed_text(comparison, one.score, one.difference)
    if text == "-":
        return text
    if one.difference.low == one.difference.high == 0:
        return f"{same} {text}"
    if one.better is None:
        return f"{unknown} {text}"
    return f"{up if one.difference.estimate > 0 else down} {text}"


def _sure(contest: Contest) -> str:
    side = "better" if contest.sure >= 0.5 else "worse"
    return f"{side}, {sure_text(max(contest.sure, 1 - contest.sure))}"


def _short(ahead: str) -> str:
    return ahead.removesuffix(" in 100").removeprefix("about ")
