"""``funnelsim explain``: why a saved answer is what it is."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any

import click

from funnelsim.cli.options import day
from funnelsim.cli.report_options import add_pack, asked_pack, report_options


@click.command("explain")
@click.argument("run")
@click.option("--since", metavar="RUN2", help="An earlier run: a bridge from its mean to that of RUN.")
@click.option("--window", metavar="FIRST:LAST", help="Days to explain, such as 2026-01-01:2026-12-31; the plan's.")
@click.option("--by", metavar="COLUMN", help="Groups of a column, such as owner or region, as drivers too.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the tables as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the explanation: manifest, answer, tables, charts.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: the bridge for a name like bridge.png, the tornado for tornado.png; of a "
    "simulation also the losses, for pareto.png.",
)
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(run: str, since: str | None, window: str | None, by: str | None, **how: Any) -> None:
    """Explain a saved RUN: what changed since an earlier one, what moves it, and where money sits and was lost.

    RUN is a run folder of forecast or simulate (made with --out), or the manifest.json in it. Its own files are enough:
    the bridge adds up exactly, because every step is computed again on the same luck.

    \b
    Examples:
        funnelsim explain runs/july
        funnelsim explain runs/july --since runs/june
        funnelsim explain runs/july --since runs/june --chart bridge.png --out runs/why
    """
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    pack = asked_pack(how, how["out"])
    days = _window(window)
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.explain import explain
    from funnelsim.api.explained import save_explanation, save_explanation_chart
    from funnelsim.api.runs import refuse_targets

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = explain(run, since=since, window=days, by=by, threads=how["threads"], progress=progress)
    timings = {"explain_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_explanation(answer, how["out"], run, since=since, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_explanation_chart(answer, path)
    _say(answer, how)


def _window(text: str | None) -> tuple[date, date] | None:
    """Read two days joined by a colon."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    start, end = day(first.strip() or None), day(last.strip() or None)
    if not colon or start is None or end is None:
        message = f"{text!r} is not a window; write it as 2026-01-01:2026-12-31."
        raise click.BadParameter(message, param_hint="--window")
    return start, end


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["quiet"]:
        return
    from funnelsim.api.explained import explanation_json, explanation_table, print_answer

    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json

        click.echo(canonical_json(explanation_json(answer)))
    elif how["as_csv"]:
        click.echo(explanation_table(answer), nl=False)
    else:
        print_answer(answer, sys.stdout)
