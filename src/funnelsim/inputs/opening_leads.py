"""The leads that are open when a simulation starts, from any export that a forecast reads.

The question: in which of the scenario's stages is each lead, who has it, for how long, how long was it left alone, and
how warm is it?  The export says it in its own words; the scenario maps them.  What is not said is assumed, and counted.

What it leaves out: the document they belong to, and writing them back.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt

from funnelsim.errors import DataError, Shown
from funnelsim.inputs.crm import header_key, is_known
from funnelsim.inputs.crm_stages import stage_key
from funnelsim.inputs.crm_words import FIELDS
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.leads_file import understand
from funnelsim.inputs.line_items import summed
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.inputs.table_files import read_table
from funnelsim.inputs.text_dates import read_dates
from funnelsim.inputs.text_values import TextColumn, is_blank
from funnelsim.model.leads import Leads, LeadTable
from funnelsim.model.money import minor_digits
from funnelsim.model.opening import STANDARD_TEMPERATURE, OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_files import CANONICAL

STAGE_ENTERED = (
    "stage entered", "last stage change date", "laststagechangedate", "stage change date", "stage entered on",
    "date entered stage", "date entered current stage", "entered stage", "hs v2 date entered current stage",
    "deal - last stage change", "stage modified time", "stage since",
)  # fmt: skip
"""Headers of the day on which a lead entered its present stage."""
WARMTH = {"cold": 0.0, "warm": 0.5, "hot": 1.0}
_TOLD_ELSEWHERE = frozenset(("name", "stage", "team", "temperature", "last_touch", "currency"))
_CLOSED_ONLY = frozenset(("status", "is_won", "is_closed", "deleted", "closed", "amount_won"))
_MAP = re.compile(r"--map (\w+)=([^\s,;]*)")
_OPTION = re.compile(r"--(pc|dates|duplicates) (\w+)")
_RATE = re.compile(r",? or (?:in )?one with a --rate")
_AS_IN_FILE = " (as in the file)"


def opening_leads(document: Scenario, source: str | os.PathLike[str] | RawTable | object) -> OpeningLeads:
    """Read the leads that a scenario opens with.

    Parameters
    ----------
    document : Scenario
        Checked; ``opening`` says how the file is read, ``calendar.as_of`` on which day it stands.
    source : path, RawTable or data frame
        The canonical columns, or any export that a forecast reads.

    Returns
    -------
    OpeningLeads
        One row per open lead that is in a stage.

    Raises
    ------
    DataError
        With every problem found: values that cannot be read, stages the scenario does not have, days after the as-of
        day.
    """
    table = source if isinstance(source, RawTable) else read_table(source, _known(document))
    read = _understood(document, table)
    findings = Findings(table.name, "line" if table.kind == "csv" else "row")
    leads, sum_notes = summed(read.leads)
    stage, stage_notes = _stages(document, leads, findings)
    inside = stage >= 0
    leads, stage = leads.select(inside), stage[inside]
    age, idle, day_notes = _days(document, leads, findings)
    temperature, heat_notes = _temperatures(leads, findings)
    team, team_notes = _teams(document, leads)
    findings.stop_if_any()
    names = leads.attributes.get("name", leads.lead_id)
    notes = (
        *_reading_notes(document, read, table), *read.notes, *sum_notes, *stage_notes, *team_notes, *day_notes,
        *heat_notes,
    )  # fmt: skip
    return OpeningLeads(
        leads=replace(leads, attributes=_attributes(document, leads, stage, team)),
        name=tuple(name or lead_id for name, lead_id in zip(names, leads.lead_id, strict=True)),
        stage=stage,
        team=team,
        age_days=age,
        idle_days=idle,
        temperature=temperature,
        notes=notes,
    )


def no_leads(document: Scenario) -> OpeningLeads:
    """Return the opening of a scenario that starts with an empty funnel.

    Parameters
    ----------
    document : Scenario
        Gives the currency.

    Returns
    -------
    OpeningLeads
        Of no lead.
    """
    days, whole = np.empty(0, dtype="datetime64[D]"), np.empty(0, dtype=np.int64)
    digits = minor_digits(document.currency)
    leads = Leads((), whole.copy(), (), days.copy(), whole.copy(), whole.copy(), whole.copy(), days.copy(), days.copy(),
                  np.empty(0, dtype=np.bool_), {}, document.currency, digits)  # fmt: skip
    return OpeningLeads(leads, (), whole.copy(), whole.copy(), whole.copy(), whole.copy(), np.empty(0))


def _known(document: Scenario) -> Callable[[str], bool]:
    told = {header_key(header) for header in document.opening.columns.values()}
    return lambda header: is_known(header) or header_key(header) in told or header_key(header) in STAGE_ENTERED


def is_canonical(headers: Sequence[str]) -> bool:
    """Tell whether a table has the columns of a packed scenario, so that nothing has to be guessed.

    Parameters
    ----------
    headers : sequence of str
        As in the file.

    Returns
    -------
    bool
        True when all of them are there.
    """
    return set(CANONICAL) <= set(headers)


def _options(document: Scenario, table: RawTable) -> ReadingOptions:
    opening = document.opening
    told = {field: header for field, header in opening.columns.items() if field != "stage_entered"}
    canonical = is_canonical(table.headers)
    if canonical:
        told = {field: field if field in table.headers else "" for field in FIELDS} | told
    return ReadingOptions(
        as_of=document.calendar.as_of,
        mapping=told,
        pc=opening.pc or ("fraction" if canonical else None),
        dates=opening.dates,
        decimal="." if canonical else None,
        currency=document.currency,
        duplicates=opening.duplicates,
        allow_empty=True,
    )


def _understood(document: Scenario, table: RawTable) -> LeadTable:
    """Read the rows; what the command line would answer with an option is answered under ``[opening]`` here."""
    try:
        return understand(table, _options(document, table))
    except DataError as error:
        raise DataError(
            replace(
                one, rule=_RATE.sub("", one.rule.replace("--map", "opening.columns")), hint=_scenario_words(one.hint)
            )
            for one in error.problems
        ) from None


def _scenario_words(hint: str) -> str:
    if "--rate" in hint or "--currency" in hint:
        return "a scenario has one currency: convert the amounts in the file, and write currency at the top"
    if "--decimal" in hint:
        return "write amounts with a decimal point and nothing between thousands"
    if "--encoding" in hint:
        return "save the file as UTF-8"
    said = _MAP.sub(r'columns = {\1 = "\2"}', hint.replace(" or --impute stage", ""))
    said = _OPTION.sub(r'\1 = "\2"', said)
    return said if said == hint else f"under [opening]: {said.replace('pass ', 'write ')}"


def _reading_notes(document: Scenario, read: LeadTable, table: RawTable) -> list[str]:
    how = "in the canonical columns" if is_canonical(table.headers) else f"a {read.dialect} file"
    notes = [f"Opening leads: {len(read.leads):,} of {read.rows:,} rows of {read.name!r}, {how}."]
    notes += [f"{rows_of(one.rows)} left out: {one.reason}." for one in read.excluded]
    closed = (("won", len(read.won.amount)), ("lost", read.lost_rows))
    notes += [f"{rows_of(count)} left out: {word} already." for word, count in closed if count]
    if document.currency is None and read.leads.currency is not None:
        notes.append(f"The leads are in {read.leads.currency}; the scenario names no currency.")
    return notes


def _stages(document: Scenario, leads: Leads, findings: Findings) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the scenario's stage of each lead, -1 for none."""
    own = {stage_key(name): number for number, name in enumerate(document.stage_names)}
    mapped = {stage_key(key): own[stage_key(name)] for key, name in document.opening.stages.items()}
    cells = leads.attributes.get("stage")
    if cells is None:
        hint = 'name it under [opening]: columns = {stage = "COLUMN"}'
        findings.say("the column for stage", "in the file, because leads open in a stage", Shown("none"), hint)
        return np.full(len(leads), -1, dtype=np.int64), []
    found = np.full(len(leads), -1, dtype=np.int64)
    used: Counter[tuple[str, str]] = Counter()
    for row, text in enumerate(cells):
        key = stage_key(text)
        number = mapped.get(key, own.get(key))
        if number is not None:
            found[row] = number
            used[text.strip(), document.stage_names[number]] += 1
        elif not is_blank(text):
            near = get_close_matches(key, own, 1, 0.6)
            target = document.stage_names[own[near[0]]] if near else document.stage_names[0]
            shown = f'"{text}"' if text.isprintable() and not {'"', "\\"} & set(text) else repr(text)
            hint = f'write {shown} = "{target}", or another of its stages, under [opening.stages]'
            rule = "one of the scenario's stages, or mapped to one"
            findings.add("stage", rule, int(leads.line[row]), text, hint)
    blank = int(sum(map(is_blank, cells)))
    notes = [f"Stage {was!r} is {now!r} here ({_leads_of(count)})." for (was, now), count in used.items() if was != now]
    return found, [*notes, *([f"{_leads_of(blank)} left out: no stage is given."] if blank else [])]


