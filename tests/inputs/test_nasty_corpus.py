"""Every file of the corpus gives the exact values or a clear error; nothing in between."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nasty_corpus import CASES, Case

from funnelsim.errors import FunnelsimError
from funnelsim.inputs.leads_file import read_leads
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.leads import LeadTable

AS_OF = date(2026, 6, 30)


def seen(table: LeadTable) -> dict[str, Any]:
    """Everything a case may expect."""
    leads = table.leads
    return {
        "id": list(leads.lead_id),
        "pr": leads.pr.tolist(),
        "pc": list(leads.pc),
        "last pc": leads.pc[-1] if leads.pc else None,
        "close": [str(day) for day in leads.expected_close],
        "line": leads.line.tolist(),
        "name": list(leads.attributes.get("name", ())),
        "attributes": dict(leads.attributes),
        "kept": list(table.kept_columns),
        "currency": leads.currency,
        "dialect": table.dialect,
        "excluded": {one.reason: (one.rows, one.amount) for one in table.excluded},
        "imputed": [(one.rule, one.rows) for one in table.imputed],
        "won": [(str(day), int(amount)) for day, amount in zip(table.won.day, table.won.amount, strict=True)],
        "lost": table.lost_rows,
        "pr_p10": leads.pr_p10.tolist(),
        "pr_p90": leads.pr_p90.tolist(),
        "close_p10": [str(day) for day in leads.close_p10],
        "close_p90": [str(day) for day in leads.close_p90],
        "notes": list(table.notes),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_file_is_exact_or_refused(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(case.content)
    if isinstance(case.expected, str):
        with pytest.raises(FunnelsimError) as caught:
            read_leads(path, ReadingOptions(as_of=AS_OF, **case.options))
        assert re.search(case.expected, str(caught.value), re.DOTALL), str(caught.value)
        assert "leads.csv" in str(caught.value) or "timezone" in case.options
        return
    table = read_leads(path, ReadingOptions(as_of=AS_OF, **case.options))
    found = seen(table)
    for name, expected in case.expected.items():
        if name == "note":
            assert any(re.search(expected, note) for note in table.notes), table.notes
        else:
            assert found[name] == expected, name
    assert table.rows == len(table.leads) + len(table.won.day) + table.lost_rows + sum(
        one.rows for one in table.excluded
    )


def test_corpus_is_large_and_its_names_differ() -> None:
    files = {(case.content, tuple(sorted(map(str, case.options.items())))) for case in CASES}
    assert len(files) >= 100
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_a_cut_file_is_never_read_as_fewer_leads(tmp_path: Path) -> None:
    """Cut at any byte of its last two rows: an error, the note with the control total, or a whole number of rows."""
    whole = b"lead_id,pr,pc,expected_close\n" + b"".join(
        b"L%d,%d,0.5,2026-09-30\n" % (number, 125000 + number) for number in range(20)
    )
    path = tmp_path / "leads.csv"
    for end in range(len(whole) - 56, len(whole)):
        path.write_bytes(whole[:end])
        try:
            table = read_leads(path, ReadingOptions(as_of=AS_OF))
        except FunnelsimError:
            continue
        assert whole[:end].endswith(b"\n") or any("Control total" in note for note in table.notes)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(CASES), st.data())
def test_damaged_files_give_leads_or_our_own_error(tmp_path: Path, case: Case, data: st.DataObject) -> None:
    """Cut, flip or insert bytes anywhere: the answer is a table or a message, never another exception."""
    content = bytearray(case.content)
    at = data.draw(st.integers(0, len(content)))
    how = data.draw(st.sampled_from(("cut", "flip", "insert", "repeat")))
    if how == "cut":
        del content[at:]
    elif how == "flip" and at < len(content):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "insert":
        content[at:at] = data.draw(st.binary(min_size=1, max_size=4))
    else:
        content += content[at:]
    path = tmp_path / "leads.csv"
    path.write_bytes(content)
    try:
        table = read_leads(path, ReadingOptions(as_of=AS_OF, **case.options))
    except FunnelsimError:
        return
    counted = len(table.leads) + len(table.won.day) + table.lost_rows + sum(one.rows for one in table.excluded)
    assert table.rows == counted
