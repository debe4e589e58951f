"""The ledger: which leads changed fate between two strategies, why, and what that is worth.

The first replications are walked again with every event written down, and each lead's two histories are held beside
each other.  What it leaves out: the words for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from funnelsim.engines.choices.histories import AT_START, Histories, History, Name, histories_of
from funnelsim.engines.choices.partings import parting
from funnelsim.engines.funnel_logs import Walker
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.kernels.funnel_arrays import LOG_COLUMNS
from funnelsim.model.ledger import Ledger, LedgerLead, LedgerLine
from funnelsim.model.opening import OpeningLeads

MOST_LEADS = 20
"""Leads at the start that a ledger names."""

_ABSENT = History(np.zeros((0, LOG_COLUMNS), dtype=np.int64), "never there", 0, -1)


@dataclass
class _Changes:
    """What one lead at the start went through, over replications."""

    won_before: int = 0
    won_after: int = 0
    amount: int = 0
    first: int = -1
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class _Account:
    """What differs between the baseline and another one so far."""

    grace: int
    days: int
    leads: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    amounts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    at_start: dict[int, _Changes] = field(default_factory=lambda: defaultdict(_Changes))
    unchanged: int = 0

    def enter(self, before: Histories, after: Histories, replication: int) -> None:
        """Enter one replication."""
        for name, one, other in _pairs(before, after):
            self._enter_lead(name, one, other, replication)
        for side, histories in ((0, before.further), (1, after.further)):
            for history in histories:
                fates = ("never there", history.fate) if side else (history.fate, "never there")
                self._count((*fates, "further need"), history.amount if side else -history.amount)

    def _enter_lead(self, name: Name, one: History, other: History, replication: int) -> None:
        changes = self.at_start[name[2]] if name[0] == AT_START else None
        if changes is not None:
            changes.won_before += one.fate == "won"
            changes.won_after += other.fate == "won"
        if one.fate == other.fate:
            # same fate on another day, which moves money between periods only: no need to ask why
            moved = one.ended != other.ended
            self.unchanged += not moved
            if moved:
                self._count((one.fate, other.fate, "timing"), other.amount - one.amount)
            return
        reason = parting(one, other, self.grace, self.days)
        self._count((one.fate, other.fate, reason), other.amount - one.amount)
        if changes is not None:
            changes.amount += other.amount - one.amount
            changes.reasons[reason] += 1
            changes.first = replication if changes.first < 0 else changes.first

    def _count(self, line: tuple[str, str, str], amount: int) -> None:
        self.leads[line] += 1
        self.amounts[line] += amount


def _pairs(before: Histories, after: Histories) -> Iterator[tuple[Name, History, History]]:
    """Give every named lead's two histories; a lead may be missing where worlds differ."""
    for name, one in before.named.items():
        yield name, one, after.named.get(name, _ABSENT)
    for name, other in after.named.items():
        if name not in before.named:
            yield name, _ABSENT, other


def ledgers_of(base: FunnelRun, others: Sequence[FunnelRun], count: int) -> list[Ledger]:
    """Follow every lead of some replications under every strategy.

    Parameters
    ----------
    base : FunnelRun
        The baseline.
    others : sequence of FunnelRun
        Held against it, with the same seed and calendar.
    count : int
        Replications, the first ones; at least 1.

    Returns
    -------
    list of Ledger
        One for each of the others.
    """
    runs = (base, *others)
    walkers = [Walker(run.tables, run.setting.strategy.name) for run in runs]
    accounts = [_Account(_grace(run), run.setting.calendar.window.days) for run in others]
    for replication in range(count):
        told = [
            histories_of(walker.events(funnel_luck(run.setting.scenario, run.setting.seed, replication, 1)))
            for walker, run in zip(walkers, runs, strict=True)
        ]
        for account, after in zip(accounts, told[1:], strict=True):
            account.enter(told[0], after, replication)
    return [_ledger(account, base.setting.opening, count) for account in accounts]


def _grace(run: FunnelRun) -> int:
    return run.setting.scenario.forces.neglect.grace_days


def _ledger(account: _Account, opening: OpeningLeads, count: int) -> Ledger:
    order = sorted(account.leads, key=lambda line: (-abs(account.amounts[line]), -account.leads[line], line))
    return Ledger(
        replications=count,
        lines=tuple(LedgerLine(*line, account.leads[line] / count, account.amounts[line] / count) for line in order),
        leads=tuple(_leads(account, opening, count)),
        unchanged=account.unchanged / count,
        amount=sum(account.amounts.values()) / count,
    )


def _leads(account: _Account, opening: OpeningLeads, count: int) -> Iterator[LedgerLead]:
    moved = {row: changes for row, changes in account.at_start.items() if changes.first >= 0}
    for row in sorted(moved, key=lambda row: (-abs(moved[row].amount), row))[:MOST_LEADS]:
        changes = moved[row]
        yield LedgerLead(
            lead_id=opening.leads.lead_id[row],
            name=opening.name[row],
            pr=int(opening.leads.pr[row]),
            won_before=changes.won_before / count,
            won_after=changes.won_after / count,
            reason=min(changes.reasons, key=lambda reason: (-changes.reasons[reason], reason)),
            example=changes.first,
        )
