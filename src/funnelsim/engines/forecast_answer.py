"""From simulated bookings to everything that is said about them: bands, plan, the leads that matter, checks, a hash.

Forecasts from stated chances and from records end here alike, so that both are checked and hashed by the same rules.

What it leaves out: where the chances come from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import moments_of
from funnelsim.engines.closed_form import WindowMoments
from funnelsim.engines.forecast_figures import actual_bookings, by_period, period_bands, stated_values
from funnelsim.engines.lead_effects import Simulated, lead_effects, without_largest
from funnelsim.engines.plan_chance import booked_in, plan_outcome, plan_totals
from funnelsim.engines.plan_coverage import plan_coverage
from funnelsim.engines.self_check import self_check
from funnelsim.errors import CheckFailed, Problem, Shown
from funnelsim.model.leads import LeadTable
from funnelsim.model.learned_answer import LearnedAnswer
from funnelsim.model.money import rounded
from funnelsim.model.proofs import ExactAnswer, Precision
from funnelsim.model.request import ForecastRequest
from funnelsim.model.results import Beyond, Component, Forecast, GroupBands, LeadDrivers, Overdue

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Walked:
    """A simulated forecast, before anything is said about it.

    Attributes
    ----------
    simulated : Simulated
        The open leads' book and its replications; totals of all components.
    bookings : int64, (replication, bin + 1)
        All components, minor units.
    windows : bool, (window, bin + 1)
        From :func:`funnelsim.engines.windows.all_windows`.
    moments : WindowMoments
        Of all components, in closed form.
    precision : Precision or None
        None without ``--precision``.
    ratio : float or None
        Width of the 80 % band over that of independent leads.
    optimism_mean : float
        Mean if stated PCs were as over-optimistic as published ones.
    drivers : LeadDrivers
        What each row was lowered to.
    groups : tuple of GroupBands
        Bands by column.
    exact : ExactAnswer or None
        None without ``--exact``.
    components : tuple of Component
        Parts that add up; empty where there are only open leads with stated chances.
    learned : LearnedAnswer or None
        None without records.
    worth : sequence of Fraction, (row,), or None
        By what leads are ranked; PR times stated PC for None.
    """

    simulated: Simulated
    bookings: Ints
    windows: Bools
    moments: WindowMoments
    precision: Precision | None
    ratio: float | None
    optimism_mean: float
    drivers: LeadDrivers
    groups: tuple[GroupBands, ...] = ()
    exact: ExactAnswer | None = None
    components: tuple[Component, ...] = ()
    learned: LearnedAnswer | None = None
    worth: Sequence[Fraction] | None = None


def answered(table: LeadTable, request: ForecastRequest, walked: Walked) -> Forecast:
    """Return the answer.

    Parameters
    ----------
    table : LeadTable
        The leads as read.
    request : ForecastRequest
        What is asked.
    walked : Walked
        What was simulated.

    Returns
    -------
    Forecast
        Checked and hashed.

    Raises
    ------
    CheckFailed
        If a simulated mean is 5 or more standard errors from the exact one: a bug of ours.
    """
    leads, calendar, bookings, moments = table.leads, request.calendar, walked.bookings, walked.moments
    stated = stated_values(leads, calendar)
    bands = period_bands(calendar, bookings, walked.windows, moments.mean, stated)
    count = len(calendar.periods)
    actuals = actual_bookings(table, request)
    plan = plan_totals(request.plan, calendar, bookings, actuals) if request.plan else None
    outcome = plan_outcome(request.plan, plan, calendar, bookings, actuals) if request.plan and plan else None
    actual_rows, actual_amount = booked_in(actuals, calendar.fiscal_year)
    beyond_mean = moments_of(np.ascontiguousarray(bookings[:, -1])).mean
    answer = Forecast(
        table=table,
        calendar=calendar,
        assumptions=request.assumptions,
        seed=request.seed,
        replications=len(bookings),
        periods=bands[:count],
        cumulative=bands[count:],
        total=bands[-1],
        beyond=Beyond(rounded(stated.beyond), float(moments.mean[-1]), beyond_mean),
        overdue=Overdue(stated.overdue_rows, rounded(stated.overdue)),
        expected_value=rounded(leads.expected_value()),
        actuals=actual_amount,
        actual_rows=actual_rows,
        plan=outcome,
        independent_band_ratio=walked.ratio,
        optimism_mean=walked.optimism_mean,
        lead_effects=lead_effects(leads, walked.simulated, plan, walked.worth),
        without_largest=without_largest(leads, calendar, walked.simulated, walked.worth),
        by=request.by,
        groups=walked.groups,
        check=self_check(
            np.array([*(band.mean for band in bands), beyond_mean]),
            moments.mean,
            moments.variance,
            moments.largest_lead,
            len(bookings),
        ),
        precision=walked.precision,
        exact=walked.exact,
        content_hash="",
        bookings=by_period(bookings, calendar),
        drivers=walked.drivers,
        booked=actuals,
        components=walked.components,
        learned=walked.learned,
        track_record=request.track_record,
        coverage=plan_coverage(leads, outcome, calendar, bookings, walked.components) if outcome else None,
    )
    _refuse_failed(answer)
    return replace(answer, content_hash=content_hash(answer))


def _refuse_failed(answer: Forecast) -> None:
    if not answer.check.passed:
        rule = "within 5 standard errors of the exact mean"
        hint = "this is a bug of funnelsim: please report it with the manifest"
        got = Shown(f"a distance of {answer.check.max_z:.1f}")
        raise CheckFailed(Problem("forecast", "simulated mean", rule, got, hint))


def content_hash(answer: Forecast) -> str:
    """Return the fingerprint of an answer: equal inputs give equal fingerprints, whatever the threads and blocks.

    Parameters
    ----------
    answer : Forecast
        Its own ``content_hash`` is not part of it.

    Returns
    -------
    str
        SHA-256 as hex, over the bookings and every figure drawn from them.
    """
    parts = {
        "seed": answer.seed,
        "bands": [asdict(band) for band in (*answer.periods, *answer.cumulative)],
        "beyond": asdict(answer.beyond),
        "expected_value": answer.expected_value,
        "plan": asdict(answer.plan) if answer.plan else None,
        "ratio": answer.independent_band_ratio,
        "effects": [asdict(effect) for effect in answer.lead_effects],
        "groups": [
            [group.value, asdict(group.total), [asdict(band) for band in group.periods]] for group in answer.groups
        ],
    }
    if answer.learned is not None:
        parts["calibrated"] = answer.learned.calibrated.tolist()
        parts["components"] = [[one.name, asdict(one.total), asdict(one.beyond)] for one in answer.components]
    text = hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode())
    text.update(np.ascontiguousarray(answer.bookings).astype("<i8", copy=False).tobytes())
    for component in answer.components:
        text.update(np.ascontiguousarray(component.bookings).astype("<i8", copy=False).tobytes())
    return text.hexdigest()
