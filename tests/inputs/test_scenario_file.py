"""Scenario files: every kind of mistake told in words, hostile names and damaged files refused, packing exact."""

from __future__ import annotations

import os
import random
import string
import time
import tomllib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_scenarios import CASES, TEN
from good_scenario import GOOD, LEADS, write_good
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from funnelsim import scenarios_api
from funnelsim.errors import DataError, FunnelsimError, ScenarioError
from funnelsim.inputs.beside import file_beside
from funnelsim.inputs.opening_leads import no_leads, opening_leads
from funnelsim.inputs.scenario_file import read_scenario_file, scenario_from_parquet, scenario_from_toml
from funnelsim.inputs.shipped import shipped_scenarios
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_files import CHECKSUM_KEY, METADATA_KEY
from funnelsim.outputs.scenario_document import csv_text, json_text, opening_rows, packed_form, parquet_bytes
from funnelsim.outputs.scenario_toml import toml_text


def read_text(text, folder, leads=LEADS):
    return read_scenario_file(write_good(folder, text, leads))


def test_the_good_scenario_is_read_as_it_was_meant(tmp_path):
    read = read_text(GOOD, tmp_path)
    document, opening = read.document, read.opening
    assert (read.name, read.form, len(read.sha256)) == ("small.toml", "toml", 64)
    assert document.stage_names == ("C", "B", "A")
    assert document.stages[1].losses.regress == 0.1
    assert document.sources[0].season[6] == 0.5
    assert opening.leads.lead_id == ("L1", "L2", "L3")
    assert opening.leads.pr.tolist() == [1_200_050, 3_000_000, 4_500_000]
    assert opening.stage.tolist() == [0, 1, 2]
    assert opening.team.tolist() == [1, -1, 1]
    assert opening.age_days.tolist() == [29, 46, 20]
    assert opening.idle_days.tolist() == [10, 1, 0]
    assert opening.temperature.tolist() == [0.25, 1.0, 0.5]
    assert any("'Proposal' is 'B'" in note for note in read.notes)
    assert any("last touch unknown" in note for note in read.notes)


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_mistake_is_told_in_words(name, tmp_path):
    case = CASES[name]
    with pytest.raises(ScenarioError) as caught:
        read_text(case.text, tmp_path)
    said = str(caught.value)
    missing = [phrase for phrase in case.phrases if phrase not in said]
    assert not missing, said
    assert len(caught.value.problems) <= 1 + sum(" must be " in phrase for phrase in case.phrases), said


def test_ten_mistakes_are_ten_problems(tmp_path):
    text = GOOD
    for old, new in TEN:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        read_text(text, tmp_path)
    assert len(caught.value.problems) == len(TEN), str(caught.value)


def keys_of_good():
    return [
        (number, line)
        for number, line in enumerate(GOOD.splitlines())
        if " = " in line and not line.startswith(('"', "schema"))
    ]


@pytest.mark.parametrize(("number", "line"), keys_of_good(), ids=lambda value: str(value).partition(" ")[0])
def test_a_typo_in_any_key_is_told_with_the_key_that_was_meant(number, line, tmp_path):
    lines = GOOD.splitlines()
    key = line.partition(" = ")[0]
    lines[number] = f"{key[0]}{key[2:]}{key[1]}x{line[len(key) :]}" if len(key) > 3 else f"{key}x{line[len(key) :]}"
    with pytest.raises(ScenarioError) as caught:
        read_text("\n".join(lines), tmp_path)
    assert "a key that is known" in str(caught.value)
    hinted = [problem.hint for problem in caught.value.problems if "known" in problem.rule]
    assert any(f"{key!r}" in hint or f" {key}" in hint for hint in hinted), str(caught.value)


def said_about(text, folder):
    """What is wrong with a text; empty for nothing."""
    try:
        read_text(text, folder)
    except FunnelsimError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("end", range(0, len(GOOD), 97))
def test_a_text_that_ends_early_is_refused_or_a_smaller_scenario(end, tmp_path):
    said = said_about(GOOD[:end], tmp_path)
    assert not said or " must be " in said


