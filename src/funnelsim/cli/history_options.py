"""Options that say how a file of records is read, shared by the commands that learn from one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from funnelsim.cli.options import day, pairs

if TYPE_CHECKING:
    from funnelsim.model.history_settings import HistorySettings

Command = TypeVar("Command", bound=Callable[..., Any])

BOUNDS = (
    click.option(
        "--exposure-from",
        metavar="YYYY-MM-DD",
        callback=lambda *given: day(given[2]),
        help="First day from which on every event is in the records; inferred by default.",
    ),
    click.option(
        "--extract-date",
        "extract",
        metavar="YYYY-MM-DD",
        callback=lambda *given: day(given[2]),
        help="Last day of the records; the day of their last event by default.",
    ),
)

READING = (
    click.option("--map", "mapping", multiple=True, metavar="FIELD=HEADER", help="Read a field from this column."),
    click.option(
        "--with",
        "beside",
        multiple=True,
        metavar="FILE",
        help="A table of stage entries, or of snapshots of what was stated, that belongs to the records.",
    ),
    *BOUNDS,
    click.option(
        "--pc", type=click.Choice(["percent", "fraction"]), help="How probabilities in snapshots are written."
    ),
    click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of day and month in dates like 3/4/2026."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark of amounts."),
    click.option("--currency", metavar="CODE", help="Currency of the answer; none is ever guessed."),
    click.option(
        "--rate", "rates", multiple=True, metavar="CODE=PRICE", help="Price of another currency, such as EUR=1.08."
    ),
    click.option(
        "--timezone", metavar="ZONE", help="Zone on whose clock moments with an offset are read; UTC by default."
    ),
    click.option("--round-cents", is_flag=True, help="Round amounts finer than a cent, and count them."),
    click.option("--sheet", metavar="NAME", help="Worksheet of an Excel file."),
    click.option("--encoding", metavar="NAME", help="Text encoding, when it cannot be told from the bytes."),
)

NAMES = (
    "mapping",
    "beside",
    "exposure_from",
    "extract",
    "pc",
    "dates",
    "decimal",
    "currency",
    "rates",
    "timezone",
    "round_cents",
    "sheet",
    "encoding",
)


def history_options(command: Command) -> Command:
    """Add the options that say how records are read.

    Parameters
    ----------
    command : callable
        A click command's function.

    Returns
    -------
    callable
        The same function with options.
    """
    for option in reversed(READING):
        command = option(command)
    return command


def taken_history_settings(words: dict[str, Any]) -> HistorySettings:
    """Take the options of :func:`history_options` out of a command's words.

    Parameters
    ----------
    words : dict
        Options by name; those of the records are removed.

    Returns
    -------
    HistorySettings
        What they say.
    """
    from funnelsim.model.history_settings import HistorySettings

    given = {name: words.pop(name) for name in NAMES}
    given["mapping"] = pairs("--map", given["mapping"])
    given["rates"] = pairs("--rate", given["rates"])
    given["beside"] = tuple(given["beside"])
    return HistorySettings(**given)
