"""The board pack of a saved run: slides, workbook, page and pictures, all showing the same numbers.

What it leaves out: what they say (``outputs/packs``), and making the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from funnelsim.errors import DataError, Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.saved_answer import SavedAnswer, read_answer
from funnelsim.model.board_pack import Pack, PackData
from funnelsim.model.run_schema import BANDS_BOOK, BOARD, CHARTS, DECK, REPORT_PAGE

FORMS = ("pptx", "xlsx", "html", "png", "svg")
"""Slides, workbook, page, and pictures as pixels and as lines."""
LARGEST_TEMPLATE = 256 << 20


def report(
    run: str | os.PathLike[str],
    *,
    forms: Sequence[str] = FORMS,
    template: str | os.PathLike[str] | None = None,
    private: bool = False,
    out: str | os.PathLike[str] | None = None,
    replace: bool = False,
) -> tuple[Path, ...]:
    """Make the board pack of a saved run.

    Parameters
    ----------
    run : path
        A run folder, or the ``manifest.json`` in it.
    forms : sequence of str
        Some of ``pptx``, ``xlsx``, ``html``, ``png`` and ``svg``; all by default.
    template : path, optional
        A company's PPTX, whose masters, fonts and colours the slides take.
    private : bool
        Whether words that say nothing stand for the names of leads, owners, accounts, groups, files, scenarios,
        strategies, teams and sources.
    out : path, optional
        The folder that is to be; ``board`` inside the run when left out.
    replace : bool
        Whether an earlier board pack in that place may be replaced.

    Returns
    -------
    tuple of Path
        Every file that was written.

    Raises
    ------
    ScenarioError
        If a form is not known, a template is given without slides, or there is nothing to show in the forms asked for.
    DataError
        If the folder is no whole run of this version, or the template cannot be read.
    """
    from funnelsim.outputs.atomic import refuse_taken
    from funnelsim.outputs.board_folder import write_board

    refuse_forms(forms, template)
    answer = read_answer(run)
    folder = answer.folder / BOARD if out is None else Path(out)
    refuse_taken(folder, replace=replace)
    design = None if template is None else _template(template)
    pack, data = board_pack(answer, private=private)
    files = dict(_files(pack, data, forms, design))
    if not files:
        rule = "one in which the forms that are asked for show something"
        raise ScenarioError(Problem(str(answer.folder), "the run", rule, Shown(", ".join(forms))))
    facts = {
        "command": answer.command,
        "funnelsim": pack.provenance.version,
        "content_hash": pack.provenance.content_hash,
        "private": private,
    }
    return write_board(folder, files, facts, replace=replace)


def refuse_forms(forms: Sequence[str], template: str | os.PathLike[str] | None) -> None:
    """Refuse, before anything is computed, forms that there are not.

    Parameters
    ----------
    forms : sequence of str
        What is asked for.
    template : path or None
        For slides.

    Raises
    ------
    ScenarioError
        If a form is not known, none is asked for, or a template is given without slides.
    """
    problems = [Problem("report", "form", f"one of {', '.join(FORMS)}", form) for form in forms if form not in FORMS]
    if not forms:
        problems.append(Problem("report", "forms", f"some of {', '.join(FORMS)}", Shown("none")))
    if template is not None and "pptx" not in forms:
        hint = "ask for slides too, or leave the template out"
        problems.append(Problem("report", "template", "given with slides (pptx)", os.fspath(template), hint))
    raise_if_any(problems, ScenarioError)


def board_pack(answer: SavedAnswer, *, private: bool = False) -> tuple[Pack, PackData]:
    """Return what every form of a board pack shows.

    Parameters
    ----------
    answer : SavedAnswer
        A run, read back.
    private : bool
        Whether names are replaced by words that say nothing.

    Returns
    -------
    tuple of Pack and PackData
        Messages with their numbers, and the leads and futures behind them.

    Raises
    ------
    DataError
        If there is no board pack for runs of that command.
    """
    from funnelsim.inputs.saved_names import read_names
    from funnelsim.outputs.packs.all_packs import PACKS, pack_of
    from funnelsim.outputs.packs.forecast_data import forecast_data
    from funnelsim.outputs.packs.given_names import PERSONAL
    from funnelsim.outputs.packs.hidden_names import (
        name_words,
        table_without_names,
        without_file_name,
        without_names,
    )

    if answer.command not in PACKS:
        rule = f"of one of {', '.join(PACKS)}"
        raise DataError(Problem(str(answer.folder), "the run", rule, answer.command))
    document, provenance, leads = answer.document, answer.provenance, answer.leads
    if private:
        by = document.get("by")
        named = read_names(answer.run, (*PERSONAL, *([str(by)] if by else ())))
        words = name_words(document, named.tables, provenance.input_name, answer.key, named.scenarios)
        document, provenance = without_names(document, words), without_file_name(provenance, words)
        leads = None if leads is None else table_without_names(leads, words)
    data = PackData()
    if answer.bookings is not None:
        data = forecast_data(document, leads, answer.bookings, answer.minor_digits)
    return pack_of(answer.command, document, provenance), data


def refuse_template(path: str | os.PathLike[str] | None) -> None:
    """Refuse, before anything is computed, a template that slides cannot be made of.

    Parameters
    ----------
    path : path or None
        A company's PPTX; None for none.
    """
    if path is not None:
        from funnelsim.outputs.deck.template import opened

        opened(_template(path))


def _template(path: str | os.PathLike[str]) -> bytes:
    rule, hint = "a file that can be read, of at most 256 MB", "give a presentation that PowerPoint saved as .pptx"
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST_TEMPLATE + 1)
    except (OSError, ValueError) as error:
        reason = Shown(getattr(error, "strerror", None) or str(error))
        raise DataError(Problem(os.fspath(path), "the template", rule, reason, hint)) from error
    if len(data) > LARGEST_TEMPLATE:
        raise DataError(Problem(os.fspath(path), "the template", rule, Shown("a larger one"), hint))
    return data


def _files(pack: Pack, data: PackData, forms: Sequence[str], template: bytes | None) -> Iterator[tuple[str, bytes]]:
    """Yield each file's path inside the folder and its bytes; what is not asked for is not even imported."""
    if "pptx" in forms:
        from funnelsim.outputs.deck.slides import deck_bytes

        yield DECK, deck_bytes(pack, template)
    if "xlsx" in forms:
        from funnelsim.outputs.workbook.book import workbook_bytes

        yield BANDS_BOOK, workbook_bytes(pack, data)
    if "html" in forms:
        from funnelsim.inputs.currencies import signs_beside
        from funnelsim.outputs.web.web_page import page_bytes

        yield REPORT_PAGE, page_bytes(pack, data, signs_beside(pack.currency))
    if "png" in forms or "svg" in forms:
        from funnelsim.outputs.pictures.exhibit_picture import picture_png, picture_svg

        drawn = {"png": picture_png, "svg": picture_svg}
        for kind in (kind for kind in drawn if kind in forms):
            for exhibit in pack.all:
                picture = drawn[kind](exhibit, pack)
                if picture is not None:
                    yield f"{CHARTS}/{exhibit.key}.{kind}", picture
