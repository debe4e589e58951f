"""What is shipped is whole, says nothing about the machine it was written on, and runs no text as code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
ELSEWHERE = re.compile(
    "|".join((
        r"py" r"pi\.org",
        r"python" r"hosted",
        r"index" r"-url",
        r"find" r"-links",
        r"(?<![\w.~])/(?:root|work|opt)/\w",
        r"(?<![\w.~])/home/\w",
        r"[A-Z]:\\Users",
    ))
)
"""Registry hosts, their options, folders of one machine; in pieces so that this file does not match itself."""

TEXT_AS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml"}


def committed() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:  # an unpacked source archive has no repository
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file() and not {".venv", "build"} & set(path.relative_to(ROOT).parts)
        ]
    return [path for name in answer.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return folder


def test_the_wheel_is_whole(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    modules = {str(path.relative_to(SRC)) for path in SRC.rglob("*.py")}
    assert not modules - inside
    assert {"funnelsim/py.typed", "funnelsim/scenarios/README.md", "funnelsim/scenarios/example_pipeline.csv"} <= inside
    assert any(name.endswith("/licenses/LICENSE") for name in inside)
    assert not [name for name in inside if "__pycache__" in name or name.startswith("tests/")]


def test_the_source_archive_can_be_tested(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        inside = {name.partition("/")[2] for name in files.getnames()}
    assert {
        "Makefile",
        "constraints.txt",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "tests/conftest.py",
        "scenarios/README.md",
    } <= inside


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    found = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in ELSEWHERE.finditer(text)]
    assert not found


def test_constraints_are_plain_versions_within_the_ranges() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_]+", line) for line in lines)
    pinned = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["test"]]):
        version = pinned.get(canonicalize_name(wanted.name))
        assert version, f"{wanted.name} has no line in constraints.txt"
        assert wanted.specifier.contains(version), f"{wanted.name}=={version} is outside {wanted.specifier}"


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC / "funnelsim")))
def test_no_text_is_run_as_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {name.split(".")[0] for name in names} & TEXT_AS_CODE, f"line {node.lineno}: {names}"
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            assert called not in {"eval", "exec", "__import__"}, f"line {node.lineno}: {called}()"
            keywords = {
                word.arg for word in node.keywords if isinstance(word.value, ast.Constant) and word.value.value is True
            }
            assert not keywords & {"shell", "allow_pickle"}, f"line {node.lineno}: {keywords}"
