"""Kinds of mistakes in scenario files, each one small change to the good one, and what the message must say.

``old`` is replaced by ``new`` (once, from the start of the text); an empty ``old`` appends.  Every phrase must be in
the message.
"""

from __future__ import annotations

from typing import NamedTuple

from good_scenario import GOOD


class Bad(NamedTuple):
    """One mistake."""

    old: str
    new: str
    phrases: tuple[str, ...]

    @property
    def text(self) -> str:
        assert self.old in GOOD, f"the good scenario has no {self.old!r}"
        return GOOD.replace(self.old, self.new, 1) if self.old else GOOD + self.new


def bad(old: str, new: str, *phrases: str) -> Bad:
    return Bad(old, new, phrases)


MANY_STAGES = "".join(
    f'[[stages]]\nname = "S{number}"\nconversion = 0.5\nmedian_days = 9\nhours = 2\ntouch_hours = 1\nowner = "T"\n'
    f'levels = [6, 6]\nsteps = ["x"]\njourney = ["y"]\n'
    for number in range(10)
)
MANY_STAGES += '[[teams]]\nname = "T"\nrole = "sales"\nheads = 1\nhours_per_day = 1\n'
MANY_STAGES += f"effectiveness = {{{', '.join(f'S{number} = 1' for number in range(10))}}}\n"
MANY_TEAMS = "".join(
    f'[[teams]]\nname = "T{number}"\nrole = "sales"\nheads = 1\nhours_per_day = 1\neffectiveness = {{C = 1}}\n'
    for number in range(7)
)

SYNTAX = {
    "no value": bad("heads = 2", "heads =", "line 83", "the text must be TOML", "got 'heads ='"),
    "no quotes around text": bad('owner = "Marketing"', "owner = Marketing", 'write text in quotes: "Marketing"'),
    "decimal comma": bad("conversion = 0.3", "conversion = 0,3", "write 0.3, with a point"),
    "percent sign": bad("conversion = 0.3", "conversion = 30 %", "write 0.3 for 30 %"),
    "Python's true": bad("[goal]", '[[strategies]]\nname = "p"\nregenerate = True\n[goal]', "write true"),
    "YAML's yes": bad("[goal]", '[[strategies]]\nname = "p"\nregenerate = yes\n[goal]', "write true"),
    "no digit before the point": bad("conversion = 0.3", "conversion = .3", "both sides of the decimal point"),
    "key twice": bad("heads = 2", "heads = 2\nheads = 3", "write each one once", "line 84"),
    "table twice": bad("[goal]", "[market]\nfit = 0.2\n[goal]", "there already"),
    "string not closed": bad('title = "A small funnel"', 'title = "A small funnel', "line 3", "must be TOML"),
    "list not closed": bad("levels = [1, 2]", "levels = [1, 2", "must be TOML"),
    "prose": bad("[market]", "this is prose\n[market]", "write KEY = VALUE"),
    "too deep": bad("", "\n[" + ".".join("abcdefghijklmnopqr") + "]\n", "at most 12 levels deep"),
    "nested lists": bad("levels = [1, 2]", f"levels = {'[' * 40}{']' * 40}", "at most 12 levels deep"),
}

