"""Options of ``forecast`` that let records speak: which records, how they are read, and what is taken from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from funnelsim.cli.options import day, pairs

Command = TypeVar("Command", bound=Callable[..., Any])

LEARNING = (
    click.option(
        "--history",
        metavar="FILE",
        help="Records of past leads to learn chances, times, shocks and new business from; 'example' for shipped ones. "
        "Without FILE of leads, those still open in the records are forecast.",
    ),
    click.option("--model", metavar="FILE", help="What calibrate learned from records, instead of --history."),
    click.option(
        "--history-map", multiple=True, metavar="FIELD=HEADER", help="Read a field of the records from this column."
    ),
    click.option(
        "--history-with",
        multiple=True,
        metavar="FILE",
        help="A table of stage entries, or of snapshots of what was stated, that belongs to the records.",
    ),
    click.option(
        "--exposure-from",
        metavar="YYYY-MM-DD",
        callback=lambda *given: day(given[2]),
        help="First day from which on every event is in the records; inferred by default.",
    ),
    click.option(
        "--extract-date",
        metavar="YYYY-MM-DD",
        callback=lambda *given: day(given[2]),
        help="Last day of the records; the day of their last event by default.",
    ),
    click.option("--segment", metavar="COLUMN", help="A column known at a lead's birth, whose values have own rates."),
    click.option("--no-new-business", is_flag=True, help="Forecast open leads only, though records say how many come."),
    click.option(
        "--independent", is_flag=True, help="Learned rates at their means, and leads that share nothing: narrow bands."
    ),
    click.option(
        "--track-record", metavar="RUN", help="Print how earlier forecasts did: a saved run of backtest or of track."
    ),
)


def learning_options(command: Command) -> Command:
    """Add the options that let records speak.

    Parameters
    ----------
    command : callable
        A click command's function.

    Returns
    -------
    callable
        The same function with options.
    """
    for option in reversed(LEARNING):
        command = option(command)
    return command


def learning_settings(words: dict[str, Any]) -> dict[str, Any]:
    """Turn these options as click hands them over into fields of the settings.

    Parameters
    ----------
    words : dict
        Options by name.

    Returns
    -------
    dict
        The same, with pairs as a mapping and files as a tuple.
    """
    chosen = dict(words)
    chosen["history_map"] = pairs("--history-map", chosen.pop("history_map"))
    chosen["history_with"] = tuple(chosen["history_with"])
    chosen["new_business"] = not chosen.pop("no_new_business")
    return chosen
