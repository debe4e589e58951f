"""An explained forecast from records, made up by hand: every step has money in it, and the steps add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from funnelsim.model.bridge_steps import (
    AGED,
    COMING,
    DECREASED,
    GONE,
    INCREASED,
    LEARNED_STEPS,
    LOST,
    MOVED_IN,
    NEW,
    OTHER_BOOKINGS,
    PUSHED,
    RECORDS,
    STAGED,
    WON,
)
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import (
    CHANCE,
    MIDDLE,
    Bridge,
    BridgeStep,
    DriverBar,
    Explanation,
    LeadMove,
    LossCell,
    Losses,
    Place,
    RunFacts,
    Shares,
    Tornado,
    WidthShare,
    WindowState,
)
from funnelsim.model.intervals import Interval

COUNT = 2_000
START = 4_861_204_17
AMOUNTS = {
    NEW: (37, 412_380_55),
    MOVED_IN: (6, 96_411_20),
    INCREASED: (9, 51_002_10),
    DECREASED: (4, -33_871_90),
    PUSHED: (14, -201_774_36),
    AGED: (148, -166_020_48),
    STAGED: (41, 137_555_05),
    WON: (11, 233_018_62),
    LOST: (23, -301_442_71),
    GONE: (2, -18_540_00),
    OTHER_BOOKINGS: (0, 24_999_99),
    COMING: (0, -455_108_33),
    RECORDS: (161, -87_650_02),
}
"""Leads and change of the mean of each step, minor units."""
UNSAID = (MOVED_IN, PUSHED)
"""Steps that are left out where nothing was learned from stated close dates."""


def learned_explanation(
    *, steps: tuple[str, ...] = LEARNED_STEPS, alone: bool = False, target: int | None = 5_000_000_00
) -> Explanation:
    """Return an explanation of a forecast from records, with the named steps or without an earlier run."""
    facts = _facts("july", date(2026, 7, 31), 161)
    bridge = None if alone else _bridge(steps, target)
    state = _state(START, target) if bridge is None else bridge.end
    unit = 1.0 if target else 1_092_000_000.0
    return Explanation(
        run=facts,
        records=True,
        window=Period(date(2026, 7, 1), date(2026, 12, 31)),
        target=target,
        booked=688_014_40,
        state=state,
        currency="EUR",
        minor_digits=2,
        bridge=bridge,
        tornado=Tornado(CHANCE if target else MIDDLE, 0.412 * unit, _bars(unit)),
        shares=Shares(702_310_00.0, 1_790_442_00, (
            WidthShare("what the records leave open", 0.21, 0.19),
            WidthShare("market that all leads share", 0.33, 0.31),
            WidthShare("how many leads come", 0.08, 0.09),
            WidthShare("luck of single leads", 0.38, 0.41),
        )),
        places=(Place("Proposal", "Ada", 61, 1_911_204_00), Place("Qualified", "Bob", 100, 804_551_10)),
        losses=_losses(since=not alone),
    )  # fmt: skip


def _losses(*, since: bool) -> Losses:
    cells = (
        LossCell("Proposal", "Ada", "price", 14, 241_000_00.0 if since else None),
        LossCell("Qualified", "Bob", "", 9, 60_442_71.0 if since else None),
    )
    return Losses(since, 23, cells)


def _facts(name: str, as_of: date, leads: int) -> RunFacts:
    return RunFacts(name, as_of, "records.csv", "ab" * 32, leads, 7, COUNT, "cd" * 32, verified=True)


def _state(mean: int, target: int | None) -> WindowState:
    chance = None if target is None else 0.412
    return WindowState(mean * COUNT, mean, mean - 900_000_00, mean - 40_000_00, mean + 890_442_00, chance)


def _bridge(names: tuple[str, ...], target: int | None) -> Bridge:
    steps, mean = [], START
    for name in names:
        leads, amount = AMOUNTS[name]
        mean += amount
        said = tuple(
            LeadMove(f"L-{row}", f"Deal {row}", name, amount * 0.4 / (row + 1)) for row in range(min(leads, 2))
        )
        moves = () if name in {OTHER_BOOKINGS, COMING, RECORDS} else said
        steps.append(
            BridgeStep(name, leads, amount * COUNT, amount, amount * 1.002, 9_000_00.0, _state(mean, target), moves)
        )
    largest = (LeadMove("L-0", "Deal 0", f"{AGED}, {STAGED}", 66_120_00.0), *steps[0].moves)
    return Bridge(
        earlier=replace(_facts("june", date(2026, 6, 30), 149), content_hash="ef" * 32),
        start=_state(START, target),
        end=_state(mean, target),
        steps=tuple(steps),
        booked=(120_000_00, 688_014_40),
        printed_mean=None,
        largest=largest,
        gone=(LeadMove("L-90", "Deal 90", GONE, -11_000_00.0), LeadMove("L-91", "", GONE, -7_540_00.0)),
        left_out=1,
        reopened=2,
        born_won=3,
        passed_untouched=12,
        earlier_target=None,
    )


def _bars(unit: float) -> tuple[DriverBar, ...]:
    """Drivers as a forecast from records has them, their ends in units of the measure."""
    named = (
        ("the market, all leads alike", "bad (1 in 10)", "good (1 in 10)", 0.30, 0.58),
        ("rates of the records", "low (1 in 10)", "high (1 in 10)", 0.34, 0.52),
        ("what new wins bring", "little (1 in 10)", "much (1 in 10)", 0.37, 0.47),
        ("new leads that come", "few (1 in 10)", "many (1 in 10)", 0.39, 0.45),
        ("lead 'Deal 0'", "lost", "won", 0.40, 0.44),
        ("owner 'Ada'", "odds x 1/2", "odds x 2", 0.40, 0.43),
        ("lead 'Deal 1'", "lost", "won", 0.41, 0.42),
    )
    return tuple(
        DriverBar(
            name,
            low_words,
            high_words,
            low * unit,
            high * unit,
            Interval((high - low) * unit, (high - low - 0.02) * unit, (high - low + 0.02) * unit, 0.95, "paired t"),
            "records",
        )
        for name, low_words, high_words, low, high in named
    )
