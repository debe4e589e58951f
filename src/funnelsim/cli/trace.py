"""``funnelsim trace``: what happened to one lead in one future."""

from __future__ import annotations

import sys

import click


@click.command("trace")
@click.argument("scenario")
@click.option("--strategy", metavar="NAME", help="One of the scenario's strategies; its first otherwise.")
@click.option("--lead", required=True, metavar="ID", help="Id or name of an open lead, or SOURCE-DAY-NUMBER.")
@click.option("--replication", type=click.IntRange(0), default=0, show_default=True, help="Which future, from 0.")
@click.option("--seed", type=int, default=0, show_default=True, help="Root of all luck, in [0, 2**64).")
@click.option("--horizon", type=int, metavar="N", help="Whole periods to simulate; the scenario's own otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print the story as JSON, and nothing else.")
def command(
    scenario: str, strategy: str | None, lead: str, replication: int, seed: int, horizon: int | None, as_json: bool
) -> None:
    """Tell what happened to one lead in one simulated future of SCENARIO.

    Day by day: who worked it and for how long, when it stood idle and what that did to it, who passed it to whom and
    why, how it ended. It is the same lead, with the same luck, as in funnelsim simulate with that seed.

    \b
    Example:
        funnelsim trace month_end_crunch --strategy P0 --lead JKL --replication 3
    """
    from funnelsim.api.simulate import read_once, setting_of, trace
    from funnelsim.cli.compiling import say_if_compiling

    read = read_once(scenario)
    say_if_compiling()
    story = trace(read, strategy, lead=lead, replication=replication, seed=seed, horizon=horizon)
    setting = setting_of(read, strategy, replication=replication, seed=seed, horizon=horizon)
    if as_json:
        from funnelsim.outputs.documents import canonical_json
        from funnelsim.outputs.story_page import story_document

        click.echo(canonical_json(story_document(story, setting)))
        return
    from funnelsim.outputs.story_page import print_story

    print_story(story, setting, sys.stdout)