def test_any_one_character_changed_never_raises_anything_else(tmp_path):
    luck = random.Random(5)
    for _ in range(300):
        place = luck.randrange(len(GOOD))
        said = said_about(GOOD[:place] + luck.choice('"[]{}=.\n\t,#0-a\\\x00é') + GOOD[place + 1 :], tmp_path)
        assert not said or " must be " in said


def test_a_large_or_twisted_text_is_refused_at_once(tmp_path):
    for text in (
        "a" * 2_000_000,
        "x = " + "[" * 100_000,
        "x = " + "{a=" * 50_000,
        ".".join("a" * 400_000) + " = 1",
        "[" + ".".join("a" * 100_000) + "]",
        "".join(f"[a.b.c{number}]\n" for number in range(60_000)),
    ):
        started = time.process_time()
        with pytest.raises(ScenarioError):
            scenario_from_toml(text.encode(), "x.toml", tmp_path)
        assert time.process_time() - started < 20


def test_encodings(tmp_path):
    (tmp_path / "small_leads.csv").write_text(LEADS)
    marked = scenario_from_toml(b"\xef\xbb\xbf" + GOOD.encode(), "x.toml", tmp_path)
    assert "A byte order mark was removed." in marked.notes
    assert scenario_from_toml(GOOD.replace("\n", "\r\n").encode(), "x.toml", tmp_path).document.name == "small"
    for content in (GOOD.encode("utf-16"), GOOD.replace("idle", "idlé").encode("latin-1"), b""):
        with pytest.raises(ScenarioError, match="must be"):
            scenario_from_toml(content, "x.toml", tmp_path)


def test_version_0_is_read_and_said(tmp_path):
    old = GOOD.replace("scenario/1", "scenario/0").replace("[strategies.ownership]\nidle_days = 10", "")
    old = old.replace('to = "Marketing"\n', "", 1).replace('impact_zone = "B"', 'impact_zone = "B"\nhandback_days = 10')
    read = read_text(old, tmp_path)
    assert read.document.strategies[1].ownership.idle_days == 10
    assert read.document.schema_ == "funnelsim/scenario/1"
    assert any("in 1 strategy" in note for note in read.notes)
    both = GOOD.replace("scenario/1", "scenario/0").replace('impact_zone = "B"', 'impact_zone = "B"\nhandback_days = 9')
    with pytest.raises(ScenarioError, match="keep one of the two"):
        read_text(both, tmp_path)
    with pytest.raises(ScenarioError, match="handback_days must be a key that is known"):
        read_text(both.replace("scenario/0", "scenario/1"), tmp_path)


def test_a_text_without_schema_is_the_present_version_and_says_so(tmp_path):
    read = read_text(GOOD.replace('schema = "funnelsim/scenario/1"\n', ""), tmp_path)
    assert any("No schema is given" in note for note in read.notes)


HOSTILE = (
    "../small_leads.csv",
    "..",
    ".",
    "./small_leads.csv",
    "sub/../small_leads.csv",
    "/etc/passwd",
    "//server/share/x.csv",
    "\\\\server\\share\\x.csv",
    "C:\\x.csv",
    "C:x.csv",
    "c:/x.csv",
    "file:///etc/passwd",
    "file:x.csv",
    "http://127.0.0.1/x.csv",
    "https://example.com/x.csv",
    "s3://bucket/x.csv",
    "hf://data/x.csv",
    "ftp://h/x.csv",
    "data:text/csv,a",
    "~/x.csv",
    "~root/x.csv",
    "$HOME/x.csv",
    "${HOME}/x.csv",
    "%USERPROFILE%/x.csv",
    "*.csv",
    "?.csv",
    "[a-z].csv",
    "{a,b}.csv",
    "small_leads.csv\0.txt",
    "\0",
    "",
    " ",
    " small_leads.csv",
    "small_leads.csv ",
    "a\nb.csv",
    "\x1b[31m.csv",
    "/proc/self/environ",
    "/dev/stdin",
    "sub//x.csv",
    "sub/",
    "x" * 300 + ".csv",
    "missing.csv",
    "link_out.csv",
    "folder_out/secret.csv",
    "dangling.csv",
    "loop.csv",
    "folder",
    "pipe",
    "a|b.csv",
    "<x.csv",
    "..\\small_leads.csv",
    "sub\\x.csv",
    "....//x.csv",
    "\u202egpj.csv",
)


