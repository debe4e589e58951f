"""``funnelsim backtest``: how often bands of past forecasts held what happened."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.history_options import history_options, taken_history_settings
from funnelsim.cli.report_options import add_pack, asked_pack, report_options

_HOW = ("as_json", "as_csv", "quiet", "out", "charts", "force", "threads")


@click.command("backtest")
@click.argument("history", required=False)
@click.option("--example", is_flag=True, help="Back-test on the records that ship with funnelsim.")
@click.option(
    "--every",
    type=click.Choice(["week", "month", "quarter"]),
    default="month",
    show_default=True,
    help="Step between forecasts, and length of a period.",
)
@click.option("--horizon", type=int, metavar="N", help="Periods ahead (4 weeks, 3 months or 2 quarters).")
@click.option(
    "--target",
    type=click.Choice(["pool", "total"]),
    default="pool",
    show_default=True,
    help="Wins of leads that were open then, or of those born later too.",
)
@click.option(
    "--value",
    type=click.Choice(["booked", "pr"]),
    default="booked",
    show_default=True,
    help="Count what a won lead brought, where that is recorded, or its potential revenue.",
)
@click.option(
    "--origins",
    metavar="FROM:TO",
    help="First periods of the first and last forecast, as days or months such as 2017-05:2017-10. By default from the "
    "first period with 6 whole ones behind it to the last with a whole horizon ahead.",
)
@click.option("--independent", is_flag=True, help="Show the bands that leads without shared luck would give.")
@click.option("--segment", metavar="COLUMN", help="A column known at a lead's birth, whose values have own rates.")
@click.option("--fiscal-start", type=int, default=1, metavar="MONTH", help="First month of the fiscal year (1).")
@click.option("--replications", type=int, metavar="N", help="Simulated futures of each forecast (4000).")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@history_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every score as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, answer, scores, forecasts, track record, charts.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: coverage, pit or reliability for a name like pit.png, else the bands.",
)
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(history: str | None, example: bool, **words: Any) -> None:
    """Forecast from many past days of HISTORY and score against what happened.

    HISTORY is records of leads (CSV, XLSX or Parquet): when each was born, which stages it entered, how it ended. Each
    forecast knows only what was known the day before its first period. Prints how often bands held, how little that
    many forecasts prove, how far means missed, and which rivals would have been nearer.

    \b
    Examples:
        funnelsim backtest --example
        funnelsim backtest deals.csv --every week --horizon 4
        funnelsim backtest deals.csv --target total --origins 2017-05:2017-10 --out runs/backtest
    """
    how = {name: words.pop(name) for name in _HOW}
    if example == (history is not None):
        message = "name one HISTORY, or --example." if not example else "--example stands alone."
        raise click.UsageError(message)
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    pack = asked_pack(words, how["out"])
    reading = taken_history_settings(words)
    asked = {name: one for name, one in words.items() if one is not None}
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.backtest import backtest, backtest_settings
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.saved_backtest import save_backtest
    from funnelsim.cli.compiling import say_if_compiling

    settings = backtest_settings(**asked, history=reading)
    refuse_targets(how["out"], how["charts"], replace=how["force"])
    if not how["quiet"]:
        say_if_compiling()
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = backtest(history, settings=settings, threads=how["threads"], progress=progress)
    timings = {"backtest_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_backtest(answer, how["out"], history, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.backtest_document import backtest_document
        from funnelsim.outputs.documents import canonical_json

        click.echo(canonical_json(backtest_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.backtest_document import backtest_csv

        click.echo(backtest_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.backtest_page import print_backtest

        print_backtest(answer, sys.stdout)
