"""What this machine has to give: the one place that asks the system about memory."""

from __future__ import annotations

import os
from pathlib import Path


def available_memory() -> int:
    """Return the bytes this process may still take.

    Returns
    -------
    int
        The smaller of free memory and what the control group allows; 4 GiB where neither can be read.
    """
    found = []
    try:
        found.append(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not a POSIX system
        found.append(4 * 2**30)
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found.append(int(Path(limit).read_text(encoding="ascii")))
        except (OSError, ValueError):  # no control group, or "max"
            continue
    return min(found)
