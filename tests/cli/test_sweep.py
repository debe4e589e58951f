"""What ``sweep`` prints and keeps, how it goes on after being killed, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import funnelsim
import funnelsim.engines.choices.sweeping as engine
from funnelsim.cli.main import run_command
from funnelsim.model.sweep_parts import packed_part, unpacked_part
from funnelsim.outputs.sweep_work import held_work, work_folder
from inputs.good_scenario import GOOD, write_good

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "sweep.json"
SHORT = GOOD.replace("horizon = 12", "horizon = 1")
GRID = ["--set", "teams.Sales.heads=1,2,3", "--set", "teams.Marketing.heads=1,2"]
FEW = ["--replications", "5", "--threads", "1"]
ALWAYS_THE_SAME = ("designs.parquet", "results.parquet", "sweep.json", "scenario.parquet")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), SHORT)


@pytest.fixture
def run(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_page_begins_with_the_conclusion(run, small):
    code, out, err = run("sweep", small, *GRID, *FEW)
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert said.startswith("By profit, design ")
    assert "of 6 does best" in said
    assert "6 designs of 2 levers (every combination), strategy 'relay'; the same 5 futures for all." in said
    assert "Luck (Monte Carlo noise) makes" in said


def test_json_is_valid_and_the_same_for_any_threads(run, small):
    code, first, err = run("sweep", small, *GRID, *FEW, "--json", "--strategy", "relay", "--strategy", "hand back")
    assert (code, err) == (0, "")
    answer = json.loads(first)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer)
    assert [one["lever"] for one in answer["effects"]["levers"]][-1] == "strategy"
    zeros = [point["difference"] for point in answer["points"] if point["design"] == 1]
    assert zeros == [dict.fromkeys(("estimate", "standard_error", "low", "high"), 0.0)] * 2
    words = ["--replications", "5", "--threads", "2", "--json", "--strategy", "relay", "--strategy", "hand back"]
    assert run("sweep", small, *GRID, *words)[1] == first


def test_csv_has_a_row_a_point_and_every_score(run, small):
    code, _, _ = run("sweep", small, *GRID, *FEW, "--csv", "--quiet")
    assert code == 2, "one of them at a time"
    rows = list(csv.DictReader(io.StringIO(run("sweep", small, *GRID, *FEW, "--csv")[1])))
    assert [row["design"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {"profit", "profit_se", "profit_diff_low", "p10_high", "waste_diff", "teams.Sales.heads"} <= set(rows[0])
    assert rows[0]["revenue_diff"] == "0"


def test_a_run_comes_back_bit_for_bit_and_its_designs_can_be_given_again(run, small, tmp_path):
    words = ["--set", "teams.Sales.heads=1..4", "--set", "teams.Marketing.hours_per_day=2..6", "--lhs", "5", *FEW]
    code, _, err = run("sweep", small, *words, "--out", tmp_path / "run", "--chart", tmp_path / "r.svg", "--quiet")
    assert (code, err) == (0, "")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["r.svg", "run"]
    assert run("rerun", tmp_path / "run", "--threads", "2", "--out", tmp_path / "again")[0] == 0
    for name in ALWAYS_THE_SAME:
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    designs = tmp_path / "run" / "designs.parquet"
    types = [str(field.type) for field in pq.read_schema(designs)]
    assert types == ["int64", "int64", "double"]
    assert run("sweep", small, "--designs", designs, *FEW, "--out", tmp_path / "given", "--quiet")[0] == 0
    assert pq.read_table(tmp_path / "given" / "results.parquet").equals(pq.read_table(tmp_path / "run/results.parquet"))
    assert run("rerun", tmp_path / "given")[0] == 0
    code, _, err = run("sweep", small, *words, "--out", tmp_path / "run")
    assert (code, "--force" in err) == (74, True)
    assert run("sweep", small, *words, "--out", tmp_path / "run", "--force", "--quiet")[0] == 0


# --- killed and interrupted ----------------------------------------------------------------------------------------


def interrupted_after(monkeypatch, count):
    """Let a sweep be interrupted after some designs."""
    scores, done = engine.SweepRun._scores, []

    def counted(self, *words):
        if len(done) == count:
            raise KeyboardInterrupt
        done.append(1)
        return scores(self, *words)

    monkeypatch.setattr(engine.SweepRun, "_scores", counted)


def test_130_ctrl_c_says_what_is_kept_and_the_same_command_goes_on(run, small, tmp_path, monkeypatch):
    whole = ["sweep", small, *GRID, *FEW, "--quiet", "--out"]
    assert run(*whole, tmp_path / "whole")[0] == 0
    with monkeypatch.context() as patch:
        interrupted_after(patch, 4)
        code, out, err = run("sweep", small, *GRID, *FEW, "--out", tmp_path / "broken")
    assert (code, out) == (130, "")
    assert f"4 of 6 designs are kept in {tmp_path / 'broken.unfinished'}: the same command goes on there." in err
    assert not (tmp_path / "broken").exists()
    code, _, err = run("sweep", small, *GRID, *FEW, "--out", tmp_path / "broken")
    assert (code, "going on after 4 of 6 designs." in err) == (0, True)
    for name in ALWAYS_THE_SAME:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "broken" / name).read_bytes(), name
    assert sorted(one.name for one in tmp_path.iterdir()) == ["broken", "whole"]


def test_another_question_is_refused_with_what_differs(run, small, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_after(patch, 2)
        run("sweep", small, *GRID, *FEW, "--out", tmp_path / "run")
    code, _, err = run("sweep", small, *GRID, "--replications", "6", "--seed", "3", "--out", tmp_path / "run")
    assert code == 74
    assert "--replications must be 5, as the unfinished sweep there was begun; got 6." in err
    assert "--seed must be 0" in err
    changed = write_good(tmp_path, SHORT.replace("per_day = 3.0", "per_day = 4.0"))
    code, _, err = run("sweep", changed, *GRID, *FEW, "--out", tmp_path / "run")
    assert (code, "the scenario must be the one with sha256" in err) == (74, True)
    code, _, err = run("sweep", changed, *GRID, *FEW, "--out", tmp_path / "run", "--force")
    assert (code, "going on" in err) == (0, False)


def test_a_damaged_part_is_done_again(run, small, tmp_path, monkeypatch):
    run("sweep", small, *GRID, *FEW, "--quiet", "--out", tmp_path / "whole")
    with monkeypatch.context() as patch:
        interrupted_after(patch, 3)
        run("sweep", small, *GRID, *FEW, "--out", tmp_path / "run")
    folder = work_folder(tmp_path / "run")
    (part,) = folder.glob("*.part")
    data = part.read_bytes()
    for number, bad in enumerate((data[:-9], data[:200] + b"?" + data[201:], b"")):
        (folder / f"{number:06d}.part").write_bytes(bad)
    (folder / ".000009.part.feed-1-2.tmp").write_bytes(b"half")
    code, _, err = run("sweep", small, *GRID, *FEW, "--out", tmp_path / "run")
    assert (code, "3 parts of the unfinished sweep not whole: done again." in err) == (0, True)
    for name in ALWAYS_THE_SAME:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "run" / name).read_bytes(), name


def test_a_part_gives_back_what_was_put_in_or_nothing():
    import numpy as np

    scores = (np.full((1, 15, 8), np.nan), np.arange(7.0)[None])
    data = packed_part({3: scores})
    (number, (figures, contributions)), *_ = unpacked_part(data, (1, 15, 8), (1, 7)).items()
    assert (number, figures.tobytes(), contributions.tolist()) == (3, scores[0].tobytes(), scores[1].tolist())
    assert unpacked_part(data, (1, 15, 8), (1, 8)) is None
    assert all(unpacked_part(data[:cut], (1, 15, 8), (1, 7)) is None for cut in (0, 64, 65, 300, len(data) - 1))


def test_two_processes_cannot_work_on_one_sweep(run, small, tmp_path):
    with held_work(tmp_path / "run"):
        code, _, err = run("sweep", small, *GRID, *FEW, "--out", tmp_path / "run")
        assert (code, "another process is working on" in err) == (74, True)
    assert not (tmp_path / "run.unfinished").exists(), "nothing was begun"


def test_a_stranger_in_the_folder_is_not_removed(run, small, tmp_path):
    (tmp_path / "run.unfinished").mkdir()
    (tmp_path / "run.unfinished" / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, err = run("sweep", small, *GRID, *FEW, "--out", tmp_path / "run")
    assert (code, "'mine.txt'" in err) == (74, True)
    assert (tmp_path / "run.unfinished" / "mine.txt").read_text(encoding="utf-8") == "mine"


WITHOUT_WAITING = """
from funnelsim.__main__ import run
from funnelsim.outputs import sweep_work

