"""Records of past leads as people and programs write them: each is read exactly, or refused with a sentence.

A case is a name, the bytes of the file, what a reader must find or a pattern of the message, the user's answers, and
tables beside it.  Moments are ISO text, amounts minor units, outcomes one letter a lead.
"""

from __future__ import annotations

import codecs
from datetime import date
from typing import Any, NamedTuple

HEAD = "lead_id,pr,created,closed,outcome"
WIDE = "lead_id,pr,created,stage_C,stage_B,closed,outcome"
LONG = "lead_id,stage,entered_at"
SNAP = "lead_id,snapshot_date,expected_close,pr,pc,stage"


class Case(NamedTuple):
    name: str
    content: bytes
    expected: dict[str, Any] | str
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    beside: tuple[bytes, ...] = ()


def text(*rows: str, head: str = HEAD, end: str = "\n") -> bytes:
    return end.join((head, *rows, "")).encode()


WON = "L1,1000,2026-01-05,2026-03-01,won"
LOST = "L2,2000,2026-01-06,2026-02-01,lost"
OPEN = "L3,3000,2026-01-07,,open"
THREE = {
    "id": ["L1", "L2", "L3"],
    "outcome": "wlo",
    "pr": [100000, 200000, 300000],
    "created": ["2026-01-05", "2026-01-06", "2026-01-07"],
    "closed": ["2026-03-01", "2026-02-01", None],
    "extract": "2026-03-01",
    "from": "2026-01-05",
}
PLAIN = text(WON, LOST, OPEN)
FORTY = [f"{n},5,2026-01-{n % 28 + 1:02d},2026-03-{n % 30 + 1:02d},won" for n in range(40)]
TELLING = [
    f"{how[0]}{n},{n * (how == 'won')},2026-01-05,2026-02-{n:02d},{how}"
    for how in ("won", "lost")
    for n in range(1, 13)
]

