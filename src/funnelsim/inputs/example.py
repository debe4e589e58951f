"""The pipeline that ships with the package, and the day and plan that belong to it."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

from funnelsim.model.settings import ForecastSettings

EXAMPLE = "example_pipeline.csv"
EXAMPLE_AS_OF = date(2026, 6, 30)
EXAMPLE_PLAN = "4500000"


def example_leads() -> Path:
    """Return the path of the pipeline that ships with the package.

    Returns
    -------
    Path
        A CSV file of invented leads.
    """
    here = Path(__file__).parents[1]
    places = (here / "scenarios" / EXAMPLE, here.parent.parent / "scenarios" / EXAMPLE)  # installed; in a checkout
    return next(place for place in places if place.is_file())


def with_example_defaults(settings: ForecastSettings, given: ForecastSettings) -> ForecastSettings:
    """Return the settings with the example's own as-of day and plan where the user gave none.

    Parameters
    ----------
    settings : ForecastSettings
        To be completed.
    given : ForecastSettings
        As the user gave them.

    Returns
    -------
    ForecastSettings
        The plan is the example's only on its own as-of day and over months that reach the end of its year.
    """
    chosen = dataclasses.replace(settings, as_of=given.as_of or EXAMPLE_AS_OF)
    fits = (
        chosen.as_of == EXAMPLE_AS_OF and chosen.period == "month" and chosen.horizon >= 6 and chosen.fiscal_start == 1
    )
    return dataclasses.replace(chosen, plan=EXAMPLE_PLAN) if chosen.plan is None and fits else chosen