def _teams(document: Scenario, leads: Leads) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the team that has each lead, -1 for the stage's own."""
    own = {stage_key(name): number for number, name in enumerate(document.team_names)}
    mapped = {stage_key(key): own[stage_key(name)] for key, name in document.opening.owners.items()}
    blank = ("",) * len(leads)
    owners, teams = leads.attributes.get("owner", blank), leads.attributes.get("team", blank)
    found = np.full(len(leads), -1, dtype=np.int64)
    for row, (owner, team) in enumerate(zip(owners, teams, strict=True)):
        person, group = stage_key(owner), stage_key(team)
        number = next((table[key] for table, key in ((mapped, person), (mapped, group), (own, group), (own, person))
                       if key in table), -1)  # fmt: skip
        found[row] = number
    unknown = int(((found < 0) & np.array([bool(one or other) for one, other in zip(owners, teams, strict=True)],
                                          dtype=np.bool_)).sum())  # fmt: skip
    hint = "name owners under [opening.owners] to say which team has their leads"
    return found, [f"{_leads_of(unknown)} with the team of the stage ({hint})."] if unknown else []


def _days(
    document: Scenario, leads: Leads, findings: Findings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], list[str]]:
    """Return days in the stage and days since the last touch."""
    as_of = document.calendar.as_of
    entered_header = _entered_header(document, leads)
    entered = _column(document, leads, entered_header, "stage entered", findings)
    created = _column(document, leads, "created", "created", findings, needed=[day is None for day in entered])
    touched = _column(document, leads, "last_touch", "last touch", findings)
    age, idle = np.zeros(len(leads), dtype=np.int64), np.zeros(len(leads), dtype=np.int64)
    counts: Counter[str] = Counter()
    for row in range(len(leads)):
        name, day = ("stage entered", entered[row]) if entered[row] else ("created", created[row])
        if day is not None and day > as_of:
            hint = "correct the day, or the scenario's as_of"
            findings.add(name, f"on or before the as-of day {as_of}", int(leads.line[row]), Shown(day), hint)
        age[row] = max((as_of - day).days, 0) if day is not None else 0
        counts["no age" if day is None else name] += 1
        last = touched[row]
        counts["no touch" if last is None else "future" if last > as_of else "touch"] += 1
        idle[row] = max((as_of - last).days, 0) if last is not None else 0
    said = {
        "created": "{}: days in the stage counted from the day of creation, for want of a better one.",
        "no age": "{}: days in the stage unknown, taken as 0.",
        "no touch": "{}: last touch unknown, taken as touched on the as-of day.",
        "future": "{}: last touch after the as-of day (an appointment), taken as touched on it.",
    }
    return age, idle, [text.format(_leads_of(counts[key])) for key, text in said.items() if counts[key]]


