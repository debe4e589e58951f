"""Everything a person can choose about one forecast, in the words of the command line.

Settings are plain text and numbers, so that a manifest can hold them and ``rerun`` can read them back.  What they
mean is decided where they are used: reading options in ``inputs``, the request in ``api``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from funnelsim.errors import Problem, ScenarioError, raise_if_any
from funnelsim.model.request import DEFAULT_REPLICATIONS
from funnelsim.model.saved_settings import SavedSettings

DAYS = ("as_of", "exposure_from", "extract_date")
"""Settings that are days; ISO text such as ``2026-06-30`` is read as one."""
_A_DAY = "a day such as 2026-06-30, a date or its text, without a time"


@dataclass(frozen=True)
class ForecastSettings(SavedSettings):
    """The settings of one forecast; every default is what the command does when the option is not given.

    Attributes
    ----------
    as_of : date or None
        The day the forecast stands on; None for the day of running.
    period : str
        ``month``, ``week`` or ``quarter``.
    horizon : int
        Whole periods after the stub.
    fiscal_start : int
        First month of the fiscal year.
    seed, replications : int
        Luck, and how much of it.
    precision : float or None
        Largest 95 % half-width of the total's P10, P50 and P90 as a share of its mean.
    as_stated : bool
        Switches every assumption of ours off.
    shock : float or None
        Shared shock sd on log-odds; None for the default.
    group_shock : str or None
        ``COLUMN=SD``.
    no_push : bool
        Takes stated dates as they are.
    plan : str or None
        An amount such as ``5M``, or the path of a plan by period.
    actuals, add_actuals : str or None
        Paths of bookings that replace the file's won rows, or come on top.
    by : str or None
        Column whose values get bands of their own.
    exact : bool
        Adds the law in closed form.
    mapping : mapping of str to str
        Canonical column to header in the file.
    pc, dates, decimal : str or None
        ``percent|fraction``, ``dmy|mdy``, ``.|,``: answers where a column gives no evidence.
    currency : str or None
        Currency of the answer.
    rates : mapping of str to str
        Currency code to its price in ``currency``.
    impute : str or None
        ``stage`` fills in missing PCs.
    stage_pc : mapping of str to str
        PC of a stage, for imputing.
    duplicates : str
        ``error`` or ``lines``.
    timezone : str or None
        Where times with an offset are read.
    round_cents : bool
        Rounds amounts finer than the currency's minor unit, and counts them.
    sheet, encoding : str or None
        Worksheet name; text encoding.
    allow_empty : bool
        Goes on when the file holds no lead to forecast.
    history, model : str or None
        Path of records to learn from, or of a model that was learned from them; at most one of the two.
    history_map : mapping of str to str
        Canonical field to header in the records.
    history_with : tuple of str
        Paths of tables that belong to the records.
    exposure_from, extract_date : date or None
        First and last day of the records; None to infer them.
    segment : str or None
        Column of the records whose values have rates of their own.
    new_business : bool
        Whether leads that are not born yet are forecast too, where records say how many come.
    independent : bool
        Takes learned rates at their means and lets leads share nothing.
    track_record : str or None
        Path of a saved back-test, or of a result of ``track``.
    """

    as_of: date | None = None
    period: str = "month"
    horizon: int = 12
    fiscal_start: int = 1
    seed: int = 0
    replications: int = DEFAULT_REPLICATIONS
    precision: float | None = None
    as_stated: bool = False
    shock: float | None = None
    group_shock: str | None = None
    no_push: bool = False
    plan: str | None = None
    actuals: str | None = None
    add_actuals: str | None = None
    by: str | None = None
    exact: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    pc: str | None = None
    dates: str | None = None
    decimal: str | None = None
    currency: str | None = None
    rates: Mapping[str, str] = field(default_factory=dict)
    impute: str | None = None
    stage_pc: Mapping[str, str] = field(default_factory=dict)
    duplicates: str = "error"
    timezone: str | None = None
    round_cents: bool = False
    sheet: str | None = None
    encoding: str | None = None
    allow_empty: bool = False
    history: str | None = None
    model: str | None = None
    history_map: Mapping[str, str] = field(default_factory=dict)
    history_with: tuple[str, ...] = ()
    exposure_from: date | None = None
    extract_date: date | None = None
    segment: str | None = None
    new_business: bool = True
    independent: bool = False
    track_record: str | None = None

    def __post_init__(self) -> None:
        problems = []
        for name in DAYS:
            given = getattr(self, name)
            if isinstance(given, str):
                try:
                    object.__setattr__(self, name, date.fromisoformat(given))
                except ValueError:
                    problems.append(Problem("the settings", name, _A_DAY, given))
            elif given is not None and type(given) is not date:
                problems.append(Problem("the settings", name, _A_DAY, given))
        raise_if_any(problems, ScenarioError)

    @property
    def learns(self) -> bool:
        """Whether chances come from records."""
        return self.history is not None or self.model is not None
