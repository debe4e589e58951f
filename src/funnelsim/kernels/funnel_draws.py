"""The draws of a funnel simulation, and what is read of a lead: its score and its stated PC.

A draw belongs to a lead and a purpose, so it does not matter when it is made, nor whether it is made at all.  A reading
is therefore taken when somebody looks, from the state that it was due to read; its normal is drawn once a level.

What it leaves out: when a reading is due.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import READING
from funnelsim.kernels.funnel_state import KEYS, NEVER, TAGS, World
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.keyed_random import VERSION, threefry2x64
from funnelsim.kernels.sampling import interpolated

TWO_52 = 2.220446049250313e-16


@inline_step
def draw(
    world: World, purpose: int, lead: np.uint64, stage: int, cause: int, occurrence: int
) -> tuple[np.uint64, np.uint64]:
    """Return the two words of a draw of this replication."""
    desk = world.state.desk[0]
    return threefry2x64(desk.seed, tag_of(purpose, stage, cause, occurrence), desk.replication, lead)


@inline_step
def tag_of(purpose: int, stage: int, cause: int, occurrence: int) -> np.uint64:
    """Return the key word that says what a draw is for."""
    return np.uint64((VERSION << 56) | (purpose << 40) | (stage << 32) | (cause << 24) | occurrence)


@step
def draw_batch(world: World, row: int, count: int) -> None:
    """Draw for all leads of the batch, each with its own tag: five times as fast as one by one.

    Twin    tests/reference/funnel_walk.py
    """
    desk, batch = world.state.desk[0], world.state.batch
    keys, tags, first, second = batch[KEYS], batch[TAGS], batch[row], batch[row + 1]
    seed, replication = desk.seed, desk.replication
    for i in range((count + 7) & -8):  # whole vectors; who reads on reads nothing
        first[i], second[i] = threefry2x64(seed, tags[i], replication, keys[i])


@step
def draw_for_all(world: World, purpose: int, row: int, count: int) -> None:
    """Draw for all leads of the batch with the same tag.

    Twin    tests/reference/funnel_walk.py
    """
    tags, tag = world.state.batch[TAGS], tag_of(purpose, 0, 0, 0)
    for i in range((count + 7) & -8):
        tags[i] = tag
    draw_batch(world, row, count)


@inline_step
def uniform_of(word: np.uint64) -> float:
    """Return the uniform in (0, 1) of a 64-bit word."""
    return (np.float64(word >> np.uint64(12)) + 0.5) * TWO_52


@inline_step
def exponential(world: World, word: np.uint64) -> float:
    """Return the standard exponential of a word."""
    return interpolated(world.tables.curves.threshold[0], word)


@inline_step
def later(day: int, wait: float) -> int:
    """Return the day after a wait of whole and broken days; NEVER if it is too far away."""
    return NEVER if wait > 1e9 else day + np.int64(np.floor(wait))


@inline_step
def purchase_day(world: World, lead: Any, word: np.uint64) -> int:
    """Return the day on which a buyer buys from somebody."""
    return later(lead.born, uniform_of(word) * world.tables.forces.purchase_days)


@step
def take_reading(world: World, lead: Any) -> None:
    """Read a lead that nobody has read since its last touch, stage or owner.

    Twin    tests/reference/funnel_walk.py
    """
    curves = world.tables.curves
    lead.stale = 0
    noise = noise_of(world, lead)
    worth = curves.weight[lead.buyer, lead.facts]
    if noise != 0.0 and lead.normal_level != lead.level:
        word, _ = draw(world, READING, lead.key, 0, 0, occurrence_of(lead))
        lead.normal = interpolated(curves.normal, word)
        lead.normal_level = lead.level
    lead.reading = worth + noise * lead.normal
    if lead.pc_fixed == 0:
        cell = min(63.0, max(0.0, np.floor((lead.reading + 8.0) * 4.0)))
        lead.pc = curves.pc[lead.stage, np.int64(cell)]


@inline_step
def noise_of(world: World, lead: Any) -> float:
    """Return the standard deviation of a reading."""
    curves = world.tables.curves
    noise = curves.noise[lead.level]
    return noise * (1.0 - curves.share[lead.known]) if world.tables.rules.bands != 0 else noise


@inline_step
def reading_of(world: World, lead: Any) -> float:
    """Return the score that Marketing reads."""
    if lead.stale != 0:
        take_reading(world, lead)
    return lead.reading


@inline_step
def stated_pc(world: World, lead: Any) -> float:
    """Return the stated PC."""
    if lead.stale != 0:
        take_reading(world, lead)
    return lead.pc


@inline_step
def occurrence_of(lead: Any) -> int:
    """Return which reading this is: one a level, and anew after each time in nurture."""
    return np.int64(lead.level) + 8 * np.int64(lead.spells)


@step
def second_reading(world: World, lead: Any) -> float:
    """Return what Sales reads where it does not see what Marketing sees.

    Twin    tests/reference/funnel_walk.py
    """
    curves, rules = world.tables.curves, world.tables.rules
    word, other = draw(world, READING, lead.key, 0, 0, occurrence_of(lead))
    z = interpolated(curves.normal, word)
    mixed = rules.agreement * z + rules.disagreement * interpolated(curves.normal, other)
    return curves.weight[lead.buyer, lead.facts] + noise_of(world, lead) * mixed