FILES = [
    Case("plain", PLAIN, THREE | {"note": "3 leads: 1 won, 1 lost, 1 open"}),
    Case("quoted", PLAIN.replace(b"L1", b'"L1"'), THREE),
    Case("carriage returns", text(WON, LOST, OPEN, end="\r\n"), THREE),
    Case("semicolons", PLAIN.replace(b",", b";"), THREE | {"note": "by semicolon"}),
    Case("a mark of UTF-8", codecs.BOM_UTF8 + PLAIN, THREE),
    Case("no final newline", PLAIN[:-1], THREE | {"note": "does not end with a newline"}),
    Case("title and footer", b"Deals 2026\n\n" + PLAIN + b"\nGrand Totals (3 records)\n", THREE | {"note": "footer"}),
    Case("total in the middle", text(WON, "Total,3000,,,", LOST), "line 3: row must be a lead, not a total"),
    Case("short row", text(WON, "L2,2000"), "line 3: row must be as long as the header"),
    Case("header only", text(), "rows below its header"),
    Case("nothing", b"", "table with a header and rows"),
    Case("Windows-1252", text("Ü1,1,2026-01-01,2026-01-02,won", head=HEAD).decode().encode("cp1252"), {"id": ["Ü1"]}),
    Case("not a history", text("a,b,c", head="x,y,z"), "no column for created, closed or outcome"),
    Case("a list of pipelines", text("1,2,3", head="pipeline_id,display_order,label"), "got a list of pipelines"),
    Case(
        "property history",
        text("1,amount,5,2026-01-01", head="dealId,property,value,timestamp"),
        "some stage means won",
    ),
]
HEADERS = [
    Case(
        "other words",
        text("7,50,2026-01-05,2026-03-01,Closed Won", head="Deal ID,Amount,Create Date,Close Date,Deal Stage"),
        {"id": ["7"], "outcome": "w", "pr": [5000], "closed": ["2026-03-01"]},
    ),
    Case(
        "close date of an open lead is a plan",
        text(
            "1,50,2026-01-05,2026-03-01,Closed Lost",
            "2,60,2026-01-05,2026-12-31,Proposal",
            head="Deal ID,Amount,Create Date,Close Date,Deal Stage",
        ),
        {"outcome": "lo", "closed": ["2026-03-01", None], "extract": "2026-03-01", "note": "1 row .* taken as a plan"},
    ),
    Case(
        "expected close beside closed is the stated one",
        text("1,5,2026-01-05,2026-02-01,2026-03-01,won", head="lead_id,pr,created,expected_close,closed,outcome"),
        {"stated": ["2026-02-01"], "closed": ["2026-03-01"]},
    ),
    Case(
        "won time and lost time",
        text(
            "1,5,2026-01-05,Won,2026-02-01,",
            "2,5,2026-01-05,Lost,,2026-02-03",
            "3,5,2026-01-05,Open,,",
            head="Deal - ID,Deal - Value,Deal - Deal created,Deal - Status,Deal - Won time,Deal - Lost time",
        ),
        {"outcome": "wlo", "closed": ["2026-02-01", "2026-02-03", None]},
    ),
    Case(
        "won and lost by a flag",
        text(
            "1,5,2026-01-05,2026-02-01,1",
            "2,5,2026-01-05,2026-02-02,0",
            "3,5,2026-01-05,,0",
            head="id,pr,created,closed,won",
        ),
        {"outcome": "wlo"},
    ),
    Case(
        "won and lost by the amount won",
        text(
            "1,5,2026-01-05,2026-02-01,4",
            "2,5,2026-01-05,2026-02-02,0",
            "3,5,2026-01-05,,",
            head="id,pr,created,closed,amount_won",
        ),
        {"outcome": "wlo", "won": [400, -1, -1], "note": "No column says won or lost"},
    ),
    Case(
        "stages that never end, and closed leads",
        text("1,5,2026-01-05,2026-02-01,Demo", head="id,pr,created,closed,stage"),
        "column for outcome must be .* no cell of 'stage' means won or lost",
    ),
    Case(
        "stages that never end, and amounts won",
        text(
            "1,5,2026-01-05,2026-02-01,Demo,4",
            "2,5,2026-01-05,2026-02-01,Demo,",
            head="id,pr,created,closed,stage,close_value",
        ),
        {"outcome": "wl"},
    ),
    Case("no outcome at all", text("1,2026-01-05,2026-02-01", head="id,created,closed"), "column for outcome must be"),
    Case("no birth at all", text("1,2026-01-05,won", head="id,closed,outcome"), "column for created must be"),
    Case("no end at all", text("1,2026-01-05,won", head="id,created,outcome"), "column for closed must be"),
    Case(
        "mapped",
        text("1,5,2026-01-05,2026-02-01,gained", "2,5,2026-01-05,2026-02-01,lost", head="a,b,c,d,e").replace(
            b"gained", b"won"
        ),
        {"outcome": "wl", "pr": [500, 500]},
        {"mapping": {"lead_id": "a", "pr": "b", "created": "c", "closed": "d", "status": "e"}},
    ),
    Case("mapped to nothing", PLAIN, "--map pr must be the name of one column", {"mapping": {"pr": "Wert"}}),
    Case(
        "unknown columns stay",
        text(WON + ",x", head=HEAD + ",colour"),
        {"attributes": {"colour": ("x",)}, "note": "kept as they are: 'colour'"},
    ),
    Case(
        "no id column",
        text("5,2026-01-05,2026-02-01,won", head="pr,created,closed,outcome"),
        {"id": ["line 2"], "note": "called by its row"},
    ),
    Case(
        "unknown outcome",
        text(WON.replace("won", "perhaps")),
        "line 2: status .* must be open, won or lost; got 'perhaps'",
    ),
    Case(
        "words of outcomes",
        text(WON.replace("won", "Closed Won"), LOST.replace("lost", " CANCELLED ")),
        {"outcome": "wl"},
    ),
    Case("status against stage", text(WON + ",Closed Lost", head=HEAD + ",stage"), "same in status and stage"),
]
MOMENTS = [
    Case(
        "clock times",
        text("1,5,2026-01-05T10:00:00,2026-01-05T10:30:00,won"),
        {"created": ["2026-01-05 10:00:00"], "closed": ["2026-01-05 10:30:00"], "note": "name no zone"},
    ),
    Case(
        "offsets become UTC",
        text("1,5,2026-01-05T10:00:00+02:00,2026-01-05T10:30:00Z,won"),
        {"created": ["2026-01-05 08:00:00"], "closed": ["2026-01-05 10:30:00"], "note": "2 moments .* in UTC"},
    ),
    Case(
        "the clock of a zone",
        text("1,5,2026-01-05T23:30:00Z,2026-07-05T23:30:00Z,won"),
        {
            "created": ["2026-01-06 00:30:00"],
            "closed": ["2026-07-06 01:30:00"],
            "note": "on the clock of Europe/Berlin",
        },
        {"timezone": "Europe/Berlin"},
    ),
    Case("no such zone", PLAIN, "time zone", {"timezone": "Mars/Phobos"}),
    Case(
        "month first",
        text("1,5,1/13/2026,2/3/2026,won"),
        {"created": ["2026-01-13"], "closed": ["2026-02-03"], "note": "read month first, as"},
    ),
    Case("day first", text("1,5,1/2/2026,13/2/2026,won"), {"created": ["2026-02-01"], "closed": ["2026-02-13"]}),
    Case("day or month", text("1,5,1/2/2026,3/4/2026,won"), "pass --dates dmy"),
    Case("told day first", text("1,5,1/2/2026,3/4/2026,won"), {"closed": ["2026-04-03"]}, {"dates": "dmy"}),
    Case(
        "both orders",
        text("1,5,13/2/2026,2026-03-01,won", "2,5,2/13/2026,2026-03-01,won"),
        "one order of day and month",
    ),
    Case("no such day", text("1,5,2026-02-30,2026-03-01,won"), "line 2: created .* got '2026-02-30'"),
    Case("two-digit year", text("1,5,5.1.26,2026-03-01,won"), "four digits"),
    Case(
        "milliseconds",
        text("1,5,1767571200000,1767657600000,won"),
        {"created": ["2026-01-05"], "closed": ["2026-01-06"]},
    ),
    Case(
        "closed in the year 2031",
        text(*FORTY, "x,5,2026-01-05,2031-02-03,won"),
        "last moment must be near the others; got 2031-02-03",
    ),
    Case(
        "the year 2031 told",
        text(*FORTY, "x,5,2026-01-05,2031-02-03,won"),
        {"extract": "2026-04-01", "outcome": "w" * 40 + "o"},
        {"extract": date(2026, 4, 1)},
    ),
    Case("a birth in 1970", text(*FORTY, "x,5,1970-01-01,2026-02-03,won"), "first moment must be near the others"),
]
ROWS = [
    Case(
        "closed before created",
        text(WON, "L2,1,2026-02-05,2026-02-01,lost"),
        "line 3: closed must be on or after .* 4 days before",
    ),
    Case(
        "closed on the day it was created",
        text("1,5,2026-01-05T14:00:00,2026-01-05,won"),
        {"closed": ["2026-01-05 14:00:00"], "note": "1 row closed less than a day before creation"},
    ),
    Case(
        "won, but not when",
        text(WON, "L2,1,2026-02-05,,won"),
        {"id": ["L1"], "note": "1 row won or lost, but not when left out"},
    ),
    Case(
        "closed, but not how",
        text(WON, "L2,1,2026-02-05,2026-02-06,"),
        {"id": ["L1"], "note": "neither won nor lost left out"},
    ),
    Case(
        "open with an end",
        text(WON, "L2,1,2026-02-05,2026-02-06,open"),
        {"outcome": "wo", "note": "1 row .* taken as a plan"},
    ),
    Case(
        "open without a birth",
        text(WON, "L2,1,,,open"),
        {"id": ["L1"], "note": "1 row without a day of creation, 1 of them open, left out"},
    ),
    Case(
        "nobody has a birth",
        text("1,5,,2026-01-05,won"),
        "at least one lead whose birth and end are known; got 1 row without",
    ),
    Case(
        "the same row twice",
        text(WON, LOST, WON),
        {"id": ["L1", "L2"], "note": "1 row that repeats another in every cell counted once"},
    ),
    Case("one id, two rows", text(WON, WON.replace("1000", "2000")), "'L1' in lines 2 and 3"),
    Case("no id in one row", text(WON, "," + LOST.partition(",")[2]), "line 3: lead_id .* given for every lead"),
    Case(
        "ids differ in case",
        text("aB,5,2026-01-05,2026-02-01,won", "AB,5,2026-01-05,2026-02-01,won", "007,5,2026-01-05,2026-02-01,won"),
        {"id": ["aB", "AB", "007"]},
    ),
    Case("no losses", text(WON, OPEN), {"outcome": "wo", "note": "No lead is recorded as lost"}),
    Case("no wins", text(LOST, OPEN), {"outcome": "lo", "note": "No lead is recorded as won"}),
    Case("only open ones", text(OPEN), {"outcome": "o", "extract": "2026-01-07"}),
    Case(
        "no amounts",
        text("1,2026-01-05,2026-02-01,won", head="id,created,closed,outcome"),
        {"pr": [100], "counts": True, "note": "every PR is one unit"},
    ),
    Case(
        "a blank amount",
        text(WON, "L2,,2026-01-06,2026-02-01,lost"),
        {"pr": [100000, -1], "counts": False, "note": "1 row without PR"},
    ),
    Case("cents too many", text(WON.replace("1000", "10.0055")), "--round-cents"),
    Case("thousand or one", text(WON.replace("1000", "1.234")), "decimal"),
    Case("decimal commas", text('L1,"1.234,50",2026-01-05,2026-03-01,won'), {"pr": [123450]}),
    Case("negative", text(WON.replace("1000", "-5")), "at least 0"),
    Case("euros", text(WON + ",EUR", LOST + ",EUR", head=HEAD + ",currency"), {"currency": "EUR"}),
    Case("yen have no cents", text(WON + ",JPY", head=HEAD + ",currency"), {"currency": "JPY", "pr": [1000]}),
    Case("two currencies", text(WON + ",EUR", LOST + ",USD", head=HEAD + ",currency"), "never added up"),
    Case(
        "deleted rows",
        text(WON + ",0", LOST + ",1", head=HEAD + ",deleted"),
        {"id": ["L1"], "note": "1 row marked as deleted"},
    ),
    Case(
        "amounts that tell the end",
        text(*TELLING, OPEN.replace("3000", "")),
        {
            "pr": [-1] * 25,
            "won": [n * 100 for n in range(1, 13)] + [-1] * 13,
            "note": "blank or zero for every lost lead",
        },
    ),
    Case(
        "told beginning and end",
        PLAIN,
        {
            "from": "2026-01-20",
            "extract": "2026-02-15",
            "outcome": "olo",
            "closed": [None, "2026-02-01", None],
            "note": "1 row closed after the end",
        },
        {"exposure_from": date(2026, 1, 20), "extract": date(2026, 2, 15)},
    ),
    Case(
        "nothing before the end",
        PLAIN,
        "--extract-date must be on or after the first day",
        {"extract": date(2020, 1, 1)},
    ),
    Case(
        "end before beginning",
        PLAIN,
        "--exposure-from must be before",
        {"exposure_from": date(2026, 2, 1), "extract": date(2026, 2, 1)},
    ),
]
STAGES = [
    Case(
        "stage columns",
        text(
            "1,5,2026-01-01,2026-01-02,2026-01-03,2026-01-09,won",
            "2,5,2026-01-01,2026-01-04,,2026-01-09,lost",
            head=WIDE,
        ),
        {"stages": ("C", "B"), "entered": [["2026-01-02", "2026-01-03"], ["2026-01-04", None]]},
    ),
    Case(
        "stages in the order of the leads, not of the file",
        text("1,5,2026-01-01,2026-01-03,2026-01-02,2026-01-09,won", "2,5,2026-01-01,,2026-01-08,,open", head=WIDE),
        {"stages": ("B", "C"), "note": "in the order in which leads entered them: B, C"},
    ),
    Case(
        "HubSpot's columns",
        text(
            "1,5,2026-01-01 09:00,2026-01-05 10:00,Closed Won,2026-01-02 10:00,,2026-01-05 10:00",
            head='Record ID,Amount,Create Date,Close Date,Deal Stage,"Date entered ""Demo (Sales)""",'
            '"Date entered ""Offer (Sales)""","Date entered ""Closed Won (Sales)"""',
        ),
        {"stages": ("Demo",), "entered": [["2026-01-02 10:00:00"]], "note": "no lead entered were left out: 'Offer'"},
    ),
    Case(
        "outcome and end from a stage column",
        text(
            "1,2026-01-01,2026-01-05,",
            "2,2026-01-01,,2026-01-06",
            "3,2026-01-02,,",
            head="id,created,stage_Customer,stage_Lost",
        ),
        {"outcome": "wlo", "closed": ["2026-01-05", "2026-01-06", None], "stages": ()},
    ),
    Case(
        "entry before birth and after the end",
        text(
            "1,5,2026-01-03,2025-12-01,2026-02-01,2026-01-09,won",
            "2,5,2026-01-03T12:00:00,2026-01-03,2026-01-05,2026-01-09,won",
            head=WIDE,
        ),
        {
            "entered": [[None, None], ["2026-01-03 12:00:00", "2026-01-05"]],
            "note": "2 entries into stages were a day or more",
        },
    ),
    Case(
        "birth from the first stage",
        text("1,5,,2026-01-02,2026-01-03,2026-01-09,won", head=WIDE),
        {"created": ["2026-01-02"], "note": "taken from the first stage"},
    ),
    Case(
        "stage columns that are no days",
        text(WON + ",4,Proposal", head=HEAD + ",stage_duration,stage_comment"),
        {"stages": (), "outcome": "w"},
    ),
    Case(
        "a stage mapped",
        text(WON + ",2026-01-09", head=HEAD + ",Demo held"),
        {"stages": ("Demo",)},
        {"mapping": {"stage_Demo": "Demo held"}},
    ),
    Case(
        "one stage in two columns",
        text(WON + ",2026-01-09,2026-01-09", head=HEAD + ",stage_C,entered_C"),
        "columns of stage 'C' must be one",
    ),
    Case(
        "a long history alone",
        text(
            "1,New,2026-01-01",
            "1,Demo,2026-01-05",
            "1,Closed Won,2026-01-09",
            "2,New,2026-01-02",
            "3,New,2026-01-03",
            "3,Lost,2026-01-08",
            head=LONG,
        ),
        {
            "id": ["1", "2", "3"],
            "outcome": "wol",
            "stages": ("New", "Demo"),
            "closed": ["2026-01-09", None, "2026-01-08"],
            "counts": True,
        },
    ),
    Case(
        "a stage entered twice",
        text(
            "1,New,2026-01-01",
            "1,Demo,2026-01-05",
            "1,New,2026-01-06",
            "1,Demo,2026-01-07",
            "1,Demo,2026-01-08",
            "1,Won,2026-01-09",
            head=LONG,
        ),
        {"entered": [["2026-01-01", "2026-01-05"]], "note": "2 entries into a stage that the lead had entered before"},
    ),
    Case(
        "opened again",
        text(
            "1,New,2026-01-01",
            "1,Lost,2026-01-05",
            "1,New,2026-01-06",
            "2,New,2026-01-01",
            "2,Won,2026-01-09",
            head=LONG,
        ),
        {"outcome": "ow", "note": "1 closed and opened again"},
    ),
    Case(
        "a long history out of order",
        text("1,Won,2026-01-09", "1,New,2026-01-01", "1,,2026-01-02", head=LONG),
        {"outcome": "w", "created": ["2026-01-01"], "note": "1 row without lead, stage or time"},
    ),
    Case("a long history without ends", text("1,New,2026-01-01", head=LONG), "some stage means won or lost; got 'New'"),
    Case(
        "a long history beside the leads",
        text(WON, LOST),
        {
            "stages": ("New", "Demo"),
            "entered": [["2026-01-05", "2026-02-01"], [None, None]],
            "note": "1 lead of the stage history is not among",
        },
        beside=(text("L1,New,2026-01-05", "L1,Demo,2026-02-01", "L1,Won,2026-03-01", "L9,New,2026-01-01", head=LONG),),
    ),
    Case("two tables of leads", PLAIN, "the table of leads with their ends must be one", beside=(PLAIN,)),
]
SNAPSHOTS = [
    Case(
        "snapshots beside the leads",
        text(WON, LOST),
        {
            "snapshots": [
                (0, "2026-01-05", "2026-02-28", 90000, 0.2, "Demo"),
                (0, "2026-02-05", "2026-03-31", 100000, 0.5, "Offer"),
            ],
            "stated": ["2026-02-28", None],
            "note": "1 row of the snapshots are later than the end",
        },
        beside=(
            text(
                "L1,2026-02-05,2026-03-31,1000,50%,Offer",
                "L1,2026-01-05,2026-02-28,900,20%,Demo",
                "L2,2026-02-09,,,,",
                head=SNAP,
            ),
        ),
    ),
    Case(
        "snapshots alone",
        text(
            "1,2026-01-05,2026-02-28,900,0.2,Demo",
            "2,2026-01-05,2026-02-28,50,0.2,Demo",
            "1,2026-02-05,2026-03-31,1000,0.5,Offer",
            "1,2026-03-05,2026-03-01,1000,1,Closed Won",
            "2,2026-03-05,2026-03-31,50,0.3,Demo",
            head=SNAP,
        ),
        {
            "id": ["1", "2"],
            "outcome": "wo",
            "created": ["2026-01-05"] * 2,
            "closed": ["2026-03-05", None],
            "pr": [90000, 5000],
        },
    ),
    Case(
        "snapshots without ends",
        text("1,2026-01-05,2026-02-28,5", head="lead_id,snapshot_date,expected_close,pr"),
        "a column says won or lost",
    ),
    Case(
        "chances that are none",
        text(WON),
        "in \\[0, 1\\]",
        beside=(text("L1,2026-01-05,,1,1.5,X", "L1,2026-01-06,,1,-0.1,X", head=SNAP),),
        options={"pc": "fraction"},
    ),
]
SEVERAL = [
    Case(
        "a long history mapped",
        text("1,New,2026-01-01", "1,Won,2026-01-05", head="Vorgang,Phase,Datum"),
        {"id": ["1"], "outcome": "w", "stages": ("New",)},
        {"mapping": {"lead_id": "Vorgang", "stage": "Phase", "entered_at": "Datum"}},
    ),
    Case(
        "one table of two mapped",
        text(WON),
        {"stages": ("New",), "entered": [["2026-01-05"]]},
        {"mapping": {"stage": "Phase", "entered_at": "Datum"}},
        (text("L1,New,2026-01-05", head="lead_id,Phase,Datum"),),
    ),
    Case(
        "mapped to what no table has",
        text(WON),
        "--map entered_at .* got 'Datum'",
        {"mapping": {"entered_at": "Datum"}},
    ),
    Case("no such field", text(WON), "did you mean created", {"mapping": {"createed": "created"}}),
    Case(
        "spellings of a stage",
        text("1,New,2026-01-01", "1,DEMO,2026-01-02", "2,demo,2026-01-03", "2,closed  won,2026-01-09", head=LONG),
        {"stages": ("New", "DEMO"), "outcome": "ow", "note": "'demo' as 'DEMO'"},
    ),
    Case(
        "stages as columns and as rows",
        text("1,5,2026-01-01,2026-01-02,,2026-01-09,won", head=WIDE),
        {"entered": [["2026-01-03"]], "note": "Entries into 'C' are taken from the stage history"},
        beside=(text("1,C,2026-01-03", head=LONG),),
    ),
    Case(
        "snapshots in the currency of the leads",
        text(WON + ",JPY", head=HEAD + ",currency"),
        {"snapshots": [(0, "2026-01-06", None, 900, 0.5, "X")]},
        beside=(text("L1,2026-01-06,,900,0.5,X", head=SNAP),),
    ),
    Case(
        "snapshots without amounts",
        text(WON),
        {"snapshots": [(0, "2026-01-06", "2026-02-01", -1, 0.5, "")]},
        beside=(text("L1,2026-01-06,2026-02-01,0.5", head="lead_id,snapshot_date,expected_close,pc"),),
    ),
]
CASES = [*SEVERAL, *FILES, *HEADERS, *MOMENTS, *ROWS, *STAGES, *SNAPSHOTS]
