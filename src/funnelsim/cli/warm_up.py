"""``funnelsim warm-up``: compile now instead of at the first forecast."""

from __future__ import annotations

import click


@click.command("warm-up")
def command() -> None:
    """Compile the kernels once, so that the first forecast is fast.

    The compiled kernels are kept in the user's cache folder (NUMBA_CACHE_DIR overrides it) until the next version.
    """
    from funnelsim.api.warm import warm_up

    report = warm_up()
    where = f"kept in {report.folder}" if report.cached else "not kept: the cache folder cannot be written"
    click.echo(f"compiled in {report.seconds:.1f} s; {where}")