FORM = {
    "conversion above 1": bad(
        "conversion = 0.4",
        "conversion = 1.4",
        "stages[1].conversion must be a number in [0, 1]; got 1.4 in 'B'.",
        "write 0.14 for 14 %",
    ),
    "percent as a number": bad("conversion = 0.4", "conversion = 40", "[0, 1]", "write 0.4 for 40 %"),
    "negative share": bad("hot = 0.05", "hot = -0.05", "sources[0].hot must be a number in [0, 1]; got -0.05"),
    "number in quotes": bad("per_day = 3.0", 'per_day = "3.0"', "sources[0].per_day", "got '3.0'", "remove the quotes"),
    "percent in quotes": bad("conversion = 0.4", 'conversion = "40%"', "write 0.4 for 40%"),
    "true for a number": bad("heads = 2", "heads = true", "a whole number, at least 1", "not true or false"),
    "decimals for a whole number": bad("heads = 2", "heads = 2.0", "teams[0].heads", "write 2, without decimals"),
    "half a head": bad("heads = 2", "heads = 2.5", "teams[0].heads must be a whole number, at least 1; got 2.5"),
    "no heads": bad("heads = 2", "heads = 0", "a whole number, at least 1; got 0"),
    "no days": bad("median_days = 30", "median_days = 0", "stages[0].median_days must be a number above 0; got 0"),
    "absurd amount": bad("revenue = 2_000_000", "revenue = 2e15", "goal.revenue", "at most 1,000,000,000,000"),
    "infinite": bad("revenue = 2_000_000", "revenue = inf", "goal.revenue must be a finite number; got inf"),
    "not a number": bad("revenue = 2_000_000", "revenue = nan", "goal.revenue must be a finite number; got nan"),
    "infinite by exponent": bad("per_day = 3.0", "per_day = 1e999", "sources[0].per_day must be a finite number"),
    "text for a number": bad("hours = 4\n", 'hours = "few"\n', "stages[0].hours must be a number above 0; got 'few'"),
    "number for text": bad('title = "A small funnel"', "title = 5", "title must be text; got 5", "write it in quotes"),
    "day for text": bad(
        'question = "Does handing idle leads back pay?"',
        "question = 2026-01-01",
        "question must be",
        "not a day",
        "write it in quotes",
    ),
    "day for a number": bad("heads = 2", "heads = 2026-01-01", "teams[0].heads must be a number or text, not a day"),
    "time of day": bad("as_of = 2026-06-30", "as_of = 2026-06-30T12:00:00", "calendar.as_of must be a day without"),
    "clock": bad("as_of = 2026-06-30", "as_of = 12:00:00", "calendar.as_of must be a day without"),
    "no such day": bad("as_of = 2026-06-30", 'as_of = "2026-02-30"', "calendar.as_of must be a day such as"),
    "mistyped key": bad(
        "conversion = 0.4",
        "conversoin = 0.4",
        "stages[1].conversoin must be a key that is known",
        "did you mean 'conversion'?",
        "stages[1].conversion must be given",
    ),
    "mistyped section": bad("[market]", "[markt]", "markt must be a key that is known", "did you mean 'market'?"),
    "mistyped force": bad("[forces.neglect]", "[forces.negligence]", "forces.negligence", "did you mean 'neglect'?"),
    "unheard-of key": bad("suspects = 20_000", "zzz = 1", "market.zzz must be a key that is known", "the keys there"),
    "missing key": bad(
        "touch_hours = 0.5\n", "", "stages[0].touch_hours must be given; got nothing in 'C'.", "hours of one touch"
    ),
    "missing title": bad('title = "A small funnel"\n', "", "title must be given"),
    "missing as-of day": bad("as_of = 2026-06-30\n", "", "calendar.as_of must be given", "the day the scenario stands"),
    "missing source of a provenance": bad('source = "own records, 2025"\n', "", "source must be given"),
    "mistyped word": bad(
        'role = "sales"', 'role = "salse"', "teams[1].role must be one of 'marketing', 'sales'", "did you mean 'sales'?"
    ),
    "word in capitals": bad('role = "sales"', 'role = "Sales"', "did you mean 'sales'?"),
    "unknown order": bad('sales = "ev_per_hour"', 'sales = "random"', "strategies[1].priority.sales must be one of"),
    "mistyped weekday": bad(
        "horizon = 12", 'horizon = 12\nworkdays = ["mon", "tues"]', "calendar.workdays[1]", "did you mean 'tue'?"
    ),
    "shape in quotes": bad("shape = 2", 'shape = "2"', "stages[2].shape must be one of 1, 2, 4", "remove the quotes"),
    "shape that has no clock": bad("shape = 2", "shape = 3", "stages[2].shape must be one of 1, 2, 4; got 3"),
    "shape is true": bad("shape = 2", "shape = true", "stages[2].shape must be one of 1, 2, 4; got True"),
    "level above 6": bad("level = 1\n", "level = 7\n", "sources[0].level must be a whole number in [0, 6]; got 7"),
    "levels of one number": bad("levels = [1, 2]", "levels = [1]", "stages[0].levels"),
    "levels of text": bad("levels = [1, 2]", 'levels = "1-2"', "stages[0].levels must be a list; got '1-2'"),
    "thirteenth month": bad(
        "horizon = 12", "horizon = 12\nfiscal_start = 13", "fiscal_start must be a whole number in [1, 12]; got 13"
    ),
    "name with a dot": bad('name = "web"', 'name = "web.de"', "sources[0].name must be a name of at most 40 letters"),
    "name too long": bad('name = "web"', f'name = "{"w" * 41}"', "sources[0].name must be a name of at most 40"),
    "one table for a list": bad('[[stages]]\nname = "C"', '[stages]\nname = "C"', "there already"),
    "table for a list": bad("[goal]", "[goal]\nx = 1", "goal.x must be a key that is known"),
    "spread with unknown key": bad(
        "pr = 30_000", "pr = {p10 = 1, p80 = 2}", "sources[1].pr", "got 'p80'", "in 'events'"
    ),
    "spread the wrong way round": bad(
        "{p10 = 10_000, p90 = 60_000}",
        "{p10 = 60_000, p90 = 10_000}",
        "sources[0].pr.p90 must be above p10 (60000.0)",
        "were the two swapped?",
    ),
    "spread of text": bad("pr = 30_000", 'pr = {p10 = "a", p90 = 3}', "sources[1].pr.p10 must be a positive number"),
    "spread in quotes": bad("pr = 30_000", 'pr = "30k"', "sources[1].pr must be a number or one of {p10=, p90=}"),
    "negative PR": bad("pr = 30_000", "pr = -5", "sources[1].pr"),
    "bad schema": bad("funnelsim/scenario/1", "funnelsim/forecast/1", "schema must be a version of this format"),
    "newer schema": bad(
        "funnelsim/scenario/1", "funnelsim/scenario/2", "schema must be 'funnelsim/scenario/1' or ", "update"
    ),
    "schema is a number": bad('"funnelsim/scenario/1"', "1", "schema must be a version of this format"),
    "lower-case currency": bad('currency = "USD"', 'currency = "usd"', "currency must be a currency code such as USD"),
    "no such currency": bad('currency = "USD"', 'currency = "XQZ"', "currency must be a currency code such as USD"),
}

