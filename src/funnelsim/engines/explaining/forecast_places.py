"""Where the expected value sits, and where leads were lost: by stage, owner and reason.

Between two runs the stage of a lost lead is the one it was in on the earlier day, which a list of closed leads no
longer says; from one file alone it is whatever the row says now.

What it leaves out: why leads are lost, beyond the reason somebody wrote down.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.explaining.forecast_matching import Matching
from funnelsim.engines.explaining.forecast_window import rows_at
from funnelsim.model.explanation import LossCell, Losses, Place
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import Leads
from funnelsim.model.money import rounded


def places_of(leads: Leads) -> tuple[Place, ...]:
    """Return the open leads by stage and owner.

    Parameters
    ----------
    leads : Leads
        Forecast rows.

    Returns
    -------
    tuple of Place
        By falling expected value; every row is in one.
    """
    sums: dict[tuple[str, str], dict[Decimal, int]] = defaultdict(lambda: defaultdict(int))
    for place, pc, amount in zip(_places(leads), leads.pc, leads.pr.tolist(), strict=True):
        sums[place][pc] += amount
    values = {
        place: rounded(sum((Fraction(pc) * amount for pc, amount in by_pc.items()), Fraction(0)))
        for place, by_pc in sums.items()
    }
    return _ranked(leads, values)


def places_with(leads: Leads, chance: npt.NDArray[np.float64]) -> tuple[Place, ...]:
    """Return the open leads by stage and owner, each with a chance of its own.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    chance : float64, (row,)
        To be won ever.

    Returns
    -------
    tuple of Place
        By falling expected value; every row is in one.
    """
    sums: dict[tuple[str, str], list[float]] = defaultdict(list)
    for place, money in zip(_places(leads), (chance * leads.pr).tolist(), strict=True):
        sums[place].append(money)
    return _ranked(leads, {place: round(math.fsum(money)) for place, money in sums.items()})


def _places(leads: Leads) -> list[tuple[str, str]]:
    stages, owners = (_column(leads.attributes, name, len(leads)) for name in ("stage", "owner"))
    return list(zip(stages, owners, strict=True))


def _ranked(leads: Leads, values: Mapping[tuple[str, str], int]) -> tuple[Place, ...]:
    rows = Counter(_places(leads))
    found = [Place(*place, rows[place], value) for place, value in values.items()]
    return tuple(sorted(found, key=lambda one: (-one.expected_value, one.stage, one.owner)))


def losses_in(run: ForecastRun) -> Losses | None:
    """Return the lost rows of one file, by stage, owner and reason as they are recorded now.

    Parameters
    ----------
    run : ForecastRun
        The run.

    Returns
    -------
    Losses or None
        None when the file holds no lost row.
    """
    others = run.others
    lost = [row for row, status in enumerate(others.status) if status == "lost"]
    if not lost:
        return None
    stages, owners = (_column(others.attributes, name, len(others)) for name in ("stage", "owner"))
    reasons = _reasons(run)
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in lost:
        counts[stages[row], owners[row], reasons[row]] += 1
    cells = [LossCell(*place, count, None) for place, count in counts.items()]
    return Losses(
        False, len(lost), tuple(sorted(cells, key=lambda one: (-one.leads, one.stage, one.owner, one.reason)))
    )


def losses_between(
    earlier: ForecastRun, later: ForecastRun, found: Matching, expected: npt.NDArray[np.float64]
) -> Losses | None:
    """Return the leads lost between two runs, by the stage and owner they had on the earlier day.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs.
    found : Matching
        What became of every row.
    expected : float64, (lost row,)
        What the earlier run expected of each lost row in the window, in closed form, minor units.

    Returns
    -------
    Losses or None
        None when no lead was lost.
    """
    if not found.lost:
        return None
    leads = rows_at(earlier.leads, found.lost)
    stages, owners = (_column(leads.attributes, name, len(leads)) for name in ("stage", "owner"))
    written = dict(zip(later.others.lead_id, _reasons(later), strict=True))
    money: dict[tuple[str, str, str], float] = defaultdict(float)
    members: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row, lead_id in enumerate(leads.lead_id):
        place = stages[row], owners[row], written.get(lead_id, "")
        money[place] += float(expected[row])
        members[place].add(lead_id)
    cells = [LossCell(*place, len(members[place]), money[place]) for place in money]
    order = sorted(cells, key=lambda one: (-(one.expected or 0.0), -one.leads, one.stage, one.owner, one.reason))
    return Losses(True, leads.lead_count, tuple(order))


def _reasons(run: ForecastRun) -> Sequence[str]:
    """Return why each closed row was closed: the first column whose header speaks of a reason."""
    named = [name for name in run.others.attributes if "reason" in name.casefold()]
    return _column(run.others.attributes, named[0] if named else "", len(run.others))


def _column(attributes: Mapping[str, tuple[str, ...]], name: str, rows: int) -> tuple[str, ...]:
    return attributes.get(name, ("",) * rows)
