"""What ``simulate`` and ``trace`` print, where, and how they end."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import funnelsim
import funnelsim.engines.funnel as engine
from funnelsim.cli.main import run_command
from funnelsim.engines.simulated_costs import simulated_costs
from inputs.good_scenario import GOOD, write_good

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
FEW = ["--replications", "20", "--threads", "1"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), GOOD.replace("horizon = 12", "horizon = 3"))


@pytest.fixture
def run(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def validated(name: str, text: str) -> dict:
    answer = json.loads(text)
    Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))).validate(answer)
    return answer


def test_the_page_begins_with_the_answer(run, small):
    code, out, err = run("simulate", small, *FEW)
    assert (code, err) == (0, "")
    assert "80" in out.splitlines()[0]
    assert "Strategy 'relay'" in out
    assert "--strategy also takes 'hand back'" in " ".join(out.split())
    assert "20 simulated futures" in " ".join(out.split())


def test_json_is_only_json_valid_and_the_same_each_time(run, small):
    code, first, err = run("simulate", small, *FEW, "--json", "--strategy", "hand back", "--seed", "5")
    assert (code, err) == (0, "")
    answer = validated("simulate", first)
    assert (answer["strategy"]["name"], answer["seed"], answer["replications"]) == ("hand back", 5, 20)
    again = ["simulate", small, "--replications", "20", "--threads", "2", "--json", "--strategy", "hand back"]
    assert run(*again, "--seed", "5")[1] == first


def test_another_horizon_is_another_calendar(run, small):
    answer = json.loads(run("simulate", small, *FEW, "--json", "--horizon", "2")[1])
    assert (answer["calendar"]["horizon"], len(answer["periods"])) == (2, 2)


def test_csv_is_only_csv_and_quiet_is_nothing(run, small):
    code, out, err = run("simulate", small, *FEW, "--csv")
    assert (code, err) == (0, "")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 21
    assert run("simulate", small, *FEW, "--quiet") == (0, "", "")


def test_a_run_comes_back_bit_for_bit_even_alone(run, small, tmp_path):
    code, out, err = run("simulate", small, *FEW, "--json", "--horizon", "2", "--out", tmp_path / "run")
    assert (code, err) == (0, f"saved in {tmp_path / 'run'}\n")
    wanted = json.loads(out)["content_hash"]
    said = f"then {wanted}\nnow  {wanted}\nthe same, bit for bit.\n"
    assert run("rerun", tmp_path / "run", "--out", tmp_path / "again")[:2] == (0, said)
    for name in ("bands.parquet", "replications.parquet", "leads.parquet", "scenario.parquet", "simulation.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    folder = write_good(tmp_path, GOOD.replace("horizon = 12", "horizon = 3"))
    assert run("simulate", folder, *FEW, "--quiet", "--out", tmp_path / "other")[0] == 0
    folder.write_text(GOOD.replace("per_day = 3.0", "per_day = 9.0"), encoding="utf-8")
    code, out, _ = run("rerun", tmp_path / "other")
    assert (code, "bit for bit" in out) == (0, True), "the folder has its own copy of the scenario"
    code, _, err = run("rerun", tmp_path / "other", "--input", folder)
    assert (code, "sha256" in err) == (1, True)


def test_an_earlier_run_is_not_replaced_unless_asked(run, small, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")
    code, out, err = run("simulate", small, *FEW, "--out", tmp_path / "taken")
    assert (code, out) != (0, "")
    assert err
    assert (tmp_path / "taken" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_charts_are_chosen_by_their_names(run, small, tmp_path):
    names = ("funnel.svg", "ev_stages.svg", "year.svg")
    words = [word for name in names for word in ("--chart", tmp_path / name)]
    assert run("simulate", small, *FEW, "--quiet", *words) == (0, "", "")
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in names]
    assert "Bars of leads by stage" in texts[0]
    assert "Lines of EV by stage" in texts[1]
    assert "Fan chart of cumulative bookings" in texts[2]
    code, _, err = run("simulate", small, *FEW, "--chart", "funnel.pdf")
    assert (code, ".png or .svg" in err) == (1, True)


def test_costs_by_replication_are_those_of_the_bands(small):
    answer = funnelsim.simulate(small, replications=20, threads=1)
    costs = simulated_costs(answer)
    assert costs.shape == (20, 3)
    assert costs.sum() / 20 == pytest.approx(answer.cost.total.mean, rel=1e-12)


def test_python_saves_a_simulation_with_its_scenario(small, tmp_path):
    answer = funnelsim.simulate(small, "hand back", replications=10, threads=1)
    folder = funnelsim.save_run(answer, tmp_path / "run", source=small)
    assert pq.read_table(folder / "replications.parquet").num_rows == 30
    assert funnelsim.rerun(folder, threads=1).same
    with pytest.raises(funnelsim.ScenarioError, match="the scenario of the simulation"):
        funnelsim.save_run(answer, tmp_path / "other")


def test_a_story_is_told_and_is_that_of_the_simulation(run, small):
    code, out, err = run("trace", small, "--lead", "L1", "--replication", "3")
    assert (code, err) == (0, "")
    assert out.startswith("Lead 'First' (L1), PR USD 12.0K, in future 3 under 'relay'")
    story = validated("trace", run("trace", small, "--lead", "L1", "--replication", "3", "--json")[1])
    assert story["lead"]["lead_id"] == "L1"
    assert story["events"][0]["event"] == "born"
    longer = validated(
        "trace", run("trace", small, "--lead", "L1", "--replication", "3", "--json", "--horizon", "6")[1]
    )
    assert longer["events"][: len(story["events"]) - 1] == story["events"][:-1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["simulate", "SMALL", "--strategy", "rely"], 1, "did you mean 'relay'?"),
        (["simulate", "SMALL", "--strategy", "Hand Back"], 1, "did you mean 'hand back'?"),
        (["simulate", "SMALL", "--replications", "0"], 1, "replications must be an integer in [1, 10000000]; got 0."),
        (["simulate", "SMALL", "--seed", "-1"], 1, "seed must be an integer in [0, 2**64); got -1."),
        (["simulate", "SMALL", "--horizon", "0"], 1, "horizon must be"),
        (["simulate", "no_such_scenario"], 1, "the scenario must be"),
        (["simulate", "SMALL", "--json", "--csv"], 2, "--json, --csv and --quiet exclude each other."),
        (["simulate"], 2, "SCENARIO"),
        (["trace", "SMALL", "--lead", "L9"], 1, "L1"),
        (["trace", "SMALL", "--lead", "L1", "--strategy", "rely"], 1, "did you mean 'relay'?"),
        (["trace", "SMALL", "--lead", "L1", "--replication", "-1"], 2, "--replication"),
        (["trace", "SMALL"], 2, "--lead"),
    ],
)
def test_mistakes_end_with_one_sentence(run, small, words, code, said):
    got, out, err = run(*[small if word == "SMALL" else word for word in words])
    assert (got, out) == (code, "")
    assert said in err


def test_130_ctrl_c(run, small, monkeypatch, tmp_path):
    def interrupted(*_args, **_words):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "simulate_scenario", interrupted)
    code, out, err = run("simulate", small, "--out", tmp_path / "run")
    assert (code, out) == (130, "")
    assert "stopped: nothing is left half written." in err
    assert not (tmp_path / "run").exists()
