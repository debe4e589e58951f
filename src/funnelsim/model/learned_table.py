"""The table of assumptions of a forecast that learned from records: what was learned, from how many, how surely.

Every row has its n and its standard error in words; the source is the user's own records.

What it leaves out: the rates by age themselves, which ``calibrate`` prints.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.model.assumption_table import Assumption
from funnelsim.model.learned import Learned
from funnelsim.model.learned_answer import LearnedAnswer

Floats = npt.NDArray[np.float64]

YOURS = "yours"


def learned_table(answer: LearnedAnswer) -> tuple[Assumption, ...]:
    """Return what was learned as rows of the table of assumptions.

    Parameters
    ----------
    answer : LearnedAnswer
        What the forecast stands on.

    Returns
    -------
    tuple of Assumption
        In the order of their weight on the band; grade ``yours``, but for the number of draws, which is ours.
    """
    learned = answer.known.learned
    source = f"your records, {learned.first_day.isoformat()} to {learned.last_day.isoformat()}"
    rows = [_rates(learned, source)]
    if answer.known.independent:
        rows.append(
            Assumption("shared shocks", "off", "set by you", YOURS, "leads share nothing: bands are too narrow")
        )
    else:
        rows += _shocks(learned, source)
    rows.append(_amounts(learned, source))
    if answer.new_leads is None:
        effect = "only leads that are open today are in the bands"
        rows.append(Assumption("new business", "left out", "set by you", YOURS, effect))
    else:
        rows.append(_arrivals(learned, source))
    if not answer.known.independent:
        effect = "spreads bands by what the records cannot tell: rates, level, spreads, arrivals, drawn together"
        rows.append(Assumption("parameter sets", float(answer.sets), "joint draws", "ours", effect))
    return tuple(rows)


def _rates(learned: Learned, source: str) -> Assumption:
    stages = len(learned.hazards.states) - 2
    states = "1 state" if stages == 1 else f"{stages} states"
    value = f"rates by age in {states} from {learned.won:,} won, {learned.lost:,} lost, {learned.open:,} open"
    error = f"; relative standard error of the win rate {learned.won**-0.5:.0%}" if learned.won else ""
    effect = f"replaces stated PCs and dates{error}"
    return Assumption("chance and time of winning", value, source, YOURS, effect)


def _shocks(learned: Learned, source: str) -> list[Assumption]:
    shocks = learned.shocks
    periods = f"{source}, {len(shocks.wins)} {learned.unit}s"
    level, square = (
        float(shocks.weight @ what) for what in (shocks.state[:, 0], _second_moment(shocks.state, shocks.covariance))
    )
    error = max(square - level**2, 0.0) ** 0.5
    low, high = (_percentile(shocks.shock_sd, shocks.weight, p) for p in (0.05, 0.95))
    return [
        Assumption(
            "level of winning at the records' end", f"{level:.2f} +- {error:.2f}", periods, YOURS,
            "moves the mean: wins lately over what the rates expect",
        ),
        Assumption(
            f"shock of a {learned.unit}", f"sd {shocks.shock:.2f} ({low:.2f} to {high:.2f})", periods, YOURS,
            "widens the band: all leads share good and bad periods",
        ),
    ]  # fmt: skip


def _second_moment(state: Floats, covariance: Floats) -> Floats:
    return np.asarray(np.square(state[:, 0]) + covariance[:, 0, 0])


def _percentile(grid: Floats, weight: Floats, share: float) -> float:
    order = np.argsort(grid, kind="stable")
    reached = np.cumsum(weight[order])
    return float(grid[order][min(int(np.searchsorted(reached, share)), len(grid) - 1)])


def _amounts(learned: Learned, source: str) -> Assumption:
    law = learned.amounts
    if learned.counts_only:
        return Assumption("amounts", "none: leads are counted", source, YOURS, "every lead is one unit")
    if not law.exact + law.other:
        effect = "no win says both what it brought and its potential revenue"
        return Assumption("amounts", "the potential revenue", "nothing recorded", YOURS, effect)
    if not law.other:
        effect = "nothing is added to a potential revenue"
        return Assumption("amounts", "the potential revenue", f"{source}, n = {law.exact:,}", YOURS, effect)
    same, ratio = law.exact / (law.exact + law.other), float(np.exp(law.log_mean))
    error = ratio * law.log_sd / law.other**0.5
    value = f"{same:.0%} bring their PR; others x {ratio:.2f} +- {error:.2f}, sd {law.log_sd:.2f}"
    effect = "what a win brings in units of its PR"
    return Assumption("amounts", value, f"{source}, n = {law.exact + law.other:,}", YOURS, effect)


def _arrivals(learned: Learned, source: str) -> Assumption:
    law = learned.arrivals
    level = float(np.exp(law.coefficients[0]))
    error = float(law.covariance[0, 0] ** 0.5)
    value = (
        f"{level:,.1f} a {learned.unit} +- {level * error:,.1f}, {np.expm1(law.coefficients[1]):+.1%} a {learned.unit}"
    )
    n = f"n = {int(law.counts.sum()):,} in {len(law.counts)} {learned.unit}s"
    return Assumption("new leads", value, f"{source}, {n}", YOURS, "new business, a component of every total")
