"""Hostile names in a scenario: refused in a sentence where they name a part, shown as they are where they are prose."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from funnelsim.cli.main import run_command
from funnelsim.outputs import charts
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.scenario_template import template
from outputs.active_content import (
    deck_texts,
    package_faults,
    page_faults,
    page_texts,
    steering,
    workbook_texts,
)
from outputs.hostile_names import FAMILIES, NAMES

FEW = ("--replications", "60", "--threads", "1")
TITLES = ("<script>pwned=1</script>\x1b[31m\u202e", "=cmd|' /C calc'!A0", '"><img src=x onerror="pwned=1">')
PROSE = ("{{7*7}}", "ACME שלום (2024) מכירות", "javascript:window.pwned=1", "=1+1")
OURS = (
    "falcon world",
    "heron source",
    "Kestrels",
    "Ospreys",
    "merlin plan",
    "osprey plan",
    "secret.toml",
    "secret.csv",
)
"""Names that only the user knows."""


def quoted(text):
    """A string as TOML writes it."""
    escaped = "".join(f"\\u{ord(one):04x}" if ord(one) < 32 or 127 <= ord(one) < 160 else one for one in text)
    return '"' + escaped.replace("\\", "\\\\").replace("\\\\u", "\\u").replace('"', '\\"') + '"'


def scenario(folder, **names):
    """The template with names put in, small enough to run in a moment."""
    text = template("template")
    put = {
        '"template"': "falcon world",
        '"website"': "heron source",
        '"Marketing"': "Kestrels",
        '"Sales"': "Ospreys",
        '"relay"': "merlin plan",
        '"hand back"': "osprey plan",
        '"What this scenario is, in one line"': TITLES[0],
        '"What Sales has, Sales keeps"': TITLES[1],
        '"Idle leads go back to Marketing"': TITLES[2],
        '"What it asks"': PROSE[0],
        '"make contact"': PROSE[1],
        '"unaware"': PROSE[2],
    } | {f'"{was}"': now for was, now in names.items()}
    for was, now in put.items():
        text = text.replace(was, quoted(now))
    text = text.replace("horizon = 12 ", "horizon = 3 ").replace("per_day = 4.0 ", "per_day = 0.5 ")
    text = text.replace('# [opening]\n# file = "leads.csv"', '[opening]\nfile = "secret.csv"')
    text += "\n[goal]\nrevenue = 100000\n"
    text += f'[provenance."stages.B.conversion"]\nsource = {quoted(PROSE[3])}\ngrade = "C"\n'
    path = folder / "secret.toml"
    path.write_text(text)
    return path


def write_opening(path):
    columns = ("lead_id", "name", "pr", "pc", "stage", "expected_close", "owner", "region", "stage_entered")
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for row, name in enumerate(NAMES):
            lead = name if name.strip() else f"id {row}"
            words = (NAMES[row - 1], 1_000 * (row + 1), f"{10 + row % 80}%", "CBA"[row % 3], "2026-08-01")
            writer.writerow((lead, *words, NAMES[row - 2], NAMES[row - 3], "2026-06-01"))


def texts(data, name=""):
    """All text of a file, whatever it is packed in."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "\n".join(texts(package.read(one), one) for one in package.namelist())
    text = data.decode("utf-8", "replace")
    return f"{name}\n{text}\n{html.unescape(text)}"


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_opening(folder / "secret.csv")
    return scenario(folder)


@pytest.fixture(scope="module", params=["simulate", "compare"])
def run(request, world):
    """A run of a command, what it said, and its board pack by name of the file, with names and without."""
    out = world.parent / request.param
    with pytest.MonkeyPatch.context() as patch:  # pictures of every name are drawn elsewhere
        for name in ("chart_png", "chart_svg"):
            patch.setattr(charts, name, lambda spec: b"")
        chosen = ("--strategy", "merlin plan") if request.param == "simulate" else ()
        assert run_command([request.param, str(world), *chosen, *FEW, "--quiet", "--out", str(out)]) == 0
    packs = []
    for options in ((), ("--private",)):
        folder = world.parent / f"{request.param} pack {len(options)}"
        assert run_command(["report", str(out), "--pptx", "--xlsx", "--html", *options, "--out", str(folder)]) == 0
        packs.append({path.name: path.read_bytes() for path in folder.rglob("*.*")})
    return request.param, out, *packs


def test_nothing_is_active_in_any_form_and_prose_is_shown(run):
    command, out, pack, _ = run
    assert package_faults(pack["board.pptx"]) == []
    assert package_faults(pack["bands.xlsx"]) == []
    assert page_faults(pack["report.html"].decode()) == []
    shown = [
        page_texts(pack["report.html"].decode()),
        workbook_texts(pack["bands.xlsx"]),
        deck_texts(pack["board.pptx"]),
    ]
    for found in shown:
        words = "\n".join(found)
        titled = plain(TITLES[0]) if command == "simulate" else "osprey plan"
        assert titled in words
        assert PROSE[3] in words
    document = json.loads(next(out.glob("[sc][io]*.json")).read_text())
    told = [document["scenario"]["title"]] if command == "simulate" else [one["title"] for one in document["entrants"]]
    assert told == [TITLES[0]] if command == "simulate" else list(TITLES[1:])


def test_private_packs_hold_no_word_that_only_the_user_knows(run):
    _, _, named, private = run
    words = "\n".join(texts(data) for data in named.values())
    assert sum(name in words for name in OURS) >= 4
    hidden = "\n".join(texts(data) for data in private.values())
    assert [name for name in (*OURS, *map(plain, TITLES)) if name in hidden] == []
    leads = [name for family in ("html", "control", "direction", "emoji", "query") for name in FAMILIES[family]]
    told = [name for name in leads if name not in PROSE and (name in hidden or plain(name) in hidden)]
    assert told == []


def test_a_terminal_is_not_steered_by_what_a_scenario_says(world, capsys):
    for words in (["scenario", "show", str(world)], ["simulate", str(world), "--strategy", "merlin plan", *FEW]):
        assert run_command(words) == 0
        said = capsys.readouterr()
        assert steering(said.out + said.err) == []
        assert plain(PROSE[3]) in said.out


def test_a_lead_called_total_is_a_lead_when_its_run_is_read_again(world, tmp_path):
    assert {"total", "Infinity"} <= set(NAMES)
    packed = tmp_path / "packed.parquet"
    assert run_command(["scenario", "pack", str(world), "--to", str(packed)]) == 0
    assert run_command(["scenario", "show", str(packed)]) == 0


@pytest.mark.parametrize("part", ["template", "website", "Marketing", "relay", "C"])
def test_parts_with_hostile_names_are_refused_in_a_sentence(part, tmp_path, capsys):
    write_opening(tmp_path / "secret.csv")
    names = [name for name in NAMES if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ -]{0,39}", name)]
    for name in names[:: 9 if len(part) > 1 else 30]:
        path = scenario(tmp_path, **{part: name})
        capsys.readouterr()
        code = run_command(["scenario", "show", str(path)])
        said = capsys.readouterr()
        assert code == 1, name
        assert said.out == ""
        assert " must be " in said.err
        assert steering(said.err) == []
        assert "Traceback" not in said.err
        assert len(said.err) < 20_000