@pytest.fixture(scope="module")
def nest(tmp_path_factory):
    """A scenario's folder with links that lead out of it."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_text(LEADS)
    folder = tmp_path_factory.mktemp("inside")
    (folder / "link_out.csv").symlink_to(outside / "secret.csv")
    (folder / "folder_out").symlink_to(outside)
    (folder / "dangling.csv").symlink_to(folder / "nothing.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "small_leads.csv").write_text(LEADS)
    (folder / "link_in.csv").symlink_to(folder / "small_leads.csv")
    (folder / "sub").mkdir()
    (folder / "sub" / "x.csv").write_text(LEADS)
    return folder


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_scenario_can_name_no_file_outside_its_folder(name, nest):
    assert len(HOSTILE) >= 40
    with pytest.raises(ScenarioError, match=r"opening\.file must be"):
        file_beside(nest, name, "x.toml")
    text = GOOD.replace('"small_leads.csv"', '"' + "".join(f"\\u{ord(one):04x}" for one in name) + '"')
    with pytest.raises(ScenarioError, match=r"opening\.file must be"):
        scenario_from_toml(text.encode(), "x.toml", nest)


@pytest.mark.parametrize("name", ["small_leads.csv", "sub/x.csv", "link_in.csv"])
def test_plain_names_inside_the_folder_are_opened(name, nest):
    assert file_beside(nest, name, "x.toml").is_file()


def test_names_of_shipped_scenarios_are_known():
    for name, path in shipped_scenarios().items():
        assert read_scenario_file(name).sha256 == read_scenario_file(path).sha256
    with pytest.raises(ScenarioError, match="the name of a shipped one"):
        read_scenario_file("no_such_scenario")
    with pytest.raises(DataError, match="one that exists"):
        read_scenario_file("no_such.toml")
    with pytest.raises(DataError):
        read_scenario_file("a\0b")


# --- opening leads ---


def test_an_export_of_a_crm_is_mapped(tmp_path):
    leads = (
        "Opportunity ID,Opportunity Name,Amount,Probability (%),Stage,Close Date,Created Date,Opportunity Owner,"
        "Last Activity,Last Stage Change Date,Fiscal Period,Forecast Category\n"
        "1,One,1000,20,Proposal,8/15/2026,1/31/2026,Ann,6/1/2026,,Q3,Pipeline\n"
        "2,Two,2000,30,C,8/15/2026,1/31/2026,Bo,7/15/2026,6/20/2026,Q3,Pipeline\n"
        "3,Three,500,100,Closed Won,6/15/2026,1/31/2026,Bo,6/1/2026,6/15/2026,Q2,Closed\n"
        "4,Four,500,20,,8/15/2026,,Bo,,,Q2,Pipeline\n"
    )
    read = read_text(GOOD, tmp_path, leads)
    opening = read.opening
    assert opening.leads.lead_id == ("1", "2")
    assert opening.age_days.tolist() == [150, 10]
    assert opening.idle_days.tolist() == [29, 0]
    notes = " ".join(read.notes)
    for phrase in ("1 lead left out: no stage", "1 row left out: won", "day of creation", "after the as-of day",
                   "a salesforce file"):  # fmt: skip
        assert phrase in notes, notes


@pytest.mark.parametrize(
    ("old", "new", "phrase"),
    [
        (",C,", ",Negotiation,", '"Negotiation" ='),
        ("2026-06-01", "2026-07-01", "on or before the as-of day 2026-06-30"),
        (",hot,", ",boiling,", "cold, warm or hot"),
        (",0.25,", ",1.25,", "cold, warm or hot"),
        ("20%", "120%", "PC"),
        ("L2,", "L1,", "duplicates"),
        ("stage,", "phase,", "the column for stage"),
    ],
)
def test_what_is_wrong_with_the_leads_is_told(old, new, phrase, tmp_path):
    with pytest.raises(FunnelsimError) as caught:
        read_text(GOOD, tmp_path, LEADS.replace(old, new, 1))
    assert phrase in str(caught.value), str(caught.value)


def test_line_items_keep_the_expected_value(tmp_path):
    leads = LEADS + "L2,Second,10000,10%,C,2026-09-30,,,,Bo,\n"
    read = read_text(GOOD.replace('duplicates = "error"', 'duplicates = "lines"'), tmp_path, leads)
    opening = read.opening
    assert opening.leads.lead_id == ("L1", "L2", "L3")
    assert opening.leads.pr.tolist()[1] == 4_000_000
    assert opening.leads.pc_float[1] * 40_000 == pytest.approx(13_000, rel=1e-15)
    assert opening.stage.tolist() == [0, 1, 2]
    assert any("2 rows were line items of 1 lead" in note for note in read.notes)
    assert any("different values of stage" in note for note in read.notes)


# --- packing ---


def same(one, other):
    return json_text(one.document) == json_text(other.document) and opening_rows(
        one.document, one.opening
    ) == opening_rows(other.document, other.opening)


def test_packing_and_unpacking_are_inverses_byte_for_byte(tmp_path):
    packed = scenarios_api.pack(write_good(tmp_path))
    assert packed.notes
    assert all("taken out" in note for note in packed.notes)
    (path,) = scenarios_api.write_files(packed, tmp_path / "a")
    unpacked = scenarios_api.unpack(path)
    toml, _ = scenarios_api.write_files(unpacked, tmp_path / "b")
    again = scenarios_api.pack(toml)
    assert again.files == packed.files
    assert again.notes == ()
    assert scenarios_api.unpack(toml).files == unpacked.files
    assert same(read_scenario_file(path), read_scenario_file(toml))
    before, after = read_scenario_file(tmp_path / "small.toml"), read_scenario_file(path)
    assert opening_rows(before.document, before.opening) == opening_rows(after.document, after.opening)
    assert after.document.model_copy(update={"opening": before.document.opening}) == before.document
    with pytest.raises(ScenarioError, match="must be free"):
        scenarios_api.write_files(packed, tmp_path / "a")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
SHARES = st.floats(0, 1, allow_subnormal=True)
AMOUNTS = st.floats(0, 1e12)


@st.composite
def documents(draw):
    """The good scenario with other numbers and texts."""
    plain = tomllib.loads(GOOD)
    plain["calendar"] = {"as_of": draw(st.dates(date(1990, 1, 1), date(2300, 1, 1))).isoformat()}
    plain["opening"] = {"stages": {draw(TEXTS): "B"}, "owners": {draw(TEXTS): "Sales"}}
    plain |= {"story": draw(TEXTS), "question": draw(TEXTS), "title": "t" + draw(TEXTS)}
    plain["goal"]["revenue"] = draw(AMOUNTS)
    plain["market"] = {"fit": draw(SHARES), "suspects": draw(st.integers(0, 10_000_000))}
    plain["stages"][0]["conversion"] = draw(st.floats(0, 1, exclude_min=True))
    plain["stages"][0]["steps"] = [draw(TEXTS), draw(TEXTS)]
    several = st.lists(st.floats(1, 1e9), min_size=1, max_size=4).map(lambda values: {"values": values})
    plain["sources"][0]["pr"] = draw(st.one_of(AMOUNTS, several))
    plain["strategies"][0]["title"] = draw(TEXTS)
    plain["provenance"] = {"stages.C.conversion": {"source": draw(TEXTS), "grade": "yours"}}
    return checked(plain)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_document_comes_back_from_text_and_from_parquet(document):
    again = scenario_from_toml(toml_text(document).encode(), "x.toml", Path())
    assert again.document == document
    assert json_text(again.document) == json_text(document)
    content = parquet_bytes(document, no_leads(document))
    back = scenario_from_parquet(content, "x.parquet")
    assert back.document == document
    assert json_text(back.document) == json_text(document)
    assert parquet_bytes(back.document, back.opening) == content


ROW = st.tuples(
    CELLS,
    st.integers(0, 10**12),
    st.decimals(0, 1, places=6),
    st.sampled_from("CBA"),
    st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    SHARES,
    st.sampled_from(["Ann", "Bo", "sales", "=1+1", "-", ""]),
    CELLS,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=1, max_size=8))
def test_every_row_comes_back_from_parquet_and_from_csv(tmp_path, rows):
    import csv
    import io

    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(["lead_id", "name", "pr", "pc", "stage", "expected_close", "stage_entered", "temperature", "owner",
                     "remark"])  # fmt: skip
    for number, (name, cents, pc, stage, day, heat, owner, remark) in enumerate(rows):
        amount = f"{cents // 100}.{cents % 100:02d}"
        writer.writerow([
            f"id {number}",
            name,
            amount,
            f"{pc * 100}%",
            stage,
            "2026-09-30",
            day,
            repr(heat),
            owner,
            remark,
        ])
    try:
        read = read_text(GOOD, tmp_path, lines.getvalue())
    except DataError:
        reject()  # a text that no strict reader takes for a cell, such as a row that looks like a total
    document, _ = packed_form(read.document, read.opening)
    back = scenario_from_parquet(parquet_bytes(document, read.opening), "x.parquet")
    wanted = opening_rows(document, read.opening)
    assert opening_rows(back.document, back.opening) == wanted
    again = scenario_from_toml_and_csv(tmp_path, toml_text(document), csv_text(document, read.opening))
    assert opening_rows(again.document, again.opening) == wanted
    assert json_text(again.document) == json_text(back.document) == json_text(document)


def scenario_from_toml_and_csv(folder, toml, leads):
    (folder / "small_leads.csv").write_bytes(leads.encode())
    return scenario_from_toml(toml.encode(), "x.toml", folder)


def packed_good(folder):
    (content,) = scenarios_api.pack(write_good(folder)).files.values()
    return content


def test_no_damaged_bit_gives_another_scenario_in_silence(tmp_path):
    """Every seventh byte of a packed file, one bit of it turned: refused, or exactly the same scenario."""
    content = packed_good(tmp_path)
    wanted = scenario_from_parquet(content, "x.parquet")
    luck = random.Random(7)
    places = range(0, len(content), 7)
    refused = 0
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1 << luck.randrange(8)
        try:
            found = scenario_from_parquet(bytes(damaged), "x.parquet")
        except FunnelsimError:
            refused += 1
            continue
        assert same(found, wanted), place
    assert refused > len(places) / 2


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(share, tmp_path):
    content = packed_good(tmp_path)
    path = tmp_path / "cut.parquet"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ScenarioError):
        read_scenario_file(path)


def changed(content, metadata):
    """The packed file with other metadata."""
    table = pq.read_table(pa.BufferReader(content))
    stream = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), stream)
    return stream.getvalue().to_pybytes()


def test_parquet_that_is_no_scenario_says_why(tmp_path):
    content = packed_good(tmp_path)
    with pytest.raises(ScenarioError, match="a Parquet file without it"):
        scenario_from_parquet(changed(content, None), "x.parquet")
    text = scenario_from_parquet(content, "x.parquet").document
    for wrong, said in (
        ("{", "one JSON object"),
        ("[]", "one JSON object"),
        ('{"a": 1, "a": 2}', "twice"),
        (json_text(text).replace("scenario/1", "scenario/2"), "or older"),
        (json_text(text).replace("scenario/1", "other/1"), "a version of this format"),
        (json_text(text).replace('"fit":0.25', '"fit":NaN'), "a finite number"),
        (json_text(text).replace('"fit":0.25', '"fit":1e999'), "a finite number"),
        (json_text(text).replace("small_leads.csv", "../x.csv"), r"opening\.file must be"),
        ("[" * 100_000, "must be"),
        ('{"title": "\\ud800"}', "must be"),
    ):
        damaged = changed(content, {METADATA_KEY: wrong, CHECKSUM_KEY: "0"})
        with pytest.raises(ScenarioError, match="agree with its checksum"):
            scenario_from_parquet(damaged, "x.parquet")
        with pytest.raises(ScenarioError, match=said):
            scenario_from_parquet(changed(content, {METADATA_KEY: wrong}), "x.parquet")


def test_a_scenario_that_others_packed_is_read_and_said(tmp_path):
    content = packed_good(tmp_path)
    document = scenario_from_parquet(content, "x.parquet").document
    read = scenario_from_parquet(changed(content, {METADATA_KEY: json_text(document)}), "x.parquet")
    assert read.document == document
    assert any("no checksum of its own" in note for note in read.notes)


def test_a_damaged_name_of_the_checksum_does_not_switch_it_off(tmp_path):
    """Found by turning several bits at once: one in the name of the checksum, one in the document."""
    content = packed_good(tmp_path)
    text = json_text(scenario_from_parquet(content, "x.parquet").document).replace('"fit":0.25', '"fit":0.75')
    with pytest.raises(ScenarioError, match="no checksum, and unknown metadata"):
        scenario_from_parquet(changed(content, {METADATA_KEY: text, CHECKSUM_KEY[:-1] + "7": "0"}), "x.parquet")


def test_names_that_lie_about_the_kind_of_file_are_noticed(tmp_path):
    content = packed_good(tmp_path)
    odd = tmp_path / "odd.toml"
    odd.write_bytes(content)
    assert read_scenario_file(odd).form == "parquet"
    text = tmp_path / "text.parquet"
    text.write_text(GOOD)
    with pytest.raises(ScenarioError, match="a Parquet file, as its name says"):
        read_scenario_file(text)


def test_every_character_of_a_text_survives(tmp_path):
    hard = string.printable + "\"\"\"'''\\ \u0000\u2028\ufeff é 漢 😀"
    read = read_text(GOOD.replace('story = "Two teams, three stages."\n', ""), tmp_path)
    document = read.document.model_copy(update={"story": hard, "question": '"""'})
    again = scenario_from_toml(toml_text(document).encode(), "x.toml", tmp_path).document
    assert again.story == hard
    assert again.question == '"""'


