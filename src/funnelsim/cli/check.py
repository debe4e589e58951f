"""``funnelsim check``: whether a file is fit to forecast."""

from __future__ import annotations

import sys
from typing import Any

import click

from funnelsim.cli.options import AS_OF, reading_options, words_as_settings


@click.command("check")
@click.argument("file")
@AS_OF
@reading_options
def command(file: str, **words: Any) -> None:
    """Say whether FILE is fit to forecast, and how it was read.

    Prints which column was understood as what and on which evidence, what would be left out or filled in, and what in
    the records deserves a second look. All problems come at once.

    \b
    Example:
        funnelsim check deals.csv --as-of 2026-06-30
    """
    settings = words_as_settings(words)
    from funnelsim.api.forecast import dated, quality_notes, read_leads
    from funnelsim.model.settings import ForecastSettings
    from funnelsim.outputs.terminal import print_check

    chosen = dated(ForecastSettings(**settings))
    table = read_leads(file, settings=chosen)
    print_check(table, sys.stdout, as_of=chosen.as_of, quality=quality_notes(table, chosen))
