"""``--control`` of ``simulate`` and ``compare``: beside the answer, never in it; kept, and made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from funnelsim.cli.main import run_command
from inputs.good_scenario import GOOD, write_good

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
FEW = ["--replications", "30", "--threads", "1"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), GOOD.replace("horizon = 12", "horizon = 3"))


@pytest.fixture
def run(capsys):
    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return command


@pytest.mark.parametrize("words", [["simulate"], ["compare", "--no-ledger"]], ids=["simulate", "compare"])
def test_control_stands_beside_the_answer_and_changes_nothing_in_it(run, small, words):
    plain = json.loads(run(*words, small, *FEW, "--json"))
    answer = json.loads(run(*words, small, *FEW, "--json", "--control"))
    Draft202012Validator(json.loads((SCHEMAS / f"{words[0]}.json").read_text(encoding="utf-8"))).validate(answer)
    control = answer.pop("control")
    assert "control" not in plain
    if words[0] == "compare":  # another request, so another hash
        assert answer.pop("content_hash") != plain.pop("content_hash")
    assert answer == plain
    (estimate,) = control["estimates"]
    assert estimate["variance_reduction"] >= 1
    assert (estimate["controlled"] == estimate["plain"]) == (not estimate["used"])
    assert not estimate["pays"] or estimate["variance_reduction"] > 1 + control["work"]


def test_the_plain_interval_is_that_of_the_contest(run, small):
    answer = json.loads(run("compare", small, *FEW, "--no-ledger", "--json", "--control"))
    revenue = answer["contests"][0]["scores"][0]
    assert answer["control"]["estimates"][0]["plain"] == revenue["difference"]
    assert answer["control"]["estimates"][0]["label"] == answer["contests"][0]["other"]


def test_the_page_says_in_a_sentence_what_the_twin_did(run, small):
    for words in (["simulate"], ["compare", "--no-ledger"]):
        assert "Twin world" not in run(*words, small, *FEW)
        assert run(*words, small, *FEW, "--control").count("Twin world without queues: it ") == 1


@pytest.mark.parametrize("words", [["simulate"], ["compare", "--no-ledger"]], ids=["simulate", "compare"])
def test_a_run_with_control_comes_back_with_it(run, small, tmp_path, words):
    run(*words, small, *FEW, "--control", "--out", tmp_path / "kept", "--quiet")
    run(*words, small, *FEW, "--out", tmp_path / "plain", "--quiet")
    run("rerun", tmp_path / "kept", "--out", tmp_path / "again")
    asked = {name: json.loads((tmp_path / name / "manifest.json").read_text())["request"]["settings"]
             for name in ("kept", "again", "plain")}  # fmt: skip
    assert asked["kept"]["control"] is asked["again"]["control"] is True
    assert "control" not in asked["plain"]
    for path in (tmp_path / "kept").iterdir():
        if path.suffix in {".json", ".csv", ".parquet"} and path.name != "manifest.json":
            assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name