def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path):
    """A dictionary of one long text, named by many rows, is a few kilobytes on the disk."""
    content = packed_good(tmp_path)
    table = pq.read_table(pa.BufferReader(content)).slice(0, 1)
    long = pa.array(["x" * 100_000]).dictionary_encode()
    rows = 4_000
    many = pa.table({
        name: pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), long.dictionary)
        if name == "region"
        else pa.concat_arrays([column.combine_chunks()] * rows)
        for name, column in zip(table.column_names, table.columns, strict=True)
    })
    stream = pa.BufferOutputStream()
    pq.write_table(many.replace_schema_metadata({METADATA_KEY: "{}"}), stream, compression="zstd")
    bomb = stream.getvalue().to_pybytes()
    assert len(bomb) < 1_000_000
    with pytest.raises(ScenarioError, match="characters of text"):
        scenario_from_parquet(bomb, "x.parquet")


def test_keys_cannot_steer_the_terminal_that_shows_the_message(tmp_path):
    for extra in ('"\\u001b[2J" = 1', '[market]\n"a\\nb" = 1\n[x."\\u202e"]\ny = nan'):
        with pytest.raises(ScenarioError) as caught:
            read_text(GOOD.replace("[market]", "[markt]") + "\n" + extra, tmp_path)
        assert not {"\x1b", "\u202e"} & set(str(caught.value))


