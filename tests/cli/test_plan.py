"""``funnelsim plan``: what it prints and keeps, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.api.plan import plan
from funnelsim.cli.main import run_command
from funnelsim.errors import ScenarioError
from funnelsim.inputs.goal_words import read_confidence, read_goal, read_plan_levers
from funnelsim.inputs.source_kinds import is_scenario

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "plan.json"
QUICK = ["--replications", "200", "--threads", "1"]


@pytest.fixture
def said(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command(["plan", *map(str, words)])
        found = capsys.readouterr()
        return code, found.out, found.err

    return command


def test_the_page_begins_with_the_answer(said):
    code, out, err = said("--example", *QUICK)
    assert (code, err) == (0, "")
    assert out.startswith("To book 4.50 million with 80% confidence, the pipeline needs ")
    assert "verified: " in out
    assert "Coverage: " in out


def test_json_is_valid_and_csv_has_its_trials(said):
    code, out, _ = said("--example", "--vary", "pc=0..1", "--confidence", ".9", *QUICK, "--json")
    assert code == 0
    document = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert (document["asked"], document["levers"][0]["path"]) == (0.9, "pc")
    code, out, _ = said("--example", "--vary", "pc=0..1", "--confidence", ".9", *QUICK, "--csv")
    assert len(list(csv.reader(io.StringIO(out)))) == 1 + len(document["trials"])


def test_a_scenario_is_planned_kept_and_made_again(said, tmp_path, capsys):
    folder, chart = tmp_path / "run", tmp_path / "plan.svg"
    words = ["month_end_crunch", "--horizon", "2", "--goal", "150k", "--vary", "teams.sales.heads=1..5"]
    code, out, err = said(*words, "--replications", "100", "--out", folder, "--chart", chart)
    assert code == 0, err
    assert "people" in out
    assert "qualified leads" in out
    assert b"<svg" in chart.read_bytes()
    kept = json.loads((folder / "plan.json").read_text())
    assert kept["strategy"] == "P0"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "plan.json", "trials.csv", "scenario.parquet", "charts",
    }  # fmt: skip
    assert run_command(["rerun", str(folder)]) == 0
    assert "the same, bit for bit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ([], 2, "name one SCENARIO or FILE"),
        (["month_end_crunch", "--example"], 2, "--example stands alone"),
        (["--example", "--json", "--csv"], 2, "exclude each other"),
        (["--example", "--goal", "much"], 1, "an amount above 0"),
        (["--example", "--goal", "0"], 1, "an amount above 0"),
        (["--example", "--confidence", "80"], 1, "write 80% or .8"),
        (["--example", "--confidence", "100%"], 1, "below 100%"),
        (["--example", "--confidence", "nan"], 1, "--confidence"),
        (["--example", "--vary", "sources.web.rate"], 1, "one of leads"),
        (["--example", "--vary", "leads=3..3"], 1, "leads"),
        (["--example", "--vary", "leads=1,2,3"], 1, "KEY=lo..hi"),
        (["--example", "--vary", "leads=1..3:5"], 1, "KEY=lo..hi"),
        (["--example", "--vary", "leads=1..3@-5"], 1, "an amount above 0 after the @"),
        (["--example", "--vary", "leads@5"], 1, "KEY=lo..hi@COST"),
        (["--example", "--vary", "leads", "--vary", "pc"], 1, "where there are several levers"),
        (["--example", "--vary", "leads=1..2@5", "--vary", "leads=1..3@5"], 1, "given once for a key"),
        (["--example", "--strategy", "P0"], 1, "given with a scenario"),
        (["--example", "--replications", "99"], 1, "[100, "),
        (["--example", "--seed", "-1"], 1, "--seed"),
        (["month_end_crunch", "--pc", "percent"], 1, "how a file of leads is read"),
        (["month_end_crunch", "--vary", "\x1b[31m"], 1, "dotted path"),
        (["month_end_crunch", "--vary", "sources.web.pr"], 1, "a section"),
        (["month_end_crunch", "--vary", "goal.revenue"], 1, "something else than the goal"),
        (["month_end_crunch", "--strategy", "P9"], 1, "the strategy"),
        (["month_end_cronch"], 1, "did you mean 'month_end_crunch'?"),
        (["nowhere.csv", "--goal", "5M"], 1, "nowhere.csv"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(said, words, code, part):
    found, out, err = said(*words)
    assert found == code
    assert out == ""
    assert part in err
    assert "\x1b" not in err
    assert "Traceback" not in err


def test_words_are_read_exactly():
    assert read_goal("5M", 2, None) == 500_000_000
    assert read_goal(0.1, 2, None) == 10
    assert read_goal(2e6, 0, "JPY") == 2_000_000
    assert [read_confidence(words) for words in ("80%", ".8", 0.8, "99.5 %")] == [0.8, 0.8, 0.8, 0.995]
    (lever,) = read_plan_levers(["stages.A.hours=8..4@50k"])
    assert (lever.low, lever.high, lever.cost, lever.paid_down, lever.whole) == (4.0, 8.0, 50_000.0, True, True)
    assert lever.spent(8.0) == 0.0
    assert lever.spent(5.0) == 37_500.0
    for words in (True, float("nan"), "", "x%"):
        with pytest.raises(ScenarioError):
            read_confidence(words)


def test_sources_are_told_apart(tmp_path):
    import polars as pl

    leads = tmp_path / "leads.parquet"
    pl.DataFrame({"lead_id": ["a"], "pr": [1]}).write_parquet(leads)
    assert [is_scenario(one) for one in ("month_end_crunch", "x.toml", "nothing_of_that_name")] == [True] * 3
    assert [is_scenario(one) for one in (None, "x.csv", leads, tmp_path / "none.parquet", pl.DataFrame())] == [
        False
    ] * 5


def test_python_takes_one_lever_or_several():
    one = plan(vary="pr", replications=200, threads=1)
    assert one.levers[0].path == "pr"
    with pytest.raises(ScenarioError, match="how a file of leads is read"):
        plan("month_end_crunch", as_of="2026-06-30")
