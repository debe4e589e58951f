"""Chances of open leads under many draws of the rates: lead by lead and cell by cell of future time.

The same walk as ``engines/learning/lead_laws.py``, draw after draw: a lead leaves its state by the hazards at its age
there; an entry counts as in the middle of its cell, and what follows it depends on state, class and cell only, so it is
tabled once a draw.  Rates are constant within cells of age; what is left after the last cell goes on for the reach of
the records.

What it leaves out: shocks of periods (``engines/learning/pool_chances.py``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.jit import kernel, step

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class WalkHazards(NamedTuple):
    """Hazards out of states, the same for every draw but for rates and factors.

    curve_begin : int64   ``(state + 1,)``: where the curves of each state begin, by target
    target : int64        ``(curve,)``: state that each leads to
    cell_begin : int64    ``(curve + 1,)``: where the cells of age of each begin
    edges : float64       ``(cell,)``: left edges, from 0 in each curve
    kind_begin : int64    ``(curve,)``: where the factors of classes of each begin
    weekly : float64      ``(curve, step)``: mean factor of the weekdays within each cell of future time
    union_begin : int64   ``(state + 1,)``: where the ages at which any rate of a state changes begin
    union : float64       ``(age,)``: these ages, from 0 in each state
    union_cell : int64    ``(age, exit)``: cell of each curve of the state there
    reach : float64       days that the last cell lasts
    """

    curve_begin: Ints
    target: Ints
    cell_begin: Ints
    edges: Floats
    kind_begin: Ints
    weekly: Floats
    union_begin: Ints
    union: Floats
    union_cell: Ints
    reach: float


class WalkLeads(NamedTuple):
    """Leads.

    state : int64    ``(lead,)``: where each is
    age : float64    ``(lead,)``: days there
    kind : int64     ``(lead,)``: class there
    coming_as : int64  ``(lead, state, step + 1)``: class in a later state after an entry in each step, or later
    there : bool     ``(state, class)``: whether it is known where stays of the class end
    coming : bool    ``(state, class)``: whether leads may come as that class within the steps
    """

    state: Ints
    age: Floats
    kind: Ints
    coming_as: Ints
    there: npt.NDArray[np.bool_]
    coming: npt.NDArray[np.bool_]


class WalkSteps(NamedTuple):
    """Future time.

    edges : float64  ``(step + 1,)``: equal steps from 0
    place : int64    ``(bin,)``: step in which each bin ends
    share : float64  ``(bin,)``: how far into it
    """

    edges: Floats
    place: Ints
    share: Floats


class WalkDraws(NamedTuple):
    """Rates, ``(draw, cell)``, and factors of classes, ``(draw, class)``, of all curves after each other."""

    rate: Floats
    factor: Floats


class WalkRoom(NamedTuple):
    """Room to work in.

    before : float64   ``(cell,)``: hazard summed up to each cell
    rise : float64     ``(exit, step)``: hazard within each step after an entry
    ends : float64     ``(state, class, age + 1, exit)``: where stays of each age end
    moves : float64    ``(state, class, exit, step, step)``: chance to leave in a step after an entry in another
    binned : float64   ``(state, class, exit, step, bin)``: the same by bin, of exits that are won or lost
    after : float64    ``(state, class, step, exit)``: chance to leave after the last step
    inflow : float64   ``(state, step)``: entries of one lead
    cell : int64       ``(exit,)``: where a march over ages is
    reached : float64  ``(exit,)``: hazard summed there
    part : float64     ``(exit,)``: hazards, or where stays end
    """

    before: Floats
    rise: Floats
    ends: Floats
    moves: Floats
    binned: Floats
    after: Floats
    inflow: Floats
    cell: Ints
    reached: Floats
    part: Floats


class WalkChances(NamedTuple):
    """Chances to be won and lost within each bin, ``(draw, lead, bin)``, and to be won ever, ``(draw, lead)``."""

    won: Floats
    lost: Floats
    ever: Floats


@kernel
def lead_walk(
    hazards: WalkHazards, leads: WalkLeads, steps: WalkSteps, draws: WalkDraws, room: WalkRoom, out: WalkChances
) -> None:
    """Write the chances of leads under each draw.

    hazards, leads, steps, draws : as above
    room : WalkRoom      overwritten
    out : WalkChances    all of it is written

    Draws       none.
    Assumes     targets lie behind their origin; won and lost are the last two states.
    Twin        tests/reference/lead_walk.py
    """
    states = hazards.curve_begin.size - 1
    for draw in range(draws.rate.shape[0]):
        rate, factor = draws.rate[draw], draws.factor[draw]
        sum_hazards(hazards, rate, room.before)
        for state in range(states):
            for kind in range(leads.there.shape[1]):
                if leads.there[state, kind]:
                    table_ends(hazards, rate, factor, state, kind, room.ends[state, kind])
        for state in range(1, states):
            if leads.coming[state].any():
                table_rises(hazards, rate, state, steps, room)
                for kind in range(leads.there.shape[1]):
                    if leads.coming[state, kind]:
                        table_moves(hazards, (rate, factor), state, kind, steps, room)
        for lead in range(leads.state.size):
            walk_one(hazards, leads, steps, (rate, factor), room, lead, out, draw)


@step
def sum_hazards(hazards: WalkHazards, rate: Floats, before: Floats) -> None:
    """Sum the hazard of every curve up to each of its cells."""
    for curve in range(hazards.target.size):
        total = 0.0
        for cell in range(hazards.cell_begin[curve], hazards.cell_begin[curve + 1]):
            before[cell] = total
            if cell + 1 < hazards.cell_begin[curve + 1]:
                total += (hazards.edges[cell + 1] - hazards.edges[cell]) * rate[cell]


@step
def last_at_or_below(values: Floats, first: int, end: int, value: float) -> int:
    """Return the place of the last of some rising values that is not above a value; the first is not."""
    low, high = first, end
    while high - low > 1:
        middle = (low + high) // 2
        if values[middle] <= value:
            low = middle
        else:
            high = middle
    return low


@step
def table_ends(hazards: WalkHazards, rate: Floats, factor: Floats, state: int, kind: int, ends: Floats) -> None:
    """Write where stays of a class end from each age at which a rate changes: exact, by turns from the oldest."""
    first, end = hazards.union_begin[state], hazards.union_begin[state + 1]
    begin, exits = hazards.curve_begin[state], hazards.curve_begin[state + 1] - hazards.curve_begin[state]
    ends[end - first, :] = 0.0
    for age in range(end - 1, first - 1, -1):
        width = hazards.reach if age == end - 1 else hazards.union[age + 1] - hazards.union[age]
        whole = 0.0
        for out in range(exits):
            part = rate[hazards.union_cell[age, out]] * factor[hazards.kind_begin[begin + out] + kind]
            ends[age - first, out] = part
            whole += part
        left = np.exp(-whole * width)
        scale = (1.0 - left) / whole if whole > 0.0 else 0.0
        for out in range(exits):
            ends[age - first, out] = ends[age - first, out] * scale + left * ends[age - first + 1, out]


@step
def ends_at(
    hazards: WalkHazards, draw: tuple[Floats, Floats], state: int, kind: int, age: float, room: WalkRoom
) -> None:
    """Write where stays of a class and age end into ``room.part``."""
    rate, factor = draw
    first, end = hazards.union_begin[state], hazards.union_begin[state + 1]
    begin, exits = hazards.curve_begin[state], hazards.curve_begin[state + 1] - hazards.curve_begin[state]
    place = last_at_or_below(hazards.union, first, end, age)
    width = hazards.reach if place == end - 1 else hazards.union[place + 1] - age
    whole = 0.0
    for out in range(exits):
        room.part[out] = rate[hazards.union_cell[place, out]] * factor[hazards.kind_begin[begin + out] + kind]
        whole += room.part[out]
    left = np.exp(-whole * width)
    scale = (1.0 - left) / whole if whole > 0.0 else 0.0
    for out in range(exits):
        room.part[out] = room.part[out] * scale + left * room.ends[state, kind, place - first + 1, out]


@step
def table_rises(hazards: WalkHazards, rate: Floats, state: int, steps: WalkSteps, room: WalkRoom) -> None:
    """Write the hazard within each step after an entry in the middle of one, at factor 1."""
    length = steps.edges[1] - steps.edges[0]
    begin = hazards.curve_begin[state]
    for out in range(hazards.curve_begin[state + 1] - begin):
        first, end = hazards.cell_begin[begin + out], hazards.cell_begin[begin + out + 1]
        cell, done = first, 0.0
        for lag in range(steps.edges.size - 1):
            age = length * (lag + 0.5)
            while cell + 1 < end and hazards.edges[cell + 1] <= age:
                cell += 1
            reached = room.before[cell] + (age - hazards.edges[cell]) * rate[cell]
            room.rise[out, lag] = reached - done
            done = reached


@step
def table_moves(
    hazards: WalkHazards, draw: tuple[Floats, Floats], state: int, kind: int, steps: WalkSteps, room: WalkRoom
) -> None:
    """Write what follows an entry of a class in each step."""
    _, factor = draw
    count, length = steps.edges.size - 1, steps.edges[1] - steps.edges[0]
    begin, exits = hazards.curve_begin[state], hazards.curve_begin[state + 1] - hazards.curve_begin[state]
    for entry in range(count):
        total, left = 0.0, 1.0
        for at in range(entry, count):
            whole = 0.0
            for out in range(exits):
                pace = factor[hazards.kind_begin[begin + out] + kind] * hazards.weekly[begin + out, at]
                room.part[out] = room.rise[out, at - entry] * pace
                whole += room.part[out]
            total += whole
            later = np.exp(-total)
            scale = (left - later) / whole if whole > 0.0 else 0.0
            for out in range(exits):
                room.moves[state, kind, out, entry, at] = room.part[out] * scale
            left = later
        ends_at(hazards, draw, state, kind, length * (count - entry - 0.5), room)
        for out in range(exits):
            room.after[state, kind, entry, out] = left * room.part[out]
            if hazards.target[begin + out] >= hazards.curve_begin.size - 1:
                moves = room.moves[state, kind, out, entry]
                moves[:entry] = 0.0
                into_bins(moves, steps, room.binned[state, kind, out, entry])


@step
def walk_one(
    hazards: WalkHazards,
    leads: WalkLeads,
    steps: WalkSteps,
    draw: tuple[Floats, Floats],
    room: WalkRoom,
    lead: int,
    out: WalkChances,
    row: int,
) -> None:
    """Write the chances of one lead."""
    states, count = hazards.curve_begin.size - 1, steps.edges.size - 1
    here = leads.state[lead]
    chance = room.reached[hazards.target.size :]  # to be won ever from the day of an entry, by state
    chance[states], chance[states + 1] = 1.0, 0.0
    for state in range(states - 1, here, -1):
        begin, kind, total = hazards.curve_begin[state], leads.coming_as[lead, state, count], 0.0
        for exit_ in range(hazards.curve_begin[state + 1] - begin):
            total += room.ends[state, kind, 0, exit_] * chance[hazards.target[begin + exit_]]
        chance[state] = total
    room.inflow[:] = 0.0
    left = leave_state(hazards, leads, steps, draw, room, lead)
    ends_at(hazards, draw, here, leads.kind[lead], leads.age[lead] + steps.edges[count], room)
    later, begin = 0.0, hazards.curve_begin[here]
    for exit_ in range(hazards.curve_begin[here + 1] - begin):
        later += left * room.part[exit_] * chance[hazards.target[begin + exit_]]
    later += into_bins(room.inflow[states], steps, out.won[row, lead])
    into_bins(room.inflow[states + 1], steps, out.lost[row, lead])
    for state in range(here + 1, states):
        later += walk_on(hazards, room, state, leads.coming_as[lead, state], chance, out, (row, lead))
    out.ever[row, lead] = later


@step
def leave_state(
    hazards: WalkHazards,
    leads: WalkLeads,
    steps: WalkSteps,
    draw: tuple[Floats, Floats],
    room: WalkRoom,
    lead: int,
) -> float:
    """Let a lead leave the state that it is in; return the chance that it is still there after the last step."""
    rate, factor = draw
    here, age = leads.state[lead], leads.age[lead]
    kind, begin = leads.kind[lead], hazards.curve_begin[here]
    exits = hazards.curve_begin[here + 1] - begin
    for exit_ in range(exits):
        first, end = hazards.cell_begin[begin + exit_], hazards.cell_begin[begin + exit_ + 1]
        cell = last_at_or_below(hazards.edges, first, end, age)
        room.cell[exit_] = cell
        room.reached[exit_] = room.before[cell] + (age - hazards.edges[cell]) * rate[cell]
    total, left = 0.0, 1.0
    for at in range(steps.edges.size - 1):
        whole, then = 0.0, age + steps.edges[at + 1]
        for exit_ in range(exits):
            cell, end = room.cell[exit_], hazards.cell_begin[begin + exit_ + 1]
            while cell + 1 < end and hazards.edges[cell + 1] <= then:
                cell += 1
            room.cell[exit_] = cell
            reached = room.before[cell] + (then - hazards.edges[cell]) * rate[cell]
            pace = factor[hazards.kind_begin[begin + exit_] + kind] * hazards.weekly[begin + exit_, at]
            room.part[exit_] = (reached - room.reached[exit_]) * pace
            room.reached[exit_] = reached
            whole += room.part[exit_]
        total += whole
        later = np.exp(-total)
        scale = (left - later) / whole if whole > 0.0 else 0.0
        for exit_ in range(exits):
            room.inflow[hazards.target[begin + exit_], at] += room.part[exit_] * scale
        left = later
    return left


@step
def walk_on(
    hazards: WalkHazards,
    room: WalkRoom,
    state: int,
    kinds: Ints,
    chance: Floats,
    out: WalkChances,
    place: tuple[int, int],
) -> float:
    """Let what entered a state go on; return the chance to be won from it, or in the end after the last step."""
    won = hazards.curve_begin.size - 1
    begin, count = hazards.curve_begin[state], room.inflow.shape[1]
    exits, later = hazards.curve_begin[state + 1] - begin, 0.0
    for entry in range(count):
        entering, kind = room.inflow[state, entry], kinds[entry]
        if entering == 0.0:
            continue
        for exit_ in range(exits):
            target = hazards.target[begin + exit_]
            later += entering * room.after[state, kind, entry, exit_] * chance[target]
            if target < won:
                for at in range(entry, count):
                    room.inflow[target, at] += entering * room.moves[state, kind, exit_, entry, at]
                continue
            binned = room.binned[state, kind, exit_, entry]
            row = out.won[place] if target == won else out.lost[place]
            for at in range(binned.size):
                row[at] += entering * binned[at]
                later += entering * binned[at] * chance[target]
    return later


@step
def into_bins(chances: Floats, steps: WalkSteps, out: Floats) -> float:
    """Write chances by bin, which rise evenly within a step; return their sum over all steps."""
    before, done, at = 0.0, 0.0, 0
    for place in range(steps.place.size):
        while at < steps.place[place]:
            before += chances[at]
            at += 1
        reached = before + steps.share[place] * chances[at]
        out[place] = reached - done
        done = reached
    while at < chances.size:
        before += chances[at]
        at += 1
    return before
