"""``funnelsim track``: archived forecasts against what was booked since."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.history_options import history_options, taken_history_settings

_HOW = ("as_json", "as_csv", "quiet", "out", "charts", "force")


@click.command("track")
@click.argument("runs", nargs=-1, required=True, metavar="RUNS...")
@click.option(
    "--actuals",
    required=True,
    metavar="FILE",
    help="What was booked since: date,amount, or leads with won rows, or records of leads.",
)
@click.option(
    "--plan", metavar="AMOUNT", help="Ask this plan of the fiscal year of every run; each run's own otherwise."
)
@history_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every band that is over as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, answer, bands, charts, and the record that "
              "forecast --track-record prints.")  # fmt: skip
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: the chance of the plan for a name like plan.png, else the bands.",
)
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
def command(runs: tuple[str, ...], actuals: str, plan: str | None, **words: Any) -> None:
    """Hold archived forecasts against what happened since.

    RUNS are folders that funnelsim forecast --out made, or the manifest.json in them. Prints how often their bands held
    what was booked, how little so few forecasts prove, and how the chance of the plan moved. Only periods that are over
    by the last day of the actuals count. Where the actuals name leads, a forecast of open leads is held against the
    bookings of its own leads only.

    \b
    Examples:
        funnelsim track runs/* --actuals bookings.csv --extract-date 2026-06-30
        funnelsim track runs/q1 runs/q2 --actuals deals.csv --plan 5M
        funnelsim track runs/* --actuals deals.csv --out runs/track --chart bands.png --chart plan.png
    """
    how = {name: words.pop(name) for name in _HOW}
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    history = taken_history_settings(words)
    started = time.perf_counter()
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.saved_track import save_track
    from funnelsim.api.track import track

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    answer = track(runs, actuals, plan=plan, history=history)
    timings = {"track_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_track(answer, how["out"], timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.track_document import track_document

        click.echo(canonical_json(track_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.track_document import track_csv

        click.echo(track_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.track_page import print_track

        print_track(answer, sys.stdout)
