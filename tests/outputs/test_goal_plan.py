"""A plan back from a goal as sentences, a page, a document, a table and a chart."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.api.plan import plan
from funnelsim.model.calendar import Period
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.goal_plan import Fall, GoalPlan, PlanLever, Trial, Verification
from funnelsim.model.intervals import Interval
from funnelsim.model.required_planning import Coverage, RequiredFigures, RequiredPlanning, RequiredTeam
from funnelsim.outputs.band_drawing import ASCII
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.documents import canonical_json
from funnelsim.outputs.goal_plan_chart import goal_plan_chart
from funnelsim.outputs.goal_plan_document import goal_plan_csv, goal_plan_document
from funnelsim.outputs.goal_plan_page import draw_chance, print_goal_plan
from funnelsim.outputs.goal_plan_sentences import answer_sentences, coverage_sentence, headline
from funnelsim.outputs.goal_plan_text import change_words, hundred_text, interval_text, shown_trials

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
HOSTILE = "\x1b[31m[bold red]=1+1|\u202e"


def chance(share, half=0.02) -> Interval:
    return Interval(share, max(share - half, 0.0), min(share + half, 1.0), 0.95, "Clopper-Pearson", at_least=True)


def trial(*values, share=0.5, spent=0.0) -> Trial:
    return Trial(values, 1000, chance(share), 4e8 * share, 200_000_000, 300_000_000, 500_000_000, 120_000_000.0, spent)


def figures(title, factor) -> RequiredFigures:
    teams = (RequiredTeam("sales", 180.0, 120.0 * factor, 150.0 * factor),)
    leads = {"web": 40.0 * factor, "referral": 12.5 * factor}
    return RequiredFigures(title, factor, leads, Estimate(51 * factor, 0.1), Estimate(4e8 * factor, 1e6), 0.4, teams)


def sample(**changes) -> GoalPlan:
    """The plan of the brief: 2.4 leads a day instead of 1.6, in round numbers."""
    window = Period(date(2026, 1, 1), date(2026, 12, 31))
    coverage = Coverage(window, 600_000_000, 200_000_000, 500_000_000, 1.5e8, 2.5e8, 2.0)
    trials = tuple(
        trial(value, share=share) for value, share in ((1.6, 0.45), (2.0, 0.65), (2.3, 0.78), (2.4, 0.82), (3.2, 0.97))
    )
    needs = RequiredPlanning(figures("today", 1.0), figures("for the goal in the mean", 1.3), 1.2, None, coverage)
    found = GoalPlan(
        kind="scenario", name="small", sha256="ab" * 32, strategy="relay", as_of=date(2025, 12, 31), window=window,
        currency="USD", minor_digits=2, goal=500_000_000, booked=0, asked=0.8, seed=0, replications=1000,
        levers=(PlanLever("sources.web.per_day", 1.6),), status="reached", present=trials[0], values=(2.4,), low=2.2,
        high=2.5, answer=trials[3], best=trials[4], verifications=(Verification(7, trial(2.4, share=0.81), True),),
        trials=trials, falls=(), required=needs, coverage=coverage, extra=None, notes=(), content_hash="c" * 64,
    )  # fmt: skip
    return replace(found, **changes)


@pytest.fixture(scope="module")
def schema():
    found = json.loads((ROOT / "docs" / "schemas" / "plan.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


@pytest.fixture(scope="module")
def example() -> GoalPlan:
    return plan(replications=400, threads=1)


VARIANTS = {
    "sample": {},
    "unreached": {
        "status": "not reached", "values": None, "answer": None, "low": None, "high": None, "verifications": (),
        "falls": (Fall(2.4, 3.2, 0.6, 0.2), Fall(2.4, 1.6, 0.6, 0.4)), "best": trial(2.4, share=0.6), "asked": 0.95,
    },
    "already": {
        "status": "already reached", "values": (1.2,), "low": 1.1, "high": 1.3, "answer": trial(1.2, share=0.81),
        "present": trial(1.6, share=0.9), "verifications": (Verification(7, trial(1.2, share=0.8), True),),
    },
    "denied": {"verifications": (Verification(7, trial(2.4, share=0.7), False),)},
    "several": {
        "levers": (PlanLever("sources.web.per_day", 1.6, 1.6, 3.0, cost=200_000.0),
                   PlanLever("teams.sales.heads", 3.0, 3.0, 6.0, whole=True, cost=600_000.0)),
        "values": (2.4, 4.0), "low": None, "high": None, "present": trial(1.6, 3.0, share=0.4),
        "answer": trial(2.4, 4.0, share=0.82, spent=314_285.7), "best": trial(3.0, 6.0, share=1.0, spent=800_000.0),
        "trials": (trial(1.6, 3.0, share=0.4), trial(2.4, 4.0, share=0.82, spent=314_285.7),
                   trial(3.0, 6.0, share=1.0, spent=800_000.0)),
        "verifications": (Verification(7, trial(2.4, 4.0, share=0.81, spent=314_285.7), True),),
    },
    "hostile": {"name": HOSTILE, "strategy": HOSTILE, "notes": (HOSTILE,), "levers": (PlanLever(f"x.{HOSTILE}", 1.6),)},
    "bare": {"required": None, "coverage": None, "currency": None},
}  # fmt: skip


def page_of(one, width=100, encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_goal_plan(one, stream, width=width)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_the_headline_is_what_a_board_would_repeat():
    assert headline(sample()) == (
        "To book USD 5.00 million with 80% confidence, web must bring 2.4 leads a day instead of 1.6; verified: 81 in "
        "100 futures (at least 95 %: 79 to 83)."
    )


def test_other_answers_have_their_own_headline():
    assert "cannot be reached with 95% confidence" in headline(sample(**VARIANTS["unreached"]))
    assert "the best chance found is 60 in 100 futures (at least 95 %: 58 to 62), at 2.4." in headline(
        sample(**VARIANTS["unreached"])
    )
    unsure = sample(**{**VARIANTS["unreached"], "asked": 0.61})  # inside the interval of the best chance found
    assert headline(unsure).startswith("Whether ")
    assert "is not known" in headline(unsure)
    assert "too near 61% to tell" in headline(unsure)
    assert "--replications" in headline(unsure)
    assert "is reached as things are: 90 in 100 futures, 80% were asked for" in headline(sample(**VARIANTS["already"]))
    assert "NOT verified: 70 in 100" in headline(sample(**VARIANTS["denied"]))
    assert "web must bring 2.4 leads a day instead of 1.6 and sales must have 4 people instead of 3" in headline(
        sample(**VARIANTS["several"])
    )


@pytest.mark.parametrize(
    ("lever", "value", "said"),
    [
        (PlanLever("sources", 1.0), 1.45, "all sources together must bring 1.45 times the leads they bring today"),
        (PlanLever("stages.A.conversion", 0.4), 0.46, "stage A must convert 46% instead of 40%"),
        (
            PlanLever("forces.neglect.rise_per_week", 0.6),
            0.3,
            "forces.neglect.rise_per_week must be 0.3 instead of 0.6",
        ),
        (PlanLever("pc", 0.0), 0.5, "the odds of every lead must be 1.65 times today's (a PC of 30% becomes 41%)"),
        (PlanLever("pr", 1.0), 1.2, "the PR of every lead must be 1.2 times today's"),
        (PlanLever("time", 0.0), 1.0, "every lead must close 1 day sooner"),
    ],
)
def test_levers_are_said_in_words(lever, value, said):
    assert change_words(sample(levers=(lever,)), 0, value) == said


def test_remarks_tell_what_the_headline_cannot():
    said = " ".join(answer_sentences(sample()))
    assert "As things are, 45 in 100 futures reach it (43 to 47), 55 miss it." in said
    assert "The least that is enough (at least 95 %) lies between 2.2 and 2.5" in said
    fallen = " ".join(answer_sentences(sample(**VARIANTS["unreached"])))
    assert "More is not always better: from 2.4 to 3.2 the chance falls from 60 to 20 in 100." in fallen
    assert "Less is not always better" in fallen
    spent = " ".join(answer_sentences(sample(**VARIANTS["several"])))
    assert "By your own prices that costs USD 314K of at most USD 800K, the least found for it." in spent
    back = " ".join(answer_sentences(sample(**VARIANTS["already"])))
    assert "Web, leads a day, could be lowered to 1.2 from 1.6; verified: 80 in 100" in back


def test_coverage_is_held_against_own_conversion():
    one = sample()
    assert coverage_sentence(one, one.coverage) == (
        "Coverage: USD 6.00M of PR is open against USD 5.00M still to be booked, 1.2 times. Your own conversion (25% "
        "of it is booked in these days) asks for 2 times in the mean with new leads as today."
    )
    nothing = replace(one.coverage, remaining=0)
    assert coverage_sentence(one, nothing) == "Nothing of the goal remains to be booked."


def test_chances_are_never_said_to_be_certain():
    assert [hundred_text(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "fewer than 1", "fewer than 1", "50", "more than 99", "more than 99",
    ]  # fmt: skip
    assert interval_text(Interval(0.5, 0.4411, 0.5511, 0.95, "x")) == "44 to 56", "outwards"


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("width", "encoding"), [(100, "utf-8"), (40, "ascii")])
def test_pages_fit_and_show_no_control_characters(name, width, encoding):
    text = page_of(sample(**VARIANTS[name]), width, encoding)
    assert max(map(len, text.splitlines())) <= width
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("name", ["sample", "unreached"])
def test_the_page_reads_as_it_was_reviewed(name, update_golden):
    text = page_of(sample(**VARIANTS[name]))
    path = GOLDEN / f"plan_{name}_100.txt"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_chance_is_drawn_on_a_scale_of_a_hundred():
    assert draw_chance(trial(1.0, share=0.5), 0.8, 20, ASCII) == "         -|     ^   "


def test_tables_keep_what_matters():
    many = tuple(trial(float(value), share=0.1) for value in range(200))
    one = sample(trials=(*many, *sample().trials))
    shown = shown_trials(one, 14)
    assert len(shown) <= 14
    assert {one.present.values, one.values, one.best.values} <= {found.values for found in shown}


@pytest.mark.parametrize("name", VARIANTS)
def test_documents_are_valid(name, schema):
    schema.validate(json.loads(canonical_json(goal_plan_document(sample(**VARIANTS[name])))))


def test_a_plan_of_the_example_is_valid_and_the_same_each_time(example, schema):
    document = json.loads(canonical_json(goal_plan_document(example)))
    schema.validate(document)
    assert document["goal"] == 4_500_000
    again = plan(replications=400, threads=2)
    assert canonical_json(goal_plan_document(again)) == canonical_json(goal_plan_document(example))


def test_the_csv_has_a_row_a_setting(example):
    rows = list(csv.DictReader(io.StringIO(goal_plan_csv(example))))
    assert len(rows) == len(example.trials)
    (answer,) = (row for row in rows if row["is"] == "answer")
    assert float(answer["leads"]) == example.values[0]
    assert float(answer["low"]) <= float(answer["chance"]) <= float(answer["high"])


@pytest.mark.parametrize("name", ["sample", "unreached", "several", "hostile"])
def test_charts_can_be_drawn(name):
    spec = goal_plan_chart(sample(**VARIANTS[name]))
    assert chart_png(spec).startswith(b"\x89PNG")
    svg = chart_svg(spec).decode()
    assert "asked" in svg
    assert "today" in svg
    assert ("best found" if name == "unreached" else "answer") in svg
