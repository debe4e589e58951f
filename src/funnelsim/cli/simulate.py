"""``funnelsim simulate``: what happens to leads in a funnel."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.report_options import add_pack, asked_pack, report_options


@click.command("simulate")
@click.argument("scenario")
@click.option("--strategy", metavar="NAME", help="One of the scenario's strategies; its first otherwise.")
@click.option("--replications", type=int, metavar="N", help="Simulated futures (1000).")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@click.option("--horizon", type=int, metavar="N", help="Whole periods to simulate; the scenario's own otherwise.")
@click.option("--control", is_flag=True, help="Also estimate the mean with a twin solved exactly; say if it helps.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the bands as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, bands, replications, leads, scenario, charts.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: the funnel for a name like funnel.png, the stages by period for stages.png, "
    "else the fan of bookings.",
)
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(scenario: str, strategy: str | None, **how: Any) -> None:
    """Simulate the funnel of SCENARIO under one strategy, with bands.

    SCENARIO is a .toml or .parquet file, or the name of a shipped one (funnelsim scenario list). Prints bookings, cost
    and profit, what happens in each stage and to each team, where leads are lost, and on whose word it all rests.

    \b
    Examples:
        funnelsim simulate month_end_crunch
        funnelsim simulate month_end_crunch --strategy P3 --replications 5000 --seed 7
        funnelsim simulate mine.toml --out runs/mine --chart funnel.png
    """
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    pack = asked_pack(how, how["out"])
    from funnelsim.cli.compiling import say_if_compiling
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.saved_scenario import save_scenario_run
    from funnelsim.api.simulate import read_once, simulate

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    read = read_once(scenario)
    if not how["quiet"]:
        say_if_compiling()
    asked = {name: how[name] for name in ("replications", "seed", "horizon", "threads") if how[name] is not None}
    asked["control"] = how["control"]
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = simulate(read, strategy, progress=progress, **asked)
    timings = {"simulate_seconds": time.perf_counter() - started}
    if how["out"]:
        folder = save_scenario_run(answer, how["out"], scenario, read=read, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.simulation_document import simulation_document

        click.echo(canonical_json(simulation_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.simulation_tables import simulation_csv

        click.echo(simulation_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.simulation_page import print_simulation

        print_simulation(answer, sys.stdout)
