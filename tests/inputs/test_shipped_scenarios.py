"""The scenarios that ship: whole, every number with its source, and the packed form equal to the written one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from funnelsim.engines.buyer_rates import solve_funnel
from funnelsim.engines.funnel import simulate_scenario
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.inputs.shipped import shipped_scenarios
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_files import CHECKSUM_KEY, METADATA_KEY
from funnelsim.model.scenario_paths import known_path
from funnelsim.model.scenario_policy import Strategy
from funnelsim.outputs.scenario_document import json_text, opening_rows
from funnelsim.scenarios_api import pack

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
SEVEN = (
    "inquiry_to_sale", "integrated_team", "lead_generation", "marketing_2_relay", "marketing_2_repair", "revenue_cycle",
    "two_sales_bant",
)  # fmt: skip
CHOICES = frozenset(("level", "levels", "horizon"))
"""Numbers that name something instead of measuring it."""


def read(name: str) -> Scenario:
    return read_scenario_file(FOLDER / f"{name}.toml").document


def written(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def numbers(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Find every number of a document, things in a list by their names."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in CHOICES:
                yield from numbers(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from numbers(one, (*path, one["name"] if isinstance(one, dict) else str(place)))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def assumed_in_strategies() -> frozenset[str]:
    """Keys of a strategy whose defaults are assumptions about the world, not choices."""
    sections = [Strategy, *(field.annotation for field in Strategy.model_fields.values())]
    return frozenset(
        key
        for section in sections
        for key, field in getattr(section, "model_fields", {}).items()
        if isinstance(field.json_schema_extra, dict) and "grade" in field.json_schema_extra
    ) | {"kept"}


def test_the_eight_ship() -> None:
    assert tuple(sorted((*SEVEN, "month_end_crunch"))) == NAMES
    assert set(NAMES) <= set(shipped_scenarios())


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name: str) -> None:
    document = read(name)
    assert document.name == name
    assert document.question.endswith("?")
    assert all(word in document.story for word in (" say", "Assumed", "Look at:"))
    assert len(document.strategies) >= 2
    assert all(strategy.title for strategy in document.strategies)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_as_many_buyers_as_it_sells_to(name: str) -> None:
    rates = solve_funnel(read(name))
    assert all(one.buyer_conversion < 0.9 for one in rates.stages)


@pytest.mark.parametrize("name", NAMES)
def test_every_source_of_a_number_is_for_a_number_that_is_there(name: str) -> None:
    document = read(name)
    found = {path: known_path(document, path)[0] for path in document.provenance}
    assert found == dict.fromkeys(document.provenance, "")


@pytest.mark.parametrize("name", SEVEN)
def test_every_number_that_is_written_has_a_source(name: str) -> None:
    document = written(name)
    known = {tuple(path.split(".")) for path in document["provenance"]}
    ours = assumed_in_strategies()
    silent = [
        ".".join(path)
        for part in ("market", "sources", "stages", "teams", "forces", "goal", "strategies", "nonbuyer_rate")
        for path in numbers(document.get(part, {}), (part,))
        if part != "strategies" or path[-1] in ours
        if not any(path[:length] in known for length in range(2, len(path) + 1))
    ]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_the_packed_form_is_the_written_one(name: str) -> None:
    (content,) = pack(FOLDER / f"{name}.toml").files.values()
    stored = FOLDER / f"{name}.parquet"
    metadata = pq.read_metadata(stored)
    texts = metadata.metadata or {}
    one, other = read_scenario_file(FOLDER / f"{name}.toml"), read_scenario_file(stored)
    assert texts[METADATA_KEY.encode()].decode() == json_text(other.document)
    assert opening_rows(one.document, one.opening) == opening_rows(other.document, other.opening)
    if metadata.created_by == pq.read_metadata(_as_file(content)).created_by:
        assert stored.read_bytes() == content
    else:  # another version of the Parquet library writes the same contents in other bytes
        again = pq.read_metadata(_as_file(content)).metadata or {}
        assert [texts[key.encode()] for key in (METADATA_KEY, CHECKSUM_KEY)] == [
            again[key.encode()] for key in (METADATA_KEY, CHECKSUM_KEY)
        ]


def _as_file(content: bytes) -> Any:
    import pyarrow as pa

    return pa.BufferReader(content)


def test_the_readme_tells_of_each() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"| `{name}` |" in text
        assert f"### `{name}`" in text


def test_the_two_marketing_worlds_are_one() -> None:
    first, second = written("marketing_2_relay"), written("marketing_2_repair")
    for part in ("calendar", "opening", "market", "sources", "stages", "teams", "forces", "goal"):
        assert first[part] == second[part]


@pytest.mark.parametrize("name", SEVEN)
def test_the_seven_can_be_read_side_by_side(name: str) -> None:
    document, first = read(name), read(SEVEN[0])
    sales = next(team for team in document.teams if team.role == "sales")
    other = next(team for team in first.teams if team.role == "sales")
    assert (sales.heads, sales.hours_per_day, sales.cost_per_hour) == (
        other.heads,
        other.hours_per_day,
        other.cost_per_hour,
    )
    assert {str(source.pr) for source in document.sources} == {str(first.sources[0].pr)}
    assert (document.goal, document.calendar, document.opening.file) == (first.goal, first.calendar, first.opening.file)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEVEN)
def test_sales_is_busy_and_wins_something_every_month(name: str) -> None:
    read_file = read_scenario_file(FOLDER / f"{name}.toml")
    first = read_file.document.strategies[0].name
    answer = simulate_scenario(read_file.document, first, read_file.opening, replications=50, seed=1)
    sales = next(team for team in answer.teams if team.name == "sales").utilisation
    wins = answer.counts.flows["wins"]
    assert 0.75 < sales.mean <= 1.0
    assert wins.mean - 5.0 * wins.standard_error > read_file.document.calendar.horizon
