"""``python -m funnelsim`` and the ``funnelsim`` command."""

from __future__ import annotations

import sys

from funnelsim.cli.main import run_command


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    run()
