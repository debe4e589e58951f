"""What every team has and needs to know, written once for a block of replications: its ticks a day, and its cards.

What it leaves out: teams whose people leave, which differ from replication to replication
(:mod:`funnelsim.kernels.funnel_walk`).
"""

from __future__ import annotations

import numpy as np

from funnelsim.kernels.funnel_arrays import Tables
from funnelsim.kernels.funnel_state import State
from funnelsim.kernels.jit import inline_step, step


@step
def fill_capacity(tables: Tables, state: State) -> None:
    """Write the ticks of every team whose people stay.

    Twin    tests/reference/funnel_walk.py
    """
    for team in range(state.teams.size):
        for day in range(tables.days.work.size):
            state.capacity[team, day] = tables.teams.heads[team] * tables.teams.ticks[team] * tables.days.work[day]


@step
def fill_cards(tables: Tables, state: State) -> None:
    """Write what every team needs to know of every stage.

    Twin    tests/reference/work_day.py
    """
    stages, teams = tables.stages, tables.teams
    for team in range(state.teams.size):
        for stage in range(stages.gain.size):
            card = state.cards[team, stage]
            touch, pace = stages.touch[stage], stages.pace[stage]
            card.touch, card.pace, card.cap = touch, pace, max(pace, touch) + touch
            card.cap_touches, card.charge = card.cap // touch, teams.charge[team, stage]
            card.effect = teams.effect[team, stage]
            card.speed = teams.effect[team, stage] * stages.gain[stage]
            card.most = np.float64(card.cap_touches) * np.float64(card.charge)
            card.part = 1.0 / np.float64(pace)
            card.safe = min(1 << 50, ((1 << 62) // touch // (1 << 24)) * min(card.charge, 1 << 24))
            card.high, card.low, card.climb = stages.high[stage], stages.low[stage], stages.climb[stage]
            ends_at_work = stages.by_work[stage] != 0 and card.effect > 0.0 and card.charge > 0
            card.quick = min(card.cap_touches, (1 << 62) // max(card.charge, touch)) if ends_at_work else np.int64(0)
            card.by_work, card.gated = stages.by_work[stage], stages.gated[stage]
            card.sales, card.small = teams.sales[team], np.int8(pace <= touch)
            card.stays = stays_with(tables, team, stage)


@inline_step
def stays_with(tables: Tables, team: int, stage: int) -> int:
    """Return 1 if a lead of a team that enters a stage stays there, whatever it is like."""
    owner, sales = tables.stages.team[stage], tables.teams.sales
    colleague = owner != team and sales[owner] == sales[team]
    return np.int64(tables.teams.can[team, stage] != 0 and sales[team] != 0 and not colleague)
