"""The table of requirements is whole, true and up to date: tests, paths, fields and scenarios that it names exist."""

from __future__ import annotations

import ast
import importlib.util
import types
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.scenario import Scenario
from funnelsim.model.simulation import Simulation

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = [f"R{number:02d}" for number in range(1, 94)]


def _numbers(text: str) -> set[str]:
    """Read ``R01-R05 R12`` as a set of numbers."""
    found = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= {f"R{n:02d}" for n in range(int(first[1:]), int((last or first)[1:]) + 1)}
    return found


WORK = _numbers("R01-R05 R12-R14 R17 R19 R20 R22-R33 R41-R44 R47 R48 R50-R53 R56-R58 R61-R65 R67 R87 R88 R90")
MAY_BE_LEFT_OUT = _numbers("R21 R72-R74 R79 R83 R85 R86")
LATER = _numbers("R68")
NEEDS = {"mechanism": "test", "parameter": "path", "metric": "field", "not expressed": "why"}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_requirements", ROOT / "docs" / "make_requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _load()
ENTRIES = MAKER.entries()


def test_the_page_is_up_to_date() -> None:
    assert MAKER.PAGE.read_text(encoding="utf-8") == MAKER.page(), "run: python docs/make_requirements.py"


def test_every_requirement_is_there_once_in_order() -> None:
    assert list(ENTRIES) == NUMBERS
    rows = [line.split("|")[1].strip() for line in MAKER.page().splitlines() if line.startswith("| R")]
    assert rows == NUMBERS


def test_kinds_are_what_they_must_be() -> None:
    kinds = {name: entry["kind"] for name, entry in ENTRIES.items()}
    assert {name for name in WORK if kinds[name] != "mechanism"} == set()
    assert {name for name, kind in kinds.items() if kind == "not expressed"} <= MAY_BE_LEFT_OUT
    assert {name for name, entry in ENTRIES.items() if "later" in entry} == LATER
    for name, entry in ENTRIES.items():
        assert NEEDS[entry["kind"]] in entry, f"{name} needs {NEEDS[entry['kind']]}"
        allowed = {"title", "kind", "test", "path", "scenario", "field", "why", "note", "later"}
        assert set(entry) <= allowed, name


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "test" in entry])
def test_named_tests_exist_and_are_quick(name: str) -> None:
    file, function = ENTRIES[name]["test"].split("::")
    tree = ast.parse((ROOT / f"{MAKER.TESTS}{file}").read_text(encoding="utf-8"))
    (found,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    marks = {node.attr for decorator in found.decorator_list for node in ast.walk(decorator) if hasattr(node, "attr")}
    assert not marks & {"slow", "skip", "xfail"}
    assert ast.get_docstring(found), "a test says what it holds the simulation to"
    assert name.casefold() in function


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "path" in entry])
def test_named_paths_lead_somewhere(name: str) -> None:
    _follow(Scenario, ENTRIES[name]["path"].split("."))


def _follow(kind: object, parts: list[str]) -> None:
    """Follow a dotted path through the schema."""
    options = typing.get_args(kind) if isinstance(kind, types.UnionType) or typing.get_origin(kind) else (kind,)
    if not parts:
        return
    head, *rest = parts
    if head == "*":
        assert typing.get_origin(kind) is tuple, f"{kind} is no list"
        _follow(options[0], rest)
        return
    models = [one for one in options if isinstance(one, type) and issubclass(one, BaseModel)]
    assert models, f"nothing follows before {head!r}"
    assert head in models[0].model_fields, f"{models[0].__name__} has no {head!r}"
    _follow(models[0].model_fields[head].annotation, rest)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "scenario" in entry])
def test_named_scenarios_show_it(name: str) -> None:
    entry = ENTRIES[name]
    document = read_scenario_file(ROOT / "scenarios" / f"{entry['scenario']}.toml").document
    if "path" in entry:
        plain = document.model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert _written([plain], entry["path"].split(".")), f"{entry['scenario']} says nothing of {entry['path']}"


def _written(places: list[typing.Any], parts: list[str]) -> bool:
    for part in parts:
        if part == "*":
            places = [one for place in places for one in place]
        else:
            places = [place[part] for place in places if isinstance(place, dict) and part in place]
    return bool(places)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "field" in entry])
def test_named_fields_exist(name: str) -> None:
    kind: typing.Any = Simulation
    for part in ENTRIES[name]["field"].split("."):
        hints = typing.get_type_hints(kind)
        assert is_dataclass(kind)
        assert part in {one.name for one in fields(kind)}, f"{kind.__name__} has no {part!r}"
        found = hints[part]
        members = [one for one in typing.get_args(found) if is_dataclass(one)]
        kind = found if is_dataclass(found) else members[0] if members else found
