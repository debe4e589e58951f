"""The front door: which commands there are, and what each way of ending means as an exit code.

0 done - 1 the data or the request cannot be used - 2 the command line was written wrong - 70 our bug - 74 a result
could not be written - 75 not enough memory - 130 Ctrl-C.  Commands are imported when they are called, so that
``--help`` costs no more than reading the words.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from funnelsim import __version__
from funnelsim.cli.interrupts import Interrupts, noted_interrupts
from funnelsim.errors import FunnelsimError

OUR_BUG = 70
NOT_WRITTEN = 74
NO_MEMORY = 75
CTRL_C = 130

COMMANDS = {
    "check": ("funnelsim.cli.check", "Say whether FILE is fit to forecast, and how it was read."),
    "forecast": ("funnelsim.cli.forecast", "Forecast the bookings of the open leads in FILE, with bands."),
    "simulate": ("funnelsim.cli.simulate", "Simulate the funnel of SCENARIO under one strategy, with bands."),
    "compare": ("funnelsim.cli.compare", "Say which strategy is better, by how much, how sure that is, and why."),
    "trace": ("funnelsim.cli.trace", "Tell what happened to one lead in one simulated future of SCENARIO."),
    "optimize": ("funnelsim.cli.optimize", "Choose the best of many designs of SCENARIO, with few runs."),
    "sweep": ("funnelsim.cli.sweep", "Simulate many designs of SCENARIO and tell which lever matters."),
    "plan": ("funnelsim.cli.plan", "Find the smallest change that reaches the chance of a goal."),
    "explain": ("funnelsim.cli.explain", "Explain a saved RUN: what changed since an earlier one, what moves it."),
    "report": ("funnelsim.cli.report", "Make the board pack of a saved RUN: slides, workbook, page and pictures."),
    "calibrate": (
        "funnelsim.cli.calibrate",
        "Say what the records in HISTORY say, each figure with its interval.",
    ),
    "backtest": ("funnelsim.cli.backtest", "Forecast from many past days of HISTORY and score against what happened."),
    "track": ("funnelsim.cli.track", "Hold archived forecasts against what was booked since."),
    "scenario": (
        "funnelsim.cli.scenario",
        "Make and show scenario files, pack and unpack them, list the shipped ones.",
    ),
    "rerun": ("funnelsim.cli.rerun", "Make a saved run again and compare, bit for bit."),
    "warm-up": ("funnelsim.cli.warm_up", "Compile the kernels once, so that the first forecast is fast."),
    "completion": ("funnelsim.cli.completion", "Print the script that completes commands in your shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; their one-line help is kept here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, imported now; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name ends with the nearest known one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="funnelsim")
def main() -> None:
    """Tell what your leads will bring, month by month, and how sure that is.

    \b
    Start here:
        funnelsim forecast --example
        funnelsim check deals.csv
        funnelsim forecast deals.csv --plan 5M
        funnelsim simulate month_end_crunch
        funnelsim compare month_end_crunch --strategy P0 --strategy P3
    """


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line and say how it ended.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name.

    Returns
    -------
    int
        The exit code; messages went to standard error.
    """
    with noted_interrupts() as interrupts:
        return _run(arguments, interrupts)


def _run(arguments: Sequence[str], interrupts: Interrupts) -> int:
    try:
        code = main.main(list(arguments), prog_name="funnelsim", standalone_mode=False)
        if sys.stdout is not None:  # closed by the shell's >&-
            sys.stdout.flush()  # a full disk must be met here, not while Python shuts down
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _stopped()
    except FunnelsimError as error:
        _complain(error)
        return error.exit_code
    except MemoryError:
        click.echo("funnelsim: memory ran out.\n  hint: ask for fewer replications or periods.", err=True)
        return NO_MEMORY
    except (BrokenPipeError, SystemExit):  # the reader of our output went away, as `| head` does; click exits on it
        _forget_output()
        return 0
    except OSError as error:  # files are read and written by code that says so itself: this is standard output
        _forget_output()
        if interrupts.happened:
            return _stopped()
        click.echo(f"funnelsim: the output must be written whole; got {error.strerror or error}.", err=True)
        return NOT_WRITTEN
    except Exception:
        return _stopped() if interrupts.happened else _our_bug()
    # click hands back the code of a command that ended early, and what a command returned, which is nothing
    return code if isinstance(code, int) else 0


def _complain(error: FunnelsimError) -> None:
    """Say what is wrong; a file's name or a header may hold what steers a terminal."""
    from funnelsim.outputs.plain_text import plain

    click.echo("\n".join(map(plain, f"funnelsim: {error}".split("\n"))), err=True)


def _stopped() -> int:
    click.echo("stopped: nothing is left half written.", err=True)
    return CTRL_C


def _forget_output() -> None:
    """Send what is still in the buffer nowhere, so that Python's own shutdown does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _our_bug() -> int:
    import traceback

    traceback.print_exc()
    click.echo(f"\nfunnelsim {__version__}: this is a bug of ours. Please report it with the lines above.", err=True)
    return OUR_BUG
