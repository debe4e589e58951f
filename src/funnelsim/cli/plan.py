"""``funnelsim plan``: how much must change for the chance of a goal that is asked for."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.options import AS_OF, reading_options, words_as_settings
from funnelsim.cli.report_options import add_pack, asked_pack, report_options

_HOW = ("as_json", "as_csv", "quiet", "out", "charts", "force", "threads")
_ASKED = ("goal", "confidence", "vary", "strategy", "seed", "replications", "horizon")


@click.command("plan")
@click.argument("source", required=False, metavar="SCENARIO|FILE")
@click.option("--example", is_flag=True, help="Plan with the pipeline that ships with funnelsim.")
@click.option("--goal", metavar="AMOUNT", help="Money to be booked, such as 5M; the scenario's own goal otherwise.")
@click.option("--confidence", metavar="CHANCE", default="80%", show_default=True, help="Chance that is asked for.")
@click.option(
    "--vary",
    multiple=True,
    metavar="KEY[=lo..hi[@COST]]",
    help="What may change, repeatable. With several, each needs a range and what the way from lo to hi costs. Of a "
    "FILE: leads, pc, pr, time. All sources, or leads, otherwise.",
)
@click.option("--strategy", metavar="NAME", help="One of the scenario's strategies; its first otherwise.")
@click.option("--replications", type=int, metavar="N", help="Futures of a trial (1000; 10000 of a FILE).")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@click.option("--horizon", type=int, metavar="N", help="Whole periods; the scenario's own, or 12, otherwise.")
@AS_OF
@click.option("--period", type=click.Choice(["month", "week", "quarter"]), help="Length of a period of a FILE (month).")
@click.option("--fiscal-start", type=int, metavar="MONTH", help="First month of the fiscal year of a FILE (1).")
@click.option("--actuals", metavar="FILE", help="CSV of date,amount booked so far, instead of the file's won rows.")
@click.option("--add-actuals", metavar="FILE", help="CSV of date,amount booked so far, on top of the file's won rows.")
@click.option("--as-stated", is_flag=True, help="Switch every assumption of ours about a FILE off.")
@click.option("--shock", type=float, metavar="SD", help="Shared shock on log-odds of a FILE (0.25).")
@click.option("--group-shock", metavar="COLUMN=SD", help="One more shock, per value of a column.")
@click.option("--no-push", is_flag=True, help="Take stated close dates as they are.")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every setting tried as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, answer, settings tried, scenario, charts.")
@click.option("--chart", "charts", multiple=True, metavar="FILE", help="Write the chart as .png or .svg.")
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(source: str | None, example: bool, **words: Any) -> None:
    """Find the smallest change that reaches the chance of a goal.

    SCENARIO is a .toml or .parquet file, or the name of a shipped one (funnelsim scenario list); FILE is a file of
    leads as forecast reads it. Prints the change, what luck of its own says of it, every setting tried, and the leads,
    hours and pipeline that the goal requires by your own conversion.

    \b
    Examples:
        funnelsim plan month_end_crunch --goal 1.5M --strategy P3
        funnelsim plan mine.toml --goal 5M --confidence 80% --vary sources.web.rate
        funnelsim plan mine.toml --vary sources.web.rate=1..3@200k --vary teams.sales.heads=3..6@600k
        funnelsim plan deals.csv --as-of 2026-06-30 --goal 5M --vary leads
    """
    how = {name: words.pop(name) for name in _HOW}
    if example == (source is not None):
        message = "name one SCENARIO or FILE, or --example." if not example else "--example stands alone."
        raise click.UsageError(message)
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    pack = asked_pack(words, how["out"])
    from funnelsim.cli.compiling import say_if_compiling
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.plan import plan
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.saved_plan import save_plan
    from funnelsim.inputs.source_kinds import is_scenario

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    scenario = is_scenario(source)
    asked, reading = _split(words)
    if scenario and not how["quiet"]:
        say_if_compiling()
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = plan(source, **asked, **reading, threads=how["threads"], progress=progress)
    timings = {"plan_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_plan(answer, how["out"], source, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _split(words: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is asked, and how a file of leads is read; of the latter only what was given."""
    from funnelsim.model.settings import ForecastSettings

    plain = ForecastSettings()
    asked = {name: words.pop(name) for name in _ASKED}
    given = {name: one for name, one in words_as_settings(words).items() if one is not None}
    return asked, {name: one for name, one in given.items() if one != getattr(plain, name)}


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.goal_plan_document import goal_plan_document

        click.echo(canonical_json(goal_plan_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.goal_plan_document import goal_plan_csv

        click.echo(goal_plan_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.goal_plan_page import print_goal_plan

        print_goal_plan(answer, sys.stdout)
