"""The plan box's script says of an amount what the program says of it: read alike, counted alike, rounded alike."""

from __future__ import annotations

import json
import shutil
import subprocess
from html import unescape
from importlib.resources import files

import numpy as np
import pytest

from funnelsim.errors import DataError
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.outputs.number_text import in_hundred, percent_text
from funnelsim.outputs.web.plan_box import quantile_table

TYPED = (
    *("5M", "3,9M", "4500000", "4,500,000.00", "4.500.000,50", "1.234", "1,234", "1.2345", "1.234M", "0.123M"),
    *(
        "$ 450k",
        "EUR 5M",
        "5M USD",
        "5 000 000",
        "5'000'000",
        "4.5 bn",
        "5mm",
        "5t",
        "-5M",
        "abc",
        "",
        "0",
        "1e6",
        "5,000,00",
    ),
    *("12,34,567", "5.", ".5M", "USD5M", "1,234,567", "1.234.567", "1.234,5", "£5m", "1_000_000", "5,0", "100%"),
)
COUNTS = (1, 3, 50, 1_000, 10_000)
REPLICATIONS = 25_000
ASKED = (-1.0, 0.0, 0.3, 1.0, 1.7, 4.0, 99.0)


def futures():
    money = np.random.Generator(np.random.Philox(key=6)).lognormal(0.0, 0.5, REPLICATIONS)
    return np.sort(np.round(money, 2))


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the script answers, from one start of a browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("plan")
    script = (files("funnelsim.outputs.web") / "plan.js").read_text(encoding="utf-8")
    plan = {"exact": False, "count": REPLICATIONS, "values": quantile_table(futures()).tolist()}
    few = {"exact": True, "count": 4, "values": [1.0, 2.0, 2.0, 3.5]}
    asked = f"""
    const words = [];
    for (const n of {json.dumps(COUNTS)}) for (let k = 0; k <= 200; k += 1) words.push(chanceWords(k / 200, n));
    const made = {{
      amounts: {json.dumps(TYPED)}.map(amountOf), words,
      table: {json.dumps(ASKED)}.map((one) => chanceOf({json.dumps(plan)}, one)),
      few: [0, 1, 1.5, 2, 3.5, 3.51].map((one) => chanceOf({json.dumps(few)}, one)),
    }};
    document.body.textContent = "@" + JSON.stringify(made) + "@";
    """
    (folder / "asked.html").write_text(f"<meta charset=utf-8><body><script>{script}{asked}</script>", encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"]
    address = [f"--user-data-dir={folder}/u", f"file://{folder}/asked.html"]
    made = subprocess.run([chromium, *flags, *address], capture_output=True, text=True, timeout=120, check=True)
    return json.loads(unescape(made.stdout.split("@")[1]))


def read_here(text):
    try:
        return parse_amount(text)
    except DataError:
        return None


def test_amounts_are_read_as_the_command_line_reads_them(said):
    cents = [None if one is None else round(one * 100) for one in said["amounts"]]
    assert dict(zip(TYPED, cents, strict=True)) == {text: read_here(text) for text in TYPED}


def test_chances_are_rounded_and_worded_as_the_program_does(said):
    asked = [(step / 200, count) for count in COUNTS for step in range(201)]
    for (chance, count), words in zip(asked, said["words"], strict=True):
        error = (chance * (1 - chance) / count) ** 0.5
        assert words["percent"] == percent_text(chance, error, count), (chance, count)
        assert (words["made"], words["missed"]) == in_hundred(chance, error, count), (chance, count)


def test_an_amount_that_is_just_reached_counts(said):
    assert said["few"] == [1.0, 1.0, 0.75, 0.75, 0.25, 0.0]


def test_a_table_of_quantiles_is_off_by_less_than_one_in_ten_thousand(said):
    exact = [float((futures() >= one).mean()) for one in ASKED]
    assert np.all(np.abs(np.array(said["table"]) - exact) < 1e-4)
    assert np.array_equal(quantile_table(futures()[:7], 7), futures()[[0, *range(7)]])
