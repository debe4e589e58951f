"""Everything that a forecast takes from records of leads, in one object: what ``calibrate`` writes down.

Which rates, spreads, amounts and arrivals do the records speak for, and how well?  Every part keeps the counts it was
made from, so that its uncertainty can be drawn again; the object can be written to a file and read back to the bit.

What it leaves out: how it is learned (``engines/learning``), and the open leads it is used on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.model.calendar import PeriodUnit
from funnelsim.model.calibration import AmountLaw, ArrivalLaw, PeriodShocks, StageHazards
from funnelsim.model.covariates import DatedHazards, SegmentLaw
from funnelsim.model.money import DEFAULT_MINOR_DIGITS
from funnelsim.model.track_record import TrackRecord


@dataclass(frozen=True, eq=False)
class Learned:
    """What records of leads teach, for forecasts in periods of one length.

    Attributes
    ----------
    name, sha256 : str
        The file of records, and its hash as hex.
    unit : {'month', 'week', 'quarter'}
        Periods in which shocks and arrivals were counted; a forecast in other periods learns anew.
    fiscal_start : int
        First month of the fiscal year, in [1, 12].
    first_day, last_day : date
        Days from and to which every event is in the records.
    leads, won, lost, open : int
        Counts of leads; the last three sum to the first.
    hazards : StageHazards
        Rates of every move, by age.
    life : StageHazards or None
        Rates of winning and losing by age since birth, for leads not born yet; None takes those of the moves.
    shocks : PeriodShocks
        How far the wins of whole periods strayed from what was due.
    amounts : AmountLaw
        What won leads brought, in units of their potential revenue.
    arrivals : ArrivalLaw
        New leads a period.
    won_values : int64, (lead,)
        Potential revenue of the won leads, minor units, rising: what new business is worth.  What they brought where
        no potential revenue is known.
    currency : str or None
        Code of every amount; None when nobody said.
    minor_digits : int
        Decimals of the currency.
    counts_only : bool
        Whether there are no amounts: every lead is then worth one whole unit.
    notes : tuple of str
        What was decided or is thin, one sentence each, with counts.
    dated : DatedHazards or None
        Rates of leads whose close date is stated; None where too few such leads were won to say what dates mean.
    segments : SegmentLaw or None
        How much faster the leads of each segment are won and lost; None where segments are not told apart.
    track_record : TrackRecord or None
        How forecasts made this way from these records did against what happened; None while not back-tested.
    oldest_won_days : float or None
        Days from birth to the win of the lead that took longest; None where none was won.
    """

    name: str
    sha256: str
    unit: PeriodUnit
    fiscal_start: int
    first_day: date
    last_day: date
    leads: int
    won: int
    lost: int
    open: int
    hazards: StageHazards
    shocks: PeriodShocks
    amounts: AmountLaw
    arrivals: ArrivalLaw
    won_values: npt.NDArray[np.int64]
    currency: str | None = None
    minor_digits: int = DEFAULT_MINOR_DIGITS
    counts_only: bool = False
    notes: tuple[str, ...] = field(default_factory=tuple)
    dated: DatedHazards | None = None
    segments: SegmentLaw | None = None
    track_record: TrackRecord | None = None
    oldest_won_days: float | None = None
    life: StageHazards | None = None

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the recorded stages, in the order of the funnel."""
        return self.hazards.states[1:-2]
