"""``funnelsim scenario``: make, look into, pack, unpack and list scenario files."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from funnelsim.scenarios_api import Packing

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
FORCE = click.option("--force", is_flag=True, help="Files that are there already may be replaced.")


@click.group("scenario")
def command() -> None:
    """Make and show scenario files, pack and unpack them, list the shipped ones.

    A scenario is a TOML file with a CSV of leads beside it, or one Parquet file that holds both. Wherever a SCENARIO is
    asked for, the name of a shipped one will do.

    \b
    Example:
        funnelsim scenario new mine
        funnelsim scenario show mine.toml
    """


@command.command("list")
def list_shipped() -> None:
    """List the scenarios that ship with funnelsim."""
    from funnelsim import scenarios_api
    from funnelsim.outputs.plain_text import plain

    found = scenarios_api.shipped()
    if not found:
        click.echo("No scenario ships with this version; funnelsim scenario new NAME makes one.")
    widest = max((len(one.name) for one in found), default=0)
    for one in found:
        click.echo(f"{one.name.ljust(widest)}  {plain(one.title)}")
        if one.question:
            click.echo(f"{' ' * widest}  {plain(one.question)}")


@command.command("new")
@click.argument("name")
@click.option("--from", "origin", metavar="SCENARIO", help="Start from this scenario instead of the template.")
@click.option("--to", "folder", metavar="FOLDER", default=".", help="Where to write; here by default.")
@FORCE
def new(name: str, origin: str | None, folder: str, force: bool) -> None:
    """Write NAME.toml, a scenario with comments that can be simulated as it stands."""
    if not _NAME.fullmatch(name):
        message = f"{name!r} is not a name; use letters, digits, - and _, with a letter first."
        raise click.BadParameter(message, param_hint="NAME")
    from funnelsim import scenarios_api

    packing = scenarios_api.new_scenario(name, origin)
    _say(packing, scenarios_api.write_files(packing, folder, replace=force))


@command.command("show")
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="The document with every default, as one JSON object.")
def show(scenario: str, as_json: bool) -> None:
    """Show what SCENARIO says, and on whose word it rests."""
    from funnelsim import scenarios_api
    from funnelsim.outputs.scenario_page import scenario_page, scenario_record

    read = scenarios_api.read_scenario(scenario)
    implied = scenarios_api.implied_stages(read)
    page = json.dumps(scenario_record(read, implied), indent=1) if as_json else scenario_page(read, implied)
    click.echo(page.rstrip("\n"))


@command.command("pack")
@click.argument("scenario")
@click.option("--to", "target", metavar="FILE", help="The file to write; NAME.parquet here by default.")
@FORCE
def pack(scenario: str, target: str | None, force: bool) -> None:
    """Pack SCENARIO and its leads into one Parquet file."""
    from funnelsim import scenarios_api

    packing = scenarios_api.pack(scenario)
    _say(packing, [scenarios_api.write_packed(packing, target or next(iter(packing.files)), replace=force)])


@command.command("unpack")
@click.argument("scenario")
@click.option("--to", "folder", metavar="FOLDER", default=".", help="Where to write; here by default.")
@FORCE
def unpack(scenario: str, folder: str, force: bool) -> None:
    """Unpack SCENARIO into a TOML file and a CSV of its leads."""
    from funnelsim import scenarios_api

    packing = scenarios_api.unpack(scenario)
    _say(packing, scenarios_api.write_files(packing, folder, replace=force))


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of scenario documents."""
    from funnelsim import scenarios_api

    click.echo(json.dumps(scenarios_api.scenario_schema(), indent=2))


def _say(packing: Packing, paths: tuple[Path, ...] | list[Path]) -> None:
    from funnelsim.outputs.plain_text import plain

    for path in paths:
        click.echo(f"wrote {plain(os.fspath(path))}")
    for note in packing.notes:
        click.echo(plain(note), err=True)
