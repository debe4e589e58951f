"""``funnelsim calibrate``: what your own records say."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.history_options import history_options, taken_history_settings

_HOW = ("as_json", "as_csv", "quiet", "out", "charts", "force", "model", "scenario")


@click.command("calibrate")
@click.argument("history", required=False)
@click.option("--example", is_flag=True, help="Learn from the records that ship with funnelsim.")
@click.option("-o", "--output", "model", metavar="MODEL", help="Write the model that forecast --model uses.")
@click.option(
    "--scenario",
    metavar="FILE.toml",
    help="Write a scenario that simulate runs: your stages, arrivals, PR and shocks; assumptions of ours for the rest.",
)
@click.option(
    "--every",
    type=click.Choice(["month", "week", "quarter"]),
    default="month",
    show_default=True,
    help="Periods in which shocks and arrivals are counted.",
)
@click.option(
    "--segment",
    "segments",
    multiple=True,
    metavar="COLUMN",
    help="A column such as owner or product whose values are told apart, repeatable.",
)
@click.option("--fiscal-start", type=int, default=1, metavar="MONTH", help="First month of the fiscal year (1).")
@click.option("--track-record", metavar="RUN", help="A saved back-test, whose track record travels with the model.")
@history_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every figure as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, answer, figures, model, charts.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: time, stated or segments for a name like time.png, else the conversion.",
)
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR, and an earlier scenario.")
def command(history: str | None, example: bool, **words: Any) -> None:
    """Say what the records in HISTORY say: conversion, times, arrivals, shared luck, each with its interval.

    HISTORY is records of leads (CSV, XLSX or Parquet): when each was born, which stages it entered, how it ended. Leads
    that are still open, or were born before the records begin, count for as long as they were seen. Few leads are never
    refused: their figures are wide, and the page says so.

    \b
    Examples:
        funnelsim calibrate --example --segment owner
        funnelsim calibrate deals.csv --with snapshots.csv -o deals.model.json
        funnelsim calibrate deals.csv --scenario deals.toml
    """
    how = {name: words.pop(name) for name in _HOW}
    if example == (history is not None):
        message = "name one HISTORY, or --example." if not example else "--example stands alone."
        raise click.UsageError(message)
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    reading = taken_history_settings(words)
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.calibrate import calibrate_records, read_records
    from funnelsim.api.calibrated_scenario import refuse_scenario
    from funnelsim.api.runs import refuse_targets
    from funnelsim.model.calibration_settings import CalibrateSettings

    settings = CalibrateSettings(**{**words, "segments": tuple(words["segments"])}, history=reading)
    refuse_targets(how["out"], how["charts"], replace=how["force"])
    refuse_scenario(how["scenario"], replace=how["force"])
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"], doing="learning") as progress:
        records = read_records(history, reading)
        progress(0.5)
        answer = calibrate_records(records, settings, progress=lambda share: progress(0.5 * share))
    timings = {"calibrate_seconds": time.perf_counter() - started}
    _keep(answer, records, history, how, timings)
    _say(answer, how)


def _keep(answer: Any, records: Any, history: str | None, how: dict[str, Any], timings: dict[str, float]) -> None:
    """Write what was asked for: run folder, model, scenario, charts."""
    from funnelsim.api.calibrate import write_model
    from funnelsim.api.calibrated_scenario import write_scenario
    from funnelsim.api.runs import save_chart
    from funnelsim.api.saved_calibration import save_calibration

    written = []
    if how["out"]:
        folder = save_calibration(answer, how["out"], history, timings=timings, replace=how["force"])
        written.append(f"saved in {folder}")
    if how["model"]:
        write_model(answer, how["model"])
        written.append(f"model written to {how['model']}: funnelsim forecast FILE --model {how['model']}")
    if how["scenario"]:
        paths = write_scenario(answer, records, how["scenario"], replace=how["force"])
        written.append(f"scenario written to {' and '.join(map(str, paths))}: funnelsim simulate {paths[0]}")
    for path in how["charts"]:
        save_chart(answer, path)
    if not how["quiet"]:
        for line in written:
            click.echo(line, err=True)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.calibration_document import calibration_document
        from funnelsim.outputs.documents import canonical_json

        click.echo(canonical_json(calibration_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.calibration_document import calibration_csv

        click.echo(calibration_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.calibration_page import print_calibration

        print_calibration(answer, sys.stdout)
