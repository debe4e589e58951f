"""A word to the newcomer who waits for the first simulation: kernels are compiled once, and that takes a while."""

from __future__ import annotations

import sys

import click


def say_if_compiling() -> None:
    """Say on standard error, if somebody looks at it, that the funnel's kernels are compiled now."""
    from funnelsim.api.warm import funnel_is_compiled

    if sys.stderr.isatty() and not funnel_is_compiled():
        click.echo(
            "compiling the funnel's kernels, once for this version: up to a minute (funnelsim warm-up does it ahead)",
            err=True,
        )
