"""A lead's story in sentences: spells of work and idle stretches grouped, so that a long one stays readable.

The question: what happened to this lead, day by day, and where did it stand idle while others were worked?

What it leaves out: the page and the JSON around the sentences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from funnelsim.model import funnel_words as words
from funnelsim.model.simulation import Story
from funnelsim.model.work_days import is_worked, triage_windows
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.story_events import Event, StorySetting, events_of

QUIET_DAYS = 4
"""Days without a touch that are not yet worth a sentence."""
_DAYS_A_WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class StoryLine:
    """One sentence of a story.

    Attributes
    ----------
    start, end : date
        First and last day it tells of.
    kind : str
        ``begins``, ``stage``, ``work``, ``idle``, ``pass``, ``nurture``, ``test`` or ``ends``.
    text : str
        The sentence without its days, first letter small.
    """

    start: date
    end: date
    kind: str
    text: str


@dataclass(frozen=True)
class ToldStory:
    """A story as it is told.

    Attributes
    ----------
    lines : tuple of StoryLine
        In order.
    touched_days : int
        Days with a touch.
    idle_days : int
        Days with an owner and without a touch.
    late_idle_days : int
        Working days among them, with Sales and in a stage before the late ones, on which Sales works late stages first
        because a month ends.
    """

    lines: tuple[StoryLine, ...]
    touched_days: int
    idle_days: int
    late_idle_days: int


def tell(story: Story, setting: StorySetting) -> ToldStory:
    """Tell a story.

    Parameters
    ----------
    story : Story
        Any story.
    setting : StorySetting
        What it is read against.

    Returns
    -------
    ToldStory
        Sentences, and how long the lead was touched and stood idle.
    """
    teller = _Teller(story, setting)
    events = events_of(story, setting)
    place = 0
    while place < len(events):
        place += teller.hear(events[place:])
    return teller.finish()


def late_stages(setting: StorySetting) -> tuple[str, ...]:
    """Return the stages that Sales works first at a month's end.

    Parameters
    ----------
    setting : StorySetting
        Has the strategy.

    Returns
    -------
    tuple of str
        Names in order; the last stage where the strategy names none.
    """
    names, first = setting.scenario.stage_names, setting.strategy.priority.triage_stage
    return names[len(names) - 1 if first is None else names.index(first) :]


class _Teller:
    """Goes through the events and remembers where the lead is, and since when it was not touched."""

    def __init__(self, story: Story, setting: StorySetting) -> None:
        self.setting = setting
        self.story = story
        self.lines: list[StoryLine] = []
        self.stage: str | None = None
        self.team: str | None = None
        self.waits_from: date | None = None
        self.touched = setting.date_of(-1 - setting.idle_before(story.lead_id))
        self.touched_on: set[date] = set()
        self.idle = self.late_idle = 0

    def hear(self, events: Sequence[Event]) -> int:
        """Tell the first of the events, with those that belong to it; return how many."""
        one = events[0]
        if one.name == "touch":
            return self._work(events)
        self._wait_until(one.date)
        if one.name == "pass":
            return self._pass(events)
        told = {
            "born": self._born, "enter": self._enter, "arrive": self._arrive, "park": self._park, "ripen": self._ripen,
            "lost": self._lost, "won": self._won, "resurrect": self._resurrect, "requalify": self._requalify,
        }  # fmt: skip
        told[one.name](one)
        return 1

    def finish(self) -> ToldStory:
        """Tell of the days until the horizon, and close."""
        end = self.setting.calendar.window.end
        if self.waits_from is not None:
            self._wait_until(end + _DAY)
        if self.story.outcome not in {"won", "lost"}:
            self._say(end, "ends", f"the simulation ends; it is {_standing(self)}")
        return ToldStory(tuple(self.lines), len(self.touched_on), self.idle, self.late_idle)

    def _say(self, day: date, kind: str, text: str, end: date | None = None) -> None:
        self.lines.append(StoryLine(day, end or day, kind, text))

    def _work(self, events: Sequence[Event]) -> int:
        """Tell a spell of work: touches of one team with no other event and no long gap between."""
        first = events[0]
        self._wait_until(first.date)
        spell = [first]
        for one in events[1:]:
            if one.name != "touch" or one.team != first.team or (one.date - spell[-1].date).days > self._patience + 1:
                break
            spell.append(one)
        days = {one.date for one in spell}
        touches, hours = sum(one.touches or 0 for one in spell), sum(one.hours or 0.0 for one in spell)
        often = f" on {len(days)} days" if len(days) > 1 else ""
        count = "1 touch" if touches == 1 else f"{touches} touches"
        self._say(first.date, "work", f"{first.team} works it{often}: {count}, {_hours(hours)}", spell[-1].date)
        self.touched_on |= days
        self._rest(first.date, spell)
        self.touched = spell[-1].date
        self.waits_from = self.touched + _DAY
        return len(spell)

    def _rest(self, first: date, spell: Sequence[Event]) -> None:
        """Count the short gaps inside a spell of work as idle days."""
        inside = {first + k * _DAY for k in range((spell[-1].date - first).days + 1)} - {one.date for one in spell}
        self.idle += len(inside)
        self.late_idle += len(self._late(inside))

    @property
    def _patience(self) -> int:
        return max(QUIET_DAYS, int(self.setting.scenario.forces.neglect.grace_days))

    def _wait_until(self, day: date) -> None:
        """Tell of the days before ``day`` on which somebody had the lead and nobody touched it."""
        start = self.waits_from
        if start is None or start >= day:
            return
        self.waits_from = day
        days = {start + k * _DAY for k in range((day - start).days)}
        self.idle += len(days)
        late = self._late(days)
        self.late_idle += len(late)
        if len(days) > QUIET_DAYS or late:
            text = (
                f"for {_days(len(days))} nobody touches it{self._harm(day - _DAY, len(days))}{self._month_ends(late)}"
            )
            self._say(start, "idle", text, day - _DAY)

    def _late(self, days: set[date]) -> list[date]:
        """Return the working days among idle ones on which Sales works late stages first, and this lead is in none."""
        count = self.setting.strategy.priority.triage_days
        if not days or not self.setting.is_sales(self.team) or self.stage in late_stages(self.setting):
            return []
        windows = triage_windows(self.setting.scenario.calendar, count, min(days), max(days))
        inside = (day for day in days if any(first <= day <= last for first, last in windows))
        return sorted(day for day in inside if is_worked(self.setting.scenario.calendar, day))

    def _harm(self, until: date, stretch: int) -> str:
        """Return what idleness did to its chance of being lost."""
        idle = (until - self.touched).days
        grace, rise = (
            self.setting.scenario.forces.neglect.grace_days,
            self.setting.scenario.forces.neglect.rise_per_week,
        )
        nurture = self.setting.strategy.nurture
        if nurture.parallel and self.setting.is_sales(self.team):
            rise *= 1 - nurture.relief
        if idle <= grace:
            return ""
        if rise == 0:
            return "; in this world that does no harm"
        factor = 1 + rise * (idle - grace) / _DAYS_A_WEEK
        since = f", {_days(idle)} after the last touch," if idle > stretch else ""
        return f"; its risk of being lost grows{since} to {factor:.1f} times the usual"

    def _month_ends(self, late: list[date]) -> str:
        if not late:
            return ""
        months: dict[tuple[int, int], list[date]] = {}
        for day in late:
            months.setdefault((day.year, day.month), []).append(day)
        spans = ", ".join(_span(days[0], days[-1]) for days in months.values())
        ends = "month end" if len(months) == 1 else "month ends"
        return f"; it stands idle over the {ends} {spans}, when {self.team} works leads in {_late_names(self)} first"

    def _pass(self, events: Sequence[Event]) -> int:
        """Tell a pass together with the arrival, when that is what happens next."""
        one = events[0]
        text = f"{one.team} passes it to {one.to}, because {words.PASS_WORDS[one.reason or '']}"
        self.team, self.waits_from = one.to, None
        if len(events) > 1 and events[1].name == "arrive":
            self._begin_waiting(events[1].date)
            arrives = "" if events[1].date == one.date else f"; it arrives {_when(events[1].date)}"
            self._say(one.date, "pass", text + arrives, events[1].date)
            return 2
        self._say(one.date, "pass", text)
        return 1

    def _begin_waiting(self, day: date) -> None:
        self.waits_from = day

    def _born(self, one: Event) -> None:
        self.stage, self.team = one.stage, one.team
        self._begin_waiting(one.date)
        if one.source == "open at the start":
            idle = self.setting.idle_before(self.story.lead_id)
            untouched = f", untouched for {_days(idle)}" if idle else ""
            self._say(one.date, "begins", f"it is open at the start, in stage {one.stage} with {one.team}{untouched}")
            return
        self.touched = one.date
        origin = "a customer needs more" if one.source == "a customer" else f"it comes from source {one.source}"
        self._say(one.date, "begins", f"{origin}, into stage {one.stage} with {one.team}")

    def _enter(self, one: Event) -> None:
        again, self.stage, self.team = self.stage == one.stage, one.stage, one.team
        if self.waits_from is None:
            self._begin_waiting(one.date)
        if again and len(self.lines) == 1:
            return
        self._say(
            one.date, "stage", f"it {'starts again in' if again else 'enters'} stage {one.stage}{_step(self, one)}"
        )

    def _arrive(self, one: Event) -> None:
        self.team = one.team
        self._begin_waiting(one.date)
        self._say(one.date, "pass", f"it arrives at {one.team}")

    def _park(self, one: Event) -> None:
        self.stage, self.team, self.waits_from = one.stage, one.team, None
        why = "it decides for nobody and goes dormant" if one.kept else "it is not ready and is parked"
        self._say(one.date, "nurture", f"{why}; {one.team} keeps it in nurture")

    def _ripen(self, one: Event) -> None:
        self.touched = one.date
        self._begin_waiting(one.date)
        self._say(one.date, "nurture", "it ripened in nurture and is open again")

    def _resurrect(self, one: Event) -> None:
        self.touched = one.date
        self._begin_waiting(one.date)
        self._say(one.date, "nurture", f"it re-opens after all; {one.team} takes it up again")

    def _requalify(self, one: Event) -> None:
        fate = "still qualifies" if one.kept else "no longer qualifies"
        self._say(one.date, "test", f"it is tested again and {fate}")

    def _lost(self, one: Event) -> None:
        self.waits_from = None
        why = words.LOSS_WORDS.get(one.reason or "", one.reason or "")
        self._say(one.date, "ends", f"it is lost in stage {one.stage}, with {one.team}: {why}")

    def _won(self, one: Event) -> None:
        self.waits_from = None
        amount = money_text(one.amount or 0, self.setting.digits, self.setting.scenario.currency)
        self._say(one.date, "ends", f"it is won by {one.team}: {amount} booked")


def _standing(teller: _Teller) -> str:
    if teller.story.outcome == "in nurture":
        return "in nurture"
    if teller.story.outcome == "on the way":
        return f"on the way to {teller.team}"
    return f"still open, in stage {teller.stage} with {teller.team}"


def _late_names(teller: _Teller) -> str:
    return " and ".join(late_stages(teller.setting))


def _step(teller: _Teller, one: Event) -> str:
    section = next(stage for stage in teller.setting.scenario.stages if stage.name == one.stage)
    number = (one.level or 0) - section.levels[0]
    return f" (step: {section.steps[number]})" if 0 <= number < len(section.steps) else ""


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _hours(hours: float) -> str:
    if hours < 0.1:
        return f"{math.ceil(hours * 60):d} min"
    return f"{hours:.1f} h".replace(".0 h", " h")


def _when(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _span(first: date, last: date) -> str:
    return f"{first.day} {first:%b}" if first == last else f"{first.day}-{last.day} {last:%b}"


def days_texts(lines: Sequence[StoryLine]) -> Iterator[str]:
    """Return the days of each line as people write them.

    Parameters
    ----------
    lines : sequence of StoryLine
        In order.

    Yields
    ------
    str
        ``Mon 2 Mar``, or ``2 Mar - 20 Mar``; with the year where it is the first or a new one.
    """
    year = 0
    for line in lines:
        named = f" {line.end.year}" if line.end.year != year else ""
        year = line.end.year
        if line.start == line.end:
            yield f"{_when(line.start)}{named}"
        elif (line.start.year, line.start.month) == (line.end.year, line.end.month):
            yield f"{_span(line.start, line.end)}{named}"
        else:
            yield f"{line.start.day} {line.start:%b} - {line.end.day} {line.end:%b}{named}"
