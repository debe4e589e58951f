"""What an answer's own methods call to show it: HTML, tables and pictures.

``funnelsim`` gives this module to :mod:`funnelsim.model.showing` as a way to load it, so that a record knows nothing of
what shows it, and nothing is imported before somebody looks.

What it leaves out: files; ``save_run`` and ``report`` write those.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.model.showing import Picture

if TYPE_CHECKING:
    import polars


def html(answer: Any) -> str:
    """Return an answer as one piece of HTML.

    Parameters
    ----------
    answer : Showing
        Any answer.

    Returns
    -------
    str
        The headline and the main table, the rest folded away; nothing active.
    """
    from funnelsim.outputs.notebook.answer_html import answer_html

    return answer_html(answer)


def polars_frame(answer: Any) -> polars.DataFrame:
    """Return an answer's main table.

    Parameters
    ----------
    answer : Showing
        Any answer.

    Returns
    -------
    polars.DataFrame
        Money in major units: exact amounts as decimals, estimated ones as doubles.
    """
    from funnelsim.outputs.notebook.answer_tables import main_table

    return main_table(answer)


def pandas_frame(answer: Any) -> Any:
    """Return an answer's main table for pandas.

    Parameters
    ----------
    answer : Showing
        Any answer.

    Returns
    -------
    pandas.DataFrame
        The same columns and rows.

    Raises
    ------
    ScenarioError
        If pandas is not installed.
    """
    if find_spec("pandas") is None:
        hint = "pip install pandas, or use to_polars(), which needs nothing more"
        raise ScenarioError(Problem("to_pandas", "pandas", "installed", Shown("no such package"), hint))
    return polars_frame(answer).to_pandas()


def picture(answer: Any, name: str | None = None) -> Picture:
    """Return one of an answer's charts.

    Parameters
    ----------
    answer : Showing
        Any answer.
    name : str, optional
        Which; the first when left out.

    Returns
    -------
    Picture
        Shows itself in a notebook.
    """
    from funnelsim.outputs.notebook.picture import picture_of

    return picture_of(answer, name)
