"""CSV files of invented leads, written for benchmarks that run whole processes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

AS_OF = date(2026, 6, 30)
PCS = np.array([5, 10, 25, 40, 65])
"""Percent; mean 29."""


def write_leads(path: Path, leads: int) -> Path:
    """Write ``leads`` rows with the plain columns, the same ones for the same number."""
    rng = np.random.Generator(np.random.PCG64(leads))
    amounts = np.rint(np.exp(rng.normal(np.log(30_000), 1.0, leads)) * 100).astype(np.int64)
    days = rng.integers(-20, 400, leads)
    chances = PCS[rng.integers(0, PCS.size, leads)]
    lines = [
        f"L{row:06d},{amount // 100}.{amount % 100:02d},{pc}%,{AS_OF + timedelta(days=day)}"
        for row, (amount, pc, day) in enumerate(zip(amounts.tolist(), chances.tolist(), days.tolist(), strict=True))
    ]
    path.write_text("lead_id,pr,pc,expected_close\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path
