"""``funnelsim completion``: words that complete themselves."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    \b
    Example:
        eval "$(funnelsim completion bash)"
    """
    from funnelsim.cli.main import main

    kind = get_completion_class(shell)
    if kind is None:
        message = f"no completion for {shell!r}"
        raise click.ClickException(message)
    click.echo(kind(main, {}, "funnelsim", "_FUNNELSIM_COMPLETE").source())
