"""Make the example history: two years of records of leads from an invented firm, whose true laws are known.

``example_history.csv`` has one row a lead, ``example_history_snapshots.csv`` what was stated about open leads at each
month's end, ``example_history_pipeline.csv`` the list of leads that the firm would export on the last day, and
``example_history_truth.json`` the laws below with the luck that the months had, so that what is learned can be held to
them.

Every day and every lead are walked with chances per working day.  The records begin in the middle: leads that ended
before ``BEGIN`` are not in them.  Every draw is a pure function of the seed, what it is for, the lead and the day.
Run it with ``python scenarios/make_example_history.py``; a test runs it again and compares the bytes.
"""

from __future__ import annotations

import calendar
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from math import exp
from pathlib import Path
from statistics import NormalDist

import numpy as np

from funnelsim.kernels.keyed_random import fill_uniforms, purpose_key

SEED = 20260630
FIRST = date(2023, 7, 1)
"""The firm's first day; nothing that ended before BEGIN was kept."""
BEGIN, END = date(2024, 7, 1), date(2026, 6, 30)
YEAR_BEGAN = date(2026, 1, 1)

AGES = (0, 7, 30, 90)
"""Calendar days in stage from which each of the chances below holds."""
ONWARD = {
    "C": (0.010, 0.030, 0.016, 0.004),
    "B": (0.008, 0.026, 0.020, 0.005),
    "A": (0.008, 0.030, 0.026, 0.008),
}
"""Chance per working day to go on: from C to B, from B to A, from A to won."""
LOST = {
    "C": (0.010, 0.022, 0.026, 0.012),
    "B": (0.005, 0.016, 0.020, 0.012),
    "A": (0.004, 0.014, 0.018, 0.012),
}
"""Chance per working day to be lost."""
NEXT = {"C": "B", "B": "A", "A": "won"}
ABANDONED = 0.04
"""Share of losses that nobody records: the lead stays open for good."""

PACE = {"Ines Calder": 1.0, "Mika Saar": 1.6, "Owen Hale": 1.0, "Priya Nair": 1.0, "Tomas Brandt": 1.0}
"""Factor on every chance: one rep is faster, with the same share of wins."""
OWNER_SHARES = (0.22, 0.18, 0.20, 0.20, 0.20)
OPTIMISM = {"Ines Calder": 0, "Mika Saar": 0, "Owen Hale": 15, "Priya Nair": -10, "Tomas Brandt": 0}
"""Points that a rep adds to the PC of the stage."""
SOURCES = {"event": (0.20, 1.0), "outbound": (0.16, 0.7), "referral": (0.19, 1.5), "web": (0.45, 1.0)}
"""Share of the births, and factor on the chance to go on."""

ARRIVALS = 3.75
"""Births per working day at BEGIN."""
GROWTH = 0.20
"""A year, compounded by the day."""
QUIET = {8: 0.75, 12: 0.75}
ARRIVAL_SD = 0.12
"""Of the logarithm of a month's own level of births."""
SEASON = (0.75, 0.95, 1.30)
"""Factor on the chance to win, by month of the quarter."""
SHOCK_SD = 0.20
"""Of the logarithm of the factor that all chances to win share in a month; its mean is 1."""

MEDIAN_PR, PR_SIGMA = 18_000, 0.8
FULL_PRICE, DISCOUNTS = 0.7, (0.05, 0.10, 0.15, 0.20, 0.25)
"""Share of the wins at the PR, and what the others took off, each as often."""

STAGE_PC = {"C": 20, "B": 45, "A": 70}
STATED_DAYS = {"C": (60, 0.45), "B": (40, 0.45), "A": (24, 0.45)}
"""Median and sigma of the days to the close that is stated on entry; the date says nothing beyond the stage."""
MONTH_END, PUSHED = 0.5, 0.85
"""Share of stated dates on a month's last day, and chance that an overdue one is pushed at a month's end."""

BIRTHS, LEVEL, SHOCK, TRAITS, FATE, STATED, PUSH = range(9001, 9008)
"""What draws are for."""

HEADER = (
    *("lead_id", "created", "source", "owner", "pr", "expected_close"),
    *("stage_C", "stage_B", "stage_A", "closed", "outcome", "amount_won"),
)
SNAPSHOT_HEADER = ("lead_id", "snapshot_date", "stage", "pc", "expected_close")
PIPELINE_HEADER = (
    *("lead_id", "created", "source", "owner", "stage", "stage_entered", "pr", "pc", "expected_close"),
    *("status", "amount_won", "closed"),
)

Statement = tuple[date, str, int, date]
"""Day, stage, PC in percent, stated close."""


