"""Memory of whole forecast processes through the public API: a large book under a limit, and how more futures cost."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lead_files import AS_OF, write_leads
from measuring import Bound, Result, WrongAnswer, check_fingerprint, significant

NAME = "memory"
LARGE = (100_000, 10_000)
FEW, MORE = (2_000, 100_000), (2_000, 400_000)
"""Leads and replications; the two others are far above what reading takes, so their difference is the simulation's."""

BINS = 13
SEED = 7
MOST_GIB = 1.5
MOST_BYTES = 64
"""Eight numbers per replication and period: bookings, periods, sums, sorted copies."""

CHILD = """
import json, resource, sys
from datetime import date
from hashlib import sha256
import funnelsim
path, as_of, replications, seed = sys.argv[1:]
answer = funnelsim.forecast(path, as_of=date.fromisoformat(as_of), replications=int(replications), seed=int(seed))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
bits = sha256(answer.bookings.tobytes()).hexdigest()
print(json.dumps({"peak": peak, "hash": bits, "max_z": answer.check.max_z, "rows": answer.table.rows}))
"""


def measure() -> Result:
    """Run the three processes one after the other and look at their peaks."""
    with tempfile.TemporaryDirectory() as folder:
        large, few, more = (_forecast(Path(folder), *size) for size in (LARGE, FEW, MORE))
    grown = more["peak"] - few["peak"]
    added = MORE[1] - FEW[1]
    figures = {
        "peak MiB": {
            f"{leads:,} leads x {replications:,} replications": significant(run["peak"] / 2**20)
            for (leads, replications), run in ((LARGE, large), (FEW, few), (MORE, more))
        },
        "bytes per added replication and period": significant(grown / (added * BINS)),
        "bytes per added replication and lead": significant(grown / (added * MORE[0])),
    }
    bounds = [
        Bound("peak memory of the process", large["peak"] / 2**30, "<=", MOST_GIB, "GiB"),
        Bound("memory per added replication and period", grown / (added * BINS), "<=", MOST_BYTES, "bytes"),
    ]
    workload = f"Memory: {LARGE[0]:,} leads x {LARGE[1]:,} replications, 12 months, CSV file, whole process"
    return Result(NAME, workload, figures, bounds, large["hash"])


def _forecast(folder: Path, leads: int, replications: int) -> dict[str, Any]:
    """Forecast in a process of its own, whose peak is nobody else's."""
    path = write_leads(folder / f"{leads}.csv", leads)
    command = [sys.executable, "-c", CHILD, str(path), AS_OF.isoformat(), str(replications), str(SEED)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if answer["rows"] != leads or not answer["max_z"] < 5:
        message = f"the forecast of {leads:,} leads and {replications:,} replications is wrong: {answer}"
        raise WrongAnswer(message)
    check_fingerprint(f"memory-{leads}-{replications}", answer["hash"])
    return answer
