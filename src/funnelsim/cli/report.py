"""``funnelsim report``: the board pack of a saved run."""

from __future__ import annotations

from typing import Any

import click

from funnelsim.cli.report_options import pack_words, report_options


@click.command("report")
@click.argument("run")
@report_options
@click.option("--out", metavar="DIR", help="Write into this new folder instead of RUN/board.")
@click.option("--force", is_flag=True, help="Replace an earlier board pack.")
def command(run: str, **words: Any) -> None:
    """Make the board pack of a saved RUN: slides, workbook, page and pictures.

    RUN is a run folder (made with --out), or the manifest.json in it. Without a form, all are made. Every form shows
    the same numbers, and each says which day, seed, version and file it stands on. Prints the files it wrote.

    \b
    Examples:
        funnelsim report runs/july
        funnelsim report runs/july --pptx --template company.pptx
        funnelsim report runs/july --html --private --out for_all
    """
    pack = pack_words(words)
    from funnelsim.api.report import FORMS, report

    pack["forms"] = pack["forms"] or list(FORMS)
    for path in report(run, **pack, out=words["out"], replace=words["force"]):
        click.echo(path)
