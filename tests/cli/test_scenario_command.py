"""``funnelsim scenario``: every subcommand from a user's side."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from funnelsim.cli.main import run_command
from funnelsim.inputs.shipped import shipped_scenarios
from inputs.good_scenario import GOOD, write_good


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run one command line in an empty folder; returns exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        code = run_command(["scenario", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.mark.parametrize("name", ["list", "new", "show", "pack", "unpack", "schema"])
def test_every_subcommand_explains_itself(name, run):
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert f"funnelsim scenario {name}" in out


def test_list_shows_every_shipped_scenario(run, monkeypatch, tmp_path):
    code, out, _ = run("list")
    assert code == 0
    assert all(name in out for name in shipped_scenarios())
    monkeypatch.setattr("funnelsim.inputs.shipped.shipped_folder", lambda: tmp_path / "none")
    code, out, _ = run("list")
    assert code == 0
    assert "No scenario ships" in out


def test_a_broken_shipped_scenario_does_not_hide_the_others(run, monkeypatch, tmp_path):
    write_good(tmp_path)
    (tmp_path / "broken.toml").write_text("x = 1")
    monkeypatch.setattr("funnelsim.inputs.shipped.shipped_folder", lambda: tmp_path)
    code, out, _ = run("list")
    assert code == 0
    assert "A small funnel" in out
    assert "(cannot be read)" in out


def test_new_makes_a_scenario_that_can_be_shown_and_packed(run, tmp_path):
    assert run("new", "mine") == (0, "wrote mine.toml\n", "")
    assert "# " in (tmp_path / "mine.toml").read_text()
    assert run("show", "mine.toml")[0] == 0
    assert run("pack", "mine.toml") == (0, "wrote mine.parquet\n", "")
    code, out, err = run("new", "mine")
    assert (code, out) == (1, "")
    assert "--force" in err
    assert run("new", "mine", "--force")[0] == 0


def test_new_starts_from_another_one(run, tmp_path):
    write_good(tmp_path)
    code, out, err = run("new", "other", "--from", "small.toml", "--to", "there")
    assert code == 0, err
    assert out.split() == ["wrote", "there/other.toml", "wrote", "there/small_leads.csv"]
    _, out, _ = run("show", "there/other.toml", "--json")
    assert json.loads(out)["document"]["name"] == "other"


@pytest.mark.parametrize("name", ["../x", "a/b", "1st", "", "a.b", "x" * 41, "\x1b[2J"])
def test_new_refuses_what_is_no_name(name, run, tmp_path):
    code, out, err = run("new", name)
    assert (code, out) == (2, "")
    assert "is not a name" in err
    assert not list(tmp_path.iterdir())


def test_show_says_what_a_planner_asks(run, tmp_path):
    write_good(tmp_path)
    code, out, err = run("show", "small.toml")
    assert (code, err) == (0, "")
    for phrase in (
        "A small funnel (small)",
        "Does handing idle leads back pay?",
        "A (ready buyers)",
        "Marketing",
        "ownership.idle_days",
        "forces.neglect.grace_days",
        "own records, 2025",
        "Open leads at the start",
        "'Proposal' is 'B' here",
    ):
        assert phrase in out, out
    assert "ownership.most_passes   " not in out.partition("Not your own")[0]  # the same in both strategies
    assert not [line for line in out.splitlines() if line != line.rstrip()]


def test_show_as_json_is_only_json_with_every_default(run, tmp_path):
    write_good(tmp_path)
    code, out, err = run("show", "small.toml", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["schema"] == "funnelsim/scenario-show/1"
    assert found["document"]["forces"]["neglect"]["grace_days"] == 5
    assert found["opening"] == {
        "leads": 3,
        "potential_revenue": 87_000.5,
        "expected_value": 41_400.1,
        "stages": {"C": 1, "B": 1, "A": 1},
    }
    assert {"path", "value", "source", "grade", "meaning", "default"} <= set(found["assumed"][0])


def test_hostile_texts_do_not_steer_the_terminal(run, tmp_path):
    text = GOOD.replace('title = "A small funnel"', 'title = "\\u001b[2Jgone \\u202e"')
    write_good(tmp_path, text.replace('source = "own records, 2025"', 'source = "\\u001b]0;x\\u0007"'))
    code, out, _ = run("show", "small.toml")
    assert code == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_pack_and_unpack_give_the_files_back(run, tmp_path):
    write_good(tmp_path)
    code, out, err = run("pack", "small.toml", "--to", "packed/one.parquet")
    assert (code, out) == (0, "wrote packed/one.parquet\n")
    assert "taken out" in err
    assert run("unpack", "packed/one.parquet", "--to", "back")[1].split() == [
        "wrote",
        "back/one.toml",
        "wrote",
        "back/small_leads.csv",
    ]
    assert run("pack", "back/one.toml", "--to", "again.parquet") == (0, "wrote again.parquet\n", "")
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "packed" / "one.parquet").read_bytes()


def test_cells_like_formulas_are_told_when_unpacking(run, tmp_path):
    write_good(tmp_path)
    path = tmp_path / "small_leads.csv"
    path.write_text(path.read_text().replace("North", "=1+1"))
    code, _, err = run("unpack", "small.toml", "--to", "out")
    assert code == 0
    assert "1 cell starts like a formula" in err


def test_schema_is_a_schema(run):
    code, out, err = run("schema")
    assert (code, err) == (0, "")
    Draft202012Validator.check_schema(json.loads(out))


def test_mistakes_end_with_1_and_all_problems(run, tmp_path):
    write_good(tmp_path, GOOD.replace("heads = 2", "heads = 0").replace("hot = 0.05", "hot = 5"))
    for words in (("show", "small.toml"), ("pack", "small.toml"), ("unpack", "small.toml")):
        code, out, err = run(*words)
        assert (code, out) == (1, "")
        assert "2 problems" in err
        assert "Traceback" not in err
    for missing in ("none.toml", "nobody", "."):
        code, out, err = run("show", missing)
        assert (code, out) == (1, "")
        assert "must be" in err
    assert run("unpack", "small.toml", "--to", "small.toml")[0] == 1


def test_files_that_are_there_are_kept(run, tmp_path):
    write_good(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code, _, err = run("unpack", "small.toml")
    assert code == 1
    assert "2 problems" in err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
