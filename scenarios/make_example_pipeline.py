"""Make ``example_pipeline.csv``: an invented pipeline in the shape of a CRM's opportunity report.

Everything in the file is made up here, by hand-picked laws and a fixed seed; no record of any company went into it.
Run it with ``python scenarios/make_example_pipeline.py``; a test runs it again and compares the bytes.

Only ``random.Random.random`` is used, the one generator that Python promises to keep, and every variate is its inverse
distribution function, so that any Python gives the same file.
"""

from __future__ import annotations

import calendar
import csv
import io
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from math import exp
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import TypeVar

SEED = 20260630
AS_OF = date(2026, 6, 30)
OPEN, WON, LOST = 220, 40, 34

HEADER = (
    "Opportunity ID",
    "Opportunity Name",
    "Account Name",
    "Opportunity Owner",
    "Region",
    "Product",
    "Stage",
    "Amount",
    "Probability (%)",
    "Close Date",
    "Created Date",
    "Type",
)
STAGES = {
    "Prospecting": 10,
    "Qualification": 20,
    "Needs Analysis": 40,
    "Proposal/Price Quote": 60,
    "Negotiation/Review": 80,
    "Verbal Commitment": 90,
}
NEAR_MIX: tuple[float, ...] = (0.10, 0.18, 0.26, 0.24, 0.15, 0.07)
"""Shares of the stages among leads due within a quarter; leads due later are earlier in the funnel."""
FAR_MIX: tuple[float, ...] = (0.38, 0.30, 0.20, 0.09, 0.03, 0.00)
MONTH_WEIGHTS = (12, 13, 19, 10, 9, 14, 6, 5, 7, 2, 2, 3)
"""How many leads are due in each of the next twelve months: more before a quarter ends, fewer far out."""
OWNERS = {"Ada Lindqvist": 0.32, "Bruno Okafor": 0.27, "Celia Marchetti": 0.24, "Dev Rangan": 0.17}
REGIONS = {"Americas": 0.46, "EMEA": 0.36, "APAC": 0.18}
PRODUCTS = {"Platform": 0.45, "Analytics": 0.33, "Services": 0.22}
MEDIAN_AMOUNT = {"Platform": 42_000, "Analytics": 26_000, "Services": 14_000}
AMOUNT_SIGMA = 0.8
FIRST_WORDS = (
    *("Alder", "Basalt", "Cinder", "Dovetail", "Ember", "Fenwick"),
    *("Granite", "Harrow", "Indigo", "Juniper", "Kestrel", "Larkspur"),
)
SECOND_WORDS = (
    *("Analytics", "Bearings", "Clinics", "Dairies", "Freight", "Glassworks"),
    *("Insurance", "Logistics", "Mills", "Pharma", "Retail", "Shipyards"),
)
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Row = tuple[str, ...]
Thing = TypeVar("Thing")


def main(path: Path) -> None:
    """Write the file."""
    path.write_bytes(example_pipeline().encode())


def example_pipeline() -> str:
    """Return the whole file as text.

    Returns
    -------
    str
        Lines end in LF and every value is quoted, as in a report export.
    """
    random = Random(SEED)
    rows = [_open_row(random, number) for number in range(OPEN - 1)]
    rows.append(_whale(random))
    rows += [_closed_row(random, "Closed Won") for _ in range(WON)]
    rows += [_closed_row(random, "Closed Lost") for _ in range(LOST)]
    rows.sort(key=lambda row: row[0])  # a report comes in the order of ids, which says nothing about the stage
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue()


def _open_row(random: Random, number: int) -> Row:
    if number < 14:
        closes = AS_OF - timedelta(days=int(75 * random.random()))  # overdue: nobody moved the date
        mix = FAR_MIX
    elif number < 20:
        closes = AS_OF + timedelta(days=370 + int(120 * random.random()))  # past any one-year horizon
        mix = FAR_MIX
    else:
        months = _pick(random, dict(enumerate(MONTH_WEIGHTS)))
        closes = _day_in_month(random, months)
        mix = (
            NEAR_MIX
            if months < 3
            else FAR_MIX
            if months > 7
            else tuple((a + b) / 2 for a, b in zip(NEAR_MIX, FAR_MIX, strict=True))
        )
    stage = _pick(random, dict(zip(STAGES, mix, strict=True)))
    created = AS_OF - timedelta(days=5 + int(_lognormal(random, 70, 0.7)))
    return _row(random, stage, STAGES[stage], closes, created)


def _whale(random: Random) -> Row:
    row = list(_row(random, "Proposal/Price Quote", 60, date(2026, 11, 30), date(2025, 11, 17)))
    row[1:3] = "Obsidian Railways - Platform, group-wide", "Obsidian Railways"
    row[4:6] = "EMEA", "Platform"
    row[7] = "950000.00"
    return tuple(row)


def _closed_row(random: Random, stage: str) -> Row:
    closes = _day_in_month(random, _pick(random, dict(enumerate((2, 2, 4, 2, 3, 5)))) - 6)
    created = closes - timedelta(days=10 + int(_lognormal(random, 75, 0.6)))
    return _row(random, stage, 100 if stage == "Closed Won" else 0, closes, created)


def _row(random: Random, stage: str, percent: int, closes: date, created: date) -> Row:
    account = f"{FIRST_WORDS[int(12 * random.random())]} {SECOND_WORDS[int(12 * random.random())]}"
    product = _pick(random, PRODUCTS)
    kind = "New Business" if random.random() < 0.6 else "Existing Business"
    purpose = "expansion" if kind == "Existing Business" else "first order"
    return (
        "006" + "".join(BASE62[int(62 * random.random())] for _ in range(12)),
        f"{account} - {product} {purpose}",
        account,
        _pick(random, OWNERS),
        _pick(random, REGIONS),
        product,
        stage,
        f"{_amount(random, product):.2f}",
        str(percent),
        closes.isoformat(),
        created.isoformat(),
        kind,
    )


def _amount(random: Random, product: str) -> float:
    # People quote in round figures: most to 500, one in eight to the cent.
    value = _lognormal(random, MEDIAN_AMOUNT[product], AMOUNT_SIGMA)
    return round(value, 2) if random.random() < 0.125 else max(500.0, 500.0 * round(value / 500))


def _day_in_month(random: Random, months: int) -> date:
    # The month is counted from the as-of day's next one; half of all dates are its last day, as in any CRM.
    year, month = divmod(AS_OF.year * 12 + AS_OF.month + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    spread = random.random()
    return date(year, month + 1, last if random.random() < 0.5 else 1 + int(spread * last))


def _lognormal(random: Random, median: float, sigma: float) -> float:
    quantile = min(max(random.random(), 1e-9), 1 - 1e-9)
    return median * exp(sigma * NormalDist().inv_cdf(quantile))


def _pick(random: Random, weights: Mapping[Thing, float]) -> Thing:
    left = random.random() * sum(weights.values())
    for thing, weight in weights.items():
        left -= weight
        if left < 0:
            return thing
    return thing


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("example_pipeline.csv"))
