"""Whether the parts of a scenario fit together: names that refer to something, stages that can be worked, sane sizes.

The question: could an engine simulate this world as it is written?  Every problem is found before anything is computed,
and all of them are told at once.

What it leaves out: the form of each single value (:mod:`funnelsim.model.scenario_sentences`) and the opening leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise

from funnelsim.errors import FunnelsimError, Problem, Shown
from funnelsim.model.calendar import LAST_YEAR
from funnelsim.model.distribution_words import distribution
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_paths import known_path
from funnelsim.model.scenario_sentences import key_text
from funnelsim.model.scenario_world import LEVELS

MOST = {"stages": 12, "teams": 8, "sources": 20, "strategies": 32}
"""How many of each the engine has room for, and a page too."""
LONGEST_HORIZON = {"month": 120, "quarter": 40, "week": 520}
"""Ten years; nothing said about this world holds longer."""
FIRST_YEAR = 1970
MONTHS = 12


def scenario_problems(document: Scenario, where: str = "", unsure: frozenset[str] = frozenset()) -> list[Problem]:
    """Find everything that does not fit together in a scenario.

    Parameters
    ----------
    document : Scenario
        Each value in its own range.
    where : str
        The file, said first.
    unsure : frozenset of str
        Lists (``stages``, ``teams``, ``sources``, ``strategies``) in which a name is already known to be wrong;
        references to them are not judged.

    Returns
    -------
    list of Problem
        Empty for a scenario that can be simulated.
    """
    checks = (_sizes, _unique, _calendar, _sources, _stages, _ladder, _levels_of_forces, _provenance)
    problems = [problem for check in checks for problem in check(document, where)]
    names = {kind: [_same(one.name) for one in getattr(document, kind)] for kind in MOST}
    skipped = unsure | {kind for kind, known in names.items() if len(set(known)) < len(known)}
    return [*problems, *(one for kind, one in _references(document, where) if kind not in skipped)]


def _same(name: str) -> str:
    """Return the form in which names are compared."""
    return " ".join(name.split()).casefold()


def _sizes(document: Scenario, where: str) -> Iterator[Problem]:
    for kind, most in MOST.items():
        count = len(getattr(document, kind))
        if count > most:
            yield Problem(where, kind, f"at most {most}", Shown(count), "leave some out, or make several scenarios")
        elif not count and kind != "sources":
            yield Problem(where, kind, f"at least one [[{kind}]]", Shown("none"), f"write [[{kind}]] and its keys")
    if not document.title.strip():
        yield Problem(where, "title", "one line of text", document.title)


def _unique(document: Scenario, where: str) -> Iterator[Problem]:
    for kind in MOST:
        first: dict[str, int] = {}
        for number, one in enumerate(getattr(document, kind)):
            other = first.setdefault(_same(one.name), number)
            if other != number:
                detail = f"(as {kind}[{other}])"
                yield Problem(where, f"{kind}[{number}].name", "different from every other", one.name, "", detail)


def _calendar(document: Scenario, where: str) -> Iterator[Problem]:
    calendar = document.calendar
    most = LONGEST_HORIZON[calendar.period]
    if calendar.horizon > most:
        rule = f"at most {most} {calendar.period}s, ten years"
        yield Problem(where, "calendar.horizon", rule, calendar.horizon)
    if not FIRST_YEAR <= calendar.as_of.year <= LAST_YEAR - 13:
        rule = f"a day between {FIRST_YEAR} and {LAST_YEAR - 13}"
        yield Problem(where, "calendar.as_of", rule, Shown(calendar.as_of), "write the year with four digits")
    if not calendar.workdays:
        yield Problem(where, "calendar.workdays", "at least one day of the week", Shown("none"))
    for name, days in (("workdays", calendar.workdays), ("holidays", calendar.holidays)):
        twice = next((str(day) for number, day in enumerate(days) if day in days[:number]), None)
        if twice is not None:
            yield Problem(where, f"calendar.{name}", "different days", Shown(f"{twice} twice"))
    code = document.currency
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        hint = "write the three letters of ISO 4217, in capitals, or leave it out"
        yield Problem(where, "currency", "a currency code such as USD", code, hint)


def _sources(document: Scenario, where: str) -> Iterator[Problem]:
    for number, source in enumerate(document.sources):
        path, also = f"sources[{number}]", f"in {source.name!r}"
        try:
            distribution(source.pr, f"{path}.pr")
        except FunnelsimError as error:
            for one in error.problems:
                name = f"{path}.pr.{one.name}" if one.name.isidentifier() else f"{path}.pr"
                yield Problem(where, name, one.rule, one.value, one.hint, one.detail or also)
        if (source.spend is None) != (source.half_spend is None):
            given, missing = ("spend", "half_spend") if source.half_spend is None else ("half_spend", "spend")
            value = Shown(f"{given} alone")
            hint = "leads follow spend / (spend + half_spend); leave both out for per_day as it is"
            yield Problem(where, f"{path}.{missing}", f"given together with {given}", value, hint, also)
        if source.season and len(source.season) != MONTHS:
            value = Shown(f"{len(source.season)} factors")
            yield Problem(where, f"{path}.season", "twelve factors, January first", value, "", also)
        if source.season and not any(source.season):
            yield Problem(where, f"{path}.season", "above 0 in some month", Shown("only zeros"), "", also)
        if source.trend_per_year <= -1:
            hint = "-0.1 is a tenth less each year"
            yield Problem(where, f"{path}.trend_per_year", "above -1", source.trend_per_year, hint, also)
        if source.hand_raisers + source.downloads > 1:
            value = Shown(f"{source.hand_raisers:g} and {source.downloads:g}")
            yield Problem(where, f"{path}.hand_raisers and downloads", "at most 1 in all", value, "", also)


def _stages(document: Scenario, where: str) -> Iterator[Problem]:
    for number, stage in enumerate(document.stages):
        path, also = f"stages[{number}]", f"in {stage.name!r}"
        losses = stage.losses
        weights = losses.competitor + losses.no_decision + losses.regress
        if stage.conversion == 0:
            hint = "write a small share such as 0.001; a stage that nobody leaves forwards ends the funnel"
            yield Problem(where, f"{path}.conversion", "a number in (0, 1]", stage.conversion, hint, also)
        if stage.conversion < 1 and not weights:
            hint = "say what ends a lead that does not advance"
            yield Problem(where, f"{path}.losses", "above 0 for one of them", Shown("only zeros"), hint, also)
        if number == 0 and losses.regress:
            hint = "there is no stage before the first one"
            yield Problem(where, f"{path}.losses.regress", "0 in the first stage", losses.regress, hint, also)
        if stage.touch_hours > stage.hours:
            hint = "the stage is finished before its first touch: swap the two, or correct one"
            rule = f"at most the stage's hours ({stage.hours:g})"
            yield Problem(where, f"{path}.touch_hours", rule, stage.touch_hours, hint, also)
    if document.nonbuyer_rate is not None and not 0 <= document.nonbuyer_rate <= 1:
        hint = "leave it out to have it solved"
        yield Problem(where, "nonbuyer_rate", "a number in [0, 1]", document.nonbuyer_rate, hint)
    readiness = document.forces.readiness
    if readiness.now + readiness.never > 1:
        value = Shown(f"{readiness.now:g} and {readiness.never:g}")
        yield Problem(
            where, "forces.readiness.now and never", "at most 1 in all", value, "the rest becomes ready later"
        )


def _ladder(document: Scenario, where: str) -> Iterator[Problem]:
    for number, stage in enumerate(document.stages):
        path, also = f"stages[{number}]", f"in {stage.name!r}"
        low, high = stage.levels
        if low > high:
            value = Shown(f"[{low}, {high}]")
            yield Problem(where, f"{path}.levels", "lowest level first", value, "were the two swapped?", also)
            continue
        wanted = high - low + 1
        for key in ("steps", "journey"):
            found = len(getattr(stage, key))
            if found != wanted:
                rule = f"{wanted} {'entry' if wanted == 1 else 'entries'}, one for each level of [{low}, {high}]"
                yield Problem(where, f"{path}.{key}", rule, Shown(found), "", also)
    for number, (one, other) in enumerate(pairwise(document.stages)):
        if other.levels[0] < one.levels[0] or other.levels[1] < one.levels[1]:
            rule = f"no lower than in the stage before ({list(one.levels)})"
            path, also = f"stages[{number + 1}].levels", f"in {other.name!r}"
            yield Problem(where, path, rule, Shown(list(other.levels)), "levels rise along the funnel", also)


def _levels_of_forces(document: Scenario, where: str) -> Iterator[Problem]:
    noise = document.forces.reading.noise
    if len(noise) != LEVELS:
        rule = f"{LEVELS} numbers, one for each level from 0 to {LEVELS - 1}"
        yield Problem(where, "forces.reading.noise", rule, Shown(len(noise)))
    for number, strategy in enumerate(document.strategies):
        rules = strategy.qualification
        if rules.loosen_below > rules.tighten_above:
            path = f"strategies[{number}].qualification.loosen_below"
            rule, also = f"at most tighten_above ({rules.tighten_above:g})", f"in {strategy.name!r}"
            yield Problem(where, path, rule, rules.loosen_below, "were the two swapped?", also)


def _provenance(document: Scenario, where: str) -> Iterator[Problem]:
    for path in document.provenance:
        rule, near = known_path(document, path)
        if rule:
            yield Problem(where, f"provenance.{path!r}", rule, path, near)


def _references(document: Scenario, where: str) -> Iterator[tuple[str, Problem]]:
    """Find names that refer to nothing, each with the kind of thing it should name."""
    for kind, path, name, detail in _named(document):
        known = tuple(one.name for one in getattr(document, kind))
        if name in known:
            continue
        near = get_close_matches(name.casefold(), [one.casefold() for one in known], 1, 0.5)
        close = [one for one in known if near and one.casefold() == near[0]]
        rule = "one of " + ", ".join(map(repr, known)) if known else f"the name of one of the {kind}"
        yield kind, Problem(where, path, rule, name, f"did you mean {close[0]!r}?" if close else "", detail)
    for number, stage in enumerate(document.stages):
        owner = next((team for team in document.teams if team.name == stage.owner), None)
        if owner is not None and not owner.effectiveness.get(stage.name):
            rule = f"a team that can work the stage: one with effectiveness.{key_text(stage.name)} above 0"
            can = [team.name for team in document.teams if team.effectiveness.get(stage.name)]
            hint = f"name {_either(can)}, or " if can else ""
            hint += f"write effectiveness = {{{key_text(stage.name)} = 1.0, ...}} for {owner.name!r}"
            yield "stages", Problem(where, f"stages[{number}].owner", rule, owner.name, hint, f"in {stage.name!r}")
    for number, strategy in enumerate(document.strategies):
        yield from _zone(document, where, number, strategy.impact_zone)


def _zone(document: Scenario, where: str, number: int, zone: str | None) -> Iterator[tuple[str, Problem]]:
    """Find stages up to the impact zone in which no team of Marketing could do anything."""
    if zone not in document.stage_names:
        return
    marketing = [team for team in document.teams if team.role == "marketing"]
    path, also = f"strategies[{number}].impact_zone", f"in {document.strategies[number].name!r}"
    if not marketing:
        rule, hint = "left out where no team is Marketing", "give a team role = 'marketing'"
        yield "teams", Problem(where, path, rule, zone, hint, also)
        return
    inside = document.stage_names[: document.stage_names.index(zone) + 1]
    idle = [name for name in inside if not any(team.effectiveness.get(name) for team in marketing)]
    if idle:
        rule = "a stage up to which Marketing can work every stage"
        hint = f"give a team of Marketing an effectiveness in {', '.join(map(repr, idle))}"
        yield "stages", Problem(where, path, rule, zone, hint, also)


def _named(document: Scenario) -> Iterator[tuple[str, str, str, str]]:
    """Go through every name that refers to something: its kind, its path, itself, and where it is."""
    yield from _named_above(document)
    for number, source in enumerate(document.sources):
        yield "stages", f"sources[{number}].stage", source.stage, f"in {source.name!r}"
    for number, stage in enumerate(document.stages):
        yield "teams", f"stages[{number}].owner", stage.owner, f"in {stage.name!r}"
    for number, team in enumerate(document.teams):
        for key in team.effectiveness:
            yield "stages", f"teams[{number}].effectiveness", key, f"in {team.name!r}"
    for number, strategy in enumerate(document.strategies):
        path, also = f"strategies[{number}]", f"in {strategy.name!r}"
        for kind, key, one in (
            ("stages", "impact_zone", strategy.impact_zone),
            ("stages", "priority.triage_stage", strategy.priority.triage_stage),
            ("teams", "ownership.to", strategy.ownership.to),
        ):
            if one is not None:
                yield kind, f"{path}.{key}", one, also
        for name in strategy.unlimited:
            yield "teams", f"{path}.unlimited", name, also


def _named_above(document: Scenario) -> Iterator[tuple[str, str, str, str]]:
    for key, name in document.opening.stages.items():
        yield "stages", f"opening.stages.{key_text(key)}", name, ""
    for key, name in document.opening.owners.items():
        yield "teams", f"opening.owners.{key_text(key)}", name, ""
    if document.ready_from is not None:
        yield "stages", "ready_from", document.ready_from, ""
    if document.forces.loops.resell_stage:
        yield "stages", "forces.loops.resell_stage", document.forces.loops.resell_stage, ""


def _either(names: Sequence[str]) -> str:
    return " or ".join(map(repr, names))
