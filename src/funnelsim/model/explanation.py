"""Why a forecast says what it says: the records of ``explain`` for forecasts.

All money is in minor units.  A bridge's steps are differences of one sum over replications, so they add up exactly;
percentiles are taken of the same totals and do not add.

What it leaves out: words, which :mod:`funnelsim.outputs.explanation_sentences` finds, and simulations, which have
records of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from funnelsim.model.calendar import Period
from funnelsim.model.intervals import Interval
from funnelsim.model.showing import Showing

CHANCE: Final = "chance of the plan"
MIDDLE: Final = "P50"


@dataclass(frozen=True)
class RunFacts:
    """Which run something was said about.

    Attributes
    ----------
    name : str
        The run folder's name.
    as_of : date
        The day it stands on.
    input_name, input_sha256 : str
        The file of leads.
    leads : int
        Different open leads.
    seed, replications : int
        Luck, and how much of it.
    content_hash : str
        Of its answer.
    verified : bool or None
        Whether its leads, simulated again, give the saved replications bit for bit; None where the window is not a
        whole number of its periods, so that it could not be looked up.
    """

    name: str
    as_of: date
    input_name: str
    input_sha256: str
    leads: int
    seed: int
    replications: int
    content_hash: str
    verified: bool | None


@dataclass(frozen=True)
class WindowState:
    """Money in the window, booked and forecast, in one state of the records.

    Attributes
    ----------
    total : int
        Exact sum over all replications, minor units.
    mean : int
        The sum over the number of replications, rounded once.
    p10, p50, p90 : int
        Percentiles of the same totals, minor units.
    chance : float or None
        Share of replications that reach the plan; None without one for this window.
    """

    total: int
    mean: int
    p10: int
    p50: int
    p90: int
    chance: float | None


@dataclass(frozen=True)
class LeadMove:
    """What one lead did in one step.

    Attributes
    ----------
    lead_id, name : str
        Which lead.
    step : str
        One of the bridge's steps; several, parted by commas, where they are taken together.
    amount : float
        Change of the window's mean, in closed form, minor units.
    """

    lead_id: str
    name: str
    step: str
    amount: float


@dataclass(frozen=True)
class BridgeStep:
    """One kind of change between two runs.

    Attributes
    ----------
    name : str
        One of ``bridge_steps.STEPS`` or ``LEARNED_STEPS``.
    leads : int
        Different leads it is about.
    total : int
        Change of the exact sum over all replications, minor units.
    amount : int
        Change of the mean in whole minor units: the difference of two rounded means, so that steps add up.
    exact_mean : float
        The same in closed form, minor units.
    standard_error : float
        Of the simulated change, paired on common draws, minor units.
    after : WindowState
        The state behind this step.
    moves : tuple of LeadMove
        The leads that moved it most, at most ``bridge_steps.MOST_MOVES``, by falling size.
    """

    name: str
    leads: int
    total: int
    amount: int
    exact_mean: float
    standard_error: float
    after: WindowState
    moves: tuple[LeadMove, ...]


@dataclass(frozen=True)
class LossCell:
    """Leads lost in one place.

    Attributes
    ----------
    stage, owner, reason : str
        As recorded, empty where unknown: the stage on the earlier day where a bridge knows it.
    leads : int
        How many leads were lost there.
    expected : float or None
        What the earlier run expected of them in the window, in closed form, minor units; None without a bridge.
    """

    stage: str
    owner: str
    reason: str
    leads: int
    expected: float | None


@dataclass(frozen=True)
class Losses:
    """Where leads were lost.

    Attributes
    ----------
    since : bool
        True for the leads lost between two runs, False for every lost row of the file.
    leads : int
        How many leads (rows of the file without a bridge).
    cells : tuple of LossCell
        By falling expected value, or by falling count; they hold all ``leads``.
    """

    since: bool
    leads: int
    cells: tuple[LossCell, ...]


@dataclass(frozen=True)
class Bridge:
    """From an earlier forecast of a window to a later one.

    Attributes
    ----------
    earlier : RunFacts
        The earlier run; the later is the explanation's own.
    start, end : WindowState
        Before and after all steps.
    steps : tuple of BridgeStep
        In the order of ``bridge_steps.STEPS``, or of ``LEARNED_STEPS`` between forecasts from records.
    booked : tuple of int
        Money of the window booked by the earlier and by the later as-of day.
    printed_mean : int or None
        Mean of the window with the earlier run's own seed and replications, where they differ from the later run's.
    largest : tuple of LeadMove
        The leads that moved the mean most, at most ``bridge_steps.MOST_MOVES``: all their steps
        together but the last, which is about all leads.
    gone : tuple of LeadMove
        Leads that are neither open nor closed in the later file, by falling size, at most as many.
    left_out : int
        How many of them are in the later file but could not be forecast.
    reopened : int
        How many of the new leads were closed, or left out, in the earlier file.
    born_won : int
        How many of the new leads were won before the later day.
    passed_untouched : int
        Leads whose close date passed between the two days and was left as it was.
    earlier_target : int or None
        The earlier run's plan for this window, where it was another one.
    unknown : int
        Rows of the later run in a stage, or of a segment, that the earlier run's records do not know: until the last
        step they count as in the stage before it, or as the average.  0 between forecasts from stated chances.
    """

    earlier: RunFacts
    start: WindowState
    end: WindowState
    steps: tuple[BridgeStep, ...]
    booked: tuple[int, int]
    printed_mean: int | None
    largest: tuple[LeadMove, ...]
    gone: tuple[LeadMove, ...]
    left_out: int
    reopened: int
    born_won: int
    passed_untouched: int
    earlier_target: int | None
    unknown: int = 0


@dataclass(frozen=True)
class DriverBar:
    """One driver of a tornado, moved from its low to its high on common draws.

    Attributes
    ----------
    name : str
        The driver.
    low_setting, high_setting : str
        What its two ends are.
    low, high : float
        The measure at each end: a chance in [0, 1], or minor units.
    swing : Interval or None
        High minus low; None for a bar too small to be shown, where an interval would take resampling.
    source : str
        Where the two ends come from.
    """

    name: str
    low_setting: str
    high_setting: str
    low: float
    high: float
    swing: Interval | None
    source: str


@dataclass(frozen=True)
class Tornado:
    """What moves the answer most, one driver at a time.

    Attributes
    ----------
    measure : str
        ``CHANCE`` or ``MIDDLE``.
    baseline : float
        The measure with everything as it is.
    bars : tuple of DriverBar
        Every driver, by falling size of the swing.
    """

    measure: str
    baseline: float
    bars: tuple[DriverBar, ...]


@dataclass(frozen=True)
class WidthShare:
    """How much of the spread is due to one source.

    Attributes
    ----------
    name : str
        The source.
    variance : float
        Its share of the variance, in closed form, in [0, 1]; of records, whose parameters are drawn in a finite number
        of sets, a small one can fall below 0 by chance.
    width : float
        Its share of P90 - P10: its Shapley value over all orders in which sources can be switched on, on common draws.
        Below 0 where it narrows the band.
    """

    name: str
    variance: float
    width: float


@dataclass(frozen=True)
class Shares:
    """Where the width of the band comes from.

    Attributes
    ----------
    sd : float
        Standard deviation of the window's money, in closed form, minor units.
    width : int
        P90 - P10 of the same, simulated, minor units.
    parts : tuple of WidthShare
        Each column sums to 1, or is all 0 where there is no spread; what the parameters leave open is one of them with
        records only.
    """

    sd: float
    width: int
    parts: tuple[WidthShare, ...]


@dataclass(frozen=True)
class Place:
    """Open leads in one place.

    Attributes
    ----------
    stage, owner : str
        As recorded; empty where unknown.
    rows : int
        Forecast rows.
    expected_value : int
        PR times PC, rounded once, minor units: the stated PC, or with records the chance to be won ever.
    """

    stage: str
    owner: str
    rows: int
    expected_value: int


@dataclass(frozen=True)
class Explanation(Showing):
    """Why a forecast says what it says.

    Attributes
    ----------
    run : RunFacts
        The forecast.
    records : bool
        Whether it is one from records, in which leads to come are forecast too.
    window : Period
        The days every figure is about.
    target : int or None
        The plan for these days, minor units.
    booked : int
        Money of the window booked by the as-of day, minor units.
    state : WindowState
        Booked and forecast together.
    currency : str or None
        Code of every amount.
    minor_digits : int
        Decimals of the currency.
    bridge : Bridge or None
        None without an earlier run.
    tornado : Tornado
        What moves the answer.
    shares : Shares
        Where the spread comes from.
    places : tuple of Place
        Open leads by stage and owner, by falling expected value.
    losses : Losses or None
        None when no lead was lost.
    """

    run: RunFacts
    records: bool
    window: Period
    target: int | None
    booked: int
    state: WindowState
    currency: str | None
    minor_digits: int
    bridge: Bridge | None
    tornado: Tornado
    shares: Shares
    places: tuple[Place, ...]
    losses: Losses | None
