"""Options for the board pack: which forms, whose template, names or no names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FORM_OPTIONS = (
    click.option("--pptx", is_flag=True, help="Slides with native charts, as board.pptx."),
    click.option("--xlsx", is_flag=True, help="A workbook with live formulas, as bands.xlsx."),
    click.option("--html", is_flag=True, help="A page that needs no network, as report.html."),
    click.option("--png", is_flag=True, help="Every chart as charts/*.png."),
    click.option("--svg", is_flag=True, help="Every chart as charts/*.svg."),
    click.option("--template", metavar="PPTX", help="A company's slides: masters, fonts and colours are taken."),
    click.option("--private", is_flag=True, help="Words that say nothing instead of every name that you gave."),
)
_FORMS = ("pptx", "xlsx", "html", "png", "svg")


def report_options(command: Command) -> Command:
    """Add the options for the board pack.

    Parameters
    ----------
    command : callable
        A click command's function.

    Returns
    -------
    callable
        The same, with one option more for each of ``FORM_OPTIONS``.
    """
    for option in reversed(FORM_OPTIONS):
        command = option(command)
    return command


def pack_words(words: dict[str, Any]) -> dict[str, Any]:
    """Take the board pack's options out of a command's words.

    Parameters
    ----------
    words : dict
        Options by name; the board pack's are removed.

    Returns
    -------
    dict
        ``forms template private``.
    """
    forms = [form for form in _FORMS if words.pop(form)]
    return {"forms": forms, "template": words.pop("template"), "private": words.pop("private")}


def asked_pack(words: dict[str, Any], out: str | None) -> dict[str, Any]:
    """Take the board pack's options out of a command's words; refuse, before anything is computed, what cannot be made.

    Parameters
    ----------
    words : dict
        Options by name; the board pack's are removed.
    out : str or None
        The run folder that is to be.

    Returns
    -------
    dict
        As :func:`pack_words` says; no forms where no pack is asked for.
    """
    pack = pack_words(words)
    if not pack["forms"] and (pack["template"] or pack["private"]):
        message = "--template and --private need a form: --pptx, --xlsx, --html, --png or --svg."
        raise click.UsageError(message)
    if pack["forms"] and out is None:
        message = "--pptx, --xlsx, --html, --png and --svg need --out DIR: the board pack is part of a saved run."
        raise click.UsageError(message)
    if pack["forms"]:
        from funnelsim.api.report import refuse_forms, refuse_template

        refuse_forms(pack["forms"], pack["template"])
        refuse_template(pack["template"])
    return pack


def add_pack(folder: Path, pack: dict[str, Any], *, quiet: bool) -> None:
    """Make the board pack of a run that was just saved.

    Parameters
    ----------
    folder : Path
        The run.
    pack : dict
        From :func:`asked_pack`.
    quiet : bool
        Whether nothing is said.
    """
    if not pack["forms"]:
        return
    from funnelsim.api.report import report

    for path in report(folder, **pack):
        if not quiet:
            click.echo(f"saved {path}", err=True)
