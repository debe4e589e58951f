"""What ``calibrate`` answers: the rates of the user's own records, each with a standard error and what it rests on.

What do my own records say?  Every figure comes with its interval and the number of leads or periods behind it; a figure
that rests on little is wide, and what the records cannot say is None.

What it leaves out: how it is computed (``engines/learning/calibrating.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.learned import Learned
from funnelsim.model.showing import Showing

CONFIDENCE: Final = 0.95
"""Of every interval of a calibration."""

FEW: Final = 20
"""Leads below which a figure is drawn grey: its interval says little more than the prior."""

YOURS: Final = "yours"
"""Grade of figures that come from the user's own records."""


@dataclass(frozen=True)
class Figure:
    """A number with what it rests on.

    Attributes
    ----------
    estimate : float
        In the unit its owner names.
    error : float
        Standard error, or the sd of its posterior.
    low, high : float
        Ends of the interval of ``CONFIDENCE``.
    n : int
        Leads, events or periods behind it, as its owner says.
    """

    estimate: float
    error: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class DaysFigure:
    """An age by which a share of the leads has left, where the records reach so far.

    Attributes
    ----------
    share : float
        In (0, 1).
    days : float or None
        None where fewer left at any age that was seen.
    low, high : float or None
        Ages at which the interval of the share that left holds ``share`` (Brookmeyer and Crowley); None beyond the
        records.
    """

    share: float
    days: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Exit:
    """One way out of a stage.

    Attributes
    ----------
    target : str
        Stage it leads to, ``won`` or ``lost``.
    events : int
        Leads that were seen to take it.
    share : Figure
        Chance to have taken it by the oldest age at which anything happened (Aalen-Johansen); ``n`` counts the leads
        that were seen in the stage.
    """

    target: str
    events: int
    share: Figure


@dataclass(frozen=True)
class StageFigures:
    """One stage as the records saw it.

    Attributes
    ----------
    name : str
        The stage; ``no stage yet`` before the first one.
    seen, left, open : int
        Leads that were seen in it, seen leaving it, and in it when the records end.
    exits : tuple of Exit
        By target, in the order of the funnel.
    conversion : Figure
        Chance to go on to a later stage or to be won; ``n`` counts the leads that were seen in the stage.
    undecided : float
        Share that had not left at the oldest age at which anything happened, in [0, 1].
    median, p80 : DaysFigure
        Time in the stage.
    oldest : float
        Days at which the last lead was seen leaving.
    """

    name: str
    seen: int
    left: int
    open: int
    exits: tuple[Exit, ...]
    conversion: Figure
    undecided: float
    median: DaysFigure
    p80: DaysFigure
    oldest: float


@dataclass(frozen=True)
class LifeFigures:
    """Leads from birth to the end, whatever stages they passed.

    Attributes
    ----------
    seen : int
        Leads that were seen.
    won, lost : Figure
        Chance ever to be, by the oldest age at which anything happened.
    undecided : float
        The rest.
    median, p80 : DaysFigure
        Time to the end, won or lost.
    """

    seen: int
    won: Figure
    lost: Figure
    undecided: float
    median: DaysFigure
    p80: DaysFigure


@dataclass(frozen=True)
class StatedBin:
    """Leads about which one stated PC was recorded while they were open.

    Attributes
    ----------
    stated : float
        Mean of what was stated, in [0, 1].
    low, high : float
        Smallest and largest.
    won, lost, open : int
        What became of them.
    share : Figure
        Chance to be won from that moment on, open leads respected (Aalen-Johansen); ``n`` counts leads.
    undecided : float
        Share that had not ended at the oldest age at which anything happened; it is no part of ``share``.
    """

    stated: float
    low: float
    high: float
    won: int
    lost: int
    open: int
    share: Figure
    undecided: float


@dataclass(frozen=True)
class StatedPC:
    """Stated PC against what happened.

    Attributes
    ----------
    bins : tuple of StatedBin
        By rising PC; a lead is in each bin at most once, with its first statement there.
    stated : float
        Mean of the leads' first stated PCs.
    happened : Figure
        Chance to be won from that first statement on; ``n`` counts leads.
    undecided : float
        Share that had not ended at the oldest age at which anything happened; it is no part of ``happened``.
    statements : int
        Recorded before the leads' ends.
    """

    bins: tuple[StatedBin, ...]
    stated: float
    happened: Figure
    undecided: float
    statements: int


