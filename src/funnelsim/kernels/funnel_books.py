"""Whether the books of a replication balance: leads, hours, money, stages, passes and clocks.

Everything is counted twice on different ways; a difference is a fault of the program, never of a scenario.

What it leaves out: what to do about it.
"""

from __future__ import annotations

from funnelsim.kernels.funnel_arrays import (
    BOOKED,
    CLOCKS_LEAK,
    HOURS_LEAK,
    LEADS_LEAK,
    LOSSES,
    LOST,
    MONEY_LEAKS,
    PASSES,
    PASSES_LEAK,
    RESURRECTED,
    STAGES_LEAK,
    VETO,
    VETOED,
    WINS,
    WON,
)
from funnelsim.kernels.funnel_state import World, is_alive
from funnelsim.kernels.jit import step


@step
def books_balance(world: World) -> int:
    """Return 0, or the code of the identity that broke.

    Twin    tests/reference/funnel_walk.py
    """
    out = world.out
    if not leads_balance(world):
        return LEADS_LEAK
    for team in range(out.room.shape[0]):
        if world.tables.teams.unlimited[team] == 0 and out.ticks[team].sum() > out.room[team].sum():
            return HOURS_LEAK
    booked = out.flow[:, BOOKED].sum()
    if booked != out.booked.sum() or booked != out.by_source.sum() or booked != world.state.desk[0].won_money:
        return MONEY_LEAKS
    vetoed = out.flow[:, VETOED].sum()
    if out.passes[VETO] != vetoed or out.passes.sum() - vetoed != out.flow[:, PASSES].sum():
        return PASSES_LEAK
    return stays_balance(world)


@step
def leads_balance(world: World) -> bool:
    """Tell whether leads born, won and lost are the leads that stand there at the end.

    Twin    tests/reference/funnel_walk.py
    """
    out, count = world.out, world.state.desk[0].count
    lost = out.flow[:, LOSSES].sum() - out.flow[:, RESURRECTED].sum()
    there = out.born.sum() == count and out.ends.sum() == count
    return there and out.ends[WON] == out.flow[:, WINS].sum() and out.ends[LOST] == lost


@step
def stays_balance(world: World) -> int:
    """Return 0, or the code of what is wrong with the stays that ended or go on.

    Twin    tests/reference/funnel_walk.py
    """
    out, leads = world.out, world.state.leads
    for stage in range(out.stayed.shape[0]):
        going_on = out.open_at[out.open_at.shape[0] - 1, stage]
        if out.entered[stage] != out.stayed[stage, 0] + out.stayed[stage, 1] + going_on:
            return STAGES_LEAK
    for slot in range(world.state.desk[0].used):
        if is_alive(leads[slot]) and (leads[slot].left < 0.0 or leads[slot].loss_left < 0.0):
            return CLOCKS_LEAK
    return 0
