"""What a control variate did: means estimated with the help of quantities whose true mean is known.

The question: how much of the luck of these replications could be taken out, at what price, and was it worth it?  All
money is in minor units.

What it leaves out: which controls a funnel has (:mod:`funnelsim.engines.choices.controlled`).
"""

from __future__ import annotations

from dataclasses import dataclass

from funnelsim.model.intervals import Interval


@dataclass(frozen=True)
class ControlledEstimate:
    """One mean, without and with the controls.

    Attributes
    ----------
    label : str
        Of what: ``bookings``, or the label of the strategy whose difference from the baseline it is.
    plain : Interval
        Without controls, paired t.
    interval : Interval
        The answer: with the controls where they help, else ``plain``.
    correlation : float or None
        Between what is estimated and the twin's bookings; None where one of them is constant or there is no twin.
    explained : float
        Share of the variance that all controls together explain in these replications, in [0, 1].
    reduction : float
        Variance of the plain mean over that of the controlled one, as measured; 1 where the controls were not used, and
        infinite where they leave no variance at all.
    used : bool
        Whether ``interval`` rests on the controls.
    pays : bool
        Whether as much work spent on more replications would have brought less.
    note : str
        What the estimate says of itself.
    """

    label: str
    plain: Interval
    interval: Interval
    correlation: float | None
    explained: float
    reduction: float
    used: bool
    pays: bool
    note: str


@dataclass(frozen=True)
class Control:
    """The controls of a simulation or a comparison, and what they did.

    Attributes
    ----------
    names : tuple of str
        What was used: bookings and wins of the twin, arrivals by source, what all leads of a replication share.
    means : tuple of float
        Their true means, computed and not estimated; bookings in minor units.
    found : tuple of float
        Their means in these replications.
    work : float
        Events simulated for the twin, over those of the simulation itself (of all strategies together).
    left_out : tuple of str
        Controls that were not used, and why; one sentence each.
    estimates : tuple of ControlledEstimate
        One of a simulation, one for each contest of a comparison.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    found: tuple[float, ...]
    work: float
    left_out: tuple[str, ...]
    estimates: tuple[ControlledEstimate, ...]
