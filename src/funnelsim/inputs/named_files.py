"""The files that settings name beside the leads: a plan by period, actuals, records.

A manifest names them by absolute path and holds their hashes, so that a rerun from anywhere finds the same bytes or
says which changed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.example import is_example
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.model.settings import ForecastSettings

FIELDS = ("plan", "actuals", "add_actuals", "history", "model", "track_record")


def with_absolute_paths(settings: ForecastSettings) -> ForecastSettings:
    """Return the settings with the files they name as absolute paths.

    Parameters
    ----------
    settings : ForecastSettings
        Any settings; a plan that is an amount stays one.

    Returns
    -------
    ForecastSettings
        Equal in everything else.
    """
    found: dict[str, Any] = {name: str(path.resolve()) for name, path in _named(settings).items() if name in FIELDS}
    beside = tuple(str(Path(text).resolve()) for text in settings.history_with)
    return dataclasses.replace(settings, history_with=beside, **found)


def file_hashes(settings: ForecastSettings) -> dict[str, str]:
    """Return the SHA-256 of every file that the settings name.

    Parameters
    ----------
    settings : ForecastSettings
        Any settings.

    Returns
    -------
    dict of str to str
        Setting to hash; a file that is gone has none.
    """
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in _named(settings).items() if path.is_file()
    }


def table_hashes(paths: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of every table that stands beside records of leads.

    Parameters
    ----------
    paths : sequence of str
        As given with ``--with``.

    Returns
    -------
    dict of str to str
        ``with 1`` and so on to hash; a file that is gone has none.
    """
    return {
        f"with {number}": hashlib.sha256(Path(path).read_bytes()).hexdigest()
        for number, path in enumerate(paths, 1)
        if Path(path).is_file()
    }


def refuse_changed(now: Mapping[str, str], then: Mapping[str, str]) -> None:
    """Refuse files that are not what they were when a run was saved.

    Parameters
    ----------
    now, then : mapping of str to str
        From :func:`file_hashes`.

    Raises
    ------
    ScenarioError
        If one changed or is gone.
    """
    hint = "put the file back as it was; the manifest says where"
    problems = []
    for name, sha in then.items():
        if now.get(name) != sha:
            what, found = f"the file of --{name.replace('_', '-')}", Shown(now.get(name, "none")[:16])
            problems.append(Problem("manifest.json", what, f"sha256 {sha[:16]}", found, hint))
    raise_if_any(problems, ScenarioError)


def _named(settings: ForecastSettings) -> dict[str, Path]:
    texts = {name: getattr(settings, name) for name in FIELDS}
    found = {
        name: Path(text)
        for name, text in texts.items()
        if text is not None
        and not (name == "plan" and parse_amount(text) is not None)
        and not (name == "history" and is_example(text))
    }
    return found | {f"history_with {number}": Path(text) for number, text in enumerate(settings.history_with, 1)}