def _entered_header(document: Scenario, leads: Leads) -> str:
    told = document.opening.columns.get("stage_entered")
    names = (header_key(told),) if told else STAGE_ENTERED
    return next((header for name in names for header in leads.attributes if header_key(header) == name), "")


def _column(
    document: Scenario, leads: Leads, header: str, name: str, findings: Findings, needed: Sequence[bool] | None = None
) -> tuple[date | None, ...]:
    cells = leads.attributes.get(header, ("",) * len(leads))
    rows = np.ones(len(leads), dtype=np.bool_) if needed is None else np.array(needed, dtype=np.bool_)
    column = TextColumn(name, header, cells, leads.line, rows)
    return read_dates(column, findings, document.opening.dates).values


def _temperatures(leads: Leads, findings: Findings) -> tuple[npt.NDArray[np.float64], list[str]]:
    cells = leads.attributes.get("temperature", ("",) * len(leads))
    found = np.full(len(leads), STANDARD_TEMPERATURE)
    said = 0
    for row, text in enumerate(cells):
        if is_blank(text):
            continue
        said += 1
        value = WARMTH.get(stage_key(text), _share(text))
        if value is None:
            hint = 'write a number or one of the words, or columns = {temperature = ""} under [opening] to leave it out'
            rule = "a number in [0, 1], or cold, warm or hot"
            findings.add("temperature", rule, int(leads.line[row]), text, hint)
        else:
            found[row] = value
    unknown = len(leads) - said
    note = f"{_leads_of(unknown)}: temperature unknown, taken as {STANDARD_TEMPERATURE:g}, the standard."
    return found, [note] if unknown else []


def _leads_of(count: int) -> str:
    return f"{count:,} {'lead' if count == 1 else 'leads'}"


def _share(text: str) -> float | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() and 0 <= value <= 1 else None


def _attributes(
    document: Scenario, leads: Leads, stage: npt.NDArray[np.int64], team: npt.NDArray[np.int64]
) -> Mapping[str, tuple[str, ...]]:
    """Keep what nothing else holds; the file's own words for stage and team where they are not ours."""
    gone = _TOLD_ELSEWHERE | _CLOSED_ONLY | {_entered_header(document, leads)}
    kept = {name: cells for name, cells in leads.attributes.items() if name not in gone}
    ours = {
        "stage": tuple(document.stage_names[number] for number in stage),
        "team": tuple(document.team_names[number] if number >= 0 else "" for number in team),
    }
    for name, cells in ours.items():
        written = leads.attributes.get(name, cells)
        if written != cells and name + _AS_IN_FILE not in kept:
            kept[name + _AS_IN_FILE] = written
    return kept
