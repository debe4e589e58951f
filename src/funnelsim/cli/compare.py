"""``funnelsim compare``: which policy is better, by how much, how sure, and why."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from funnelsim.cli.report_options import add_pack, asked_pack, report_options


@click.command("compare")
@click.argument("sources", nargs=-1, required=True, metavar="SCENARIO|RUN...")
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="NAME",
    help="A strategy to compare, repeatable; the first is the baseline. SCENARIO:NAME where scenarios share names. "
    "Every strategy otherwise.",
)
@click.option(
    "--metric",
    metavar="NAME",
    default="revenue",
    show_default=True,
    help="The score that decides: revenue, profit, cost, wins, neglect_days or first_win_days.",
)
@click.option(
    "--precision",
    metavar="TEXT",
    help="Simulate until it is known which one is better (sign), or by how much within a share of the baseline's mean "
    "(2%) or an amount (50k).",
)
@click.option("--replications", type=int, metavar="N", help="Simulated futures of each (1000).")
@click.option("--seed", type=int, metavar="N", help="Root of all luck, in [0, 2**64) (0).")
@click.option("--horizon", type=int, metavar="N", help="Whole periods to simulate; the scenario's own otherwise.")
@click.option(
    "--null-twin",
    "null_twins",
    multiple=True,
    metavar="MECHANISM|all",
    help="Compare again with a mechanism's strength at 0 and its cost left on, repeatable.",
)
@click.option("--ledger", type=int, metavar="N", help="Futures in which every lead is followed (25).")
@click.option("--no-ledger", is_flag=True, help="Follow no leads.")
@click.option(
    "--allow-different-worlds", is_flag=True, help="Compare scenarios that differ in more than strategies; list it."
)
@click.option("--confidence", metavar="SHARE", help="Of every interval, such as .95 or 95% (.95).")
@click.option("--control", is_flag=True, help="Also estimate differences with a twin solved exactly; say if it helps.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the score cards as CSV, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--out", metavar="DIR", help="Save the run: manifest, answer, replications, scenarios, charts.")
@click.option(
    "--chart",
    "charts",
    multiple=True,
    metavar="FILE",
    help="Write a chart as .png or .svg: the score card for a name like scores.png, the null twins for twins.png, else "
    "the difference over time.",
)
@report_options
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(sources: tuple[str, ...], **how: Any) -> None:
    """Say which strategy is better, by how much, how sure that is, and why.

    Each SCENARIO is a .toml or .parquet file, or the name of a shipped one (funnelsim scenario list). Every strategy
    gets the same leads with the same luck, and is held against the first one. A RUN is a folder saved by simulate or
    forecast: two as-of days, two sets of assumptions.

    \b
    Examples:
        funnelsim compare month_end_crunch --strategy P0 --strategy P3
        funnelsim compare month_end_crunch --null-twin neglect --precision sign
        funnelsim compare mine.toml changed.toml --allow-different-worlds --out runs/both
        funnelsim compare runs/june runs/july
    """
    _refuse_mixtures(how)
    pack = asked_pack(how, how["out"])
    from funnelsim.cli.compiling import say_if_compiling
    from funnelsim.cli.options import share
    from funnelsim.cli.progress import progress_bar

    started = time.perf_counter()
    from funnelsim.api.compare import compare
    from funnelsim.api.runs import refuse_targets, save_chart, save_run
    from funnelsim.model.compare_settings import DEFAULT_LEDGER, CompareSettings

    refuse_targets(how["out"], how["charts"], replace=how["force"])
    confidence = share(how["confidence"], "--confidence")
    ledger = 0 if how["no_ledger"] else DEFAULT_LEDGER if how["ledger"] is None else how["ledger"]
    asked = {
        name: how[name]
        for name in ("metric", "precision", "null_twins", "allow_different_worlds", "control", "threads")
    }
    asked |= {name: how[name] for name in ("replications", "seed", "horizon")}
    if confidence is not None:
        asked["confidence"] = confidence
    if not how["quiet"]:
        say_if_compiling()
    with progress_bar(hidden=how["as_json"] or how["as_csv"] or how["quiet"]) as progress:
        answer = compare(sources, how["strategies"], ledger=ledger, progress=progress, **asked)
    timings = {"compare_seconds": time.perf_counter() - started}
    if how["out"]:
        settings = CompareSettings.of(answer, how["strategies"], ledger)
        folder = save_run(answer, how["out"], source=sources, settings=settings, timings=timings, replace=how["force"])
        if not how["quiet"]:
            click.echo(f"saved in {folder}", err=True)
        add_pack(folder, pack, quiet=how["quiet"])
    for path in how["charts"]:
        save_chart(answer, path)
    _say(answer, how)


def _refuse_mixtures(how: dict[str, Any]) -> None:
    if how["as_json"] + how["as_csv"] + how["quiet"] > 1:
        message = "--json, --csv and --quiet exclude each other."
        raise click.UsageError(message)
    if not how["null_twins"] and any(path.lower().endswith(("twins.png", "twins.svg")) for path in how["charts"]):
        message = "a chart of null twins needs --null-twin."
        raise click.UsageError(message)
    if how["no_ledger"] and how["ledger"] is not None:
        message = "--ledger and --no-ledger exclude each other."
        raise click.UsageError(message)


def _say(answer: Any, how: dict[str, Any]) -> None:
    if how["as_json"]:
        from funnelsim.outputs.comparison_document import comparison_document
        from funnelsim.outputs.documents import canonical_json

        click.echo(canonical_json(comparison_document(answer)))
    elif how["as_csv"]:
        from funnelsim.outputs.comparison_tables import comparison_csv

        click.echo(comparison_csv(answer), nl=False)
    elif not how["quiet"]:
        from funnelsim.outputs.comparison_page import print_comparison

        print_comparison(answer, sys.stdout)
