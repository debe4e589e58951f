"""What happened to one lead in one simulated future, as a page and as JSON.

What it leaves out: how the log becomes sentences (:mod:`funnelsim.outputs.story_lines`).
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from typing import Any, TextIO

from funnelsim.model.money import to_major
from funnelsim.model.simulation import Story
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.number_text import day_text, money_text
from funnelsim.outputs.page import DIM, STRONG, WARNING, Page
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_sentences import quoted
from funnelsim.outputs.story_events import Event, StorySetting, events_of
from funnelsim.outputs.story_lines import ToldStory, days_texts, late_stages, tell

TRACE_SCHEMA = "funnelsim/trace/1"
Document = dict[str, Any]


def print_story(story: Story, setting: StorySetting, stream: TextIO | None = None, *, width: int | None = None) -> None:
    """Print the story of a lead.

    Parameters
    ----------
    story : Story
        Any story.
    setting : StorySetting
        What it is read against.
    stream : text stream, optional
        Where to; stdout by default.
    width : int, optional
        Columns, at least 40; the terminal's own by default, 100 when the stream is not a terminal.
    """
    page = Page(stream or sys.stdout, width)
    told = tell(story, setting)
    page.say(summary(story, setting), STRONG)
    page.say(_buyer(story))
    page.say(idleness(told, setting))
    page.say(month_end(told, setting), WARNING)
    page.gap()
    page.grid(zip(days_texts(told.lines), (_sentence(line.text) for line in told.lines), strict=True), gap=2)
    page.gap()
    page.say(_footer(setting), DIM)
    page.finish()


def story_document(story: Story, setting: StorySetting) -> Document:
    """Return the story as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    story : Story
        Any story.
    setting : StorySetting
        What it is read against.

    Returns
    -------
    dict
        As ``docs/schemas/trace.json`` says.
    """
    told, calendar = tell(story, setting), setting.calendar
    return {
        "schema": TRACE_SCHEMA,
        "as_of": calendar.as_of.isoformat(),
        "end": calendar.window.end.isoformat(),
        "currency": setting.scenario.currency,
        "seed": setting.seed,
        "replication": setting.replication,
        "scenario": setting.scenario.name,
        "strategy": setting.strategy.name,
        "lead": {
            "lead_id": story.lead_id,
            "name": story.name,
            "pr": to_major(story.pr, setting.digits),
            "buyer": bool(story.buyer),
        },
        "outcome": story.outcome,
        "summary": summary(story, setting),
        "touched_days": told.touched_days,
        "idle_days": told.idle_days,
        "late_idle_days": told.late_idle_days,
        "story": [
            {"start": line.start.isoformat(), "end": line.end.isoformat(), "kind": line.kind, "text": line.text}
            for line in told.lines
        ],
        "events": [_event(one, setting) for one in events_of(story, setting)],
    }


def summary(story: Story, setting: StorySetting) -> str:
    """Return the story in one sentence.

    Parameters
    ----------
    story : Story
        Any story.
    setting : StorySetting
        What it is read against.

    Returns
    -------
    str
        Which lead, worth what, and how it ended.
    """
    pr = money_text(story.pr, setting.digits, setting.scenario.currency)
    named = quoted(story.name) if story.name == story.lead_id else f"{quoted(story.name)} ({plain(story.lead_id, 40)})"
    lead = f"Lead {named}, PR {pr}, in future {setting.replication} under {quoted(setting.strategy.name)}"
    ends = [one for one in events_of(story, setting) if one.name in {"won", "lost"}]
    if story.outcome in {"won", "lost"} and ends:
        last = ends[-1]
        return f"{lead}: {story.outcome} on {_date(last.date)}, in stage {plain(last.stage or '')} with {last.team}."
    return f"{lead}: {story.outcome} at the end, {_date(setting.calendar.window.end)}."


def idleness(told: ToldStory, setting: StorySetting) -> str:
    """Return how long the lead was touched and stood idle.

    Parameters
    ----------
    told : ToldStory
        The story.
    setting : StorySetting
        What it is read against.

    Returns
    -------
    str
        One sentence.
    """
    grace = setting.scenario.forces.neglect.grace_days
    touched = f"It was touched on {_days(told.touched_days)}" if told.touched_days else "It was never touched"
    return (
        f"{touched} and stood with an owner untouched on {told.idle_days} "
        f"(idle days in a row beyond {grace} are neglect)."
    )


def month_end(told: ToldStory, setting: StorySetting) -> str:
    """Return how long it stood idle at month ends, when Sales worked on others.

    Parameters
    ----------
    told : ToldStory
        The story.
    setting : StorySetting
        What it is read against.

    Returns
    -------
    str
        Empty where it never did.
    """
    if not told.late_idle_days:
        return ""
    late = " and ".join(late_stages(setting))
    count = setting.strategy.priority.triage_days
    return (
        f"On {told.late_idle_days} of those days it waited at a month's end: in the last {count} working days Sales "
        f"works leads in {late} first, and this one was not there."
    )


def _buyer(story: Story) -> str:
    if story.buyer:
        return "It was a true buyer, which nobody in the funnel could see."
    return "It was no true buyer and could not be won, which nobody in the funnel could see."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _date(day: date) -> str:
    return f"{day:%a} {day_text(day)}"


def _footer(setting: StorySetting) -> str:
    return (
        f"As of {day_text(setting.calendar.as_of)}; scenario {quoted(setting.scenario.name)}; strategy "
        f"{quoted(setting.strategy.name)}; replication {setting.replication}; seed {setting.seed}; "
        f"funnelsim {tool_version()}"
    )


def _event(one: Event, setting: StorySetting) -> Document:
    found = {name: value for name, value in asdict(one).items() if value is not None and name not in {"date", "name"}}
    if one.amount is not None:
        found["amount"] = to_major(one.amount, setting.digits)
    day = found.pop("day")
    return {"day": day, "date": one.date.isoformat(), "event": one.name, **found}
