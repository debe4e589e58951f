"""The ledger: which leads changed fate between two strategies, why, and what that is worth.

The first replications are walked again with every event written down, and each lead's two histories are held beside
each other.  What it leaves out: the words for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from funnelsim.engines.choices.histories import FATES, WON, Histories, histories_of
from funnelsim.engines.choices.partings import parting
from funnelsim.engines.funnel_logs import Walker
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.model.ledger import Ledger, LedgerLead, LedgerLine
from funnelsim.model.opening import OpeningLeads

MOST_LEADS = 20
"""Leads at the start that a ledger names."""

ABSENT = "never there"

_WORTH = (1, 0, 2)
"""How good a fate is, by its code: an open lead may still be won."""


@dataclass
class _Changes:
    """What one lead at the start went through, over replications."""

    amount: int = 0
    first: int = -1
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class _Account:
    """What differs between the baseline and another one so far."""

    grace: int
    days: int
    won_before: npt.NDArray[np.int64]
    won_after: npt.NDArray[np.int64]
    leads: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    amounts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    at_start: dict[int, _Changes] = field(default_factory=lambda: defaultdict(_Changes))
    unchanged: int = 0

    def enter(self, before: Histories, after: Histories, replication: int) -> None:
        """Enter one replication."""
        _, one, other = np.intersect1d(before.name, after.name, return_indices=True)
        named = before.name[one] >= 0
        one, other = one[named], other[named]
        changed = before.fate[one] != after.fate[other]
        moved = ~changed & (before.ended[one] != after.ended[other])
        self.unchanged += int(np.count_nonzero(~changed & ~moved))
        # same fate on another day, which moves money between periods only: no need to ask why
        for fate, count in zip(*np.unique(before.fate[one[moved]], return_counts=True), strict=True):
            self._count((FATES[fate], FATES[fate], "timing"), 0, int(count))
        self._enter_starts(before, after)
        for lead, same in zip(one[changed].tolist(), other[changed].tolist(), strict=True):
            self._enter_changed(before, lead, after, same, replication)
        for side, (histories, met) in enumerate(((before, one), (after, other))):
            self._enter_alone(histories, met, side)

    def _enter_starts(self, before: Histories, after: Histories) -> None:
        for histories, wins in ((before, self.won_before), (after, self.won_after)):
            at = histories.at_start[(histories.fate == WON) & (histories.at_start >= 0)]
            wins[at] += 1

    def _enter_changed(self, before: Histories, lead: int, after: Histories, same: int, replication: int) -> None:
        fates = int(before.fate[lead]), int(after.fate[same])
        amount = int(after.amount[same] - before.amount[lead])
        better = _WORTH[fates[1]] > _WORTH[fates[0]]
        reason = parting(before.events(lead), after.events(same), better, self.grace, self.days)
        self._count((FATES[fates[0]], FATES[fates[1]], reason), amount)
        if before.at_start[lead] >= 0:
            changes = self.at_start[int(before.at_start[lead])]
            changes.amount += amount
            changes.reasons[reason] += 1
            changes.first = replication if changes.first < 0 else changes.first

    def _enter_alone(self, histories: Histories, met: npt.NDArray[np.intp], side: int) -> None:
        """Enter the leads of one side that have no counterpart: further needs, and all others where worlds differ."""
        alone = np.ones(len(histories.name), dtype=bool)
        alone[met] = False
        for lead in np.flatnonzero(alone).tolist():
            reason = "further need" if histories.name[lead] < 0 else "timing"
            fate, amount = FATES[int(histories.fate[lead])], int(histories.amount[lead])
            if side:
                self._count((ABSENT, fate, reason), amount)
            else:
                self._count((fate, ABSENT, reason), -amount)

    def _count(self, line: tuple[str, str, str], amount: int, leads: int = 1) -> None:
        self.leads[line] += leads
        self.amounts[line] += amount


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
    accounts = [_account(base, run) for run in others]
    for replication in range(count):
        told = [
            histories_of(walker.events(funnel_luck(run.setting.scenario, run.setting.seed, replication, 1)))
            for walker, run in zip(walkers, runs, strict=True)
        ]
        for account, after in zip(accounts, told[1:], strict=True):
            account.enter(told[0], after, replication)
    return [_ledger(account, base.setting.opening, count) for account in accounts]


def _account(base: FunnelRun, run: FunnelRun) -> _Account:
    starts = max(len(base.setting.opening), len(run.setting.opening))
    return _Account(
        grace=base.setting.scenario.forces.neglect.grace_days,
        days=base.setting.calendar.window.days,
        won_before=np.zeros(starts, dtype=np.int64),
        won_after=np.zeros(starts, dtype=np.int64),
    )


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
    moved = account.at_start
    for row in sorted(moved, key=lambda row: (-abs(moved[row].amount), row))[:MOST_LEADS]:
        changes = moved[row]
        yield LedgerLead(
            lead_id=opening.leads.lead_id[row],
            name=opening.name[row],
            pr=int(opening.leads.pr[row]),
            won_before=int(account.won_before[row]) / count,
            won_after=int(account.won_after[row]) / count,
            reason=min(changes.reasons, key=lambda reason: (-changes.reasons[reason], reason)),
            example=changes.first,
        )
