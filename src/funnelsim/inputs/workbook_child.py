"""A process of its own for the library that reads workbooks, with a limit on memory and on time.

The question: what may a strange file do to the program that reads it?  At worst it ends a process that holds nothing
else.  The file's bytes go in, plain JSON comes out; nothing that could run code is ever unpacked.

What it leaves out: reading; see :mod:`funnelsim.inputs.workbook_cells`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from typing import Any, Final

from funnelsim.errors import DataError, Problem, Shown

MOST_MEMORY: Final = 4 << 30
MOST_SECONDS: Final = 300
_MODULE: Final = "funnelsim.inputs.workbook_child"


def read_in_child(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Read the cells of one sheet in a process of its own.

    Parameters
    ----------
    content : bytes
        A workbook that was looked over.
    request : dict
        ``name``, ``sheet`` and ``extents``, as :func:`funnelsim.inputs.workbook_cells.read_cells` takes them.

    Returns
    -------
    dict
        What that function returns.

    Raises
    ------
    DataError
        If that function raised it, or the process ended without an answer, for want of memory or time.
    """
    environment = dict(os.environ)
    # The same parser as the look before, the same modules as here, and no threads that reserve memory.
    environment |= {"OPENPYXL_LXML": "False", "OPENBLAS_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-P", "-W", "ignore", "-m", _MODULE, str(MOST_MEMORY)]
    message = json.dumps(request).encode() + b"\n" + content
    name = request["name"]
    try:
        done = subprocess.run(
            command, input=message, capture_output=True, env=environment, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise DataError(_unread(name, f"one that takes more than {MOST_SECONDS} seconds")) from None
    except OSError as error:
        raise DataError(_unread(name, f"no process to read it in ({error.strerror})")) from None
    if done.returncode:
        raise DataError(_unread(name, f"one that ended the reading process ({_reason(done)})"))
    return unpacked(json.loads(done.stdout))


def answer(message: bytes) -> dict[str, Any]:
    """Answer a request: what the other process does.

    Parameters
    ----------
    message : bytes
        The request as one line of JSON, then the workbook.

    Returns
    -------
    dict
        The cells, or ``problems``.
    """
    from funnelsim.inputs.workbook_cells import read_cells  # only once memory is limited

    line, _, content = message.partition(b"\n")
    request = json.loads(line)
    try:
        return read_cells(content, request["name"], request["sheet"], request["extents"])
    except DataError as error:
        return {"problems": [problem.as_dict() for problem in error.problems]}


def unpacked(answered: dict[str, Any]) -> dict[str, Any]:
    """Return an answer, or raise the problems in it.

    Parameters
    ----------
    answered : dict
        From :func:`answer`.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    DataError
        If it holds problems.
    """
    if "problems" in answered:
        raise DataError([Problem(**(one | {"value": Shown(one["value"])})) for one in answered["problems"]])
    return answered


def _unread(name: str, got: str) -> Problem:
    hint = "save the leads alone in a new workbook, or give a CSV or Parquet file"
    return Problem(name, "the workbook", "one that can be read", Shown(got), hint)


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode < 0:
        return f"signal {-done.returncode}"
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    if b"MemoryError" in done.stderr or b"Cannot allocate memory" in done.stderr:
        return f"it needs more than {MOST_MEMORY >> 20:,} MB of memory"
    return lines[-1][:200] if lines else f"exit code {done.returncode}"


def _main() -> None:
    _limit(int(sys.argv[1]))
    sys.modules["PIL"] = None  # type: ignore[assignment]  # no picture is ever unpacked
    with redirect_stdout(sys.stderr):  # what a library prints is no part of the answer
        answered = answer(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answered))


# Where the system knows no such limit, the looks before and the time limit must do.
def _limit(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, amount in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            hard = resource.getrlimit(what)[1]
            resource.setrlimit(what, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


if __name__ == "__main__":
    _main()
