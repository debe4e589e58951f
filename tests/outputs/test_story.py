"""The story of a lead: days, spells of work, idle stretches, month ends, and the JSON of it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from forecast_variants import HOSTILE
from jsonschema import Draft202012Validator
from sample_simulation import sample_opening, sample_scenario, sample_story

from funnelsim.engines.funnel_days import lower_days
from funnelsim.model import funnel_words as words
from funnelsim.model.simulation import Story
from funnelsim.model.work_days import is_worked, triage_windows
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.documents import canonical_json
from funnelsim.outputs.story_events import StorySetting, events_of
from funnelsim.outputs.story_lines import days_texts, tell
from funnelsim.outputs.story_page import print_story, story_document

ROOT = Path(__file__).resolve().parents[2]
HOUR = words.TICKS_PER_HOUR
OUTCOMES = ("lost", "won", "open")


def setting(strategy: str = "relay") -> StorySetting:
    scenario = sample_scenario()
    return StorySetting(scenario, scenario.strategy(strategy), sample_opening(), 3, 7)


def page(story: Story, where: StorySetting | None = None, width: int = 100) -> str:
    stream = io.StringIO()
    print_story(story, where or setting(), stream, width=width)
    return stream.getvalue()


def told(events: list[tuple[int, int, int, int, int]], outcome: str = "open", lead: str = "web-1-1") -> str:
    story = Story(lead, lead, 1_000_000, False, tuple(events), outcome)
    return " ".join(line.text for line in tell(story, setting()).lines)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_stories_are_as_they_were(outcome: str, update_golden: bool) -> None:
    path = ROOT / "tests" / "golden" / f"story_{outcome}.txt"
    text = page(sample_story(outcome)).replace(f"funnelsim {tool_version()}", "funnelsim VERSION")
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_neglected_account_is_seen_to_stand_idle_while_late_stages_are_worked() -> None:
    text = " ".join(page(sample_story()).split())
    assert "it stands idle over the month ends 26-30 Jan, 23-27 Feb, when Sales works leads in A first" in text
    assert "On 20 of those days it waited at a month's end" in text
    assert "its risk of being lost grows to 5.5 times the usual" in text
    other = " ".join(page(sample_story(), setting("hand back")).split())
    assert "month end" not in other, "without triage nobody is put first"


def test_days_are_counted_once() -> None:
    answer = tell(sample_story(), setting())
    assert answer.touched_days == 4
    assert answer.touched_days + answer.idle_days == 130 - 2, "two days on the way belong to nobody"
    assert answer.late_idle_days == 20


def test_every_reason_of_a_pass_has_a_sentence() -> None:
    for code, name in enumerate(words.PASS_REASONS):
        text = told([(0, 0, 1, 1, 0), (0, 1, 1, 1, 3), (3, 3, 1, 0, code), (4, 4, 0, 0, 0)])
        assert f"Sales passes it to Marketing, because {words.PASS_WORDS[name]}" in text
        assert "it arrives Mon 5 Jan" in text


def test_every_end_has_a_sentence() -> None:
    start = [(0, 0, 0, 0, 0), (0, 1, 0, 0, 2)]
    for code, name in enumerate(words.LOSS_REASONS):
        if name in words.LOSS_WORDS:
            assert words.LOSS_WORDS[name] in told([*start, (2, 7, 0, code, 0)], "lost")
    assert "it comes from source web, into stage C with Marketing" in told(start)
    assert "a customer needs more" in told([(0, 0, 0, 0, -2), (0, 1, 0, 0, 2)])
    assert "it is still open, in stage C with Marketing" in told(start)
    assert "it is in nurture" in told([*start, (5, 5, 0, 0, 0)], "in nurture")
    assert "goes dormant" in told([*start, (5, 5, 0, 0, 0)], "in nurture")
    assert "is not ready and is parked" in told([*start, (5, 5, 0, 0, 1)], "in nurture")
    assert "ripened" in told([*start, (5, 5, 0, 0, 0), (20, 6, 0, 0, 0), (20, 1, 0, 0, 2)])
    assert "re-opens after all" in told([*start, (5, 7, 0, 0, 0), (40, 9, 0, 0, 0), (40, 1, 0, 0, 2)])
    assert "no longer qualifies" in told([*start, (5, 10, 0, 0, 0)])
    assert "it is on the way to Sales" in told([*start, (180, 3, 0, 1, 0)], "on the way")


def test_touches_close_together_are_one_spell_and_a_gap_parts_them() -> None:
    start = [(0, 0, 1, 1, 0), (0, 1, 1, 1, 4)]
    close = [(day, 2, 1, 1, HOUR // 2) for day in (4, 5, 8, 11)]
    assert "Sales works it on 4 days: 4 touches, 2 h" in told([*start, *close])
    far = [(day, 2, 1, 1, HOUR // 2) for day in (4, 5, 25)]
    text = told([*start, *far])
    assert "Sales works it on 2 days" in text
    assert "for 19 days nobody touches it" in text
    assert "Sales works it: 1 touch, 0.5 h" in text


def test_a_long_story_stays_readable() -> None:
    touches = [(day, 2, 1, 1, HOUR) for day in range(2, 178)]
    story = Story("a", "a", 1, True, ((0, 0, 1, 1, 0), (0, 1, 1, 1, 4), *touches), "open")
    assert len(tell(story, setting()).lines) <= 4


def test_a_world_without_harm_says_so() -> None:
    base = setting()
    forces = base.scenario.forces.model_copy(update={"neglect": base.scenario.forces.neglect.off()})
    mild = replace(base, scenario=base.scenario.model_copy(update={"forces": forces}))
    assert "in this world that does no harm" in page(sample_story(), mild)


def test_years_are_named_when_they_begin() -> None:
    lines = tell(sample_story(), setting()).lines
    texts = list(days_texts(lines))
    assert texts[0] == "Thu 1 Jan 2026"
    assert not any("2026" in text for text in texts[1:])


def test_month_ends_are_those_of_the_engine() -> None:
    base = setting()
    section = base.scenario.calendar.model_copy(update={"holidays": (date(2026, 3, 31), date(2026, 5, 29))})
    days = lower_days(base.calendar, section, 5, None)
    window = base.calendar.window
    dates = [base.date_of(day) for day in range(window.days)]
    marked = [
        any(first <= one <= last for first, last in triage_windows(section, 5, dates[0], dates[-1])) for one in dates
    ]
    assert np.array_equal(np.array(marked, dtype=np.int64), days.triage)
    assert [is_worked(section, one) for one in dates] == [bool(one) for one in days.work]
    assert triage_windows(section, 0, dates[0], dates[-1]) == ()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_json_satisfies_the_published_schema(outcome: str) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "trace.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(canonical_json(story_document(sample_story(outcome), setting())))
    Draft202012Validator(schema).validate(document)
    assert document["events"][0]["source"] == "open at the start"
    assert len(document["events"]) == len(sample_story(outcome).events)
    assert not Draft202012Validator(schema).is_valid({**document, "surprise": 1})


def test_steps_of_a_score_are_nobodys() -> None:
    story = Story("a", "a", 1, True, ((0, 0, 1, 1, 0), (0, 1, 1, 1, 4), (7, words.RULE, 1, 0, 0)), "open")
    assert [one.name for one in events_of(story, setting())] == ["born", "enter"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    shown = page(replace(sample_story(), name=text))
    assert all(character.isprintable() or character == "\n" for character in shown)


@pytest.mark.parametrize("width", [60, 120])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    assert all(len(line) <= width for line in page(sample_story(), width=width).splitlines())
