"""What the user's settings assume about leads."""

from __future__ import annotations

from funnelsim.errors import Problem, ScenarioError
from funnelsim.model.assumptions import DEFAULT_SHOCK_SD, ForecastAssumptions, GroupShock, PushLaw
from funnelsim.model.settings import ForecastSettings


def assumptions_of(settings: ForecastSettings) -> ForecastAssumptions:
    """Return what the settings assume.

    Parameters
    ----------
    settings : ForecastSettings
        Shocks, pushes, or everything as stated.

    Returns
    -------
    ForecastAssumptions
        What the user set is marked as the user's.

    Raises
    ------
    ScenarioError
        If ``as_stated`` comes with an assumption, or a group shock is not written ``COLUMN=SD``.
    """
    if settings.as_stated:
        if settings.shock is not None or settings.group_shock is not None or settings.no_push:
            hint = "it switches off every assumption that --shock, --group-shock and --no-push would change"
            raise ScenarioError(Problem("forecast", "--as-stated", "given alone", "more assumptions", hint))
        return ForecastAssumptions.stated()
    yours = {
        name
        for name, chosen in (("shock", settings.shock), ("group shock", settings.group_shock))
        if chosen is not None
    }
    return ForecastAssumptions(
        shock_sd=DEFAULT_SHOCK_SD if settings.shock is None else settings.shock,
        group_shock=_group_shock(settings.group_shock),
        push=None if settings.no_push else PushLaw(),
        yours=frozenset(yours | ({"push"} if settings.no_push else set())),
    )


def _group_shock(text: str | None) -> GroupShock | None:
    if text is None:
        return None
    column, equals, number = text.rpartition("=")
    try:
        return GroupShock(column.strip(), float(number)) if equals and column.strip() else _bad_group_shock(text)
    except ValueError:
        return _bad_group_shock(text)


def _bad_group_shock(text: str) -> GroupShock:
    raise ScenarioError(Problem("forecast", "--group-shock", "written COLUMN=SD", text, "for example region=0.2"))
