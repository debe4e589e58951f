"""``funnelsim rerun``: the same answer again, bit for bit."""

from __future__ import annotations

import click

DIFFERS = 1


@click.command("rerun")
@click.argument("run")
@click.option("--input", "source", metavar="FILE", help="Where the file of leads, or the scenario, is now.")
@click.option("--out", metavar="DIR", help="Save the new run.")
@click.option("--force", is_flag=True, help="Replace an earlier run in DIR.")
@click.option("--threads", type=int, metavar="N", help="Cores to use; never changes the answer.")
def command(run: str, source: str | None, out: str | None, force: bool, threads: int | None) -> None:
    """Make a saved run again from RUN (a run folder or its manifest.json) and compare.

    Ends with 0 when the content hash is the same, and with 1 when it is not, naming what differs between the machines.

    \b
    Example:
        funnelsim rerun runs/june/manifest.json
    """
    from funnelsim.api.runs import refuse_targets, rerun

    refuse_targets(out, (), replace=force)
    again = rerun(run, source=source, threads=threads)
    if out:
        folder = again.save(out, replace=force)
        click.echo(f"saved in {folder}", err=True)
    click.echo(f"then {again.saved_hash}\nnow  {again.answer.content_hash}")
    if again.same:
        click.echo("the same, bit for bit.")
        return
    for name, then, now in again.differences:
        click.echo(f"  {name}: {then} then, {now} now")
    click.echo("not the same: the answer changed.")
    raise click.exceptions.Exit(DIFFERS)
