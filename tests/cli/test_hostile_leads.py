"""Names that are formulas, markup, commands and riddles, in a file of leads: shown as they are, and never more."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

import funnelsim
from funnelsim.cli.main import run_command
from funnelsim.outputs import charts
from funnelsim.outputs.plain_text import plain
from outputs.active_content import (
    deck_texts,
    missing,
    package_faults,
    page_faults,
    page_texts,
    picture_faults,
    picture_texts,
    steering,
    workbook_texts,
)
from outputs.hostile_names import NAMES

HEADERS = ("Opportunity ID", "Opportunity Name", "Account Name", "Opportunity Owner", "Region", "Amount", "Probability")
FEW = ("--as-of", "2026-06-30", "--plan", "5M", "--replications", "300", "--threads", "1", "--quiet")
IDS = tuple(name if name.strip() else f"id {name!r}" for name in NAMES)
"""An id is not blank."""


def turned(names, step):
    return (*names[step:], *names[:step])


def write_leads(path):
    """Every name once in each column, never the same name twice in a row."""
    columns = (turned(IDS, 1), NAMES, turned(NAMES, 2), turned(NAMES, 3), turned(NAMES, 4))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow((*HEADERS, "Close Date"))
        for row, words in enumerate(zip(*columns, strict=True)):
            writer.writerow((*words, 1_000 * (row + 1), f"{10 + row % 80}%", f"2026-{7 + row % 3:02d}-15"))


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "leads.csv"
    write_leads(path)
    return path


@pytest.fixture(scope="module")
def saved(file) -> Path:
    folder = file.parent / "run"
    with pytest.MonkeyPatch.context() as patch:  # charts of forecasts hold no names
        for name in ("chart_png", "chart_svg"):
            patch.setattr(charts, name, lambda spec: b"")
        assert run_command(["forecast", str(file), "--by", "region", *FEW, "--out", str(folder)]) == 0
    return folder


def made(saved, *options):
    """The board pack of a run: each file's bytes by its name."""
    out = saved.parent / "-".join(("pack", *(option.strip("-") for option in options)))
    assert run_command(["report", str(saved), *options, "--out", str(out)]) == 0
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.*")}


@pytest.fixture(scope="module")
def pack(saved):
    return made(saved, "--pptx", "--xlsx", "--html")


def test_the_run_keeps_every_name_to_the_letter(saved):
    leads = pq.read_table(saved / "leads.parquet")
    assert set(leads["lead_id"].to_pylist()) == set(IDS)
    for field in ("name", "account", "owner", "region"):
        found = leads[f"attribute.{field}"].to_pylist()
        assert sorted(found) == sorted(name.strip() for name in NAMES), field  # blanks at the ends go
    document = json.loads((saved / "forecast.json").read_text())
    assert {one["value"] for one in document["groups"]} >= {name.strip() for name in NAMES if name.strip()}


def test_nothing_is_active_in_slides_workbook_and_page(pack):
    assert package_faults(pack["board.pptx"]) == []
    assert package_faults(pack["bands.xlsx"]) == []
    assert page_faults(pack["report.html"].decode()) == []


def test_every_name_stands_whole_in_the_workbook(pack):
    told = [name for name in (*IDS, *NAMES) if name.strip()]
    assert missing(told, workbook_texts(pack["bands.xlsx"]), whole=True) == []


def test_the_page_holds_every_name(pack):
    told = [name for name in (*IDS, *NAMES) if name.strip()]
    assert missing(told, page_texts(pack["report.html"].decode())) == []


def test_slides_show_the_largest_leads_and_groups(saved, pack):
    document = json.loads((saved / "forecast.json").read_text())
    told = [lead["name"] or lead["lead_id"] for lead in document["lead_effects"][:10]]
    told += [group["value"] for group in document["groups"][:12] if group["value"]]
    assert missing(told, deck_texts(pack["board.pptx"])) == []


def test_a_terminal_is_not_steered_and_csv_holds_no_formula(file, capsys):
    asked = ["forecast", str(file), "--by", "owner", *FEW[:-1]]
    assert run_command(asked) == 0
    said = capsys.readouterr()
    assert steering(said.out + said.err) == []
    assert run_command([*asked, "--csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out, newline=""), strict=True))
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "@", "＝", "\t")), cell
        assert not cell.startswith("-") or re.fullmatch(r"-?[\d.]+", cell), cell


