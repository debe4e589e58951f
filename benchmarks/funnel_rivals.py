"""The common workload as users of SimPy and of Ciw would write it, in whole days.

The rule, the same for all: leads arrive at the start of a day, Poisson 20; each of four stages needs as many touches of
12 minutes as an exponential 1.6 hours takes; ten people of 8 hours are one pool of 400 touches a day, which works leads
one after the other in the order in which they came to their stage; a lead that is done advances with chance .6 or is
lost, and joins the next stage at the start of the next day.  Time is counted in touches, so a day has 400 ticks.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import ciw
import simpy

PER_DAY = 20.0
STAGES = 4
TOUCHES_PER_DAY = 400
TOUCH = 0.2
MEAN_HOURS = 1.6
ADVANCE = 0.6
DONE = 1.0 - math.exp(-TOUCH / MEAN_HOURS)
"""Chance that a touch is the last one: an exponential cut into whole touches is geometric."""


class Counts(NamedTuple):
    """What a replication must agree on."""

    arrived: int
    finished: int
    """Stages done."""
    won: int
    lost: int

    @property
    def events(self) -> int:
        """Arrivals and finished stages."""
        return self.arrived + self.finished


def poisson(luck: random.Random, mean: float) -> int:
    """Draw a Poisson count by multiplying uniforms."""
    limit, count, product = math.exp(-mean), 0, luck.random()
    while product > limit:
        product *= luck.random()
        count += 1
    return count


def touches(luck: random.Random) -> int:
    """Draw how many touches a stage takes."""
    return 1 + int(math.log(1.0 - luck.random()) / math.log(1.0 - DONE))


def with_simpy(seed: int, days: int) -> Counts:
    """One replication in SimPy: a process a lead, one resource that is the pool."""
    luck = random.Random(seed)
    env = simpy.Environment()
    pool = simpy.Resource(env, capacity=1)
    counts = {"arrived": 0, "finished": 0, "won": 0, "lost": 0}

    def lead() -> Iterator[Any]:
        for stage in range(STAGES):
            with pool.request() as turn:
                yield turn
                yield env.timeout(touches(luck))
            if env.now > days * TOUCHES_PER_DAY:
                return
            counts["finished"] += 1
            if luck.random() >= ADVANCE:
                counts["lost"] += 1
                return
            if stage == STAGES - 1:
                counts["won"] += 1
                return
            yield env.timeout(-env.now % TOUCHES_PER_DAY)  # results count from the next day

    def arrivals() -> Iterator[Any]:
        for _ in range(days):
            for _ in range(poisson(luck, PER_DAY)):
                counts["arrived"] += 1
                env.process(lead())
            yield env.timeout(TOUCHES_PER_DAY)

    env.process(arrivals())
    env.run(until=days * TOUCHES_PER_DAY + 1)
    return Counts(**counts)


class DailyBatch(ciw.dists.Distribution):  # type: ignore[misc]
    """So many leads a day."""

    def sample(self, t: float | None = None, ind: Any = None) -> int:
        return poisson(random._inst, PER_DAY)  # Ciw seeds the module's own generator


class WholeTouches(ciw.dists.Distribution):  # type: ignore[misc]
    """Ticks that a stage takes."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        return float(touches(random._inst))


class UntilTomorrow(ciw.dists.Distribution):  # type: ignore[misc]
    """Ticks until the next day starts."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        return float(-round(t or 0.0) % TOUCHES_PER_DAY)


class FirstAtOnce(ciw.dists.Distribution):  # type: ignore[misc]
    """A day between arrivals, the first batch at time 0."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        gap = float(TOUCHES_PER_DAY) if self.asked else 0.0
        self.asked = True
        return gap


class Next(ciw.routing.NodeRouting):  # type: ignore[misc]
    """From the pool to the night, or out; from the night back to the pool."""

    def next_node(self, ind: Any) -> Any:
        if self.node.id_number == 2:
            return self.simulation.nodes[1]
        ind.stages_done = getattr(ind, "stages_done", 0) + 1
        ind.won = False
        if random.random() >= ADVANCE:
            return self.simulation.nodes[-1]
        if ind.stages_done == STAGES:
            ind.won = True
            return self.simulation.nodes[-1]
        return self.simulation.nodes[2]


def with_ciw(seed: int, days: int) -> Counts:
    """One replication in Ciw: a pool of one server, and a night in which results wait."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[FirstAtOnce(), None],
        batching_distributions=[DailyBatch(), ciw.dists.Deterministic(1)],
        service_distributions=[WholeTouches(), UntilTomorrow()],
        number_of_servers=[1, float("inf")],
        routing=ciw.routing.NetworkRouting(routers=[Next(), Next()]),
    )
    simulation = ciw.Simulation(network)
    end = days * TOUCHES_PER_DAY
    simulation.simulate_until_max_time(end + 0.5)
    done = [one for node in simulation.nodes[1:] for one in node.all_individuals]
    arrived = finished = won = lost = 0
    for one in done:
        finished_here = sum(record.node == 1 and record.service_end_date <= end for record in one.data_records)
        first = one.data_records[0].arrival_date if one.data_records else one.arrival_date
        if first is not False and first < end:
            arrived += 1
        finished += finished_here
        out = one in simulation.nodes[-1].all_individuals
        won += out and one.won
        lost += out and not one.won
    return Counts(arrived, finished, won, lost)
