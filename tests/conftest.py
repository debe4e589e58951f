"""Shared switches and small fixtures of the whole test suite."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# compiling a kernel is no reason to fail, and a test suite must say the same thing twice
hypothesis.settings.register_profile("funnelsim", deadline=None, derandomize=True)
hypothesis.settings.load_profile("funnelsim")

ROOT = Path(__file__).resolve().parents[1]

if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
    from funnelsim.kernels import funnel_walk as funnel_kernel

    def _left_out(*_: object) -> None:
        pytest.skip("the funnel's kernel needs the compiler: only there records have fields and small integers room")

    funnel_kernel.funnel_walk = _left_out  # before anybody imports it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the statistical and long-running shelf too")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files instead of comparing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow shelf: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def records() -> Path:
    """Folder of real records outside the project; tests that want them skip without it."""
    folder = Path(os.environ.get("FUNNELSIM_RECORDS", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real records at {folder}")
    return folder


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))
