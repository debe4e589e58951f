"""The same question has the same answer, to the last bit, however it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.execution import Execution
from funnelsim.engines.forecast import forecast_leads
from funnelsim.model.request import ForecastRequest, Plan
from properties.lead_tables import (
    AS_OF,
    DEFAULT,
    GROUPED,
    ONE_THREAD,
    STATED,
    YEAR,
    Row,
    assumptions,
    book_of,
    often,
    rows,
    seeds,
    seldom,
    simulate,
    table_of,
    walk,
)

WAYS = [Execution(threads=threads, block=block) for threads, block in [(1, 1), (2, 7), (3, 1000), (2, 64), (1, 10**6)]]


@often
@given(rows(), assumptions, seeds, st.sampled_from(WAYS), st.integers(1, 130))
def test_threads_and_blocks_change_nothing(book, assumed, seed, way, count):
    lowered = book_of(book, assumptions=assumed)
    assert np.array_equal(walk(lowered, seed, count), walk(lowered, seed, count, execution=way))


@often
@given(rows(), assumptions, seeds, st.integers(1, 50), st.integers(0, 50))
def test_a_longer_run_starts_with_the_shorter_one(book, assumed, seed, count, more):
    lowered = book_of(book, assumptions=assumed)
    assert np.array_equal(walk(lowered, seed, count), walk(lowered, seed, count + more)[:count])


@often
@given(rows(), assumptions, st.sampled_from([0, 1, 3, 4, 5, 2**32 - 3, 2**32]), st.integers(1, 40))
def test_any_replication_can_be_had_alone(book, assumed, start, place):
    lowered = book_of(book, assumptions=assumed)
    assert np.array_equal(walk(lowered, count=41, first=start)[place], walk(lowered, count=1, first=start + place)[0])


@pytest.mark.parametrize("assumed", [STATED, DEFAULT, GROUPED])
@pytest.mark.parametrize(("seed", "first"), [(8, 0), (7 + 2**32, 0), (7 + 2**63, 0), (7, 2**32), (7, 2**31)])
def test_another_seed_or_another_replication_is_other_luck(assumed, seed, first):
    """32-bit halves of the seed and of the replication's number are both used."""
    book = book_of([Row(f"L{number}", 2**number) for number in range(16)], assumptions=assumed)
    one, other = walk(book, 7, 500).sum(axis=1), walk(book, seed, 500, first).sum(axis=1)
    assert np.mean(one == other) < 0.05


def test_seed_0_is_a_seed():
    answers = [
        forecast_leads(table_of([Row("one"), Row("two")]), ForecastRequest(YEAR, DEFAULT, seed, 300), ONE_THREAD)
        for seed in (0, 0, 1)
    ]
    assert answers[0].seed == 0
    assert answers[0].content_hash == answers[1].content_hash != answers[2].content_hash


@often
@given(rows(items=False), assumptions, rows(least=1, most=1, items=False))
def test_a_new_lead_changes_no_other_leads_outcome(book, assumed, added):
    newcomer = replace(added[0], lead_id="new")
    before, after = book_of(book, assumptions=assumed), book_of([newcomer, *book], assumptions=assumed)
    for row in range(len(book)):
        alone = walk(before.select(np.arange(len(book)) == row))
        assert np.array_equal(alone, walk(after.select(np.arange(len(book) + 1) == row + 1)))


@often
@given(rows(least=1, items=False), assumptions)
def test_a_lead_taken_out_and_put_back_has_its_old_luck(book, assumed):
    assert np.array_equal(simulate([*book[1:], book[0]], assumptions=assumed), simulate(book, assumptions=assumed))


def repeated(book, sets):
    """The same book as ``sets`` equal parameter sets."""
    tables = book.tables
    return replace(
        book,
        tables=tables._replace(
            probability=np.repeat(tables.probability, sets, axis=0),
            odds=np.repeat(tables.odds, sets, axis=0),
            day_edges=np.repeat(tables.day_edges, sets, axis=1),
            day_first=np.repeat(tables.day_first, sets, axis=1),
            day_last=np.repeat(tables.day_last, sets, axis=1),
        ),
    )


@seldom
@given(rows(), assumptions, st.integers(1, 300))
def test_200_equal_parameter_sets_are_one(book, assumed, count):
    one = book_of(book, assumptions=assumed)
    assert np.array_equal(walk(repeated(one, 200), count=count), walk(one, count=count))


