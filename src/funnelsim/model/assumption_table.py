"""The table of assumptions: every number behind a forecast that is not in the user's file, with its source and grade.

Grades: A peer-reviewed or official, B large survey or vendor data with a stated n, C practitioner claim, ours =
chosen by this project, yours = from your file or set by you.
"""

from __future__ import annotations

from dataclasses import dataclass

from funnelsim.model.assumptions import ForecastAssumptions, GroupShock, PushLaw


@dataclass(frozen=True)
class Assumption:
    """One number behind the forecast that is not in the user's file.

    Attributes
    ----------
    name : str
        In the user's words.
    value : float or str
        The number, or a short phrase.
    source : str
        Where it comes from; ``yours`` when the user set it.
    grade : str
        ``yours``, or the grade of the source.
    effect : str
        What it does to the forecast, in one sentence.
    """

    name: str
    value: float | str
    source: str
    grade: str
    effect: str


FROM_FILE = (
    Assumption(
        "amounts", "as stated, or the lead's own P10-P90", "your file", "yours", "nothing is added to a stated PR"
    ),
    Assumption(
        "probability of closing",
        "as stated",
        "your file",
        "yours",
        "taken as the chance of ever closing, pushes included",
    ),
)

SHOCK = (
    "shared shock sd",
    "derived from published forecast errors (relative sd of a quarter 13-20 %)",
    "C, ours",
    "widens the band, never moves the mean",
)

PUSHES = (
    (
        "pushed at all",
        "36-44 % of deals slipped in 2024-25, a benchmark of CRM records",
        "B",
        "moves money later, never drops it",
    ),
    (
        "pushed again",
        "once slipped, most slip again; practitioner reports",
        "C, ours",
        "lengthens the tail past the horizon",
    ),
    ("length of a push", "one month, two months, a quarter", "ours", "places pushed money"),
    (
        "odds of winning per push",
        "deals pushed twice die more often; practitioner reports",
        "C, ours",
        "makes early periods likelier than late ones",
    ),
)
"""Name, source, grade and effect of each number of the push law, in the order of :func:`_push_values`."""


def assumption_table(assumptions: ForecastAssumptions) -> tuple[Assumption, ...]:
    """Return every assumption with its source and grade.

    Parameters
    ----------
    assumptions : ForecastAssumptions
        What a forecast assumes.

    Returns
    -------
    tuple of Assumption
        In the order of their weight on the band; what the user set is marked as the user's.
    """
    name, source, grade, effect = SHOCK
    rows = [_row(assumptions, "shock", Assumption(name, assumptions.shock_sd, source, grade, effect))]
    if assumptions.group_shock:
        rows.append(_group_row(assumptions.group_shock))
    if assumptions.push is None:
        effect = "no lead closes later than its stated date"
        rows.append(Assumption("close dates", "as stated", "set by you", "yours", effect))
    else:
        for (name, source, grade, effect), value in zip(PUSHES, _push_values(assumptions.push), strict=True):
            rows.append(_row(assumptions, "push", Assumption(name, value, source, grade, effect)))
    return (*rows, *FROM_FILE)


def _group_row(shock: GroupShock) -> Assumption:
    effect = f"leads with one {shock.column} move together; never moves the mean"
    return Assumption(f"group shock sd by {shock.column}", shock.sd, "set by you", "yours", effect)


def _push_values(push: PushLaw) -> tuple[float | str, ...]:
    lengths = "/".join(map(str, push.days)) + " days at " + "/".join(f"{weight:g}" for weight in push.weights)
    return push.first, push.again, lengths, push.odds


def _row(assumptions: ForecastAssumptions, key: str, row: Assumption) -> Assumption:
    if assumptions.as_stated or key in assumptions.yours:
        return Assumption(row.name, row.value, "set by you", "yours", row.effect)
    return row
