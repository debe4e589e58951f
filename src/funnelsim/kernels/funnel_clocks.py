"""The clocks of a lead that run by the calendar: losses, cooling and readiness; and to whom its days belong.

Between two touches a loss clock runs as two sums say, so it is settled only when something changes, and the day on
which it will fire is sought by halving.  Touches only delay that day: it is worked out anew when it comes.

What it leaves out: the advance clock, which runs in hours (:mod:`funnelsim.kernels.work_day`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import NURTURE_DAYS, NURTURED
from funnelsim.kernels.funnel_calendar import schedule, unschedule
from funnelsim.kernels.funnel_state import LOSS, World, add, is_alive, is_sales
from funnelsim.kernels.jit import inline_step, step

SAFE = 1.0 - 1e-9
"""A clock is looked at a trifle early: settling it in steps rounds differently from running it in one go."""

NEAR = 8
"""Days within which the day of a loss is found at once."""


@inline_step
def cooling(world: World, lead: Any, day: int) -> int:
    """Return the days that a lead has cooled by."""
    return lead.cool + max(0, day - lead.touched - world.tables.curves.grace)


@step
def idle_losses(world: World, lead: Any, first: int, last: int) -> float:
    """Return the losses run over the days ``[first, last)``, in standard days.

    Twin    tests/reference/funnel_walk.py
    """
    curves = world.tables.curves
    eased = np.int64(world.tables.rules.parallel != 0 and is_sales(world, lead.team))
    touched = lead.touched
    total = np.float64(last - first)
    total += curves.idle_sum[eased, last - touched] - curves.idle_sum[eased, first - touched]
    calm = max(0, min(last, touched + curves.grace + 1) - first)
    place = lead.cool + curves.zero
    total += calm * (curves.cold_sum[place + 1] - curves.cold_sum[place])
    stop = max(0, last - touched - curves.grace)
    if stop > 0:
        start = max(1, first - touched - curves.grace)
        total += curves.cold_sum[place + stop] - curves.cold_sum[place + start]
    return total


@inline_step
def loss_falls(world: World, lead: Any, day: int) -> bool:
    """Tell whether a loss clock of the calendar fires on a day."""
    if world.tables.stages.by_work[lead.stage] != 0 or lead.settled > day or not is_alive(lead):
        return False
    return idle_losses(world, lead, lead.settled, day + 1) >= lead.loss_left


@step
def loss_fraction(world: World, lead: Any, day: int) -> float:
    """Return at which part of the day a loss clock of the calendar fires.

    Twin    tests/reference/funnel_walk.py
    """
    before = idle_losses(world, lead, lead.settled, day)
    after = idle_losses(world, lead, lead.settled, day + 1)
    return (lead.loss_left - before) / (after - before)


@inline_step
def settle_loss(world: World, lead: Any, day: int) -> None:
    """Run the loss clock up to a day."""
    if world.tables.stages.by_work[lead.stage] == 0 and day > lead.settled:
        lead.loss_left -= idle_losses(world, lead, lead.settled, day)
        lead.settled = day


@inline_step
def plan_loss(world: World, slot: int) -> None:
    """Wake a lead on the day on which its loss clock fires unless it is touched."""
    lead = world.state.leads[slot]
    if world.tables.stages.by_work[lead.stage] != 0 or lead.loss_left == np.inf or not is_alive(lead):
        unschedule(world, slot, LOSS)
    else:
        schedule(world, slot, LOSS, firing_day(world, lead))


@step
def firing_day(world: World, lead: Any) -> int:
    """Return a day, of those still to come, before which the loss clock does not fire; the number of days if none.

    Most leads are touched or passed on long before: a day that is far away is found to the half of the way only, and
    the lead looks again when it comes.

    Twin    tests/reference/funnel_walk.py
    """
    limit = lead.loss_left * SAFE
    first = today = max(lead.settled, world.state.desk[0].loss_day)
    stop = world.tables.days.period.size
    if limit < stop - lead.settled:  # at least one standard day runs a day
        stop = max(first, lead.settled + np.int64(limit) + 1)
    while first < stop:
        middle = (first + stop) // 2
        if idle_losses(world, lead, lead.settled, middle + 1) >= limit:
            stop = middle
        else:
            first = middle + 1
            if first - today >= NEAR:
                return first
    return stop


@inline_step
def ready_rate(world: World, lead: Any) -> float:
    """Return by how much a lead comes nearer to being ready, a day."""
    forces = world.tables.forces
    nurtured = lead.status == NURTURED or not is_sales(world, lead.team) or world.tables.rules.parallel != 0
    return forces.ready_rate + (forces.nurtured_rate if nurtured else 0.0)


@inline_step
def is_ready(world: World, lead: Any, day: int) -> bool:
    """Tell whether a lead is ready to buy."""
    return lead.ready_left - ready_rate(world, lead) * (day - lead.ready_since) <= 0.0


@inline_step
def settle_ready(world: World, lead: Any, day: int) -> None:
    """Write down how near to being ready a lead is, before its rate changes."""
    if lead.ready_left != 0.0 and lead.ready_left != np.inf:
        lead.ready_left -= ready_rate(world, lead) * (day - lead.ready_since)
    lead.ready_since = day


@inline_step
def account(world: World, lead: Any, day: int) -> None:
    """Write the days before this one to whom they belong."""
    days = day - lead.counted
    if days > 0:
        write_days(world, lead, day, days)


@step
def write_days(world: World, lead: Any, day: int, days: int) -> None:
    """Write a lead's days to its owner, to nurture and to neglect.

    Twin    tests/reference/funnel_walk.py
    """
    out = world.out
    out.owned[lead.team] += days
    if lead.status == NURTURED or (world.tables.rules.parallel != 0 and is_sales(world, lead.team)):
        add(world, NURTURE_DAYS, day - 1, days)
    if is_alive(lead):
        harmless = lead.touched + world.tables.curves.grace + 1
        out.neglected[lead.team] += max(0, day - max(lead.counted, harmless))
        lead.longest_idle = max(lead.longest_idle, day - 1 - lead.touched)
    lead.counted = day