@dataclass
class Lead:
    """One lead and all that became of it.

    Attributes
    ----------
    number : int
        In the order of birth; its key.
    created : date
        Day of birth.
    source, owner : str
        Where from, and whose.
    pr, amount : int
        Potential revenue; what it brings if it is won.
    entered : dict of str to date
        By stage.
    closed : date or None
        Day of the win or loss as recorded.
    outcome : str
        open, won or lost.
    statements : list of Statement
        At the months' ends.
    first_stated : date
        Close that was stated at birth.
    """

    number: int
    created: date
    source: str
    owner: str
    pr: int
    amount: int
    entered: dict[str, date]
    first_stated: date
    closed: date | None = None
    outcome: str = "open"
    statements: list[Statement] = field(default_factory=list)

    @property
    def lead_id(self) -> str:
        """The name in the records."""
        return f"L{self.number:04d}"


def main(folder: Path) -> None:
    """Write every file."""
    for name, text in files().items():
        (folder / name).write_bytes(text.encode())


def files() -> dict[str, str]:
    """Return every file as text, by its name; lines end in LF.

    Returns
    -------
    dict of str to str
        Records, snapshots, pipeline and truth.
    """
    kept = [lead for lead in map(_walked, _born()) if lead.closed is None or lead.closed >= BEGIN]
    snapshots = [_snapshot(lead, one) for lead in kept for one in lead.statements]
    snapshots.sort(key=lambda row: (row[1], row[0]))
    of_the_year = [lead for lead in kept if lead.closed is None or lead.closed >= YEAR_BEGAN]
    return {
        "example_history.csv": _text(HEADER, [_record(lead) for lead in kept]),
        "example_history_snapshots.csv": _text(SNAPSHOT_HEADER, snapshots),
        "example_history_pipeline.csv": _text(PIPELINE_HEADER, [_listed(lead) for lead in of_the_year]),
        "example_history_truth.json": json.dumps(truth(), indent=1) + "\n",
    }


def truth() -> dict[str, object]:
    """Return the laws, and the luck that the months had.

    Returns
    -------
    dict
        As JSON takes it: chances are per working day, ages in calendar days.
    """
    months = _months(BEGIN)
    return {
        "schema": "funnelsim/example-truth/1",
        "begin": BEGIN.isoformat(),
        "end": END.isoformat(),
        "ages": AGES,
        "onward": ONWARD,
        "lost": LOST,
        "abandoned": ABANDONED,
        "pace": PACE,
        "optimism": OPTIMISM,
        "sources": {name: {"share": share, "onward": factor} for name, (share, factor) in SOURCES.items()},
        "arrivals_per_working_day": ARRIVALS,
        "growth_a_year": GROWTH,
        "arrivals_season": QUIET,
        "arrival_sd": ARRIVAL_SD,
        "season": SEASON,
        "shock_sd": SHOCK_SD,
        "median_pr": MEDIAN_PR,
        "pr_sigma": PR_SIGMA,
        "full_price": FULL_PRICE,
        "discounts": DISCOUNTS,
        "pushed": PUSHED,
        "shocks": {f"{day:%Y-%m}": round(_shock(day.year, day.month), 6) for day in months},
        "arrival_levels": {f"{day:%Y-%m}": round(_level(day.year, day.month), 6) for day in months},
    }


def _born() -> list[Lead]:
    """Return all leads as they are born, on working days."""
    leads: list[Lead] = []
    for day in _days(FIRST):
        years = (day - BEGIN).days / 365.25
        mean = ARRIVALS * (1 + GROWTH) ** years * QUIET.get(day.month, 1.0) * _level(day.year, day.month)
        count = _poisson(mean, _uniforms(BIRTHS, day.toordinal(), 1)[0])
        leads += [_lead(len(leads) + at, day) for at in range(count)]
    return leads


def _lead(number: int, created: date) -> Lead:
    luck = _uniforms(TRAITS, number, 6)
    pr = 500 * max(1, round(MEDIAN_PR * exp(PR_SIGMA * _normal(luck[2])) / 500))
    off = 0.0 if luck[3] < FULL_PRICE else DISCOUNTS[int(luck[4] * len(DISCOUNTS))]
    source = _pick(tuple(SOURCES), tuple(share for share, _ in SOURCES.values()), luck[0])
    owner = _pick(tuple(PACE), OWNER_SHARES, luck[1])
    return Lead(
        number, created, source, owner, pr, round(pr * (1 - off)), {"C": created}, _stated(number, "C", created)
    )


