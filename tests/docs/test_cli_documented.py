"""The pages and the program know the same commands, options and names."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
OTHER_TOOLS = {"--slow", "--update-golden"}
"""Options of the test suite that pages may name."""


def text_of(pages: list[Path]) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


@pytest.fixture(scope="module")
def group() -> click.Group:
    module = importlib.import_module("funnelsim.cli.main")
    groups = [value for value in vars(module).values() if isinstance(value, click.Group)]
    assert groups, "funnelsim.cli.main has no click group"
    return groups[0]


def every_command(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group, info_name="funnelsim")
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None and not command.hidden}


def options_of(command: click.Command) -> set[str]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return {name for one in inner for name in options_of(one)} | {
        name
        for one in command.params
        if isinstance(one, click.Option) and not one.hidden
        for name in one.opts + one.secondary_opts
    }


def test_every_command_has_its_section(group: click.Group) -> None:
    sections = re.findall(r"^## `funnelsim ([a-z-]+)", COMMANDS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(sections) == sorted(every_command(group))


def test_pages_promise_no_command_that_is_not_there(group: click.Group) -> None:
    named = set(re.findall(r"(?:`|\$ )funnelsim ([a-z][a-z-]+)", text_of(PAGES)))
    assert named <= set(every_command(group))


def test_every_option_is_documented_and_every_documented_option_exists(group: click.Group) -> None:
    known = (
        {name for command in every_command(group).values() for name in options_of(command)}
        | options_of(group)
        | {"--help"}
    )
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", COMMANDS_PAGE.read_text(encoding="utf-8")))
    assert {name for name in known if name.startswith("--")} - {"--help"} <= written
    everywhere = set(re.findall(r"`[^`\n]*?(?<![\w-])(--[a-z][a-z0-9-]*)", text_of(PAGES)))
    assert (written | everywhere) - OTHER_TOOLS <= known


def test_every_public_name_is_documented() -> None:
    funnelsim = importlib.import_module("funnelsim")
    text = text_of(PAGES)
    missing = [name for name in getattr(funnelsim, "__all__", ()) if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert not missing, f"neither README nor docs name {missing}"


def test_every_public_name_is_there() -> None:
    funnelsim = importlib.import_module("funnelsim")
    for name in getattr(funnelsim, "__all__", ()):
        assert getattr(funnelsim, name, None) is not None, name
