"""What ``compare`` prints, where, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import funnelsim
from funnelsim.cli.main import run_command
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.model.score_words import MEANS
from inputs.good_scenario import GOOD, write_good

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "compare.json"
FEW = ["--replications", "20", "--threads", "1", "--ledger", "5"]
SHORT = GOOD.replace("horizon = 12", "horizon = 3")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), SHORT)


@pytest.fixture(scope="module")
def other_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    busier = SHORT.replace("per_day = 3.0", "per_day = 4.0")
    return write_good(tmp_path_factory.mktemp("busier"), busier)


@pytest.fixture
def run(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def validated(text: str) -> dict:
    answer = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer)
    return answer


def test_the_page_begins_with_the_conclusion_and_compares_all_strategies(run, small):
    code, out, err = run("compare", small, *FEW)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "'hand back'" in text
    assert "baseline 'relay'" in text
    assert "20 simulated futures of each, with the same luck" in text
    assert "How sure that is" in text
    assert "Why: which leads change fate under 'hand back', a future, in the first 5 futures" in text
    code, out, _ = run("compare", small, *FEW[:4], "--no-ledger")
    assert (code, "Why:" in out) == (0, False)


def test_a_strategy_against_itself_is_all_zeros(run, small):
    words = ["compare", small, *FEW, "--strategy", "relay", "--strategy", "relay"]
    out = run(*words)[1]
    assert out.splitlines()[0] == "'relay (2)' and 'relay' are the same in every future."
    card = [line for line in out.splitlines() if re.search(r"  = 0( pt)?  ", line)]
    assert len(card) >= 9
    assert all(line.endswith("the same") for line in card)
    assert not re.search(r"  (better|worse|not known)$", out, re.MULTILINE)
    contest = validated(run(*words, "--json")[1])["contests"][0]
    assert contest["identical"] is True
    for one in contest["scores"]:
        if one["difference"]["estimate"] is not None:
            assert {one["difference"][end] for end in ("estimate", "low", "high")} == {0}
    assert {one["mean"][end] for one in contest["periods"] for end in ("estimate", "low", "high")} == {0}


def test_json_is_only_json_and_the_same_for_any_threads(run, small):
    words = ["compare", small, "--strategy", "hand back", "--strategy", "relay", "--seed", "5", "--confidence", "90%"]
    code, first, err = run(*words, *FEW, "--null-twin", "neglect", "--json")
    assert (code, err) == (0, "")
    answer = validated(first)
    assert (answer["baseline"], answer["seed"], answer["confidence"]) == ("hand back", 5, 0.9)
    assert [one["mechanism"] for one in answer["null_twins"]] == ["neglect"]
    assert answer["contests"][0]["ledger"]["replications"] == 5
    again = [*words, "--replications", "20", "--threads", "2", "--ledger", "5", "--null-twin", "neglect", "--json"]
    assert run(*again)[1] == first


def test_help_names_every_metric(run):
    text = run("compare", "--help")[1]
    assert all(name in text for name in MEANS)


def test_csv_is_only_csv_and_quiet_is_nothing(run, small):
    code, out, err = run("compare", small, *FEW, "--csv")
    assert (code, err) == (0, "")
    assert {row["other"] for row in csv.DictReader(io.StringIO(out))} == {"hand back"}
    assert run("compare", small, *FEW, "--quiet") == (0, "", "")


def test_worlds_that_differ_are_refused_with_what_differs_and_compared_when_allowed(run, small, other_world):
    words = ["compare", small, other_world, "--strategy", "relay", *FEW]
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert "sources.web.per_day" in err
    assert "--allow-different-worlds" in err
    code, out, err = run(*words, "--allow-different-worlds")
    assert (code, err) == (0, "")
    assert "The worlds differ" in out
    assert "sources.web.per_day: 3.0 in the first, 4.0 in the other" in out


def test_precision_says_what_it_reached(run, small):
    words = ["compare", small, "--replications", "20", "--threads", "1", "--no-ledger", "--precision", "50%", "--json"]
    looks = validated(run(*words)[1])["looks"]
    assert looks["asked"] == "50%"
    assert looks["looks"][0] == 20


def test_a_run_comes_back_bit_for_bit_even_alone(run, small, tmp_path):
    words = ["compare", small, *FEW, "--horizon", "2", "--strategy", "hand back", "--strategy", "relay"]
    code, out, err = run(*words, "--json", "--out", tmp_path / "run")
    assert (code, err) == (0, f"saved in {tmp_path / 'run'}\n")
    answer = json.loads(out)
    assert json.loads((tmp_path / "run" / "comparison.json").read_text(encoding="utf-8")) == answer
    assert pq.read_table(tmp_path / "run" / "replications.parquet").num_rows == 2 * 20
    saved = read_manifest(tmp_path / "run")
    assert saved.content_hash == answer["content_hash"]
    assert "scenario_2.parquet" not in saved.manifest["files"], "two strategies of one scenario need one copy"
    code, out, _ = run("rerun", tmp_path / "run", "--threads", "2", "--out", tmp_path / "again")
    assert (code, "bit for bit" in out) == (0, True)
    for name in ("comparison.json", "replications.parquet", "scenario_1.parquet", "charts/differences.svg"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    assert "bit for bit" in run("rerun", tmp_path / "again")[1]
    code, _, err = run("rerun", tmp_path / "run", "--input", small)
    assert (code, "--input must be left out" in err) == (1, True)


@pytest.mark.slow
def test_a_run_of_two_worlds_has_both_and_needs_neither_file(run, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    places = [write_good(tmp_path / name, text) for name, text in
              (("a", SHORT), ("b", SHORT.replace("per_day = 3.0", "per_day = 4.0")))]  # fmt: skip
    words = ["compare", *places, "--strategy", "relay", "--allow-different-worlds", *FEW]
    assert run(*words, "--quiet", "--out", tmp_path / "run")[0] == 0
    for place in places:
        place.unlink()
    assert "bit for bit" in run("rerun", tmp_path / "run")[1]


@pytest.mark.slow
def test_saved_simulations_are_compared_and_kept(run, small, tmp_path):
    for name in ("relay", "hand back"):
        words = ["simulate", small, "--strategy", name, "--replications", "20", "--seed", "3", "--quiet"]
        assert run(*words, "--out", tmp_path / name)[0] == 0
    words = ["compare", tmp_path / "relay", tmp_path / "hand back", "--threads", "1", "--no-ledger"]
    answer = validated(run(*words, "--json", "--out", tmp_path / "both")[1])
    assert (answer["seed"], answer["replications"]) == (3, 20)
    assert [one["strategy"] for one in answer["entrants"]] == ["relay", "hand back"]
    assert "bit for bit" in run("rerun", tmp_path / "both")[1]


def test_saved_forecasts_are_compared_and_kept(run, tmp_path):
    words = ["forecast", "--example", "--replications", "50", "--threads", "1", "--quiet"]
    assert run(*words, "--out", tmp_path / "stated")[0] == 0
    assert run(*words, "--shock", "0", "--out", tmp_path / "calm")[0] == 0
    pair = ["compare", tmp_path / "stated", tmp_path / "calm"]
    code, out, err = run(*pair, "--out", tmp_path / "both")
    assert (code, err) == (0, f"saved in {tmp_path / 'both'}\n")
    assert "'calm'" in out
    assert "profit" not in out
    validated(run(*pair, "--json")[1])
    assert "bit for bit" in run("rerun", tmp_path / "both")[1]


@pytest.mark.slow
def test_a_forecast_that_is_another_one_now_is_refused(run, tmp_path):
    words = ["forecast", "--example", "--replications", "50", "--threads", "1", "--quiet"]
    assert run(*words, "--out", tmp_path / "stated")[0] == 0
    assert run(*words, "--shock", "0", "--out", tmp_path / "calm")[0] == 0
    assert run("compare", tmp_path / "stated", tmp_path / "calm", "--quiet", "--out", tmp_path / "both")[0] == 0
    assert run(*words, "--shock", "0.1", "--out", tmp_path / "calm", "--force")[0] == 0
    code, _, err = run("rerun", tmp_path / "both")
    assert (code, "content hash" in err) == (1, True)


def test_charts_are_chosen_by_their_names(run, small, tmp_path):
    names = ("why_twins.svg", "scores.svg", "year.svg")
    words = [word for name in names for word in ("--chart", tmp_path / name)]
    assert run("compare", small, *FEW, "--quiet", "--null-twin", "neglect", *words) == (0, "", "")
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in names]
    assert "Dots and intervals of null twins" in texts[0]
    assert "Dots and intervals of a score card" in texts[1]
    assert "Lines and bands of the difference of bookings" in texts[2]


def test_python_compares_and_keeps_without_a_command_line(small, tmp_path):
    answer = funnelsim.compare([small], replications=20, ledger=0, threads=1)
    assert isinstance(answer, funnelsim.Comparison)
    folder = funnelsim.save_run(answer, tmp_path / "run")
    assert funnelsim.rerun(folder, threads=1).same


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["compare", "SMALL", "--strategy", "rely", "--strategy", "relay"], 1, "did you mean 'relay'?"),
        (["compare", "SMALL", "--strategy", "relay"], 1, "two or more"),
        (["compare", "SMALL", "--metric", "profits"], 1, "did you mean 'profit'?"),
        (["compare", "SMALL", "--null-twin", "neglct"], 1, "did you mean 'neglect'?"),
        (["compare", "SMALL", "--precision", "soon"], 1, "--precision must be"),
        (["compare", "SMALL", "--confidence", "1.5"], 1, "--confidence must be"),
        (["compare", "SMALL", "--replications", "0"], 1, "replications must be"),
        (["compare", "no_such_scenario"], 1, "the scenario must be"),
        (["compare", "SMALL", "--chart", "scores.pdf"], 1, ".png or .svg"),
        (["compare", "SMALL", "--chart", "twins.png"], 2, "needs --null-twin"),
        (["compare", "SMALL", "--confidence", "high"], 2, "--confidence"),
        (["compare", "SMALL", "--json", "--quiet"], 2, "exclude each other"),
        (["compare", "SMALL", "--ledger", "3", "--no-ledger"], 2, "exclude each other"),
        (["compare"], 2, "SCENARIO"),
    ],
)
def test_mistakes_end_with_one_sentence(run, small, words, code, said):
    got, out, err = run(*[small if word == "SMALL" else word for word in words])
    assert (got, out) == (code, "")
    assert said in err
