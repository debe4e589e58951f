"""Options that several commands share, and how their words become settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

READING = (
    click.option("--map", "mapping", multiple=True, metavar="FIELD=HEADER", help="Read a field from this column."),
    click.option("--pc", type=click.Choice(["percent", "fraction"]), help="How probabilities are written."),
    click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of day and month in dates like 3/4/2026."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark of amounts."),
    click.option("--currency", metavar="CODE", help="Currency of the answer; none is ever guessed."),
    click.option(
        "--rate", "rates", multiple=True, metavar="CODE=PRICE", help="Price of another currency, such as EUR=1.08."
    ),
    click.option("--impute", type=click.Choice(["stage"]), help="Fill in missing PCs from the lead's stage."),
    click.option("--stage-pc", multiple=True, metavar="STAGE=PC", help="PC of a stage, for --impute."),
    click.option(
        "--duplicates",
        type=click.Choice(["error", "lines"]),
        default="error",
        show_default=True,
        help="Rows with one lead id: refuse, or take them as line items of one lead.",
    ),
    click.option("--timezone", metavar="ZONE", help="Zone in which times with an offset are read; UTC by default."),
    click.option("--round-cents", is_flag=True, help="Round amounts finer than a cent, and count them."),
    click.option("--sheet", metavar="NAME", help="Worksheet of an Excel file."),
    click.option("--encoding", metavar="NAME", help="Text encoding, when it cannot be told from the bytes."),
    click.option("--allow-empty", is_flag=True, help="Go on when no row is a lead to forecast."),
)

AS_OF = click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    callback=lambda *given: day(given[2]),
    help="The day the forecast stands on; today by default.",
)


def reading_options(command: Command) -> Command:
    """Add the options that say how a file is read.

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


def day(text: str | None) -> date | None:
    """Read a day.

    Parameters
    ----------
    text : str or None
        ISO date.

    Returns
    -------
    date or None
        None for None.

    Raises
    ------
    click.BadParameter
        If it is no ISO date.
    """
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        message = f"{text!r} is not a day; write it as 2026-06-30."
        raise click.BadParameter(message) from error


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """Read repeated ``NAME=VALUE`` words.

    Parameters
    ----------
    option : str
        Its name, for messages.
    given : sequence of str
        The words.

    Returns
    -------
    dict
        Names to values.

    Raises
    ------
    click.BadParameter
        If a word has no ``=``, or a name comes twice.
    """
    found: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value:
            message = f"{word!r} must be written NAME=VALUE."
            raise click.BadParameter(message, param_hint=option)
        if name in found:
            message = f"{name!r} is given twice."
            raise click.BadParameter(message, param_hint=option)
        found[name] = value
    return found


def share(text: str | None, option: str = "--precision") -> float | None:
    """Read a share such as ``0.5%`` or ``0.005``.

    Parameters
    ----------
    text : str or None
        With or without a percent sign.
    option : str
        Its name, for messages.

    Returns
    -------
    float or None
        The share; None for None.

    Raises
    ------
    click.BadParameter
        If it is no number.
    """
    if text is None:
        return None
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError as error:
        message = f"{text!r} is not a share; write 0.5% or 0.005."
        raise click.BadParameter(message, param_hint=option) from error


def words_as_settings(words: dict[str, Any]) -> dict[str, Any]:
    """Turn reading options as click hands them over into fields of the settings.

    Parameters
    ----------
    words : dict
        Options by name.

    Returns
    -------
    dict
        The same, with pairs as mappings.
    """
    settings = dict(words)
    for name, option in (("mapping", "--map"), ("rates", "--rate"), ("stage_pc", "--stage-pc")):
        settings[name] = pairs(option, settings.pop(name))
    return settings
