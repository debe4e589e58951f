"""What the user's settings assume about leads."""

from __future__ import annotations

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
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
        If ``as_stated`` comes with an assumption, a group shock is not written ``COLUMN=SD``, or options of records
        come without records or with assumptions that records replace.
    """
    raise_if_any(_record_problems(settings), ScenarioError)
    if settings.learns:
        return ForecastAssumptions(shock_sd=0.0, push=None)
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


def _record_problems(settings: ForecastSettings) -> list[Problem]:
    """Return what does not go together with records, or without them."""
    if settings.history is not None and settings.model is not None:
        hint = "--history learns anew, --model takes what calibrate learned"
        return [Problem("forecast", "--history and --model", "given one without the other", "both", hint)]
    if settings.learns:
        replaced = {
            "--as-stated": settings.as_stated,
            "--shock": settings.shock is not None,
            "--group-shock": settings.group_shock is not None,
            "--no-push": settings.no_push,
        }
        hint = "records say when leads close and how far periods stray; --independent shows leads that share nothing"
        found = [
            Problem("forecast", option, "left out where records are learned from", Shown("given"), hint)
            for option, given in replaced.items()
            if given
        ]
        if settings.exact:
            hint = "mean and spread are held against the closed form on every run"
            found.append(Problem("forecast", "--exact", "left out with records", Shown("given"), hint))
    else:
        needing = {
            "--history-map": settings.history_map,
            "--history-with": settings.history_with,
            "--exposure-from": settings.exposure_from,
            "--extract-date": settings.extract_date,
            "--segment": settings.segment,
            "--no-new-business": not settings.new_business,
            "--independent": settings.independent,
        }
        hint = "name the records: --history FILE; without them, --shock 0 makes leads independent"
        found = [
            Problem("forecast", option, "given together with records", Shown("alone"), hint)
            for option, given in needing.items()
            if given
        ]
    if settings.model is not None:
        reading = {
            "--history-map": settings.history_map,
            "--history-with": settings.history_with,
            "--exposure-from": settings.exposure_from,
            "--extract-date": settings.extract_date,
        }
        hint = "a model was learned already; these say how records are read and learned from"
        found += [
            Problem("forecast", o, "given with --history", Shown("--model"), hint) for o, g in reading.items() if g
        ]
    return found


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
