"""Make two files of forty accounts that three reps have open at the turn of the year.

``month_end_crunch_accounts.csv`` is what the seven systems open with.  ``crunch_accounts.csv`` is later in the funnel,
so that hours are short in January already: there the flagship shows four accounts that relay forgets.

The names follow the alphabet in threes, as the white paper's ABC ... STU do; everything else is drawn from a fixed seed
and laws chosen by hand.  Run it and you get the same bytes.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

AS_OF = date(2025, 12, 31)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCOUNTS = 40
STAGES = ("C", "C", "C", "B", "B", "A")
FIXED = {"ABC": "A", "DEF": "A", "GHI": "A", "JKL": "B", "MNO": "B", "PQR": "C", "STU": "C"}
"""The accounts of the white paper: three about to close, four that the month's end forgets."""
LATER = ("A", "A", "B", "B", "C")
FORGOTTEN = {"JKL": 6, "MNO": 7, "PQR": 6, "STU": 7}
"""Days since anybody last spoke with them: nothing moves there, so whoever works on what moves passes them by."""


def names() -> list[str]:
    """Return ABC, DEF, ... and go round the alphabet until there are enough."""
    return ["".join(LETTERS[(3 * i + j) % 26] for j in range(3)) for i in range(ACCOUNTS)]


def main() -> None:
    """Write both files beside this script."""
    write("month_end_crunch_accounts.csv", "ACC-{:02d}", STAGES, {})
    write("crunch_accounts.csv", "A-{:03d}", LATER, FORGOTTEN)


def write(file: str, ids: str, stages: tuple[str, ...], forgotten: dict[str, int]) -> None:
    """Write one file: names of its ids, stages to draw from, and accounts left alone for longer."""
    luck = random.Random(20251231)
    path = Path(__file__).with_name(file)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([
            "lead_id",
            "name",
            "pr",
            "pc",
            "stage",
            "expected_close",
            "stage_entered",
            "last_touch",
            "owner",
        ])
        for number, name in enumerate(names()):
            stage = FIXED.get(name) or luck.choice(stages)
            pr = round(luck.lognormvariate(10.127, 0.7), -2)
            age = luck.randint(3, 40)
            idle = 1 if stage == "A" else luck.randint(1, 4)
            idle = forgotten.get(name, idle)
            close = AS_OF + timedelta(days={"A": 20, "B": 50, "C": 90}[stage] + luck.randint(0, 30))
            writer.writerow([
                ids.format(number + 1),
                name if number < len(LETTERS) else name[::-1],  # the second time round backwards: no name comes twice
                f"{pr:.2f}",
                {"A": "0.47", "B": "0.22", "C": "0.10"}[stage],
                stage,
                close.isoformat(),
                (AS_OF - timedelta(days=age)).isoformat(),
                (AS_OF - timedelta(days=idle)).isoformat(),
                "sales",
            ])


if __name__ == "__main__":
    main()
