"""``funnelsim sweep``: many designs of a scenario, and what each lever does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

_ASKED = ("lhs", "sobol", "strategies", "metric", "replications", "seed", "horizon", "threads", "designs", "out")


@click.command("sweep")
@click.argument("scenario")
@click.option(
    "--set",
    "levers",
    multiple=True,
    metavar="KEY=VALUES",
    help="A lever: key=a,b,c, or key=low..high:n for n points; key=low..high with --lhs or --sobol.",
)
@click.option("--lhs", type=int, metavar="N", help="Draw N designs by Latin hypercube, not every combination.")
@click.option("--sobol", type=int, metavar="N", help="Draw N designs by scrambled Sobol points.")
@click.option("--designs", metavar="FILE", help="Take the designs from a table: a row each, a column a key.")
@click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help="A strategy to simulate; several may be given."
)
@click.option("--metric", metavar="NAME", help="The score that decides, such as revenue, p10 or wins (profit).")
@click.option("--replications", type=int, metavar="N", help="Simulated futures of each design (200).")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck and designs, in [0, 2**64).")
@click.option("--horizon", type=int, metavar="N", help="Whole periods to simulate; the scenario's own otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every score of every design as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run. Killed half way, the same command goes on where it stood.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: the map of two levers for a name like map.png, else the responses.",
)
@click.option("--force", is_flag=True, help="Replace an earlier run, or an unfinished sweep, in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(scenario: str, **how: Any) -> None:
    """Simulate many designs of SCENARIO and tell which lever matters.

    SCENARIO is a .toml or .parquet file, or the name of a shipped one. Every design meets the same leads and the same
    luck. Prints which does best and how sure that is, the best ten, and what each lever does by itself.

    \b
    Examples:
        funnelsim sweep month_end_crunch --set teams.sales.heads=3,4,5 --strategy P1 --strategy P4
        funnelsim sweep mine.toml --set teams.sales.heads=4..12 --set market.fit=0.2..0.5 --lhs 99
        funnelsim sweep mine.toml --designs designs.parquet --metric p10 --chart responses.png
    """
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    from funnelsim.api.runs import refuse_targets, save_chart
    from funnelsim.api.sweep import sweep
    from funnelsim.cli.compiling import say_if_compiling
    from funnelsim.cli.progress import progress_bar

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    asked = {name: how[name] for name in _ASKED if how[name] not in (None, ())}
    if not how["quiet"]:
        say_if_compiling()

    def say(words: str) -> None:
        if not how["quiet"]:
            click.echo(words, err=True)

    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = sweep(scenario, how["levers"], replace=how["force"], progress=progress, say=say, **asked)
    if how["out"]:
        say(f"saved in {Path(how['out']).resolve()}")
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.sweep_document import sweep_document

        click.echo(canonical_json(sweep_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.sweep_tables import sweep_csv

        click.echo(sweep_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.sweep_page import print_sweep

        print_sweep(answer, sys.stdout)