def _walked(lead: Lead) -> Lead:
    """Let a lead live until it ends or the records do."""
    luck = _uniforms(FATE, lead.number, (END - FIRST).days + 1)
    onward = PACE[lead.owner] * SOURCES[lead.source][1]
    stage, stated, abandoned = "C", lead.first_stated, False
    for day in _every_day(lead.created):
        if not abandoned and day.weekday() < 5 and day > lead.created:
            cell = sum((day - lead.entered[stage]).days >= age for age in AGES) - 1
            goes = ONWARD[stage][cell] * onward * (_win_factor(day) if stage == "A" else 1.0)
            word = _fate(luck[(day - FIRST).days], goes, LOST[stage][cell] * PACE[lead.owner])
            if word == "lost":
                abandoned = _uniforms(TRAITS, lead.number, 6)[5] < ABANDONED
            if (word == "lost" and not abandoned) or (word == "onward" and stage == "A"):
                lead.closed, lead.outcome = day, "lost" if word == "lost" else "won"
                return lead
            if word == "onward":
                stage = NEXT[stage]
                lead.entered[stage] = day
                stated = _stated(lead.number, stage, day)
        if _is_month_end(day):
            if stated <= day and not abandoned:
                stated = _pushed(lead.number, stated, day)
            if day >= BEGIN:
                lead.statements.append((day, stage, _stated_pc(lead, stage), stated))
    return lead


def _fate(uniform: float, onward: float, lost: float) -> str:
    return "onward" if uniform < onward else "lost" if uniform < onward + lost else "stays"


def _win_factor(day: date) -> float:
    return SEASON[(day.month - 1) % 3] * _shock(day.year, day.month)


@cache
def _shock(year: int, month: int) -> float:
    return exp(SHOCK_SD * _normal(_uniforms(SHOCK, 12 * year + month, 1)[0]) - SHOCK_SD**2 / 2)


@cache
def _level(year: int, month: int) -> float:
    return exp(ARRIVAL_SD * _normal(_uniforms(LEVEL, 12 * year + month, 1)[0]) - ARRIVAL_SD**2 / 2)


def _stated(number: int, stage: str, day: date) -> date:
    first, second = _uniforms(STATED + 100 * "CBA".index(stage), number, 2)
    median, sigma = STATED_DAYS[stage]
    stated = day + timedelta(days=max(1, round(median * exp(sigma * _normal(first)))))
    return _month_end(stated) if second < MONTH_END else stated


def _pushed(number: int, stated: date, day: date) -> date:
    """Return the date that stands after an overdue one was looked at: mostly one or two months' ends further."""
    chance, length = _uniforms(PUSH + 100 * (12 * (day.year - FIRST.year) + day.month), number, 2)
    if chance >= PUSHED:
        return stated
    return _month_end(day + timedelta(days=15 if length < 0.7 else 45))


def _stated_pc(lead: Lead, stage: str) -> int:
    noise = (-5, 0, 0, 5)[lead.number % 4]
    return STAGE_PC[stage] + OPTIMISM[lead.owner] + noise


def _record(lead: Lead) -> tuple[object, ...]:
    return (
        *(lead.lead_id, lead.created, lead.source, lead.owner, lead.pr, lead.first_stated),
        *(lead.entered.get(stage) or "" for stage in "CBA"),
        *(lead.closed or "", lead.outcome, lead.amount if lead.outcome == "won" else ""),
    )


def _snapshot(lead: Lead, one: Statement) -> tuple[object, ...]:
    day, stage, pc, stated = one
    return (lead.lead_id, day, stage, pc, stated)


def _listed(lead: Lead) -> tuple[object, ...]:
    """Return a row of the pipeline: open as stated on the last day, or closed this year."""
    stage = list(lead.entered)[-1]
    if lead.closed is None:
        _, _, pc, stated = lead.statements[-1]
        end: tuple[object, ...] = ("open", "", "")
    else:
        pc, stated = {"won": 100, "lost": 0}[lead.outcome], lead.closed
        end = (lead.outcome, lead.amount if lead.outcome == "won" else "", lead.closed)
    return (
        *(lead.lead_id, lead.created, lead.source, lead.owner, stage, lead.entered[stage], lead.pr, pc, stated),
        *end,
    )


def _text(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _days(first: date) -> list[date]:
    return [day for day in _every_day(first) if day.weekday() < 5]


def _every_day(first: date) -> Iterator[date]:
    return (first + timedelta(days=at) for at in range((END - first).days + 1))


def _months(first: date) -> list[date]:
    return [day for day in _every_day(first) if day.day == 1]


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _uniforms(purpose: int, thing: int, count: int) -> list[float]:
    """Return uniforms in (0, 1), a pure function of seed, purpose, thing and place."""
    out = np.empty(count)
    fill_uniforms(np.uint64(SEED), purpose_key(purpose), np.uint64(0), np.uint64(thing), out)
    return [float(one) for one in out]


def _normal(uniform: float) -> float:
    return NormalDist().inv_cdf(uniform)


def _poisson(mean: float, uniform: float) -> int:
    count, chance = 0, exp(-mean)
    below = chance
    while uniform > below:
        count += 1
        chance *= mean / count
        below += chance
    return count


def _pick(names: tuple[str, ...], shares: tuple[float, ...], uniform: float) -> str:
    for name, share in zip(names, shares, strict=True):
        uniform -= share
        if uniform < 0:
            return name
    return names[-1]


if __name__ == "__main__":
    main(Path(__file__).parent)
