"""The board pack of a calibration: what the records say of stages, times, stated chances and arrivals.

What it leaves out: segments beyond a table, and every figure that only the model needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.packs.answer_words import Answer
from funnelsim.outputs.packs.forecast_pack import NOT_TESTED
from funnelsim.outputs.packs.pack_parts import Cell, distinct, notes_exhibit, rising, said, shown_name, words_exhibit

FEW_LEADS: Final = 20
_DEFINITIONS: Final = (
    "Each figure has a 95% interval; leads that are still open count for the time they were seen.",
    "Conversion: share of the leads of a stage that go on to the next, or are won.",
    "Stated PC: the probability that people wrote down; happened: the share of such leads that were won.",
)


def calibration_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a calibration.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, stages, and stated against happened where PCs were stated.
    """
    answer = Answer(document)
    made = (_answer(answer), _stages(answer), _stated(answer))
    days = f"{answer.text('/input/first_day')} to {answer.text('/input/last_day')}"
    return Pack(
        command="calibrate",
        title="What the records say",
        subtitle=f"{answer.number('/input/leads').text} leads, {days}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer, "/reading"), words_exhibit(*_DEFINITIONS)),
        track=answer.text("/track_record/sentence") or NOT_TESTED,
        provenance=provenance,
        answer=document,
    )


def _share(answer: Answer, path: str) -> tuple[Quantity, Quantity, Quantity]:
    estimate, low, high = (answer.share(f"{path}/{part}") for part in ("estimate", "low", "high"))
    return estimate, low, high


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[Cell, ...]] = [
        ("Leads", answer.number("/input/leads"), "", ""),
        ("Won of those born", *_share(answer, "/life/won")),
        ("Lost of those born", *_share(answer, "/life/lost")),
        ("Days until half of all ends", *(answer.number(f"/life/median/{part}") for part in ("days", "low", "high"))),
    ]
    return Exhibit(
        "answer",
        answer.text("/sentence"),
        table=Table(("", "Estimate", "95% from", "to"), tuple(rows)),
        points=said(answer, "/findings", "/remarks")[:7],
    )


def _stages(answer: Answer) -> Exhibit | None:
    paths = [f"/stages/{row}" for row in range(answer.count("/stages"))]
    paths = [path for path in paths if answer.at(f"{path}/conversion/estimate") is not None]
    if not paths:
        return None
    names = distinct([shown_name(answer, f"{path}/name") for path in paths])
    found = [_share(answer, f"{path}/conversion") for path in paths]
    lowest = min(range(len(paths)), key=lambda row: found[row][0].value or 0.0)
    title = f"Fewest go on in stage {names[lowest]}: {found[lowest][0].text}"
    title += f" ({found[lowest][1].text} to {found[lowest][2].text})."
    rows = tuple(
        (name, answer.number(f"{path}/seen"), *one, answer.number(f"{path}/median/days"))
        for name, path, one in zip(names, paths, found, strict=True)
    )
    series = (
        Series("go on", "bar", tuple(one for one, _, _ in found)),
        Series("95% from", "low", tuple(low for _, low, _ in found)),
        Series("95% to", "high", tuple(high for _, _, high in found)),
    )
    grey = frozenset(row for row, path in enumerate(paths) if (answer.at(f"{path}/seen") or 0) < FEW_LEADS)
    return Exhibit(
        "stages",
        title,
        chart=Chart("bars", names, series, "share", "share of leads that go on", grey=grey),
        table=Table(("Stage", "Leads", "Go on", "95% from", "to", "Days, median"), rows),
        notes=(f"Stages with fewer than {FEW_LEADS} leads are grey.",),
        alt=f"Bars of conversion by stage with 95% intervals. {title}",
    )


def _stated(answer: Answer) -> Exhibit | None:
    paths = [f"/stated_pc/bins/{row}" for row in range(answer.count("/stated_pc/bins"))]
    paths = [path for path in paths if answer.at(f"{path}/share/estimate") is not None]
    if not paths:
        return None
    stated = tuple(answer.share(f"{path}/stated") for path in paths)
    found = [_share(answer, f"{path}/share") for path in paths]
    names = distinct([one.text for one in stated])
    series = (
        Series("happened", "middle", tuple(one for one, _, _ in found)),
        Series("95% from", "low", tuple(low for _, low, _ in found)),
        Series("95% to", "high", tuple(high for _, _, high in found)),
        Series("as stated", "plan", stated),
    )
    mean, real = answer.share("/stated_pc/stated"), answer.share("/stated_pc/happened/estimate")
    title = f"Stated PC was {mean.text} on average, {real.text} were won."
    if real.value is None:
        title = "Stated PC beside what happened."
    rows = tuple(
        (name, answer.number(f"{path}/won"), answer.number(f"{path}/lost"), answer.number(f"{path}/open"), *one)
        for name, path, one in zip(names, paths, found, strict=True)
    )
    over = rising([one.value for one in stated])
    return Exhibit(
        "stated",
        title,
        chart=Chart("lines", names, series, "share", "share that was won", positions=over),
        table=Table(("Stated", "Won", "Lost", "Open", "Happened", "95% from", "to"), rows),
        alt=f"Lines of the share that was won by stated PC, beside what was stated. {title}",
    )
