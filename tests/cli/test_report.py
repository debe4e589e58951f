"""``funnelsim report`` from the command line: all forms, one folder, no names where none are wanted."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from funnelsim.cli.main import run_command
from funnelsim.inputs.example import example_leads
from funnelsim.outputs import charts
from funnelsim.outputs.atomic import refuse_taken
from funnelsim.outputs.deck import slides

FEW = ("--replications", "300", "--threads", "1", "--quiet")
ASKED = ("forecast", "--example", "--by", "owner", "--plan", "5M", *FEW)


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "july"
    with pytest.MonkeyPatch.context() as patch:  # charts of forecasts take seconds and are drawn elsewhere
        for name in ("chart_png", "chart_svg"):
            patch.setattr(charts, name, lambda spec: b"")
        assert run_command([*ASKED, "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def july(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "july"))


@pytest.fixture
def run(capsys):
    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def texts(data: bytes, name: str = "") -> str:
    """All text of a file, whatever it is packed in."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "\n".join(texts(package.read(one), one) for one in package.namelist())
    text = data.decode("utf-8", "replace")
    return f"{name}\n{text}\n{html.unescape(text)}"


def test_every_form_is_written_once_and_the_same_again(july, run, tmp_path):
    code, out, err = run("report", july)
    assert (code, err) == (0, "")
    paths = [Path(line) for line in out.splitlines()]
    assert {path.name for path in paths} >= {"board.pptx", "report.html"}
    assert all(path.is_file() and path.is_relative_to((july / "board").resolve()) for path in paths)
    manifest = json.loads((july / "board" / "manifest.json").read_text())
    assert manifest["content_hash"] == json.loads((july / "manifest.json").read_text())["content_hash"]
    assert set(manifest["files"]) == {path.relative_to((july / "board").resolve()).as_posix() for path in paths}
    assert run("report", july, "--out", tmp_path / "again")[0] == 0
    for path in (july / "board").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(july / "board")).read_bytes(), path.name


def test_one_form_and_an_earlier_pack(july, run):
    assert run("report", july, "--html")[0] == 0
    assert sorted(path.name for path in (july / "board").iterdir()) == ["manifest.json", "report.html"]
    code, _, err = run("report", july, "--html")
    assert code == 74
    assert "--force" in err
    assert run("report", july, "--html", "--force")[0] == 0


def test_a_pack_is_part_of_its_run_when_that_is_replaced(july, run):
    assert run("report", july, "--html")[0] == 0
    assert run("report", july / "board")[0] == 1
    refuse_taken(july, replace=True)
    (july / "board" / "my notes.txt").write_text("mine")
    code, _, err = run(*ASKED, "--out", july, "--force")
    assert code == 74
    assert "my notes.txt" in err


def test_a_forecast_makes_its_pack_at_once(run, tmp_path, monkeypatch):
    for name in ("chart_png", "chart_svg"):
        monkeypatch.setattr(charts, name, lambda spec: b"")
    assert run(*ASKED, "--out", tmp_path / "new", "--html") == (0, "", "")
    assert (tmp_path / "new" / "board" / "report.html").is_file()


@pytest.mark.parametrize("what", ["nothing", "another folder", "a changed answer", "a changed table"])
def test_what_is_no_whole_run_is_refused_in_a_sentence(what, july, run, tmp_path):
    if what == "nothing":
        july = tmp_path / "none"
    elif what == "another folder":
        july = tmp_path / "other"
        july.mkdir()
        (july / "manifest.json").write_text("{}")
    else:
        path = july / ("forecast.json" if what == "a changed answer" else "leads.parquet")
        path.write_bytes(path.read_bytes()[:-1] + b" ")
    code, out, err = run("report", july)
    assert (code, out) == (1, "")
    assert " must be " in err
    assert "Traceback" not in err
    assert not (july / "board").exists()


def test_templates_that_are_none_are_refused_before_anything_is_made(july, run, tmp_path):
    bad = tmp_path / "company.pptx"
    bad.write_bytes(b"not a presentation")
    for words in (("--template", bad), ("--template", tmp_path / "none.pptx"), ("--html", "--template", bad)):
        code, _, err = run("report", july, *words)
        assert code == 1
        assert "template" in err
        assert not (july / "board").exists()
    code, _, err = run(*ASKED, "--out", tmp_path / "new", "--pptx", "--template", bad)
    assert code == 1
    assert not (tmp_path / "new").exists()


def test_a_pack_needs_a_run_to_be_part_of(run, tmp_path):
    for command in ("forecast", "simulate", "compare", "plan", "backtest", "explain"):
        source = ("--example",) if command in {"forecast", "plan", "backtest"} else ("nothing",)
        code, _, err = run(command, *source, "--pptx")
        assert code == 2, command
        assert "--out" in err
        code, _, err = run(command, *source, "--private", "--out", tmp_path / "new")
        assert code == 2, command
        assert "--pptx" in err


def test_ctrl_c_leaves_nothing(july, run, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(slides, "deck_bytes", stopped)
    before = sorted(path.relative_to(july) for path in july.rglob("*"))
    assert run("report", july)[0] == 130
    assert sorted(path.relative_to(july) for path in july.rglob("*")) == before


def test_private_packs_hold_no_name_in_any_form(july, run):
    code, out, _ = run("report", july, "--private")
    assert code == 0
    with example_leads().open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = ("Opportunity ID", "Opportunity Name", "Account Name", "Opportunity Owner")
    names = {row[column] for row in rows for column in columns} | {"example_pipeline"}
    assert len(names) > 300
    for path in map(Path, out.splitlines()):
        text = texts(path.read_bytes())
        assert not [name for name in names if name in text], path.name
    page = (july / "board" / "report.html").read_text()
    largest = max(pq.read_table(july / "leads.parquet").to_pylist(), key=lambda row: row["pr_minor"] * row["pc"])
    assert run("report", july, "--html", "--force")[0] == 0
    named = (july / "board" / "report.html").read_text()
    assert largest["attribute.name"] in html.unescape(named)
    words = re.findall("lead [0-9a-f]{8}", html.unescape(page))
    assert max(words.count(word) for word in set(words)) >= 3  # in the sentence, in the table, among all leads