sweep_work.PART_SECONDS = 0.0  # a part for every design, so that a kill finds one however fast the machine is
run()
"""


def killed_again_and_again(folder: Path, scenario: Path, words: list[str], kills: int, parts: int) -> int:
    """Kill a sweep whenever so many parts have been added; return how often, and leave it finished."""
    line = [sys.executable, "-c", WITHOUT_WAITING, "sweep", str(scenario), *words, "--quiet", "--out", str(folder)]
    work, done = work_folder(folder), 0
    while True:
        process = subprocess.Popen(line)
        before = len(list(work.glob("*.part")))
        while process.poll() is None:
            if done < kills and len(list(work.glob("*.part"))) >= before + parts:
                os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.01)
        if process.wait() != -signal.SIGKILL:
            assert process.returncode == 0
            return done
        done += 1
        assert not folder.exists(), "the run folder is whole or not there"


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 there")
@pytest.mark.parametrize(
    ("levers", "replications", "kills", "parts"),
    [
        pytest.param(["teams.Sales.heads=1..8:8", "teams.Marketing.heads=1..3:3"], "40", 2, 1, id="24 points"),
        pytest.param(
            ["teams.Sales.heads=1..20:20", "teams.Marketing.heads=1..10:10", "teams.Sales.cost_per_hour=60..100:5"],
            "20", 6, 5, id="1,000 points", marks=pytest.mark.slow,
        ),
    ],
)  # fmt: skip
def test_a_sweep_resumes_after_kill_9_and_ends_with_the_same_table(run, tmp_path, levers, replications, kills, parts):
    scenario = write_good(tmp_path, SHORT)
    words = [word for lever in levers for word in ("--set", lever)] + ["--replications", replications]
    assert run("sweep", scenario, *words, "--quiet", "--threads", "1", "--out", tmp_path / "whole")[0] == 0
    assert killed_again_and_again(tmp_path / "killed", scenario, words, kills, parts) == kills
    for name in ALWAYS_THE_SAME:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes(), name
    assert not work_folder(tmp_path / "killed").exists()


# --- refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 1, "the levers must be named with --set, or in a table with --designs; got none."),
        (["--set", "teams.Sales.heads=1..3"], 1, "got a range without points for teams.Sales.heads."),
        (["--set", "teams.Sales.heads=1.5..3", "--lhs", "4"], 1, "a range with whole ends, because it is a count"),
        (["--set", "teams.Salez.heads=1,2"], 1, "did you mean 'Sales'?"),
        (["--set", "teams.Sales.heads=-1,-2,3"], 1, "(and in 1 more design)"),
        (["--set", "stages.C.conversion=0.3,1.5", "--set", "teams.Sales.heads=2,x"], 1, "heads"),
        (["--set", "sources.web.rate=1,2", "--set", "sources.web.per_day=1,2"], 1, "the levers must be different keys"),
        (["--set", "teams.Sales.heads=1..200:200", "--set", "teams.Marketing.heads=1..200:200"], 1, "at most 20,000"),
        ([*GRID, "--lhs", "4", "--sobol", "4"], 1, "got both --lhs and --sobol."),
        ([*GRID, "--lhs", "1"], 1, "--lhs must be an integer in [2, 20000]; got 1."),
        ([*GRID, "--metric", "revenues"], 1, "did you mean 'revenue'?"),
        ([*GRID, "--replications", "1"], 1, "replications must be an integer in [2, 100000]; got 1."),
        ([*GRID, "--strategy", "rely"], 1, "did you mean 'relay'?"),
        ([*GRID, "--strategy", "relay", "--strategy", "relay"], 1, "given once for a name; got 'relay'."),
        ([*GRID, "--designs", "x.csv"], 1, "--designs must be given without --set"),
        (["--designs", "../no/such.csv"], 1, "the file must be one that exists and can be read"),
        (["--designs", "https://example.org/x.csv"], 1, "a local file, not an address"),
        ([*GRID, "--chart", "x.pdf"], 1, ".png or .svg"),
    ],
)
def test_mistakes_end_with_one_sentence(run, small, tmp_path, words, code, said):
    got, out, err = run("sweep", small, *words, *FEW[2:], "--out", tmp_path / "run")
    assert (got, out) == (code, "")
    assert said in err
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teams.Sales.heads\n1\n\n2\n", None),
        ("teams.Sales.heads,teams.Marketing.heads\n1,\n2,3\n", "teams.Marketing.heads must be a value in every row"),
        ("teams.Sales.heads,sources.mail.rate\n1,2\n", "the name of a column must be a dotted path"),
        ("teams.Sales.heads,../../etc/passwd\n1,2\n", "the name of a column must be a dotted path"),
        ("teams.Sales.heads\nnan\n2\n", "must be a finite number, a text, true, false or none; got nan."),
        ("teams.Sales.heads\n1\n2\n1\n", "the designs must be all different; got row 4 equal to row 2."),
        ("teams.Sales.heads\nmany\n2\n", "heads"),
        ("teams.Sales.heads\n1.5\n2\n", "heads"),
        ("teams.Sales.heads\n", "rows"),
        ("design,teams.Sales.heads\n1,1\n3,2\n", "column 'design' must be 2, because designs are numbered from 1"),
        ("design\n1\n", "the table must be one with a column for each key; got none."),
        ("calendar.as_of\n2026-01-01\n", "by which the opening leads are read"),
        ("sources.web.rate,sources.web.per_day\n1,2\n", "the levers must be different keys"),
    ],
)
def test_a_table_of_designs_is_read_or_refused_with_one_sentence(run, small, tmp_path, text, said):
    table = tmp_path / "designs.csv"
    table.write_text(text, encoding="utf-8")
    code, _, err = run("sweep", small, "--designs", table, *FEW, "--quiet")
    assert (code, err if said is None else said in err) == ((0, "") if said is None else (1, True)), err


def test_types_of_a_parquet_table_of_designs_do_not_matter(small, tmp_path):
    answers = []
    for kind in (pa.int64(), pa.float64(), pa.string(), pa.int8()):
        column = pa.array(["1", "2"] if kind == pa.string() else [1, 2], kind)
        pq.write_table(pa.table({"teams.Sales.heads": column}), tmp_path / "d.parquet")
        answers.append(funnelsim.sweep(small, designs=tmp_path / "d.parquet", replications=4, threads=1).content_hash)
    frame = pa.table({"teams.Sales.heads": [1, 2]})
    answers.append(funnelsim.sweep(small, designs=frame, replications=4, threads=1).content_hash)
    answers.append(funnelsim.sweep(small, ["teams.Sales.heads=1,2"], replications=4, threads=1).content_hash)
    assert len(set(answers)) == 1
    pq.write_table(pa.table({"teams.Sales.heads": [[1], [2]]}), tmp_path / "d.parquet")
    with pytest.raises(funnelsim.DataError, match="one of texts, numbers, days or true and false"):
        funnelsim.sweep(small, designs=tmp_path / "d.parquet")
    (tmp_path / "d.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(funnelsim.DataError, match="a whole Parquet file"):
        funnelsim.sweep(small, designs=tmp_path / "d.parquet")
