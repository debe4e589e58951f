"""A progress bar for anything over a second: on standard error, only on a terminal, gone when done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

PATIENCE_SECONDS = 1.0


class _Bar:
    """Adds up shares from worker threads; shows itself once the work has taken a second."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._lock = Lock()
        self._done = 0.0
        self._started = time.monotonic()
        self._progress: Any = None
        self._task: Any = None

    def advance(self, share: float) -> None:
        with self._lock:
            self._done += share
            if self._progress is None and time.monotonic() - self._started > PATIENCE_SECONDS:
                self._open()
            if self._progress is not None:
                self._progress.update(self._task, completed=self._done % 1.0)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(self._doing, total=1.0)
        self._progress.start()

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress_bar(*, hidden: bool, doing: str = "simulating") -> Iterator[Callable[[float], None]]:
    """Show how far the simulation is.

    Parameters
    ----------
    hidden : bool
        Whether to show nothing, as when the answer goes to another program.
    doing : str
        What stands before the bar.

    Yields
    ------
    callable
        Takes the share of the work done since its last call; safe to call from threads.
    """
    if hidden or not sys.stderr.isatty():
        yield lambda share: None
        return
    bar = _Bar(doing)
    try:
        yield bar.advance
    finally:
        bar.close()
