"""The difference of bookings, period by period, as rows of a page.

Two bands on one line: where the mean difference lies, and how the difference may turn out in a single future.  Never
two fans side by side, which hide that both sides have the same luck.

What it leaves out: everything around the table.
"""

from __future__ import annotations

from rich.text import Text

from funnelsim.model.comparison import Comparison, Contest, PeriodDifference
from funnelsim.model.score_words import SCORES
from funnelsim.outputs.band_drawing import UNICODE
from funnelsim.outputs.comparison_text import ends_text, signed_text
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.page import STRONG, Page
from funnelsim.outputs.plain_text import plain

_NARROWEST, _WIDEST = 16, 44
_ZERO, _ASCII_ZERO = "│", ":"
Headers = list[tuple[str, bool]]
Rows = list[list[Text | str]]


def month_rows(page: Page, comparison: Comparison, contest: Contest) -> tuple[Headers, Rows, str]:
    """Return the difference by period, and in all, with a drawing where there is room.

    Parameters
    ----------
    page : Page
        Knows its width and its characters.
    comparison : Comparison
        Names periods and currency.
    contest : Contest
        One of its contests, with at least one period.

    Returns
    -------
    tuple
        Headers, rows, and the legend in words.
    """
    stretches = [*contest.periods, contest.cumulative[-1]]
    labels = [comparison.calendar.label(one.period) for one in contest.periods]
    rows = [_row(page, comparison, label, one) for label, one in zip([*labels, "in all"], stretches, strict=True)]
    rows[-1] = [page.text(str(cell), STRONG) for cell in rows[-1]]
    who = f"{plain(contest.other, 14)} - {plain(contest.base, 14)}"
    headers = [(f"bookings, {who}", False), ("mean", True), (contest.periods[0].mean.label, True), ("P10", True),
               ("P90", True)]  # fmt: skip
    words = "P10 and P90: the difference in single futures; 1 in 10 ends below, 1 in 10 above."
    named = [[name for name, _ in headers], *rows]
    taken = sum(max(len(cell) for cell in column) + 2 for column in zip(*named, strict=True)) + 2
    width = min(page.console.width - taken, _WIDEST)
    if width < _NARROWEST:
        narrow = taken > page.console.width
        return (headers[:3], [row[:3] for row in rows], "") if narrow else (headers, rows, words)
    low, high = _scale(contest)
    drawn = [_drawn(page, one, low, high, width) for one in contest.periods]
    headers.append((_ends(comparison, low, high, width), False))
    glyphs = page.glyphs
    zero = _ZERO if glyphs is UNICODE else _ASCII_ZERO
    legend = (
        f"{glyphs.inner} mean, {contest.periods[0].mean.label}  {glyphs.outer} single futures, P10 to P90  {zero} 0"
    )
    return headers, [[*row, line] for row, line in zip(rows, [*drawn, ""], strict=True)], f"{legend}. {words}"


def _row(page: Page, comparison: Comparison, label: str, one: PeriodDifference) -> list[Text | str]:
    score = SCORES["revenue"]
    error = (one.percentiles[90] - one.percentiles[10]) / 100
    ends = [_signed(comparison, one.percentiles[percent], error) for percent in (10, 90)]
    cells = [label, signed_text(comparison, score, one.mean), ends_text(comparison, score, one.mean), *ends]
    return [page.text(cell) for cell in cells]


def _signed(comparison: Comparison, minor: int, error: float) -> str:
    text = money_text(minor, comparison.minor_digits, None, error)
    return f"+{text}" if minor > 0 and text != "0" else text


def _scale(contest: Contest) -> tuple[float, float]:
    """Return the ends of a scale that holds 0 and every band."""
    lows = [min(one.percentiles[10], one.mean.low) for one in contest.periods]
    highs = [max(one.percentiles[90], one.mean.high) for one in contest.periods]
    low, high = min(0.0, *lows), max(0.0, *highs)
    return (low, high) if high > low else (-1.0, 1.0)


def _drawn(page: Page, one: PeriodDifference, low: float, high: float, width: int) -> str:
    glyphs, cells = page.glyphs, [" "] * width

    def cell(value: float) -> int:
        return min(width - 1, max(0, int((value - low) / (high - low) * width)))

    first, last = cell(one.percentiles[10]), cell(one.percentiles[90])
    cells[first : last + 1] = [glyphs.outer] * (last + 1 - first)
    first, last = cell(one.mean.low), cell(one.mean.high)
    cells[first : last + 1] = [glyphs.inner] * (last + 1 - first)
    cells[cell(0.0)] = _ZERO if glyphs is UNICODE else _ASCII_ZERO
    return "".join(cells)


def _ends(comparison: Comparison, low: float, high: float, width: int) -> str:
    left, right = (money_text(end, comparison.minor_digits, None, abs(end) / 20) for end in (low, high))
    return left + right.rjust(max(width - len(left), len(right) + 1))
