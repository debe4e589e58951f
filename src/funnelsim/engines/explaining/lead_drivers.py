"""Drivers that every forecast has: its largest leads, lost or won, and the groups of a column.

What it leaves out: drivers that hang on how chances came about (:mod:`funnelsim.engines.explaining.forecast_drivers`
for stated ones, :mod:`funnelsim.engines.explaining.learned_drivers` for those of records).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from funnelsim.engines.book import LoweredBook
from funnelsim.model.leads import Leads

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TENTH: Final = 1.2815515655446004
"""A normal variable is above it one time in ten."""
LARGEST_LEADS: Final = 5
MOST_GROUPS: Final = 12


@dataclass(frozen=True, eq=False)
class Driver:
    """One driver.

    Attributes
    ----------
    name, low_setting, high_setting, source : str
        In words.
    low, high : callable
        Forecast money of the window at each end, int64 (replication,), minor units, without what is booked.
    """

    name: str
    low_setting: str
    high_setting: str
    source: str
    low: Callable[[], Ints]
    high: Callable[[], Ints]


class Driven(Protocol):
    """A forecast of a window that drivers move; money in minor units, one entry a replication."""

    @property
    def leads(self) -> Leads:
        """Its rows."""

    @property
    def book(self) -> LoweredBook:
        """The rows lowered."""

    @property
    def forecast(self) -> Ints:
        """Money in the window, without what is booked."""

    @property
    def means(self) -> Floats:
        """Mean money of each row in the window, ``(row,)``."""

    def money_of(self, book: LoweredBook) -> Ints:
        """Return the money of the book, or of one changed from it."""

    def surely_won(self, rows: Bools) -> Ints:
        """Return the money of some rows if they were surely won."""

    def group_sd(self, by: str) -> float:
        """Return the sd of a shock that the groups of a column could have, in log-odds."""


def largest_leads(base: Driven) -> Iterator[Driver]:
    """Yield the leads that bring most in the window, lost and won.

    Parameters
    ----------
    base : Driven
        The forecast.

    Yields
    ------
    Driver
        At most ``LARGEST_LEADS``.
    """
    means: dict[str, float] = defaultdict(float)
    for lead_id, mean in zip(base.leads.lead_id, base.means.tolist(), strict=True):
        means[lead_id] += mean
    ranked = sorted((one for one in means if means[one] > 0), key=lambda one: (-means[one], one))
    names = base.leads.attributes.get("name", base.leads.lead_id)
    ids = np.array(base.leads.lead_id)
    for lead_id in ranked[:LARGEST_LEADS]:
        mask = np.asarray(ids == lead_id)
        name = names[int(mask.argmax())].strip() or lead_id
        low, high = _ends_of_lead(base, mask)
        yield Driver(f"lead '{name}'", "lost", "won", "both ways it can end", low, high)


def _ends_of_lead(base: Driven, mask: Bools) -> tuple[Callable[[], Ints], Callable[[], Ints]]:
    def without() -> Ints:
        return base.forecast - base.money_of(base.book.select(mask))

    return without, lambda: without() + base.surely_won(mask)


def groups_of(base: Driven, by: str) -> Iterator[Driver]:
    """Yield the groups of a column that bring most, each with a shock of its own at its P10 and P90.

    Parameters
    ----------
    base : Driven
        The forecast.
    by : str
        One of its columns.

    Yields
    ------
    Driver
        At most ``MOST_GROUPS``.
    """
    values = np.array(base.leads.attributes[by])
    means = base.means
    brought = {value: float(means[values == value].sum()) for value in sorted(set(values.tolist()))}
    sd = base.group_sd(by)
    for value in sorted(brought, key=lambda one: (-brought[one], one))[:MOST_GROUPS]:
        low, high = _ends_of_group(base, np.asarray(values == value), TENTH * sd)
        yield Driver(
            f"{by} '{value}'",
            f"odds x {math.exp(-TENTH * sd):.2f}",
            f"odds x {math.exp(TENTH * sd):.2f}",
            f"P10 and P90 of a shock of sd {sd:.2g}",
            low,
            high,
        )


def _ends_of_group(base: Driven, mask: Bools, shock: float) -> tuple[Callable[[], Ints], Callable[[], Ints]]:
    group = base.book.select(mask)

    def moved(by: float) -> Ints:
        tables = group.tables
        chances = np.asarray(expit(logit(tables.probability) + by), dtype=np.float64)
        other = replace(group, tables=tables._replace(probability=chances, odds=tables.odds * math.exp(by)))
        return base.forecast - base.money_of(group) + base.money_of(other)

    return lambda: moved(-shock), lambda: moved(shock)
