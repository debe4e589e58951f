"""From leads and assumptions to the arrays that kernels walk.

Everything transcendental happens here, once: log-odds under the shocks, day laws, amount tables.  Everything that
kernels take for granted is checked here, once: sums that fit in 62 bits, tables that rows point into.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.day_laws import day_cells, day_edges
from funnelsim.engines.quantile_tables import shape_table, spread_lost
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.errors import DataError, Problem, ResourceError, Shown
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar
from funnelsim.model.distributions import Lognormal
from funnelsim.model.leads import NO_AMOUNT, Leads, lead_key
from funnelsim.model.money import LARGEST_TOTAL_MINOR

MOST_TABLES = 10_000
"""Distinct amount spreads of a book: their tables take 0.4 GB."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def lower_leads(leads: Leads, calendar: Calendar, assumptions: ForecastAssumptions) -> LoweredBook:
    """Lower leads without history: one parameter set.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    calendar : Calendar
        As-of day and bins.
    assumptions : ForecastAssumptions
        Shocks, push law, or everything as stated.

    Returns
    -------
    LoweredBook
        Contiguous arrays, one row per forecast row, in the same order.

    Raises
    ------
    DataError
        If the rows at their largest could sum to more than 2**62 minor units.
    ResourceError
        If the rows have more different amount spreads than memory has room for tables.
    """
    chances, chance_cell = np.unique(leads.pc_float, return_inverse=True)
    sd = float(np.hypot(assumptions.shock_sd, assumptions.group_sd))
    cells = day_cells(leads, calendar, assumptions)
    days = day_edges(cells.reached)
    amount = _constant_amounts(leads, assumptions)
    table, scale, shapes = _amounts(leads, assumptions)
    group, group_keys = _groups(leads, assumptions)
    rows = LeadArrays(
        key=leads.key.copy(),
        chance_cell=chance_cell.ravel().astype(np.int64),
        day_cell=cells.cell,
        amount=amount,
        amount_table=table,
        amount_scale=scale,
        group=group,
    )
    tables = LawTables(
        probability=chances[None, :].copy(),
        odds=np.exp(log_odds_with_mean(chances, sd))[None, :],
        day_edges=days.edges[:, None, :].copy(),
        day_first=days.first[:, None].copy(),
        day_last=days.last[:, None].copy(),
        shapes=shapes,
    )
    book = LoweredBook(rows, tables, assumptions.shock_sd, assumptions.group_sd, group_keys, len(calendar.bin_ends))
    _refuse_overflow(book)
    return book


def _constant_amounts(leads: Leads, assumptions: ForecastAssumptions) -> Ints:
    """Return the PR, or the lead's own P10 where its P90 is the same number."""
    fixed = (leads.pr_p10 == leads.pr_p90) & (leads.pr_p10 != NO_AMOUNT)
    return leads.pr.copy() if assumptions.as_stated else np.where(fixed, leads.pr_p10, leads.pr)


def _amounts(leads: Leads, assumptions: ForecastAssumptions) -> tuple[Ints, Floats, Floats]:
    """Return each row's table, its scale, and the tables ``(amount_table, cell)``: one per distinct spread."""
    table = np.full(len(leads), -1, dtype=np.int64)
    scale = np.zeros(len(leads), dtype=np.float64)
    drawn = (leads.pr_p90 > leads.pr_p10) & (leads.pr_p10 != NO_AMOUNT)
    if assumptions.as_stated or not drawn.any():
        return table, scale, np.empty((0, CELLS), dtype=np.float64)
    low, high = leads.pr_p10[drawn].astype(np.float64), leads.pr_p90[drawn].astype(np.float64)
    ratios, which = np.unique(high / low, return_inverse=True)
    if len(ratios) > MOST_TABLES:
        hint = "round pr_p10 and pr_p90, to a tenth of the amount say, so that leads share a spread"
        rule = f"of at most {MOST_TABLES:,} kinds of P90 to P10"
        raise ResourceError(Problem("leads", "amount spreads", rule, Shown(f"{len(ratios):,} kinds"), hint))
    table[drawn] = which.ravel()
    scale[drawn] = np.sqrt(low) * np.sqrt(high)
    return table, scale, np.array([shape_table(unit_spread(ratio)) for ratio in ratios.tolist()])


def unit_spread(ratio: float) -> Lognormal:
    """Return the lognormal law with median 1 and the given P90 to P10.

    Parameters
    ----------
    ratio : float
        Above 1.

    Returns
    -------
    Lognormal
        The shape that rows scale by their own median.
    """
    return Lognormal.from_p10_p90(ratio**-0.5, ratio**0.5)


def table_distance(leads: Leads, assumptions: ForecastAssumptions) -> float:
    """Return how far the amount tables are from the continuous laws they stand for.

    Parameters
    ----------
    leads : Leads
        Forecast rows.
    assumptions : ForecastAssumptions
        With ``as_stated`` there are no tables.

    Returns
    -------
    float
        Largest relative loss of standard deviation; 0 without tables.
    """
    drawn = (leads.pr_p90 > leads.pr_p10) & (leads.pr_p10 != NO_AMOUNT)
    if assumptions.as_stated or not drawn.any():
        return 0.0
    laws = [unit_spread(ratio) for ratio in np.unique(leads.pr_p90[drawn] / leads.pr_p10[drawn]).tolist()]
    return max(abs(spread_lost(law, shape_table(law))) for law in laws)


def _groups(leads: Leads, assumptions: ForecastAssumptions) -> tuple[Ints, npt.NDArray[np.uint64]]:
    """Return each row's group and the groups' addresses; the address hangs on the value, not on its rank."""
    shock = assumptions.group_shock
    if shock is None or shock.sd == 0:
        return np.zeros(len(leads), dtype=np.int64), np.empty(0, dtype=np.uint64)
    values = sorted(set(leads.attributes[shock.column]))
    position = {value: index for index, value in enumerate(values)}
    group = np.array([position[value] for value in leads.attributes[shock.column]], dtype=np.int64)
    return group, np.array([lead_key(value) for value in values], dtype=np.uint64)


def largest_amounts(book: LoweredBook) -> Floats:
    """Return the most that each row can bring.

    Parameters
    ----------
    book : LoweredBook
        Any book.

    Returns
    -------
    float64, (row,)
        Minor units: the row's amount, or the last cell of its table.
    """
    largest = book.rows.amount.astype(np.float64)
    drawn = book.rows.amount_table >= 0
    largest[drawn] = book.rows.amount_scale[drawn] * book.tables.shapes[book.rows.amount_table[drawn], -1]
    return largest


def _refuse_overflow(book: LoweredBook) -> None:
    most = float(largest_amounts(book).sum())
    if most >= LARGEST_TOTAL_MINOR:
        rule = f"below {LARGEST_TOTAL_MINOR:.3g} minor units in all"
        hint = "look for amounts in the wrong unit"
        raise DataError(Problem("leads", "potential revenue", rule, Shown(f"up to {most:.3g}"), hint))
