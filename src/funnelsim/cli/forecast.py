"""``funnelsim forecast``: the main job."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.learning_options import learning_options, learning_settings
from funnelsim.cli.options import AS_OF, reading_options, share, words_as_settings
from funnelsim.cli.report_options import add_pack, asked_pack, report_options


@click.command("forecast")
@click.argument("file", required=False)
@click.option("--example", is_flag=True, help="Forecast the pipeline that ships with funnelsim.")
@AS_OF
@learning_options
@click.option("--months", type=int, metavar="N", help="Whole months to forecast (12).")
@click.option("--period", type=click.Choice(["month", "week", "quarter"]), default="month", show_default=True)
@click.option("--horizon", type=int, metavar="N", help="Whole periods to forecast (12).")
@click.option(
    "--fiscal-start", type=int, default=1, show_default=True, metavar="MONTH", help="First month of the fiscal year."
)
@click.option("--plan", metavar="AMOUNT|FILE", help="Plan of the fiscal year, such as 5M, or a CSV of period,target.")
@click.option("--actuals", metavar="FILE", help="CSV of date,amount booked so far, instead of the file's won rows.")
@click.option("--add-actuals", metavar="FILE", help="CSV of date,amount booked so far, on top of the file's won rows.")
@click.option("--by", metavar="COLUMN", help="Bands for each value of a column, such as owner or region.")
@click.option("--as-stated", is_flag=True, help="Switch every assumption of ours off.")
@click.option("--shock", type=float, metavar="SD", help="Shared shock on log-odds (0.25).")
@click.option("--group-shock", metavar="COLUMN=SD", help="One more shock, per value of a column.")
@click.option("--no-push", is_flag=True, help="Take stated close dates as they are.")
@click.option("--exact", is_flag=True, help="Add the law in closed form.")
@click.option("--replications", type=int, metavar="N", help="Simulated futures (10000).")
@click.option(
    "--precision",
    metavar="SHARE",
    help="Simulate until P10, P50 and P90 are known to this share of the mean, such as 0.5%.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the bands as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, bands, replications, leads, charts.")
@click.option("--chart", "charts", multiple=True, metavar="FILE", help="Write the fan chart as .png or .svg.")
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(file: str | None, example: bool, **words: Any) -> None:
    """Forecast the bookings of the open leads in FILE, with bands.

    Prints one row per period: what the file states, and how low or high it may go. Every assumption behind the bands is
    listed with its source; nothing in the file is dropped or filled in without a count.

    \b
    Examples:
        funnelsim forecast --example
        funnelsim forecast deals.csv --as-of 2026-06-30 --plan 5M
        funnelsim forecast deals.csv --map pr=Amount --map pc="Win %" --by owner
        funnelsim forecast deals.csv --json > forecast.json
        funnelsim forecast deals.csv --history closed.csv --plan 5M
        funnelsim forecast --history example --by owner
    """
    from funnelsim.cli.progress import progress_bar

    if example == (file is not None) and (example or words["history"] is None):
        message = "FILE and --example exclude each other." if example else "name one FILE of leads, or --example."
        raise click.UsageError(message)
    how = {name: words.pop(name) for name in ("as_json", "as_csv", "quiet", "out", "charts", "force", "threads")}
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    pack = asked_pack(words, how["out"])
    settings = _settings(words)
    started = time.perf_counter()
    from funnelsim.api.forecast import forecast
    from funnelsim.api.runs import refuse_targets, save_chart, save_run

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = forecast(
            _source(file, example, settings), settings=settings, threads=how["threads"], progress=progress
        )
    timings = {"forecast_seconds": time.perf_counter() - started}
    if how["out"]:
        source = _source(file, example, settings)
        folder = save_run(answer, how["out"], source=source, settings=settings, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _source(file: str | None, example: bool, settings: Any) -> Any:
    """Return the file of leads; None for the shipped pipeline, and for records that are the pipeline themselves."""
    if example and settings.learns:
        from funnelsim.inputs.example import example_history_leads

        return example_history_leads()
    return file


def _settings(words: dict[str, Any]) -> Any:
    """Turn the options into settings; ``--months`` is a horizon in months."""
    from funnelsim.model.settings import ForecastSettings

    months, horizon = words.pop("months"), words.pop("horizon")
    if months is not None:
        if horizon is not None or words["period"] != "month":
            message = "--months excludes --horizon and --period."
            raise click.UsageError(message)
        horizon = months
    chosen = learning_settings(words_as_settings(words))
    chosen["precision"] = share(chosen["precision"])
    if horizon is not None:
        chosen["horizon"] = horizon
    if chosen["replications"] is None:
        del chosen["replications"]
    return ForecastSettings(**chosen)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json, forecast_document

        click.echo(canonical_json(forecast_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.tables import bands_csv

        click.echo(bands_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.terminal import print_forecast

        print_forecast(answer, sys.stdout)
