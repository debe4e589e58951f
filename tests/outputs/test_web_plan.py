"""The plan box's script says of an amount what the program says of it: read alike, counted alike, rounded alike."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from html import unescape
from importlib.resources import files

import numpy as np
import pytest

from funnelsim.errors import DataError
from funnelsim.inputs.currencies import signs_beside
from funnelsim.inputs.plan_file import parse_amount
from funnelsim.model.board_pack import Exhibit, PackData
from funnelsim.model.money import minor_digits
from funnelsim.outputs.number_text import in_hundred, percent_text
from funnelsim.outputs.web.plan_box import plan_box, quantile_table
from outputs.test_deck import pack_of

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
    *(
        "+5M",
        "- 5",
        "(5)",
        "(0)",
        "-0",
        "5-",
        "$ (5)",
        "5 kr",
        "5kkr",
        "5 KR",
        "12 zł",
        "12 ZŁ",
        "R$ 12",
        "US$ 5 USD",
        "us$ 5",
    ),
    *("$5 USD", "¥ 500", "JP¥500", "500 JPY", "KWD 1.5", "KWD 1.2345", "0.0005k", "0.00005k", "1e15", "1e400", "b"),
    *(
        "1000000000000000",
        "1000000000000000.01",
        "1000000B",
        "1000000.001B",
        "９９",
        "5\u202f000",
        "5\u2019000",
        "5 M M",
    ),
    *(
        "constructor 5",
        "__proto__5",
        "5 bnd",
        "5 b USD",
        "007",
        "0,5",
        "00.5",
        "5  000",
        "1 23",
        "12'345,6",
        "5M-",
        "--5",
    ),
    *("\u200e5M", "5\t000", "5 000.5", "5 000,50", "1,234.", ",5", ".", ",,5", "5..0", "1.5.5", "1,234.5678"),
)
CURRENCIES = (None, "USD", "EUR", "JPY", "KWD", "SEK", "BRL", "PLN")
COUNTS = (1, 3, 50, 1_000, 10_000)
REPLICATIONS = 25_000
PACK = pack_of(Exhibit("one", "A message."))
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
      amounts: {json.dumps([reader(code) for code in CURRENCIES])}.map((one) => {{
        const plan = {{ ...one, signs: new Map(one.signs) }};
        return {json.dumps(TYPED)}.map((typed) => amountOf(typed, plan));
      }}),
      words,
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


def reader(code):
    """What the page holds for reading amounts of a currency."""
    data = PackData(futures={"total": np.arange(3.0)})
    return plan_box(replace(PACK, currency=code), data, signs_beside(code)).values


def read_here(text, code):
    """Minor units, or None where the command line refuses the text or takes it for the name of a file."""
    try:
        return parse_amount(text, minor_digits(code), currency=code)
    except DataError:
        return None


@pytest.mark.parametrize("code", CURRENCIES)
def test_amounts_are_read_as_the_command_line_reads_them(said, code):
    read = dict(zip(TYPED, said["amounts"][CURRENCIES.index(code)], strict=True))
    scale = 10 ** minor_digits(code)
    found = {text: round(Fraction(one["value"]) * scale) if "value" in one else None for text, one in read.items()}
    assert found == {text: read_here(text, code) for text in TYPED}
    assert all(one.get("why") for one in read.values() if "value" not in one)


@pytest.mark.parametrize(("code", "wanted"), [("JPY", "4500000"), ("USD", "4500000.50"), ("KWD", "4500000.500")])
def test_the_amounts_that_the_box_asks_for_are_amounts_of_its_currency(code, wanted):
    assert wanted in reader(code)["examples"]
    assert all(read_here(one, code) for one in reader(code)["examples"].replace(" or", ",").split(", "))


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