@dataclass(frozen=True)
class SegmentRow:
    """One rep, product or source against leads of the same age and stage.

    Attributes
    ----------
    name : str
        As in the records; empty for blank cells.
    leads, won, lost : int
        In the records.
    raw : float
        Wins over wins due if all segments were alike; ``nan`` where none was due.
    pace : Figure
        The same, shrunk towards 1 by how far segments lie apart (empirical Bayes); ``n`` counts wins.
    """

    name: str
    leads: int
    won: int
    lost: int
    raw: float
    pace: Figure

    @property
    def told_apart(self) -> bool:
        """Whether its interval leaves out 1: it differs from the others as far as these records can tell."""
        return not self.pace.low <= 1.0 <= self.pace.high


@dataclass(frozen=True)
class SegmentTable:
    """All segments of one column.

    Attributes
    ----------
    column : str
        Of the records.
    rows : tuple of SegmentRow
        By falling number of leads, then name.
    spread : Figure
        Sd of the true factors between segments; ``n`` counts segments.
    """

    column: str
    rows: tuple[SegmentRow, ...]
    spread: Figure


@dataclass(frozen=True)
class AmountFigures:
    """What won leads brought in units of their potential revenue.

    Attributes
    ----------
    exact : Figure
        Share that brought exactly their PR; ``n`` counts won leads with both known.
    other : Figure
        Median ratio of the others; ``n`` counts them.
    mean : float
        Mean ratio of all.
    """

    exact: Figure
    other: Figure
    mean: float


@dataclass(frozen=True)
class SlipFigures:
    """How far stated close dates slip.

    Attributes
    ----------
    pushed : Figure
        Share of statements after which the date was later; ``n`` counts statements.
    days : Figure
        Days of such a push, mean; ``n`` counts pushes.
    what : str
        What was compared, in words.
    """

    pushed: Figure
    days: Figure
    what: str


@dataclass(frozen=True)
class SeasonFactor:
    """One place of the season.

    Attributes
    ----------
    name : str
        Such as ``last month of the quarter``.
    factor : Figure
        On the mean of all places; ``n`` counts periods.
    """

    name: str
    factor: Figure


@dataclass(frozen=True)
class ArrivalFigures:
    """New leads.

    Attributes
    ----------
    level : Figure
        Leads a period when the records end; ``n`` counts periods.
    trend : Figure
        Growth a year, such as .1.
    season : tuple of SeasonFactor
        Empty where none was told apart.
    spread : Figure
        Coefficient of variation of the factor that all arrivals of a period share.
    """

    level: Figure
    trend: Figure
    season: tuple[SeasonFactor, ...]
    spread: Figure


@dataclass(frozen=True)
class ShockFigures:
    """How far whole periods strayed from what was due.

    Attributes
    ----------
    sd : Figure
        Of the shock's logarithm; ``n`` counts periods.
    level : Figure
        Pace of wins when the records end, against all of the records.
    drift : Figure
        Sd of the level's step from period to period.
    season : tuple of SeasonFactor
        On the pace of wins; empty without a season.
    """

    sd: Figure
    level: Figure
    drift: Figure
    season: tuple[SeasonFactor, ...]


@dataclass(frozen=True, eq=False)
class Calibration(Showing):
    """What the records say.

    Attributes
    ----------
    learned : Learned
        All that a forecast takes from them: what the model file holds.
    settings : CalibrateSettings
        What was asked.
    stages : tuple of StageFigures
        In the order of the funnel; states in which no lead was seen are left out.
    life : LifeFigures
        From birth to the end.
    stated : StatedPC or None
        None where no stated PC was recorded while leads were open.
    segments : tuple of SegmentTable
        One a column that was asked for.
    amounts : AmountFigures or None
        None where no amount is known beside a potential revenue.
    slips : SlipFigures or None
        None where no close date was stated.
    arrivals : ArrivalFigures or None
        None where the records hold no whole period.
    shocks : ShockFigures or None
        None where they hold none in which a win was due.
    reading : tuple of str
        What was read how, inferred, merged or left out, one sentence each.
    remarks : tuple of str
        What is thin or missing, one sentence each.
    content_hash : str
        SHA-256 of the model and of the answer.
    """

    learned: Learned
    settings: CalibrateSettings
    stages: tuple[StageFigures, ...]
    life: LifeFigures
    stated: StatedPC | None
    segments: tuple[SegmentTable, ...]
    amounts: AmountFigures | None
    slips: SlipFigures | None
    arrivals: ArrivalFigures | None
    shocks: ShockFigures | None
    reading: tuple[str, ...] = field(default_factory=tuple)
    remarks: tuple[str, ...] = field(default_factory=tuple)
    content_hash: str = ""
