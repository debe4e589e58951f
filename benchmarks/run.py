"""Run benchmarks by name, or all of them: ``python benchmarks/run.py [name...] [--accept]``.

``--accept`` stores new checksums of our bookings: only after a change that is meant to change numbers.
"""

from __future__ import annotations

import importlib
import os
import sys

from measuring import Bound, Result, write

NAMES = ("forecast_kernel", "threads", "memory", "start", "funnel", "compare")


def main(words: list[str]) -> int:
    """Run, write, print; 1 when a bound does not hold."""
    if "--accept" in words:
        os.environ["FUNNELSIM_ACCEPT_CHECKSUMS"] = "1"
    names = [word.removeprefix("bench_") for word in words if not word.startswith("-")] or list(NAMES)
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}", file=sys.stderr)
        return 2
    held = [say(importlib.import_module(f"bench_{name}").measure()) for name in names]
    return 0 if all(held) else 1


def say(result: Result) -> bool:
    """Write one result and print its bounds."""
    write(result)
    print(f"{result.name}: {result.workload}")
    for bound in result.bounds:
        print(f"  {line(bound)}")
    return result.holds


def line(bound: Bound) -> str:
    """Say how one promise stands."""
    verdict = "holds" if bound.holds else "DOES NOT HOLD"
    return f"{bound.what}: {bound.measured:.3g} {bound.unit}, {bound.rule} {bound.bound:g}: {verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