def test_levels_of_any_size_are_told_and_never_counted_out(tmp_path):
    for levels in ("[0, 100000000000]", "[-5, 3]", "[1, 99999999999999999999999]"):
        with pytest.raises(ScenarioError, match=r"stages\[0\]\.levels"):
            read_text(GOOD.replace("levels = [1, 2]", f"levels = {levels}").replace("steps = [", "stepz = ["), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("L2,", "L1,", 'under [opening]: write duplicates = "lines"'),
        ("2026-08-15", "5/6/2026", 'dates = "dmy"'),
        ("pr,", "prx,", 'columns = {pr = "COLUMN"}'),
        ("30000", "€30000", "a scenario has one currency"),
    ],
)
def test_hints_about_leads_name_keys_of_the_scenario(old, new, hint, tmp_path):
    with pytest.raises(DataError) as caught:
        read_text(GOOD, tmp_path, LEADS.replace(old, new, 1))
    assert hint in str(caught.value)
    assert "--" not in str(caught.value)


def test_leads_may_come_as_a_frame(tmp_path):
    import polars as pl

    read = read_text(GOOD, tmp_path)
    frame = pl.read_csv(LEADS.encode(), infer_schema=False)
    assert opening_rows(read.document, opening_leads(read.document, frame)) == opening_rows(read.document, read.opening)
