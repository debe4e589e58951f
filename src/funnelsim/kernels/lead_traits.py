"""What a lead is: whether it buys, what it is worth, how ready it is; drawn for all that a source bears in a day.

The words of a day's newborn leads are drawn side by side, in vectors, and stand in the batch in the order of their
births; whoever needs one reads it at the lead's place there.

What it leaves out: how leads come to be (:mod:`funnelsim.kernels.lead_births`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import BIRTH, POOL, PURCHASE, READY, TRAITS
from funnelsim.kernels.funnel_draws import draw, draw_for_all, exponential, purchase_day, uniform_of
from funnelsim.kernels.funnel_state import (
    BIRTH_WORDS,
    KEYS,
    NEVER,
    PURCHASE_WORDS,
    READY_WORDS,
    TRAIT_WORDS,
    World,
)
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.sampling import table_position


@step
def draw_births(world: World, count: int, born: bool, other: bool) -> None:
    """Draw what the leads of the batch are; ``born``: whether buyer or PR is drawn, ``other``: whether more is.

    Twin    tests/reference/funnel_walk.py
    """
    forces = world.tables.forces
    if born:
        draw_for_all(world, BIRTH, BIRTH_WORDS, count)
    if other or 0.0 < forces.fact_buyer < 1.0 or 0.0 < forces.fact_other < 1.0:
        draw_for_all(world, TRAITS, TRAIT_WORDS, count)
    if forces.ready_now < 1.0:
        draw_for_all(world, READY, READY_WORDS, count)
    draw_for_all(world, PURCHASE, PURCHASE_WORDS, count)


@inline_step
def set_traits(world: World, lead: Any, buyer_chance: float, day: int, i: int) -> None:
    """Set what a lead is, from the words of the batch: buyer, facts, readiness, day of purchase."""
    forces, desk, batch = world.tables.forces, world.state.desk[0], world.state.batch
    if buyer_chance > 0.0:
        lead.buyer = 1
        if buyer_chance < 1.0:
            lead.buyer = np.int8(uniform_of(batch[BIRTH_WORDS, i]) < buyer_chance)
    chance = forces.fact_buyer if lead.buyer != 0 else forces.fact_other
    if 0.0 < chance < 1.0:
        word = batch[TRAIT_WORDS, i]
        facts: Any = 0
        for j in range(4):
            facts += (np.float64((word >> np.uint64(16 * j)) & np.uint64(0xFFFF)) + 0.5) < chance * 65536.0
        lead.facts = facts
    else:
        lead.facts = 4 if chance >= 1.0 else 0
    lead.odds = world.tables.curves.facts[lead.facts] * desk.odds
    set_readiness(world, lead, i)
    lead.ready_since = day
    if lead.buyer != 0:
        lead.bought = purchase_day(world, lead, batch[PURCHASE_WORDS, i])
        lead.purchase = NEVER if forces.latent == 0 else lead.bought


@inline_step
def set_readiness(world: World, lead: Any, i: int) -> None:
    """Set how far a lead is from being ready."""
    forces = world.tables.forces
    lead.ready_left = 0.0
    if forces.ready_now < 1.0:
        u = uniform_of(world.state.batch[READY_WORDS, i])
        if u >= forces.ready_now:
            never = u < forces.ready_now + forces.ready_never
            lead.ready_left = np.inf if never else exponential(world, world.state.batch[READY_WORDS + 1, i])


@inline_step
def draw_pr(world: World, source: int, i: int) -> np.int64:
    """Draw what a lead is worth; a table that does not rise is not asked."""
    sources = world.tables.sources
    shape = sources.shape[source]
    cell = np.int64(0)
    if shape[0] != shape[shape.size - 1]:
        cell = table_position(world.state.batch[BIRTH_WORDS + 1, i])
    return np.int64(np.rint(sources.scale[source] * shape[cell]))


@inline_step
def thin(world: World, source: int, count: int) -> int:
    """Keep the leads of the batch that this replication and an ever smaller pool of suspects leave; return how many."""
    sources, desk, keys = world.tables.sources, world.state.desk[0], world.state.batch[KEYS]
    if sources.pool == 0 and desk.arrivals >= 1.0:
        return count
    kept = 0
    for i in range(count):
        share = desk.arrivals
        if sources.pool > 0:
            share *= desk.pool_left / sources.pool
        if share > 0.0 and (share >= 1.0 or uniform_of(draw(world, POOL, keys[i], 0, 0, 0)[0]) < share):
            if sources.pool > 0:
                desk.pool_left -= 1
            keys[kept] = keys[i]
            kept += 1
    return kept
