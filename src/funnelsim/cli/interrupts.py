"""Ctrl-C, remembered: a library that is interrupted may turn it into an error of its own.

Python raises KeyboardInterrupt wherever it stands, inside an import or a library's callback too, and what comes out
there is sometimes another exception.  So the signal is noted as well as raised, and an error that follows it is no bug
of ours.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether Ctrl-C was pressed.

    Attributes
    ----------
    happened : bool
        True from the first signal on.
    """

    def __init__(self) -> None:
        self.happened = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note the signal and raise KeyboardInterrupt, as Python does by itself.

        Parameters
        ----------
        number : int
            The signal.
        frame : frame or None
            Where it struck.
        """
        self.happened = True
        signal.default_int_handler(number, frame)


@contextmanager
def noted_interrupts() -> Iterator[Interrupts]:
    """Note Ctrl-C while a command runs.

    Yields
    ------
    Interrupts
        Says whether it happened.  Outside the main thread, and where somebody else handles the signal, nothing is
        noted.
    """
    interrupts = Interrupts()
    before = signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and before is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
