"""What records know of the leads that are forecast: state and age of each, how they were found, how it is used.

The question: what does a forecast from records need beside its leads, so that it can be made again without them?

What it leaves out: what the records taught (:mod:`funnelsim.model.learned`), and finding leads in them
(``inputs/lead_states.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DEFAULT_SETS: Final = 500
"""Joint draws of the parameters: the Monte Carlo error of a P10 is then a fifteenth of the band."""


class OpenStays(NamedTuple):
    """Leads open when the records end: rows of the history, furthest state, days there, days from birth to it, PR.

    ``stated`` holds days to the start of the day that was stated last, negative for days gone by, nan without one; None
    where nobody asked.  ``segment`` holds which segment each is in; None where segments are not told apart.
    """

    row: Ints
    state: Ints
    age: Floats
    taken: Floats
    pr: Ints
    stated: Floats | None = None
    segment: Ints | None = None


@dataclass(frozen=True)
class Matched:
    """How the rows of a file were found in what the records know.

    Attributes
    ----------
    by_id : int
        Rows whose lead is open in the records: state and age are the records'.
    by_stage : int
        Rows placed by the text of their stage.
    unplaced : int
        Rows without a stage that the records know: "no stage yet".
    undated : int
        Rows, placed by stage or not, without a day of creation or of entry: age 0.
    closed : int
        Rows whose lead is won or lost in the records and open in the file: taken as the file says.
    """

    by_id: int = 0
    by_stage: int = 0
    unplaced: int = 0
    undated: int = 0
    closed: int = 0


@dataclass(frozen=True, eq=False)
class Known:
    """What the records know about the leads of a file, and how it is used.

    Attributes
    ----------
    learned : Learned
        In periods of the calendar's unit.
    stays : OpenStays
        State and age of each forecast row when the as-of day ends, in the order of the rows.
    matched : Matched
        How the rows were found.
    with_new : bool
        Whether leads that are not born yet are a component.
    independent : bool
        Rates at their means, leads that share nothing: to see what sharing does.
    sets : int
        Joint draws of the parameters.
    priced : bool
        False where nobody stated a potential revenue: open leads then bring what won leads brought.
    """

    learned: Learned
    stays: OpenStays
    matched: Matched
    with_new: bool = True
    independent: bool = False
    sets: int = DEFAULT_SETS
    priced: bool = True
