"""The pipeline and the records that ship with the package, and the days and plan that belong to them."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

from funnelsim.model.settings import ForecastSettings

EXAMPLE = "example_pipeline.csv"
EXAMPLE_AS_OF = date(2026, 6, 30)
EXAMPLE_PLAN = "4500000"
EXAMPLE_HISTORY = "example_history.csv"
EXAMPLE_HISTORY_BESIDE = ("example_history_snapshots.csv",)
EXAMPLE_HISTORY_PIPELINE = "example_history_pipeline.csv"
EXAMPLE_HISTORY_BEGIN = date(2024, 7, 1)
EXAMPLE_HISTORY_END = date(2026, 6, 30)


def example_leads() -> Path:
    """Return the path of the pipeline that ships with the package.

    Returns
    -------
    Path
        A CSV file of invented leads.
    """
    return _shipped(EXAMPLE)


def example_history() -> tuple[Path, tuple[Path, ...]]:
    """Return the paths of the records that ship with the package.

    Returns
    -------
    tuple of (Path, tuple of Path)
        Invented leads of two years with what became of them, and the tables beside them: what was stated at each
        month's end.  ``scenarios/make_example_history.py`` says by which laws they were made.
    """
    return _shipped(EXAMPLE_HISTORY), tuple(map(_shipped, EXAMPLE_HISTORY_BESIDE))


def is_example(text: str) -> bool:
    """Tell whether a name stands for the records that ship with the package.

    Parameters
    ----------
    text : str
        As a user gives it.

    Returns
    -------
    bool
        True for ``example``, unless there is a file of that name.
    """
    return text == "example" and not Path(text).exists()


def example_history_leads() -> Path:
    """Return the path of the pipeline that belongs to the records that ship with the package.

    Returns
    -------
    Path
        A CSV file of the leads that are open at the records' end, and of those that closed in that year.
    """
    return _shipped(EXAMPLE_HISTORY_PIPELINE)


def _shipped(name: str) -> Path:
    here = Path(__file__).parents[1]
    places = (here / "scenarios" / name, here.parent.parent / "scenarios" / name)  # installed; in a checkout
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
