"""``funnelsim optimize``: which of many designs is best."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

_ASKED = ("confidence", "seed", "start", "batch", "max_replications", "threads")


@click.command("optimize")
@click.argument("scenario")
@click.option(
    "--over",
    multiple=True,
    metavar="KEY=VALUES",
    help="A lever and the values to try: key=a,b,c, or key=low..high:n for n points.",
)
@click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help="A strategy to try; several may be given."
)
@click.option(
    "--metric",
    required=True,
    metavar="NAME",
    help="revenue, profit, cost, wins, neglect_days or first_win_days: the mean to make best.",
)
@click.option(
    "--delta",
    metavar="D",
    help="The smallest difference worth knowing: an amount such as 10k, or a share of the first design's mean such as "
    "2% (1%).",
)
@click.option("--confidence", metavar="SHARE", help="Chance of being right, such as 95% or 0.95 (95%).")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@click.option("--start", type=int, metavar="N", help="Runs of every design before the first look (20).")
@click.option("--batch", type=int, metavar="N", help="Runs of every design that is left between two looks (1).")
@click.option("--max-replications", type=int, metavar="N", help="Runs of one design, then stop undecided (10000).")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the designs as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, designs, replications, scenario, chart.")
@click.option(
    "--chart", "charts", multiple=True, metavar="FILE", help="Write the chart of differences as .png or .svg."
)
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(scenario: str, **how: Any) -> None:
    """Choose the best design of SCENARIO: strategies, and values of levers.

    SCENARIO is a .toml or .parquet file, or the name of a shipped one. Every design meets the same leads and the same
    luck; those known to be worse are dropped on the way, so that few runs suffice. Prints which is best, how sure that
    is, and when the others fell.

    \b
    Examples:
        funnelsim optimize month_end_crunch --metric profit
        funnelsim optimize month_end_crunch --over teams.sales.heads=3,4,5 --metric profit
        funnelsim optimize mine.toml --over sources.web.rate=1..3:5 --metric revenue --delta 2%
    """
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    from funnelsim.cli.compiling import say_if_compiling
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.optimize import optimize
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.saved_scenario import save_scenario_run
    from funnelsim.api.simulate import read_once

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    asked = _asked(how)
    read = read_once(scenario)
    if not how["quiet"]:
        say_if_compiling()
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = optimize(read, progress=progress, **asked)
    timings = {"optimize_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_scenario_run(answer, how["out"], scenario, read=read, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _asked(how: dict[str, Any]) -> dict[str, Any]:
    """Turn options as click hands them over into arguments of the API."""
    from funnelsim.cli.options import share
    from funnelsim.inputs.lever_words import read_levers, read_value

    levers = read_levers(how["over"], "--over")
    given = {**how, "confidence": share(how["confidence"])}
    asked = {name: given[name] for name in _ASKED if given[name] is not None}
    if how["delta"] is not None:
        value = read_value(how["delta"])
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{how['delta']!r} is no amount; write 10k or 2%."
            raise click.BadParameter(message, param_hint="--delta")
        asked["delta_share" if how["delta"].strip().endswith("%") else "delta"] = float(value)
    over = {lever.path: lever.values for lever in levers}
    return {"over": over, "metric": how["metric"], "strategies": how["strategies"], **asked}


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.selection_document import selection_document

        click.echo(canonical_json(selection_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.selection_tables import selection_csv

        click.echo(selection_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.selection_page import print_optimum

        print_optimum(answer, sys.stdout)
