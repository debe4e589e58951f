"""Tables of designs that a user gives, and what an unfinished sweep has kept.

The question: which values is every key to take?  A row is a design and a column a key of the scenario, as a dotted
path; cells are read as the words of ``--set`` are.  Whether a value can be is asked of the scenario afterwards.

What it leaves out: making designs (:mod:`funnelsim.engines.choices.designs`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from funnelsim.engines.choices.designs import repeated_keys
from funnelsim.errors import DataError, Problem, Shown, raise_if_any
from funnelsim.inputs.lever_words import read_value
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.table_files import read_table
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import full_path
from funnelsim.model.scenario_paths import known_path
from funnelsim.model.sweep import Designs
from funnelsim.model.sweep_parts import CHECKED, PART_ENDING, PLAN, Scores, unpacked_part, unsealed
from funnelsim.model.sweep_settings import MOST_DESIGNS

NUMBER_COLUMN: Final = "design"
"""A column of this name numbers the designs and changes nothing."""
_NO_NUMBERS: Final = frozenset({"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})


def read_designs(source: str | os.PathLike[str] | object, scenario: Scenario) -> Designs:
    """Read a table of designs.

    Parameters
    ----------
    source : path or data frame
        CSV, XLSX or Parquet: a row a design, a column a key; a column ``design`` may number the rows from 1.
    scenario : Scenario
        Whose keys they are.

    Returns
    -------
    Designs
        Values as the command line would read them; whether they can be is not looked at.

    Raises
    ------
    DataError
        If it cannot be read, has no rows or too many, a column that is no key, a cell without a value, or two equal
        rows; all problems at once.
    """

    def known(header: str) -> bool:
        return header == NUMBER_COLUMN or not known_path(scenario, full_path(scenario, header))[0]

    table = read_table(source, known)
    paths = tuple(header for header in table.headers if header != NUMBER_COLUMN)
    problems = [*_table_problems(table, paths), *_key_problems(table, paths, scenario), *_cell_problems(table, paths)]
    raise_if_any(problems, DataError)
    columns = [tuple(map(read_value, table.column(path))) for path in paths]
    designs = Designs(paths, tuple(zip(*columns, strict=True)), "given", table.notes)
    raise_if_any(_twin_problems(table, designs), DataError)
    return designs


def _table_problems(table: RawTable, paths: tuple[str, ...]) -> list[Problem]:
    problems = []
    if not paths:
        hint = "name each column after a key of the scenario, such as teams.sales.heads"
        problems.append(Problem(table.name, "the table", "one with a column for each key", Shown("none"), hint))
    if not 0 < len(table.rows) <= MOST_DESIGNS:
        rule = f"one of 1 to {MOST_DESIGNS:,} designs"
        problems.append(Problem(table.name, "the table", rule, Shown(f"{len(table.rows):,} rows")))
    if NUMBER_COLUMN in table.headers:
        numbers = [cell.strip() for cell in table.column(NUMBER_COLUMN)]
        wrong = [row for row, cell in enumerate(numbers) if cell != str(row + 1)]
        if wrong:
            where = f"{table.name}, row {table.line[wrong[0]]}"
            rule, hint = f"{wrong[0] + 1}, because designs are numbered from 1", "correct the column, or leave it out"
            problems.append(Problem(where, f"column {NUMBER_COLUMN!r}", rule, numbers[wrong[0]], hint))
    return problems


def _key_problems(table: RawTable, paths: tuple[str, ...], scenario: Scenario) -> list[Problem]:
    problems = repeated_keys(scenario, paths, table.name)
    for path in paths:
        rule, hint = known_path(scenario, full_path(scenario, path))
        if rule:
            problems.append(Problem(table.name, "the name of a column", rule, path, hint))
    return problems


def _cell_problems(table: RawTable, paths: tuple[str, ...]) -> list[Problem]:
    """Find cells without a value, and numbers that are none; one problem a column."""
    problems = []
    for path in paths:
        cells = [cell.strip() for cell in table.column(path)]
        wrong = [row for row, cell in enumerate(cells) if not cell or cell.casefold() in _NO_NUMBERS]
        if wrong:
            cell = cells[wrong[0]]
            more = f"(and in {len(wrong) - 1:,} more rows)" if len(wrong) > 1 else ""
            where = f"{table.name}, row {table.line[wrong[0]]}"
            rule = "a value in every row" if not cell else "a finite number, a text, true, false or none"
            hint = "write the scenario's own value where nothing is to change, or none for no value"
            problems.append(Problem(where, path, rule, Shown(cell or "nothing"), hint, more))
    return problems


def _twin_problems(table: RawTable, designs: Designs) -> list[Problem]:
    seen: dict[tuple[Any, ...], int] = {}
    twins = []
    for number, row in enumerate(designs.rows):
        first = seen.setdefault(tuple((type(value) is bool, value) for value in row), number)
        if first != number:
            twins.append((table.line[first], table.line[number]))
    if not twins:
        return []
    more = f"(and {len(twins) - 1:,} more)" if len(twins) > 1 else ""
    got = Shown(f"row {twins[0][1]} equal to row {twins[0][0]}")
    return [Problem(table.name, "the designs", "all different", got, "take the repeated rows out", more)]


# --- unfinished sweeps ---------------------------------------------------------------------------------------------


def read_plan(folder: Path) -> dict[str, Any] | None:
    """Read what an unfinished sweep was asked.

    Parameters
    ----------
    folder : Path
        Of the unfinished sweep.

    Returns
    -------
    dict or None
        As it was written; None when nothing was begun there.

    Raises
    ------
    DataError
        If it is not as it was written.
    """
    path = folder / PLAN
    if not path.is_file():
        return None
    body = unsealed(path.read_bytes())
    plan = json.loads(body) if body is not None else None
    if not isinstance(plan, dict):
        hint = "begin anew with --force, or choose another folder"
        raise DataError(Problem(str(path), "the plan", "as it was written", Shown("something else"), hint))
    return plan


def read_checked(folder: Path) -> int | None:
    """Read how many designs, from the first, are known to be feasible.

    Parameters
    ----------
    folder : Path
        Of an unfinished sweep whose plan is there.

    Returns
    -------
    int or None
        None when all are; 0 when it cannot be told.
    """
    path = folder / CHECKED
    if not path.is_file():
        return None
    body = unsealed(path.read_bytes())
    return int(body) if body is not None and body.isdigit() else 0


def read_parts(
    folder: Path, figures: tuple[int, ...], contributions: tuple[int, ...], designs: int
) -> tuple[dict[int, Scores], tuple[str, ...]]:
    """Read the designs that an unfinished sweep has kept.

    Parameters
    ----------
    folder : Path
        Of the unfinished sweep.
    figures, contributions : tuple of int
        Shapes that those of one design must have.
    designs : int
        How many there are in all.

    Returns
    -------
    kept : dict of int to (figures, contributions)
        By row of the table of designs.
    damaged : tuple of str
        Parts that were not whole; their designs are to be done again.
    """
    kept: dict[int, Scores] = {}
    damaged = []
    for path in sorted(folder.glob(f"*{PART_ENDING}")):
        found = unpacked_part(path.read_bytes(), figures, contributions)
        if found is None or not all(0 <= number < designs for number in found):
            damaged.append(path.name)
        else:
            kept |= found
    return kept, tuple(damaged)