@pytest.mark.parametrize("assumed", [STATED, DEFAULT])
@pytest.mark.parametrize("first", [0, 5, 2**32 - 1])
def test_replication_r_uses_parameter_set_r_mod_3(assumed, first):
    chances = ["0.2", "0.5", "0.8"]
    book = book_of([Row(chance, 2**place, chance) for place, chance in enumerate(chances)], assumptions=assumed)
    tables = book.tables

    def with_sets(*orders):
        """The book with its three chances in another order in each parameter set."""
        orders = [list(order) for order in orders]
        same = repeated(book, len(orders)).tables
        probability = np.concatenate([tables.probability[:, order] for order in orders])
        odds = np.concatenate([tables.odds[:, order] for order in orders])
        return replace(book, tables=same._replace(probability=probability, odds=odds))

    orders = [(0, 1, 2), (2, 1, 0), (1, 2, 0)]
    mixed = walk(with_sets(*orders), count=300, first=first)
    alone = [walk(with_sets(order), count=300, first=first) for order in orders]
    for place in range(300):
        assert np.array_equal(mixed[place], alone[(first + place) % 3][place])


@seldom
@given(rows(least=1), assumptions)
def test_a_content_hash_does_not_depend_on_threads_blocks_or_the_order_of_attributes(book, assumed):
    table, request = table_of(book), ForecastRequest(YEAR, assumed, 5, 150, plan=Plan(10**7), by="region")
    hashes = {forecast_leads(table, request, way).content_hash for way in WAYS}
    leads = replace(table.leads, attributes={"zone": ("x",) * len(book), **table.leads.attributes})
    hashes.add(forecast_leads(replace(table, leads=leads), request, ONE_THREAD).content_hash)
    assert len(hashes) == 1


def test_any_change_of_the_question_changes_the_content_hash():
    rows = [Row(f"L{number}", 1000 + number, "0.4", AS_OF + timedelta(days=40 * number)) for number in range(9)]
    base = ForecastRequest(YEAR, DEFAULT, 5, 150)
    requests = [
        base,
        replace(base, seed=6),
        replace(base, replications=151),
        replace(base, assumptions=STATED),
        replace(base, plan=Plan(2000)),
        replace(base, plan=Plan(2001)),
        replace(base, calendar=replace(YEAR, horizon=11)),
        replace(base, by="region"),
    ]
    hashes = [forecast_leads(table_of(rows), request, ONE_THREAD).content_hash for request in requests]
    hashes.append(forecast_leads(table_of(rows[1:]), base, ONE_THREAD).content_hash)
    assert len(set(hashes)) == len(hashes)


ASK = (
    "import funnelsim; from datetime import date; "
    "answer = funnelsim.forecast({file!r}, as_of=date(2026, 3, 31), replications=300, by='region', plan='9k'); "
    "print(answer.content_hash)"
)
HEADER = ("lead_id", "pr", "pc", "expected_close", "region")


def written(folder, columns=HEADER):
    """Write one file of leads with its columns in the given order."""
    values = [
        dict(
            zip(
                HEADER,
                (f"L{n}", f"{100 + n}.50", f"{(n % 9 + 1) / 10}", str(date(2026, 1 + n % 12, 15)), "nsew"[n % 4]),
                strict=True,
            )
        )
        for n in range(40)
    ]
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in values)]
    path = folder / "leads.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def asked_elsewhere(path, cwd, **environment):
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(file=str(path))],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_the_surroundings_of_the_process_change_nothing(tmp_path):
    path = written(tmp_path)
    surroundings = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "de_DE.UTF-8", "OMP_NUM_THREADS": "1"},
        {"TZ": "Asia/Kolkata", "LC_ALL": "C"},
    ]
    hashes = {asked_elsewhere(path, tmp_path, **each) for each in surroundings}
    hashes.add(asked_elsewhere(path, "/", PYTHONHASHSEED="7"))
    assert len(hashes) == 1


def test_the_order_of_the_columns_changes_nothing(tmp_path):
    import funnelsim

    hashes = set()
    for order in (HEADER, HEADER[::-1]):
        (folder := tmp_path / order[0]).mkdir()
        answer = funnelsim.forecast(written(folder, order), as_of=date(2026, 3, 31), replications=100, by="region")
        hashes.add(answer.content_hash)
    assert len(hashes) == 1