FIT = {
    "unknown owner": bad(
        'owner = "Marketing"',
        'owner = "Marketng"',
        "stages[0].owner must be one of 'Marketing', 'Sales'",
        "did you mean 'Marketing'?",
    ),
    "unknown stage of a source": bad('stage = "C"', 'stage = "D"', "sources[0].stage must be one of 'C', 'B', 'A'"),
    "unknown impact zone": bad(
        'impact_zone = "B"', 'impact_zone = "b"', "strategies[1].impact_zone", "did you mean 'B'?"
    ),
    "unknown triage stage": bad('triage_stage = "A"', 'triage_stage = "Z"', "strategies[1].priority.triage_stage"),
    "unknown team to return to": bad('to = "Marketing"', 'to = "Mkt"', "strategies[1].ownership.to must be one of"),
    "unknown gate": bad('ready_from = "A"', 'ready_from = "AA"', "ready_from must be one of 'C', 'B', 'A'"),
    "unknown resell stage": bad("[goal]", '[forces.loops]\nresell_stage = "X"\n[goal]', "forces.loops.resell_stage"),
    "unknown stage of a team": bad(
        "{C = 1.0, B = 0.5}", "{C = 1.0, Q = 0.5}", "teams[0].effectiveness must be one of", "got 'Q' in 'Marketing'"
    ),
    "unknown unlimited team": bad(
        'impact_zone = "B"',
        'impact_zone = "B"\nunlimited = ["Nobody"]',
        "strategies[1].unlimited must be one of 'Marketing', 'Sales'; got 'Nobody'",
    ),
    "stage mapped to nothing": bad('"Proposal" = "B"', '"Proposal" = "BB"', "opening.stages.Proposal must be one of"),
    "owner mapped to nothing": bad(
        '"Ann" = "Sales"', '"Ann Lee" = "Sels"', "opening.owners.'Ann Lee'", "did you mean 'Sales'?"
    ),
    "stage name twice": bad(
        'name = "B"', 'name = "c"', "stages[1].name must be different from every other", "stages[0]"
    ),
    "team name twice": bad('name = "Sales"', 'name = "Marketing"', "teams[1].name must be different"),
    "strategy name twice": bad('name = "hand back"', 'name = "relay"', "strategies[1].name must be different"),
    "owner that cannot work the stage": bad(
        "{C = 0.3, B = 1.0, A = 1.0}",
        "{C = 0.3, B = 1.0}",
        "stages[2].owner must be a team that can work the stage",
        "effectiveness.A",
    ),
    "owner with no effect": bad("A = 1.0}", "A = 0.0}", "stages[2].owner must be a team that can work the stage"),
    "zone in which Marketing is idle": bad(
        'impact_zone = "B"',
        'impact_zone = "A"',
        "strategies[1].impact_zone must be a stage up to which Marketing can work",
        "'A'",
    ),
    "no way forward": bad("conversion = 0.3", "conversion = 0", "stages[0].conversion must be a number in (0, 1]"),
    "losses of nothing": bad(
        "{competitor = 0.5, no_decision = 0.4, regress = 0.1}",
        "{competitor = 0, no_decision = 0}",
        "stages[1].losses must be above 0 for one of them",
    ),
    "back from the first stage": bad(
        "touch_hours = 0.5",
        "touch_hours = 0.5\nlosses = {regress = 0.2}",
        "stages[0].losses.regress must be 0 in the first stage; got 0.2",
    ),
    "touch longer than the stage": bad(
        "touch_hours = 1.5", "touch_hours = 15", "stages[2].touch_hours must be at most"
    ),
    "levels the wrong way round": bad(
        "levels = [1, 2]", "levels = [2, 1]", "stages[0].levels must be lowest level first", "were the two swapped?"
    ),
    "levels that fall": bad(
        "levels = [3, 4]", "levels = [0, 1]", "stages[1].levels must be no lower than in the stage"
    ),
    "too few steps": bad(
        '["meet", "confirm"]', '["meet"]', "stages[1].steps must be 2 entries, one for each level of [3, 4]; got 1"
    ),
    "too long a journey": bad('["decides", "buys"]', '["a", "b", "c"]', "stages[2].journey must be 2 entries"),
    "ready and never ready": bad("now = 0.6", "now = 0.9", "forces.readiness.now and never must be at most 1 in all"),
    "rate of non-buyers": bad(
        'ready_from = "A"', 'ready_from = "A"\nnonbuyer_rate = 1.5', "nonbuyer_rate must be a number in [0, 1]; got 1.5"
    ),
    "spend alone": bad("half_spend = 4000.0\n", "", "sources[1].half_spend must be given together with spend"),
    "half spend alone": bad("spend = 5000.0\nhalf", "half", "sources[1].spend must be given together with half_spend"),
    "eleven months": bad(
        "season = [1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1]",
        "season = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
        "sources[0].season must be twelve factors",
        "11 factors",
    ),
    "no season at all": bad(
        "season = [1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1]",
        f"season = [{', '.join('0' * 12)}]",
        "sources[0].season must be above 0 in some month",
    ),
    "shrinks to nothing": bad(
        "level = 1\n", "level = 1\ntrend_per_year = -1\n", "sources[0].trend_per_year", "above -1"
    ),
    "more askers than leads": bad(
        "level = 1\n", "level = 1\nhand_raisers = 0.7\ndownloads = 0.5\n", "at most 1 in all"
    ),
    "a century": bad(
        "horizon = 12", "horizon = 1200", "calendar.horizon must be at most 120 months, ten years; got 1200"
    ),
    "long ago": bad("as_of = 2026-06-30", "as_of = 0026-06-30", "calendar.as_of must be a day between 1970 and"),
    "nobody works": bad("horizon = 12", "horizon = 12\nworkdays = []", "calendar.workdays must be at least one day"),
    "weekday twice": bad(
        "horizon = 12", 'horizon = 12\nworkdays = ["mon", "mon"]', "calendar.workdays must be different"
    ),
    "holiday twice": bad("2027-01-01]", "2027-01-01, 2027-01-01]", "calendar.holidays must be different days"),
    "provenance of nothing": bad(
        "stages.C.conversion", "stages.C.conversoin", "provenance", "did you mean 'conversion'?"
    ),
    "provenance of no stage": bad("stages.C.conversion", "stages.D.conversion", "a dotted path to something"),
    "noise of six levels": bad(
        "[goal]", "[forces.reading]\nnoise = [1, 1, 1, 1, 1, 1]\n[goal]", "forces.reading.noise must be 7 numbers"
    ),
    "thresholds crossed": bad(
        "[strategies.priority]",
        "[strategies.qualification]\nloosen_below = 0.99\n[strategies.priority]",
        "loosen_below must be at most tighten_above",
    ),
    "thirteen stages": bad("[[teams]]", MANY_STAGES + "[[teams]]", "stages must be at most 12; got 13"),
    "nine teams": bad("[forces.neglect]", MANY_TEAMS + "[forces.neglect]", "teams must be at most 8; got 9"),
    "blank title": bad('title = "A small funnel"', 'title = " "', "title must be one line of text"),
}

CASES = {**SYNTAX, **FORM, **FIT}

TEN = (
    ("conversion = 0.4", "conversion = 1.4"),
    ("per_day = 3.0", 'per_day = "3.0"'),
    ("touch_hours = 0.5\n", ""),
    ('role = "sales"', 'role = "salse"'),
    ("hot = 0.05", "hott = 0.05"),
    ('impact_zone = "B"', 'impact_zone = "b"'),
    ("half_spend = 4000.0\n", ""),
    ('["decides", "buys"]', '["decides"]'),
    ("now = 0.6", "now = 0.9"),
    ("revenue = 2_000_000", "revenue = inf"),
)
"""Ten mistakes in one file, half of form and half of fit."""
