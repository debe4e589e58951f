"""The scenario document: every limit told, defaults with their sources, paths that lead somewhere, notes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from funnelsim.errors import ScenarioError
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_checks import checked
from funnelsim.model.scenario_defaults import assumed_numbers
from funnelsim.model.scenario_forces import Force
from funnelsim.model.scenario_notes import scenario_notes
from funnelsim.model.scenario_paths import known_path, path_parts
from funnelsim.model.scenario_problems import scenario_problems
from funnelsim.model.scenario_sentences import field_at, model_at, path_text
from funnelsim.scenarios_api import scenario_schema
from inputs.good_scenario import GOOD

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "scenario.json"


def plain():
    document = tomllib.loads(GOOD)
    document["calendar"]["as_of"] = "2026-06-30"
    document["calendar"]["holidays"] = ["2026-12-25"]
    return document


def sections(kind=Scenario, path=()):
    """Every section of the document with its path."""
    yield path, kind
    for key, field in kind.model_fields.items():
        inner = model_at((*path, field.alias or key))
        if inner is not None and key != "provenance":
            yield from sections(inner, (*path, field.alias or key))


def test_the_good_scenario_has_no_problems():
    document = checked(plain())
    assert scenario_problems(document) == []
    assert document.gate_stage == 2
    assert document.strategy("hand back").ownership.idle_days == 10
    assert document.team_names == ("Marketing", "Sales")


def test_every_field_says_what_it_is():
    for path, kind in sections():
        for key, field in kind.model_fields.items():
            assert field.description, (path, key)


def test_every_default_of_ours_has_a_source_and_a_grade():
    for path, kind in sections():
        for key, field in kind.model_fields.items():
            extra = field.json_schema_extra
            if extra is not None:
                assert extra["source"], (path, key)
                assert extra["grade"] in {"A", "B", "C", "D", "ours"}, (path, key)


def limits():
    for path, kind in sections():
        for key, field in kind.model_fields.items():
            for one in field.metadata:
                for word, step in (("ge", -1), ("gt", 0), ("le", 1), ("lt", 0)):
                    limit = getattr(one, word, None)
                    if limit is not None:
                        whole = field.annotation is int or "int" in str(field.annotation)
                        yield (*path, field.alias or key), int(limit + step) if whole else float(limit + step)


LISTS = {"sources": 0, "stages": 1, "teams": 0, "strategies": 1}


@pytest.mark.parametrize(("path", "value"), list(limits()), ids=str)
def test_a_number_outside_its_limits_is_told_with_its_rule(path, value):
    """Every limit of every field, broken by one (or met, where it is excluded)."""
    document = plain()
    full = (path[0], LISTS[path[0]], *path[1:]) if path[0] in LISTS else path
    here = document
    for part in full[:-1]:
        here = here[part] if isinstance(part, int) else here.setdefault(part, {})
    here[full[-1]] = value
    with pytest.raises(ScenarioError) as caught:
        checked(document, "x.toml")
    (problem,) = [one for one in caught.value.problems if one.name == path_text(full)]
    assert "a number" in problem.rule or "a whole number" in problem.rule
    assert problem.value == value


def test_problems_of_form_and_fit_come_together():
    document = plain()
    document["stages"][0]["conversion"] = 2
    document["stages"][2]["owner"] = "Nobody"
    document["sources"][1].pop("half_spend")
    with pytest.raises(ScenarioError) as caught:
        checked(document)
    assert [one.name for one in caught.value.problems] == [
        "stages[0].conversion",
        "sources[1].half_spend",
        "stages[2].owner",
    ]


def test_a_wrong_name_is_told_once_and_not_again_for_every_reference():
    document = plain()
    document["stages"][1]["name"] = "B!"
    with pytest.raises(ScenarioError) as caught:
        checked(document)
    assert [one.name for one in caught.value.problems] == ["stages[1].name"]


@pytest.mark.parametrize("part", ["stages", "teams", "strategies", "calendar", "name"])
@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [5], [{}], [[]], True])
def test_nonsense_in_place_of_a_part_is_told(part, value):
    document = plain()
    document[part] = value
    if (part, value) == ("name", "x"):
        checked(document)
        return
    with pytest.raises(ScenarioError) as caught:
        checked(document)
    assert any(one.name.startswith(part) for one in caught.value.problems), str(caught.value)


@pytest.mark.parametrize("part", ["stages", "teams", "strategies", "calendar", "name", "title"])
def test_a_part_left_out_is_told(part):
    document = plain()
    document.pop(part)
    with pytest.raises(ScenarioError, match=f"{part} must be given"):
        checked(document)


def test_an_empty_document_is_told_all_that_is_missing():
    with pytest.raises(ScenarioError) as caught:
        checked({})
    assert {one.name for one in caught.value.problems} >= {"name", "title", "calendar", "stages", "teams", "strategies"}


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("stages.C.conversion", True),
        ("stages[0].conversion", True),
        ("stages[C].losses.competitor", True),
        ("sources.web.pr.p10", True),
        ("forces.neglect", True),
        ("strategies.hand back.ownership.idle_days", True),
        ("stages.9.conversion", False),
        ("stages.C.convers", False),
        ("goal.revenue.x", False),
        ("", False),
        ("....", False),
    ],
)
def test_dotted_paths(path, good):
    rule, _ = known_path(checked(plain()), path)
    assert (rule == "") == good


def test_parts_of_a_path():
    assert path_parts("a[0].b c.d") == ("a", "0", "b c", "d")
    assert field_at(("stages", 0, "conversion")).description
    assert field_at(("stages", 0, "nonsense")) is None
    assert field_at(("provenance", "stages.C.conversion", "grade")).description
    assert model_at(("strategies", 1, "ownership")).__name__ == "OwnershipReturn"


def test_defaults_are_listed_with_their_source_and_the_users_own_numbers_are_not():
    document = checked(plain())
    found = {one.path: one for one in assumed_numbers(document)}
    assert found["forces.neglect.grace_days"].grade == "ours"
    assert not found["forces.neglect.grace_days"].written
    assert "forces.neglect.rise_per_week" not in found  # the author wrote it
    assert found["stages.C.conversion"].source == "own records, 2025"
    assert found["stages.C.conversion"].written
    assert found["stages.A.losses.competitor"].grade == "B"
    assert "stages.B.losses.competitor" not in found
    every = {path for path, _ in ((one.path, one) for one in assumed_numbers(document))}
    assert len(every) == len(assumed_numbers(document))


@pytest.mark.parametrize("path", ["stages[0].conversion", "stages[C].conversion", "forces.readiness"])
def test_provenance_may_be_written_in_several_ways(path):
    document = plain()
    document["provenance"] = {path: {"source": "s", "grade": "C"}}
    found = [one for one in assumed_numbers(checked(document)) if one.source == "s"]
    assert len(found) == 1


def test_every_force_can_be_switched_off():
    forces = checked(plain()).forces
    for name in type(forces).model_fields:
        force = getattr(forces, name)
        assert isinstance(force, Force)
        assert force.off().off() == force.off()


def test_what_has_no_effect_is_noted_and_is_no_error():
    document = plain()
    document["stages"][1]["conversion"] = 1
    for source in document["sources"]:
        source["hot"] = 0
    document["strategies"][0] |= {"fast_track": True, "resell": True, "qualification": {"score": 1.0}}
    notes = " ".join(scenario_notes(checked(document)))
    for phrase in ("every lead advances", "fast_track", "resell_per_year", "qualification.score"):
        assert phrase in notes
    assert scenario_notes(checked(plain())) == ()


def test_the_published_schema_is_the_present_one():
    """Write it again with: funnelsim scenario schema > docs/schemas/scenario.json."""
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    assert published == scenario_schema()


def test_the_published_schema_accepts_the_good_scenario_and_refuses_typos():
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    validator.validate(plain())
    validator.validate(json.loads(json.dumps(checked(plain()).model_dump(mode="json", by_alias=True))))
    for change in ({"goall": {}}, {"currency": 5}, {"stages": 3}):
        assert not validator.is_valid(plain() | change)


def test_a_document_is_frozen():
    document = checked(plain())
    assert isinstance(document, BaseModel)
    with pytest.raises(ValueError, match="frozen"):
        document.title = "x"
