"""What the user's own records say, in sentences that a planner could repeat.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

from funnelsim.model.calibration_answer import Calibration, DaysFigure, SeasonFactor, SegmentTable
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.calibration_text import (
    count_text,
    days_number,
    days_span,
    factor_span,
    hundred,
    hundred_span,
    percent_signed,
    unit_word,
)
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.plain_text import plain

NOT_TESTED = "Not yet back-tested: funnelsim backtest says how often forecasts made this way would have been right."
MEANING = (
    "Every figure is yours: it comes from these records alone. In brackets, and under 95 %, are intervals that hold "
    "the true figure in 95 of 100 cases; leads that were born before the records begin, or are still open, count for "
    "as long as they were seen."
)
_NAME = 30


def headline(calibration: Calibration) -> str:
    """Return what the records say in one sentence.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    str
        Chance ever to be won, how long it takes, and what that rests on.
    """
    life, learned = calibration.life, calibration.learned
    days = f"{day_text(learned.first_day)} to {day_text(learned.last_day)}"
    leads = f"{learned.leads:,} lead{'s' if learned.leads != 1 else ''}"
    if not learned.won + learned.lost:
        return f"No lead has ended in the records of {days} ({leads}): nothing can be said of wins yet."
    pace = f", half of all ends come within {days_number(life.median.days)} of birth" if life.median.days else ""
    return (
        f"Of 100 new leads {hundred(life.won)} are won ({hundred_span(life.won)}){pace}: {leads}, {learned.won:,} won, "
        f"{learned.lost:,} lost, {learned.open:,} open, {days}."
    )


def answer_sentences(calibration: Calibration) -> list[str]:
    """Return what the tables do not say.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    list of str
        On stated PCs, segments, amounts, dates, arrivals and shocks, as far as the records know them.
    """
    said = [_stated(calibration), *map(_segments, calibration.segments), _amounts(calibration), _slips(calibration)]
    return [one for one in (*said, _arrivals(calibration), _shocks(calibration)) if one]


def _stated(calibration: Calibration) -> str:
    told = calibration.stated
    if told is None:
        return ""
    stated, happened = told.stated, told.happened
    gap = round(100 * stated) - round(100 * happened.estimate)
    if happened.low <= stated <= happened.high:
        verdict = "the two are not told apart"
    elif happened.high < stated <= happened.high + told.undecided:
        verdict = f"{100 * told.undecided:.0f} in 100 are not decided yet, so that proves nothing"
    else:
        verdict = f"{'too high' if gap > 0 else 'too low'} by {abs(gap)} points"
    won = f"{hundred(happened)} were won ({hundred_span(happened)}; {happened.n:,} leads)"
    return f"Stated PC: {100 * stated:.0f} in 100 when first stated, {won}: {verdict}."


def _segments(table: SegmentTable) -> str:
    apart = [one for one in table.rows if one.told_apart]
    column = plain(table.column, _NAME)
    spread = f"the {table.spread.n} values of {column} differ by about {100 * table.spread.estimate:.0f}%"
    spread = f"{spread} ({100 * table.spread.low:.0f}% to {100 * table.spread.high:.0f}%)"
    if not apart:
        return f"By {column}: none is told apart from the others; {spread} in pace of wins."
    told = [f"{plain(one.name, _NAME) or '(blank)'} {one.pace.estimate:.2f} times" for one in apart[:3]]
    more = f" and {len(apart) - 3} more" if len(apart) > 3 else ""
    return f"By {column}: {', '.join(told)}{more} the pace of all; {spread}."


def _amounts(calibration: Calibration) -> str:
    amounts = calibration.amounts
    if amounts is None:
        if calibration.learned.counts_only:
            return "Amounts: none is recorded; every lead counts as one."
        return "Amounts: what won leads brought is not recorded beside their PR, which is taken as it is."
    exact = f"{hundred(amounts.exact)} in 100 won leads brought exactly their PR ({hundred_span(amounts.exact)})"
    if not amounts.other.n:
        return f"Amounts: {exact}; {amounts.exact.n:,} leads."
    other = f"{amounts.other.estimate:.2f} times it in the middle ({factor_span(amounts.other)})"
    return f"Amounts: {exact}, the others {other}; all together {amounts.mean:.2f} times; {amounts.exact.n:,} leads."


def _slips(calibration: Calibration) -> str:
    slips = calibration.slips
    if slips is None:
        return ""
    pushed = f"{hundred(slips.pushed)} in 100 were later ({hundred_span(slips.pushed)}; {slips.pushed.n:,})"
    return f"Dates: of {slips.what}, {pushed}, by {days_number(slips.days.estimate)} in the mean."


def _arrivals(calibration: Calibration) -> str:
    arrivals = calibration.arrivals
    if arrivals is None:
        return "Arrivals: the records hold no whole period, so nothing is said of new leads."
    level = arrivals.level
    unit = unit_word(calibration, 1)
    season = _season(arrivals.season)
    return (
        f"Arrivals: {count_text(level.estimate)} new leads a {unit} "
        f"({count_text(level.low)} to {count_text(level.high)}), "
        f"{percent_signed(arrivals.trend)} a year; a {unit} strays by {100 * arrivals.spread.estimate:.0f}% "
        f"({100 * arrivals.spread.low:.0f}% to {100 * arrivals.spread.high:.0f}%) beyond chance{season}; "
        f"{level.n} {unit_word(calibration, level.n)}."
    )


def _shocks(calibration: Calibration) -> str:
    shocks = calibration.shocks
    if shocks is None:
        return ""
    sd, level = shocks.sd, shocks.level
    return (
        f"Shared luck: the wins of a whole {unit_word(calibration, 1)} stray by {100 * sd.estimate:.0f}% "
        f"({100 * sd.low:.0f}% to {100 * sd.high:.0f}%) beyond chance; at the end they come at "
        f"{level.estimate:.2f} times their usual pace ({factor_span(level)}){_season(shocks.season)}; {sd.n} "
        f"{unit_word(calibration, sd.n)}."
    )


def _season(season: tuple[SeasonFactor, ...]) -> str:
    if not season:
        return ""
    best = max(season, key=lambda one: one.factor.estimate)
    least = min(season, key=lambda one: one.factor.estimate)
    if least.factor.high >= 1.0 >= best.factor.low:
        return "; no season is told apart from chance"
    one = best if best.factor.low > 1.0 else least
    return f"; the {one.name} has {one.factor.estimate:.2f} times the mean ({factor_span(one.factor)})"


def time_sentence(figure: DaysFigure) -> str:
    """Return how long half of the leads stay, in words.

    Parameters
    ----------
    figure : DaysFigure
        A median.

    Returns
    -------
    str
        ``half left within 21 days (20 to 22 days)``.
    """
    if figure.days is None:
        return "fewer than half were seen leaving"
    return f"half left within {days_number(figure.days)} ({days_span(figure)})"


def track_sentence(calibration: Calibration) -> str:
    """Return what is known of forecasts made this way.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    str
        That they were not yet tested, or hits of the 80 % band for the first target.
    """
    record = calibration.learned.track_record
    if record is None:
        return NOT_TESTED
    band = next((one for one in record.bands if one.level == 80), None)
    origins = f"{record.origins} origin{'s' if record.origins != 1 else ''}"
    if band is None or not record.enough:
        return f"Back-tested at {origins}: too few periods to verify."
    return (
        f"Back-tested at {origins}: the 80 % band of {plain(band.target, _NAME)} held what happened in {band.hits} of "
        f"{band.origins}; honest bands hold {band.low} to {band.high}."
    )


def footer(calibration: Calibration) -> str:
    """Return where the answer comes from.

    Parameters
    ----------
    calibration : Calibration
        Any.

    Returns
    -------
    str
        Records, hash and version.
    """
    learned = calibration.learned
    return (
        f"{plain(learned.name, 60)}, sha256 {learned.sha256[:16]}; by {learned.unit}, fiscal year from month "
        f"{learned.fiscal_start}; {tool_version()}"
    )