def test_a_notebook_shows_names_and_runs_none(file):
    answer = funnelsim.forecast(file, by="region", as_of=date(2026, 6, 30), plan="5M", replications=300, threads=1)
    piece = answer._repr_html_()
    assert page_faults(piece, whole=False) == []
    told = [group.value.strip() for group in answer.groups[:12] if group.value.strip()]
    assert missing(told, page_texts(piece)) == []


def texts(data, name=""):
    """All text of a file, whatever it is packed in, as it is and with its escapes undone."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "\n".join(texts(package.read(one), one) for one in package.namelist())
    text = data.decode("utf-8", "replace")
    script = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return f"{name}\n{text}\n{html.unescape(text)}\n{script}"


def tellable(name):
    """Whether a name would tell anything: not a number, and no word that any page, drawing or hash may hold."""
    ours = {
        "total",
        "null",
        "None",
        "(none)",
        "new business",
        "constructor",
        "toString",
        "hasOwnProperty",
        "Infinity",
        "1e5",
    }
    return len(name) >= 3 and name not in ours and not re.fullmatch(r"[\d\s.,:/%+-]*", name)


def leaked(names, files):
    """Names that stand in some file, whole or as they are shown; formats of cells and the like are no names."""
    said = "\n".join(texts(data) for data in files.values())
    forms = {name: {name, name.strip(), plain(name), plain(name).strip(), repr(name)[1:-1]} for name in names}
    return [name for name, shown in forms.items() if any(tellable(one) and one in said for one in shown)]


@pytest.mark.slow  # test_report has the same for the packaged leads
def test_private_slides_workbook_and_page_hold_no_name(saved, pack):
    assert len(leaked(NAMES, pack)) > 0.9 * len([name for name in NAMES if tellable(name)])
    private = made(saved, "--pptx", "--xlsx", "--html", "--private")
    assert leaked(NAMES, private) == []
    assert "leads.csv" not in "".join(texts(data) for data in private.values())


@pytest.mark.slow
def test_pictures_of_a_run_show_names_and_run_none(saved):
    drawn = made(saved, "--png", "--svg")
    assert {name for name in drawn if name.endswith(".png")} >= {"charts/groups.png"}
    for name, data in drawn.items():
        if name.endswith(".svg"):
            assert picture_faults(data) == [], name
    document = json.loads((saved / "forecast.json").read_text())
    words = " ".join(picture_texts(drawn["charts/groups.svg"]))
    for group in document["groups"][:12]:
        assert all(word in words for word in plain(group["value"], 12).removesuffix("...").split()), group["value"]


@pytest.mark.slow
def test_names_come_from_a_workbook_as_from_text(file, tmp_path):
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    book = xlsxwriter.Workbook(tmp_path / "leads.xlsx", {"strings_to_urls": False, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if row and column == HEADERS.index("Amount"):
                sheet.write_number(row, column, float(cell))
            else:
                sheet.write_string(row, column, _cell(cell))
    book.close()
    assert run_command(["forecast", str(tmp_path / "leads.xlsx"), *FEW, "--out", str(tmp_path / "run")]) == 0
    leads = pq.read_table(tmp_path / "run" / "leads.parquet")
    assert sorted(leads["attribute.name"].to_pylist()) == sorted(_cell(name).strip() for name in NAMES)


def _cell(text):
    """Without what XML cannot hold, and without the text that workbooks take for a carriage return."""
    return re.sub("[\ufffe\uffff]", "", text).replace("_x000D_", "x000D")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["explain", "since", "compare", "track", "calibrate"])
def test_private_packs_of_other_commands_hold_no_name(command, file, saved, tmp_path):
    earlier, run, money = tmp_path / "heron earlier", tmp_path / "heron run", tmp_path / "booked.csv"
    again = [*FEW[:1], "2026-06-29", *FEW[2:], "--by", "owner"]
    assert run_command(["forecast", str(file), *again, "--out", str(earlier)]) == 0
    money.write_text("date,amount\n2026-07-03,1000\n")
    asked = {
        "explain": ["explain", str(saved)],
        "since": ["explain", str(saved), "--since", str(earlier)],
        "compare": ["compare", str(earlier), str(saved)],
        "track": ["track", str(earlier), "--actuals", str(money), "--extract-date", "2026-08-10"],
        "calibrate": ["calibrate", "--example", "--segment", "owner"],
    }
    assert run_command([*asked[command], "--quiet", "--out", str(run)]) == 0
    private = made(run, "--pptx", "--xlsx", "--html", "--private")
    assert leaked((*NAMES, "heron earlier", "heron run", "leads.csv", "booked.csv"), private) == []
    owners = ("Ines Calder", "Tomas Brandt", "Owen Hale")
    assert leaked(owners, private) == []
